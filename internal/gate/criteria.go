package gate

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
	"yitong/internal/store/plan"
)

// Criteria are the search criteria of a conditional interaction or reference: which resource of a type is meant (R4,
// 3.1.0.8.1).
type Criteria struct {
	Type  schema.Type
	query string
	all   []*search.Criterion
}

// Criteria reads the query part of a condition.
func (s *Session) Criteria(t schema.Type, query string) (*Criteria, error) {
	c, err := ParseCriteria(s.parser(), t, query)
	if err == nil && s.gate.byAudits(c.all) {
		err = auditsAlone()
	}
	return c, err
}

// ParseCriteria reads the query part of a condition.
func ParseCriteria(parser search.Parser, t schema.Type, query string) (*Criteria, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The criteria of the condition cannot be read.")
	}
	c := &Criteria{Type: t, query: values.Encode()} // one text for every way to write the same
	pairs := Pairs(c.query)
	if len(pairs) == 0 {
		return nil, fault.New(fault.Malformed, "The condition names no criteria; without any it would mean every %s.", t)
	}
	c.all, _, err = parser.Criteria(t, pairs)
	return c, err
}

// Pairs are the parameters of a query in their order. What cannot be read as one is left out.
func Pairs(query string) (pairs []search.Pair) {
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		n, err1 := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if part != "" && err1 == nil && err2 == nil {
			pairs = append(pairs, search.Pair{Name: n, Value: v})
		}
	}
	return pairs
}

func (c *Criteria) String() string { return c.Type.String() + "?" + c.query }

// candidates bounds how many resources that share a value a condition looks at before it is searched for.
const candidates = 100

// seekMost bounds the keys of one criterion that are looked up at once.
const seekMost = 40

// condition is a Criteria and where its candidates will stand in the answer.
type condition struct {
	*Criteria
	identifies   bool // it names identifiers, as feeds do, and asks for nothing else
	heads, seeks [2]int
}

// want adds to a question what leads to candidates: names, and lists of those that share a value.
func (c *condition) want(g *Gate, w *store.Want) {
	c.heads[0], c.seeks[0] = len(w.Heads), len(w.Seek)
	for _, one := range c.all {
		if refs, is := one.IDs(); is {
			w.Heads = append(w.Heads, refs...)
			break // nobody else can be meant
		}
		if keys := g.listKeys(one); keys != nil {
			w.Seek = append(w.Seek, store.Seek{Keys: keys, Most: candidates + 1})
		}
	}
	c.heads[1], c.seeks[1] = len(w.Heads), len(w.Seek)
}

// listKeys are the keys of the lists in which whoever meets a criterion stands, nil if there are none, or too many.
func (g *Gate) listKeys(c *search.Criterion) (keys []store.Key) {
	for _, t := range g.listTerms(c) {
		keys = append(keys, g.hasher.Key(t))
	}
	return keys
}

func (g *Gate) listTerms(c *search.Criterion) (terms []search.Term) {
	a, ok := g.index.Table().Access(c)
	if !ok || !a.Listed() || len(a.Spans) > seekMost {
		return nil
	}
	for _, s := range a.Spans {
		terms = append(terms, s.Term)
	}
	return terms
}

// few are candidates that were found by a name or a value, false if too many share each of the values.
func (c *condition) few(found store.Found) (list []store.Version, ok bool) {
	if list = found.Heads[c.heads[0]:c.heads[1]]; len(list) > 0 {
		return list, true
	}
	for _, more := range found.Seek[c.seeks[0]:c.seeks[1]] {
		if len(more) <= candidates {
			return more, true
		}
	}
	return nil, false
}

// one is the single resource that meets the criteria, nil for none. Several that meet them are refused.
func (c *condition) one(v *view, reader store.Reader, found store.Found) (*store.Version, error) {
	inside := *v
	inside.writing = c.identifies
	p := inside.planner(reader, plan.Inside)
	q := plan.Query{Type: c.Type, All: c.all, Sort: p.Usually(c.Type)}
	list, few := c.few(found)
	var matches []plan.Match
	var err error
	if few {
		matches, err = p.Verify(context.Background(), q, list)
	} else {
		var page plan.Page
		page, err = p.Page(context.Background(), q, plan.Slice{Most: 2})
		matches = page.Matches
	}
	switch {
	case err != nil:
		if f := fault.From(err); f.IssueType() == "too-costly" {
			return nil, fault.New(fault.Precondition, "More than %d resources share the condition's values; name a value that tells one from all others.", plan.Inside.Candidates).WithIssue("too-costly")
		}
		return nil, err
	case len(matches) > 1:
		if err := v.tellMet(matches[0].Version, matches[1].Version); err != nil {
			return nil, err
		}
		return nil, fault.New(fault.Precondition, "Several resources of type %s meet the condition; it must name one.", c.Type).WithIssue("multiple-matches")
	case len(matches) == 0:
		return nil, nil
	}
	return &matches[0].Version, nil
}

// met tells whether a resource that a transaction is about to write meets the criteria. Where other resources decide, it
// is not said to: what these will be is not known yet.
func (c *Criteria) met(p prepared) bool {
	r, err := fhir.ParseResource(p.body.Bytes)
	return err == nil && r.Type == c.Type && !slices.ContainsFunc(c.all, func(one *search.Criterion) bool {
		return one.Deep() || !one.Matches(r, time.Now())
	})
}
