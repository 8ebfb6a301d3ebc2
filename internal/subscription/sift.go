package subscription

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

var typePatient, _ = schema.TypeOf("Patient")

// asking is a watch as it is asked of changes.
type asking struct {
	*watch
	pairs    []search.Pair
	naming   []search.Pair // those that name residents
	criteria []*search.Criterion
	previous []*search.Criterion
	named    []fhir.Ref // the residents
	of       []fhir.Ref // the residents about whom it is and nobody else; nil for one that is about others, too
}

// asking reads the watches of a Subscription by a table of search parameters.
func (s *Service) asking(table *search.Table, sub *Subscription) (all []*asking, err error) {
	for i := range sub.Watches {
		w := &sub.Watches[i]
		a := &asking{watch: w, pairs: gate.Pairs(w.query)}
		for _, pair := range a.pairs {
			one, err := s.criteria(table, w.Type, url.QueryEscape(pair.Name)+"="+url.QueryEscape(pair.Value))
			if err != nil {
				return nil, err
			}
			names := false
			for _, c := range one {
				c.Named(typePatient, func(ref fhir.Ref, _ bool) { names, a.named = true, append(a.named, ref) })
				if refs, is := c.Only(typePatient); is && a.of == nil {
					a.of = append([]fhir.Ref{}, refs...)
				}
			}
			if a.criteria = append(a.criteria, one...); names {
				a.naming = append(a.naming, pair)
			}
		}
		if a.previous, err = s.criteria(table, w.Type, w.Previous); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// read are the watches of a Subscription by a table of search parameters, read once for each version and table.
func (s *Service) read(r *running, table *search.Table) ([]*asking, error) {
	r.mu.Lock()
	sub, known, by := r.sub, r.asked, r.table
	r.mu.Unlock()
	switch {
	case sub == nil:
		return nil, fault.New(fault.Unprocessable, "The Subscription cannot be read any more; its topic, or its criteria, are there no more.")
	case known != nil && by == table:
		return known, nil
	}
	made, err := s.asking(table, sub)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.sub == sub {
		r.asked, r.table = made, table
	}
	return made, nil
}

// sift leaves out the changes that do not meet the criteria, whoever asks, and finds out who asks for the others. What is left is looked
// up by the search of who asks, so that nothing hidden decides: what a search finds meets its criteria as it stands in the record.
func (s *Service) sift(ctx context.Context, part *stretch, work []*looking) error {
	var named []fhir.Ref
	asked := map[*looking][]*asking{}
	table := s.platform().Parameters()
	for _, l := range work {
		l.mu.Lock()
		l.owned = l.running.owned
		l.mu.Unlock()
		asked[l], l.failed = s.read(l.running, table)
		for _, a := range asked[l] {
			named = append(named, a.named...)
		}
	}
	names, err := s.names(ctx, named)
	if err != nil {
		return err
	}
	return s.aside(work, func(l *looking) error {
		for _, a := range asked[l] {
			l.sift(part, a, names)
		}
		if len(l.all) == 0 {
			return nil
		}
		slices.SortStableFunc(l.all, func(a, b *finding) int { return cmp.Compare(a.Place, b.Place) })
		actor, err := s.owner(ctx, l.owned)
		l.session, l.failed = s.gate.Session(actor), err
		return nil
	})
}

// sift keeps the changes that meet what one watch asks for, residents by all their names.
func (l *looking) sift(part *stretch, watch *asking, names map[fhir.Ref][]fhir.Ref) {
	a := *watch
	a.criteria = make([]*search.Criterion, len(watch.criteria))
	for i, c := range watch.criteria {
		a.criteria[i] = c.Widened(names)
	}
	for _, e := range part.byType[a.Type] {
		if on := e.on(); a.On&on != 0 && (on == Deletion || meets(a.criteria, e.resource, e.Version)) {
			l.all = append(l.all, &finding{entry: e, watch: &a})
		}
	}
}

func meets(all []*search.Criterion, r fhir.Resource, v store.Version) bool {
	return !slices.ContainsFunc(all, func(c *search.Criterion) bool { return !c.Matches(r, v.Updated) })
}

// names are the other names of residents: those of the Patients that stand for the same person, as searches take them.
func (s *Service) names(ctx context.Context, refs []fhir.Ref) (map[fhir.Ref][]fhir.Ref, error) {
	links, err := s.links(ctx, refs)
	if err != nil {
		return nil, err
	}
	var goldens []fhir.Ref
	for _, l := range links {
		if l.refer != (fhir.Ref{}) {
			goldens = append(goldens, l.refer)
		}
	}
	lists, err := s.links(ctx, goldens)
	if err != nil {
		return nil, err
	}
	names := map[fhir.Ref][]fhir.Ref{}
	for self, l := range links {
		all := l.others
		if l.refer != (fhir.Ref{}) {
			all = append([]fhir.Ref{l.refer}, lists[l.refer].others...)
		}
		if all = slices.DeleteFunc(slices.Clone(all), func(ref fhir.Ref) bool { return ref == self }); len(all) > 0 {
			names[self] = all
		}
	}
	return names, nil
}

type linked struct {
	refer  fhir.Ref // the Patient that stands for the person, zero if it is this one
	others []fhir.Ref
}

// links reads which Patients stand for the same person as each of some.
func (s *Service) links(ctx context.Context, refs []fhir.Ref) (map[fhir.Ref]linked, error) {
	refs = slices.Clone(refs)
	slices.SortFunc(refs, func(a, b fhir.Ref) int { return strings.Compare(a.ID, b.ID) })
	refs = slices.Compact(refs)
	all := map[fhir.Ref]linked{}
	for some := range slices.Chunk(refs, stretchMost) {
		heads, err := s.db.Heads(ctx, some)
		if err != nil {
			return nil, err
		}
		for i, v := range heads {
			one := linked{}
			if v.Live() {
				r, err := fhir.ParseResource(v.Body.Bytes)
				if err != nil {
					return nil, fault.Wrap(err, "reading a Patient")
				}
				if g := gate.Golden(r); g != some[i] {
					one.refer = g
				}
				for n := r.Root.Get("link").First(); n.Exists(); n = n.Next() {
					if to := fhir.ParseReference(n.Get("other").Get("reference").Str()); to.Ref.Type == typePatient {
						one.others = append(one.others, to.Ref)
					}
				}
			}
			all[some[i]] = one
		}
	}
	return all, nil
}

// search asks, in the name of each subscriber, which of the changes they find by their criteria.
func (s *Service) search(ctx context.Context, _ *stretch, work []*looking) error {
	return s.aside(work, func(l *looking) error {
		for a, all := range l.byWatch() {
			if l.failed != nil {
				return nil
			}
			var live []store.Version
			for _, f := range all {
				if !f.Deleted() {
					live = append(live, f.Version)
				}
			}
			var found map[fhir.Ref]int64
			if found, l.failed = find(ctx, l.session, a.Type, a.pairs, s.config.URL, live); l.failed != nil {
				return nil
			}
			for _, f := range all {
				f.told = !f.Deleted() && found[f.Ref] == f.Number
			}
		}
		return nil
	})
}

func (l *looking) byWatch() map[*asking][]*finding {
	all := map[*asking][]*finding{}
	for _, f := range l.all {
		all[f.watch] = append(all[f.watch], f)
	}
	return all
}

// idsMost is how many resources one search names.
const idsMost = 100

// find tells which of some resources a session finds by criteria, and in which version. Patients are looked for by the instant of their
// versions, because to name them would open more than the criteria do: permits hold for residents whom a request names.
func find(ctx context.Context, by *gate.Session, t schema.Type, pairs []search.Pair, base string, list []store.Version) (map[fhir.Ref]int64, error) {
	narrowing := map[string]int{} // values of the one criterion more, with how many may meet it
	name := "_id"
	if t == typePatient {
		name = "_lastUpdated"
		for _, v := range list {
			narrowing[v.Updated.UTC().Format(fhir.InstantLayout)] = search.CountMost
		}
	} else {
		for some := range slices.Chunk(list, idsMost) {
			var ids []string
			for _, v := range some {
				ids = append(ids, v.Ref.ID)
			}
			narrowing[strings.Join(ids, ",")] = len(ids)
		}
	}
	found := map[fhir.Ref]int64{}
	for value, most := range narrowing {
		all := append(slices.Clone(pairs), search.Pair{Name: name, Value: value}, search.Pair{Name: "_count", Value: strconv.Itoa(most)})
		asked, err := by.Request([]schema.Type{t}, all, gate.Wishes{Base: base})
		if err != nil {
			return nil, err
		}
		for token := ""; ; {
			results, err := by.Search(ctx, asked, "subscription", token)
			if fault.CodeOf(err) == fault.Forbidden { // nothing of it is open to them
				break
			}
			if err != nil {
				return nil, err
			}
			for _, v := range results.Matches {
				found[v.Ref] = v.Number
			}
			if token = results.Next; token == "" {
				break
			}
		}
	}
	return found, nil
}

// settleRest decides about what searches do not: changes that have been overtaken by the next, deletions, and what was before.
func (s *Service) settleRest(ctx context.Context, _ *stretch, work []*looking) error {
	var refs []fhir.Ref
	for _, l := range work {
		for _, f := range l.all {
			if !f.told {
				refs = append(refs, f.Ref)
			}
		}
	}
	slices.SortFunc(refs, func(a, b fhir.Ref) int { return strings.Compare(a.String(), b.String()) })
	heads := map[fhir.Ref]store.Version{} // read after the searches: what stands now stood then, if it is what changed
	for some := range slices.Chunk(slices.Compact(refs), stretchMost) {
		list, err := s.db.Heads(ctx, some)
		if err != nil {
			return err
		}
		for i, v := range list {
			heads[some[i]] = v
		}
	}
	return s.aside(work, func(l *looking) error {
		for _, f := range l.all {
			if l.failed == nil {
				f.told, l.failed = s.decide(ctx, l.session, f, heads[f.Ref])
			}
		}
		return nil
	})
}

// decide tells whether a change is told of.
func (s *Service) decide(ctx context.Context, by *gate.Session, f *finding, head store.Version) (told bool, err error) {
	a := f.watch
	switch {
	case f.Deleted():
		told, err = past(ctx, by, f.Ref, f.Number-1, append(slices.Clone(a.criteria), a.previous...))
		return told, err
	case f.told:
		told = true
	case head.Live() && head.Number > f.Number: // the next change was quicker
		found, err := find(ctx, by, a.Type, a.naming, s.config.URL, []store.Version{head})
		if err != nil || found[f.Ref] == 0 {
			return false, err
		}
		if told, err = past(ctx, by, f.Ref, f.Number, a.criteria); err != nil {
			return false, err
		}
	}
	if told && a.Previous != "" && f.on() == Updating {
		return past(ctx, by, f.Ref, f.Number-1, a.previous)
	}
	return told, nil
}

// past tells whether a session sees a version, and it meets criteria as it is seen.
func past(ctx context.Context, by *gate.Session, ref fhir.Ref, number int64, all []*search.Criterion) (bool, error) {
	v, err := by.VRead(ctx, ref, number)
	if unseen(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return false, fault.Wrap(err, "reading a stored resource")
	}
	return meets(all, r, v), nil
}

// unseen tells whether an error says that somebody does not see something.
func unseen(err error) bool {
	switch fault.CodeOf(err) {
	case fault.NotFound, fault.Gone, fault.Forbidden:
		return true
	}
	return false
}
