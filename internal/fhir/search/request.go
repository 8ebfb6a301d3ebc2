package search

import (
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Sizes of pages.
const (
	CountUsual = 50
	CountMost  = 1000
	sortMost   = 5
)

// Request is a search as it was asked for, with what belongs to its result.
type Request struct {
	Parts   []Part // one for each type
	Include []Include
	Count   int  // of a page
	Only    bool // the number of matches is all that is asked for
	Total   Total
	Used    []Pair // the parameters that were used, in their order
}

// Part is what is asked of one type.
type Part struct {
	Type schema.Type
	All  []*Criterion
	Sort []Sort
}

// Sort is one key of an order.
type Sort struct {
	Param *Parameter
	Down  bool
}

// Total says whether the number of matches is told.
type Total uint8

// The totals.
const (
	TotalNone Total = iota
	TotalEstimate
	TotalAccurate
)

// Include asks for resources to which the matches refer, or, Reverse, that refer to them.
type Include struct {
	Source  schema.Type // 0 for any
	Param   string      // "*" for any
	Target  schema.Type // 0 for any
	Reverse bool
	Iterate bool // what is included counts as a match
}

// Request reads the parameters of a search for resources of some types. Parameters that are about the form of the answer
// (_format, _pretty, _summary=…, _elements, _cursor) are not its business, but for _summary=count.
func (q *Parser) Request(types []schema.Type, pairs []Pair) (*Request, error) {
	r := &Request{Count: CountUsual}
	for _, t := range types {
		r.Parts = append(r.Parts, Part{Type: t})
	}
	for _, pair := range pairs {
		err := q.pair(r, pair)
		if err != nil && q.Lenient && fault.From(err).IssueType() == "not-supported" {
			continue
		}
		if err != nil {
			return nil, err
		}
		r.Used = append(r.Used, pair)
	}
	return r, nil
}

func (q *Parser) pair(r *Request, pair Pair) (err error) {
	name, modifier, _ := strings.Cut(pair.Name, ":")
	if modifier != "" && slices.Contains(resultParameters, name) {
		return fault.New(fault.Malformed, "%s takes no modifier.", name).WithIssue("not-supported")
	}
	if slices.Contains(onceParameters, name) && slices.ContainsFunc(r.Used, func(before Pair) bool { return before.Name == name }) {
		return fault.New(fault.Malformed, "%s stands twice; give it once, the keys of _sort between commas.", name).WithIssue("invalid")
	}
	switch name {
	case "_format", "_pretty", "_elements", "_cursor", "_type":
		return nil
	case "_summary":
		r.Only = r.Only || pair.Value == "count"
		return nil
	case "_count":
		n, err := strconv.Atoi(pair.Value)
		if err != nil || n < 0 {
			return fault.New(fault.Malformed, "_count should be a whole number from 0 to %d.", CountMost).WithIssue("value")
		}
		r.Count, r.Only = min(n, CountMost), r.Only || n == 0
		return nil
	case "_total":
		total := slices.Index([]string{"none", "estimate", "accurate"}, pair.Value)
		if total < 0 {
			return fault.New(fault.Malformed, "_total is none, estimate or accurate.").WithIssue("value")
		}
		r.Total = Total(total)
		return nil
	case "_sort":
		return q.sort(r, pair.Value)
	case "_include", "_revinclude":
		return q.include(r, name == "_revinclude", modifier, pair.Value)
	}
	var all []*Criterion
	for i := range r.Parts {
		c, err := q.criterion(r.Parts[i].Type, pair.Name, pair.Value, 0)
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	for i, c := range all {
		r.Parts[i].All = append(r.Parts[i].All, c)
	}
	return nil
}

// onceParameters have one value, so that a second would contradict the first.
var onceParameters = []string{"_summary", "_count", "_total", "_sort"}

// resultParameters are about the result, and take no modifier.
var resultParameters = []string{"_format", "_pretty", "_elements", "_cursor", "_type", "_summary", "_count", "_total", "_sort"}

func (q *Parser) sort(r *Request, text string) error {
	names := strings.Split(text, ",")
	if len(names) > sortMost {
		return fault.New(fault.TooLarge, "_sort takes at most %d keys.", sortMost)
	}
	sorts := make([][]Sort, len(r.Parts))
	for i, part := range r.Parts {
		for _, name := range names {
			code, down := strings.CutPrefix(strings.TrimSpace(name), "-")
			p := q.Table.Lookup(part.Type, code)
			switch {
			case p == nil:
				return q.unknown(part.Type, code)
			case !p.Sortable() || len(r.Parts) > 1 && code[0] != '_':
				return fault.New(fault.Malformed, "Results cannot be sorted by %s, which is a %s; dates, numbers, quantities, strings, _id and _lastUpdated can be, over several types the last two.", p.Name, p.Kind).WithIssue("not-supported")
			}
			sorts[i] = append(sorts[i], Sort{p, down})
		}
	}
	for i := range r.Parts {
		r.Parts[i].Sort = sorts[i]
	}
	return nil
}

func (q *Parser) include(r *Request, reverse bool, modifier, text string) error {
	in := Include{Reverse: reverse, Param: "*", Iterate: modifier == "iterate" || modifier == "recurse"}
	if modifier != "" && !in.Iterate {
		return fault.New(fault.Malformed, "The modifier %q of an include is not offered; iterate is.", clip(modifier)).WithIssue("not-supported")
	}
	words := strings.Split(text, ":")
	if text != "*" {
		if err := q.included(&in, words); err != nil {
			return err
		}
	}
	r.Include = append(r.Include, in)
	return nil
}

// included reads Type:parameter:Target.
func (q *Parser) included(in *Include, words []string) error {
	var known bool
	if in.Source, known = schema.TypeOf(words[0]); !known || len(words) < 2 || len(words) > 3 {
		return fault.New(fault.Malformed, "An include is written Type:parameter, Type:parameter:Target, Type:* or *.")
	}
	if in.Param = words[1]; in.Param != "*" {
		p := q.Table.Lookup(in.Source, in.Param)
		if p == nil {
			return q.unknown(in.Source, in.Param)
		}
		if p.Kind != Reference {
			return fault.New(fault.Malformed, "%s.%s is no reference, so nothing can be included by it.", in.Source, p.Name)
		}
	}
	if len(words) == 3 {
		if in.Target, known = schema.TypeOf(words[2]); !known {
			return fault.New(fault.Malformed, "%q in an include is not a resource type of FHIR R4.", clip(words[2]))
		}
	}
	return nil
}

// Compartment is the criterion that resources of a type are in the compartment of a resource; false if its definition has
// no such type in it.
func (t *Table) Compartment(of schema.Type, in fhir.Ref) (*Criterion, bool) {
	names := t.members[in.Type][of]
	self := of == in.Type
	if names == nil && !self {
		return nil, false
	}
	c := &Criterion{Type: of, In: &In{Refs: []fhir.Ref{in}, Self: self}, Name: "compartment"}
	for _, name := range names {
		if p := t.Lookup(of, name); p != nil {
			c.In.Params = append(c.In.Params, p)
		}
	}
	return c, true
}

// besides are the parameters by which resources are about a Patient though R4's compartment of the Patient has no such type.
var besides = map[string]string{"Binary": "-patient", "Device": "patient"}

// About is the criterion that a resource of a type is about another: that it is in its compartment, or, of a Patient, that it says so
// in another way; false if none of the type can be.
func (t *Table) About(of schema.Type, who fhir.Ref) (*Criterion, bool) {
	name := besides[of.String()]
	if name == "" || who.Type.String() != "Patient" {
		return t.Compartment(of, who)
	}
	p := t.Lookup(of, name)
	if p == nil {
		return nil, false // it is not in the definitions of an earlier version
	}
	return &Criterion{Type: of, In: &In{Refs: []fhir.Ref{who}, Params: []*Parameter{p}}, Name: "about"}, true
}
