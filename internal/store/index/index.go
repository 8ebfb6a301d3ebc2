package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// Config says how patient an Index is. The zero value is that of a server.
type Config struct {
	Poll  time.Duration // between two looks at the definitions of others, 1 s
	Grace time.Duration // for others to learn of a change and end what they have begun, 40 s
}

// Index knows by which definitions the index of a record is built, and by which it can be searched.
type Index struct {
	db      store.DB
	hasher  store.Hasher
	program *search.Table
	config  Config
	own     map[schema.Type]store.Definition // the program's
	told    time.Time                        // when others were last told that this server is at work; by look alone
	learns  sync.Mutex                       // held while learning, so that what was read first is not taken up last
	state   atomic.Pointer[state]
}

// state is what holds at a time. It is replaced, never changed.
type state struct {
	table *search.Table                 // by which to search
	types map[schema.Type][]*definition // those types that have other definitions beside the program's
	kept  string                        // which definitions writes keep up
}

// definition is one of several of a type.
type definition struct {
	store.Definition
	table *search.Table
}

// Open brings the index of a record in step with the program's definitions as far as that cannot be done while serving:
// when the record is new, or when the old lines could not be kept up by this program.
func Open(ctx context.Context, db store.DB, program *search.Table, config Config) (*Index, error) {
	if config.Poll == 0 {
		config.Poll = time.Second
	}
	if config.Grace == 0 {
		config.Grace = 40 * time.Second
	}
	x := Fixed(db, program)
	x.config = config
	known, err := db.Definitions(ctx, true)
	if err != nil {
		return nil, err
	}
	if len(known) > 0 && known[0].Ground != program.Ground() {
		if err := x.clear(ctx, known); err != nil {
			return nil, err
		}
		known = nil
	}
	if err := x.introduce(ctx, known); err != nil {
		return nil, err
	}
	return x, x.learn(ctx)
}

// Fixed is an index by the program's definitions alone, for a record that nobody else searches.
func Fixed(db store.DB, program *search.Table) *Index {
	x := &Index{db: db, hasher: store.NewHasher(db.Secret()), program: program, own: map[schema.Type]store.Definition{}}
	ground := program.Ground()
	for _, of := range schema.Types() {
		text := program.Block(of)
		sum := sha256.Sum256([]byte(ground + "\x00" + text))
		x.own[of] = store.Definition{Type: of, Ground: ground, Text: text, ID: hex.EncodeToString(sum[:12])}
	}
	x.state.Store(&state{table: program})
	return x
}

// clear empties an index that stands on another ground. No server may still search by it.
func (x *Index) clear(ctx context.Context, known []store.Definition) error {
	now, err := x.db.Now(ctx)
	if err != nil {
		return err
	}
	for _, d := range known {
		if d.Wanted.After(now) {
			return fault.New(fault.Unavailable, "Another server of an older version is at work on this record. Stop it first; the whole index must be built anew.")
		}
	}
	return x.db.ClearIndex(ctx)
}

// introduce puts the program's definitions beside those that are known. Those of types without any are built at once.
func (x *Index) introduce(ctx context.Context, known []store.Definition) error {
	counts, err := x.db.Count(ctx)
	if err != nil {
		return err
	}
	now, err := x.db.Now(ctx)
	if err != nil {
		return err
	}
	ready, there, dying := map[schema.Type]bool{}, map[schema.Type]bool{}, map[schema.Type]bool{}
	for _, d := range known {
		ready[d.Type] = ready[d.Type] || d.State == store.Ready
		own := d.ID == x.own[d.Type].ID
		if own && d.State == store.Dying { // it is built anew, unless a server is at work that takes it away
			if slices.ContainsFunc(known, func(o store.Definition) bool { return o.Wanted.After(now) }) {
				return fault.New(fault.Unavailable, "The index is being cleared of what this version of the program searches by. Stop the servers of other versions, or try again in a few minutes.")
			}
			own, dying[d.Type] = false, true
		}
		there[d.Type] = there[d.Type] || own
	}
	var put []store.Definition
	for _, of := range schema.Types() {
		if there[of] {
			continue
		}
		d := x.own[of]
		if !ready[of] {
			if d.State = store.Ready; counts[of] > 0 {
				if err := x.pass(ctx, of, nil, []*search.Table{x.program}); err != nil {
					return err
				}
			}
		}
		d.Wanted = now.Add(x.keep())
		put = append(put, d)
	}
	if len(put) == 0 {
		return nil
	}
	return x.db.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error {
		for _, d := range put {
			if dying[d.Type] {
				if err := tx.Undefine(d); err != nil {
					return err
				}
			}
			if err := tx.Define(d); err != nil {
				return err
			}
		}
		return nil
	}})
}

// keep is for how long a server says that it wants a definition.
func (x *Index) keep() time.Duration { return 10*x.config.Poll + x.config.Grace }

// Table is what to search by now. A search keeps the one that it has begun with.
func (x *Index) Table() *search.Table { return x.state.Load().table }

// Terms are what a resource can be found by, by all definitions that writes keep up.
func (x *Index) Terms(r fhir.Resource) search.Terms {
	return x.state.Load().terms(r, store.Building, store.Ready)
}

// Kept says by which definitions Terms are made. When it changes, those that are not written yet must be made anew.
func (x *Index) Kept() string { return x.state.Load().kept }

// Index fills in which lines a resource gains and loses when one with other terms takes its place; old is nil for a new
// one. Of a definition that is being built nobody knows which of its lines are there: they are all added.
func (x *Index) Index(c *store.Change, old *fhir.Resource, now search.Terms) {
	s := x.state.Load()
	after := x.hasher.Keys(now)
	if old == nil {
		c.Add = after
		return
	}
	all := x.hasher.Keys(s.terms(*old, store.Building, store.Ready, store.Dying))
	c.Add, c.Drop = store.Diff(all, after)
	for _, d := range s.types[old.Type] {
		if c.Again = d.State == store.Building; c.Again {
			c.Add, _ = store.Diff(x.hasher.Keys(s.terms(*old, store.Ready, store.Dying)), after)
			return
		}
	}
}

// terms are what a resource can be found by, by those definitions of its type that are in one of some states.
func (s *state) terms(r fhir.Resource, states ...store.State) search.Terms {
	list := s.types[r.Type]
	if len(list) == 0 {
		return s.table.Terms(r)
	}
	var all search.Terms
	for _, d := range list {
		if slices.Contains(states, d.State) {
			t := d.table.Terms(r)
			all.Entries, all.Texts = append(all.Entries, t.Entries...), append(all.Texts, t.Texts...)
		}
	}
	return all
}
