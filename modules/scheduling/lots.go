package scheduling

import (
	"context"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// lotsMost is of how many entries it is remembered what they got; with more all are forgotten.
const lotsMost = 1_000_000

// lot is what an entry to a draw got.
type lot struct {
	id      string
	patient fhir.Ref
	slot    string // Slot/…, "" for nothing
	number  int
}

// lots are the entries to draws that are done, in their order, as they are remembered: nothing of them changes any more. nil remembers
// nothing.
type lots struct {
	busy sync.Mutex // of who reads a draw, for whom the others wait
	mu   sync.Mutex
	all  map[fhir.Ref][]lot
	many int
}

// of are those of a draw, read where they are not known.
func (l *lots) of(ref fhir.Ref, read func() ([]lot, error)) ([]lot, error) {
	if l == nil {
		return read()
	}
	if list, is := l.known(ref); is {
		return list, nil
	}
	l.busy.Lock()
	defer l.busy.Unlock()
	if list, is := l.known(ref); is {
		return list, nil
	}
	list, err := read()
	if err == nil {
		l.keep(ref, list)
	}
	return list, err
}

func (l *lots) known(ref fhir.Ref) (list []lot, is bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	list, is = l.all[ref]
	return list, is
}

func (l *lots) keep(ref fhir.Ref, list []lot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.many += len(list); l.many > lotsMost || l.all == nil {
		l.all, l.many = map[fhir.Ref][]lot{}, len(list)
	}
	l.all[ref] = list
}

// entered are the entries to a draw in its order, with what they got once it is done: all of them, or those that got a place and one's own.
func (d Desk) entered(ctx context.Context, c *module.Call, w draw, whole bool) (list []shownLot, err error) {
	if w.seed == "" {
		return nil, nil
	}
	s := c.Session.Behalf(Process)
	var all []lot
	if w.state == drawDone {
		all, err = d.drawn.of(w.ref, func() ([]lot, error) { return d.lots(ctx, s, w) })
	} else {
		all, err = w.ordered(nil)
	}
	if err != nil {
		return nil, err
	}
	var own []fhir.Ref
	if isPerson(c.Session.Actor()) {
		if own, err = c.Session.Names(ctx, c.Session.Actor().Resident); err != nil {
			return nil, err
		}
	}
	for i, one := range all {
		mine := slices.Contains(own, one.patient)
		if whole || mine || one.slot != "" {
			list = append(list, one.shown(i+1, mine))
		}
	}
	return list, nil
}

// lots reads what the entries to a draw got.
func (d Desk) lots(ctx context.Context, s *gate.Session, w draw) ([]lot, error) {
	all, err := d.entries(ctx, s, w, false)
	if err != nil {
		return nil, err
	}
	by := make(map[string]booking, len(all))
	for _, b := range all {
		by[b.ref.ID] = b
	}
	return w.ordered(by)
}

// ordered are the entries to a draw in its order, with what they got by what became of them.
func (w draw) ordered(by map[string]booking) (list []lot, err error) {
	seed, err := hex.DecodeString(w.seed)
	if err != nil {
		return nil, fault.Wrap(err, "reading the seed of "+w.ref.String())
	}
	for _, id := range Order(seed, w.entries) {
		one := lot{id: id, patient: by[id].patient}
		if slot, number, got := strings.Cut(by[id].drawn, "#"); got {
			one.slot = "Slot/" + slot
			one.number, _ = strconv.Atoi(number) // it was written here
		}
		list = append(list, one)
	}
	return list, nil
}

func (l lot) shown(rank int, mine bool) shownLot {
	one := shownLot{ID: l.id, Rank: rank}
	if l.slot != "" {
		slot, number := form.Reference(l.slot), l.number
		one.Slot, one.Number = &slot, &number
	}
	if mine {
		one.Mine = &mine
	}
	return one
}
