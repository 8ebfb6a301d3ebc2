package alliance

import (
	"slices"
	"strings"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/process"
)

// stage is how far a referral is at a department. It stands in the marks of open cases: never rename one.
type stage string

const (
	waiting stage = "waiting" // nobody has set a time
	awaited stage = "scheduled"
	later   stage = "later" // the time has passed, or the patient has come
)

var stages = []stage{waiting, awaited, later}

func stageOf(state string) stage {
	switch state {
	case stateScheduled:
		return awaited
	case stateUnconfirmed, stateInCare, stateFollowLate:
		return later
	}
	return waiting
}

// markOpen is a mark of all open referrals, both ways.
const markOpen = "referral"

// marks are the words by which boards find and count open referrals: that it is one, its state, and how far it is at the department that
// is asked.
func marks(c *process.Case, to *process.State) []string {
	all := []string{markOpen, inState(c.Process.Code, to.Code)}
	if asked := kept(c, inAsked); asked != "" {
		all = append(all, atStage(asked, stageOf(to.Code)))
	}
	return all
}

func inState(code, state string) string         { return code + "/" + state }
func atStage(department string, s stage) string { return department + "/" + string(s) }

// act is a move that was made for an institution.
type act struct{ move, institution string }

// referral is what boards and statistics know of a case.
type referral struct {
	cases.Counted
	ref                fhir.Ref
	urgency, resident  string
	sending, receiving string // institutions
	department         string // that is asked, or was last
	since, time        time.Time
	fitness            Fitness
	acts               []act
}

func referralOf(r fhir.Resource) referral {
	t := r.Root
	f := referral{
		Counted: cases.CountedOf(r), ref: fhir.Ref{Type: r.Type, ID: r.ID}, urgency: t.Get("priority").Str(), resident: t.Get("for").Get("reference").Str(),
	}
	for e := t.Get("extension").First(); e.Exists(); e = e.Next() {
		switch e.Get("url").Str() {
		case process.ExtensionEntered:
			f.since = instant(e.Get("valueInstant").Str())
		case process.ExtensionParty:
			f.party(e.Get("extension"))
		}
	}
	for in := t.Get("input").First(); in.Exists(); in = in.Next() {
		switch in.Get("type").Get("text").Str() {
		case inAsked:
			f.department = in.Get("valueReference").Get("reference").Str()
		case inTime:
			f.time = instant(in.Get("valueString").Str())
		}
	}
	for out := t.Get("output").First(); out.Exists(); out = out.Next() {
		if out.Get("type").Get("text").Str() == outAppropriate {
			f.fitness = Fitness(out.Get("valueString").Str())
		}
	}
	for c := t.Get("businessStatus").Get("coding").First(); c.Exists(); c = c.Next() {
		if move, rest, is := strings.Cut(c.Get("code").Str(), "/"); is && c.Get("system").Str() == process.SystemActed {
			f.acts = append(f.acts, act{move, strings.TrimSuffix(rest, "/"+f.Process)})
		}
	}
	if stageOf(f.State) == waiting { // a time that was set before it was given back
		f.time = time.Time{}
	}
	return f
}

// party takes who a party is out of the parts of an extension: the name first, then who.
func (f *referral) party(parts fhir.Node) {
	name := parts.First()
	who := name.Next().Get("valueReference").Get("reference").Str()
	switch name.Get("valueCode").Str() {
	case sending:
		f.sending = who
	case receiving:
		f.receiving = who
	}
}

// acted tells whether one of some moves was made in the case for an institution.
func (f *referral) acted(moves ...string) bool {
	return slices.ContainsFunc(f.acts, func(a act) bool { return slices.Contains(moves, a.move) })
}

// knownTo is what an institution knows of a case: all where it has a part, and else that there was one, and what it has done itself.
func (f referral) knownTo(institution string) referral {
	if institution == f.sending || institution == f.receiving {
		return f
	}
	mine := referral{Counted: cases.Counted{Begun: f.Begun, Open: true}}
	mine.Process = f.Process
	for _, a := range f.acts {
		if a.institution == institution {
			mine.acts = append(mine.acts, a)
		}
	}
	return mine
}

// instant reads an instant; the zero time for anything else.
func instant(text string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, text)
	return t
}
