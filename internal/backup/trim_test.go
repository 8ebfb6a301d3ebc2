package backup_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/backup"
	"yitong/internal/fault"
)

// files are those of a folder with their content, by their names.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, dir+"/")] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func trim(t *testing.T, w *world, cut time.Time) (*backup.Trim, error) {
	t.Helper()
	plan, err := backup.PlanTrim(t.Context(), w.archive, []string{w.dir}, w.key, cut)
	if err == nil {
		err = plan.Remove()
	}
	return plan, err
}

// TestTrim: what is older than the newest backup by the cut goes, and every moment since the cut stays within reach, the first one
// too; while the record goes on to be archived.
func TestTrim(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 150, 3000)
	w.backUp(t, "backup1")
	w.write(t, 150, 3000)
	second := w.backUp(t, "backup2")
	from := len(w.lines)
	w.write(t, 30, 3000)
	cut := w.lines[len(w.lines)-1].done
	w.write(t, 150, 3000)
	third := w.backUp(t, "backup3")
	w.write(t, 100, 3000)
	before := files(t, w.archive)

	plan, err := backup.PlanTrim(t.Context(), w.archive, []string{w.dir}, w.key, cut)
	if err != nil {
		t.Fatal(err)
	}
	if after := files(t, w.archive); len(after) < len(before) {
		t.Error("only to plan has removed something")
	}
	if plan.Base != second || plan.Of.After(cut) || plan.Freed.Files == 0 || plan.Kept.Files == 0 || len(plan.Notes) != 1 || !strings.Contains(plan.Notes[0], "backup1") {
		t.Errorf("planned %+v", plan)
	}
	if err := plan.Remove(); err != nil {
		t.Fatal(err)
	}
	after := files(t, w.archive)
	var freed int64
	for name, text := range before {
		if _, there := after[name]; !there {
			freed += int64(len(text))
			if name >= plan.From {
				t.Errorf("%s is gone", name)
			}
		}
	}
	if freed != plan.Freed.Bytes {
		t.Errorf("%d bytes are freed, %+v was said", freed, plan.Freed)
	}
	w.write(t, 50, 3000) // the server has not noticed
	w.close(t)
	w.open(t)
	w.write(t, 5, 10)
	w.close(t)
	if s := w.kept.Status(); s.Gaps != 0 {
		t.Errorf("%d runs were begun", s.Gaps)
	}
	for at := range 5 { // right after the cut, and later
		at := cut.Add(time.Duration(at*at) * 7 * time.Millisecond)
		got, reached, err := w.restore(t, second, &at)
		if err != nil {
			t.Errorf("%s behind the cut: %v", at.Sub(cut), err)
			continue
		}
		if n := w.first(t, got); n < from || reached.To.After(at) {
			t.Errorf("%s behind the cut: %d lines, %+v", at.Sub(cut), n, reached)
		}
		for _, l := range w.lines[len(got):] {
			if l.done.Before(reached.To) {
				t.Errorf("a line is missing that was done at %s, before %s", l.done, reached.To)
			}
		}
	}
	for _, dir := range []string{second, third} {
		if got, _, err := w.restore(t, dir, &end); err != nil || len(got) != len(w.lines) {
			t.Errorf("%s to the end: %d lines of %d, %v", dir, len(got), len(w.lines), err)
		}
	}
	if plan, err := trim(t, w, cut); err != nil || plan.Freed.Files != 0 {
		t.Errorf("once more: %+v, %v", plan, err)
	}
}

// TestTrimKilled: wherever removing is broken off, what is left has no gap.
func TestTrimKilled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 150, 3000)
	w.backUp(t, "backup1")
	dir := w.backUp(t, "backup2")
	w.write(t, 50, 3000)
	w.close(t)
	whole := w.archive
	for n := 0; ; n++ {
		w.archive = copyOf(t, whole)
		plan, err := backup.PlanTrim(t.Context(), w.archive, []string{w.dir}, w.key, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if n > plan.Freed.Files {
			break
		}
		before := slices.Sorted(maps.Keys(files(t, w.archive)))
		if n < plan.Freed.Files { // a folder with something in it stands in its way
			gone(t, w.archive, "/"+before[n])
			if err := os.MkdirAll(filepath.Join(w.archive, before[n], "x"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		if err := plan.Remove(); (err == nil) != (n == plan.Freed.Files) {
			t.Errorf("%d: %v", n, err)
		}
		if n < plan.Freed.Files {
			if err := os.RemoveAll(filepath.Join(w.archive, before[n])); err != nil {
				t.Fatal(err)
			}
		}
		after := files(t, w.archive)
		for _, name := range before[n+1:] {
			if _, there := after[name]; !there && n < plan.Freed.Files {
				t.Errorf("broken off at %s, %s is gone", before[n], name)
			}
		}
		if got, _, err := w.restore(t, dir, &end); err != nil || len(got) != len(w.lines) {
			t.Errorf("%d: %d lines of %d, %v", n, len(got), len(w.lines), err)
		}
	}
}

// TestTrimRefused: nothing is removed where that could take away what is needed.
func TestTrimRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.open(t)
	w.write(t, 150, 3000)
	early := time.Now()
	first := w.backUp(t, "backup1")
	w.write(t, 150, 3000)
	second := w.backUp(t, "backup2")
	w.write(t, 50, 3000)
	w.close(t)
	cut := time.Now()
	archive, backups := w.archive, w.dir
	list, err := filepath.Glob(filepath.Join(archive, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		do   func(w *world, at *time.Time)
		code fault.Code
		says string
	}{
		"no backup by then": {func(_ *world, at *time.Time) { *at = early }, fault.Conflict, "nothing is removed"},
		"no backups":        {func(w *world, _ *time.Time) { w.dir = t.TempDir() }, fault.Conflict, "nothing is removed"},
		"nowhere":           {func(w *world, _ *time.Time) { w.dir = "/nowhere" }, fault.NotFound, "/nowhere"},
		"no archive":        {func(w *world, _ *time.Time) { w.archive = t.TempDir() }, fault.NotFound, "holds no archive"},
		"another key":       {func(w *world, _ *time.Time) { w.key = newKey(t, 'x') }, fault.Forbidden, "key"},
		"of two": {func(w *world, _ *time.Time) {
			if err := os.Mkdir(filepath.Join(w.archive, "wal"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, fault.Malformed, "two databases"},
		"a segment missing behind": {func(w *world, _ *time.Time) {
			gone(t, w.archive, strings.TrimPrefix(list[len(list)-2], archive))
		}, fault.Unprocessable, "is missing"},
	} {
		at := cut
		of := &world{dir: backups, archive: copyOf(t, archive), key: w.key}
		test.do(of, &at)
		before := files(t, of.archive)
		if _, err := trim(t, of, at); fault.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
		if len(files(t, of.archive)) != len(before) {
			t.Errorf("%s: something was removed", name)
		}
	}
	// The newest backup is damaged: the one before is what the archive must go on from.
	damaged := &world{dir: copyOf(t, backups), archive: archive, key: w.key}
	spoil(t, filepath.Join(damaged.dir, filepath.Base(second), "database.sealed"), func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
	plan, err := backup.PlanTrim(t.Context(), damaged.archive, []string{damaged.dir}, damaged.key, cut)
	if err != nil || filepath.Base(plan.Base) != filepath.Base(first) || len(plan.Notes) == 0 || !strings.Contains(plan.Notes[0], "backup2") {
		t.Errorf("a damaged backup: %+v, %v", plan, err)
	}
	spoil(t, filepath.Join(damaged.dir, filepath.Base(first), "database.sealed"), func(b []byte) []byte { return b[:len(b)-1] })
	if _, err := trim(t, damaged, cut); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("two damaged backups: %v", err)
	}
}

// TestTrimLogOfPostgres: of files of PostgreSQL's log those stay that the newest backup by the cut needs, on whatever timeline, and all
// histories of timelines.
func TestTrimLogOfPostgres(t *testing.T) {
	t.Parallel()
	w := &world{dir: t.TempDir(), archive: filepath.Join(t.TempDir(), "archive"), key: newKey(t, 'k')}
	for _, name := range []string{
		"0000000100000000000000FD", "0000000100000000000000FE", "0000000100000000000000FE.00000028.backup", "0000000100000000000000FF",
		"00000002.history", "0000000200000000000000FF", "000000020000000100000000", "000000020000000100000000.00000028.backup", "000000020000000100000001",
	} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, bytes.Repeat([]byte("x"), 1<<24), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := backup.PutWAL(w.archive, w.key, path); err != nil {
			t.Fatal(err)
		}
	}
	cluster(t, w, "backup1", "0000000100000000000000FE")
	cluster(t, w, "backup2", "0000000200000000000000FF")
	between := time.Now()
	cluster(t, w, "backup3", "000000020000000100000000")
	cluster(t, w, "elsewhere", "000000030000000900000000")
	plan, err := trim(t, w, between)
	if err != nil || filepath.Base(plan.Base) != "backup2" || plan.Freed.Files != 3 || len(plan.Notes) != 1 {
		t.Errorf("%+v, %v", plan, err)
	}
	left := files(t, w.archive)
	for _, name := range []string{"0000000100000000000000FD", "0000000100000000000000FE", "0000000100000000000000FE.00000028.backup"} {
		if _, there := left["wal/"+name+".sealed"]; there {
			t.Errorf("%s is there", name)
		}
	}
	if len(left) != 6 {
		t.Errorf("%d files are left", len(left))
	}
	gone(t, filepath.Join(w.archive, "wal"), "/000000020000000100000000.sealed")
	if _, err := trim(t, w, between); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("a gap: %v", err)
	}
}

// labelled is a part that looks like a server's data.
type labelled string

// Name implements [backup.Part].
func (labelled) Name() string { return backup.DatabasePart }

// Write implements [backup.Part].
func (l labelled) Write(_ context.Context, w io.Writer) error {
	text := "START WAL LOCATION: 0/FE000028 (file " + string(l) + ")\nCHECKPOINT LOCATION: 0/FE000060\n"
	files := tar.NewWriter(w)
	err := files.WriteHeader(&tar.Header{Name: "backup_label", Mode: 0o600, Size: int64(len(text))})
	if err == nil {
		_, err = io.WriteString(files, text)
	}
	if err == nil {
		err = files.Close()
	}
	return err
}

// cluster makes what looks like the backup of a server that needs the log from a file on.
func cluster(t *testing.T, w *world, name, from string) {
	t.Helper()
	dir := filepath.Join(w.dir, name)
	m, err := backup.Begin(dir, w.key)
	if err == nil {
		m.Database = backup.PostgreSQL
		err = m.Add(t.Context(), dir, w.key, labelled(from))
	}
	if err == nil {
		err = m.Finish(dir, w.key)
	}
	if err != nil {
		t.Fatal(err)
	}
}
