package naive

import (
	"fmt"
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
)

// Refusal is why a search cannot be answered; a server would answer 400.
type Refusal struct{ Why string }

func (r *Refusal) Error() string { return r.Why }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// criterion is one parameter of a search, for the resources of one type.
type criterion interface {
	matches(*Record, *Resource) bool
}

// splitAt cuts a text at a character, where that is not behind a backslash.
func splitAt(text string, at byte) []string {
	var out []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case at:
			out = append(out, text[start:i])
			start = i + 1
		}
	}
	return append(out, text[start:])
}

var unescaper = strings.NewReplacer(`\\`, `\`, `\,`, `,`, `\|`, `|`, `\$`, `$`)

func unescape(text string) string { return unescaper.Replace(text) }

// steps bounds how long a chain may be.
const steps = 5

// criterion reads a parameter of a search as it concerns a type. deep counts the steps of the chain that lead to it.
func (f *Facts) criterion(typ, name, value string, deep int) (criterion, error) {
	if deep > steps {
		return nil, refuse("a chain has at most %d steps", steps)
	}
	if rest, ok := strings.CutPrefix(name, "_has:"); ok {
		return f.has(typ, rest, value, deep)
	}
	if head, rest, ok := strings.Cut(name, "."); ok {
		return f.chain(typ, head, rest, value, deep)
	}
	name, modifier, _ := strings.Cut(name, ":")
	p := f.parameter(typ, name)
	if p == nil {
		return nil, refuse("%s has no parameter %s", typ, name)
	}
	if modifier != "" && !takes(p, modifier) {
		return nil, refuse("%s takes no modifier %s", name, modifier)
	}
	o := own{param: p, modifier: modifier}
	for _, text := range splitAt(value, ',') {
		if text == "" {
			return nil, refuse("%s has an empty value", name)
		}
		a, err := asked(p, modifier, text)
		if err != nil {
			return nil, refuse("%s: %v", name, err)
		}
		o.alternatives = append(o.alternatives, a)
	}
	return o, nil
}

func takes(p *Parameter, modifier string) bool {
	switch modifier {
	case "missing":
		return true
	case "exact", "contains":
		return p.Kind == "string"
	case "not":
		return p.Kind == "token"
	case "text":
		return p.Kind == "token" || p.Kind == "reference"
	case "identifier":
		return p.Kind == "reference"
	}
	_, typ := schema.TypeOf(modifier)
	return typ && p.Kind == "reference" && (p.Targets == nil || slices.Contains(p.Targets, modifier))
}

// own is a parameter of the resource itself.
type own struct {
	param        *Parameter
	modifier     string
	alternatives []alternative
}

// alternative is one of the values asked for.
type alternative struct {
	// one tells whether a node that the parameter finds matches.
	one func(*Record, node) bool
	// none turns it round: no node may match.
	none bool
	// missing, when set, asks only whether there are values.
	missing *bool
}

func (o own) matches(r *Record, res *Resource) bool {
	found := r.find(o.param, res)
	if o.modifier == "not" {
		return !slices.ContainsFunc(o.alternatives, func(a alternative) bool { return r.any(found, a.one) })
	}
	return slices.ContainsFunc(o.alternatives, func(a alternative) bool {
		switch {
		case a.missing != nil:
			return *a.missing != r.any(found, func(r *Record, n node) bool { return r.hasValue(o.param, n) })
		case a.none:
			return !r.any(found, a.one)
		}
		return r.any(found, a.one)
	})
}

// find gives the nodes that a parameter finds in a resource.
func (r *Record) find(p *Parameter, res *Resource) []node {
	root := node{value: res.Body, typ: res.Type, place: res.Type, in: res}
	return p.find([]node{root}, root)
}

func (r *Record) any(found []node, one func(*Record, node) bool) bool {
	return slices.ContainsFunc(found, func(n node) bool { return one(r, n) })
}

// chain is a parameter of what a reference leads to.
type chain struct {
	param *Parameter
	inner map[string]criterion // by the type of the target
}

// chain reads head.rest: a reference, perhaps with the type of its target, and what is asked of the target. Without a
// type those are tried that have what is asked.
func (f *Facts) chain(typ, head, rest, value string, deep int) (criterion, error) {
	name, target, typed := strings.Cut(head, ":")
	p := f.parameter(typ, name)
	if p == nil || p.Kind != "reference" {
		return nil, refuse("%s has no reference %s", typ, name)
	}
	targets := p.Targets
	if typed {
		if targets != nil && !slices.Contains(targets, target) {
			return nil, refuse("%s does not lead to %s", name, target)
		}
		targets = []string{target}
	} else if targets == nil {
		targets = allTypes()
	}
	c := chain{p, map[string]criterion{}}
	var firstErr error
	for _, t := range targets {
		inner, err := f.criterion(t, rest, value, deep+1)
		if err == nil {
			c.inner[t] = inner
		} else if firstErr == nil {
			firstErr = err
		}
	}
	if len(c.inner) == 0 {
		return nil, firstErr
	}
	return c, nil
}

func (c chain) matches(r *Record, res *Resource) bool {
	return slices.ContainsFunc(r.targets(c.param, res), func(target *Resource) bool {
		inner := c.inner[target.Type]
		return inner != nil && inner.matches(r, target)
	})
}

// has asks for a resource that refers to this one.
type has struct {
	typ   string
	param *Parameter
	inner criterion
}

// has reads Type:reference:rest.
func (f *Facts) has(typ, text, value string, deep int) (criterion, error) {
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 {
		return nil, refuse("_has needs a type, a reference and a parameter")
	}
	p := f.parameter(parts[0], parts[1])
	if p == nil || p.Kind != "reference" || p.Targets != nil && !slices.Contains(p.Targets, typ) {
		return nil, refuse("%s has no reference %s that leads to %s", parts[0], parts[1], typ)
	}
	inner, err := f.criterion(parts[0], parts[2], value, deep+1)
	if err != nil {
		return nil, err
	}
	return has{parts[0], p, inner}, nil
}

func (h has) matches(r *Record, res *Resource) bool {
	return slices.ContainsFunc(r.all, func(other *Resource) bool {
		return other.Type == h.typ && slices.Contains(r.targets(h.param, other), res) && h.inner.matches(r, other)
	})
}

// targets are the resources of the record that a parameter's literal references lead to.
func (r *Record) targets(p *Parameter, res *Resource) []*Resource {
	var out []*Resource
	for _, n := range r.find(p, res) {
		for _, pointer := range pointers(n) {
			if typ, id, ok := pointer.local(); ok {
				if target := r.Get(typ, id); target != nil {
					out = append(out, target)
				}
			}
		}
	}
	return out
}

func allTypes() []string {
	var names []string
	for _, t := range schema.Types() {
		names = append(names, t.String())
	}
	return names
}
