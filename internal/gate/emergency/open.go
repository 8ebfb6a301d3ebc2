package emergency

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Opened is a record that is open to a practitioner: by what, and until when. Task is the review.
type Opened struct {
	Patient, Consent, Task string
	Until                  time.Time
}

// Bounds of how a use is made.
const (
	lookedAt = 100 // newest uses of the practitioner, among which the open ones are
	triesMay = 5   // times that somebody may be quicker
)

// Open opens the record of a resident to the practitioner of a session, for as long as the rules say, and whatever it holds: the
// resident is told, and the institution has to review it. Who has it open already is given that.
//
// The error is Forbidden for whoever is no practitioner at an institution, Unprocessable for a reason that says nothing,
// NotFound for a resident who is not in the record, Conflict for an identifier that several have, TooOften for one record too
// many at a time.
func (e *Service) Open(ctx context.Context, session *gate.Session, who Resident, reason string) (Opened, error) {
	me, err := practitioner(session.Actor())
	if err != nil {
		return Opened{}, err
	}
	if reason, err = CheckText("reason", reason); err != nil {
		return Opened{}, err
	}
	s := session.Behalf(Process)
	full, err := e.full(ctx, s, me)
	if err != nil {
		return Opened{}, err
	}
	whom, err := resident(ctx, s, who)
	if err != nil {
		return Opened{}, cmp.Or(full, err) // who may open no more is not told who is there
	}
	names := [2]string{}
	for i, name := range []string{me, session.Actor().Institution} {
		if names[i], err = nameOf(ctx, s, name); err != nil {
			return Opened{}, err
		}
	}
	for range triesMay {
		now := e.now(s)
		uses, err := e.usesOf(ctx, s, me)
		if err != nil {
			return Opened{}, err
		}
		if i := slices.IndexFunc(uses, func(u use) bool { return u.open(now) && u.golden == whom.golden }); i >= 0 {
			return uses[i].opened(ctx, s)
		}
		n, err := e.next(uses, now)
		if err != nil {
			return Opened{}, err
		}
		o := opening{
			practitioner: me, institution: session.Actor().Institution, patient: whom.patient.String(), reason: reason,
			number: n, from: now, until: now.Add(e.config.Lasts), due: now.Add(e.config.Review), names: names, complaints: e.config.Complaints,
		}
		if opened, quicker, err := o.write(ctx, s); err != nil || !quicker {
			return opened, err
		}
	}
	return Opened{}, fault.New(fault.Unavailable, "You have sent several requests at the same moment. Send this one again.")
}

// full is the refusal of one record more, nil if the practitioner may open one.
func (e *Service) full(ctx context.Context, s *gate.Session, me string) (refusal, err error) {
	uses, err := e.usesOf(ctx, s, me)
	if err == nil {
		_, refusal = e.next(uses, e.now(s))
	}
	return refusal, err
}

// use is one that the practitioner has made.
type use struct {
	consent, patient string
	golden           fhir.Ref // of those that are open
	number           int
	active           bool
	until            time.Time
}

func (u use) open(now time.Time) bool { return u.active && now.Before(u.until) }

// identifier is that of a use.
func identifierOf(practitioner string, number int) identifier {
	return identifier{SystemUse, practitioner + "/" + strconv.Itoa(number)}
}

// usesOf are the newest uses of a practitioner.
func (e *Service) usesOf(ctx context.Context, s *gate.Session, practitioner string) (uses []use, err error) {
	consents, _, err := find(ctx, s, typeConsent, lookedAt, search.Pair{Name: "category", Value: gate.SystemPermit + "|" + gate.PermitEmergency},
		search.Pair{Name: "actor", Value: practitioner}, search.Pair{Name: "_sort", Value: "-date"})
	if err != nil {
		return nil, err
	}
	now := e.now(s)
	for _, c := range consents {
		u := use{
			consent: "Consent/" + c.ID, patient: target(c.Root.Get("patient")), active: c.Root.Get("status").Str() == "active",
			number: numberOf(c, practitioner), until: when(c.Root.Get("provision").Get("period").Get("end"), e.config.Zone),
		}
		if u.golden = local(u.patient); u.open(now) {
			p, ok, err := read(ctx, s, u.patient)
			if err != nil {
				return nil, err
			}
			if ok {
				u.golden = gate.Golden(p.Resource)
			}
		}
		uses = append(uses, u)
	}
	return uses, nil
}

// numberOf is the number of a use among those of a practitioner.
func numberOf(r fhir.Resource, practitioner string) int {
	for i := r.Root.Get("identifier").First(); i.Exists(); i = i.Next() {
		if text, is := strings.CutPrefix(i.Get("value").Str(), practitioner+"/"); is && i.Get("system").Str() == SystemUse {
			n, _ := strconv.Atoi(text)
			return n
		}
	}
	return 0
}

// next is the number of a new use, unless too many are open.
func (e *Service) next(uses []use, now time.Time) (number int, err error) {
	open := slices.DeleteFunc(slices.Clone(uses), func(u use) bool { return !u.open(now) })
	if len(open) >= e.config.Open {
		first := slices.MinFunc(open, func(a, b use) int { return a.until.Compare(b.until) })
		f := fault.New(fault.TooOften, "%d records are open to you by emergency access already, which is as many as may be at a time. The first of them closes at %s; if you need one more before, ask the medical affairs office of your institution.",
			len(open), first.until.Format(time.RFC3339))
		f.Wait = first.until.Sub(now)
		return 0, f
	}
	for _, u := range uses {
		number = max(number, u.number)
	}
	return number + 1, nil
}

// opened is the answer for a use that is open.
func (u use) opened(ctx context.Context, s *gate.Session) (Opened, error) {
	tasks, _, err := find(ctx, s, typeTask, 1, search.Pair{Name: "focus", Value: u.consent}, search.Pair{Name: "code", Value: SystemProcess + "|" + codeReview})
	if err != nil || len(tasks) == 0 {
		return Opened{Patient: u.patient, Consent: u.consent, Until: u.until}, err
	}
	return Opened{Patient: u.patient, Consent: u.consent, Task: "Task/" + tasks[0].ID, Until: u.until}, nil
}
