package histories

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// TestPlaces: places that are taken, taken again, given back and run out, one by one and both of a scope or none.
func TestPlaces(t *testing.T) { inEachWorld(t, places) }

var places = kind{
	model: modelOf(scope.next),
	draw:  drawPlace,
	do:    doPlace,
	must:  []string{"yes", "no", string(fault.Conflict)},
}

// scope has two places.
type scope [2]struct {
	holder string
	over   bool // its time has run out
}

// free tells whether somebody may take a place. One that has run out is free at once.
func (s scope) free(place int, who string) bool {
	return s[place].holder == "" || s[place].holder == who || s[place].over
}

func (s scope) next(c call, _ answer) (scope, answer) {
	place := c.place
	switch {
	case c.do == "give" && s[place].holder != c.who, c.do == "take" && !s.free(place, c.who):
		return s, answer{event: "no"}
	case c.do == "both" && !(s.free(0, c.who) && s.free(1, c.who)):
		return s, refused(fault.Conflict)
	case c.do == "give": // also when it has run out, as long as nobody else has taken it
		s[place].holder, s[place].over = "", false
	case c.do == "take":
		s[place].holder, s[place].over = c.who, c.over
	case c.do == "both":
		for i := range s {
			s[i].holder, s[i].over = c.who, c.over
		}
	}
	return s, answer{event: "yes"}
}

// drawPlace lets clients share their holders, so that some take what they have already.
func drawPlace(w *worker, key string) call {
	return call{
		key: key, do: []string{"take", "take", "take", "both", "both", "give", "give", "give"}[w.IntN(8)],
		who: []string{"ann", "bob", "cai"}[w.IntN(3)], place: w.IntN(2), over: w.IntN(4) == 0,
	}
}

// doPlace takes places far into the future or until long ago, so that no clock decides.
func doPlace(w *worker, c call) (answer, error) {
	until := time.Now().Add(time.Hour)
	if c.over {
		until = time.Now().Add(-time.Hour)
	}
	ok, place := false, store.Place{Scope: c.key, Name: fmt.Sprint(c.place)}
	var want store.Want
	if w.IntN(4) > 0 { // those that are not named beforehand are found all the same
		want.Places = []store.Place{{Scope: c.key, Name: "1"}, {Scope: c.key, Name: "0"}}
	}
	err := w.db.Write(w.Context(), store.Work{Want: want, Do: func(tx store.Tx, _ store.Found) (err error) {
		switch c.do {
		case "take":
			ok, err = tx.Reserve(place, c.who, until)
			return err
		case "give":
			ok, err = tx.Release(place, c.who)
			return err
		}
		for _, name := range []string{"0", "1"} {
			place := store.Place{Scope: c.key, Name: name}
			if ok, err = tx.Reserve(place, c.who, until); err == nil && !ok {
				err = fault.New(fault.Conflict, "Somebody else has place %s.", name)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}})
	if ok {
		return answer{event: "yes"}, err
	}
	return answer{event: "no"}, err
}
