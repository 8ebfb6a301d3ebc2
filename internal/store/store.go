package store

import (
	"context"
	"math"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Method is the interaction that made a version, as the history tells it.
type Method uint8

// The methods. The numbers are stored: never renumber them.
const (
	Post   Method = 1
	Put    Method = 2
	Patch  Method = 3
	Delete Method = 4
	PutNew Method = 5 // a PUT that created the resource, or brought it back
)

func (m Method) String() string {
	return [...]string{"", "POST", "PUT", "PATCH", "DELETE", "PUT"}[m]
}

// Version is one version of one resource as it is kept. The zero Version stands for none.
type Version struct {
	Rid     int64 // the resource's number inside this database; it never leaves the server
	Ref     fhir.Ref
	Number  int64 // the version, from 1 without a gap
	Updated time.Time
	Method  Method
	Author  string // reference of who made it, such as Practitioner/…
	Body    fhir.Body
}

// Exists tells whether there is such a version, deletions included.
func (v Version) Exists() bool { return v.Number != 0 }

// Deleted tells whether the version is a deletion.
func (v Version) Deleted() bool { return v.Method == Delete }

// Live tells whether the version is there and is no deletion.
func (v Version) Live() bool { return v.Exists() && !v.Deleted() }

// Resource is the body as a client reads it, nil for a deletion.
func (v Version) Resource() []byte {
	if !v.Live() {
		return nil
	}
	return v.Body.Render(v.Number, v.Updated)
}

// Mark is a place in the history of a type: just before the version of that instant, resource and number.
// Histories run from the newest to the oldest.
type Mark struct {
	Updated time.Time
	Rid     int64
	Number  int64
}

// Before tells whether v comes after the mark on the way to the oldest version.
func (m Mark) Before(v Version) bool {
	if !v.Updated.Equal(m.Updated) {
		return v.Updated.Before(m.Updated)
	}
	if v.Rid != m.Rid {
		return v.Rid < m.Rid
	}
	return v.Number < m.Number
}

// Past is a version in a history with the instant at which the next version took its place, zero for the newest.
type Past struct {
	Version
	Until time.Time
}

// DB is what a database must offer. Every method is safe for concurrent use. Errors are *fault.Error: Unavailable
// where trying again may help, Internal otherwise; nothing else leaves a driver.
type DB interface {
	// Head is the newest version of a resource; the zero Version where there is none.
	Head(ctx context.Context, ref fhir.Ref) (Version, error)
	// Version is a version of a resource; the zero Version where there is none.
	Version(ctx context.Context, ref fhir.Ref, number int64) (Version, error)
	// Versions are at most n versions of a resource with numbers below before, newest first. It reads one snapshot.
	Versions(ctx context.Context, ref fhir.Ref, before int64, n int) ([]Past, error)
	// Changes are at most n versions of resources of a type that lie before the mark, newest first, one snapshot.
	Changes(ctx context.Context, t schema.Type, before Mark, n int) ([]Past, error)
	// Scan calls do for every live resource, by Rid, as one snapshot shows them; an error of do ends it.
	Scan(ctx context.Context, do func(Version) error) error
	// Count is how many live resources each type has.
	Count(ctx context.Context) (map[schema.Type]int64, error)
	// Keys is how many keys there are.
	Keys(ctx context.Context) (int64, error)
	// Definitions are those by which the index is built; their texts are left out unless asked for.
	Definitions(ctx context.Context, texts bool) ([]Definition, error)
	// ClearIndex takes all lines out of the index, and all definitions.
	ClearIndex(ctx context.Context) error
	// Now is the instant by the database's clock.
	Now(ctx context.Context) (time.Time, error)
	// Gather reads everything named, outside a transaction.
	Gather(ctx context.Context, want Want) (Found, error)
	Reader
	Feed
	Register
	Trail
	// Write carries work out in a serializable transaction and commits it unless its Do fails. After an error nothing
	// that it did stands, unless the error is Unavailable: then the commit may or may not have happened.
	Write(ctx context.Context, w Work) error
	// Reserved are the places of some scopes, of all where none is named, that somebody has or had, those that have run out included,
	// by their scopes and names.
	Reserved(ctx context.Context, scopes ...string) ([]Reservation, error)
	// Alone tells whether no other server can work on this database.
	Alone() bool
	// Secret is a random value of this database, made at its first migration; it keys hashes and cursors.
	Secret() []byte
	// Size is how many bytes the database takes on disk.
	Size(ctx context.Context) (int64, error)
	// Ping fails when the database cannot serve.
	Ping(ctx context.Context) error
	Close() error
}

// Work is a transaction to be.
type Work struct {
	// Puts is about how many versions Do will put. Big writes take turns, for side by side they would only undo each
	// other's work.
	Puts int
	// Want is what Do must know.
	Want Want
	// Do decides and puts, given what was wanted. It may run several times, and so must do nothing but call its Tx.
	Do func(Tx, Found) error
}

// BigPuts is the number of versions from which a write is big.
const BigPuts = 64

// Big tells whether a write is better carried out by itself than in a transaction with others.
func (w Work) Big() bool { return w.Puts >= BigPuts }

// Reader is what searches are made of. Each method is one round trip, however much it is asked for.
type Reader interface {
	// Seek reads a part of each range of the index, in its order.
	Seek(ctx context.Context, ranges []Range) ([][]Posting, error)
	// Sizes counts the lines of each range, as far as most.
	Sizes(ctx context.Context, ranges []Range, most int) ([]int, error)
	// Heads are newest versions by name: the zero Version where there is none.
	Heads(ctx context.Context, refs []fhir.Ref) ([]Version, error)
	// Holders are the newest versions of at most so many resources that have any of the keys, in no order.
	Holders(ctx context.Context, keys []Key, most int) ([]Version, error)
	// Held tells of each key whether a resource has it.
	Held(ctx context.Context, keys []Key) ([]bool, error)
	// Names are the names of resources by number, the zero Ref where there is none.
	Names(ctx context.Context, rids []int64) ([]fhir.Ref, error)
	// Bodies are the newest versions of resources by number, in any order, without those that are deleted.
	Bodies(ctx context.Context, rids []int64) ([]Version, error)
	// Born are the instants of the first versions of resources that have several.
	Born(ctx context.Context, rids []int64) (map[int64]time.Time, error)
}

// Range is a part of the index: lines with a key, from one place to another. With Texts it is one of the index of texts.
type Range struct {
	Key      Key
	Texts    bool
	From, To Posting // both are left out themselves
	Down     bool    // from To to From
	Most     int     // lines to read
	// Changes, in place of a key, asks for the live resources of a type by when they were last changed.
	Changes schema.Type
}

// Posting is a line of the index, or a place between lines.
type Posting struct {
	Order int64
	Text  string // in the index of texts, in place of Order
	Rid   int64
}

// Tx is a transaction. It sees its own snapshot, and what it has Put.
type Tx interface {
	Reader
	RegisterTx
	// Now is the instant of every version that the transaction makes, in microseconds.
	Now() (time.Time, error)
	// Gather reads everything named in one round trip.
	Gather(Want) (Found, error)
	// Put writes versions and fills in Updated, and Rid where it is the first. Numbers and Rids must follow what
	// Gather has shown in this transaction; two changes never concern one resource.
	Put([]Change) error
	// Reserve takes a place for a holder until an instant, or [ForEver]; taking it again puts the end elsewhere. It tells
	// false if another holder has it now. Contended quantities are never counted: each one is a place.
	Reserve(place Place, holder string, until time.Time) (bool, error)
	// Release gives a holder's place back. It tells false if the holder did not have it; one that has run out is the
	// holder's as long as nobody else has taken it.
	Release(place Place, holder string) (bool, error)
	// Advance moves a named cursor of the feed from one position to another; one that has never moved is at the zero
	// Position. It tells false if the cursor is elsewhere: then somebody else was quicker, and Do must fail.
	Advance(name string, from, to Position) (bool, error)
	// Enqueue asks for jobs.
	Enqueue([]Job) error
	// Index adds lines to the index, those that are there already too, and takes others out.
	Index([]Indexed) error
	// Define keeps a definition, in place of one of the same type and ID, but never goes back in state or time; an empty
	// Text leaves ground and text as they are.
	Define(Definition) error
	// Undefine drops a definition.
	Undefine(Definition) error
	// Trace adds lines to the trail, each of which ends with a line feed: they stand or fall with the transaction.
	Trace(lines []byte) error
	// Remember keeps the answer to a request under its idempotency key until an instant.
	Remember(key []byte, answer Answer, until time.Time) error
}

// Place is one of those things of a scope that one holder can have at a time: a number of a clinic, a use of a
// prescription.
type Place struct{ Scope, Name string }

// OwnScopes begin so: they are for leases among servers, not for resources.
const OwnScopes = "yitong/"

// ForEver is the end of a reservation that does not run out.
var ForEver = time.UnixMicro(math.MaxInt64).UTC()

// Reservation is a place that a holder has until an instant.
type Reservation struct {
	Place
	Holder string
	Until  time.Time
}

// Indexed is what becomes of a resource in the index without a new version of it.
type Indexed struct {
	Rid       int64
	Add, Drop Keys
}

// Definition is a set of search parameters of a type by which the index is, was or will be built.
type Definition struct {
	Type   schema.Type
	ID     string
	Ground string // what the lines depend on beside the text
	Text   string
	State  State
	Wanted time.Time // until when a server has said that it searches by it
}

// State is how far a definition has come.
type State uint8

// The states. The numbers are stored: never renumber them.
const (
	Building State = 0 // writes add its lines; those of older versions are being added
	Ready    State = 1 // all its lines are there
	Dying    State = 2 // its lines are being taken out; writes add none
)

// Answer is what was answered to a request that carried an idempotency key.
type Answer struct {
	Request []byte // digest of the request
	Text    []byte
}

// Want is what a transaction needs to know.
type Want struct {
	Heads []fhir.Ref // newest versions, with bodies
	Live  []fhir.Ref // whether these are there and not deleted
	Seek  []Seek
	Key   []byte // an idempotency key, nil for none
	// Places that Do may reserve or release. Others can be too, but those that are named here are fought for in an order
	// in which nobody waits for anybody in a circle, and all in one round trip.
	Places []Place
}

// Empty tells whether nothing is wanted.
func (w Want) Empty() bool {
	return len(w.Heads)+len(w.Live)+len(w.Seek)+len(w.Places) == 0 && w.Key == nil
}

// Seek asks for the newest versions of at most Most resources that have any of the keys, or for those without their
// bodies.
type Seek struct {
	Keys   []Key
	Most   int
	Naming bool // without bodies
}

// Found answers a [Want], in its order.
type Found struct {
	Heads  []Version // the zero Version where there is none
	Live   []bool
	Seek   [][]Version
	Answer *Answer // what was remembered under the key and has not run out
}

// Change is a version to be written.
type Change struct {
	Version
	Previous time.Time // when the version before was made; zero for the first
	Add      Keys      // lines of the index that the resource gains
	Again    bool      // some of these may be there already
	Drop     Keys      // lines that it loses
}

// After is the instant of a version: now, but always later than that of the version before.
func After(now, previous time.Time) time.Time {
	if now.After(previous) {
		return now
	}
	return previous.Add(time.Microsecond)
}
