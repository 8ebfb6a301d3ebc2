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
	do          string // hold, book, confirm, change, cancel
	who         string // Patient/…
	visit       string // Appointment/…
	place       string // that they have now, "" for none
	left        string // that they had before and have no more
	until       int64  // how long they have it, forGood for what is booked
	asked, then int64
}

// tells says that whom it is for has to be told in the record.
func (a told) tells() bool { return a.do == "cancel" || a.place != "" && a.until == forGood }

// visit is an Appointment as it stands in the end.
type visit struct {
	who, status, place, day string
	notices                 int // that are about it
}

func (v visit) live() bool { return v.status == "pending" || v.status == "booked" }

// outcome is what the record says in the end.
type outcome struct {
	places  []string          // that there are
	holders map[string]string // who has them
	rests   map[string]bool   // those that were given back and are not open yet
	visits  map[string]visit  // by their names
	at      int64             // when it was looked at
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
		if made := a.do == "hold" || a.do == "book"; made && known[a.visit] {
			say("%s was given to two requests", a.visit)
		}
		known[a.visit] = true
		if a.tells() {
			notices[a.visit]++
		}
		if old, is := last[a.visit]; !is || old.asked < a.asked {
			last[a.visit] = a
		}
	}
	days := map[string]string{}
	for name, v := range end.visits {
		if !known[name] {
			say("%s is there, and nobody was told that it was made", name)
		}
		if notices[name] != v.notices {
			say("about %s there are %d notices; it should be %d", name, v.notices, notices[name])
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
		want := map[bool]string{true: "booked", false: "pending"}[a.until == forGood]
		switch {
		case !is:
			say("%s was given to %s and is not there", name, a.who)
		case a.do == "cancel" && v.status != "cancelled", a.do != "cancel" && v.status != want && (a.until > end.at || v.status != "cancelled"):
			say("%s is %s behind %+v", name, v.status, a)
		case v.who != a.who || a.do != "cancel" && v.place != a.place:
			say("%s is for %s at %s, not as %+v", name, v.who, v.place, a)
		}
	}
	return complaints
}

// TestFaultBookingChecker shows the checker histories of which it is known what is wrong with them.
func TestFaultBookingChecker(t *testing.T) {
	t.Parallel()
	take := func(do, who, visit, place string, until, asked, then int64) told {
		return told{do, "Patient/" + who, "Appointment/" + visit, place, "", until, asked, then}
	}
	is := func(who, status, place string, notices int) visit {
		return visit{"Patient/" + who, status, place, "2026-12-01", notices}
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
