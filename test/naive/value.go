package naive

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// asked reads one value of a parameter.
func asked(p *Parameter, modifier, text string) (a alternative, err error) {
	switch {
	case modifier == "missing":
		missing, err := strconv.ParseBool(text)
		if text != "true" && text != "false" {
			err = errors.New("missing is true or false")
		}
		return alternative{missing: &missing}, err
	case modifier == "text":
		return alternative{one: func(_ *Record, n node) bool {
			return slices.ContainsFunc(labels(n), func(label string) bool { return stringMatches("", unescape(text), label) })
		}}, nil
	}
	switch p.Kind {
	case "token":
		return askedOfTokens(text, func(_ *Record, n node) node { return n })
	case "reference":
		return askedOfReferences(p, modifier, text)
	case "string":
		return askedOfStrings(p, modifier, unescape(text)), nil
	case "uri":
		return alternative{one: func(_ *Record, n node) bool {
			return slices.Contains([]string{"uri", "url", "oid", "canonical", "uuid"}, n.typ) && n.value == unescape(text)
		}}, nil
	case "date":
		return askedOfDates(text)
	case "number":
		return askedOfNumbers(text)
	case "quantity":
		q, err := parseQuantity(text)
		none := q.prefix == "ne"
		if none {
			q.prefix = "eq"
		}
		return alternative{one: func(_ *Record, n node) bool { return slices.ContainsFunc(amounts(n), q.matches) }, none: none}, err
	case "composite":
		return askedOfComposites(p, text)
	case "special":
		near, err := parseNear(text)
		return alternative{one: func(_ *Record, n node) bool { return slices.ContainsFunc(places(n), near.matches) }}, err
	}
	return a, fmt.Errorf("%s is of the kind %s", p.Name, p.Kind)
}

func askedOfTokens(text string, within func(*Record, node) node) (alternative, error) {
	t, err := parseToken(text)
	return alternative{one: func(r *Record, n node) bool {
		return slices.ContainsFunc(r.facts.tokens(within(r, n)), t.matches)
	}}, err
}

// referenceForm is that of an id, of a relative reference and of what begins with a scheme.
var referenceForm = regexp.MustCompile(`^([A-Za-z0-9.-]{1,64}|[A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64}(/_history/[0-9]+)?|[A-Za-z][A-Za-z0-9+.-]*:.+)$`)

func askedOfReferences(p *Parameter, modifier, text string) (alternative, error) {
	if modifier == "identifier" {
		return askedOfTokens(text, func(_ *Record, n node) node {
			return node{value: member(n.value, "identifier"), typ: "Identifier"}
		})
	}
	asked := unescape(text)
	if !referenceForm.MatchString(asked) {
		return alternative{}, fmt.Errorf("%q is no reference", asked)
	}
	if modifier != "" {
		asked = modifier + "/" + asked
	}
	return alternative{one: func(r *Record, n node) bool {
		return slices.ContainsFunc(pointers(n), func(has pointer) bool {
			return referenceMatches(asked, p.Targets, has) || slices.ContainsFunc(r.alsoCalled(asked, p.Targets), func(name string) bool {
				return referenceMatches(name, p.Targets, has)
			})
		})
	}}, nil
}

func askedOfStrings(p *Parameter, modifier, asked string) alternative {
	if p.Name == "phonetic" {
		return alternative{one: func(_ *Record, n node) bool {
			return slices.ContainsFunc(spokenNames(n), func(has string) bool { return phoneticMatches(asked, has) })
		}}
	}
	return alternative{one: func(_ *Record, n node) bool {
		return slices.ContainsFunc(texts(n), func(has string) bool { return stringMatches(modifier, asked, has) })
	}}
}

func askedOfDates(text string) (alternative, error) {
	prefix, rest := cutPrefix(unescape(text))
	// The zone is known with the record only; whether it is a date at all, in any zone.
	if _, err := dateSpan(rest, time.UTC); err != nil {
		return alternative{}, err
	}
	none := prefix == "ne"
	if none {
		prefix = "eq"
	}
	return alternative{none: none, one: func(r *Record, n node) bool {
		asked, _ := dateSpan(rest, r.Zone)
		return slices.ContainsFunc(r.spans(n), func(has span) bool { return dateMatches(prefix, asked, has, r.Now()) })
	}}, nil
}

func askedOfNumbers(text string) (alternative, error) {
	prefix, rest := cutPrefix(unescape(text))
	value, half, err := decimal(rest)
	none := prefix == "ne"
	if none {
		prefix = "eq"
	}
	return alternative{none: none, one: func(_ *Record, n node) bool {
		return slices.ContainsFunc(numbers(n), func(has stretch) bool { return numberMatches(prefix, value, half, has) })
	}}, err
}

// askedOfComposites reads a value such as 8480-6$gt100: in one element, every part must match.
func askedOfComposites(p *Parameter, text string) (alternative, error) {
	values := splitAt(text, '$')
	if len(values) != len(p.Components) {
		return alternative{}, fmt.Errorf("%s has %d parts", p.Name, len(p.Components))
	}
	var all []alternative
	for i, value := range values {
		if value == "" {
			return alternative{}, errors.New("a part is empty")
		}
		a, err := asked(p.Components[i].param, "", value)
		if err != nil {
			return alternative{}, err
		}
		all = append(all, a)
	}
	return alternative{one: func(r *Record, n node) bool {
		for i, a := range all {
			found := r.part(p.Components[i], n)
			if len(found) == 0 || r.any(found, a.one) == a.none {
				return false
			}
		}
		return true
	}}, nil
}

// part is what a component of a composite finds in an element, as far as it has values.
func (r *Record) part(c component, n node) []node {
	var out []node
	root := node{value: n.in.Body, typ: n.in.Type, place: n.in.Type, in: n.in}
	for _, found := range c.find([]node{n}, root) {
		if r.hasValue(c.param, found) {
			out = append(out, found)
		}
	}
	return out
}

// hasValue tells whether what a parameter has found is a value for it.
func (r *Record) hasValue(p *Parameter, n node) bool {
	switch p.Kind {
	case "token":
		return len(r.facts.tokens(n)) > 0
	case "reference":
		return len(pointers(n)) > 0 || len(r.facts.tokens(node{value: member(n.value, "identifier"), typ: "Identifier"})) > 0
	case "string":
		return len(texts(n)) > 0
	case "date":
		return len(r.spans(n)) > 0
	case "number":
		return len(numbers(n)) > 0
	case "quantity":
		return len(amounts(n)) > 0
	case "composite":
		return !slices.ContainsFunc(p.Components, func(c component) bool { return len(r.part(c, n)) == 0 })
	case "special":
		return len(places(n)) > 0
	}
	return text(n.value) != ""
}
