package sqlite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"yitong/internal/store"
)

// openTrail opens a record of its own.
func openTrail(t testing.TB) *DB {
	t.Helper()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// cpu is what this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkTrace(b *testing.B) {
	for _, lines := range []int{1, 64} {
		text := bytes.Repeat([]byte(strings.Repeat("x", 299)+"\n"), lines)
		b.Run(fmt.Sprint(lines, " lines"), func(b *testing.B) {
			db := openTrail(b)
			start := cpu()
			for b.Loop() {
				if err := db.Trace(b.Context(), text); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-start).Microseconds())/float64(b.N), "cpu-µs/op")
		})
		b.Run(fmt.Sprint(lines, " lines of a group's member"), func(b *testing.B) {
			db := openTrail(b)
			start := cpu()
			b.SetParallelism(64)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if err := db.Trace(b.Context(), text); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.ReportMetric(float64((cpu()-start).Microseconds())/float64(b.N), "cpu-µs/op")
		})
	}
}

// BenchmarkBindKeys binds batches of 1000 keys, of which most come again and again, to a trail that has a million.
func BenchmarkBindKeys(b *testing.B) {
	const known, each = 100_000, 1000
	db := openTrail(b)
	random := rand.New(rand.NewPCG(1, 2))
	pool := make([]store.Key, known)
	for i := range pool {
		pool[i] = store.Key(random.Uint64())
	}
	bind := func(n int64) {
		if err := db.Trace(b.Context(), []byte("x\n")); err != nil {
			b.Fatal(err)
		}
		rows, err := db.Loose(b.Context(), 1)
		if err != nil {
			b.Fatal(err)
		}
		keys := make([]store.Key, each)
		for i := range keys {
			keys[i] = pool[random.IntN(known)]
		}
		batch := &store.Batch{Number: n, Digest: make([]byte, 32), Tags: make([]byte, 8*each), Body: make([]byte, 40_000)}
		if taken, err := db.Bind(b.Context(), batch, keys, []int64{rows[0].ID}); err != nil || !taken {
			b.Fatal(taken, err)
		}
	}
	n := int64(0)
	for ; n < 1000; n++ {
		bind(n + 1)
	}
	start := cpu()
	for b.Loop() {
		n++
		bind(n)
	}
	b.ReportMetric(float64((cpu()-start).Nanoseconds())/float64(b.N)/each, "cpu-ns/key")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/each, "ns/key")
}
