package load_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// openers open a new, empty record of each kind.
var openers = map[string]func(*testing.T) (store.DB, error){
	"sqlite": func(t *testing.T) (store.DB, error) {
		return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	},
	"postgres": func(t *testing.T) (store.DB, error) { return postgres.Open(t.Context(), pgcluster.Shared(t)) },
}

// record is a record to load into. It implements load.Sender.
type record struct {
	db     store.DB
	gate   *gate.Gate
	server *rest.Server
	sent   atomic.Int64
	before func(n int64) // called before each Bundle is sent
}

func newRecord(t *testing.T, kind string, references bool) *record {
	t.Helper()
	db, err := openers[kind](t)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	g := gate.New(db, gate.Config{References: references})
	return &record{db: db, gate: g, server: rest.New(g, rest.Config{BodyMost: 64 << 20, Zone: time.UTC, Log: slog.New(slog.DiscardHandler)}), before: func(int64) {}}
}

func (r *record) Send(ctx context.Context, bundle []byte, key string) ([]byte, bool, error) {
	r.before(r.sent.Add(1))
	return r.server.Transact(ctx, gate.Actor{Reference: "Device/import", Access: gate.Whole()}, bundle, key, time.Hour)
}

// eachDatabase runs a test with a record of its own on each database, side by side.
func eachDatabase(t *testing.T, test func(t *testing.T, kind string)) {
	t.Parallel()
	for kind := range openers {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			test(t, kind)
		})
	}
}

// load loads files and checks that the load itself went well.
func (r *record) load(t *testing.T, paths ...string) *load.Report {
	t.Helper()
	report, err := load.Run(t.Context(), r, paths, 2, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func quiet(int64) load.Progress { return load.Quiet{} }

// resources are those of a record, without what every record gives anew.
func (r *record) resources(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := r.db.Scan(t.Context(), func(v store.Version) error {
		all[v.Ref.String()] = string(v.Body.Bytes)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// names are those of the record's resources.
func (r *record) names(t *testing.T) []string { return slices.Sorted(maps.Keys(r.resources(t))) }

// folder makes a folder of files; names that end in .gz are packed.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, ".gz") {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			if _, err := io.WriteString(z, text); err != nil {
				t.Fatal(err)
			}
			if err := z.Close(); err != nil {
				t.Fatal(err)
			}
			text = b.String()
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestKindsOfFiles loads one file of each kind, from folders inside folders, and leaves other files alone.
func TestKindsOfFiles(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, false)
		dir := folder(t, map[string]string{
			"transaction.json": `{"resourceType":"Bundle","type":"transaction","entry":[
				{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"t1","identifier":[{"value":"t"}]},"request":{"method":"PUT","url":"Patient/t1"}},
				{"resource":{"resourceType":"Observation","id":"t2","status":"final","code":{},"subject":{"reference":"urn:uuid:1"}},"request":{"method":"PUT","url":"Observation/t2"}}]}`,
			"batch.json":              `{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","id":"b1"},"request":{"method":"PUT","url":"Patient/b1"}}]}`,
			"deep/er/collection.JSON": `{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://x/Patient/c1","resource":{"resourceType":"Patient","id":"c1"}},{"resource":{"resourceType":"Observation","id":"c2","status":"final","code":{},"subject":{"reference":"Patient/c1"}}}]}`,
			"deep/single.json":        `{"resourceType":"Patient","id":"s1"}`,
			"deep/lines.ndjson":       "{\"resourceType\":\"Patient\",\"id\":\"l1\"}\n\n  {\"resourceType\":\"Patient\",\"id\":\"l2\"}\r\n",
			"packed.json.gz":          `{"resourceType":"Patient","id":"g1"}`,
			"packed.ndjson.gz":        `{"resourceType":"Patient","id":"g2"}`,
			"notes.txt":               `not for the record`,
			"data.csv.gz":             `1,2`,
		})
		report := r.load(t, dir, "testdata/patients.ndjson.bz2")
		want := []string{
			"Observation/c2", "Observation/t2", "Patient/b1", "Patient/c1", "Patient/g1", "Patient/g2", "Patient/l1", "Patient/l2", "Patient/s1",
			"Patient/t1", "Patient/z1", "Patient/z2",
		}
		if got := r.names(t); !slices.Equal(got, want) {
			t.Errorf("stored %q\nwant   %q", got, want)
		}
		if len(report.Failures) != 0 || report.Files != 8 || report.Total() != len(want) || report.Stored["Patient"] != 10 || report.Stored["Observation"] != 2 {
			t.Errorf("report %+v", report)
		}
		if body := r.resources(t)["Observation/t2"]; !strings.Contains(body, `"Patient/t1"`) {
			t.Errorf("the name in the bundle was not resolved: %s", body)
		}
	})
}

// TestBadLines: a line that is no resource, or is refused, keeps no other out; the report names each with its file.
func TestBadLines(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		dir := folder(t, map[string]string{"a.ndjson": strings.Join([]string{
			`{"resourceType":"Patient","id":"1"}`,
			`{"resourceType":"Patient","id":"2"`,
			`{"resourceType":"Human","id":"3"}`,
			``,
			`{"resourceType":"Observation","id":"5","status":"final","code":{},"subject":{"reference":"Patient/none"}}`,
			`{"resourceType":"Patient","id":"6"}`,
			`{"resourceType":"Patient","id":"1","active":true}`,
		}, "\n")})
		report := r.load(t, dir)
		if got := r.names(t); !slices.Equal(got, []string{"Patient/1", "Patient/6"}) {
			t.Errorf("stored %q", got)
		}
		var places []string
		for _, f := range report.Failures {
			places = append(places, strings.TrimPrefix(f.Place, dir+"/"))
		}
		slices.Sort(places)
		if !slices.Equal(places, []string{"a.ndjson, line 2", "a.ndjson, line 3", "a.ndjson, line 5"}) {
			t.Errorf("failures at %q", places)
		}
		if body := r.resources(t)["Patient/1"]; !strings.Contains(body, "active") {
			t.Errorf("the later line did not win: %s", body)
		}
		var b strings.Builder
		report.Print(&b)
		for _, want := range []string{"3 Patient\n", "3 resources stored from 1 files", "3 failures", "a.ndjson, line 5: ", "Patient/none"} {
			if !strings.Contains(b.String(), want) {
				t.Errorf("the report does not say %q:\n%s", want, b.String())
			}
		}
	})
}

// TestBadFiles: a file that cannot be read keeps no other out, and what came before the fault in it is stored.
func TestBadFiles(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	dir := folder(t, map[string]string{
		"a.json":         `{"resourceType":"Patient","id":"a"`,
		"b.json":         `{"resourceType":"Bundle","type":"document","entry":[]}`,
		"c.json":         `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient","id":"c"},"request":{"method":"PUT","url":"Patient/c"}},{"request":{"method":"GET","url":"Patient/none"}}]}`,
		"d.json":         `{"resourceType":"Bundle","type":"batch","entry":[{"resource":{"resourceType":"Patient","id":"d"},"request":{"method":"PUT","url":"Patient/d"}},{"request":{"method":"GET","url":"Patient/none"}}]}`,
		"e.json":         ``,
		"f.ndjson":       `{"resourceType":"Patient","id":"f"}` + "\n{" + strings.Repeat(" ", 17<<20) + "}\n",
		"g.json":         `{"resourceType":"Patient","id":"g"}`,
		"not-gz.json.gz": ``,
	})
	if err := os.WriteFile(filepath.Join(dir, "not-gz.json.gz"), []byte("plain"), 0o600); err != nil {
		t.Fatal(err)
	}
	report := r.load(t, dir)
	if got := r.names(t); !slices.Equal(got, []string{"Patient/d", "Patient/f", "Patient/g"}) {
		t.Errorf("stored %q", got)
	}
	var places []string
	for _, f := range report.Failures {
		places = append(places, strings.TrimPrefix(f.Place, dir+"/"))
	}
	for _, want := range []string{"a.json", "b.json", "c.json, entry 1", "d.json, entry 1", "e.json", "f.ndjson", "not-gz.json.gz"} {
		if !slices.Contains(places, want) {
			t.Errorf("no failure at %q: %q", want, places)
		}
	}
	for _, paths := range [][]string{{filepath.Join(dir, "none.json")}, {t.TempDir()}, nil} {
		if _, err := load.Run(t.Context(), r, paths, 1, quiet); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%q: %v", paths, err)
		}
	}
}

// many is ndjson of so many resources without ids, which a load that stores twice would store twice.
func many(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "{\"resourceType\":\"Basic\",\"code\":{\"text\":\"%s %d\"}}\n", text, i)
	}
	return b.String()
}

// TestInterruptedAndRunAgain: a load that was interrupted, and run again, and again, stores everything once.
func TestInterruptedAndRunAgain(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		dir := folder(t, map[string]string{"a.ndjson": many(1200, "a"), "b.ndjson": many(700, "b"), "c.json": `{"resourceType":"Basic"}`, "d.ndjson": strings.Join(lines(700), "\n")})
		ctx, cancel := context.WithCancel(t.Context())
		r.before = func(n int64) {
			if n == 1910 { // among the transactions of d.ndjson
				cancel()
			}
		}
		report, err := load.Run(ctx, r, []string{dir}, 1, quiet)
		if fault.CodeOf(err) != fault.Unavailable || report == nil {
			t.Fatalf("the interrupted load: %+v, %v", report, err)
		}
		first := len(r.resources(t))
		if first == 0 || first == 2601 || report.Total() != first {
			t.Fatalf("%d stored before the interruption, %d reported", first, report.Total())
		}
		r.before = func(int64) {}
		second := r.load(t, dir)
		if got := len(r.resources(t)); got != 2601 || second.Total() != 2601-first || second.Repeated != first {
			t.Errorf("%d stored; the second run says %d, repeated %d", got, second.Total(), second.Repeated)
		}
		third := r.load(t, dir)
		if got := len(r.resources(t)); got != 2601 || third.Total() != 0 || third.Repeated != 2601 || len(third.Failures) != 0 {
			t.Errorf("%d stored; the third run says %+v", got, third)
		}
		page, err := r.gate.Session(gate.Actor{Access: gate.Whole()}).History(t.Context(), gate.History{Count: 1 << 20})
		if err != nil || len(page.Versions) != 2601 {
			t.Errorf("%d versions, %v", len(page.Versions), err)
		}
	})
}

// TestRunAgainWithBadLine: what is sent line by line because of a bad line is stored once, too.
func TestRunAgainWithBadLine(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		dir := folder(t, map[string]string{"a.ndjson": many(3, "a") + `{"resourceType":"Observation","status":"final","code":{},"subject":{"reference":"Patient/none"}}`})
		for range 3 {
			if report := r.load(t, dir); len(report.Failures) != 1 || report.Total()+report.Repeated != 3 {
				t.Errorf("report %+v", report)
			}
		}
		if got := r.names(t); len(got) != 3 {
			t.Errorf("stored %q", got)
		}
	})
}

// TestExportAndImport: what is exported and imported into another record, of the other kind, is the same.
func TestExportAndImport(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		from := newRecord(t, kind, true)
		from.load(t, folder(t, map[string]string{
			"a.json": `{"resourceType":"Bundle","type":"transaction","entry":[
				{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","name":[{"family":"李","_family":{"id":"x"}}],"multipleBirthInteger":2},"request":{"method":"POST","url":"Patient"}},
				{"resource":{ "status":"final" , "resourceType":"Observation","code":{"text":"a\nb"},"valueQuantity":{"value":1.00},"meta":{"profile":["p"]},"subject":{"reference":"urn:uuid:1"}},"request":{"method":"POST","url":"Observation"}}]}`,
			"b.ndjson":  many(600, "b"),
			"gone.json": `{"resourceType":"Patient","id":"gone"}`,
		}))
		from.load(t, folder(t, map[string]string{"d.json": `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"DELETE","url":"Patient/gone"}}]}`}))
		dir := filepath.Join(t.TempDir(), "export")
		counts, err := load.Export(t.Context(), from.gate.Session(gate.Actor{Access: gate.Whole()}), dir, false)
		if err != nil || !maps.Equal(counts, map[string]int{"Patient": 1, "Observation": 1, "Basic": 600}) {
			t.Fatalf("exported %v, %v", counts, err)
		}
		files, err := filepath.Glob(dir + "/*")
		if err != nil || len(files) != 3 {
			t.Fatalf("files %q, %v", files, err)
		}
		if left, _ := filepath.Glob(dir + "/.*"); len(left) != 0 {
			t.Errorf("left over: %q", left)
		}
		to := newRecord(t, map[string]string{"sqlite": "postgres", "postgres": "sqlite"}[kind], false)
		if report := to.load(t, dir); len(report.Failures) != 0 || report.Total() != 602 {
			t.Errorf("report %+v", report)
		}
		was, is := compacted(t, from), compacted(t, to)
		if !maps.Equal(was, is) {
			for name := range was {
				if was[name] != is[name] {
					t.Fatalf("%s was\n%s\nand is\n%s", name, was[name], is[name])
				}
			}
			t.Errorf("%d resources became %d", len(was), len(is))
		}
	})
}
