package trail

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/internal/tlog"
	"yitong/test/pgcluster"
)

var testKey = tlog.Private([]byte("the platform's key"))

// world is a record whose trail is sealed, with a way to its rows behind its back.
type world struct {
	t      *testing.T
	db     store.DB
	raw    *sql.DB
	dollar bool // the database numbers parameters
	folder *tlog.Folder
	sealer *Sealer
}

// eachWorld runs a test on each database.
func eachWorld(t *testing.T, test func(*world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "record.db")
		db, err := sqlite.Open(t.Context(), path)
		test(newWorld(t, db, err, "sqlite", path))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		url := pgcluster.Shared(t)
		db, err := postgres.Open(t.Context(), url)
		test(newWorld(t, db, err, "pgx", url))
	})
}

func newWorld(t *testing.T, db store.DB, err error, driver, name string) *world {
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		raw.Close()
		db.Close()
	})
	w := &world{t: t, db: db, raw: raw, dollar: driver == "pgx", folder: newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)}
	w.sealer = NewSealer(db, w.folder, testKey, db.Now)
	return w
}

func newFolder(t testing.TB, dir string, key ed25519.PrivateKey) *tlog.Folder {
	public, err := tlog.PublicOf("trail.example.cn", key)
	if err != nil {
		t.Fatal(err)
	}
	return tlog.NewFolder(dir, public)
}

// exec runs a statement behind the record's back.
func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if w.dollar {
		parts := strings.Split(query, "?")
		query = parts[0]
		for i, p := range parts[1:] {
			query += fmt.Sprintf("$%d%s", i+1, p)
		}
	}
	if _, err := w.raw.ExecContext(w.t.Context(), query, args...); err != nil {
		w.t.Fatal(query, err)
	}
}

// record is a line of the tests.
func record(n, line int) []byte {
	at := time.Date(2026, 3, 1, 8, 0, n, line*1000, time.UTC)
	r := Record{ID: fmt.Sprintf("%d-%d",
		n, line), At: at, Do: "read", Outcome: Done, Who: fmt.Sprintf("Practitioner/%d", line), Saw: []string{"Patient/1/2"}}
	return r.Append(nil)
}

// lines are those of a batch.
func lines(n, many int) (list [][]byte) {
	for i := range many {
		list = append(list, record(n, i+1))
	}
	return list
}

// bind binds so many batches of six lines more.
func bind(t testing.TB, db store.Trail, many int) {
	t.Helper()
	ctx := context.Background()
	for range many {
		last, err := db.LastBatch(ctx)
		if err != nil {
			t.Fatal(err)
		}
		list := lines(int(last)+1, 6)
		var text []byte
		for _, l := range list {
			text = append(text, l...)
		}
		if err := db.Trace(ctx, text); err != nil {
			t.Fatal(err)
		}
		rows, err := db.Loose(ctx, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		var ids []int64
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		b := batchOf(last+1, list)
		if ok, err := db.Bind(ctx, store.Binding{Batch: &b, Rows: ids}); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
}

// batchOf is a batch of lines.
func batchOf(n int64, list [][]byte) store.Batch {
	b := store.Batch{Number: n, Lines: len(list), Body: Pack(list)}
	b.Digest, b.Tags = Digest(n, list)
	b.First, b.Last, _ = span(list)
	return b
}

// seal seals all.
func seal(t testing.TB, s *Sealer) {
	t.Helper()
	for {
		more, err := s.Step(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			return
		}
	}
}

// verify compares everything, as if so much time had passed.
func (w *world) verify(f *tlog.Folder, later time.Duration, known ...Known) *Report {
	w.t.Helper()
	now, err := w.db.Now(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	r, err := Verify(w.t.Context(), Verification{DB: w.db, Folder: f, Known: known, Now: now.Add(later)})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// row reads a batch.
func (w *world) row(n int64) store.Batch {
	w.t.Helper()
	b, err := w.db.Batches(w.t.Context(), n, 1, true)
	if err != nil || len(b) != 1 || b[0].Number != n {
		w.t.Fatal(n, b, err)
	}
	return b[0]
}

// put writes a batch over what stands there.
func (w *world) put(b store.Batch) {
	w.t.Helper()
	w.exec("UPDATE batch SET first = ?, last = ?, bound = ?, count = ?, digest = ?, tags = ?, body = ? WHERE n = ?",
		b.First.UnixMicro(), b.Last.UnixMicro(), b.Bound.UnixMicro(), b.Lines, b.Digest, b.Tags, b.Body, b.Number)
}

// add inserts a batch.
func (w *world) add(b store.Batch) {
	w.t.Helper()
	columns, values := "n, first, last, bound, count, digest, tags, body", "?, ?, ?, ?, ?, ?, ?, ?"
	if !w.dollar {
		columns, values = columns+", upto", values+", 0"
	}
	w.exec("INSERT INTO batch ("+columns+") VALUES ("+values+")", b.Number, b.First.UnixMicro(), b.Last.UnixMicro(), b.Bound.UnixMicro(),
		b.Lines, b.Digest, b.Tags, b.Body)
}

// keep remembers the batches and gives a function that puts them back.
func (w *world) keep() (back func()) {
	all, err := w.db.Batches(w.t.Context(), 1, 1000, true)
	if err != nil {
		w.t.Fatal(err)
	}
	return func() {
		w.exec("DELETE FROM batch")
		for _, b := range all {
			w.add(b)
		}
	}
}

func makeDir(t testing.TB, dir string) {
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

func removeEpoch(t testing.TB, f *tlog.Folder, n int) {
	if err := os.RemoveAll(filepath.Join(f.Dir(), fmt.Sprint(n))); err != nil {
		t.Fatal(err)
	}
}
