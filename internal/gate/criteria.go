package gate

import (
	"net/url"
	"sort"
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

// ParseCriteria reads the query part of a condition.
func ParseCriteria(t schema.Type, query string) (*Criteria, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The criteria of the condition cannot be read: %q.", query)
	}
	c := &Criteria{Type: t, query: values.Encode()} // one text for every way to write the same
	total := 0
	for param, list := range values {
		if param != "_id" && param != "identifier" || param == "identifier" && !hasIdentifier(t) {
			return nil, fault.New(fault.NotSupported, "A condition on %s can name _id and identifier, not %q.", t, param)
		}
		for _, v := range list {
			one := criterion{param, strings.Split(v, ",")}
			if total += len(one.values); total > maxValues {
				return nil, fault.New(fault.TooLarge, "A condition may name at most %d values.", maxValues)
			}
			for _, x := range one.values {
				if x == "" || x == "|" || strings.HasSuffix(x, "|") {
					return nil, fault.New(fault.Malformed, "The condition's %s has an empty value.", param)
				}
				if param == "_id" && !fhir.ValidID(x) {
					return nil, fault.New(fault.Malformed, "The condition's _id has a value that is no id.").WithIssue("value")
				}
			}
			c.all = append(c.all, one)
		}
	}
	if len(c.all) == 0 {
		return nil, fault.New(fault.Malformed, "The condition names no criteria; without any it would mean every %s.", t)
	}
	sort.Slice(c.all, func(i, j int) bool { return c.all[i].param < c.all[j].param })
	return c, nil
}

func (c *Criteria) String() string { return c.Type.String() + "?" + c.query }

func hasIdentifier(t schema.Type) bool {
	el, ok := t.Shape().Element([]byte("identifier"))
	return ok && el.Type == "Identifier"
}

// want adds to a question what the criteria need to know, and tells where the answer will stand: the values of the
// first criterion lead to candidates, which [Criteria.matches] checks against all of them.
func (c *Criteria) want(h store.Hasher, w *store.Want) (heads, seeks [2]int) {
	heads[0], seeks[0] = len(w.Heads), len(w.Seek)
	for _, v := range c.all[0].values {
		if c.all[0].param == "_id" {
			w.Heads = append(w.Heads, fhir.Ref{Type: c.Type, ID: v})
			continue
		}
		w.Seek = append(w.Seek, store.Seek{Key: h.Key(tokenTerm(c.Type, v)), Most: candidates})
	}
	heads[1], seeks[1] = len(w.Heads), len(w.Seek)
	return heads, seeks
}

// candidates bounds how many resources of one key a condition looks at. A value that more share is no identifier.
const candidates = 100

// tokenTerm is the term that finds an identifier written as value, |value or system|value.
func tokenTerm(t schema.Type, v string) store.Term {
	form := store.FormToken
	if strings.Contains(v, "|") {
		form = store.FormSystemToken
	}
	return store.Term{Type: t, Param: "identifier", Form: form, Value: v}
}

// matches tells whether a resource meets all criteria.
func (c *Criteria) matches(v store.Version) bool {
	if !v.Live() || v.Ref.Type != c.Type {
		return false
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return false
	}
	terms := identifiers(nil, r)
	for _, one := range c.all {
		met := false
		for _, value := range one.values {
			if one.param == "_id" {
				met = met || v.Ref.ID == value
				continue
			}
			want := tokenTerm(c.Type, value)
			for _, t := range terms {
				met = met || t == want
			}
		}
		if !met {
			return false
		}
	}
	return true
}
