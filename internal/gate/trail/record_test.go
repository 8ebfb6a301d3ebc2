package trail

import (
	"bytes"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRecord: what is written as a line is read again, whatever it holds, and it is one line.
func TestRecord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String()
		some := rapid.SliceOfN(rapid.StringN(1, -1, -1), 1, 3)
		r := Record{
			ID: "0197", At: time.UnixMicro(rapid.Int64Range(0, 1<<52).Draw(t, "at")).UTC(), Do: "read", Outcome: Done,
			Who: text.Draw(t, "who"), As: "doctor", Grant: text.Draw(t, "grant"), For: text.Draw(t, "for"), Client: text.Draw(t, "client"),
			Process: text.Draw(t, "process"), Why: "TREAT", From: text.Draw(t, "from"), Request: text.Draw(t, "request"), On: text.Draw(t, "on"),
			Query: text.Draw(t, "query"), Saw: some.Draw(t, "saw"), Wrote: some.Draw(t, "wrote"), Sums: some.Draw(t, "sums"), Of: some.Draw(t, "of"), By: some.Draw(t, "by"),
			Number: rapid.Int64().Draw(t, "number"),
		}
		line := r.Append(nil)
		if bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Fatalf("not one line: %q", line)
		}
		got, err := Parse(line)
		if err != nil || !reflect.DeepEqual(got, r) {
			t.Fatalf("%v: got %+v, want %+v", err, got, r)
		}
		seen, err := glance(string(line))
		if err != nil || !seen.At.Equal(r.At) || seen.Who != r.Who || seen.For != r.For || seen.Outcome != r.Outcome || !slices.Equal(seen.Of, r.Of) {
			t.Fatalf("%v: saw %+v, want %+v", err, seen, r)
		}
	})
}
