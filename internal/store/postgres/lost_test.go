package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/test/pgcluster"
)

// committed is the message by which PostgreSQL answers COMMIT.
var committed = []byte("C\x00\x00\x00\x0bCOMMIT\x00")

// wire stands between the store and PostgreSQL. Armed, it cuts a connection: before the next message of the store gets
// through, or before the answer to COMMIT does. Over a dead one nothing comes back.
type wire struct{ before, after, dead atomic.Bool }

// dsn is the address of the database behind the wire.
func (w *wire) dsn(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	name := ".s.PGSQL." + q.Get("port")
	server := filepath.Join(q.Get("host"), name)
	dir, err := os.MkdirTemp("", "wire")
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("unix", filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(); _ = os.RemoveAll(dir) })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go w.join(client, server)
		}
	}()
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	return u.String()
}

func (w *wire) join(client net.Conn, server string) {
	defer client.Close()
	if w.dead.Load() {
		return
	}
	db, err := net.Dial("unix", server)
	if err != nil {
		return
	}
	defer db.Close()
	go func() {
		pass(db, client, func(b []byte) bool { return w.before.CompareAndSwap(true, false) })
		_ = db.Close()
	}()
	pass(client, db, func(b []byte) bool {
		return w.dead.Load() || bytes.Contains(b, committed) && w.after.CompareAndSwap(true, false)
	})
}

func pass(to io.Writer, from io.Reader, cut func([]byte) bool) {
	buf := make([]byte, 1<<16)
	for {
		n, err := from.Read(buf)
		if cut(buf[:n]) || err != nil {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// TestLostCommit cuts the connection around COMMIT: what was stored must be told as stored, and nothing may be done
// twice.
func TestLostCommit(t *testing.T) {
	t.Parallel()
	var w wire
	direct := pgcluster.Shared(t)
	db, err := postgres.Open(t.Context(), w.dsn(t, direct))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ref := fhir.Ref{ID: "a"}
	ref.Type, _ = schema.TypeOf("Patient")
	runs, early := 0, false
	work := store.Work{Want: store.Want{Heads: []fhir.Ref{ref}}, Do: func(tx store.Tx, found store.Found) error {
		runs++
		if early && runs == 1 {
			w.before.Store(true) // what the transaction sends next is its commit
		}
		head := found.Heads[0]
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":"a","multipleBirthInteger":%d}`, head.Number+1))
		if err != nil {
			return err
		}
		return tx.Put([]store.Change{{Previous: head.Updated, Version: store.Version{
			Rid: head.Rid, Ref: ref, Number: head.Number + 1, Method: store.Put, Author: "Device/test", Body: r.Body("a", nil),
		}}})
	}}
	for i, cut := range []string{"", "after", "", "before", "after"} {
		runs, early = 0, cut == "before"
		w.after.Store(cut == "after")
		if err := db.Write(context.WithoutCancel(t.Context()), work); err != nil {
			t.Fatalf("write %d: %v", i, err)
		}
		if w.after.Load() || w.before.Load() {
			t.Fatalf("write %d: the wire was not cut", i)
		}
		v, err := db.Head(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		want := 1
		if early {
			want = 2 // the commit never came, so it had to be done again
		}
		if v.Number != int64(i+1) || runs != want {
			t.Errorf("write %d: version %d after %d runs", i, v.Number, runs)
		}
	}
}

// TestLostForGood cuts the connection at the answer to COMMIT and lets no other through: then nobody can know, and the
// error must say so.
func TestLostForGood(t *testing.T) {
	t.Parallel()
	var w wire
	db, err := postgres.Open(t.Context(), w.dsn(t, pgcluster.Shared(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	create := func(id string, before func()) error {
		return db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			before()
			r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":%q}`, id))
			if err != nil {
				return err
			}
			return tx.Put([]store.Change{{Version: store.Version{Ref: fhir.Ref{Type: r.Type, ID: id}, Number: 1, Method: store.Post, Author: "Device/test", Body: r.Body(id, nil)}}})
		}})
	}
	if err := create("a", func() {}); err != nil { // which takes numbers for the next one too
		t.Fatal(err)
	}
	err = create("b", func() { w.dead.Store(true) })
	if fault.CodeOf(err) != fault.Unavailable || !strings.Contains(err.Error(), "not known whether the change was stored") {
		t.Errorf("got %v", err)
	}
}

// TestLostTrace cuts the connection at the answer to lines that have been added: nobody knows, and whoever adds them once more
// does no harm.
func TestLostTrace(t *testing.T) {
	t.Parallel()
	var w wire
	dsn := pgcluster.Shared(t)
	db, err := postgres.Open(t.Context(), w.dsn(t, dsn))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Trace(t.Context(), []byte("first\n")); err != nil {
		t.Fatal(err)
	}
	w.dead.Store(true)
	if err := db.Trace(t.Context(), []byte("lost\n")); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	w.dead.Store(false)
	if err := db.Trace(t.Context(), []byte("lost\n")); err != nil {
		t.Errorf("the connection was not given up: %v", err)
	}
	rows, err := db.Loose(t.Context(), 1<<20)
	if err != nil || len(rows) != 3 {
		t.Errorf("%d rows (%v), want the first, the lost one and itself once more", len(rows), err)
	}
}
