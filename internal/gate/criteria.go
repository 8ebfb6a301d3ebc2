package gate

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// maxValues bounds how many values the criteria of one condition may name.
const maxValues = 20

// Criteria are the search criteria of a conditional interaction or reference: which resource of a type is meant. They
// can name _id and identifier; each parameter must match, by any of its values (R4, 3.1.1.4).
type Criteria struct {
	Type  schema.Type
	query string
	all   []criterion
}

type criterion struct {
	param  string
	values []string
}

// ParseCriteria reads the query part of a condition. No error repeats what the query says: it may hold a document
// number.
func ParseCriteria(t schema.Type, query string) (*Criteria, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The criteria of the condition cannot be read.")
	}
	c := &Criteria{Type: t, query: values.Encode()} // one text for every way to write the same
	total := 0
	for _, param := range slices.Sorted(maps.Keys(values)) {
		if param != "_id" && param != "identifier" || param == "identifier" && !hasIdentifier(t) {
			return nil, fault.New(fault.NotSupported, "A condition on %s can name _id and identifier, not %q.", t, param)
		}
		for _, text := range values[param] {
			one := criterion{param, split(text)}
			if total += len(one.values); total > maxValues {
				return nil, fault.New(fault.TooLarge, "A condition may name at most %d values.", maxValues)
			}
			if err := one.check(); err != nil {
				return nil, err
			}
			c.all = append(c.all, one)
		}
	}
	if len(c.all) == 0 {
		return nil, fault.New(fault.Malformed, "The condition names no criteria; without any it would mean every %s.", t)
	}
	return c, nil
}

func (c criterion) check() error {
	for _, v := range c.values {
		if v == "" || strings.HasSuffix(v, "|") {
			return fault.New(fault.Malformed, "The condition's %s has an empty value.", c.param)
		}
		if c.param == "_id" && !fhir.ValidID(v) {
			return fault.New(fault.Malformed, "The condition's _id has a value that is no id.").WithIssue("value")
		}
	}
	return nil
}

// split cuts the values of a parameter at its commas, and takes the backslash away from commas, bars, dollars and
// backslashes that stand for themselves (R4, 3.1.1.4.0.1). A bar in a value is not told from the one behind a system.
func split(text string) []string {
	var out []string
	var one strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '\\' && i+1 < len(text) && strings.IndexByte(`,|$\`, text[i+1]) >= 0:
			i++
			one.WriteByte(text[i])
		case text[i] == ',':
			out = append(out, one.String())
			one.Reset()
		default:
			one.WriteByte(text[i])
		}
	}
	return append(out, one.String())
}

func (c *Criteria) String() string { return c.Type.String() + "?" + c.query }

func hasIdentifier(t schema.Type) bool {
	el, ok := t.Shape().Element([]byte("identifier"))
	return ok && el.Type == "Identifier"
}

// candidates bounds how many resources of one key a condition looks at. A value that more share is no identifier.
const candidates = 100

// span is where the answers to one criterion stand.
type span struct{ heads, seeks [2]int }

// want adds to a question what the criteria need to know, and tells where the answers will stand.
func (c *Criteria) want(h store.Hasher, w *store.Want) []span {
	spans := make([]span, len(c.all))
	for i, one := range c.all {
		s := &spans[i]
		s.heads[0], s.seeks[0] = len(w.Heads), len(w.Seek)
		for _, v := range one.values {
			if one.param == "_id" {
				w.Heads = append(w.Heads, fhir.Ref{Type: c.Type, ID: v})
			} else {
				w.Seek = append(w.Seek, store.Seek{Key: h.Key(tokenTerm(c.Type, v)), Most: candidates + 1})
			}
		}
		s.heads[1], s.seeks[1] = len(w.Heads), len(w.Seek)
	}
	return spans
}

// one is the single resource that meets the criteria, nil for none. Each criterion leads to candidates; those of one
// that does not lead to too many are checked against all. Several that meet them are refused (R4, 3.1.0.8.1).
func (c *Criteria) one(spans []span, found store.Found) (match *store.Version, err error) {
	for _, s := range spans {
		list := slices.Clone(found.Heads[s.heads[0]:s.heads[1]])
		many := false
		for _, more := range found.Seek[s.seeks[0]:s.seeks[1]] {
			many = many || len(more) > candidates
			list = append(list, more...)
		}
		if !many {
			return c.only(list)
		}
	}
	return nil, tooMany()
}

func tooMany() error {
	return fault.New(fault.Precondition, "More than %d resources share the condition's values; name a value that tells one from all others.", candidates).WithIssue("too-costly")
}

func (c *Criteria) only(list []store.Version) (match *store.Version, err error) {
	for i := range list {
		switch {
		case match != nil && match.Rid == list[i].Rid || !list[i].Live() || !c.matches(list[i].Ref, list[i].Body.Bytes):
		case match != nil:
			return nil, fault.New(fault.Precondition, "Several resources of type %s meet the condition; it must name one.", c.Type).WithIssue("multiple-matches")
		default:
			match = &list[i]
		}
	}
	return match, nil
}

// tokenTerm is the term that finds an identifier written as value, |value or system|value.
func tokenTerm(t schema.Type, v string) store.Term {
	form := store.FormToken
	if strings.Contains(v, "|") {
		form = store.FormSystemToken
	}
	return store.Term{Type: t, Param: "identifier", Form: form, Value: v}
}

// matches tells whether a resource meets all criteria.
func (c *Criteria) matches(ref fhir.Ref, body []byte) bool {
	r, err := fhir.ParseResource(body)
	return err == nil && ref.Type == c.Type && c.met(ref, identifiers(nil, r))
}

// met tells whether the id and the identifiers of a resource of the type meet all criteria.
func (c *Criteria) met(ref fhir.Ref, terms []store.Term) bool {
	for _, one := range c.all {
		if !slices.ContainsFunc(one.values, func(v string) bool {
			return one.param == "_id" && ref.ID == v || one.param == "identifier" && slices.Contains(terms, tokenTerm(c.Type, v))
		}) {
			return false
		}
	}
	return true
}
