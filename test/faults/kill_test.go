package faults

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/test/pgcluster"
)

// TestFaultKill kills the server at a random moment under load, several times, and holds what is left against the
// ledger.
func TestFaultKill(t *testing.T) {
	t.Parallel()
	for name, db := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "record.db"),
		"postgres": pgcluster.Shared(t),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all []*ledger
			s := start(t, db)
			for range rounds(3, 40) {
				l := newLedger()
				all = append(all, l)
				stop := l.load(t, to(s))
				l.more(t, 50)
				time.Sleep(time.Duration(rand.IntN(300)) * time.Millisecond) // any moment
				s.kill()
				stop()
				s = start(t, db)
				quiet(t, name, db)
				l.settled(t, s)
			}
			for _, l := range all {
				l.check(t, s)
			}
			whole(t, db, s)
		})
	}
}

// TestFaultKillOfTwo kills one of two servers on one PostgreSQL at a time, while the other goes on.
func TestFaultKillOfTwo(t *testing.T) {
	t.Parallel()
	db := pgcluster.Shared(t)
	var pair [2]atomic.Pointer[server]
	pair[0].Store(start(t, db))
	pair[1].Store(start(t, db))
	var all []*ledger
	for range rounds(2, 30) {
		l := newLedger()
		all = append(all, l)
		stop := l.load(t, func(int) *server { return pair[rand.IntN(2)].Load() })
		l.more(t, 50)
		time.Sleep(time.Duration(rand.IntN(200)) * time.Millisecond) // any moment
		dead := rand.IntN(2)
		pair[dead].Load().kill()
		l.more(t, 50) // by the other
		pair[dead].Store(start(t, db))
		l.more(t, 50)
		stop()
		quiet(t, "postgres", db)
		l.settled(t, pair[dead].Load())
		l.check(t, pair[1-dead].Load())
		until(t, "the feed has every change, whoever had its lease", func() bool {
			return pair[1-dead].Load().gauge(t, "yitong_feed_waiting_changes") == 0
		})
	}
	for _, l := range all {
		l.check(t, pair[0].Load())
	}
	whole(t, db, pair[0].Load(), pair[1].Load())
}

// TestFaultPauseOfOne makes one of two servers stand still under load, perhaps in the middle of transactions and with the
// lease of the feed. The other goes on, and its feed too, at the latest when PostgreSQL has given up the transactions of
// the first.
func TestFaultPauseOfOne(t *testing.T) {
	if !long() {
		t.Skip("it waits for half a minute; make faults does")
	}
	t.Parallel()
	db := pgcluster.Shared(t)
	still, going := start(t, db), start(t, db)
	for range rounds(1, 3) {
		l := newLedger()
		stop := l.load(t, func(int) *server { return []*server{still, going}[rand.IntN(2)] })
		l.more(t, 50)
		if err := still.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		going.works(t)
		until(t, "the feed goes on", func() bool { return going.gauge(t, "yitong_feed_waiting_seconds") < 1 })
		if err := still.cmd.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		stop()
		still.works(t)
		quiet(t, "postgres", db)
		l.settled(t, going)
		l.check(t, still)
	}
	whole(t, db, still, going)
}

// quiet waits until PostgreSQL has ended the transactions of a server that is gone.
func quiet(t *testing.T, kind, dsn string) {
	t.Helper()
	if kind != "postgres" {
		return
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	until(t, "transactions have ended", func() bool {
		var n int
		err := conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL`).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		return n == 0
	})
}
