package postgres

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

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

// TestTrailPlans holds that no statement of the trail goes through a whole table, however long the trail has become, and that
// the late batches are looked for where they alone stand.
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
		INSERT INTO trail_ix (h, n) SELECT k, n FROM batch, unnest(keys) k WHERE n > 5000;
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
