package proptest

import (
	"slices"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// selves are those as whom an actor may move now: themselves, and who is away and lets them stand in.
func (w *walk) selves(a gate.Actor) []self {
	all := []self{{reference: a.Reference, institution: a.Institution, role: a.Role}}
	away := w.away
	if w.Code == process.Delegation().Code && w.c.Version > 0 {
		away = append(away[:len(away):len(away)], w.c)
	}
	for _, c := range away {
		same := c.Party("institution").Reference == a.Institution && c.Inputs["role"] == string(a.Role)
		if w.lasts(&c) && same && c.Party("stand-in").Reference == a.Reference {
			all = append(all, self{c.Party("absent").Reference, a.Institution, a.Role, true})
		}
	}
	return all
}

// lasts tells whether a delegation holds now.
func (w *walk) lasts(c *Case) bool {
	from, _ := time.Parse(time.RFC3339Nano, c.Inputs["from"])
	return c.State == "active" && !w.now.Before(from) && w.now.Before(c.Deadline)
}

// absence lets a person who has a part in the case be away for a while, now and then: somebody else may move in their place, as long as
// it lasts, and not when it is over.
func (w *walk) absence() {
	if _, persons := w.colleagues(); len(persons) == 0 || !rapid.Bool().Draw(w.T, "somebody is away") {
		return
	}
	w.delegate()
	w.everybody()
	w.runOut()
	w.everybody()
}

// colleagues are those of the first institution of whom one can stand in for another, and who of them has a part in the case in person.
func (w *walk) colleagues() (all, persons []gate.Actor) {
	lets := table{Process: process.Delegation()}
	for _, a := range w.actors {
		first := a.Institution == "Organization/o1" && lets.plays(a.Role)
		if !first || a.Reference != "Practitioner/s1" && a.Reference != "Practitioner/s2" || !w.plays(a.Role) {
			continue
		}
		if all = append(all, a); w.person(a) {
			persons = append(persons, a)
		}
	}
	return all, persons
}

// delegate lets somebody of the first institution stand in for a colleague.
func (w *walk) delegate() {
	all, persons := w.colleagues()
	if len(persons) > 0 { // for others nobody can stand in
		all = persons
	}
	if len(all) == 0 {
		return
	}
	absent := rapid.SampledFrom(all).Draw(w.T, "absent")
	other := map[string]string{"Practitioner/s1": "Practitioner/s2", "Practitioner/s2": "Practitioner/s1"}[absent.Reference]
	until := w.now.Add(time.Duration(rapid.IntRange(1, 12).Draw(w.T, "hours away")) * time.Hour)
	list := `{"name":"stand-in","valueReference":{"reference":"` + other + `"}},` +
		`{"name":"until","valueInstant":"` + until.Format(time.RFC3339) + `"}`
	tree, err := fhir.Parse([]byte(parameters(list)))
	w.must(err)
	made, err := w.engine.Begin(w.ctx, w.session(absent), process.Delegation().Code, "delegate", tree.Root(), nil)
	if err != nil {
		w.fail("%s cannot let %s stand in: %v", name(absent), other, err)
	}
	c := w.look(made.Version.Ref)
	w.away = append(w.away, c)
	w.alarm(&c)
	w.told = nil
	w.standing()
	w.step("%s lets %s stand in until %s", name(absent), other, until.Format(time.DateTime))
}

// person tells whether somebody is a party by themselves, who may move in their role.
func (w *walk) person(a gate.Actor) bool {
	me := self{reference: a.Reference, role: a.Role}
	return slices.ContainsFunc(w.Moves, func(m process.Move) bool {
		return slices.ContainsFunc(m.By, func(by process.By) bool {
			return w.c.Party(by.Party).Reference == a.Reference && slices.Contains(by.Roles, a.Role) && w.is(a, me, &w.c, by.Party)
		})
	})
}

// plays tells whether a role has a part in the process.
func (t *table) plays(role gate.Role) bool {
	for i := range t.Moves {
		for _, by := range t.Moves[i].By {
			for _, r := range by.Roles {
				if r == role {
					return true
				}
			}
		}
	}
	return false
}

// runOut lets the time of the newest delegation pass.
func (w *walk) runOut() {
	if n := len(w.away); n > 0 && w.lasts(&w.away[n-1]) {
		w.pass(w.away[n-1].Deadline.Sub(w.now))
	}
}

// comeBack ends a delegation, by who was away or by who stands in.
func (w *walk) comeBack() {
	for i := range w.away {
		c := &w.away[i]
		if c.State != "active" {
			continue
		}
		party := rapid.SampledFrom([]string{"absent", "stand-in"}).Draw(w.T, "who ends it")
		a := gate.Actor{Reference: c.Party(party).Reference, Role: gate.Role(c.Inputs["role"]), Institution: c.Party("institution").Reference}
		_, err := w.engine.Move(w.ctx, w.session(a), process.Asked{Case: c.Ref, Move: "end"})
		if err != nil {
			w.fail("%s cannot end a delegation: %v", name(a), err)
		}
		*c = w.look(c.Ref)
		w.standing()
		w.step("%s ends the delegation %d", name(a), i+1)
		return
	}
}

// stranger is what somebody is told who may not know of a case: the same as of none.
func (w *walk) stranger(a gate.Actor, what string, err error) {
	none := fhir.Ref{Type: w.c.Ref.Type, ID: "none"}
	_, missing := w.engine.Moves(w.ctx, w.session(a), none)
	if fault.CodeOf(err) != fault.NotFound || anonymous(err, w.c.Ref) != anonymous(missing, none) {
		w.fail("%s has no part in it, and %s tells more than that there is none: %v", name(a), what, err)
	}
}
