package load_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// watched is a record whose trail takes so many lines and no more, and that looks into the folder of an export at each of them, and
// before it gives out its first resource.
type watched struct {
	store.DB
	t     *testing.T
	dir   string
	takes int
	lines []trail.Record // that it has taken
	names []string       // of the files in the folder, as they were at any of these moments
}

// Trace implements [store.Trail].
func (w *watched) Trace(ctx context.Context, lines []byte) error {
	w.look()
	if len(w.lines) >= w.takes {
		return fault.New(fault.Unavailable, "There is no room.")
	}
	for line := range bytes.Lines(lines) {
		r, err := trail.Parse(line)
		if err != nil {
			w.t.Error(err)
		}
		w.lines = append(w.lines, r)
	}
	return w.DB.Trace(ctx, lines)
}

// Scan implements [store.DB].
func (w *watched) Scan(ctx context.Context, do func(store.Version) error) error {
	if len(w.lines) != 1 || w.lines[0].Do != "$export" || w.lines[0].Who != "Device/export" {
		w.t.Errorf("an export begins to read, and the trail has %+v", w.lines)
	}
	return w.DB.Scan(ctx, do)
}

var exportedID = regexp.MustCompile(`"resourceType":"(\w+)","id":"([^"]+)"`)

// look holds that what is in the folder is on record: of a whole record that it leaves, of a request each resource.
func (w *watched) look() {
	files, err := os.ReadDir(w.dir)
	if err != nil && !os.IsNotExist(err) {
		w.t.Error(err)
	}
	saw := map[string]bool{}
	for _, l := range w.lines {
		for _, name := range l.Saw {
			name, _, _ = strings.Cut(name, " ")
			saw[name[:strings.LastIndex(name, "/")]] = true
		}
	}
	for _, f := range files {
		w.names = append(w.names, f.Name())
		text, err := os.ReadFile(filepath.Join(w.dir, f.Name()))
		if err != nil {
			w.t.Error(err)
		}
		for _, m := range exportedID.FindAllStringSubmatch(string(text), -1) {
			if name := m[1] + "/" + m[2]; len(w.lines) == 0 || len(saw) > 0 && !saw[name] {
				w.t.Errorf("%s is in %s and not on record", name, f.Name())
			}
		}
	}
}

// TestWholeOnRecord: that a record leaves is on record before its first byte is written, and how much it is before the files have
// their names; while the trail takes no lines, there are none.
func TestWholeOnRecord(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		r.load(t, folder(t, map[string]string{"a.ndjson": many(3, "a")}))
		for takes := range 3 {
			dir := filepath.Join(t.TempDir(), "export")
			w := &watched{DB: r.db, t: t, dir: dir, takes: takes}
			counts, err := load.Whole(t.Context(), w, dir, false)
			files, _ := filepath.Glob(filepath.Join(dir, "*"))
			if takes < 2 {
				if hidden, _ := filepath.Glob(filepath.Join(dir, ".*")); fault.CodeOf(err) != fault.Unavailable || len(files)+len(hidden) > 0 {
					t.Errorf("with %d lines: %v, %v %v", takes, err, files, hidden)
				}
				if takes == 0 && len(w.names) > 0 {
					t.Errorf("before the first line there were %v", w.names)
				}
				continue
			}
			if err != nil || counts["Basic"] != 3 || len(files) != 1 || len(w.lines) != 2 || w.lines[0].Number != 0 || w.lines[1].Number != 3 {
				t.Errorf("%v, %v, %v, %+v", counts, err, files, w.lines)
			}
		}
	})
}

// TestApprovedOnRecord: each part of what a request lets out is on record before it is in a file; when the trail takes no more lines,
// nothing of it stays.
func TestApprovedOnRecord(t *testing.T) {
	eachDatabase(t, func(t *testing.T, kind string) {
		r := newRecord(t, kind, true)
		r.load(t, folder(t, map[string]string{"organizations.ndjson": "{\"resourceType\":\"Organization\",\"id\":\"a\"}\n"}))
		long := strings.Repeat("x", 8<<10) // so that a part is more than is held back before it is written
		r.load(t, folder(t, map[string]string{"mine.ndjson": strings.ReplaceAll(observations("a", 250), `"text":"x"`, `"text":"`+long+`"`)}))
		d := export.New(r.gate, policy.Standard().Export(), time.UTC)
		for takes := range 4 {
			task := r.asked(t, d, "")
			if _, err := d.Decide(t.Context(), r.person("Practitioner/y", "Organization/b", gate.Regulator, ""), task, export.Decision{Approve: true}); err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(t.TempDir(), "export")
			w := &watched{DB: r.db, t: t, dir: dir, takes: takes}
			counts, err := load.Approved(t.Context(), w, policy.Standard(), task.String(), "UTC", dir, false)
			files, _ := os.ReadDir(dir)
			if takes < 3 && (fault.CodeOf(err) != fault.Unavailable || len(files) > 0) || takes == 3 && (err != nil || counts["Observation"] != 250) {
				t.Errorf("with %d lines: %v, %v, %v", takes, counts, err, files)
			}
			if takes == 3 && !slices.ContainsFunc(w.names, leftover) {
				t.Error("no file was seen while it was written: the test shows nothing")
			}
			r.noted(t, task, takes == 3)
		}
	})
}

func leftover(name string) bool { return strings.HasPrefix(name, ".export-") }

// noted holds that the run of a request has counted, and whether it was whole.
func (r *record) noted(t *testing.T, task fhir.Ref, whole bool) {
	t.Helper()
	v, err := r.db.Head(t.Context(), task)
	if err != nil || !strings.Contains(string(v.Body.Bytes), fmt.Sprintf(`"valueBoolean":%t`, whole)) {
		t.Errorf("the run is noted as %s, %v", v.Body.Bytes, err)
	}
}

// TestExportKilled: what a run has left that was killed is gone after the next one, and nothing else; while one is at work, another is
// refused.
func TestExportKilled(t *testing.T) {
	t.Parallel()
	r := newRecord(t, "sqlite", true)
	r.load(t, folder(t, map[string]string{"a.ndjson": many(3, "a")}))
	dir := folder(t, map[string]string{".export-123": "left", ".export-4": "left", ".export-notes": "mine", "export-5": "mine"})
	at, err := os.Open(dir)
	if err == nil {
		err = syscall.Flock(int(at.Fd()), syscall.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	names := func() (list []string) {
		all, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			list = append(list, f.Name())
		}
		return list
	}
	if _, err := load.Whole(t.Context(), r.db, dir, false); fault.CodeOf(err) != fault.Conflict || len(names()) != 4 {
		t.Errorf("beside another: %v, %v", err, names())
	}
	if err := at.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the first has given the folder back
		if _, err := load.Whole(t.Context(), r.db, dir, true); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(); !slices.Equal(got, []string{".export-notes", "Basic.ndjson", "export-5"}) {
		t.Errorf("there is %v", got)
	}
}
