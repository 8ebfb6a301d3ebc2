package gate

import (
	"context"
	"crypto/cipher"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/store/index"
)

// Config says how the gate keeps the record.
type Config struct {
	Zone       *time.Location   // of dates without an offset
	Index      *index.Index     // by which to search; nil: by R4's parameters, on a record that nobody else searches
	Validation *Validation      // of what is written; nil: none
	References bool             // check that references lead somewhere; off for bulk loads that come in any order
	Owned      []Ownership      // resources that only processes write
	Now        func() time.Time // for what holds when; nil: the machine's clock
	Trail      *trail.Recorder  // that is told of all that is done, and from which AuditEvents are read; nil: no trail is kept, which is for tests
}

// now is the instant by which it is settled whether a permit holds.
func (g *Gate) now() time.Time {
	if g.config.Now != nil {
		return g.config.Now()
	}
	return time.Now()
}

// Gate opens sessions on a record.
type Gate struct {
	db     store.DB
	hasher store.Hasher
	config Config
	index  *index.Index
	sealer cipher.AEAD
	owners owners
}

// New makes the gate of a record.
func New(db store.DB, config Config) *Gate {
	if config.Zone == nil {
		config.Zone = time.UTC
	}
	if config.Index == nil {
		config.Index = index.Fixed(db, search.R4(config.Zone))
	}
	sealer, err := newSealer(db.Secret())
	if err != nil {
		panic(err) // the length of its key is right
	}
	return &Gate{db: db, hasher: store.NewHasher(db.Secret()), config: config, index: config.Index, sealer: sealer}
}

// Actor is who asks.
type Actor struct {
	Reference   string   // such as Practitioner/…; it stands as author of every version that the actor makes
	Client      string   // the id of the program that the actor uses; "" if it has none
	As          string   // as what the actor acts, such as the name of a grant; "" if it is always the same
	Role        Role     // as what; "" for the platform itself
	Institution string   // at which the actor works, such as Organization/…; "" for none. It answers for what the actor writes
	Resident    fhir.Ref // of a resident, and of a proxy for whom it acts
	Process     string   // the process on whose behalf the session writes, "" for none; see [Ownership]
	Access      *Access  // what the actor may do; nil: nothing

	Proved time.Time // when the person last showed a second factor; the zero Time for never, and for programs
}

// Session is one actor's way to the record, for the time of one request.
type Session struct {
	gate    *Gate
	actor   Actor
	journal *journal // of the request that the session is for; nil before [Session.Begin]
}

// Session opens a session.
func (g *Gate) Session(actor Actor) *Session { return &Session{gate: g, actor: actor} }

// Behalf is a session of the same person on behalf of a process, which has settled what may be done: it may do everything, and
// writes what the process owns.
func (s *Session) Behalf(process string) *Session {
	actor := s.actor
	actor.Process, actor.Access = process, Whole()
	return &Session{s.gate, actor, s.journal}
}

// Unseen is a session for what only settles something and gives nothing out: the trail does not tell what it reads.
func (s *Session) Unseen() *Session { return &Session{s.gate, s.actor, nil} }

// Now is the instant by which the gate settles what holds.
func (s *Session) Now() time.Time { return s.gate.now() }

// Actor is whose session it is.
func (s *Session) Actor() Actor { return s.actor }

// Read is the newest version of a resource, without what is hidden of it from the actor. The error is NotFound where there is none
// that may be seen, Gone where it was deleted, Forbidden where the actor may read nothing of the type, and for a Patient whose
// record is not open to somebody to whom a permit would open it.
func (s *Session) Read(ctx context.Context, ref fhir.Ref) (store.Version, error) {
	if s.gate.audits(ref.Type) {
		return s.audit(ctx, ref, 1)
	}
	if err := s.allow(ref.Type, MayRead); err != nil {
		return store.Version{}, err
	}
	newest, err := s.gate.db.Head(ctx, ref)
	if err != nil {
		return store.Version{}, err
	}
	return s.give(ctx, s.gate.db, newest, ref)
}

// give is a resource as Read gives it, of which this is the newest version.
func (s *Session) give(ctx context.Context, by reader, newest store.Version, ref fhir.Ref) (store.Version, error) {
	view, err := s.view(ctx, by)
	if err != nil {
		return store.Version{}, err
	}
	v, err := view.headOf(ctx, by, newest, ref, MayRead)
	if err == nil {
		err = there(v, ref)
	}
	if err == nil {
		err = view.hushAsked(ctx, by, &v)
	}
	if err != nil {
		return v, err
	}
	return v, s.tell(v)
}

// head is the newest version of a resource as it may be seen; the zero Version where there is none.
func (v *view) head(ctx context.Context, ref fhir.Ref, may May) (store.Version, error) {
	newest, err := v.gate.db.Head(ctx, ref)
	if err != nil {
		return newest, err
	}
	return v.headOf(ctx, v.gate.db, newest, ref, may)
}

// headOf is head where the newest version is known. Whether there is a Patient whose record is not open or none, it takes as long.
func (v *view) headOf(ctx context.Context, by reader, newest store.Version, ref fhir.Ref, may May) (store.Version, error) {
	head, err := v.opening(ctx, by, newest, ref, may)
	if !head.Exists() && newest.Live() { // those whom it is about can see that somebody tried
		refs, err := v.of(newest)
		if err != nil {
			return head, err
		}
		v.tellAsked(refs...)
	}
	return head, err
}

// opening asks for permits where a Patient is named whom the actor does not see without one.
func (v *view) opening(ctx context.Context, by reader, newest store.Version, ref fhir.Ref, may May) (head store.Version, err error) {
	if ref.Type != typePatient || !v.asks() || !v.sight(ref.Type).permits() {
		return v.seen(ctx, by, newest, may)
	}
	head, err = v.seenWithin(ctx, by, newest, may)
	if err != nil || head.Exists() {
		return head, err
	}
	if err := v.openFor(ctx, by, []fhir.Ref{ref}); err != nil {
		return head, err
	}
	if head, err = v.seenWithin(ctx, by, newest, may); err == nil && !head.Exists() {
		err = unpermitted()
	}
	return head, err
}

// there refuses what is not there to be read.
func there(v store.Version, ref fhir.Ref) error {
	switch {
	case !v.Exists():
		return fault.New(fault.NotFound, "There is no %s.", ref)
	case v.Deleted():
		return fault.New(fault.Gone, "%s was deleted; version %d is the deletion.", ref, v.Number)
	}
	return nil
}

// VRead is a version of a resource. The error is NotFound where there is none that may be seen, Gone where it is a deletion,
// Forbidden where the actor may read nothing of the type. What may not be seen as it is now, may not as it was: it may have
// been put right since, such as what was filed under somebody else.
func (s *Session) VRead(ctx context.Context, ref fhir.Ref, number int64) (store.Version, error) {
	if s.gate.audits(ref.Type) {
		return s.audit(ctx, ref, number)
	}
	if err := s.allow(ref.Type, MayRead); err != nil {
		return store.Version{}, err
	}
	view, err := s.view(ctx, s.gate.db)
	if err == nil {
		err = view.current(ctx, ref, MayRead)
	}
	if err != nil {
		return store.Version{}, err
	}
	v, err := s.gate.db.Version(ctx, ref, number)
	if err == nil {
		v, err = view.seen(ctx, s.gate.db, v, MayRead)
	}
	if err == nil {
		err = view.hushAsked(ctx, s.gate.db, &v)
	}
	if err != nil {
		return v, err
	}
	if !v.Exists() {
		return v, fault.New(fault.NotFound, "There is no version %d of %s.", number, ref)
	}
	if err := there(v, ref); err != nil {
		return v, err
	}
	return v, s.tell(v)
}

// current refuses, as if it were not there, a resource that may not be seen as it is now.
func (v *view) current(ctx context.Context, ref fhir.Ref, may May) error {
	if v.whole(ref.Type, may) {
		return nil
	}
	head, err := v.head(ctx, ref, may)
	if err == nil && !head.Exists() {
		return there(head, ref)
	}
	return err
}

// scanned is how many resources of a scan are looked at together for what their references say.
const scanned = 200

// Scan calls do for every resource that is not deleted and may be seen without a permit, as one snapshot shows them; what their
// references say is as it may be seen a little later.
func (s *Session) Scan(ctx context.Context, do func(store.Version) error) error {
	view, err := s.view(ctx, s.gate.db)
	if err != nil {
		return err
	}
	if a := s.actor.Access; a != nil && a.whole {
		return s.gate.db.Scan(ctx, func(v store.Version) error {
			s.tellNumber(1)
			return do(v)
		})
	}
	var some []*store.Version
	give := func() error {
		if err := view.hush(ctx, s.gate.db, some...); err != nil {
			return err
		}
		for _, v := range some {
			if err := do(*v); err != nil {
				return err
			}
		}
		some = some[:0]
		return nil
	}
	err = s.gate.db.Scan(ctx, func(v store.Version) error {
		if !s.whole(v.Ref.Type, MayRead) {
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a stored resource")
			}
			if !view.sees(MayRead, r, v.Updated) {
				return nil
			}
		}
		s.tellNumber(1)
		v, err := view.shown(v, MayRead)
		if err != nil {
			return err
		}
		if some = append(some, &v); len(some) < scanned {
			return nil
		}
		return give()
	})
	if err != nil {
		return err
	}
	return give()
}
