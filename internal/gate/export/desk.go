package export

import (
	"context"
	"fmt"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Desk takes requests for exports of a record, has them decided and carries them out.
type Desk struct {
	marks  marks
	limits Limits
	zone   *time.Location
}

// New is the desk of a gate's record. zone is that of dates without an offset.
func New(g *gate.Gate, l Limits, zone *time.Location) *Desk {
	if zone == nil {
		zone = time.UTC
	}
	return &Desk{marks: g.Key(keyUse), limits: l, zone: zone}
}

// Ask makes a request of what its parameters say, and gives its Task back. With an idempotency key it is made once.
//
// The errors are those of [Read]; Unprocessable for a recipient that is not there, and for criteria that name residents; and what
// a search for the same would be refused with: Malformed for criteria that cannot be read, Forbidden for types and criteria
// that are not for the session.
func (d *Desk) Ask(ctx context.Context, s *gate.Session, said map[string][]string, once *gate.Idempotency) (gate.Result, error) {
	now := now(s)
	a, err := Read(said, d.limits, now, d.zone)
	if err != nil {
		return gate.Result{}, err
	}
	behalf := s.Behalf(Process)
	if ref, is := organization(a.Recipient); is {
		if _, err := behalf.Read(ctx, ref); err != nil {
			return gate.Result{}, fault.New(fault.Unprocessable, "The recipient %s is not in the record; give its name instead.", ref).Because(err)
		}
	}
	if err := probe(ctx, s, a.Parts); err != nil {
		return gate.Result{}, err
	}
	known, err := stands(ctx, behalf, s.Actor().Reference)
	if err != nil {
		return gate.Result{}, err
	}
	text, err := draft(a, s.Actor(), known, now).Bytes()
	if err != nil {
		return gate.Result{}, fault.Wrap(err, "writing a Task")
	}
	r, err := fhir.ParseResource(text)
	if err != nil {
		return gate.Result{}, fault.Wrap(err, "writing a Task")
	}
	results, err := behalf.Apply(ctx, []gate.Op{{Kind: gate.Create, Type: typeTask, Resource: r}}, once)
	if err != nil {
		return gate.Result{}, err
	}
	return results[0], nil
}

// now is the instant of a session in the precision of the record.
func now(s *gate.Session) time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// stands tells whether somebody stands in the record, as one who can ask for a Task.
func stands(ctx context.Context, s *gate.Session, who string) (bool, error) {
	ref := fhir.ParseReference(who)
	if ref.Kind != fhir.ReferenceLocal {
		return false, nil
	}
	switch ref.Ref.Type.String() {
	case "Practitioner", "PractitionerRole", "Organization", "Device", "Patient", "RelatedPerson":
	default:
		return false, nil
	}
	_, err := s.Read(ctx, ref.Ref)
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return false, nil
	}
	return err == nil, err
}

// searches are the parts as what a session searches for. Nobody is named in them: so permits, which are for the care of those
// whom they open, open nothing.
func searches(s *gate.Session, parts []Part) (all []*search.Request, err error) {
	for _, p := range parts {
		if p.Query != "" {
			if _, err := s.Criteria(p.Type, p.Query); err != nil { // no parameters of the result
				return nil, fault.From(err).At(fmt.Sprintf("%s?%s", p.Type, clip(p.Query)))
			}
		}
		r, err := s.Request([]schema.Type{p.Type}, gate.Pairs(p.Query), gate.Wishes{})
		if err != nil {
			return nil, err
		}
		named := false
		for _, c := range r.Parts[0].All {
			c.Named(typePatient, func(fhir.Ref, bool) { named = true })
		}
		if named {
			return nil, fault.New(fault.Unprocessable, "The criteria for %s name residents. An export is of many; "+
				"read the record of one resident itself, by Patient/[id]/$everything.", p.Type)
		}
		all = append(all, r)
	}
	return all, nil
}

var typePatient, _ = schema.TypeOf("Patient")

// probe refuses what the session could not search for.
func probe(ctx context.Context, s *gate.Session, parts []Part) error {
	all, err := searches(s, parts)
	if err != nil {
		return err
	}
	for _, r := range all {
		r.Count = 1
		if _, err := s.Search(ctx, r, "", ""); err != nil {
			return err
		}
	}
	return nil
}

// Decide takes a decision about a request, and gives its Task back.
//
// The error is NotFound or Forbidden for a Task that the session may not see, Unprocessable for one of something else,
// Forbidden for the requester, Conflict for a request that was decided before, or is approved too late.
func (d *Desk) Decide(ctx context.Context, s *gate.Session, task fhir.Ref, decision Decision) (store.Version, error) {
	if _, err := s.Read(ctx, task); err != nil {
		return store.Version{}, err
	}
	return amend(ctx, s.Behalf(Process), task, func(r *request) error { return r.decide(decision, s.Actor(), d.limits, now(s)) })
}

// amendMost bounds how often a change is tried while others change the same Task.
const amendMost = 10

// amend changes a Task. Where somebody else was quicker, it is decided anew on what stands then.
func amend(ctx context.Context, behalf *gate.Session, task fhir.Ref, change func(*request) error) (store.Version, error) {
	for range amendMost {
		v, r, err := look(ctx, behalf, task)
		if err != nil {
			return v, err
		}
		if err := change(r); err != nil {
			return v, err
		}
		text, err := r.doc.Bytes()
		if err != nil {
			return v, fault.Wrap(err, "writing a Task")
		}
		res, err := fhir.ParseResource(text)
		if err != nil {
			return v, fault.Wrap(err, "writing a Task")
		}
		op := gate.Op{Kind: gate.Update, Type: task.Type, ID: task.ID, IfVersion: v.Number, Resource: res}
		results, err := behalf.Apply(ctx, []gate.Op{op}, nil)
		if err == nil {
			return results[0].Version, nil
		}
		if fault.CodeOf(err) != fault.Precondition {
			return v, err
		}
	}
	return store.Version{}, fault.New(fault.Conflict, "Others change %s all the time. Look again, then repeat it.", task)
}

// look reads the Task of a request.
func look(ctx context.Context, s *gate.Session, task fhir.Ref) (store.Version, *request, error) {
	v, err := s.Read(ctx, task)
	if err != nil {
		return v, nil, err
	}
	r, err := readRequest(v.Body.Bytes)
	return v, r, err
}

// Trace is what a mark leads to.
type Trace struct {
	Task      fhir.Ref
	Requester string // such as Practitioner/…
	At        string // the institution, such as Organization/…; "" for none
	Recipient string // a name, or Organization/…
	Purpose   string
	Run       int // of the request, from 1
	Began     time.Time
}

// Trace tells from which run a mark comes. The error is NotFound for one that this record has not made.
func (d *Desk) Trace(ctx context.Context, s *gate.Session, mark string) (Trace, error) {
	none := fault.New(fault.NotFound, "No export of this record has made this mark. Give the code of meta.tag as it stands there, whole.")
	id, number, ok := split(mark)
	if !ok || !fhir.ValidID(id) {
		return Trace{}, none
	}
	task := fhir.Ref{Type: typeTask, ID: id}
	_, r, err := look(ctx, s.Behalf(Process), task)
	switch c := fault.CodeOf(err); {
	case c == fault.NotFound || c == fault.Gone || c == fault.Unprocessable:
		return Trace{}, none
	case err != nil:
		return Trace{}, err
	case number > len(r.runs) || !are(mark, d.marks.of(r, number, r.runs[number-1].began)):
		return Trace{}, none
	}
	return Trace{
		Task: task, Requester: r.requester, At: r.custodian, Recipient: r.Recipient, Purpose: r.Purpose,
		Run: number, Began: r.runs[number-1].began,
	}, nil
}
