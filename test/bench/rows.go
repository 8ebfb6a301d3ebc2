package bench

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/store/plan"
)

// parameters are a server's search parameters; the zone is that of its dates unless it is told another.
func parameters() (*search.Table, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	return search.R4(zone), err
}

// rows reads the rows of searches with nothing but the store, as quickly as it can: a part of a list of the index, and
// the bodies that it names.
type rows struct {
	reader store.Reader
	hasher store.Hasher
}

// list is the part of the index where the matches of a query stand.
func (b *rows) list(q query) ([]store.Range, error) {
	table, asked, err := parsed(q)
	if err != nil {
		return nil, err
	}
	part := asked.Parts[0]
	access := table.All(part.Type)
	for _, c := range part.All {
		if a, ok := table.Access(c); ok && a.Exact {
			access = a
		}
	}
	for _, who := range part.All {
		for _, what := range part.All {
			if a, ok := table.Compound(who, what); ok {
				access = a
			}
		}
	}
	for _, c := range part.All {
		access = table.Narrow(access, c)
	}
	out := make([]store.Range, len(access.Spans))
	for i, s := range access.Spans {
		r := &out[i]
		*r = store.Range{Key: b.hasher.Key(s.Term), Down: true, Most: page, Texts: s.Text}
		r.From, r.To = store.Posting{Order: s.From, Rid: -1}, store.Posting{Order: s.To, Rid: math.MaxInt64}
		if s.Text {
			r.Key = b.hasher.Key(search.Term{Definition: s.Definition, Form: s.Form})
			r.From.Text, r.To.Text = s.Value, s.Value+"\U0010ffff"
		}
	}
	return out, nil
}

// parsed reads a query as the server does.
func parsed(q query) (*search.Table, *search.Request, error) {
	name, text, _ := strings.Cut(q.path, "?")
	of, known := schema.TypeOf(name)
	if !known {
		return nil, nil, fault.New(fault.Internal, "%q is no type.", name)
	}
	table, err := parameters()
	if err != nil {
		return nil, nil, err
	}
	p := search.Parser{Table: table, Now: time.Now()}
	asked, err := p.Request([]schema.Type{of}, gate.Pairs(text))
	return table, asked, err
}

// found are the numbers of what a query finds, on one page and beside it.
func (b *rows) found(ctx context.Context, q query) (rids []int64, err error) {
	table, asked, err := parsed(q)
	if err != nil {
		return nil, err
	}
	p := &plan.Planner{Table: table, Hasher: b.hasher, Reader: b.reader, Limits: plan.Usual}
	part := asked.Parts[0]
	sort := part.Sort
	if sort == nil {
		sort = p.Usually(part.Type)
	}
	got, err := p.Page(ctx, plan.Query{Type: part.Type, All: part.All, Sort: sort}, plan.Slice{Most: page})
	if err != nil {
		return nil, err
	}
	included, _, err := p.Include(ctx, got.Matches, asked.Include)
	for _, m := range got.Matches {
		rids = append(rids, m.Rid)
	}
	for _, v := range included {
		rids = append(rids, v.Rid)
	}
	return rids, err
}

// read reads the first rows of a list, or counts it. rest is what comes behind them.
func (b *rows) read(ctx context.Context, list []store.Range, count bool) (found int, rest []store.Range, err error) {
	if count {
		sizes, err := b.reader.Sizes(ctx, list, math.MaxInt32)
		for _, n := range sizes {
			found += n
		}
		return found, nil, err
	}
	parts, err := b.reader.Seek(ctx, list)
	if err != nil {
		return 0, nil, err
	}
	lines := newest(parts)
	rids := make([]int64, len(lines))
	for i, p := range lines {
		rids[i] = p.Rid
	}
	bodies, err := b.reader.Bodies(ctx, rids)
	if len(lines) == page {
		rest = slices.Clone(list)
		for i := range rest {
			rest[i].To = lines[page-1]
		}
	}
	return len(bodies), rest, err
}

// newest are the first lines of several that each run from the newest to the oldest.
func newest(parts [][]store.Posting) []store.Posting {
	all := slices.Concat(parts...)
	if len(parts) > 1 {
		slices.SortFunc(all, func(a, b store.Posting) int {
			return cmp.Or(cmp.Compare(b.Order, a.Order), cmp.Compare(b.Rid, a.Rid))
		})
	}
	return all[:min(page, len(all))]
}
