package backup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/backup"
	"yitong/internal/fault"
)

// TestLogOfPostgres: a file is archived once, another of its name is refused, and what comes out is what came in, unless something is
// missing between.
func TestLogOfPostgres(t *testing.T) {
	t.Parallel()
	dir, archive, key := t.TempDir(), filepath.Join(t.TempDir(), "archive"), newKey(t, 'k')
	put := func(name, text string) error {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return backup.PutWAL(archive, key, path)
	}
	page := strings.Repeat("x", 1<<24)
	files := map[string]string{
		"0000000100000000000000FE": page, "0000000100000000000000FF": page + "", "000000010000000100000000": page,
		"00000002.history": "1", "000000020000000100000000": page, "0000000100000000000000FE.00000028.backup": "label",
	}
	for name, text := range files {
		if err := put(name, text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := put("0000000100000000000000FE", page); err != nil {
		t.Errorf("the same once more: %v", err)
	}
	if err := put("0000000100000000000000FE", page+"y"); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("another of the same name: %v", err)
	}
	if err := put("postgresql.conf", "x"); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("no file of the log: %v", err)
	}
	to := filepath.Join(dir, "out")
	if err := backup.UnpackWAL(archive, key, to); err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || string(got) != want {
			t.Errorf("%s came back in %d bytes, %v", name, len(got), err)
		}
	}
	refused(t, backup.UnpackWAL(archive, newKey(t, 'x'), filepath.Join(dir, "other")), fault.Forbidden)
	gone(t, filepath.Join(archive, "wal"), "0000000100000000000000FF.sealed")
	err := backup.UnpackWAL(archive, key, filepath.Join(dir, "gap"))
	refused(t, err, fault.Unprocessable)
	if !strings.Contains(err.Error(), "gap between 0000000100000000000000FE and 000000010000000100000000") {
		t.Errorf("a gap: %v", err)
	}
	refused(t, backup.UnpackWAL(dir, key, filepath.Join(dir, "none")), fault.NotFound)
}

// TestNoPrograms: it is said what to install.
func TestNoPrograms(t *testing.T) {
	t.Parallel()
	if _, err := backup.FindPrograms(7, true); err == nil || !strings.Contains(err.Error(), "apt-get install postgresql-7") {
		t.Errorf("programs of PostgreSQL 7: %v", err)
	}
}
