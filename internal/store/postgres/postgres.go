// Package postgres keeps the record in PostgreSQL 15 or later, for regions in production (mission F7).
//
// Every write is a SERIALIZABLE transaction of two round trips: one that begins it and gathers what it must know, one
// that writes and commits. Conflicts are retried a bounded number of times.
package postgres

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

//go:embed migrations
var migrations embed.FS

// connectMost is how long a server is waited for that does not answer, unless the address says otherwise.
const connectMost = 5 * time.Second

// DB is a record in a PostgreSQL database. It implements [store.DB].
type DB struct {
	pool   *pgxpool.Pool
	secret []byte
	bodies seal.Bodies
	shape  shape // of the trail
	rids   ridBlock
	turn   sync.Mutex   // of this server's big writes
	pace   sync.RWMutex // held for writing by a write that has collided too often

	queue *store.Queue
	lanes sync.WaitGroup
}

var _ store.DB = (*DB)(nil)

// session is what every connection begins with. It keeps every statement on its index: a sequential scan in a serializable
// transaction would lock the whole table against everybody's writes, and a small table tempts the planner to one. And it
// has every commit synced, whatever has been set for the server, the database, the role or in the address, now or later. A
// server that stands still in the middle of a transaction loses it, for it would hold up the feed and whoever needs its locks.
var session = map[string]string{
	"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off", "plan_cache_mode": "force_generic_plan",
	"jit": "off", "timezone": "UTC", "application_name": "yitong", "synchronous_commit": "on",
	"idle_in_transaction_session_timeout": "30s", "yitong.logs": "on", "default_transaction_isolation": "read committed",
}

// Option is something that [Open] is told beside the address.
type Option func(*DB)

// Sealing says how bodies are kept. Without it they are plain.
func Sealing(bodies seal.Bodies) Option { return func(d *DB) { d.bodies = bodies } }

// Open connects to the database that a postgres:// URL or keyword string names, and brings its tables up to date. It
// refuses a server that may lose what it has committed. The error is Malformed if bodies of the record are sealed with a key
// that has not been given.
func Open(ctx context.Context, dsn string, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The database address is not one of PostgreSQL, such as postgres://user@host:5432/name.")
	}
	for name, value := range session {
		config.ConnConfig.RuntimeParams[name] = value
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectMost
	}
	if config.MaxConns < 32 {
		config.MaxConns = 32
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fail(err, "connecting")
	}
	d := &DB{pool: pool, shape: usualShape, queue: store.NewQueue()}
	for _, o := range options {
		o(d)
	}
	if err := d.prepare(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	for range max(lanesLeast, runtime.GOMAXPROCS(0)) {
		d.lanes.Go(d.lane)
	}
	return d, nil
}

// prepare looks at the server, and then brings its tables up to date.
func (d *DB) prepare(ctx context.Context) error {
	if err := d.safe(ctx); err != nil {
		return err
	}
	if err := migrate(ctx, d.pool.Config().ConnConfig); err != nil {
		return fail(err, "bringing the tables up to date")
	}
	if err := d.pool.QueryRow(ctx, "SELECT value FROM setting WHERE name = 'secret'").Scan(&d.secret); err != nil {
		return fail(err, "reading the settings")
	}
	if err := d.checkSeal(ctx); err != nil {
		return err
	}
	return d.settleEpoch(ctx)
}

func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	db := stdlib.OpenDB(*config)
	defer db.Close()
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, dir, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// safe refuses a server that may lose what it has committed.
func (d *DB) safe(ctx context.Context) error {
	var off []string
	err := d.pool.QueryRow(ctx, sqlUnsafe).Scan(&off)
	if err == nil && len(off) > 0 {
		return fault.New(fault.Internal, "checking the server").Because(fmt.Errorf(
			"%s is off on the database server: a commit could be lost. Set it to on, reload the server's settings, and start again", strings.Join(off, ", ")))
	}
	return fail(err, "reading the settings")
}

// Head implements [store.DB].
func (d *DB) Head(ctx context.Context, ref fhir.Ref) (store.Version, error) {
	return d.one(d.pool.Query(ctx, sqlHead, spread(ref), ref.Type, ref.ID))
}

// Version implements [store.DB].
func (d *DB) Version(ctx context.Context, ref fhir.Ref, number int64) (store.Version, error) {
	return d.one(d.pool.Query(ctx, sqlVersion, spread(ref), ref.Type, ref.ID, number))
}

// Versions implements [store.DB].
func (d *DB) Versions(ctx context.Context, ref fhir.Ref, before int64, n int) ([]store.Past, error) {
	rows, err := d.pool.Query(ctx, sqlVersions, spread(ref), ref.Type, ref.ID, before, n)
	return all(rows, err, d.past)
}

// Changes implements [store.DB].
func (d *DB) Changes(ctx context.Context, t schema.Type, before store.Mark, n int) ([]store.Past, error) {
	rows, err := d.pool.Query(ctx, sqlChanges, t, before.Updated.UnixMicro(), before.Rid, before.Number, n)
	return all(rows, err, d.past)
}

// Scan implements [store.DB].
func (d *DB) Scan(ctx context.Context, do func(store.Version) error) error {
	rows, err := d.pool.Query(ctx, sqlScan)
	if err != nil {
		return fail(err, "reading")
	}
	defer rows.Close()
	for rows.Next() {
		v, err := d.scan(rows)
		if err != nil {
			return fail(err, "reading")
		}
		if err := do(v); err != nil {
			return err
		}
	}
	return fail(rows.Err(), "reading")
}

// Count implements [store.DB].
func (d *DB) Count(ctx context.Context) (map[schema.Type]int64, error) {
	type count struct {
		t schema.Type
		n int64
	}
	rows, err := d.pool.Query(ctx, sqlCount)
	list, err := all(rows, err, func(r pgx.CollectableRow) (c count, err error) { return c, r.Scan(&c.t, &c.n) })
	counts := map[schema.Type]int64{}
	for _, c := range list {
		counts[c.t] = c.n
	}
	return counts, err
}

// Keys implements [store.DB].
func (d *DB) Keys(ctx context.Context) (n int64, err error) {
	err = d.pool.QueryRow(ctx, "SELECT (SELECT count(*) FROM ix) + (SELECT count(*) FROM str)").Scan(&n)
	return n, fail(err, "counting")
}

// Reserved implements [store.DB].
func (d *DB) Reserved(ctx context.Context, scopes ...string) ([]store.Reservation, error) {
	query, args := sqlReserved, []any{}
	if scopes != nil {
		query, args = sqlReservedIn, []any{scopes}
	}
	rows, err := d.pool.Query(ctx, query, args...)
	return all(rows, err, func(row pgx.CollectableRow) (store.Reservation, error) {
		r, until := store.Reservation{}, int64(0)
		err := row.Scan(&r.Scope, &r.Name, &r.Holder, &until)
		r.Until = time.UnixMicro(until).UTC()
		return r, err
	})
}

// Definitions implements [store.DB].
func (d *DB) Definitions(ctx context.Context, texts bool) ([]store.Definition, error) {
	q := "SELECT type, id, ground, text, state, wanted FROM definition ORDER BY type, id"
	if !texts {
		q = "SELECT type, id, '', '', state, wanted FROM definition ORDER BY type, id"
	}
	rows, err := d.pool.Query(ctx, q)
	return all(rows, err, func(r pgx.CollectableRow) (x store.Definition, err error) {
		var micros int64
		err = r.Scan(&x.Type, &x.ID, &x.Ground, &x.Text, &x.State, &micros)
		x.Wanted = time.UnixMicro(micros).UTC()
		return x, err
	})
}

// ClearIndex implements [store.DB].
func (d *DB) ClearIndex(ctx context.Context) error {
	_, err := d.pool.Exec(ctx, "TRUNCATE ix, str, definition")
	return fail(err, "clearing the index")
}

// Now implements [store.DB].
func (d *DB) Now(ctx context.Context) (time.Time, error) {
	var micros int64
	err := d.pool.QueryRow(ctx, sqlNow).Scan(&micros)
	return time.UnixMicro(micros).UTC(), fail(err, "asking the clock")
}

// Alone implements [store.DB].
func (d *DB) Alone() bool { return false }

// Secret implements [store.DB].
func (d *DB) Secret() []byte { return d.secret }

// Size implements [store.DB].
func (d *DB) Size(ctx context.Context) (size int64, err error) {
	err = d.pool.QueryRow(ctx, "SELECT pg_database_size(current_database())").Scan(&size)
	return size, fail(err, "measuring the database")
}

// Ping implements [store.DB].
func (d *DB) Ping(ctx context.Context) error { return d.safe(ctx) }

// Close waits for what has begun, refuses new writes and closes the connections.
func (d *DB) Close() error {
	d.queue.Close()
	d.lanes.Wait()
	d.pool.Close()
	return nil
}

// one reads at most one row.
func (d *DB) one(rows pgx.Rows, err error) (store.Version, error) {
	if err != nil {
		return store.Version{}, fail(err, "reading")
	}
	v, err := pgx.CollectOneRow(rows, func(r pgx.CollectableRow) (store.Version, error) { return d.scan(r) })
	if errors.Is(err, pgx.ErrNoRows) {
		return store.Version{}, nil
	}
	return v, fail(err, "reading")
}

// all reads every row.
func all[T any](rows pgx.Rows, err error, scan func(pgx.CollectableRow) (T, error)) ([]T, error) {
	if err != nil {
		return nil, fail(err, "reading")
	}
	list, err := pgx.CollectRows(rows, scan)
	return list, fail(err, "reading")
}

// scan reads one row of columns, and what follows them.
func (d *DB) scan(row pgx.CollectableRow, more ...any) (v store.Version, err error) {
	var updated int64
	err = row.Scan(append([]any{&v.Rid, &v.Ref.Type, &v.Ref.ID, &v.Number, &updated, &v.Method, &v.Author, &v.Body.Splice, &v.Body.Bytes}, more...)...)
	if err != nil {
		return v, err
	}
	v.Updated = time.UnixMicro(updated).UTC()
	return v, d.bodies.OpenVersion(&v)
}

func (d *DB) past(row pgx.CollectableRow) (p store.Past, err error) {
	var until int64
	if p.Version, err = d.scan(row, &until); until != 0 {
		p.Until = time.UnixMicro(until).UTC()
	}
	return p, err
}
