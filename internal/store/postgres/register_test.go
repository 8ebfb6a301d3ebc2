package postgres

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/store"
)

// node is a part of a plan.
type node struct {
	Type  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Index string `json:"Index Cond"`
	Tid   string `json:"TID Cond"`
	Check string `json:"Recheck Cond"`
	Plans []node
}

// unaided gives the scans that go through a whole table or a whole index.
func (n *node) unaided() (list []string) {
	if n.Table != "" && strings.HasSuffix(n.Type, "Scan") && n.Index+n.Tid+n.Check == "" {
		list = append(list, n.Type+" on "+n.Table)
	}
	for i := range n.Plans {
		list = append(list, n.Plans[i].unaided()...)
	}
	return list
}

// TestRegisterPlans holds that no statement of the register goes through a whole table: in a serializable transaction
// that would collide with every other one.
func TestRegisterPlans(t *testing.T) {
	t.Parallel()
	conn, err := open(t).pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	for name, q := range map[string]string{
		"item": sqlItem, "named": sqlNamed, "owned": sqlOwned, "of_all": sqlOfAll, "past": sqlPast,
		"first": sqlEnterFirst, "next": sqlEnterNext, "strike": sqlStrike, "sweep": sqlSweep,
	} {
		s, err := conn.Conn().Prepare(t.Context(), name, q)
		if err != nil {
			t.Fatal(err)
		}
		var text []byte
		var plan []struct{ Plan node }
		nulls := strings.TrimSuffix(strings.Repeat("NULL,", len(s.ParamOIDs)), ",")
		ask := fmt.Sprintf("EXPLAIN (FORMAT JSON) EXECUTE %s(%s)", name, nulls)
		if err := conn.QueryRow(t.Context(), ask, pgx.QueryExecModeSimpleProtocol).Scan(&text); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := json.Unmarshal(text, &plan); err != nil {
			t.Fatal(err)
		}
		if list := plan[0].Plan.unaided(); len(list) > 0 {
			t.Errorf("%s: %v in\n%s", name, list, text)
		}
	}
}

// TestEnteringRemembersNothing holds that a first version without names is entered without a read that others could
// collide with.
func TestEnteringRemembersNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	enter := func(tx *tx, id string) error {
		if _, err := tx.Gather(store.Want{}); err != nil {
			return err
		}
		ok, err := tx.Enter(store.Item{Kind: "session", ID: id, Number: 1, Until: store.ForEver}, false)
		if err == nil && !ok {
			err = fmt.Errorf("%s was refused", id)
		}
		return err
	}
	for _, id := range []string{"b", "a"} { // into an empty table, and before another one
		err := db.transaction(t.Context(), false, func(tx *tx) error {
			if err := enter(tx, id); err != nil {
				return err
			}
			var locks []string
			err := tx.conn.QueryRow(t.Context(), "SELECT coalesce(array_agg(relation::regclass || ' ' || locktype), '{}')"+
				" FROM pg_locks WHERE mode = 'SIReadLock' AND pid = pg_backend_pid()"+
				" AND relation::regclass::text LIKE 'item%'").Scan(&locks)
			if len(locks) > 0 {
				t.Errorf("entering %s locks %v", id, locks)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestCrossing lets two transactions change two items in opposite orders. They must not wait until the server finds the
// deadlock.
func TestCrossing(t *testing.T) {
	t.Parallel()
	db := open(t)
	var patience time.Duration
	err := db.pool.QueryRow(t.Context(), "SELECT current_setting('deadlock_timeout')::interval").Scan(&patience)
	if err != nil {
		t.Fatal(err)
	}
	write := func(between func(), ids ...string) error {
		return db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) error {
			for n, id := range ids {
				i, err := tx.Item(t.Context(), "account", id)
				if err != nil {
					return err
				}
				ok, err := tx.Enter(store.Item{Kind: "account", ID: id, Number: i.Number + 1, Until: store.ForEver}, false)
				if err != nil || !ok {
					return fmt.Errorf("entering %s: %t, %w", id, ok, err)
				}
				if n == 0 {
					between()
				}
			}
			return nil
		}})
	}
	if err := write(func() {}, "a", "b"); err != nil {
		t.Fatal(err)
	}
	one, other := make(chan struct{}), make(chan struct{}) // closed when each has its first item
	var all sync.WaitGroup
	began := time.Now()
	all.Go(func() {
		meet := sync.OnceFunc(func() { close(one); <-other })
		if err := write(meet, "a", "b"); err != nil {
			t.Error(err)
		}
	})
	<-one // so they are in different groups
	if err := write(sync.OnceFunc(func() { close(other) }), "b", "a"); err != nil {
		t.Error(err)
	}
	all.Wait()
	if took := time.Since(began); took >= patience {
		t.Errorf("it took %v; the server looks for deadlocks after %v", took, patience)
	}
	if i, err := db.Item(t.Context(), "account", "a"); err != nil || i.Number != 3 {
		t.Errorf("%+v, %v", i, err)
	}
}
