package load_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// versions tells how many versions the record has of each resource.
func (r *record) versions(t *testing.T) map[string]int {
	t.Helper()
	page, err := r.gate.Session(gate.Actor{Access: gate.Whole()}).History(t.Context(), gate.History{Count: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]int{}
	for _, v := range page.Versions {
		all[v.Ref.String()]++
	}
	return all
}

// further counts the resources of which there is more than one version, and fails at more than two.
func further(t *testing.T, versions map[string]int) (n int) {
	t.Helper()
	for name, c := range versions {
		if c > 2 {
			t.Errorf("%d versions of %s", c, name)
		}
		if c > 1 {
			n++
		}
	}
	return n
}

// lines are ndjson of so many resources, of which every tenth has no id.
func lines(n int) []string {
	var all []string
	for i := range n {
		id := fmt.Sprintf(`"id":"%d",`, i)
		if i%10 == 0 {
			id = ""
		}
		all = append(all, fmt.Sprintf(`{"resourceType":"Basic",%s"code":{"text":"%d"}}`, id, i))
	}
	return all
}

const (
	refused = `{"resourceType":"Basic","id":"bad","code":{},"subject":{"reference":"Patient/none"}}`
	mended  = `{"resourceType":"Basic","id":"bad","code":{}}`
)

// TestMendedLines: a load that is run again after lines were mended one after the other, and one was put in, stores
// nothing twice; and further versions are made only of what shares a transaction with a mended line.
func TestMendedLines(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		const all = 4000
		r := newRecord(t, kind, true)
		text := lines(all)
		text[100], text[1300] = refused, `{"resourceType":"Basic","id":"torn`
		run := func(wantFailures, wantResources int) *load.Report {
			t.Helper()
			report := r.load(t, folder(t, map[string]string{"a.ndjson": strings.Join(text, "\n")}))
			if got := len(r.resources(t)); len(report.Failures) != wantFailures || got != wantResources {
				t.Fatalf("%d failures, %d resources: want %d, %d", len(report.Failures), got, wantFailures, wantResources)
			}
			return report
		}
		run(2, all-2)
		if again := run(2, all-2); again.Total() != 0 || again.Repeated != all-2 || further(t, r.versions(t)) != 0 {
			t.Errorf("run again with nothing mended: %+v", again)
		}
		text[1300] = `{"resourceType":"Basic","id":"torn","code":{}}`
		run(1, all-1)
		if n := further(t, r.versions(t)); n == 0 || n > 1000 {
			t.Errorf("mending a torn line made further versions of %d resources", n)
		}
		before := r.versions(t)
		text[100] = mended
		text = slices.Insert(text, 50, `{"resourceType":"Basic","code":{"text":"new"}}`)
		run(0, all+1)
		if n := further(t, r.versions(t)); n > further(t, before)+1000 {
			t.Errorf("mending a refused line made further versions of %d resources", n)
		}
		after := r.versions(t)
		if again := run(0, all+1); again.Total() != 0 || again.Repeated != all+1 || len(r.versions(t)) != len(after) {
			t.Errorf("run again at the end: %+v", again)
		}
	})
}

// TestMendedBatch: the entries of a batch that were stored are not stored again, whichever entry was mended, in no version.
func TestMendedBatch(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		post := `{"resource":{"resourceType":"Basic","code":{"text":"equal"}},"request":{"method":"POST","url":"Basic"}}`
		put := func(resource string) string {
			return `{"resource":` + resource + `,"request":{"method":"PUT","url":"Basic/bad"}}`
		}
		batch := func(entries ...string) string {
			return folder(t, map[string]string{"b.json": `{"resourceType":"Bundle","type":"batch","entry":[` + strings.Join(entries, ",") + `]}`})
		}
		first := r.load(t, batch(post, put(refused), post))
		if len(first.Failures) != 1 || !strings.HasSuffix(first.Failures[0].Place, "b.json, entry 1") || first.Total() != 2 {
			t.Fatalf("report %+v", first)
		}
		if again := r.load(t, batch(post, put(mended), post)); len(again.Failures) != 0 || again.Total() != 1 || again.Repeated != 2 {
			t.Errorf("report %+v", again)
		}
		if got := r.versions(t); len(got) != 3 || further(t, got) != 0 {
			t.Errorf("versions %v", got)
		}
	})
}

// TestEqualLines: equal lines without ids are as many resources, a copy of the file adds none, and a file in another
// order neither.
func TestEqualLines(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	equal, other := `{"resourceType":"Basic","code":{"text":"equal"}}`+"\n", `{"resourceType":"Basic","code":{"text":"other"}}`+"\n"
	for _, text := range []string{equal + equal + other, equal + other + equal, other + equal} {
		r.load(t, folder(t, map[string]string{"a.ndjson": text, "copy.ndjson": text}))
		if got := r.versions(t); len(got) != 3 || further(t, got) != 0 {
			t.Errorf("versions %v", got)
		}
	}
}

// TestInterruptedOneByOne: what is sent line by line stops when it is interrupted, too, and goes on in the next run.
func TestInterruptedOneByOne(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	text := lines(200)
	text[150] = refused
	dir := folder(t, map[string]string{"a.ndjson": strings.Join(text, "\n")})
	ctx, cancel := context.WithCancel(t.Context())
	r.before = func(n int64) {
		if n == 20 {
			cancel()
		}
	}
	if report, err := load.Run(ctx, r, []string{dir}, 1, quiet); fault.CodeOf(err) != fault.Unavailable || r.sent.Load() != 20 {
		t.Fatalf("%d sent, %+v, %v", r.sent.Load(), report, err)
	}
	first := len(r.resources(t))
	r.before = func(int64) {}
	report := r.load(t, dir)
	if got := r.versions(t); len(got) != 199 || further(t, got) != 0 || report.Repeated != first || report.Total() != 199-first {
		t.Errorf("%d resources; the second run says %+v", len(got), report)
	}
}

// TestPanic: a defect that shows in one unit is reported, and the load goes on.
func TestPanic(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	dir := folder(t, map[string]string{"a.json": `{"resourceType":"Patient","id":"a"}`, "b.json": `{"resourceType":"Patient","id":"b"}`})
	r.before = func(n int64) {
		if n == 1 {
			panic("out of order")
		}
	}
	report, err := load.Run(t.Context(), r, []string{dir}, 1, quiet)
	if err != nil || len(report.Failures) != 1 || !strings.HasSuffix(report.Failures[0].Place, "a.json") || !strings.Contains(report.Failures[0].Err.Error(), "out of order") {
		t.Errorf("report %+v, %v", report, err)
	}
	if got := r.names(t); !slices.Equal(got, []string{"Patient/b"}) {
		t.Errorf("stored %q", got)
	}
}

// away is a server that refuses everything, and counts.
type away struct {
	code fault.Code
	sent int
}

func (a *away) Send(context.Context, []byte, string) ([]byte, bool, error) {
	a.sent++
	return nil, false, fault.New(a.code, "No.")
}

// TestRefusedForAll: what is no fault of the lines is not asked again for each of them; what is not available is asked for
// a few times more.
func TestRefusedForAll(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"a.ndjson": "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\"}"})
	for code, want := range map[fault.Code]int{fault.Unavailable: 4, fault.Forbidden: 1, fault.NotFound: 1, fault.Internal: 1, fault.Unprocessable: 3} {
		a := &away{code: code}
		report, err := load.Run(t.Context(), a, []string{dir}, 1, quiet)
		if err != nil || a.sent != want || len(report.Failures) == 0 {
			t.Errorf("%s: sent %d times, want %d; %+v, %v", code, a.sent, want, report, err)
		}
	}
}
