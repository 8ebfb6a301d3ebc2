package postgres

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"yitong/test/pgcluster"
)

// TestOldBinaryBodies: a body from before there were forms is read as it was, even if it begins as a form does.
func TestOldBinaryBodies(t *testing.T) {
	t.Parallel()
	dsn := pgcluster.Shared(t)
	pool, err := pgxpool.New(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, stdlib.OpenDBFromPool(pool), dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 5); err != nil {
		t.Fatal(err)
	}
	body := func(first int) []byte { return []byte{byte(first), 1, 0, 'x'} }
	for first := range 256 {
		_, err := pool.Exec(t.Context(), "INSERT INTO item (kind, id, ver, updated, author, owner, until, body) VALUES ('k', $1, 1, 0, '', '', 0, $2)",
			fmt.Sprint(first), body(first))
		if err != nil {
			t.Fatal(err)
		}
	}
	db, err := Open(t.Context(), dsn)
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

// TestSealPlans holds that a table is gone through part by part when its bodies are sealed.
func TestSealPlans(t *testing.T) {
	t.Parallel()
	conn, err := open(t).pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, table := range sealedTables {
		plan, text := planOf(t, conn.Conn(), table.name, table.otherForm())
		if list := plan.unaided(); len(list) > 0 || !strings.Contains(text, "Tid Range Scan on "+table.name) {
			t.Errorf("%s: %v\n%s", table.name, list, text)
		}
	}
}
