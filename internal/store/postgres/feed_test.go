package postgres

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/storetest"
	"yitong/test/pgcluster"
)

// create makes a Patient, and waits in the middle of the transaction until it is let go.
func (d *DB) create(t *testing.T, id string, begun chan<- string, letGo <-chan struct{}) error {
	return d.Write(context.WithoutCancel(t.Context()), store.Work{Do: func(tx store.Tx, _ store.Found) error {
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":%q}`, id))
		if err != nil {
			return err
		}
		set := []store.Change{{Version: store.Version{Ref: fhir.Ref{Type: r.Type, ID: id}, Number: 1, Method: store.Put, Author: "Device/test", Body: r.Body(id, nil)}}}
		if err := tx.Put(set); err != nil {
			return err
		}
		begun <- id
		<-letGo
		return nil
	}})
}

// naive reads the log as a simple feed would: what is there and newer than what it has seen, by the transactions' numbers.
type naive struct {
	xid  int64
	seen []string
}

func (n *naive) read(t *testing.T, db *DB) {
	t.Helper()
	rows, err := db.pool.Query(t.Context(), "SELECT l.xid, r.id FROM log l JOIN res r USING (rid) WHERE l.xid > $1 ORDER BY l.xid, l.n", n.xid)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&n.xid, &id); err != nil {
			t.Fatal(err)
		}
		n.seen = append(n.seen, id)
	}
}

// TestFeedOrder: a transaction that began first commits last. A feed that follows the numbers of what it can see never
// shows it; this one lets nothing pass it, and shows both in the order in which they began.
func TestFeedOrder(t *testing.T) {
	t.Parallel()
	dsn := pgcluster.Shared(t)
	var servers [2]*DB
	for i := range servers {
		db, err := Open(t.Context(), dsn)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		servers[i] = db
	}
	db, begun, letGo := servers[0], make(chan string, 1), make(chan struct{})
	var early sync.WaitGroup
	early.Go(func() {
		if err := servers[0].create(t, "early", begun, letGo); err != nil {
			t.Error(err)
		}
	})
	<-begun
	open := make(chan struct{})
	close(open)
	if err := servers[1].create(t, "late", make(chan string, 1), open); err != nil {
		t.Fatal(err)
	}
	var simple naive
	simple.read(t, db)
	for range 3 {
		if _, err := db.Sequence(t.Context(), 100); err != nil {
			t.Fatal(err)
		}
		if s, err := db.Feed(t.Context(), store.Position{}, 100); err != nil || len(s.Entries) != 0 {
			t.Fatalf("the feed shows %d changes (%v) while one that began before them may still come", len(s.Entries), err)
		}
	}
	if state, err := db.FeedState(t.Context()); err != nil || state.Waiting != 1 || time.Since(state.Oldest) > time.Minute {
		t.Errorf("%d changes wait since %v (%v), want 1", state.Waiting, state.Oldest, err)
	}
	close(letGo)
	early.Wait()
	simple.read(t, db)
	if len(simple.seen) != 1 {
		t.Fatalf("a naive feed saw %v: the test shows too little", simple.seen)
	}
	var order []string
	for _, e := range storetest.Sequenced(t, db) {
		order = append(order, e.Ref.ID)
	}
	if len(order) != 2 || order[0] != "early" || order[1] != "late" {
		t.Errorf("the feed shows %v", order)
	}
}

// TestSequencers: several servers number changes at the same time, while others write; the stretches that a follower
// reads meanwhile never change.
func TestSequencers(t *testing.T) {
	t.Parallel()
	db := open(t)
	ctx, stop := context.WithCancel(t.Context())
	var sequencing, writing sync.WaitGroup
	for range 4 {
		sequencing.Go(func() {
			for ctx.Err() == nil {
				if _, err := db.Sequence(t.Context(), 3); err != nil {
					t.Error(err)
				}
			}
		})
	}
	const writers, each = 6, 25
	open := make(chan struct{})
	close(open)
	for w := range writers {
		writing.Go(func() {
			for i := range each {
				if err := db.create(t, fmt.Sprintf("%d-%d", w, i), make(chan string, 1), open); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var seen []store.FeedEntry
	sequencing.Go(func() {
		for at := (store.Position{}); ctx.Err() == nil; {
			s, err := db.Feed(t.Context(), at, 10)
			if err != nil {
				t.Error(err)
				return
			}
			seen, at = append(seen, s.Entries...), s.To
		}
	})
	writing.Wait()
	all := storetest.Sequenced(t, db)
	stop()
	sequencing.Wait()
	if len(all) != writers*each {
		t.Errorf("%d changes in the feed, want %d", len(all), writers*each)
	}
	for i, e := range seen {
		if e.Place != all[i].Place || e.Ref != all[i].Ref {
			t.Fatalf("place %d was %s and is %s", e.Place, e.Ref, all[i].Ref)
		}
	}
}

// TestOrigin: tables that find themselves on another server begin an epoch, and what was logged there is in the feed,
// whatever the numbers of transactions are here.
func TestOrigin(t *testing.T) {
	t.Parallel()
	dsn := pgcluster.Shared(t)
	db, err := Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	letGo := make(chan struct{})
	close(letGo)
	if err := db.create(t, "a", make(chan string, 1), letGo); err != nil {
		t.Fatal(err)
	}
	if _, err := db.pool.Exec(t.Context(), "UPDATE sequencer SET origin = 'another', xid = 1::bigint << 60"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.pool.Exec(t.Context(), "UPDATE log SET xid = xid + (1::bigint << 50)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for n := range int64(2) { // the second time it is no other any more
		if db, err = Open(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
		state, err := db.FeedState(t.Context())
		if want := (store.Position{Epoch: 2, Number: 1 + n}); err != nil || state.Head != want || state.Waiting != 0 {
			t.Errorf("the feed stands at %v with %d waiting (%v), want %v", state.Head, state.Waiting, err, want)
		}
		if err := db.create(t, fmt.Sprint("b", n), make(chan string, 1), letGo); err != nil {
			t.Fatal(err)
		}
		if feed := storetest.Sequenced(t, db); int64(len(feed)) != 2+n {
			t.Errorf("%d changes in the feed, want %d", len(feed), 2+n)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPromoted: a server that finds another timeline while it is at work begins an epoch.
func TestPromoted(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.pool.Exec(t.Context(), "UPDATE sequencer SET origin = origin || 'x'"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Sequence(t.Context(), 100); err != nil {
		t.Fatal(err)
	}
	if state, err := db.FeedState(t.Context()); err != nil || state.Head.Epoch != 2 {
		t.Errorf("the feed stands at %v (%v)", state.Head, err)
	}
}

// TestOldServer: what a server writes that knows no log is in the feed all the same.
func TestOldServer(t *testing.T) {
	t.Parallel()
	db := open(t)
	letGo := make(chan struct{})
	close(letGo)
	if err := db.create(t, "a", make(chan string, 1), letGo); err != nil {
		t.Fatal(err)
	}
	conn, err := db.pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for _, statement := range []string{
		"SET yitong.logs = 'off'",
		"BEGIN",
		"INSERT INTO hist (rid, ver, type, updated, until, method, author, splice, body) SELECT rid, ver, type, updated, updated, method, author, splice, body FROM res",
		"UPDATE res SET ver = 2",
		"INSERT INTO res (rid, type, id, ver, updated, method, author, splice, body, spread) SELECT rid + 1000000, type, 'b', 1, updated, method, author, splice, body, spread FROM res",
		"COMMIT",
		"RESET yitong.logs",
	} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(statement, err)
		}
	}
	var got []string
	for _, e := range storetest.Sequenced(t, db) {
		got = append(got, fmt.Sprintf("%s/%d", e.Ref.ID, e.Number))
	}
	if want := []string{"a/1", "a/2", "b/1"}; !slices.Equal(got, want) {
		t.Errorf("the feed shows %v, want %v", got, want)
	}
}

// TestNoRowsLeft: places that nobody has leave no rows behind.
func TestNoRowsLeft(t *testing.T) {
	t.Parallel()
	db := open(t)
	p, q := store.Place{Scope: "s", Name: "p"}, store.Place{Scope: "s", Name: "q"}
	for _, do := range []func(store.Tx) (bool, error){
		func(tx store.Tx) (bool, error) { return tx.Reserve(p, "a", store.ForEver) },
		func(tx store.Tx) (bool, error) { ok, err := tx.Reserve(p, "b", store.ForEver); return !ok, err },
		func(tx store.Tx) (bool, error) { return tx.Release(p, "a") },
	} {
		err := db.Write(t.Context(), store.Work{Want: store.Want{Places: []store.Place{p, q}}, Do: func(tx store.Tx, _ store.Found) error {
			if ok, err := do(tx); err != nil || !ok {
				t.Error(ok, err)
			}
			return nil
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	var n int
	if err := db.pool.QueryRow(t.Context(), "SELECT count(*) FROM place").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows are left (%v)", n, err)
	}
}
