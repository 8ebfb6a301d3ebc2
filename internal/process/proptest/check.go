package proptest

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

// How many walks and races there are on each database. Those on SQLite are as many as rapid makes (-rapid.checks) at most, and as many
// as that where something was not come to yet.
const (
	walksSQLite, racesSQLite     = 40, 15
	walksPostgres, racesPostgres = 6, 6
)

// Check walks a process at random, each walk on a record of its own, and fails where something does not hold, with the shortest walk
// to it that was found:
//
//   - the table makes sense ([process.Process.Check]);
//   - a state is one of the table's; exactly those moves are made that the table has, by those who may, from where they may; nobody
//     else is told more than the table lets them know, and strangers the same as of no case;
//   - it is for the state's party to act, by the rule's deadline, of which the clock is woken; at the end for nobody;
//   - each move leaves one version, one Provenance of who has moved as what on whose behalf, and the notices that the table says;
//     what is refused leaves nothing;
//   - what is asked for again under its key is made once, and begun once also where it is asked for several times at once;
//   - of several who move at once each version is won by one, and the others are told who was quicker;
//   - every case can be brought to an end from where it is;
//   - the World's Invariant.
//
// It fails as well where no walk has come to a state or made a move: then the World's Values are to be mended.
//
// The package that uses it calls pgcluster.Run in its TestMain.
func Check(t *testing.T, p *process.Process, world World) {
	t.Helper()
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	all := &cover{states: map[string]int{}, moves: map[string]int{}, refused: map[string]string{}}
	dir := t.TempDir()
	inFile := func() (store.DB, error) {
		folder, err := os.MkdirTemp(dir, "walk-")
		if err != nil {
			return nil, err
		}
		return sqlite.Open(context.Background(), filepath.Join(folder, "record.db"))
	}
	walk := func(r *rapid.T, db store.DB, goal string) { newWalk(t.Context(), r, p, &world, db, all).whole(goal) }
	race := func(r *rapid.T, db store.DB, _ string) { newWalk(t.Context(), r, p, &world, db, all).race() }
	t.Run("sqlite", func(t *testing.T) {
		walks(t, walksSQLite, inFile, func() string { return all.goal(p) }, walk)
		walks(t, racesSQLite, inFile, nil, race)
	})
	if t.Failed() { // the other database would tell the same
		return
	}
	t.Run("postgres", func(t *testing.T) {
		inCluster := func() (store.DB, error) { return postgres.Open(context.Background(), pgcluster.Shared(t)) }
		walks(t, walksPostgres, inCluster, nil, walk)
		walks(t, racesPostgres, inCluster, nil, race)
	})
	if t.Failed() {
		return
	}
	for _, text := range all.missing(p) {
		t.Errorf("%s: %s", p.Code, text)
	}
}

// walks makes so many walks, each on an empty record. Behind half of them they go for a goal, if there is one: a move that none has
// made. Once one has failed there is no limit, so that it can be made shorter, and its goal stays.
func walks(t rapid.TB, most int, open func() (store.DB, error), next func() string, walk func(*rapid.T, store.DB, string)) {
	t.Helper()
	n, failed, goal := 0, false, ""
	rapid.Check(t, func(r *rapid.T) {
		n++
		if goes := n > most/2 && next != nil; goes && !failed {
			goal = next()
		}
		if n > most && goal == "" && !failed {
			return
		}
		db, err := open()
		if err != nil {
			r.Fatal(err)
		}
		passed := false
		defer func() {
			failed = failed || !passed
			_ = db.Close()
		}()
		walk(r, db, goal)
		passed = true
	})
}
