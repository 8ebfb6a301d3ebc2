package emergency

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
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
// many at a time. The permit is for the role in which the session acts.
func (e *Service) Open(ctx context.Context, session *gate.Session, who Resident, reason string) (Opened, error) {
	me, err := practitioner(session.Actor())
	if err != nil {
		return Opened{}, err
	}
	if reason, err = CheckText("reason", reason); err != nil {
		return Opened{}, err
	}
	s := session.Behalf(Process)
	uses, err := e.usesOf(ctx, s, me)
	if err != nil {
		return Opened{}, err
	}
	role := session.Actor().Role
	if _, full := e.next(uses, e.now(s)); full != nil {
		if u := e.among(uses, who, role, e.now(s)); u != nil {
			return u.opened(ctx, s)
		}
		return Opened{}, full
	}
	whom, err := resident(ctx, s, who)
	if err != nil {
		return Opened{}, err
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
		if i := slices.IndexFunc(uses, func(u use) bool { return u.openIn(role, now) && u.golden == whom.golden }); i >= 0 {
			return uses[i].opened(ctx, s)
		}
		n, err := e.next(uses, now)
		if err != nil {
			return Opened{}, err
		}
		o := opening{
			practitioner: me, role: role, institution: session.Actor().Institution, patient: whom.patient.String(), reason: reason,
			number: n, from: now, until: now.Add(e.config.Lasts), due: now.Add(e.config.Review), names: names, complaints: e.config.Complaints,
		}
		if opened, quicker, err := o.write(ctx, s); err != nil || !quicker {
			return opened, err
		}
	}
	return Opened{}, fault.New(fault.Unavailable, "You have sent several requests at the same moment. Send this one again.")
}

// among is the use of one's own, open in a role, of the resident who is meant; nil for none, or for several. It looks at what these
// uses' Patients say and reads nothing: who may open no record more is told, neither by words nor by the time, who else is there.
func (e *Service) among(uses []use, who Resident, role gate.Role, now time.Time) (one *use) {
	for i := range uses {
		u := &uses[i]
		if !u.openIn(role, now) || !u.of(who) {
			continue
		}
		if one != nil && one.golden != u.golden {
			return nil
		}
		one = u
	}
	return one
}

// use is one that the practitioner has made.
type use struct {
	consent, patient string
	role             gate.Role     // in which it was made; "" for any
	resident         fhir.Resource // of those that are open: the Patient
	golden           fhir.Ref      // of those that are open
	number           int
	active           bool
	until            time.Time
}

// of tells whether a use that is open is of the resident who is meant: by the Patient, by one that it is linked to, or by an
// identifier of it.
func (u *use) of(who Resident) bool {
	if ref := local(who.Patient); who.Patient != "" {
		is := ref == local(u.patient)
		for l := u.resident.Root.Get("link").First(); l.Exists(); l = l.Next() {
			is = is || ref == local(target(l.Get("other")))
		}
		return is && ref != (fhir.Ref{})
	}
	for i := u.resident.Root.Get("identifier").First(); i.Exists(); i = i.Next() {
		if i.Get("system").Str() == who.System && i.Get("value").Str() == who.Value {
			return who.System != "" && who.Value != ""
		}
	}
	return false
}

func (u use) open(now time.Time) bool { return u.active && now.Before(u.until) }

// openIn tells whether a use opens a record in a role.
func (u use) openIn(role gate.Role, now time.Time) bool {
	return u.open(now) && (u.role == "" || u.role == role)
}

// identifier is that of a use.
func identifierOf(practitioner string, number int) draft.Identifier {
	return draft.ID(SystemUse, practitioner+"/"+strconv.Itoa(number))
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
		for _, p := range gate.Permits(c, e.config.Zone) {
			u.role = p.Role
		}
		if u.golden = local(u.patient); u.open(now) {
			p, ok, err := read(ctx, s, u.patient)
			if err != nil {
				return nil, err
			}
			if ok {
				u.resident, u.golden = p.Resource, gate.Golden(p.Resource)
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
