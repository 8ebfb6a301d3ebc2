package emergency

import (
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// usesMost bounds the uses that one report looks at, newest first.
const usesMost = 1000

// Report tells of the uses in a window of time.
type Report struct {
	Since, Until time.Time
	Whole        bool // whether all of them have been looked at, and not only the newest
	Who          []Conduct
}

// Uses are those that the institution of a session has to answer for, or, for a regulator and the platform itself, those of all
// institutions or of one, since an instant, or in the usual window. The error is Forbidden for the uses of another institution.
//
// Practitioners are named, residents are masked: who reads this looks for a pattern, not for a resident.
func (e *Service) Uses(ctx context.Context, session *gate.Session, since time.Time, institution string) (Report, error) {
	a := session.Actor()
	if over := a.Role == gate.Regulator || a.Role == ""; !over {
		if a.Institution == "" || institution != "" && institution != a.Institution {
			return Report{}, fault.New(fault.Forbidden, "You see the emergency uses of your own institution; leave the parameter institution out.")
		}
		institution = a.Institution
	}
	r := Report{Since: since, Until: e.now(session)}
	if since.IsZero() {
		r.Since = r.Until.Add(-e.config.Window)
	}
	r.Since = r.Since.In(e.config.Zone)
	asked := []search.Pair{
		{Name: "code", Value: SystemProcess + "|" + codeReview}, {Name: "authored-on", Value: "ge" + draft.Instant(r.Since)}, {Name: "_sort", Value: "-authored-on"},
	}
	if institution != "" {
		if local(institution) == (fhir.Ref{}) {
			return Report{}, fault.New(fault.Malformed, "institution is a reference such as Organization/1.").WithIssue("value")
		}
		asked = append(asked, search.Pair{Name: "-custodian", Value: institution})
	}
	s := session.Behalf(Process)
	tasks, all, err := find(ctx, s, typeTask, usesMost, asked...)
	if err != nil {
		return Report{}, err
	}
	r.Whole = all
	f := facts{Service: e, session: s, goldens: map[string]fhir.Ref{}, names: map[string]string{}}
	made := make([]Made, len(tasks))
	for i, t := range tasks {
		if made[i], err = f.of(ctx, t); err != nil {
			return Report{}, err
		}
	}
	r.Who = e.config.Conducts(made, r.Until)
	return r, f.call(ctx, r.Who)
}

// facts are what a report needs to know beside the reviews themselves.
type facts struct {
	*Service
	session *gate.Session
	goldens map[string]fhir.Ref // of Patients
	names   map[string]string
}

// of reads a use from its review.
func (f *facts) of(ctx context.Context, t fhir.Resource) (m Made, err error) {
	zone, patient := f.config.Zone, target(t.Root.Get("for"))
	m = Made{
		Practitioner: target(t.Root.Get("requester")), Institution: target(t.Root.Get("owner")),
		At: when(t.Root.Get("authoredOn"), zone), Due: when(t.Root.Get("restriction").Get("period").Get("end"), zone),
		Reviewed:    t.Root.Get("status").Str() == "completed",
		Unjustified: has(t.Root.Get("businessStatus"), SystemVerdict, string(IsUnjustified)),
	}
	if m.Resident, err = f.golden(ctx, patient); err != nil {
		return m, err
	}
	visits, _, err := find(ctx, f.session, typeEncounter, 1, search.Pair{Name: "patient", Value: m.Resident.String()}, search.Pair{Name: "-custodian", Value: m.Institution},
		search.Pair{Name: "date", Value: "ge" + draft.Instant(m.At.Add(-f.config.Visit))}, search.Pair{Name: "date", Value: "le" + draft.Instant(m.At.Add(f.config.Visit))})
	m.Visited = len(visits) > 0
	return m, err
}

// golden is the Patient that stands for whom a Patient is.
func (f *facts) golden(ctx context.Context, patient string) (fhir.Ref, error) {
	if known, ok := f.goldens[patient]; ok {
		return known, nil
	}
	is := local(patient)
	p, ok, err := read(ctx, f.session, patient)
	if ok {
		is = gate.Golden(p.Resource)
		f.names[patient] = called(p.Resource)
	}
	f.goldens[patient] = is
	return is, err
}

// call names the people of a report, residents masked.
func (f *facts) call(ctx context.Context, who []Conduct) (err error) {
	for i := range who {
		c := &who[i]
		if c.Name, err = f.nameOf(ctx, c.Practitioner); err != nil {
			return err
		}
		for j := range c.Often {
			name, err := f.nameOf(ctx, c.Often[j].Resident.String())
			if err != nil {
				return err
			}
			c.Often[j].Masked = fhir.MaskName(name)
		}
	}
	return nil
}

func (f *facts) nameOf(ctx context.Context, who string) (name string, err error) {
	name, known := f.names[who]
	if !known {
		name, err = nameOf(ctx, f.session, who)
		f.names[who] = name
	}
	return name, err
}
