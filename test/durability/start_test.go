package durability

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

// refuses holds that a server does not start on a database, and says why.
func refuses(t *testing.T, db string, says ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args := yitong(db)
	out, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	if err == nil || ctx.Err() != nil {
		t.Errorf("the server starts on %s: %s", db, out)
	}
	for _, text := range says {
		if !strings.Contains(string(out), text) {
			t.Errorf("the server does not say %q: %s", text, out)
		}
	}
}

// run runs statements on a connection of their own.
func run(t *testing.T, dsn string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%v in %s", err, s)
		}
	}
}

// await waits until new connections have a setting.
func await(t *testing.T, dsn, name, value string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		conn, err := pgx.Connect(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		var is string
		err = conn.QueryRow(t.Context(), "SELECT current_setting($1)", name).Scan(&is)
		conn.Close(t.Context())
		if err != nil || time.Now().After(end) {
			t.Fatalf("%s is %q (%v)", name, is, err)
		}
		if is == value {
			return
		}
	}
}

// TestStartOnCarelessPostgreSQL starts on servers that may lose what they have committed. What belongs to the server makes
// it refuse; what belongs to a connection it sets itself.
func TestStartOnCarelessPostgreSQL(t *testing.T) {
	t.Parallel()
	c, err := pgcluster.Start(pgcluster.Memory(), pgcluster.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Stop() })
	dsn := c.DSN("postgres")
	for _, name := range []string{"fsync", "full_page_writes"} {
		run(t, dsn, "ALTER SYSTEM SET "+name+" = off", "SELECT pg_reload_conf()")
		await(t, dsn, name, "off")
		refuses(t, dsn, name+" is off", "Set it to on")
		run(t, dsn, "ALTER SYSTEM RESET "+name, "SELECT pg_reload_conf()")
		await(t, dsn, name, "on")
	}
	serve(t, nil, yitong(dsn)...).stop(t) // it is the settings that were refused

	for name, set := range map[string]string{
		"role":     "ALTER ROLE postgres SET synchronous_commit = off",
		"database": "ALTER DATABASE record SET synchronous_commit = off",
		"server":   "ALTER SYSTEM SET synchronous_commit = off",
	} {
		t.Run(name, func(t *testing.T) {
			dsn, err := c.NewDatabase("record")
			if err != nil {
				t.Fatal(err)
			}
			commitsAreSynced(t, dsn, dsn, func() {
				run(t, c.DSN("postgres"), set, "SELECT pg_reload_conf()")
				await(t, dsn, "synchronous_commit", "off")
			})
			run(t, c.DSN("postgres"), strings.Replace(set, "SET synchronous_commit = off", "RESET synchronous_commit", 1),
				"SELECT pg_reload_conf()", "DROP DATABASE record WITH (FORCE)")
		})
	}
	for name, query := range map[string]string{"parameter": "synchronous_commit=off", "options": "options=-c%20synchronous_commit%3Doff"} {
		t.Run(name, func(t *testing.T) {
			plain, err := c.NewDatabase(name)
			if err != nil {
				t.Fatal(err)
			}
			dsn := plain + "&" + query
			await(t, dsn, "synchronous_commit", "off")
			commitsAreSynced(t, plain, dsn, func() {})
		})
	}
}

// commitsAreSynced writes to a record that is open while something happens, and to one that is opened after that, at an
// address where it matters, over as many connections as there are. A trigger refuses every change of a connection that does
// not sync its commits.
func commitsAreSynced(t *testing.T, before, after string, happens func()) {
	t.Helper()
	db, err := postgres.Open(t.Context(), before)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	run(t, before, `CREATE FUNCTION synced() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF current_setting('synchronous_commit') = 'off' THEN RAISE 'not synced'; END IF; RETURN NEW; END $$`,
		"CREATE TRIGGER synced BEFORE INSERT OR UPDATE ON res FOR EACH ROW EXECUTE FUNCTION synced()")
	writeMany(t, db, "before")
	happens()
	writeMany(t, db, "during")
	again, err := postgres.Open(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	writeMany(t, again, "after")
	conn, err := pgx.Connect(t.Context(), after)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "UPDATE res SET ver = ver"); err == nil || !strings.Contains(err.Error(), "not synced") {
		t.Errorf("the trigger does not show what it should: %v", err)
	}
}

// writeMany writes more at once than there are lanes for small writes; reads go beside it.
func writeMany(t *testing.T, db store.DB, prefix string) {
	t.Helper()
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			if err := goOn(db, fmt.Sprintf("Patient/%s-%d", prefix, i)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// TestStartOnCarelessSQLite opens files that are in another mode than the log: they are brought into it, or refused.
func TestStartOnCarelessSQLite(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "record.db")
			file := file(t, path, "PRAGMA synchronous=OFF", "PRAGMA journal_mode="+mode, "CREATE TABLE other (x)")
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			db, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			before := size(t, path+"-wal")
			if err := goOn(db, "Patient/a"); err != nil {
				t.Fatal(err)
			}
			if after := size(t, path+"-wal"); after <= before {
				t.Errorf("the log had %d bytes before a write and has %d now", before, after)
			}
		})
	}
	t.Run("no place for the log", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "record.db")
		if err := os.Mkdir(path+"-shm", 0o700); err != nil {
			t.Fatal(err)
		}
		refuses(t, "sqlite:"+path, "opening the database file")
	})
	t.Run("in use in another mode", func(t *testing.T) {
		t.Parallel()
		if !long() {
			t.Skip("It waits ten seconds for the other to finish: only with YITONG_FAULTS=long.")
		}
		path := filepath.Join(t.TempDir(), "record.db")
		file := file(t, path, "PRAGMA journal_mode=DELETE", "CREATE TABLE other (x)", "BEGIN", "SELECT count(*) FROM other")
		defer file.Close()
		refuses(t, "sqlite:"+path, "locked")
	})
}

// file makes a file by statements on one connection.
func file(t *testing.T, path string, statements ...string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%v in %s", err, s)
		}
	}
	return db
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}
