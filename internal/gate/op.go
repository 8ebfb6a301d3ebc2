package gate

import (
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// Kind is what an [Op] does.
type Kind uint8

// The kinds. Their order is that in which a transaction carries them out (R4, 3.1.0.11.2).
const (
	Delete Kind = iota
	Create
	Update
	Patch
	Read
)

// AnyVersion is the wish that there be a version, whichever it is.
const AnyVersion = -1

// Op is one interaction with one resource.
type Op struct {
	Kind      Kind
	Type      schema.Type
	ID        string        // of the target; "" for Create and where Match names it
	Match     *Criteria     // of a conditional interaction
	IfVersion int64         // the newest version must be this one; 0 for no such wish, or AnyVersion
	IfAbsent  bool          // an Update that must create
	Resource  fhir.Resource // of Create and Update
	Patch     Patching
	FullURL   string // by which other ops of the list refer to this one, often urn:uuid:…
	Process   string // on whose behalf the op writes, of a session that acts for a process; "" for that one
	Place     string // where the op stands, such as Bundle.entry[3]; "" for one that stands alone
}

// Patching is what a [Patch] does to a resource: a JSON Patch ([fhir.Patch]) or a FHIRPath Patch (patch.Patch of
// internal/fhir/fhirpath).
type Patching interface {
	// Apply makes the changes on a copy of a resource, all of them or none. Its error is a *fault.Error.
	Apply(resource []byte) ([]byte, error)
	// Len is the number of changes. Each is work in proportion to the resource.
	Len() int
}

// target names the resource of an op that says which it is.
func (o *Op) target() fhir.Ref { return fhir.Ref{Type: o.Type, ID: o.ID} }

// Event is what became of an op.
type Event uint8

// The events. They are stored in answers: never renumber them.
const (
	Nothing Event = iota // a delete of what was not there
	Created
	Updated
	Deleted
	Found // a read, or a conditional create whose resource was there
)

// Result is what became of an op and the version that it made or found.
type Result struct {
	Event    Event
	Version  store.Version
	Issues   []fault.Issue // with what was written
	Replayed bool          // the result of an earlier request with the same idempotency key
}

// Idempotency makes a request safe to repeat: within its time the same key is answered with the same result.
type Idempotency struct {
	Key    string // chosen by the client
	Digest []byte // of the request; the same key with another digest is refused
	Keep   time.Duration
}
