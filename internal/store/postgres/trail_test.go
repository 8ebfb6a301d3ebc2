package postgres

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"yitong/internal/store"
	"yitong/internal/store/storetest"
	"yitong/test/pgcluster"
)

// planOf is how the database carries a statement out when it knows no values.
func planOf(t *testing.T, conn *pgx.Conn, name, q string) (plan node, text string) {
	t.Helper()
	s, err := conn.Prepare(t.Context(), name, q)
	if err != nil {
		t.Fatal(err)
	}
	nulls := strings.TrimSuffix(strings.Repeat("NULL,", len(s.ParamOIDs)), ",")
	ask := fmt.Sprintf("EXPLAIN (FORMAT JSON) EXECUTE %s(%s)", name, nulls)
	var top []struct{ Plan node }
	if err := conn.QueryRow(t.Context(), ask, pgx.QueryExecModeSimpleProtocol).Scan(&top); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	ask = strings.Replace(ask, " (FORMAT JSON)", "", 1)
	rows, err := conn.Query(t.Context(), ask, pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return top[0].Plan, strings.Join(lines, "\n")
}

// TestTrailPlans holds that no statement of the trail goes through a whole table, however long the trail has become,
// and that the late batches are looked for where they alone stand.
func TestTrailPlans(t *testing.T) {
	t.Parallel()
	conn, err := open(t).pool.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	_, err = conn.Exec(t.Context(), `
		INSERT INTO batch (n, first, last, bound, count, digest, tags, keys, body)
		SELECT n, n::bigint * 2000000 - CASE n % 1000 WHEN 7 THEN 100000000000 ELSE 0 END, n * 2000000 + 1000000, n * 2000000 + 1500000, 1, '', '', ARRAY[n % 100],
		CASE WHEN n > 5000 THEN 'x'::bytea END FROM generate_series(1::bigint, 20000) n;
		INSERT INTO trail_ix (run, h, n) SELECT (n - 1) / 4096, k, n FROM batch, unnest(keys) k WHERE n > 5000;
		INSERT INTO loose (lines) SELECT 'x' FROM generate_series(1, 5000);
		ANALYZE batch, trail_ix, loose`)
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]string{
		"loose": sqlLoose, "bind": sqlBind, "batches": sqlBatches, "bodies": sqlBatchBodies, "find": sqlFindBatches, "keyed": sqlFindKeyed, "erase": sqlErase,
	} {
		plan, text := planOf(t, conn.Conn(), name, q)
		for _, scan := range plan.unaided() {
			if scan != "Index Scan on loose" && scan != "Index Only Scan on batch" { // the first of them
				t.Errorf("%s: %s\n%s", name, scan, text)
			}
		}
		if strings.Contains(q, lateOnes) && !strings.Contains(text, "batch_late") {
			t.Errorf("%s does not look where the late ones stand\n%s", name, text)
		}
	}
}

// TestSmallRuns: the index of the trail answers alike when its runs are so short that there are many.
func TestSmallRuns(t *testing.T) {
	t.Parallel()
	for _, s := range []shape{{1, 1}, {4, 1}, {4, 4}, {16, 4}} {
		t.Run(fmt.Sprint(s), func(t *testing.T) {
			t.Parallel()
			storetest.RunTrail(t, func(t testing.TB) store.DB {
				db, err := Open(t.Context(), pgcluster.Shared(t))
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = db.Close() })
				db.shape = s
				return db
			})
		})
	}
}

func BenchmarkTrace(b *testing.B) {
	for _, lines := range []int{1, 64} {
		text := bytes.Repeat([]byte(strings.Repeat("x", 299)+"\n"), lines)
		for _, side := range []int{1, 16} {
			b.Run(fmt.Sprint(lines, " lines, ", 2*side, " beside each other"), func(b *testing.B) {
				db, err := Open(b.Context(), pgcluster.Shared(b))
				if err != nil {
					b.Fatal(err)
				}
				defer db.Close()
				b.SetParallelism(side)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						if err := db.Trace(b.Context(), text); err != nil {
							b.Error(err)
						}
					}
				})
			})
		}
	}
}

// BenchmarkBindKeys binds batches of 1000 keys, of which most come again and again, to a trail that has 400 000.
func BenchmarkBindKeys(b *testing.B) {
	const known, each = 100_000, 1000
	db, err := Open(b.Context(), pgcluster.Shared(b))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	random := rand.New(rand.NewPCG(1, 2))
	pool := make([]store.Key, known)
	for i := range pool {
		pool[i] = store.Key(random.Uint64())
	}
	bind := func(n int64) {
		keys := make([]store.Key, each)
		for i := range keys {
			keys[i] = pool[random.IntN(known)]
		}
		batch := &store.Batch{Number: n, Digest: make([]byte, 32), Tags: make([]byte, 8*each), Body: make([]byte, 40_000)}
		batch.Keys = keys
		if taken, err := db.Bind(b.Context(), store.Binding{Batch: batch}); err != nil || !taken {
			b.Fatal(taken, err)
		}
	}
	wal := func() (at int64) {
		if err := db.pool.QueryRow(b.Context(), "SELECT pg_current_wal_insert_lsn() - '0/0'").Scan(&at); err != nil {
			b.Fatal(err)
		}
		return at
	}
	n := int64(0)
	for ; n < 400; n++ {
		bind(n + 1)
	}
	if _, err := db.pool.Exec(b.Context(), "CHECKPOINT"); err != nil {
		b.Fatal(err)
	}
	start := wal()
	for b.Loop() {
		n++
		bind(n)
	}
	b.ReportMetric(float64(wal()-start)/float64(b.N)/each, "wal-bytes/key")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/each, "ns/key")
}
