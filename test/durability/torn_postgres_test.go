package durability

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/store/postgres"
	"yitong/test/pgcluster"
)

// keepApart lets nothing reach the tables' files before the log is torn: what is in them may only rest on a log that has
// been synced, and the log is torn at places that were its end long before the files are copied.
var keepApart = map[string]string{
	"checkpoint_timeout": "1d", "max_wal_size": "4GB", "bgwriter_lru_maxpages": "0", "autovacuum": "off",
}

// TestFaultTornLogOfPostgreSQL kills a PostgreSQL server with all its processes under load, damages its log behind many
// points, and starts servers on what is left. The log's end is what PostgreSQL says that it has synced when an answer has
// come: so it is shown, too, that what was answered lies before that.
func TestFaultTornLogOfPostgreSQL(t *testing.T) {
	parallel(t)
	answers, points := 90, 1
	if long() {
		answers, points = 300, 10
	}
	c, err := pgcluster.Start(pgcluster.Memory(), pgcluster.Options{Settings: keepApart})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	db, err := c.NewDatabase("record")
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, nil, yitong(db)...)
	pool, err := pgxpool.New(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	// Here a torn log can begin. Behind it every page comes into the log as a whole once.
	if _, err := pool.Exec(t.Context(), "CHECKPOINT"); err != nil {
		t.Fatal(err)
	}
	var p past
	p.load(t, s, 0, answers, func() (at int64, err error) {
		return at, pool.QueryRow(t.Context(), "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint").Scan(&at)
	}, c.Kill)
	s.kill()
	end := int64(0)
	for _, f := range p.facts {
		end = max(end, f.at)
	}
	kinds := slices.Sorted(maps.Keys(damages))
	lost := 0
	for i, point := range append(p.points(points, end), end) {
		for j, kind := range kinds {
			if !long() && j != i%len(kinds) {
				continue
			}
			n, err := p.restart(filepath.Join(c.Folder(), "data"), point, kind)
			if err != nil {
				t.Errorf("log of %d bytes, %s from %d on: %v", end, kind, point, err)
			}
			lost += n
		}
	}
	if lost == 0 {
		t.Error("no damage has taken anything away; the test shows too little")
	}
}

// restart starts a server on a copy of a data folder whose log was damaged behind a point.
func (p *past) restart(data string, point int64, kind string) (lost int, err error) {
	c, err := pgcluster.Start(pgcluster.Memory(), pgcluster.Options{From: data, Change: func(data string) error {
		return tear(filepath.Join(data, "pg_wal"), point, damages[kind])
	}})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, c.Stop()) }()
	db, err := postgres.Open(context.Background(), c.DSN("record"))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	if lost, err = p.check(db, point); err != nil {
		return lost, err
	}
	return lost, goOn(db, p.facts[0].name, "Patient/after")
}

// tear damages a log from a place on, to its end.
func tear(folder string, point int64, hit damage) error {
	first := segment("0", uint64(point))
	names, err := filepath.Glob(filepath.Join(folder, "[0-9A-F]*"))
	if err != nil {
		return err
	}
	found := false
	for _, path := range names {
		name := filepath.Base(path)
		from := 0
		if len(name) != len(first) || name < first {
			continue
		}
		if name == first {
			found, from = true, int(point%segmentSize)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		hit(text, from, 0, walPage)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("the log has no file %s", first)
	}
	return nil
}
