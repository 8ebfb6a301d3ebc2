package queue

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"yitong/internal/fhir"
)

// ofDoctor lets a ticket stand in a doctor's own queue.
func ofDoctor(post string) func(*ticket) { return func(t *ticket) { t.doctor = post } }

// seat is a room in which a doctor sits, and calls from their own queue and that of a department.
func seat(name, post string) *room {
	return &room{ref: fhir.Ref{Type: typeLocation, ID: name}, post: post, department: "HealthcareService/heart"}
}

// TestAhead: who is before somebody are those whom the rooms call before them that may call them, from whatever queue.
func TestAhead(t *testing.T) {
	t.Parallel()
	const li, wang = "PractitionerRole/li", "PractitionerRole/wang"
	for name, c := range map[string]struct {
		at    []*room
		mine  *ticket
		all   []*ticket
		ahead int
		rooms int
	}{
		"nobody calls yet":                            {nil, waits("me", 0, 3), []*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("c", 0, 1, ofDoctor(li))}, 2, 0},
		"one room":                                    {[]*room{seat("1", li)}, waits("me", 0, 3), []*ticket{waits("a", 0, 1), waits("b", 0, 2)}, 2, 1},
		"the doctor's own patients go between":        {[]*room{seat("1", li)}, waits("me", 0, 3), []*ticket{waits("a", 0, 1), waits("b", 0, 2, ofDoctor(li)), waits("c", 30, 1, ofDoctor(li))}, 2, 1},
		"those of the department go between":          {[]*room{seat("1", li)}, waits("me", 0, 3, ofDoctor(li)), []*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("c", 30, 1)}, 2, 1},
		"of these another room calls half":            {[]*room{seat("1", li), seat("2", wang)}, waits("me", 0, 5, ofDoctor(li)), []*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("c", 0, 3), waits("d", 0, 4)}, 2, 1},
		"two rooms call from the department":          {[]*room{seat("1", li), seat("2", wang)}, waits("me", 0, 5), []*ticket{waits("a", 0, 1), waits("b", 0, 2), waits("c", 0, 3), waits("d", 0, 4)}, 4, 2},
		"another doctor's own patients are not first": {[]*room{seat("1", li)}, waits("me", 0, 3, ofDoctor(li)), []*ticket{waits("a", 0, 1, ofDoctor(wang)), waits("b", 0, 2, ofDoctor(wang))}, 0, 1},
	} {
		if ahead, rooms := aheadOf(append(c.all, c.mine), c.at, c.mine, usual, morning); ahead != c.ahead || rooms != c.rooms {
			t.Errorf("%s: %d are ahead of %d rooms, want %d of %d", name, ahead, rooms, c.ahead, c.rooms)
		}
	}
}

// TestAheadIsCalled: rooms that call one after the other call exactly so many before somebody as were said to be ahead.
func TestAheadIsCalled(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 1))
	for round := range 50 {
		posts := []string{"PractitionerRole/a", "PractitionerRole/b", "PractitionerRole/c"}[:1+r.IntN(3)]
		var at []*room
		for i, post := range posts {
			at = append(at, seat(fmt.Sprint(i), post))
		}
		var all []*ticket
		for i := range 12 {
			one := waits(fmt.Sprintf("t%02d", i), 30*r.IntN(3), i)
			if r.IntN(2) == 0 {
				one.doctor = posts[r.IntN(len(posts))]
			}
			all = append(all, one)
		}
		mine := all[r.IntN(len(all))]
		ahead, rooms := aheadOf(all, at, mine, usual, morning)
		called := 0
		for i := 0; mine.state == Waiting; i++ {
			m := at[i%len(at)]
			line := order(append(ofOne(all, m.post), ofOne(all, m.department)...), usual, morning)
			if len(line) == 0 {
				continue
			}
			if line[0].ref != mine.ref && (m.post == mine.queue() || m.department == mine.queue()) {
				called++
			}
			line[0].state = Done
		}
		if called != ahead || rooms == 0 {
			t.Errorf("round %d: %d were said to be ahead of %d rooms, and %d were called", round, ahead, rooms, called)
		}
	}
}
