package gate

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// AuditEvents are not stored where the trail is kept: they are its records, as each may see them. Who sees them as a resident sees
// of a record about several what is about that resident alone, and searches in what is shown.

var typeAuditEvent, _ = schema.TypeOf("AuditEvent")

// auditParameters are those by which AuditEvents can be searched.
var auditParameters = []string{"patient", "agent", "date", "action", "outcome", "type", "subtype", "entity", "_id", "_lastUpdated"}

// Limits of searches for AuditEvents.
const (
	auditIDsMost   = 100     // ids in one _id
	auditBytesMost = 8 << 20 // bytes of a page, but for its last AuditEvent
)

// audits tells whether resources of a type are read from the trail.
func (g *Gate) audits(t schema.Type) bool { return t == typeAuditEvent && g.config.Trail != nil }

// Audits tells whether resources of a type are only read, from the trail, and by which parameters they are searched then.
func (s *Session) Audits(t schema.Type) (parameters []string, is bool) {
	return auditParameters, s.gate.audits(t)
}

// unwritten refuses ops on what is read from the trail.
func (t *transaction) unwritten() error {
	for i := range t.ops {
		o := &t.ops[i]
		switch {
		case !t.session.gate.audits(o.Type):
		case o.Kind == Read:
			return o.at(fault.New(fault.NotSupported, "AuditEvents are not read within a transaction; read them by themselves, or in a batch."))
		default:
			return o.at(fault.New(fault.Forbidden, "AuditEvents are the trail, which the platform keeps itself: nobody writes, changes or deletes them."))
		}
	}
	return nil
}

// historyless refuses the history of what never changes.
func historyless() error {
	return fault.New(fault.NotSupported, "AuditEvents never change and have no history; read them, or search them by date.")
}

// searched tells whether a request is for AuditEvents from the trail; of several types that nobody has named they are left out.
// The error is Malformed where other resources are asked for by what AuditEvents say of them.
func (g *Gate) searched(r *search.Request) (*search.Request, bool, error) {
	if g.config.Trail == nil || len(r.Parts) == 1 && r.Parts[0].Type == typeAuditEvent {
		return r, g.config.Trail != nil, nil
	}
	by := slices.ContainsFunc(r.Include, func(in search.Include) bool { return in.Source == typeAuditEvent || in.Target == typeAuditEvent })
	for _, part := range r.Parts {
		by = by || g.byAudits(part.All)
	}
	named := slices.ContainsFunc(r.Used, func(p search.Pair) bool {
		return p.Name == "_type" && slices.Contains(strings.Split(p.Value, ","), typeAuditEvent.String())
	})
	if by || named {
		return nil, false, auditsAlone()
	}
	others := *r
	others.Parts = slices.DeleteFunc(slices.Clone(r.Parts), func(p search.Part) bool { return p.Type == typeAuditEvent })
	return &others, false, nil
}

// byAudits tells whether criteria ask other resources for what AuditEvents say of them.
func (g *Gate) byAudits(all []*search.Criterion) (is bool) {
	for _, c := range all {
		c.Uses(func(of schema.Type, _ *search.Parameter) { is = is || c.Deep() && g.audits(of) })
	}
	return is
}

func auditsAlone() error {
	return fault.New(fault.Malformed, "AuditEvents are searched by themselves: not with other types, by chains or _has, nor to include them.").WithIssue("not-supported")
}

// audit is an AuditEvent as the actor may see it. The error is NotFound where there is none that may be seen.
func (s *Session) audit(ctx context.Context, ref fhir.Ref, number int64) (store.Version, error) {
	a, err := s.auditor(ctx, MayRead)
	if err != nil {
		return store.Version{}, err
	}
	r, is, err := a.finder.One(ctx, ref.ID)
	if err == nil && is {
		is, err = a.finds(&r)
	}
	if err != nil {
		return store.Version{}, err
	}
	if !is {
		return store.Version{}, there(store.Version{}, ref)
	}
	if number != 1 {
		return store.Version{}, fault.New(fault.NotFound, "There is no version %d of %s; it never changes.", number, ref)
	}
	versions, err := a.versions(ctx, []trail.Record{r})
	if err != nil {
		return store.Version{}, err
	}
	s.tellAudits(r)
	return versions[0], nil
}

// tellAudits notes that records of the trail are given out: to residents what is about them, to others what is about whomever.
func (s *Session) tellAudits(records ...trail.Record) {
	j := s.journal
	if j == nil {
		return
	}
	mine := s.ofs()
	for _, r := range records {
		of := mine
		for _, name := range r.Of {
			if ref := fhir.ParseReference(name); len(mine) == 0 && ref.Kind == fhir.ReferenceLocal {
				of = append(of, ref.Ref)
			}
		}
		j.saw = append(j.saw, told{typeAuditEvent.String() + "/" + r.ID + "/1", j.about(of...)})
	}
}

// auditPlace is a [trail.Place] as a cursor has it.
type auditPlace struct {
	At int64 // in microseconds
	ID string
}

// searchAudits reads a page of the AuditEvents that a request finds, the newest first. A page may be short, or empty, and still have
// a next. The error is Malformed for what is not offered for the trail.
func (s *Session) searchAudits(ctx context.Context, r *search.Request, about, token string) (*Results, error) {
	if err := auditable(r); err != nil {
		return nil, err
	}
	a, err := s.auditor(ctx, MaySearch, r.Parts[0].All...)
	if err == nil {
		err = a.touch(r)
	}
	if err != nil {
		return nil, err
	}
	var from trail.Place
	if token != "" {
		var at auditPlace
		text, err := s.Unseal(about, token)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(text), &at); err != nil {
			return nil, fault.Wrap(err, "reading a sealed cursor")
		}
		from = trail.Place{At: time.UnixMicro(at.At).UTC(), ID: at.ID}
	}
	all := a.narrowed(typeAuditEvent, r.Parts[0].All)
	a.asked = all[:len(r.Parts[0].All)]
	want := a.wanted(all)
	want.If = a.finds
	records, next, err := a.finder.Find(ctx, want, from, r.Count)
	if err != nil {
		return nil, err
	}
	found := &Results{Total: -1, Whole: true}
	if found.Matches, err = a.versions(ctx, records); err != nil {
		return nil, err
	}
	s.tellAudits(records[:len(found.Matches)]...)
	if n := len(found.Matches); n < len(records) {
		next = &trail.Place{At: records[n-1].At, ID: records[n-1].ID}
	}
	if next != nil {
		text, err := json.Marshal(auditPlace{next.At.UnixMicro(), next.ID})
		if err != nil {
			return nil, fault.Wrap(err, "writing a cursor")
		}
		found.Next = s.Seal(about, string(text))
	}
	return found, nil
}

// auditable refuses what is not offered in searches for AuditEvents.
func auditable(r *search.Request) error {
	part := r.Parts[0]
	no := func(format string, args ...any) error {
		return fault.New(fault.Malformed, format, args...).WithIssue("not-supported")
	}
	if r.Only || r.Total != search.TotalNone {
		return no("AuditEvents are not counted: leave _total, _summary=count and _count=0 out.")
	}
	if len(r.Include) > 0 {
		return no("Nothing is included with AuditEvents: leave _include and _revinclude out, and read what they name.")
	}
	if n := len(part.Sort); n > 1 || n == 1 && (part.Sort[0].Param.Name != "date" || !part.Sort[0].Down) {
		return no("AuditEvents come with the newest first: leave _sort out, or say _sort=-date.")
	}
	for _, c := range part.All {
		if c.In == nil && (c.Deep() || c.Param == nil || !slices.Contains(auditParameters, c.Param.Name)) {
			return no("AuditEvents can be searched by %s, without chains; not by %s.", strings.Join(auditParameters, ", "), c.Name)
		}
		if refs, is := c.IDs(); is && len(refs) > auditIDsMost {
			return fault.New(fault.TooLarge, "_id takes at most %d ids of AuditEvents.", auditIDsMost)
		}
	}
	return nil
}
