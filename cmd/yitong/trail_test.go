package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// TestTrailVerifyEnds: by the code that tells a program that calls it: 0, 1, or 2 when nobody can tell.
func TestTrailVerifyEnds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "record.db")
	if err := app.NewKey(path + ".key"); err != nil {
		t.Fatal(err)
	}
	var c verifyTrail
	c.DB = "sqlite:" + path
	code := func() int {
		if err := c.Run(t.Context()); err != nil {
			return codeOf(err)
		}
		return 0
	}
	with := func(do func(ctx context.Context, db store.DB) error) {
		t.Helper()
		if err := withDB(t.Context(), c.Database, func(db store.DB) error { return do(t.Context(), db) }); err != nil {
			t.Fatal(err)
		}
	}
	if got := code(); got != cannotTell {
		t.Errorf("no log: %d", got)
	}
	with(func(ctx context.Context, db store.DB) error {
		at := time.UnixMicro(1_700_000_000_000_000).UTC()
		r := trail.Record{ID: "1", At: at, Do: "read"}
		lines := [][]byte{r.Append(nil)}
		b := store.Batch{Number: 1, First: at, Last: at, Lines: 1, Body: trail.Pack(lines)}
		b.Digest, b.Tags = trail.Digest(1, lines)
		b.Keys = trail.Keys(store.NewHasher(db.Secret()), &r)
		if _, err := db.Bind(ctx, store.Binding{Batch: &b}); err != nil {
			return err
		}
		s, _, err := c.Sealers(db, c.Key, path, nil)
		if err != nil {
			return err
		}
		_, err = s.Step(ctx)
		return err
	})
	if got := code(); got != 0 {
		t.Errorf("all is well: %d", got)
	}
	if err := os.Remove(path + ".key"); err != nil {
		t.Fatal(err)
	}
	if got := code(); got != cannotTell {
		t.Errorf("no key: %d", got)
	}
	if err := app.NewKey(path + ".key"); err != nil {
		t.Fatal(err)
	}
	if got := code(); got != notWhole {
		t.Errorf("another key: %d", got)
	}
}
