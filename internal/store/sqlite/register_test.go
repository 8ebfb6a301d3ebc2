package sqlite

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRegisterPlans holds that no statement of the register goes through a whole table, or sorts what it has found.
func TestRegisterPlans(t *testing.T) {
	t.Parallel()
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	parameter := regexp.MustCompile(`\?\d*`)
	for _, q := range []string{
		sqlItem, sqlNamed, sqlOwned, sqlOfAll, sqlPast, sqlIsNext, sqlIsTaken, sqlKeepItem, sqlEnter, sqlUnname,
		sqlStrike, sqlStrikeOld, sqlRunOut,
	} {
		rows, err := db.pool.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+parameter.ReplaceAllString(q, "1"))
		steps, err := all(rows, err, func(row scanner) (step string, err error) {
			var id, parent, unused int
			return step, row.Scan(&id, &parent, &unused, &step)
		})
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		for _, step := range steps {
			whole := strings.HasPrefix(step, "SCAN") && step != "SCAN CONSTANT ROW"
			sorts := strings.Contains(step, "TEMP B-TREE")
			if whole || sorts {
				t.Errorf("%s\n%s", step, q)
			}
		}
	}
}
