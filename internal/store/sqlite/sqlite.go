// Package sqlite keeps the record in one SQLite file, so that a server needs nothing else (mission F7).
//
// All writes go through one goroutine that commits them in groups, so that one sync of the disk serves many
// requests; each is a savepoint of its own and fails alone. Big writes go by themselves. Reads run beside it on connections of their own (WAL).
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

//go:embed migrations
var migrations embed.FS

// DB is a record in a SQLite file. It implements [store.DB].
type DB struct {
	reader
	path   string
	pool   *sql.DB // of readers
	writer *writer
	secret []byte
	shape  shape // of the trail
	close  sync.Once

	besides *besides

	archive *archiving // nil for none
}

var _ store.DB = (*DB)(nil)

// pragmas of every connection. The driver runs them in the order of the alphabet; the size of a page must come before the
// mode of the log, so a comment leads it. Pages of 8 KB hold three bodies of the usual size. synchronous FULL syncs the
// log at each commit: what was answered survives a power cut. The log is folded into the file every 128 MB, for a page of
// the index that has been changed many times by then is written there once.
const pragmas = "_pragma=/**/page_size(8192)&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=wal_autocheckpoint(16000)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)&_pragma=trusted_schema(0)"

// Option is something that [Open] is told beside the place of the file.
type Option func(*DB)

// Sealing says how bodies are kept. Without it they are plain.
func Sealing(bodies seal.Bodies) Option { return func(d *DB) { d.bodies = bodies } }

// Open opens the file, makes it if it is not there, and brings its tables up to date. The error is Malformed if bodies of the
// record are sealed with a key that has not been given.
func Open(ctx context.Context, path string, options ...Option) (*DB, error) {
	d := &DB{path: path, shape: usualShape, reader: reader{run: map[string]*sql.Stmt{}}}
	for _, o := range options {
		o(d)
	}
	if err := private(path); err != nil {
		return nil, fault.Wrap(err, "opening the database file")
	}
	dsn := address(path, d.archive.pragmas())
	w, err := openWriter(ctx, dsn, d.bodies)
	if err != nil {
		return nil, err
	}
	d.writer = w
	if d.pool, err = sql.Open("sqlite", dsn+"&_pragma=query_only(1)&_pragma=cache_size(-8000)"); err != nil {
		return nil, fault.Wrap(err, "opening the database file")
	}
	d.pool.SetMaxOpenConns(max(4, 2*runtime.GOMAXPROCS(0)))
	d.pool.SetMaxIdleConns(max(4, 2*runtime.GOMAXPROCS(0)))
	if err := d.prepare(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	if err := d.checkSeal(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	if err := d.gather(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	if err := d.archive.start(ctx, d); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// address is that of a file for the driver.
func address(path, query string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: query}).String()
}

// private makes the folder and the file so that only their owner can read them.
func private(path string) error {
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// makeFolder makes a folder and those above it that are missing, and syncs those that they stand in: SQLite itself syncs
// only the folder of its file.
func makeFolder(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	above := filepath.Dir(path)
	if err := makeFolder(above); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !os.IsExist(err) {
		return err
	}
	dir, err := os.Open(above)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

func (d *DB) prepare(ctx context.Context) error {
	for _, q := range readerStatements {
		s, err := d.pool.PrepareContext(ctx, q)
		if err != nil {
			return fault.Wrap(err, "preparing statements")
		}
		d.run[q] = s
	}
	var mode string
	var sync int
	err := d.pool.QueryRowContext(ctx, "SELECT value FROM setting WHERE name = 'secret'").Scan(&d.secret)
	if err == nil {
		err = d.writer.conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode)
	}
	if err == nil {
		err = d.writer.conn.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&sync)
	}
	if err == nil && (mode != "wal" || sync != 2) {
		err = fmt.Errorf("journal_mode is %s and synchronous %d; a commit must be synced (wal, 2)", mode, sync)
	}
	if err != nil {
		return fault.Wrap(err, "checking the database file")
	}
	return nil
}

// migrate brings the tables up to date.
func migrate(ctx context.Context, db *sql.DB) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir)
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// Alone implements [store.DB].
func (d *DB) Alone() bool { return true }

// Secret implements [store.DB].
func (d *DB) Secret() []byte { return d.secret }

// Now implements [store.DB].
func (d *DB) Now(context.Context) (time.Time, error) { return now(), nil }

// now is the clock of this database: the server's own, since they are one process.
func now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Ping implements [store.DB].
func (d *DB) Ping(ctx context.Context) error {
	var one int
	return fail(d.pool.QueryRowContext(ctx, "SELECT 1").Scan(&one), "asking the database")
}

// Size implements [store.DB].
func (d *DB) Size(context.Context) (int64, error) {
	var size int64
	for _, suffix := range []string{"", "-wal", besidesSuffix} {
		info, err := os.Stat(d.path + suffix)
		if err != nil && !os.IsNotExist(err) {
			return 0, fault.Wrap(err, "measuring the database file")
		}
		if err == nil {
			size += info.Size()
		}
	}
	return size, nil
}

// Close waits for the writes that have begun, refuses new ones and closes the file.
func (d *DB) Close() error {
	var err error
	d.close.Do(func() {
		d.writer.stop()
		whole := d.archive.end()
		for _, s := range d.run {
			_ = s.Close()
		}
		err = d.pool.Close()
		if e := d.writer.close(); err == nil {
			err = e
		}
		d.archive.close(whole && err == nil)
		if e := d.besides.close(); err == nil {
			err = e
		}
	})
	return err
}
