package postgres

import (
	"cmp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/store"
)

const (
	// A row is locked, or made and so locked, for every place that may be reserved, in the order of their names. It is
	// written, not read: a read would remember its page of the index, and collide with whoever reserves a neighbour.
	sqlSeats = "INSERT INTO place AS p (scope, place, holder, until) SELECT scope, place, '', 0 FROM unnest($1::text[], $2::text[]) k(scope, place) ORDER BY 1, 2" +
		" ON CONFLICT (scope, place) DO UPDATE SET until = p.until RETURNING p.scope, p.place, p.holder, p.until"
	// Who locks a place out of the order must not wait for it long: the other may wait for what this one has.
	sqlHurry   = "SET LOCAL lock_timeout = '20ms'"
	sqlNoHurry = "SET LOCAL lock_timeout = DEFAULT"

	sqlSit = "UPDATE place p SET holder = k.holder, until = k.until FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) k(scope, place, holder, until)" +
		" WHERE p.scope = k.scope AND p.place = k.place"
	sqlStand      = "DELETE FROM place p USING unnest($1::text[], $2::text[]) k(scope, place) WHERE p.scope = k.scope AND p.place = k.place"
	sqlReserved   = "SELECT scope, place, holder, until FROM place WHERE holder <> '' ORDER BY scope, place"
	sqlReservedIn = "SELECT scope, place, holder, until FROM place WHERE scope = ANY($1::text[]) AND holder <> '' ORDER BY scope, place"
)

// seat is a place whose row the transaction has locked, as it stands after what has been decided so far.
type seat struct {
	holder string // "" for nobody
	until  int64
	dirty  bool // to be written
}

// lockSeats queues the locks of places that are not locked yet.
func (t *tx) lockSeats(places []store.Place) {
	places = slices.DeleteFunc(places, func(p store.Place) bool { _, known := t.seats[p]; return known })
	slices.SortFunc(places, func(a, b store.Place) int {
		return cmp.Or(cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Name, b.Name))
	})
	scopes, names := columnsOf(slices.Compact(places))
	if len(scopes) == 0 {
		return
	}
	t.batch.Queue(sqlSeats, scopes, names).Query(func(rows pgx.Rows) error {
		var p store.Place
		var s seat
		_, err := pgx.ForEachRow(rows, []any{&p.Scope, &p.Name, &s.holder, &s.until}, func() error { t.seats[p] = s; return nil })
		return err
	})
}

func columnsOf(places []store.Place) (scopes, names []string) {
	for _, p := range places {
		scopes, names = append(scopes, p.Scope), append(names, p.Name)
	}
	return scopes, names
}

// seat is what is known of a place; it asks if it must.
func (t *tx) seat(p store.Place) (seat, error) {
	if s, known := t.seats[p]; known {
		return s, nil
	}
	t.wrote = true
	if err := t.queueWrites(); err != nil {
		return seat{}, err
	}
	t.batch.Queue(sqlHurry)
	t.lockSeats([]store.Place{p})
	t.batch.Queue(sqlNoHurry)
	err := t.send()
	return t.seats[p], err
}

// sit changes who has a place. What was before is kept for the case that the member fails.
func (t *tx) sit(p store.Place, s seat) {
	t.wrote = true
	t.before = append(t.before, seated{p, t.seats[p]})
	s.dirty = true
	t.seats[p] = s
}

type seated struct {
	place store.Place
	seat  seat
}

// standUp undoes what the member that runs has decided about places.
func (t *tx) standUp() {
	for _, b := range slices.Backward(t.before) {
		t.seats[b.place] = b.seat
	}
}

// Reserve implements [store.Tx].
func (t *tx) Reserve(p store.Place, holder string, until time.Time) (bool, error) {
	s, err := t.seat(p)
	if err != nil || s.holder != "" && s.holder != holder && s.until > t.at.UnixMicro() {
		return false, err
	}
	t.sit(p, seat{holder: holder, until: until.UnixMicro()})
	return true, nil
}

// Release implements [store.Tx].
func (t *tx) Release(p store.Place, holder string) (bool, error) {
	s, err := t.seat(p)
	if err != nil || s.holder != holder {
		return false, err
	}
	t.sit(p, seat{})
	return true, nil
}

// queueSeats writes who has the places.
func (t *tx) queueSeats() {
	var scopes, names, holders []string
	var untils []int64
	for p, s := range t.seats {
		if s.dirty {
			scopes, names, holders, untils = append(scopes, p.Scope), append(names, p.Name), append(holders, s.holder), append(untils, s.until)
			s.dirty = false
			t.seats[p] = s
		}
	}
	if len(scopes) > 0 {
		t.batch.Queue(sqlSit, scopes, names, holders, untils)
	}
}

// clearSeats takes the rows of places away that nobody has.
func (t *tx) clearSeats() {
	var free []store.Place
	for p, s := range t.seats {
		if s.holder == "" {
			free = append(free, p)
		}
	}
	if scopes, names := columnsOf(free); len(scopes) > 0 {
		t.batch.Queue(sqlStand, scopes, names)
	}
}
