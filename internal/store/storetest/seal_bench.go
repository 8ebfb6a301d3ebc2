package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// BenchSeal measures what sealing costs: writes and reads of bodies of 0.9 KB by 32 clients, plain and sealed by turns.
func BenchSeal(b *testing.B, open func(testing.TB, seal.Bodies) store.DB) {
	plain, sealed := open(b, seal.Bodies{}), open(b, Sealing(b, 1, true))
	const clients, each = 32, 50
	var made atomic.Int64
	text := strings.Repeat("0123456789", 84)
	name := func(n int64) fhir.Ref { return fhir.Ref{Type: patient, ID: fmt.Sprint("p", n)} }
	put := func(db store.DB) error {
		ref := name(made.Add(1))
		return db.Write(b.Context(), store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error {
			return tx.Put([]store.Change{next(store.Version{}, ref, store.Put, patientBody(ref.ID, text))})
		}})
	}
	turn := func(db store.DB, do func(store.DB) error) time.Duration {
		start := time.Now()
		var all sync.WaitGroup
		for range clients {
			all.Go(func() {
				for range each {
					if err := do(db); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
		return time.Since(start)
	}
	compare := func(b *testing.B, do func(store.DB) error) {
		var took [2]time.Duration
		for n := 0; b.Loop(); n++ {
			first := n % 2
			for i := range 2 {
				db := []store.DB{plain, sealed}[(first+i)%2]
				took[(first+i)%2] += turn(db, do)
			}
		}
		ops := float64(b.N) * clients * each
		b.ReportMetric(ops/took[0].Seconds(), "plain/s")
		b.ReportMetric(ops/took[1].Seconds(), "sealed/s")
		b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "sealed:plain")
	}
	b.Run("put", func(b *testing.B) { compare(b, put) })
	const first = 1 << 40
	for _, db := range []store.DB{plain, sealed} {
		made.Store(first)
		turn(db, put)
	}
	b.Run("head", func(b *testing.B) {
		var n atomic.Int64
		compare(b, func(db store.DB) error {
			v, err := db.Head(b.Context(), name(first+1+n.Add(1)%(clients*each)))
			if err == nil && !v.Exists() {
				err = errors.New("it is not there")
			}
			return err
		})
	})
}
