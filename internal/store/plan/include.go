package plan

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

const (
	includeMost   = 1000 // resources that one page includes
	includeRounds = 100  // of :iterate
)

// Include finds what is to be included beside some matches: each resource once, none of the matches. whole is false if
// there would have been more than a page may have.
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
	known map[fhir.Ref]bool
	count int
	bytes int
	found []Match // in this round
	whole bool
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
			if (asked.Target == 0 || asked.Target == ref.Type) && in.take(ref) {
				refs = append(refs, ref)
			}
		})
	}
	if len(refs) == 0 {
		return nil
	}
	heads, err := in.Reader.Heads(ctx, refs)
	if err != nil {
		return err
	}
	return in.add(heads, func(Match) bool { return true })
}

// includeBytes is about how many bytes of bodies one page includes.
const includeBytes = 32 << 20

// take notes a resource as included, false if it is already or there is no more room.
func (in *inclusion) take(ref fhir.Ref) bool {
	if in.known[ref] {
		return false
	}
	if in.count == includeMost || in.bytes > includeBytes {
		in.whole = false
		return false
	}
	in.known[ref] = true
	in.count++
	return true
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
			in.bytes += len(v.Body.Bytes)
			in.found = append(in.found, m)
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
	var keys []store.Key
	for _, m := range to {
		if asked.Target != 0 && asked.Target != m.Ref.Type {
			continue
		}
		targets[m.Ref] = true
		for _, of := range sources {
			for _, span := range in.Table.Referring(of, m.Ref).Spans {
				keys = append(keys, in.Hasher.Key(span.Term))
			}
		}
	}
	if len(keys) == 0 {
		return nil
	}
	holders, err := in.Reader.Holders(ctx, keys, 2*includeMost)
	if err != nil {
		return err
	}
	in.whole = in.whole && len(holders) < 2*includeMost
	return in.add(holders, func(m Match) bool {
		is := false
		in.referred(asked.Param, m, func(ref fhir.Ref) { is = is || targets[ref] })
		return is && in.take(m.Ref)
	})
}
