package sqlite

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
)

// TestOldBinaryBodies: a body from before there were forms is read as it was, even if it begins as a form does.
func TestOldBinaryBodies(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	old, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, old, dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	body := func(first int) []byte { return []byte{byte(first), 1, 0, 'x'} }
	for first := range 256 {
		_, err := old.ExecContext(t.Context(), "INSERT INTO item (kind, id, ver, updated, author, owner, until, body) VALUES ('k', ?, 1, 0, '', '', 0, ?)",
			fmt.Sprint(first), body(first))
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for first := range 256 {
		if i, err := db.Item(t.Context(), "k", fmt.Sprint(first)); err != nil || !bytes.Equal(i.Body, body(first)) {
			t.Errorf("%x became %x (%v)", body(first), i.Body, err)
		}
	}
}
