// Package databases gives tests a fresh record on each database (mission F7). The package that uses it calls pgcluster.Run
// in its TestMain.
package databases

import (
	"path/filepath"
	"testing"

	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

// Each runs a test on each database, side by side, with an empty record that is closed behind it.
func Each(t *testing.T, test func(*testing.T, store.DB)) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) (store.DB, error){
		"sqlite": func(t *testing.T) (store.DB, error) {
			return sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
		},
		"postgres": func(t *testing.T) (store.DB, error) { return postgres.Open(t.Context(), pgcluster.Shared(t)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := open(t)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, db)
		})
	}
}
