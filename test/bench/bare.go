package bench

import (
	"context"
	"database/sql"
	"hash/fnv"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
)

// row is what a resource takes in the tables: its bytes and its keys.
type row struct {
	rid  int64
	id   string
	body []byte
	keys []int64
}

// bare writes and reads the record's tables with plain statements, as quickly as the database allows.
type bare interface {
	insert(rows []row) error // one durable transaction
	update(rows []row) error // likewise; keeps the old versions, as the record does
	read(id string) (size int, err error)
	// best is with how many writers, and how many requests of sixteen clients in one transaction, it is quickest.
	best() (writers, group int)
	close() error
}

const (
	bareInsert       = "INSERT INTO res (rid, type, id, ver, updated, method, author, splice, body) VALUES "
	bareInsertSpread = "INSERT INTO res (rid, type, id, ver, updated, method, author, splice, body, spread) VALUES ($1, 1, $2, 1, 1, 1, '', 1, $3, $4)"
	bareKeep         = "INSERT INTO hist (rid, ver, type, updated, until, method, author, splice, body) SELECT rid, ver, type, updated, 1, method, author, splice, body FROM res WHERE rid = "
)

// bareSQLite is one connection for writes and several for reads, like the record.
type bareSQLite struct {
	mu             sync.Mutex
	w              *sql.Conn
	db, r          *sql.DB
	res, key, keep *sql.Stmt
	set, get       *sql.Stmt
}

func newBareSQLite(ctx context.Context, dir string) (bare, error) {
	path := filepath.Join(dir, "bare.db")
	store, err := sqlite.Open(ctx, path) // for its tables
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	dsn := "file:" + path + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=wal_autocheckpoint(4000)&_pragma=cache_size(-32000)"
	b := &bareSQLite{}
	if b.db, err = sql.Open("sqlite", dsn); err != nil {
		return nil, err
	}
	if b.r, err = sql.Open("sqlite", dsn); err != nil {
		return nil, err
	}
	b.r.SetMaxOpenConns(2 * runtime.NumCPU())
	b.r.SetMaxIdleConns(2 * runtime.NumCPU())
	if b.w, err = b.db.Conn(ctx); err != nil {
		return nil, err
	}
	for q, s := range map[string]**sql.Stmt{
		bareInsert + "(?, 1, ?, 1, 1, 1, '', 1, ?)":             &b.res,
		"INSERT OR IGNORE INTO ix (h, o, rid) VALUES (?, 0, ?)": &b.key,
		bareKeep + "?": &b.keep,
		"UPDATE res SET ver = ver + 1, updated = 2, body = ? WHERE rid = ?": &b.set,
	} {
		if *s, err = b.w.PrepareContext(ctx, q); err != nil {
			return nil, err
		}
	}
	b.get, err = b.r.Prepare("SELECT body FROM res WHERE type = 1 AND id = ?")
	return b, err
}

func (b *bareSQLite) transaction(do func() error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, err := b.w.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err := b.w.ExecContext(context.Background(), "COMMIT")
	return err
}

func (b *bareSQLite) insert(rows []row) error {
	return b.transaction(func() error {
		for _, r := range rows {
			if _, err := b.res.Exec(r.rid, r.id, r.body); err != nil {
				return err
			}
			for _, k := range r.keys {
				if _, err := b.key.Exec(k, r.rid); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (b *bareSQLite) update(rows []row) error {
	return b.transaction(func() error {
		for _, r := range rows {
			if _, err := b.keep.Exec(r.rid); err != nil {
				return err
			}
			if _, err := b.set.Exec(r.body, r.rid); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *bareSQLite) read(id string) (int, error) {
	var body []byte
	err := b.get.QueryRow(id).Scan(&body)
	return len(body), err
}

func (b *bareSQLite) best() (writers, group int) { return 1, clients }

func (b *bareSQLite) close() error {
	if err := b.w.Close(); err != nil {
		return err
	}
	if err := b.r.Close(); err != nil {
		return err
	}
	return b.db.Close()
}

// barePostgres is one connection for each worker.
type barePostgres struct{ pool *pgxpool.Pool }

func newBarePostgres(ctx context.Context, dsn string) (bare, error) {
	store, err := postgres.Open(ctx, dsn) // for its tables
	if err != nil {
		return nil, err
	}
	if err := store.Close(); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	config.MaxConns = 16
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return &barePostgres{pool}, err
}

// copyMost is the number of rows up to which arrays beat COPY.
const copyMost = 64

func (b *barePostgres) insert(rows []row) error {
	ctx := context.Background()
	if len(rows) < copyMost {
		var batch pgx.Batch
		batch.Queue("BEGIN")
		for _, r := range rows {
			batch.Queue(bareInsertSpread, r.rid, r.id, r.body, int32(hash(r.id)))
			batch.Queue("INSERT INTO ix (h, o, rid) SELECT h, 0, $2 FROM unnest($1::bigint[]) k(h)", r.keys, r.rid)
		}
		batch.Queue("COMMIT")
		return b.pool.SendBatch(ctx, &batch).Close()
	}
	return pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"res"}, []string{"rid", "type", "id", "ver", "updated", "method", "author", "splice", "body", "spread"},
			pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
				return []any{rows[i].rid, int16(1), rows[i].id, int32(1), int64(1), int16(1), "", int32(1), rows[i].body, int32(hash(rows[i].id))}, nil
			}))
		if err != nil {
			return err
		}
		var keys [][]any
		for _, r := range rows {
			for _, k := range r.keys {
				keys = append(keys, []any{k, int64(0), r.rid})
			}
		}
		_, err = tx.CopyFrom(ctx, pgx.Identifier{"ix"}, []string{"h", "o", "rid"}, pgx.CopyFromRows(keys))
		return err
	})
}

func (b *barePostgres) update(rows []row) error {
	var batch pgx.Batch
	batch.Queue("BEGIN")
	for _, r := range rows {
		batch.Queue(bareKeep+"$1 ON CONFLICT DO NOTHING", r.rid)
		batch.Queue("UPDATE res SET ver = ver + 1, updated = 2, body = $2 WHERE rid = $1", r.rid, r.body)
	}
	batch.Queue("COMMIT")
	return b.pool.SendBatch(context.Background(), &batch).Close()
}

func (b *barePostgres) read(id string) (int, error) {
	var body []byte
	err := b.pool.QueryRow(context.Background(), "SELECT body FROM res WHERE spread = $1 AND type = 1 AND id = $2", int32(hash(id)), id).Scan(&body)
	return len(body), err
}

func (b *barePostgres) best() (writers, group int) { return 4, clients / 4 }

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

func (b *barePostgres) close() error {
	b.pool.Close()
	return nil
}
