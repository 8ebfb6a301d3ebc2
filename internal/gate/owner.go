package gate

import (
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// Ownership says that a process owns resources: they are written only on its behalf, by sessions whose actor has its name as
// Process, before as after a change. All others of the type stay open to every client.
type Ownership struct {
	Process string
	Type    schema.Type
	Query   string // search criteria that its resources meet
	By      string // how they are written, for who tries otherwise: such as "Patient/$emergency-access"
}

// Everything is the Process of actors that write on behalf of every process: of loads that bring a record back.
const Everything = "*"

// owned refuses a version of a resource that a process owns, or that was its own, from others.
func (d *decision) owned(old *fhir.Resource, p prepared) error {
	if d.session.actor.Process == Everything {
		return nil
	}
	var now *fhir.Resource
	for _, o := range d.session.gate.config.Owned {
		if o.Type != p.ref.Type && (old == nil || old.Type != o.Type) || o.Process == d.session.actor.Process {
			continue
		}
		criteria, err := ParseCriteria(search.Parser{Table: d.session.Parameters()}, o.Type, o.Query)
		if err != nil {
			return err
		}
		if now == nil && p.body.Bytes != nil {
			r, err := fhir.ParseResource(p.body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a resource again")
			}
			now = &r
		}
		for _, r := range []*fhir.Resource{old, now} {
			if r != nil && !slices.ContainsFunc(criteria.all, func(c *search.Criterion) bool { return !c.Matches(*r, time.Time{}) }) {
				return fault.New(fault.Forbidden, "This %s belongs to the process %s, which alone writes it: see %s.", o.Type, o.Process, o.By)
			}
		}
	}
	return nil
}
