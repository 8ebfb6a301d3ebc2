package gate_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/test/databases"
)

// TestTriedCostsTheSame: that a refused write names whom it is about costs one question to the database, whether they are there or
// hidden or never were, and changes nothing of the refusal; a write that is carried out costs none.
func TestTriedCostsTheSame(t *testing.T) {
	patch := func(id string) gate.Op {
		return patching("Observation", id, `[{"op":"replace","path":"/status","value":"amended"}]`)
	}
	match := func(id string) gate.Op {
		o := update("Observation", id, about("b", "pb", "8867-4", ""))
		o.IfVersion = 7
		return o
	}
	databases.Each(t, func(t *testing.T, db store.DB) {
		var n atomic.Int64
		r := newRegion(t, gathered{db, &n}, func(c *gate.Config) { c.Trail = &trail.Recorder{} })
		asked := func(o gate.Op, on bool) (text string, calls int64) {
			s := r.staff(gate.Doctor, "b")
			if on {
				s.Begin(gate.Doing{Do: "try"})
			}
			before := n.Load()
			_, err := s.Apply(r.Context(), []gate.Op{o}, nil)
			return fmt.Sprint(err), n.Load() - before
		}
		for way, op := range map[string]func(id string) gate.Op{
			"delete": func(id string) gate.Op { return remove("Observation", id) }, "patch": patch, "If-Match": match,
			"create": func(id string) gate.Op { return create("Observation", about("b", id, "8867-4", "")) },
		} {
			refusal := ""
			for _, id := range []string{"none", "oa", "hiv", "pa"} {
				without, few := asked(op(id), false)
				with, calls := asked(op(id), true)
				if with != without || calls != few+1 || !strings.Contains(with, " ") {
					r.Errorf("%s of %s: %d calls for %q, unseen %d for %q", way, id, calls, with, few, without)
				}
				if with = strings.ReplaceAll(with, id, "X"); refusal != "" && with != refusal {
					r.Errorf("%s of %s: %q, of what is not there %q", way, id, with, refusal)
				}
				refusal = with
			}
		}
		if without, few := asked(update("Observation", "ob", about("b", "pb", "8867-4", "")), false); without != "<nil>" {
			r.Error(without)
		} else if _, calls := asked(update("Observation", "ob", about("b", "pb", "8867-4", "")), true); calls != few {
			r.Errorf("a write that is carried out: %d calls, not %d", calls, few)
		}
	})
}

// gathered is a database that counts what is asked of it at once.
type gathered struct {
	store.DB
	n *atomic.Int64
}

// Gather implements [store.DB].
func (g gathered) Gather(ctx context.Context, want store.Want) (store.Found, error) {
	g.n.Add(1)
	return g.DB.Gather(ctx, want)
}
