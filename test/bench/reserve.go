package bench

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// A rush: so many people at the same time want places of clinics that have so many, one clinic after the other opening
// when the one before is full. Whoever is told that a place is taken tries another.
const (
	rushPeople = 64
	rushPlaces = 40
	rushTurns  = 4 // of the store and the bare statement, in turn, so that neither has the better hour
)

// reserving takes a place for a holder, and tells whether it was free.
type reserving func(clinic, place int, holder string) (bool, error)

// runReserve measures reservations in a rush beside the same race by bare statements.
func runReserve(ctx context.Context, o Options, report Report) error {
	for _, name := range o.Databases {
		if err := reserveOn(ctx, name, o.Each, report); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func reserveOn(ctx context.Context, name string, each time.Duration, report Report) error {
	at, err := newPlace(name)
	if err != nil {
		return err
	}
	defer at.close()
	db, url, err := at.record(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	bare, closeBare, err := bareRace(ctx, at, url)
	if err != nil {
		return err
	}
	defer closeBare()
	var ours, theirs rush
	for range rushTurns {
		if err := theirs.run(ctx, each/rushTurns, bare); err != nil {
			return err
		}
		if err := ours.run(ctx, each/rushTurns, throughStore(db)); err != nil {
			return err
		}
	}
	report.addBeside(name+".reserve", ours.load, theirs.load)
	report.add(name+".reserve.taken", float64(ours.won.Load())/ours.took.Seconds(), "per second", float64(theirs.won.Load())/theirs.took.Seconds())
	return ours.check(ctx, db)
}

// rush is a race and what came of it.
type rush struct {
	load
	won   atomic.Int64
	first int64 // clinic of the next run
}

// run lets everybody try for a time.
func (r *rush) run(ctx context.Context, most time.Duration, reserve reserving) error {
	var got sync.Map // per clinic, how many places have gone
	clinic := r.first
	var now atomic.Int64
	now.Store(clinic)
	l, err := drive(ctx, rushPeople, most, func(w, n int) (int, error) {
		c := now.Load()
		ok, err := reserve(int(c), rand.IntN(rushPlaces), fmt.Sprintf("Appointment/%d-%d", w, n))
		if err != nil || !ok {
			return 1, err
		}
		r.won.Add(1)
		taken, _ := got.LoadOrStore(c, new(atomic.Int64))
		if taken.(*atomic.Int64).Add(1) == rushPlaces {
			now.CompareAndSwap(c, c+1)
		}
		return 1, nil
	})
	r.times, r.units, r.failed, r.took = append(r.times, l.times...), r.units+l.units, r.failed+l.failed, r.took+l.took
	r.first = now.Load() + 1
	return err
}

// throughStore reserves as the record does, in transactions that many share.
func throughStore(db store.DB) reserving {
	until := time.Now().Add(time.Hour)
	return func(clinic, place int, holder string) (ok bool, err error) {
		p := store.Place{Scope: "Schedule/" + strconv.Itoa(clinic), Name: strconv.Itoa(place)}
		err = db.Write(context.Background(), store.Work{Want: store.Want{Places: []store.Place{p}}, Do: func(tx store.Tx, _ store.Found) error {
			ok, err = tx.Reserve(p, holder, until)
			return err
		}})
		return ok, err
	}
}

// check holds that nobody was given what another has.
func (r *rush) check(ctx context.Context, db store.DB) error {
	var held int64
	for clinic := range r.first {
		list, err := db.Reserved(ctx, "Schedule/"+strconv.FormatInt(clinic, 10))
		if err != nil {
			return err
		}
		held += int64(len(list))
	}
	if held != r.won.Load() {
		return fault.New(fault.Conflict, "%d people were told that they have a place, but %d places are taken.", r.won.Load(), held)
	}
	return nil
}

// bareRace is the same by the plainest statement, committed each by itself on a connection of its own: the best that a
// program does that reserves by one INSERT. On SQLite there can be one writer only.
func bareRace(ctx context.Context, at *place, record string) (reserving, func(), error) {
	const table = "CREATE TABLE race (scope text NOT NULL, place text NOT NULL, holder text NOT NULL, until bigint NOT NULL, PRIMARY KEY (scope, place))"
	const insert = "INSERT INTO race AS r (scope, place, holder, until) VALUES ($1, $2, $3, $4) ON CONFLICT (scope, place) DO UPDATE SET holder = $3, until = $4 WHERE r.until <= $5"
	until, now := time.Now().Add(time.Hour).UnixMicro(), time.Now().UnixMicro()
	if strings.HasPrefix(record, "sqlite:") {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(at.dir, "race.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
		if err != nil {
			return nil, nil, err
		}
		db.SetMaxOpenConns(1)
		if _, err := db.ExecContext(ctx, table); err != nil {
			return nil, nil, err
		}
		s, err := db.PrepareContext(ctx, insert)
		return func(clinic, place int, holder string) (bool, error) {
			done, err := s.Exec(strconv.Itoa(clinic), strconv.Itoa(place), holder, until, now)
			if err != nil {
				return false, err
			}
			n, err := done.RowsAffected()
			return n == 1, err
		}, func() { _ = db.Close() }, err
	}
	config, err := pgxpool.ParseConfig(record)
	if err != nil {
		return nil, nil, err
	}
	config.MaxConns = int32(max(rushPeople, runtime.NumCPU()))
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, nil, err
	}
	_, err = pool.Exec(ctx, table)
	return func(clinic, place int, holder string) (bool, error) {
		tag, err := pool.Exec(context.Background(), insert, strconv.Itoa(clinic), strconv.Itoa(place), holder, until, now)
		return tag.RowsAffected() == 1, err
	}, pool.Close, err
}
