package plan

import (
	"context"
	"slices"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

const (
	includeMost   = 1000            // resources that one page includes
	includeRounds = 100             // of :iterate
	followedMost  = 4 * includeMost // references that are followed for one page
	followedOnce  = includeMost     // at a time
	holdersFirst  = 2 * includeMost // resources that refer to those of a page and are read at once
)

// Include finds what is to be included beside some matches: each resource once, none of the matches. whole is false if
// there would have been more than a page may have. What may not be included is as if it were not there: it takes no room, and
// is passed by however much it is.
//
// The error is Unprocessable (too-costly) if more resources than [Limits.Candidates] refer to the page and would have to be looked
// at to find the few that are to be included.
func (p *Planner) Include(ctx context.Context, matches []Match, asked []search.Include) (included []store.Version, whole bool, err error) {
	in := inclusion{Planner: p, known: map[fhir.Ref]bool{}, whole: true}
	for _, m := range matches {
		in.known[m.Ref] = true
	}
	round := matches
	for n := range includeRounds {
		in.found = nil
		for _, one := range asked {
			if n == 0 || one.Iterate {
				if err := in.one(ctx, one, round); err != nil {
					return nil, false, err
				}
			}
		}
		for _, m := range in.found {
			included = append(included, m.Version)
		}
		if round = in.found; len(round) == 0 || !in.whole {
			break
		}
	}
	return included, in.whole, nil
}

// inclusion gathers what is included.
type inclusion struct {
	*Planner
	known    map[fhir.Ref]bool // the matches, and what has been looked at
	followed int               // references
	passed   int               // resources that refer to those of the page, beyond the first
	count    int
	bytes    int
	found    []Match // in this round
	whole    bool
}

// one carries out one include for some resources.
func (in *inclusion) one(ctx context.Context, asked search.Include, from []Match) error {
	if asked.Reverse {
		return in.reverse(ctx, asked, from)
	}
	var refs []fhir.Ref
	for _, m := range from {
		if asked.Source != 0 && asked.Source != m.Ref.Type {
			continue
		}
		in.referred(asked.Param, m, func(ref fhir.Ref) {
			if (asked.Target == 0 || asked.Target == ref.Type) && in.follow(ref) {
				refs = append(refs, ref)
			}
		})
	}
	for some := range slices.Chunk(refs, followedOnce) {
		heads, err := in.Reader.Heads(ctx, some)
		if err == nil {
			err = in.add(heads, func(Match) bool { return true })
		}
		if err != nil || !in.whole {
			return err
		}
	}
	return nil
}

// follow notes a reference to be followed, false if it has been, or if there are too many: all stand in what is seen.
func (in *inclusion) follow(ref fhir.Ref) bool {
	if in.known[ref] {
		return false
	}
	if in.followed == followedMost {
		in.whole = false
		return false
	}
	in.known[ref] = true
	in.followed++
	return true
}

// includeBytes is about how many bytes of bodies one page includes.
const includeBytes = 32 << 20

// take keeps a resource, unless there is no more room.
func (in *inclusion) take(m Match) {
	if in.count == includeMost || in.bytes > includeBytes {
		in.whole = false
		return
	}
	in.known[m.Ref] = true
	in.count++
	in.bytes += len(m.Body.Bytes)
	in.found = append(in.found, m)
}

// referred calls do with what a resource refers to by a parameter, "*" for any.
func (in *inclusion) referred(param string, m Match, do func(fhir.Ref)) {
	names := []string{param}
	if param == "*" {
		names = in.Table.Names(m.Ref.Type)
	}
	for _, name := range names {
		if p := in.Table.Lookup(m.Ref.Type, name); p != nil && p.Kind == search.Reference {
			p.Referred(m.Resource, do)
		}
	}
}

// add reads versions and keeps those that are there and wanted.
func (in *inclusion) add(versions []store.Version, wanted func(Match) bool) error {
	for _, v := range versions {
		if !v.Live() {
			continue
		}
		res, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a stored resource")
		}
		if m := (Match{Version: v, Resource: res}); in.sees(res, v, true) && wanted(m) {
			in.take(m)
		}
	}
	return nil
}

// reverse includes what refers to some resources.
func (in *inclusion) reverse(ctx context.Context, asked search.Include, to []Match) error {
	sources := []schema.Type{asked.Source}
	if asked.Source == 0 {
		sources = schema.Types()
	}
	targets := map[fhir.Ref]bool{}
	var ranges []store.Range
	for _, m := range to {
		if asked.Target != 0 && asked.Target != m.Ref.Type {
			continue
		}
		targets[m.Ref] = true
		for _, of := range sources {
			ranges = append(ranges, in.ranges(in.Table.Referring(of, m.Ref).Spans)...)
		}
	}
	if len(ranges) == 0 {
		return nil
	}
	wanted := func(m Match) bool {
		is := false
		in.referred(asked.Param, m, func(ref fhir.Ref) { is = is || targets[ref] })
		return is && !in.known[m.Ref]
	}
	keys := make([]store.Key, len(ranges))
	for i := range ranges {
		keys[i] = ranges[i].Key
	}
	holders, err := in.Reader.Holders(ctx, keys, holdersFirst)
	if err != nil {
		return err
	}
	if len(holders) < holdersFirst {
		return in.add(holders, wanted)
	}
	held, err := in.Reader.Held(ctx, keys)
	if err != nil {
		return err
	}
	n := 0
	for i, is := range held {
		if is {
			ranges[n] = ranges[i]
			n++
		}
	}
	return in.through(ctx, ranges[:n], wanted)
}

// through goes through lists, the newest first, until there is no more room.
func (in *inclusion) through(ctx context.Context, lists []store.Range, wanted func(Match) bool) error {
	st := newStream(in.Reader, lists, true, max(chunkFirst, chunkMost/len(lists)))
	known := map[int64]bool{}
	for in.whole {
		postings, err := st.next(ctx, chunkMost/2)
		if err != nil || len(postings) == 0 {
			return err
		}
		postings = slices.DeleteFunc(postings, func(p store.Posting) bool { is := known[p.Rid]; known[p.Rid] = true; return is })
		if in.passed += len(postings); in.passed > in.Limits.Candidates {
			return fault.New(fault.Unprocessable, "To find what is to be included, more than %d resources that refer to those of the page would have to be looked at. "+
				"Ask for fewer at once (_count), or search for what refers to one of them.", in.Limits.Candidates).WithIssue("too-costly")
		}
		versions, err := in.Reader.Bodies(ctx, rids(postings))
		if err == nil {
			err = in.add(versions, wanted)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
