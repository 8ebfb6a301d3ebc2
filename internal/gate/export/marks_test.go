package export_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/gate/export"
)

// TestMarks: a mark tells its request and run, and is another one for every other request, run, requester, recipient, time and
// record.
func TestMarks(t *testing.T) {
	t.Parallel()
	type run struct {
		key, id, requester, custodian, recipient string
		number                                   int
		began                                    int64
	}
	draw := rapid.Custom(func(t *rapid.T) run {
		short := rapid.SampledFrom([]string{"", "a", "b", "ab", "1:a", "甲"})
		return run{
			rapid.SampledFrom([]string{"k", "l"}).Draw(t, "key"), rapid.StringMatching(`[A-Za-z0-9\-.]{1,64}`).Draw(t, "id"),
			short.Draw(t, "requester"), short.Draw(t, "custodian"), short.Draw(t, "recipient"),
			rapid.IntRange(1, 3).Draw(t, "number"), rapid.Int64Range(0, 2).Draw(t, "began"),
		}
	})
	mark := func(r run) string {
		return export.Marked([]byte(r.key), r.id, r.requester, r.custodian, r.recipient, r.number, r.began)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := draw.Draw(t, "a"), draw.Draw(t, "b")
		if rapid.Bool().Draw(t, "same id") {
			b.id = a.id
		}
		if (a == b) != (mark(a) == mark(b)) {
			t.Errorf("%+v and %+v have the marks %s and %s", a, b, mark(a), mark(b))
		}
		if id, number, ok := export.Split(mark(a)); !ok || id != a.id || number != a.number {
			t.Errorf("%s is of run %d of %q", mark(a), number, id)
		}
	})
}

// FuzzSplit: no text breaks the reading of marks, and what it reads is what stands there.
func FuzzSplit(f *testing.F) {
	for _, text := range []string{"", ".", "..", "a.1.x", "a.b.1.x", "a.-1.x", "a.0.x", "a.99999999999999999999.x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, number, ok := export.Split(text)
		if ok && (number < 1 || len(fmt.Sprint(id, ".", number, ".")) > len(text)+1) {
			t.Errorf("%q is of run %d of %q", text, number, id)
		}
	})
}
