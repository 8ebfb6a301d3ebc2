package gate

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"sync"
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
	// IDs are the ids that the process gives, nil for none, and Under is what the urls begin with that it gives, and the scopes of the
	// places that it takes ([ReservationURL]), "" for none. A resource of the type that has one of them is the process's, whatever the
	// criteria say, and so are the places: nobody takes them first. Processes of which several say one scope share its places.
	IDs   *regexp.Regexp
	Under string
	By    string // how they are written, for who tries otherwise: such as "Patient/$emergency-access"
}

// AnyProcess is the Process of an [Ownership] of what every process writes, and nobody else.
const AnyProcess = ""

// Everything is the Process of actors that write on behalf of every process: of loads that bring a record back.
const Everything = "*"

// owners are the ownerships of a gate, compiled for a table of search parameters.
type owners struct {
	mu    sync.Mutex
	table *search.Table
	all   []owner
}

type owner struct {
	Ownership
	criteria []*search.Criterion
}

// owned are the compiled ownerships.
func (g *Gate) owned() ([]owner, error) {
	o := &g.owners
	o.mu.Lock()
	defer o.mu.Unlock()
	table := g.index.Table()
	if o.table == table {
		return o.all, nil
	}
	var all []owner
	for _, one := range g.config.Owned {
		criteria, err := ParseCriteria(search.Parser{Table: table}, one.Type, one.Query)
		if err != nil {
			return nil, err
		}
		all = append(all, owner{one, criteria.all})
	}
	o.table, o.all = table, all
	return all, nil
}

func (o *owner) has(r *fhir.Resource) bool {
	if r == nil || r.Type != o.Type {
		return false
	}
	if o.IDs != nil && o.IDs.MatchString(r.ID) || o.under(r.Root.Get("url").Str()) {
		return true
	}
	return !slices.ContainsFunc(o.criteria, func(c *search.Criterion) bool { return !c.Matches(*r, time.Time{}) })
}

// under tells whether a name is one that the process gives.
func (o *owner) under(name string) bool { return o.Under != "" && strings.HasPrefix(name, o.Under) }

// takes tells whether a place is one that the process alone takes.
func (o *owner) takes(t taken) bool { return o.under(t.Scope) }

// shares tells whether a process takes a place too.
func shares(all []owner, process string, t taken) bool {
	return process != "" && slices.ContainsFunc(all, func(o owner) bool { return o.Process == process && o.takes(t) })
}

// owned refuses a version of a resource that a process owns, or that was its own, from others.
func (d *decision) owned(op *Op, old *fhir.Resource, p prepared) error {
	behalf := d.session.actor.Process
	if behalf != "" {
		behalf = cmp.Or(op.Process, behalf)
	}
	if behalf == Everything || len(d.session.gate.config.Owned) == 0 {
		return nil
	}
	all, err := d.session.gate.owned()
	if err != nil {
		return err
	}
	of := p.ref.Type
	if old != nil {
		of = old.Type
	}
	var now *fhir.Resource
	for i := range all {
		o := &all[i]
		if behalf != "" && (o.Process == behalf || o.Process == AnyProcess) {
			continue
		}
		if i := slices.IndexFunc(p.places, func(t taken) bool { return o.takes(t) && !shares(all, behalf, t) }); i >= 0 {
			return fault.New(fault.Forbidden, "Places of %s are taken by the process %s alone: see %s.", p.places[i].Scope, o.Process, o.By).At(p.places[i].at.Path())
		}
		if o.Type != of {
			continue
		}
		if now == nil && p.body.Bytes != nil {
			r, err := fhir.ParseResource(p.body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a resource again")
			}
			now = &r
		}
		if o.has(old) || o.has(now) {
			return fault.New(fault.Forbidden, "This %s belongs to the process %s, which alone writes it: see %s.", o.Type, cmp.Or(o.Process, "that it is a case of"), o.By)
		}
	}
	return nil
}
