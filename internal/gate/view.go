package gate

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
	"yitong/internal/store/plan"
)

// reader is what a view reads by: a database, or a transaction.
type reader interface {
	store.Reader
	store.RegisterReader
}

// view is what a session sees of the record while it answers one thing: with the names that residents have then, and the
// permits that hold.
type view struct {
	*Session
	names   map[fhir.Ref][]fhir.Ref // the other names of residents that have several
	golden  map[fhir.Ref]fhir.Ref   // the one of these that stands for the resident
	heads   map[fhir.Ref]store.Version
	open    []*person // for whom permits have been asked for
	sights  map[schema.Type]sight
	within  map[*compiled]*search.Criterion
	touched map[schema.Type][]*search.Parameter // by which is searched
	telling map[schema.Type]bool                // what references to a type may repeat
	first   bool                                // by the first layer alone
	writing bool                                // conditions of writes: what the resident withholds is there
}

// view is a view for criteria. Permits are asked for of residents whom they name, and of whom the actor acts for; of at most
// peopleMost.
func (s *Session) view(ctx context.Context, by reader, all ...*search.Criterion) (*view, error) {
	v, said, err := s.viewOf(ctx, by, all)
	if err == nil && s.asks() {
		err = v.openFor(ctx, by, append(said, s.ofs()...))
	}
	return v, err
}

// viewOf is a view without permits, and the residents whom the criteria name.
func (s *Session) viewOf(ctx context.Context, by reader, all []*search.Criterion) (v *view, said []fhir.Ref, err error) {
	v = &view{
		Session: s, sights: map[schema.Type]sight{}, within: map[*compiled]*search.Criterion{},
		touched: map[schema.Type][]*search.Parameter{}, telling: map[schema.Type]bool{}, names: map[fhir.Ref][]fhir.Ref{}, golden: map[fhir.Ref]fhir.Ref{}, heads: map[fhir.Ref]store.Version{},
	}
	named := s.ofs()
	for _, c := range all {
		c.Named(typePatient, func(ref fhir.Ref, is bool) {
			if !slices.Contains(named, ref) {
				named = append(named, ref)
			}
			if is && !slices.Contains(said, ref) {
				s.tellAsked(ref)
				said = append(said, ref)
			}
		})
	}
	err = v.link(ctx, by, named)
	return v, said, err
}

// asks tells whether a permit, or the lack of one, can make a difference to the actor.
func (s *Session) asks() bool { return s.actor.Access != nil && s.actor.Access.asks }

// ofs are the residents to whose compartments the actor's rules are limited.
func (s *Session) ofs() []fhir.Ref {
	if s.actor.Access == nil {
		return nil
	}
	return slices.Clone(s.actor.Access.ofs)
}

func (v *view) sight(t schema.Type) sight {
	known, ok := v.sights[t]
	if !ok {
		if known = v.Session.sight(t); v.first {
			known = known[:1]
		}
		v.sights[t] = known
	}
	return known
}

// whole tells whether everything of a type may be done so, whatever it holds.
func (v *view) whole(t schema.Type, may May) bool {
	if a := v.actor.Access; a == nil || a.whole {
		return a != nil
	}
	return v.sight(t).whole(may)
}

// own tells whether a resource is what a rule is for, permits and labels apart.
func (v *view) own(c *compiled, r fhir.Resource, updated time.Time) bool {
	if c.within != nil {
		w, ok := v.within[c]
		if !ok {
			w = c.within.Widened(v.names)
			v.within[c] = w
		}
		if !w.Matches(r, updated) {
			return false
		}
	}
	return meets(c.all, r, updated)
}

func meets(all []*search.Criterion, r fhir.Resource, updated time.Time) bool {
	return !slices.ContainsFunc(all, func(one *search.Criterion) bool { return !one.Matches(r, updated) })
}

// lets tells whether a rule lets do something with a resource.
func (v *view) lets(c *compiled, may May, r fhir.Resource, updated time.Time) bool {
	if !c.allows(may) {
		return false
	}
	look := may&MayLook != 0
	if v.own(c, r, updated) {
		labels := labelsOf(r)
		if !c.hidden(labels, look && !v.writing) || (c.permit || c.within != nil) && v.opened(r, labels) {
			return true
		}
	}
	return look && c.permit && v.opened(r, labelsOf(r)) && meets(c.beside, r, updated)
}

// hidden tells whether labels hide a resource from those whom a rule is for.
func (c *compiled) hidden(l labels, look bool) bool {
	switch c.labels {
	case LabelsNamed:
		return l.withheld || !l.classes.Empty()
	case LabelsAll:
		return l.withheld && look
	}
	return false
}

// by is the rule of a layer that lets do something with a resource, the one that hides least; nil if none does.
func (v *view) by(layer []*compiled, may May, r fhir.Resource, updated time.Time) (best *compiled) {
	for _, c := range layer {
		if (best == nil || len(c.masked) < len(best.masked)) && !v.touches(c, r.Type) && v.lets(c, may, r, updated) {
			best = c
		}
	}
	return best
}

// sees tells whether this may be done with a resource as it stands in a version that was made at that time.
func (v *view) sees(may May, r fhir.Resource, updated time.Time) bool {
	a := v.actor.Access
	if a == nil || a.whole {
		return a != nil
	}
	return !slices.ContainsFunc(v.sight(r.Type), func(layer []*compiled) bool { return v.by(layer, may, r, updated) == nil })
}

// writes tells whether a resource may be written as it is, whatever it says.
func (v *view) writes(may May, r fhir.Resource) bool {
	a := v.actor.Access
	if a == nil || a.whole {
		return a != nil
	}
	return !slices.ContainsFunc(v.sight(r.Type), func(layer []*compiled) bool {
		return !slices.ContainsFunc(layer, func(c *compiled) bool { return c.allows(may) && v.own(c, r, time.Time{}) })
	})
}

// seesLive tells whether this may be done with what a live version holds; permits are asked for of whom it is about.
func (v *view) seesLive(ctx context.Context, by reader, may May, live store.Version) (bool, error) {
	return v.seesIt(ctx, by, may, live, true)
}

func (v *view) seesIt(ctx context.Context, by reader, may May, live store.Version, asking bool) (bool, error) {
	if v.whole(live.Ref.Type, may) {
		return true, nil
	}
	r, err := fhir.ParseResource(live.Body.Bytes)
	if err != nil {
		return false, fault.Wrap(err, "reading a stored resource")
	}
	v.journal.read(live.Body, r)
	if v.sees(may, r, live.Updated) {
		return true, nil
	}
	if !asking || !v.asks() || !v.sight(r.Type).opens() {
		return false, nil
	}
	people := v.unasked(v.about(r))
	if len(people) == 0 || len(v.open)+len(people) > peopleMost {
		return false, nil // to refuse would tell that it is there
	}
	if err := v.openFor(ctx, by, people); err != nil {
		return false, err
	}
	return v.sees(may, r, live.Updated), nil
}

// seen is the version as it may be seen; what may not be is like what is not there. A deletion may be seen by whom the
// version before it may.
func (v *view) seen(ctx context.Context, by reader, version store.Version, may May) (store.Version, error) {
	return v.seenBy(ctx, by, version, may, true)
}

// seenWithin is seen without asking for permits.
func (v *view) seenWithin(ctx context.Context, by reader, version store.Version, may May) (store.Version, error) {
	return v.seenBy(ctx, by, version, may, false)
}

func (v *view) seenBy(ctx context.Context, by reader, version store.Version, may May, asking bool) (store.Version, error) {
	if !version.Exists() {
		return version, nil
	}
	if v.whole(version.Ref.Type, may) {
		return v.shown(version, may)
	}
	of := version
	if version.Deleted() {
		var err error
		if of, err = v.gate.db.Version(ctx, version.Ref, version.Number-1); err != nil {
			return of, err
		}
	}
	if is, err := v.seesIt(ctx, by, may, of, asking); !is {
		return store.Version{}, err
	}
	return v.shown(version, may)
}

// shown is a version without what is hidden of it from the actor, but for what references say: that is for [view.hush].
func (v *view) shown(version store.Version, may May) (store.Version, error) {
	a := v.actor.Access
	if !version.Live() || a == nil || a.whole {
		return version, nil
	}
	holds := holdsOthers(version)
	some := holds || v.masks() && (!a.displays.None() || v.sight(version.Ref.Type).masks())
	numbers := len(a.numbers) > len(a.displays) && bytes.Contains(version.Body.Bytes, keyIdentifier)
	if !some && !numbers {
		return version, nil
	}
	r, err := fhir.ParseResource(version.Body.Bytes)
	if err != nil {
		return version, fault.Wrap(err, "reading a stored resource")
	}
	veil := fhir.Veil{Masks: a.displays}
	if numbers && saysNumbers(r.Root, r.Type.Shape()) {
		veil.Masks = a.numbers
	} else if !some {
		return version, nil
	}
	v.journal.masking(version, v.about(r))
	var by []*compiled
	for _, layer := range v.sight(r.Type) {
		if c := v.by(layer, may, r, version.Updated); c != nil {
			by = append(by, c)
		}
	}
	if own, err := together(r.Type, by); err != nil {
		return store.Version{}, err
	} else if !own.None() {
		if veil.Masks = maps.Clone(veil.Masks); veil.Masks == nil {
			veil.Masks = fhir.Masks{}
		}
		veil.Masks[r.Type] = own
	}
	if holds {
		veil.Within = v.inside(r, version)
	}
	text, err := veil.Of(version.Body.Bytes)
	if err != nil {
		return version, err
	}
	return rewritten(version, text)
}

// rewritten is a version with another text of the same resource.
func rewritten(version store.Version, text []byte) (store.Version, error) {
	r, err := fhir.ParseResource(text)
	if err != nil {
		return version, fault.Wrap(err, "reading a resource of which something is hidden")
	}
	version.Body = r.Body(r.ID, nil)
	return version, nil
}

// all are versions as they may be seen, of which it is known that they may.
func (v *view) all(versions []store.Version, may May) (err error) {
	for i := range versions {
		if versions[i], err = v.shown(versions[i], may); err != nil {
			return err
		}
	}
	return nil
}

// planner searches what a reader sees of what may be seen.
func (v *view) planner(by store.Reader, limits plan.Limits) *plan.Planner {
	p := &plan.Planner{Table: v.Parameters(), Hasher: v.gate.hasher, Reader: by, Limits: limits}
	if a := v.actor.Access; a == nil || !a.whole {
		p.Sees = func(r fhir.Resource, updated time.Time, included bool) bool {
			if included {
				return v.sees(MayLook, r, updated)
			}
			return v.sees(MaySearch, r, updated)
		}
		p.Narrow = v.narrow
		if !v.permits() {
			p.Unless = v.unless
		}
	}
	return p
}

// unless tells what of a type may be found if it meets the criteria that [view.narrowed] adds: all that has no label that hides it,
// where each layer has one rule to go by.
func (v *view) unless(t schema.Type) (hides *search.Criterion, known bool) {
	labels := LabelsSelf
	for _, layer := range v.sight(t) {
		var rules []*compiled
		for _, c := range layer {
			if c.allows(MaySearch) && !v.touches(c, t) {
				rules = append(rules, c)
			}
		}
		if len(rules) != 1 || rules[0].within != nil {
			return nil, false
		}
		labels = max(labels, rules[0].labels)
	}
	if labels == LabelsSelf {
		return nil, true
	}
	parser := search.Parser{Table: v.Parameters()}
	all, _, err := parser.Criteria(t, []search.Pair{{Name: "_security", Value: hidingLabels}})
	if err != nil {
		return nil, false
	}
	return all[0], true
}

// narrowed are the criteria of a search, residents by all their names, with those that everything meets that may be found:
// the plan can make use of these.
func (v *view) narrowed(t schema.Type, asked []*search.Criterion) []*search.Criterion {
	all := make([]*search.Criterion, 0, len(asked)+2)
	for _, c := range asked {
		all = append(all, c.Widened(v.names))
	}
	if v.whole(t, MaySearch) {
		return all
	}
	more, _ := v.narrow(t)
	return append(all, more...)
}

// narrow are the criteria that everything of a type meets that may be found; none tells that nothing may.
func (v *view) narrow(t schema.Type) (more []*search.Criterion, none bool) {
	switch a := v.actor.Access; {
	case a == nil:
		return nil, true
	case v.whole(t, MaySearch):
		return nil, false
	}
	for _, layer := range v.sight(t) {
		more = append(more, v.common(layer, t)...)
	}
	return more, !v.sight(t).allows(MaySearch)
}

// common are the criteria that every rule of a layer has by which something may be found: whatever is found meets them.
func (v *view) common(layer []*compiled, t schema.Type) (criteria []*search.Criterion) {
	var rules []*compiled
	for _, c := range layer {
		if c.allows(MaySearch) && !v.touches(c, t) {
			rules = append(rules, c)
		}
	}
	if len(rules) == 0 || slices.ContainsFunc(rules, func(c *compiled) bool { return c.permit }) && v.permits() {
		return nil
	}
	for i, one := range rules[0].all {
		lacks := func(c *compiled) bool { return !slices.Contains(c.texts, rules[0].texts[i]) }
		if !slices.ContainsFunc(rules, lacks) {
			criteria = append(criteria, one)
		}
	}
	within := rules[0].within // of one resident all rules of a layer are
	if within != nil && !slices.ContainsFunc(rules, func(c *compiled) bool { return c.within == nil || !slices.Equal(c.within.In.Refs, within.In.Refs) }) {
		criteria = append(criteria, within.Widened(v.names))
	}
	return criteria
}
