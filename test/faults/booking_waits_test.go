package faults

import (
	"context"
	"fmt"
	mrand "math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/modules/scheduling"
)

const (
	department = "HealthcareService/d"
	waits      = 15             // one of so many people would wait
	settled    = 12 * time.Hour // behind which nothing that was held rests any more
)

// wish is what somebody waits for: any of the segments. Some have it booked at once.
func (b *booking) wish() string {
	day := func(ahead int) string { return b.begun.In(b.office.zone()).AddDate(0, 0, ahead).Format(time.DateOnly) }
	return fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"from","valueDate":%q},{"name":"to","valueDate":%q},{"name":"sure","valueBoolean":%t}]}`,
		day(2), day(3), mrand.IntN(2) == 0)
}

// watch has those who wait look whether something came, again and again, and once more when all is over.
func (b *booking) watch(ctx context.Context, over <-chan struct{}) {
	for last := false; !last; {
		select {
		case <-ctx.Done():
			return
		case <-over:
			last = true
		case <-time.After(time.Second):
		}
		b.mu.Lock()
		all := b.waiting
		b.waiting = nil
		b.mu.Unlock()
		all = slices.DeleteFunc(all, b.look)
		b.mu.Lock()
		b.waiting = append(b.waiting, all...)
		b.mu.Unlock()
	}
}

// look has somebody who waits look whether something came. They keep that, make it sure, give it back, or forget about it.
func (b *booking) look(w told) (came bool) {
	got, err := b.carry(http.MethodGet, w.who, "/"+w.visit, "", "")
	if err != nil || got.status != http.StatusOK {
		b.Errorf("%s does not see what came: %v %d %s", w.who, err, got.status, got.body)
		return false
	}
	a, err := given(b.begun, "offer", w.who, got.body)
	if err != nil || a.place == "" {
		return false
	}
	a.asked, a.then = w.asked, since(b.begun, time.Now()) // somewhen between these it was given
	b.mu.Lock()
	b.told = append(b.told, a)
	b.mu.Unlock()
	b.count("offer")
	mine := &a
	if a.until != forGood && mrand.IntN(2) == 0 {
		mine = b.ask(w.who, "confirm", "", &a)
	}
	if mine != nil && mrand.IntN(3) == 0 {
		b.ask(w.who, "cancel", "", mine)
	}
	return true
}

// parted looks at the record while nobody is at work: each place has one of those who claim it, and whoever has none claims none.
func (b *booking) parted() {
	b.Helper()
	o := newOffice(b.T, b.db, b.office.key)
	defer o.close()
	end := o.outcome(b.begun, b.slots, b.capacity)
	for _, complaint := range unparted(end) {
		b.Error(complaint)
	}
	b.rested(end)
}

func (b *booking) rested(end outcome) {
	for range end.rests {
		b.count("rest")
	}
}

// unparted is what is wrong with places that are not just one of free, resting, held and booked.
func unparted(end outcome) (complaints []string) {
	claims := map[string][]string{}
	for name, v := range end.visits {
		if v.live() && v.until > end.at {
			claims[v.place] = append(claims[v.place], name)
		}
	}
	for _, place := range end.places {
		all := claims[place]
		if r, rest := end.rests[place]; rest {
			all = append(all, r.visit)
		}
		if len(all) > 1 || len(claims[place]) == 1 && end.holders[place] != all[0] || len(claims[place]) == 0 && end.holders[place] != "" {
			complaints = append(complaints, fmt.Sprintf("%s is claimed by %v, and %q has it", place, all, end.holders[place]))
		}
		delete(claims, place)
	}
	for place, all := range claims {
		complaints = append(complaints, fmt.Sprintf("%s is claimed by %v, and is no place", place, all))
	}
	return complaints
}

// finish lets time pass in the record, with no server at work, until nothing that was held or given back is on its way, and has others book
// what is left. Then each place is booked: none is lost. Who had booked one has it still.
func (b *booking) finish(end outcome) {
	b.Helper()
	b.rested(end)
	o, free := b.office, 0
	for o.late = 0; o.unsettled(); o.late -= time.Minute {
		if o.late < -settled {
			b.Fatalf("behind %s places still rest", settled)
		}
		o.settle()
	}
	for range 2 { // the clock of the database goes on as ever: what is free is what was given back
		o.settle()
	}
	for i := range len(end.places) {
		name := fmt.Sprintf("late%d", i)
		o.put(fmt.Sprintf(`{"resourceType":"Patient","id":%q}`, name))
		_, err := o.call(o.as(gate.Resident, "Patient/"+name, ""), "book-place", b.slots[i/b.capacity], "")
		if err == nil {
			free++
		} else if fault.CodeOf(err) != fault.Conflict {
			o.must(err)
		}
	}
	last := o.outcome(b.begun, b.slots, b.capacity)
	b.Logf("of %d places %d rested, %d were free behind %s", len(end.places), len(end.rests), free, -o.late)
	for _, complaint := range unparted(last) {
		b.Error(complaint)
	}
	for _, place := range end.places {
		if v := last.visits[last.holders[place]]; v.status != "booked" {
			b.Errorf("nobody has %s, and nobody could have it", place)
		}
	}
	for name, v := range end.visits {
		if now := last.visits[name]; v.status == "booked" && (now.status != "booked" || now.place != v.place) {
			b.Errorf("%s had %s, and is %+v", name, v.place, now)
		}
	}
}

// unsettled tells whether places are held or rest.
func (o *office) unsettled() bool {
	o.Helper()
	all, err := o.db.Reserved(o.Context())
	o.must(err)
	now := time.Now().Add(-o.late)
	return slices.ContainsFunc(all, func(r store.Reservation) bool {
		return strings.HasPrefix(r.Scope, segments) && r.Until.After(now) && r.Until.Before(now.AddDate(1, 0, 0))
	})
}

// settle has the platform look once for what was held too long, and hand over what came back.
func (o *office) settle() {
	o.Helper()
	platform := o.gate.Session(scheduling.Platform)
	for _, look := range []func(context.Context, *gate.Session) (bool, error){o.desk.Settle, o.desk.HandOver} {
		_, err := look(o.Context(), platform)
		o.must(err)
	}
}

// TestFaultBookingParted shows the checker of a moment places of which it is known whether they are just one thing.
func TestFaultBookingParted(t *testing.T) {
	t.Parallel()
	is := func(status, place string, until int64) visit {
		return visit{status: status, place: place, until: until}
	}
	for name, c := range map[string]struct {
		holders map[string]string
		rests   map[string]resting
		visits  map[string]visit
		whole   bool
	}{
		"free":              {whole: true},
		"booked":            {map[string]string{"p": "a"}, nil, map[string]visit{"a": is("booked", "p", forGood)}, true},
		"rests":             {nil, map[string]resting{"p": {"a", 9}}, map[string]visit{"a": is("cancelled", "p", forGood)}, true},
		"ran out":           {nil, nil, map[string]visit{"a": is("pending", "p", 4)}, true},
		"booked, not its":   {nil, nil, map[string]visit{"a": is("booked", "p", forGood)}, false},
		"booked, and rests": {nil, map[string]resting{"p": {"b", 9}}, map[string]visit{"a": is("booked", "p", forGood)}, false},
		"booked by two":     {map[string]string{"p": "a"}, nil, map[string]visit{"a": is("booked", "p", forGood), "b": is("pending", "p", 9)}, false},
		"of nobody":         {map[string]string{"p": "a"}, nil, nil, false},
		"no place":          {map[string]string{"q": "a"}, nil, map[string]visit{"a": is("booked", "q", forGood)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if wrong := unparted(outcome{places: []string{"p"}, holders: c.holders, rests: c.rests, visits: c.visits, at: 5}); (len(wrong) == 0) != c.whole {
				t.Error(wrong)
			}
		})
	}
}
