package bench

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"

	"yitong/internal/app"
	"yitong/internal/store"
	"yitong/test/pgcluster"
)

// place is where databases of a kind are made: a folder, or a cluster of PostgreSQL.
type place struct {
	dir     string
	cluster *pgcluster.Cluster
}

func newPlace(kind string) (*place, error) {
	if kind == "postgres" {
		cluster, err := pgcluster.Start("", pgcluster.Options{Settings: map[string]string{"shared_buffers": "512MB", "max_wal_size": "4GB"}})
		return &place{cluster: cluster}, err
	}
	dir, err := os.MkdirTemp("", "yitong-bench-")
	return &place{dir: dir}, err
}

// database makes a database, or says where it will be, as --db takes it.
func (p *place) database(name string) (url string, err error) {
	if p.cluster != nil {
		return p.cluster.NewDatabase(name)
	}
	return "sqlite:" + filepath.Join(p.dir, name+".db"), nil
}

// record makes a database and opens it as a record.
func (p *place) record(ctx context.Context) (db store.DB, url string, err error) {
	if url, err = p.database("record"); err != nil {
		return nil, "", err
	}
	db, err = app.Database{DB: url}.Open(ctx)
	return db, url, err
}

// onEach measures on a record of its own on each of some databases, one after the other.
func onEach(ctx context.Context, databases []string, measure func(name, url string, db store.DB) error) error {
	for _, name := range databases {
		if err := onRecord(ctx, name, measure); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func onRecord(ctx context.Context, name string, measure func(name, url string, db store.DB) error) error {
	at, err := newPlace(name)
	if err != nil {
		return err
	}
	defer at.close()
	db, url, err := at.record(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	return measure(name, url, db)
}

// bare makes a database for bare statements.
func (p *place) bare(ctx context.Context) (bare, error) {
	if p.cluster == nil {
		return newBareSQLite(ctx, p.dir)
	}
	url, err := p.cluster.NewDatabase("bare")
	if err != nil {
		return nil, err
	}
	return newBarePostgres(ctx, url)
}

func (p *place) close() {
	if p.cluster != nil {
		_ = p.cluster.Stop()
		return
	}
	_ = os.RemoveAll(p.dir)
}

// tidy brings a database to where it is some minutes after a load: PostgreSQL looks after its tables by itself by then.
func tidy(ctx context.Context, url string) error {
	if strings.HasPrefix(url, "sqlite:") {
		return nil
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, statement := range []string{"VACUUM (ANALYZE)", "CHECKPOINT"} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// tableSizes are the bytes of the tables of bodies, keys and texts, with their indexes.
func tableSizes(ctx context.Context, url string) (map[string]float64, error) {
	sizes := map[string]float64{"res": 0, "ix": 0, "str": 0}
	if path, is := strings.CutPrefix(url, "sqlite:"); is {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			return nil, err
		}
		defer db.Close()
		for name := range sizes {
			var n float64
			q := "SELECT sum(s.pgsize) FROM dbstat s JOIN sqlite_schema t ON t.name = s.name WHERE t.tbl_name = ? AND s.aggregate = TRUE"
			if err := db.QueryRowContext(ctx, q, name).Scan(&n); err != nil {
				return nil, err
			}
			sizes[name] = n
		}
		return sizes, nil
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	for name := range sizes {
		var n int64
		if err := conn.QueryRow(ctx, "SELECT pg_total_relation_size($1::regclass)", name).Scan(&n); err != nil {
			return nil, err
		}
		sizes[name] = float64(n)
	}
	return sizes, nil
}
