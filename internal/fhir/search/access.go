package search

import (
	"math"
	"slices"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
	"yitong/internal/fhir/schema"
)

// Span is a part of the index: the resources with a term, from one order to another, both included; or, with Text, those
// with a text that begins so.
type Span struct {
	Term
	From, To int64
	Text     bool
}

// Access is where the candidates of a criterion stand: in any of the spans.
type Access struct {
	Spans []Span
	Exact bool // whoever stands there meets the criterion
}

// Listed tells whether the candidates come by their clinical date, so that they can be read in that order.
func (a Access) Listed() bool {
	for _, s := range a.Spans {
		if s.Form.Valued() {
			return false
		}
	}
	return true
}

// list is a span of all resources with a term; types with a clinical date have two.
func (t *Table) list(of schema.Type, spans []Span, definition uint64, form Form, value string) []Span {
	s := Span{Term: Term{definition, form, false, value}, From: math.MinInt64, To: math.MaxInt64}
	if spans = append(spans, s); t.OrderParameter(of) != nil {
		s.Long = true
		spans = append(spans, s)
	}
	return spans
}

// Access is where the candidates of a criterion stand, false if the index does not tell.
func (t *Table) Access(c *Criterion) (a Access, ok bool) {
	switch {
	case c.In != nil:
		for _, ref := range c.In.Refs {
			a.Spans = t.list(c.Type, a.Spans, t.whole[c.Type], FormReference, ref.String())
		}
		return a, !c.In.Self
	case c.Deep() || c.missing != nil || c.not:
		return a, false
	}
	a.Exact = len(c.values) == 1 // whoever has two of several values stands in two lists
	for _, v := range c.values {
		if !t.value(&a, c.Type, c.Param, v) {
			return Access{}, false
		}
	}
	a.Spans = distinct(a.Spans)
	return a, true
}

// distinct leaves out spans that stand twice.
func distinct(spans []Span) []Span {
	seen := make(map[Span]bool, len(spans))
	return slices.DeleteFunc(spans, func(s Span) bool { is := seen[s]; seen[s] = true; return is })
}

// All is where all resources of a type stand.
func (t *Table) All(of schema.Type) Access {
	return Access{Spans: t.list(of, nil, t.whole[of], FormAll, ""), Exact: true}
}

// Referring is where the resources of a type stand that refer to one, by whichever element.
func (t *Table) Referring(of schema.Type, to fhir.Ref) Access {
	return Access{Spans: t.list(of, nil, t.whole[of], FormReference, to.String())}
}

// value adds the spans of one alternative.
func (t *Table) value(a *Access, of schema.Type, p *Parameter, v value) bool {
	if rest, is := strings.CutPrefix(p.Name, "combo-"); is && p.Kind != Composite {
		return t.value(a, of, t.types[of][rest], v) && t.value(a, of, t.types[of]["component-"+rest], v)
	}
	switch v := v.(type) {
	case *tokenValue:
		return t.tokenSpans(a, of, p, v)
	case *stringValue:
		return t.textSpans(a, of, p, v)
	case soundValue:
		a.Spans = append(a.Spans, Span{Term: Term{p.ID, FormText, false, Clip(string(v))}, Text: true})
	case *referenceValue:
		a.Exact = false
		for _, ref := range v.refs {
			a.Spans = t.list(of, a.Spans, t.whole[of], FormReference, ref.String())
		}
		if v.text != "" {
			text, _, _ := strings.Cut(v.text, "|")
			a.Spans = t.list(of, a.Spans, t.whole[of], FormReference, text)
		}
	case identifierValue:
		a.Exact = false
		a.Spans = t.list(of, a.Spans, t.whole[of], FormIdentifier, v.code)
		return !v.noCode
	case uriValue:
		a.Spans = t.list(of, a.Spans, p.ID, FormURI, string(v))
	case *dateValue:
		return t.dateSpans(a, p, v)
	case *numberValue:
		return t.numberSpans(a, p, v)
	case *nearValue:
		a.Exact = false
		for _, part := range v.cover() {
			a.Spans = append(a.Spans, Span{Term: Term{p.ID, FormPosition, false, ""}, From: part[0], To: part[1]})
		}
	case *compositeValue:
		return t.compositeSpans(a, of, p, v)
	default:
		return false
	}
	return true
}

func (t *Table) tokenSpans(a *Access, of schema.Type, p *Parameter, v *tokenValue) bool {
	if v.noCode || p.Name == "_id" {
		return false
	}
	coded, folded := true, false
	for i := range p.paths {
		coded, folded = coded && p.paths[i].coded(), folded || p.paths[i].folded()
	}
	if coded && !v.anySystem {
		a.Spans = t.list(of, a.Spans, p.ID, FormSystemCode, join(v.system, v.code))
		return true
	}
	a.Exact = a.Exact && v.anySystem && !folded
	a.Spans = t.list(of, a.Spans, p.ID, FormCode, v.code)
	if folded && v.folded != v.code {
		a.Spans = t.list(of, a.Spans, p.ID, FormCode, v.folded)
	}
	if folded && v.contact != v.code && v.contact != v.folded {
		a.Spans = t.list(of, a.Spans, p.ID, FormCode, v.contact)
	}
	return true
}

func (t *Table) textSpans(a *Access, of schema.Type, p *Parameter, v *stringValue) bool {
	text := v.text
	switch v.how {
	case "contains":
		a.Exact = false
		if !p.grams {
			return false
		}
		rare := ""
		grams(text, func(two string) { rare = two }) // the last: names begin alike more often than they end alike
		a.Spans = t.list(of, a.Spans, p.ID, FormGram, rare)
		return rare != ""
	case "exact":
		a.Exact = false
		text = fold.Text(text)
	}
	if begin := Clip(text); begin != text {
		a.Exact = false
		text = begin
	}
	a.Spans = append(a.Spans, Span{Term: Term{p.ID, FormText, false, text}, Text: true})
	return true
}

func (t *Table) dateSpans(a *Access, p *Parameter, v *dateValue) bool {
	a.Exact = false
	if p.Name == "_lastUpdated" || v.prefix == "ne" {
		return false
	}
	for i, longest := range classes {
		from, to := v.window(longest)
		a.Spans = append(a.Spans, Span{Term: Term{p.ID, FormDate, false, string(rune('a' + i))}, From: from, To: to})
	}
	return true
}

// window is where periods that match can begin if they are no longer than that.
func (v *dateValue) window(longest int64) (from, to int64) {
	back := func(hi int64) int64 { // where a period can begin that ends behind hi
		if longest == math.MaxInt64 {
			return math.MinInt64
		}
		return hi - longest
	}
	from, to = math.MinInt64, math.MaxInt64
	switch v.prefix {
	case "eq":
		from, to = v.lo, v.hi-1
	case "gt":
		from = back(v.hi)
	case "ge":
		from = min(v.lo, back(v.hi))
	case "lt", "eb":
		to = v.lo - 1
	case "le":
		to = v.hi - 1
	case "sa":
		from = v.hi
	case "ap":
		from, to = back(v.lo), v.hi-1
	}
	return from, to
}

func (t *Table) numberSpans(a *Access, p *Parameter, v *numberValue) bool {
	a.Exact = false
	if v.prefix == "ne" {
		return false
	}
	if v.base != nil {
		a.Spans = v.base.spans(a.Spans, p.ID, FormBase, v.unit)
	} else {
		a.Spans = v.spans(a.Spans, p.ID, FormNumber, "")
	}
	return true
}

// spans adds those in which numbers and ranges stand that match.
func (v *numberValue) spans(spans []Span, definition uint64, form Form, unit string) []Span {
	from, to := v.window()
	spans = append(spans, Span{Term: Term{definition, form, false, unit}, From: from, To: to})
	switch v.prefix {
	case "gt", "ge", "ap": // a range may begin anywhere and still end late enough
		from = math.MinInt64
	}
	return append(spans, Span{Term: Term{definition, form, false, "-" + unit}, From: from, To: to})
}

// Measured is where the resources stand that have the codes of one criterion and the quantities of another, false if these
// two are not kept together.
func (t *Table) Measured(code, quantity *Criterion) (a Access, ok bool) {
	p := t.types[code.Type][measured[code.Type.String()]]
	if p == nil || code.Param == nil || quantity.Param == nil || code.Param.Name != p.components[0].Name || quantity.Param.Name != p.components[1].Name ||
		code.Deep() || quantity.Deep() || code.not || len(code.values)*len(quantity.values) > 32 {
		return a, false
	}
	for _, c := range code.values {
		for _, q := range quantity.values {
			if !a.measured(p, c, q) {
				return Access{}, false
			}
		}
	}
	return a, len(a.Spans) > 0
}

// measured adds the spans of a code with a quantity.
func (a *Access) measured(p *Parameter, code, quantity value) bool {
	c, is := code.(*tokenValue)
	q, also := quantity.(*numberValue)
	if !is || !also || c.noCode || q.prefix == "ne" {
		return false
	}
	if q.base != nil {
		a.Spans = q.base.spans(a.Spans, p.ID, FormMeasured, measure(c.code, q.unit))
	} else {
		a.Spans = q.spans(a.Spans, p.ID, FormMeasured, measure(c.code, ""))
	}
	return true
}

// window is where numbers that match can stand.
func (v *numberValue) window() (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	switch v.prefix {
	case "eq", "ap":
		from, to = magnitude(v.low), magnitude(v.high)
	case "gt", "sa":
		from = magnitude(v.n)
	case "ge":
		from = magnitude(v.low)
	case "lt", "eb":
		to = magnitude(v.n)
	case "le":
		to = magnitude(v.high)
	}
	return from, to
}

// compositeSpans finds candidates by the first component that the index knows.
func (t *Table) compositeSpans(a *Access, of schema.Type, p *Parameter, v *compositeValue) bool {
	a.Exact = false
	if p.Name == measured[of.String()] && a.measured(p, v.values[0], v.values[1]) {
		return true
	}
	for i, c := range p.components {
		inner := Access{}
		if same := t.types[of][c.Name]; same != nil && t.value(&inner, of, same, v.values[i]) {
			a.Spans = append(a.Spans, inner.Spans...)
			return true
		}
	}
	return false
}

// Narrow cuts lists to where a criterion on the type's clinical date lets resources begin.
func (t *Table) Narrow(a Access, c *Criterion) Access {
	if c.Param == nil || c.Param != t.OrderParameter(c.Type) || c.missing != nil || c.Deep() || len(c.values) == 0 {
		return a
	}
	out := Access{}
	for _, s := range a.Spans {
		if s.Form.Valued() {
			return a
		}
		longest := c.Param.longest()
		if s.Long {
			longest = math.MaxInt64
		}
		first, last := int64(math.MaxInt64), int64(math.MinInt64)
		for _, v := range c.values {
			from, to := v.(*dateValue).window(longest)
			first, last = min(first, from), max(last, to)
		}
		if s.From, s.To = max(s.From, first), min(s.To, last); s.From <= s.To {
			out.Spans = append(out.Spans, s)
		}
	}
	return out
}

// longest bounds the times of care in lists that are not those of long ones, in microseconds: an instant is told to the second.
func (p *Parameter) longest() int64 {
	if slices.ContainsFunc(p.paths, func(at path) bool { return at.leaf == nil || at.leaf.Type != "instant" }) {
		return short
	}
	return 1_000_000
}

// IDs are the resources that a criterion on _id names, false for any other criterion.
func (c *Criterion) IDs() (refs []fhir.Ref, is bool) {
	if c.Param == nil || c.Param.Name != "_id" || c.missing != nil || c.not || c.Deep() {
		return nil, false
	}
	for _, v := range c.values {
		token, plain := v.(*tokenValue)
		if !plain {
			return nil, false
		}
		if fhir.ValidID(token.code) {
			refs = append(refs, fhir.Ref{Type: c.Type, ID: token.code})
		}
	}
	return refs, true
}

// Updated is the time in which resources must have changed last to meet a criterion on _lastUpdated, both ends included;
// false for any other criterion.
func (c *Criterion) Updated() (span [2]int64, is bool) {
	if c.Param == nil || c.Param.Name != "_lastUpdated" || c.missing != nil || c.Deep() {
		return span, false
	}
	span = [2]int64{math.MaxInt64, math.MinInt64}
	for _, v := range c.values {
		from, to := v.(*dateValue).window(1)
		span[0], span[1] = min(span[0], from), max(span[1], to)
	}
	return span, true
}

// Refers is the criterion that a resource refers to another by the parameter.
func Refers(of schema.Type, p *Parameter, to fhir.Ref) *Criterion {
	return &Criterion{Type: of, Param: p, Name: p.Name, values: []value{&referenceValue{refs: []fhir.Ref{to}}}}
}
