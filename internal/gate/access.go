package gate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
	"yitong/internal/store/plan"
)

// May is what may be done with resources of a type, as SMART App Launch 2 tells it apart.
type May uint8

// The interactions. A history of one resource is a read, one of many is a search; a patch is an update.
const (
	MayCreate May = 1 << iota
	MayRead
	MayUpdate
	MayDelete
	MaySearch

	MayNothing May = 0
	MayLook        = MayRead | MaySearch
	MayAll         = MayCreate | MayRead | MayUpdate | MayDelete | MaySearch
)

// String is the letters of SMART's scopes for it, in their order: cruds.
func (m May) String() string {
	var b strings.Builder
	for i, letter := range "cruds" {
		if m&(1<<i) != 0 {
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// Rule allows something with resources of a type.
type Rule struct {
	Type  schema.Type // 0 for every type
	May   May
	Of    fhir.Ref // only what is in the compartment of this resource; zero for anything
	Query string   // only what meets these search criteria; "" for anything. Chains and _has are not for rules
}

// Access is what an actor may do: that for which each of its layers has a rule. nil allows nothing.
type Access struct {
	whole  bool
	layers [][]Rule
}

// Whole is the access of the platform itself, and of everybody on a server without accounts: to everything.
func Whole() *Access { return &Access{whole: true} }

// NewAccess is the access to what every layer has a rule for: first those of a role, then those of a client's scopes.
// Without a layer it is to nothing.
func NewAccess(layers ...[]Rule) *Access {
	if len(layers) == 0 {
		return nil
	}
	return &Access{layers: layers}
}

// sight is what a session may do with resources of one type: any of the rules of each layer is enough there.
type sight [][]*compiled

// compiled is a rule as it is applied to a type.
type compiled struct {
	may  May
	all  []*search.Criterion // that must be met; nil for none
	none bool                // nothing of the type can meet the rule
}

// seeing keeps the compiled rules of a session's access, by type.
type seeing struct {
	mu     sync.Mutex
	byType map[schema.Type]sight
}

// sight compiles the rules for a type, once.
func (s *Session) sight(t schema.Type) sight {
	s.seeing.mu.Lock()
	defer s.seeing.mu.Unlock()
	if known, ok := s.seeing.byType[t]; ok {
		return known
	}
	made := make(sight, len(s.actor.Access.layers))
	for i, layer := range s.actor.Access.layers {
		for _, r := range layer {
			if r.Type != 0 && r.Type != t {
				continue
			}
			if c, err := s.compile(r, t); err == nil && !c.none { // what cannot be read allows nothing
				made[i] = append(made[i], c)
			}
		}
	}
	if s.seeing.byType == nil {
		s.seeing.byType = map[schema.Type]sight{}
	}
	s.seeing.byType[t] = made
	return made
}

func (s *Session) compile(r Rule, t schema.Type) (*compiled, error) {
	c := &compiled{may: r.May}
	if r.Query != "" {
		criteria, err := s.Criteria(t, r.Query)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(criteria.all, (*search.Criterion).Deep) {
			return nil, fault.New(fault.NotSupported, "A rule of access has no chains and no _has: %s?%s.", t, r.Query)
		}
		c.all = criteria.all
	}
	if r.Of != (fhir.Ref{}) {
		in, is := s.Parameters().Compartment(t, r.Of)
		c.none = !is
		c.all = append(c.all, in)
	}
	return c, nil
}

// whole tells whether everything of a type may be done so, whatever it holds.
func (s *Session) whole(t schema.Type, may May) bool {
	a := s.actor.Access
	if a == nil || a.whole {
		return a != nil
	}
	return s.sight(t).whole(may)
}

func (x sight) whole(may May) bool {
	return !slices.ContainsFunc(x, func(layer []*compiled) bool {
		return !slices.ContainsFunc(layer, func(c *compiled) bool { return c.may&may != 0 && c.all == nil })
	})
}

// allow refuses what may be done with no resource of a type.
func (s *Session) allow(t schema.Type, may May) error {
	a := s.actor.Access
	if a != nil && a.whole {
		return nil
	}
	if a == nil {
		return forbidden(t, may)
	}
	for _, layer := range s.sight(t) {
		if !slices.ContainsFunc(layer, func(c *compiled) bool { return c.may&may != 0 }) {
			return forbidden(t, may)
		}
	}
	return nil
}

var doing = map[May]string{
	MayCreate: "create", MayRead: "read", MayUpdate: "change", MayDelete: "delete", MaySearch: "search", MayLook: "see",
}

func forbidden(t schema.Type, may May) error {
	return fault.New(fault.Forbidden, "You may not %s %s here, in the role and with the program that you use.", cmp.Or(doing[may], "do this with"), t)
}

// sees tells whether this may be done with a resource as it stands in a version that was made at that time.
func (s *Session) sees(may May, r fhir.Resource, updated time.Time) bool {
	a := s.actor.Access
	if a == nil || a.whole {
		return a != nil
	}
	return s.sight(r.Type).sees(may, r, updated)
}

func (x sight) sees(may May, r fhir.Resource, updated time.Time) bool {
	return !slices.ContainsFunc(x, func(layer []*compiled) bool {
		return !slices.ContainsFunc(layer, func(c *compiled) bool { return c.may&may != 0 && c.meets(r, updated) })
	})
}

func (c *compiled) meets(r fhir.Resource, updated time.Time) bool {
	return !slices.ContainsFunc(c.all, func(one *search.Criterion) bool { return !one.Matches(r, updated) })
}

// seesVersion tells whether this may be done with what a live version holds.
func (s *Session) seesVersion(may May, v store.Version) (bool, error) {
	if s.whole(v.Ref.Type, may) {
		return true, nil
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return false, fault.Wrap(err, "reading a stored resource")
	}
	return s.sees(may, r, v.Updated), nil
}

// seen is the version if it may be seen; what may not be is like what is not there. A deletion may be seen by whom the
// version before it may.
func (s *Session) seen(ctx context.Context, v store.Version, may May) (store.Version, error) {
	if !v.Exists() || s.whole(v.Ref.Type, may) {
		return v, nil
	}
	of := v
	if v.Deleted() {
		var err error
		if of, err = s.gate.db.Version(ctx, v.Ref, v.Number-1); err != nil {
			return of, err
		}
	}
	if is, err := s.seesVersion(may, of); !is {
		return store.Version{}, err
	}
	return v, nil
}

// current refuses, as if it were not there, a resource that may not be seen as it is now.
func (s *Session) current(ctx context.Context, ref fhir.Ref, may May) error {
	if s.whole(ref.Type, may) {
		return nil
	}
	v, err := s.gate.db.Head(ctx, ref)
	if err == nil {
		v, err = s.seen(ctx, v, may)
	}
	if err == nil && !v.Exists() {
		return there(v, ref)
	}
	return err
}

// planner searches what a reader sees of what the session may see.
func (s *Session) planner(reader store.Reader, limits plan.Limits) *plan.Planner {
	p := &plan.Planner{Table: s.gate.index.Table(), Hasher: s.gate.hasher, Reader: reader, Limits: limits}
	if a := s.actor.Access; a == nil || !a.whole {
		p.Sees = func(r fhir.Resource, updated time.Time, included bool) bool {
			if included {
				return s.sees(MayLook, r, updated)
			}
			return s.sees(MaySearch, r, updated)
		}
	}
	return p
}

// narrowed are the criteria of a search with those that everything meets that may be found: where a layer has one rule
// only, the plan can make use of it.
func (s *Session) narrowed(t schema.Type, all []*search.Criterion) []*search.Criterion {
	if s.whole(t, MaySearch) {
		return all
	}
	all = slices.Clip(all)
	for _, layer := range s.sight(t) {
		if len(layer) == 1 {
			all = append(all, layer[0].all...)
		}
	}
	return all
}

func (r Rule) String() string {
	name := "*"
	if r.Type != 0 {
		name = r.Type.String()
	}
	text := fmt.Sprintf("%s.%s", name, r.May)
	if r.Query != "" {
		text += "?" + r.Query
	}
	if r.Of != (fhir.Ref{}) {
		text += " of " + r.Of.String()
	}
	return text
}
