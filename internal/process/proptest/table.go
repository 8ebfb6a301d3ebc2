package proptest

import (
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

func roleOf(text string) gate.Role { return gate.Role(text) }

// self is somebody as whom an actor may move: the actor, or whoever is away and lets them stand in.
type self struct {
	reference, institution string
	role                   gate.Role
	away                   bool
}

// table is what the declared table says of a case.
type table struct {
	*process.Process
	allows func(role gate.Role, process, move string) bool
}

// is tells whether somebody is a party.
func (t *table) is(a gate.Actor, who self, c *Case, party string) bool {
	p := c.Party(party)
	switch {
	case party == process.Resident:
		mine := a.Role == gate.Resident || a.Role == gate.Proxy
		return mine && c.Resident != "" && a.Resident != (fhir.Ref{}) && a.Resident.String() == c.Resident
	case p.Role != "":
		return !who.away && p.Role == who.role
	case fhir.ParseReference(p.Reference).Ref.Type.String() == "Organization":
		return !who.away && p.Reference == who.institution
	}
	return p.Reference != "" && p.Reference == who.reference && (p.At == "" || p.At == who.institution)
}

// as is the self as which an actor may make a move in some state: themselves, if they may.
func (t *table) as(a gate.Actor, selves []self, c *Case, m *process.Move) (self, bool) {
	if len(selves) > 1 {
		if me, may := t.as(a, selves[:1], c, m); may {
			return me, true
		}
	}
	for _, by := range m.By {
		for _, who := range selves {
			if slices.Contains(by.Roles, who.role) && t.is(a, who, c, by.Party) {
				return who, true
			}
		}
	}
	return self{}, false
}

// concerned tells whether an actor may know of a case. Proxies know of those of processes in which they have a part.
func (t *table) concerned(a gate.Actor, selves []self, c *Case) bool {
	if t.is(a, self{}, c, process.Resident) {
		return a.Role == gate.Resident || t.plays(gate.Proxy)
	}
	return slices.ContainsFunc(t.Moves, func(m process.Move) bool {
		_, may := t.as(a, selves, c, &m)
		return may
	})
}

// expects is what an actor is to be told who asks for a move; "" where it may be made.
func (t *table) expects(a gate.Actor, selves []self, c *Case, move string) fault.Code {
	m := t.Move(move)
	if !t.concerned(a, selves, c) {
		return fault.NotFound
	}
	if m == nil || m.Begins() {
		return fault.Unprocessable
	}
	if _, may := t.as(a, selves, c, m); !may || t.allows != nil && !t.allows(a.Role, t.Code, move) {
		return fault.Forbidden
	}
	if !slices.Contains(m.From, c.State) {
		return fault.Conflict
	}
	return ""
}

// final are the states in which a case has ended.
func (t *table) final() (all []string) {
	for i := range t.States {
		if t.States[i].Final() {
			all = append(all, t.States[i].Code)
		}
	}
	return all
}

// far is how many moves each state is from the nearest of some.
func (t *table) far(of []string) map[string]int {
	far := map[string]int{}
	for _, state := range of {
		far[state] = 0
	}
	for more := true; more; {
		more = false
		for i := range t.Moves {
			for _, to := range t.Moves[i].To {
				end, known := far[to]
				for _, from := range t.Moves[i].From {
					if old, is := far[from]; known && (!is || end+1 < old) {
						far[from], more = end+1, true
					}
				}
			}
		}
	}
	return far
}

// leads tells whether a move may lead nearer to where a walk goes, from some state.
func leads(m *process.Move, far map[string]int, from string) bool {
	here, known := far[from]
	return m != nil && slices.ContainsFunc(m.To, func(to string) bool {
		there, is := far[to]
		return is && (!known || there < here)
	})
}
