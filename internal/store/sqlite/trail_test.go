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

	"pgregory.net/rapid"

	"yitong/internal/store"
	"yitong/internal/store/storetest"
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

// TestSmallRuns: the index of the trail answers alike when its runs are so short that there are many.
func TestSmallRuns(t *testing.T) {
	t.Parallel()
	for _, s := range []shape{{1, 1}, {4, 1}, {4, 4}, {16, 4}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			t.Parallel()
			storetest.RunTrail(t, func(t testing.TB) store.DB {
				db := openTrail(t)
				db.shape = s
				return db
			})
		})
	}
}

// TestAllKeysDue: over the time of a chunk, every key is due once.
func TestAllKeysDue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := shape{4096, 1 << rapid.IntRange(0, 6).Draw(t, "chunk")}
		chunk := rapid.Int64Range(1, 1000).Draw(t, "number of the chunk")
		key := store.Key(rapid.Int64().Draw(t, "key"))
		times := 0
		for number := chunk*s.chunk + 1; number <= (chunk+1)*s.chunk; number++ {
			low, high, behind, upto := s.due(number)
			if behind != (chunk-1)*s.chunk || upto != chunk*s.chunk {
				t.Errorf("keys of the batches behind %d up to %d are due with %d", behind, upto, number)
			}
			if s.indexed(number-1) >= upto {
				t.Errorf("before %d, keys up to %d are taken to be there", number, s.indexed(number-1))
			}
			if key >= low && key <= high {
				times++
			}
		}
		if times != 1 || s.indexed((chunk+1)*s.chunk) != chunk*s.chunk {
			t.Errorf("a key is due %d times; then those up to %d are taken to be there", times, s.indexed((chunk+1)*s.chunk))
		}
	})
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
		batch.Keys = keys
		if taken, err := db.Bind(b.Context(), store.Binding{Batch: batch, Rows: []int64{rows[0].ID}}); err != nil || !taken {
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

// BenchmarkFindBatches searches a trail of half a year: 4 million batches, of which every 1000th was bound two days
// late.
func BenchmarkFindBatches(b *testing.B) {
	const batches, step = 4_000_000, 4_000_000
	db := openTrail(b)
	handle := db.Shared()
	for _, q := range []string{
		"INSERT INTO batch (n, first, last, bound, upto, count, digest, tags, keys, body) WITH RECURSIVE g(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < 4000000)" +
			" SELECT n, n * 4000000 - iif(n % 1000 = 7, 172800000000, 0), n * 4000000 + 1, n * 4000000 + 2, 0, 1, x'', x'', x'', x'00' FROM g",
		"INSERT INTO trail_ix (run, h, n) SELECT (n - 1) / 4096, 1, n FROM batch",                     // in each
		"INSERT INTO trail_ix (run, h, n) SELECT (n - 1) / 4096, 2, n FROM batch WHERE n % 50000 = 9", // rare
	} {
		if _, err := handle.ExecContext(b.Context(), q); err != nil {
			b.Fatal(err)
		}
	}
	frequent, rare, absent := store.Key(1), store.Key(2), store.Key(3)
	at := func(n int64) time.Time { return time.UnixMicro(n * step) }
	for name, s := range map[string]store.Sought{
		"the newest":                  {},
		"a window long ago":           {From: at(1_000_000), To: at(1_000_020)},
		"before long ago":             {To: at(1_000_000)},
		"frequent, newest":            {Key: &frequent},
		"frequent, a window long ago": {Key: &frequent, From: at(1_000_000), To: at(1_020_000)},
		"frequent, the next page":     {Key: &frequent, Below: 2_000_000},
		"rare, anywhere":              {Key: &rare},
		"rare, a window of a week":    {Key: &rare, From: at(1_000_000), To: at(1_150_000)},
		"absent, anywhere":            {Key: &absent},
	} {
		s.Most = 50
		b.Run(name, func(b *testing.B) {
			n := 0
			for b.Loop() {
				found, err := db.FindBatches(b.Context(), s)
				if err != nil {
					b.Fatal(err)
				}
				n = len(found)
			}
			b.ReportMetric(float64(n), "found")
		})
	}
}
