package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"yitong/internal/fhir"
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
