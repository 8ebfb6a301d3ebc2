package faults

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// forGood is until when somebody has a place who has booked it.
const forGood = math.MaxInt64

// told is what somebody was told who asked for a place, or about the one that they have: that it was done. Times are in nanoseconds
// since the beginning. A request that was repeated lasts from the first time that it was sent to its answer.
type told struct {
	do          string // hold, book, confirm, change, cancel; wait, and offer for what came of that
	who         string // Patient/…
	visit       string // Appointment/…
	place       string // that they have now, "" for none
	left        string // that they had before and have no more
	until       int64  // how long they have it, forGood for what is booked
	asked, then int64
}

// tells says that whom it is for has to be told in the record.
func (a told) tells() bool {
	return a.do == "cancel" || a.do == "wait" || a.do == "offer" || a.place != "" && a.until == forGood
}

// status is that of its visit, for as long as nothing else is done and it does not run out.
func (a told) status() string {
	switch {
	case a.do == "wait":
		return "waitlist"
	case a.do == "cancel":
		return "cancelled"
	case a.until == forGood:
		return "booked"
	}
	return "pending"
}

// visit is an Appointment as it stands in the end.
type visit struct {
	who, status, place, day string
	notices                 int   // that are about it
	until                   int64 // how long it has its place
}

// resting is a place that was given back, or held too long, and is not open yet.
type resting struct {
	visit string // that had it
	until int64
}

func (v visit) live() bool { return v.status == "pending" || v.status == "booked" }

// outcome is what the record says in the end.
type outcome struct {
	places  []string          // that there are
	holders map[string]string // who has them
	rests   map[string]resting
	visits  map[string]visit // by their names
	at      int64            // when it was looked at
}

// move is something that happened to a place; also that somebody looked who has it.
type move struct {
	do          string // take, keep, give, look
	place       string
	visit       string // "" where nobody has what was looked at
	until       int64
	asked, then int64
}

// seat is who has a place, and for how long. Behind that anybody may take it.
type seat struct {
	visit string
	until int64
}

// seats is a place as a register that one client after the other writes. A hold that runs out while somebody asks may have run out
// before or behind that.
var seats = porcupine.Model{
	Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
		of := map[string][]porcupine.Operation{}
		for _, op := range history {
			place := op.Input.(move).place
			of[place] = append(of[place], op)
		}
		return slices.Collect(maps.Values(of))
	},
	Init: func() any { return seat{} },
	Step: func(state, in, _ any) (bool, any) {
		now, m := state.(seat), in.(move)
		own := now.visit == m.visit && m.asked < now.until
		switch m.do {
		case "take":
			return now.visit == "" || now.until <= m.then, seat{m.visit, m.until}
		case "keep":
			return own, seat{m.visit, m.until}
		case "give":
			return own, seat{}
		}
		if m.visit == "" {
			return now.visit == "" || now.until <= m.then, now
		}
		return own, now
	},
	DescribeOperation: func(in, _ any) string { return fmt.Sprintf("%+v", in) },
	DescribeState:     func(state any) string { return fmt.Sprintf("%+v", state) },
}

// moves are what was done with places, as those who did it were told, and what is there in the end.
func moves(all []told, end outcome) (history []porcupine.Operation) {
	add := func(m move) {
		if m.place != "" {
			history = append(history, porcupine.Operation{ClientId: len(history), Input: m, Call: m.asked, Return: m.then})
		}
	}
	for _, a := range all {
		if a.do == "confirm" {
			add(move{"keep", a.place, a.visit, a.until, a.asked, a.then})
			continue
		}
		add(move{"give", a.left, a.visit, 0, a.asked, a.then})
		add(move{"take", a.place, a.visit, a.until, a.asked, a.then})
	}
	for _, place := range end.places {
		add(move{"look", place, end.holders[place], 0, end.at, end.at})
	}
	return history
}

// wrong is what is wrong with what people were told and the record has in the end: nothing, if every place had one holder at a time,
// nobody has lost what was given them, requests were carried out once however often they came, and all booked visits were told.
func wrong(t *testing.T, all []told, end outcome) (complaints []string) {
	t.Helper()
	say := func(format string, args ...any) { complaints = append(complaints, fmt.Sprintf(format, args...)) }
	for _, part := range seats.Partition(moves(all, end)) {
		one := porcupine.Model{Init: seats.Init, Step: seats.Step}
		if is := porcupine.CheckOperationsTimeout(one, part, soon); is != porcupine.Ok {
			slices.SortFunc(part, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
			say("no order explains who had a place (%s):", is)
			for _, op := range part {
				say("  %+v", op.Input)
			}
		}
	}
	known, notices, last := map[string]bool{}, map[string]int{}, map[string]told{}
	for _, a := range all {
		if made := a.do == "hold" || a.do == "book" || a.do == "wait"; made && known[a.visit] {
			say("%s was given to two requests", a.visit)
		}
		known[a.visit] = true
		if a.tells() {
			notices[a.visit]++
		}
		if old, is := last[a.visit]; !is || old.asked <= a.asked {
			last[a.visit] = a
		}
	}
	days := map[string]string{}
	for name, v := range end.visits {
		if !known[name] {
			say("%s is there, and nobody was told that it was made", name)
		}
		if want := notices[name] + ranOut(last[name], v); want != v.notices {
			say("about %s there are %d notices; it should be %d", name, v.notices, want)
		}
		if v.live() && end.holders[v.place] != name && (v.status == "booked" || last[name].until > end.at) {
			say("%s is %s, and %s has its place", name, v.status, end.holders[v.place])
		}
		if day := v.who + " " + v.day; v.status == "booked" {
			if days[day] != "" {
				say("%s and %s are both for %s", name, days[day], day)
			}
			days[day] = name
		}
	}
	for name, a := range last {
		v, is := end.visits[name]
		switch {
		case !is:
			say("%s was given to %s and is not there", name, a.who)
		case v.status != a.status() && (a.do == "cancel" || a.until > end.at || v.status != "cancelled"):
			say("%s is %s behind %+v", name, v.status, a)
		case v.who != a.who || a.do != "cancel" && v.place != a.place:
			say("%s is for %s at %s, not as %+v", name, v.who, v.place, a)
		}
	}
	for place, r := range end.rests {
		if latest := left(all, place, r.visit); r.until > latest+int64(rests) {
			say("%s rests until %d, and %s had it until %d", place, r.until, r.visit, latest)
		}
	}
	return complaints
}

// ranOut is 1 for what came for somebody who waited and ran out: of that they are told, as they have to wait again.
func ranOut(last told, v visit) int {
	if last.do == "offer" && v.status == "cancelled" {
		return 1
	}
	return 0
}

// left is until when a visit may have had a place that it has given back, or held too long; a long time ago for one that it never had.
func left(all []told, place, visit string) int64 {
	latest := int64(math.MinInt64 / 2)
	for _, a := range all {
		switch {
		case a.visit != visit:
		case a.left == place:
			latest = max(latest, a.then)
		case a.place == place && a.until != forGood:
			latest = max(latest, a.until)
		}
	}
	return latest
}

// came are what came for those who wait and have not seen it yet, as the record says it in the end.
func came(all []told, end outcome) (more []told) {
	seen := map[string]bool{}
	for _, a := range all {
		seen[a.visit] = seen[a.visit] || a.do == "offer"
	}
	for _, a := range all {
		if v := end.visits[a.visit]; a.do == "wait" && !seen[a.visit] && v.place != "" {
			until := v.until
			if v.status == "cancelled" {
				until = a.asked + int64(offers) // or later: it is not known when it came
			}
			more = append(more, told{"offer", a.who, a.visit, v.place, "", until, a.asked, end.at})
		}
	}
	return more
}

// TestFaultBookingChecker shows the checker histories of which it is known what is wrong with them.
func TestFaultBookingChecker(t *testing.T) {
	t.Parallel()
	take := func(do, who, visit, place string, until, asked, then int64) told {
		return told{do, "Patient/" + who, "Appointment/" + visit, place, "", until, asked, then}
	}
	is := func(who, status, place string, notices int) visit {
		return visit{"Patient/" + who, status, place, "2026-12-01", notices, 0}
	}
	type names = map[string]string
	type visits = map[string]visit
	end := func(holders names, all visits) outcome {
		o := outcome{places: []string{"p", "q"}, holders: names{}, visits: visits{}, at: 100}
		for place, v := range holders {
			o.holders[place] = "Appointment/" + v
		}
		for name, v := range all {
			o.visits["Appointment/"+name] = v
		}
		return o
	}
	rest := func(o outcome, v string, until int64) outcome {
		o.rests = map[string]resting{"p": {"Appointment/" + v, until}}
		return o
	}
	wait := take("wait", "ann", "w", "", forGood, 2, 3)
	offer := take("offer", "ann", "w", "p", 50, 2, 15)
	ann := take("book", "ann", "a", "p", forGood, 1, 4)
	change := told{"change", "Patient/ann", "Appointment/a", "q", "p", forGood, 10, 12}
	cancel := told{"cancel", "Patient/ann", "Appointment/a", "", "p", 0, 10, 12}
	for name, c := range map[string]struct {
		all  []told
		end  outcome
		says string // "" where all is well
	}{
		"booked":         {[]told{ann}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 1)}), ""},
		"changed":        {[]told{ann, change}, end(names{"q": "a"}, visits{"a": is("ann", "booked", "q", 2)}), ""},
		"held, sure":     {[]told{take("hold", "ann", "a", "p", 50, 1, 4), take("confirm", "ann", "a", "p", forGood, 5, 6)}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 1)}), ""},
		"held, run out":  {[]told{take("hold", "ann", "a", "p", 50, 1, 4), take("book", "bob", "b", "p", forGood, 49, 51)}, end(names{"p": "b"}, visits{"a": is("ann", "cancelled", "p", 0), "b": is("bob", "booked", "p", 1)}), ""},
		"held, not seen": {[]told{take("hold", "ann", "a", "p", 50, 1, 4)}, end(nil, visits{"a": is("ann", "pending", "p", 0)}), ""},
		"given back, then taken": {[]told{ann, cancel, take("book", "bob", "b", "p", forGood, 11, 13)},
			end(names{"p": "b"}, visits{"a": is("ann", "cancelled", "p", 2), "b": is("bob", "booked", "p", 1)}), ""},
		"sold twice":           {[]told{ann, take("book", "bob", "b", "p", forGood, 2, 3)}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 1), "b": is("bob", "booked", "p", 1)}), "no order"},
		"sold while held":      {[]told{take("hold", "ann", "a", "p", 50, 1, 4), take("book", "bob", "b", "p", forGood, 5, 6)}, end(names{"p": "b"}, visits{"a": is("ann", "cancelled", "p", 0), "b": is("bob", "booked", "p", 1)}), "no order"},
		"sold before given":    {[]told{ann, cancel, take("book", "bob", "b", "p", forGood, 5, 6)}, end(names{"p": "b"}, visits{"a": is("ann", "cancelled", "p", 2), "b": is("bob", "booked", "p", 1)}), "no order"},
		"sure behind its time": {[]told{take("hold", "ann", "a", "p", 50, 1, 4), take("confirm", "ann", "a", "p", forGood, 60, 61)}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 1)}), "no order"},
		"place lost":           {[]told{ann}, end(nil, visits{"a": is("ann", "booked", "p", 1)}), "no order"},
		"hold lost":            {[]told{take("hold", "ann", "a", "p", 500, 1, 4)}, end(nil, visits{"a": is("ann", "cancelled", "p", 0)}), "is cancelled behind"},
		"visit lost":           {[]told{ann}, end(names{"p": "a"}, nil), "is not there"},
		"place left over":      {[]told{ann, cancel}, end(names{"p": "a"}, visits{"a": is("ann", "cancelled", "p", 2)}), "no order"},
		"both places":          {[]told{ann, change}, end(names{"p": "a", "q": "a"}, visits{"a": is("ann", "booked", "q", 2)}), "no order"},
		"booked twice":         {[]told{ann}, end(names{"p": "a", "q": "b"}, visits{"a": is("ann", "booked", "p", 1), "b": is("ann", "booked", "q", 1)}), "nobody was told that it was made"},
		"one for two":          {[]told{ann, take("book", "bob", "a", "p", forGood, 5, 6)}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 1)}), "two requests"},
		"two a day":            {[]told{ann, take("book", "ann", "b", "q", forGood, 5, 6)}, end(names{"p": "a", "q": "b"}, visits{"a": is("ann", "booked", "p", 1), "b": is("ann", "booked", "q", 1)}), "are both for"},
		"not told":             {[]told{ann}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 0)}), "0 notices; it should be 1"},
		"told twice":           {[]told{ann}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 2)}), "2 notices; it should be 1"},
		"waited, came, sure":   {[]told{wait, offer, take("confirm", "ann", "w", "p", forGood, 20, 21)}, end(names{"p": "w"}, visits{"w": is("ann", "booked", "p", 3)}), ""},
		"waited, ran out":      {[]told{wait, offer}, end(nil, visits{"w": is("ann", "cancelled", "p", 3)}), ""},
		"waits still":          {[]told{wait}, end(nil, visits{"w": is("ann", "waitlist", "", 1)}), ""},
		"wait lost":            {[]told{wait}, end(nil, visits{"w": is("ann", "cancelled", "", 1)}), "is cancelled behind"},
		"came while taken":     {[]told{ann, wait, offer, take("book", "bob", "b", "p", forGood, 16, 17)}, end(names{"p": "b"}, visits{"a": is("ann", "booked", "p", 1), "b": is("bob", "booked", "p", 1), "w": is("ann", "cancelled", "p", 3)}), "no order"},
		"not told of it":       {[]told{wait, offer}, end(nil, visits{"w": is("ann", "cancelled", "p", 2)}), "2 notices; it should be 3"},
		"rests":                {[]told{ann, cancel}, rest(end(nil, visits{"a": is("ann", "cancelled", "p", 2)}), "a", 110), ""},
		"rests too long":       {[]told{ann, cancel}, rest(end(nil, visits{"a": is("ann", "cancelled", "p", 2)}), "a", int64(2*rests)), "rests until"},
		"rests, never had":     {[]told{ann, cancel, take("book", "bob", "b", "q", forGood, 5, 6)}, rest(end(names{"q": "b"}, visits{"a": is("ann", "cancelled", "p", 2), "b": is("bob", "booked", "q", 1)}), "b", 110), "rests until"},
		"not cancelled":        {[]told{ann, cancel}, end(names{"p": "a"}, visits{"a": is("ann", "booked", "p", 2)}), "is booked behind"},
		"for somebody else":    {[]told{ann}, end(names{"p": "a"}, visits{"a": is("bob", "booked", "p", 1)}), "is for Patient/bob"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := strings.Join(wrong(t, c.all, c.end), "\n")
			if c.says == "" && got != "" || !strings.Contains(got, c.says) {
				t.Errorf("it says %q, and should say %q", got, c.says)
			}
		})
	}
}

// since is an instant as histories have it.
func since(begun, at time.Time) int64 { return int64(at.Sub(begun)) }
