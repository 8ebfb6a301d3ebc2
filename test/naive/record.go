package naive

import (
	"slices"
	"time"
)

// Record holds resources and answers searches for them.
type Record struct {
	Zone *time.Location   // of dates without an offset
	Now  func() time.Time // for what is about a date

	facts *Facts
	all   []*Resource
	whole *Record        // of which this is the part that somebody sees; nil: it is whole
	made  map[string]int // by Type/id; what was deleted and comes back keeps its number
}

// Resource is one resource of a record.
type Resource struct {
	Type, ID string
	Body     map[string]any // as the server shows it: with its meta
	// Made tells which of two resources was created later: the one with the greater number. What has the same number
	// was created together, in an order that is not known.
	Made int

	shown map[string]any // nil: the body
}

// Shown is what somebody sees of the resource.
func (r *Resource) Shown() map[string]any {
	if r.shown != nil {
		return r.shown
	}
	return r.Body
}

// Name is Type/id.
func (r *Resource) Name() string { return r.Type + "/" + r.ID }

// NewRecord makes an empty record.
func NewRecord(facts *Facts, zone *time.Location) *Record {
	return &Record{Zone: zone, Now: time.Now, facts: facts, made: map[string]int{}}
}

// Put writes a resource, in the place of one that is there. The number counts when the resource is written for the first
// time.
func (r *Record) Put(body map[string]any, made int) {
	res := &Resource{Type: text(body["resourceType"]), ID: text(body["id"]), Body: body, Made: made}
	if first, known := r.made[res.Name()]; known {
		res.Made = first
	}
	r.made[res.Name()] = res.Made
	r.Remove(res.Type, res.ID)
	r.all = append(r.all, res)
}

// Remove deletes a resource.
func (r *Record) Remove(typ, id string) {
	r.all = slices.DeleteFunc(r.all, func(res *Resource) bool { return res.Type == typ && res.ID == id })
}

// anywhere is a resource of the whole record, nil if it is not there.
func (r *Record) anywhere(typ, id string) *Resource {
	if r.whole != nil {
		r = r.whole
	}
	return r.Get(typ, id)
}

// Get is a resource, nil if it is not there.
func (r *Record) Get(typ, id string) *Resource {
	for _, res := range r.all {
		if res.Type == typ && res.ID == id {
			return res
		}
	}
	return nil
}
