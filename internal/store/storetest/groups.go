package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// groups runs many writes side by side that fail, panic, gather again in the middle, and depend on each other: exactly
// what succeeded must be there.
func groups(t *testing.T, w world) {
	const clients, each = 32, 12
	refused := errors.New("no")
	var wg sync.WaitGroup
	var mu sync.Mutex
	want := map[string]int64{}
	for c := range clients {
		wg.Go(func() {
			for i := range each {
				kind := (c*7 + i*13) % 6
				refs := []fhir.Ref{{Type: patient, ID: fmt.Sprintf("shared%d", (c+i)%8)}, {Type: patient, ID: fmt.Sprintf("own-%d-%d", c, i)}}
				err := w.db.Write(w.ctx(), store.Work{Want: store.Want{Heads: refs}, Do: func(tx store.Tx, found store.Found) error {
					put := func(n int) error {
						return tx.Put([]store.Change{next(found.Heads[n], refs[n], store.Put, patientBody(refs[n].ID, "x"))})
					}
					if err := put(0); err != nil {
						return err
					}
					switch kind {
					case 0:
						return refused
					case 1:
						panic("out of order")
					case 2, 3: // sees what it has put itself, and then fails or not
						again, err := tx.Gather(store.Want{Heads: refs})
						if err != nil {
							return err
						}
						if got := again.Heads[0].Number; got != found.Heads[0].Number+1 {
							return fmt.Errorf("sees version %d on top of %d", got, found.Heads[0].Number)
						}
						if kind == 2 {
							return refused
						}
					}
					return put(1)
				}})
				if (err == nil) != (kind > 2) {
					t.Errorf("a write of kind %d: %v", kind, err)
				}
				if err == nil {
					mu.Lock()
					want[refs[0].ID]++
					want[refs[1].ID]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	n := 0
	w.must(w.db.Scan(w.ctx(), func(v store.Version) error {
		n++
		if v.Number != want[v.Ref.ID] {
			t.Errorf("%s has version %d after %d writes", v.Ref, v.Number, want[v.Ref.ID])
		}
		return nil
	}))
	if n != len(want) {
		t.Errorf("%d resources, want %d", n, len(want))
	}
}

// definitions never go back in state or time, whoever is late, unless they are dropped in between.
func definitions(t *testing.T, w world) {
	of := schema.Types()[0]
	instant := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	given := store.Definition{Type: of, ID: "d", Ground: "g", Text: "t", State: store.Building, Wanted: instant}
	define := func(d store.Definition) func(store.Tx) error {
		return func(tx store.Tx) error { return tx.Define(d) }
	}
	late := given
	late.Text, late.Ground, late.State, late.Wanted = "", "", store.Ready, instant.Add(time.Hour)
	again := given
	again.Wanted = instant.Add(-time.Hour)
	for _, step := range []struct {
		do   func(store.Tx) error
		want store.Definition
	}{
		{define(given), given},
		{define(late), store.Definition{Type: of, ID: "d", Ground: "g", Text: "t", State: store.Ready, Wanted: late.Wanted}},
		{define(again), store.Definition{Type: of, ID: "d", Ground: "g", Text: "t", State: store.Ready, Wanted: late.Wanted}},
		{func(tx store.Tx) error {
			if err := tx.Undefine(given); err != nil {
				return err
			}
			return tx.Define(again)
		}, again},
	} {
		w.must(w.write(w.ctx(), 0, step.do))
		got, err := w.db.Definitions(w.ctx(), true)
		w.must(err)
		if len(got) != 1 || got[0] != step.want {
			t.Errorf("the definitions are %+v, want %+v", got, step.want)
		}
	}
}

func cancelled(t *testing.T, w world) {
	ctx, cancel := context.WithCancel(w.ctx())
	cancel()
	err := w.write(ctx, 1, func(store.Tx) error { return nil })
	if fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	ctx, cancel = context.WithCancel(w.ctx())
	ref := fhir.Ref{Type: patient, ID: "a"}
	err = w.write(ctx, 1, func(tx store.Tx) error { // given up in the middle: it is finished all the same
		cancel()
		return tx.Put([]store.Change{next(store.Version{}, ref, store.Post, patientBody("a", "x"))})
	})
	if err != nil || !w.head("a").Live() {
		t.Errorf("a write given up in the middle: %v", err)
	}
}
