package gate

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// auditor reads the trail for a session.
type auditor struct {
	*view
	may    May
	asked  []*search.Criterion
	finder trail.Finder
	scopes map[string][]string // of records by their ids, as whom the actor sees them; nil for all of it
}

func (s *Session) auditor(ctx context.Context, may May, all ...*search.Criterion) (*auditor, error) {
	if err := s.allow(typeAuditEvent, may); err != nil {
		return nil, err
	}
	v, _, err := s.viewOf(ctx, s.gate.db, all) // no permit opens the trail
	finder := trail.Finder{DB: s.gate.db, Hasher: s.gate.hasher}
	return &auditor{view: v, may: may, finder: finder, scopes: map[string][]string{}}, err
}

// finds tells whether the actor sees a record, and what is shown of it meets what is asked for.
func (a *auditor) finds(r *trail.Record) (bool, error) {
	e, is, err := a.scope(r)
	if !is || err != nil {
		return false, err
	}
	if as := a.scopes[r.ID]; as != nil {
		if e, err = a.event(r, as); err != nil || !a.sees(a.may, e, r.At) {
			return false, err
		}
	}
	return !slices.ContainsFunc(a.asked, func(c *search.Criterion) bool { return !c.Matches(e, r.At) }), nil
}

// event is a record as an AuditEvent without words.
func (a *auditor) event(r *trail.Record, patients []string) (fhir.Resource, error) {
	e, err := fhir.ParseResource(trail.Sheet{Mute: true}.AuditEvent(*r, patients))
	if err != nil {
		err = fault.Wrap(err, "reading a record of the trail")
	}
	return e, err
}

// scope settles as whom the actor sees a record: by rules that are limited to Patients, as these; and tells whether there is a rule
// of each layer. It gives the record as it is.
func (a *auditor) scope(r *trail.Record) (e fhir.Resource, is bool, err error) {
	if e, err = a.event(r, nil); err != nil || a.whole(typeAuditEvent, a.may) {
		a.scopes[r.ID] = nil
		return e, err == nil, err
	}
	var as []string
	for _, layer := range a.sight(typeAuditEvent) {
		layerAs, is := a.scopeBy(layer, e, r)
		if !is {
			return e, false, nil
		}
		if as == nil {
			as = layerAs
		} else if layerAs != nil {
			as = slices.DeleteFunc(as, func(ref string) bool { return !slices.Contains(layerAs, ref) })
		}
	}
	a.scopes[r.ID] = as
	return e, true, nil
}

// scopeBy is as whom a layer lets see a record, nil for all of it; false if it does not.
func (a *auditor) scopeBy(layer []*compiled, e fhir.Resource, r *trail.Record) (as []string, is bool) {
	for _, c := range layer {
		if !c.allows(a.may) || a.touches(c, typeAuditEvent) || !a.own(c, e, r.At) {
			continue
		}
		patients := a.patients(c)
		if patients == nil {
			return nil, true
		}
		as, is = append(as, patients...), true
	}
	return as, is
}

// patients are those whom a rule is limited to, by all their names; nil if it is not limited to any.
func (a *auditor) patients(c *compiled) (refs []string) {
	note := func(ref fhir.Ref, said bool) {
		if said {
			refs = append(refs, ref.String())
		}
	}
	if c.within != nil {
		c.within.Widened(a.names).Named(typePatient, note)
	}
	for _, one := range c.all {
		one.Named(typePatient, note)
	}
	return refs
}

// versions are records that the actor finds as AuditEvents with words, as many as a page has room for.
func (a *auditor) versions(ctx context.Context, records []trail.Record) (out []store.Version, err error) {
	sheet := trail.Sheet{Zone: a.gate.config.Zone}
	if sheet.Name, err = a.staff(ctx, records); err != nil {
		return nil, err
	}
	size := 0
	for i := range records {
		r := &records[i]
		as, scoped := a.scopes[r.ID]
		if !scoped {
			return nil, fault.Wrap(nil, "showing a record of the trail that nobody has looked at")
		}
		e, err := fhir.ParseResource(sheet.AuditEvent(*r, as))
		if err != nil {
			return nil, fault.Wrap(err, "reading a record of the trail")
		}
		v := store.Version{Ref: fhir.Ref{Type: e.Type, ID: e.ID}, Number: 1, Updated: r.At, Method: store.Post, Body: e.Body(e.ID, nil)}
		if a.sight(typeAuditEvent).masks() { // what references to people tell, the trail does not say
			if v, err = a.shown(v, a.may); err != nil {
				return nil, err
			}
		}
		if out = append(out, v); size > auditBytesMost {
			break
		}
		size += len(v.Body.Bytes)
	}
	return out, nil
}

// staff tells how those who have done something are called, and the institutions for which, as far as the actor may see them.
// Residents are not named.
func (a *auditor) staff(ctx context.Context, records []trail.Record) (func(string) string, error) {
	var refs []fhir.Ref
	for i := range records {
		for _, text := range []string{records[i].Who, records[i].For} {
			if ref := fhir.ParseReference(text); ref.Kind == fhir.ReferenceLocal && ref.Ref.Type != typePatient && !slices.Contains(refs, ref.Ref) {
				refs = append(refs, ref.Ref)
			}
		}
	}
	names := map[string]string{}
	if refs == nil {
		return nil, nil
	}
	heads, err := a.gate.db.Heads(ctx, refs)
	if err != nil {
		return nil, err
	}
	for _, head := range heads {
		shown, err := a.seenWithin(ctx, a.gate.db, head, MayRead)
		if err != nil {
			return nil, err
		}
		if shown.Live() {
			if names[shown.Ref.String()], err = nameIn(shown); err != nil {
				return nil, err
			}
		}
	}
	return func(ref string) string { return names[ref] }, nil
}

// nameIn is how somebody, or an institution, is called by a version.
func nameIn(v store.Version) (string, error) {
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return "", fault.Wrap(err, "reading a stored resource")
	}
	name := r.Root.Get("name")
	if name.Kind() == fhir.String {
		return name.Str(), nil
	}
	name = name.First()
	return cmp.Or(name.Get("text").Str(), name.Get("family").Str()+name.Get("given").First().Str()), nil
}

// wanted says what criteria ask of records; that AuditEvents meet them all is looked at once more.
func (a *auditor) wanted(all []*search.Criterion) (w trail.Wanted) {
	for _, c := range all {
		refs, is := a.named(c)
		switch {
		case c.In != nil && is && c.In.Refs[0].Type == typePatient:
			w.Patients = fewer(w.Patients, refs)
		case c.Param == nil:
		case c.Param.Name == "patient" && is:
			w.Patients = fewer(w.Patients, refs)
		case c.Param.Name == "agent" && is:
			w.Agents = fewer(w.Agents, refs)
		case c.Param.Name == "entity" && is:
			w.Mentions = fewer(w.Mentions, refs)
		case c.Param.Name == "outcome":
			if codes, is := a.codes(c); is {
				lacks := func(o trail.Outcome) bool { return !slices.Contains(codes, o.Code()) }
				w.Outcomes = fewer(w.Outcomes, slices.DeleteFunc(trail.Outcomes(), lacks))
			}
		case c.Param.Name == "subtype":
			if codes, is := a.codes(c); is {
				w.Subtypes = fewer(w.Subtypes, codes)
			}
		case c.Param.Name == "action":
			if codes, is := a.codes(c); is {
				w.Actions = fewer(w.Actions, codes)
			}
		case c.Param.Name == "date":
			a.dates(c, &w)
		case c.Param.Name == "_lastUpdated":
			if span, is := c.Updated(); is {
				within(&w, span[0], span[1])
			}
		}
		if ids, is := c.IDs(); is {
			w.IDs = []string{}
			for _, ref := range ids {
				w.IDs = append(w.IDs, ref.ID)
			}
		}
	}
	return w
}

// fewer is the shorter of two lists, one of which has to be met as well as the other.
func fewer[T any](old, now []T) []T {
	if old != nil && len(old) <= len(now) {
		return old
	}
	return now
}

// named are the references one of which a resource must have to meet a criterion, false if that is not all that it asks for.
func (a *auditor) named(c *search.Criterion) (refs []string, is bool) {
	access, is := a.Parameters().Access(c)
	if !is {
		return nil, false
	}
	refs = []string{}
	for _, span := range access.Spans {
		if span.Form != search.FormReference {
			return nil, false
		}
		refs = append(refs, span.Value)
	}
	return refs, true
}

// codes are those one of which a resource must have to meet a criterion, whatever its system; false if that is not all that it asks for.
func (a *auditor) codes(c *search.Criterion) (codes []string, is bool) {
	access, is := a.Parameters().Access(c)
	codes = []string{}
	for _, span := range access.Spans {
		codes = append(codes, span.Value[strings.IndexByte(span.Value, 0)+1:])
	}
	return codes, is
}

// dates is the time in which records must lie to meet a criterion.
func (a *auditor) dates(c *search.Criterion, w *trail.Wanted) {
	access, is := a.Parameters().Access(c)
	if !is {
		return
	}
	from, to := int64(math.MaxInt64), int64(math.MinInt64)
	for _, span := range access.Spans {
		if span.Form == search.FormDate {
			from, to = min(from, span.From), max(to, span.To)
		}
	}
	within(w, from, to)
}

// within cuts the time to what lies between two instants, in microseconds.
func within(w *trail.Wanted, from, to int64) {
	if at := time.UnixMicro(from).UTC(); from != math.MinInt64 && (w.From.IsZero() || at.After(w.From)) {
		w.From = at
	}
	if at := time.UnixMicro(to).UTC(); to != math.MaxInt64 && (w.To.IsZero() || at.Before(w.To)) {
		w.To = at
	}
}
