package naive

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// deep is how many steps of chains and _has a random search takes.
const deep = 3

// criterion draws a parameter of a type and its value.
func (a asker) criterion(typ string, depth int) (name, value string) {
	if depth < deep {
		switch a.below(10) {
		case 7, 8:
			if name, value, ok := a.chain(typ, depth); ok {
				return name, value
			}
		case 9:
			if name, value, ok := a.has(typ, depth); ok {
				return name, value
			}
		}
	}
	return a.own(typ)
}

// parameters of a type, with those that every type has, in order of name.
func (a asker) parameters(typ string, fits func(*Parameter) bool) (out []*Parameter) {
	for _, of := range slices.Compact([]string{typ, "Resource"}) {
		for _, name := range slices.Sorted(maps.Keys(a.facts.Parameters[of])) {
			if p := a.facts.Parameters[of][name]; fits(p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// own draws a parameter of the type itself; one that finds something, if that is soon found.
func (a asker) own(typ string) (name, value string) {
	all := a.parameters(typ, func(*Parameter) bool { return true })
	p := pick(a.drawer, all...)
	for range 6 {
		if len(a.found(p, typ)) > 0 && p.Name != "_id" {
			break
		}
		p = pick(a.drawer, all...)
	}
	found := a.found(p, typ)
	modifier := a.modifier(p, found)
	var values []string
	for range pick(a.drawer, 1, 1, 1, 2, 3) {
		values = append(values, a.value(p, modifier, found))
		if modifier == "missing" || p.Kind == "reference" && p.Targets == nil { // an id counts for every type
			break
		}
	}
	if modifier != "" {
		modifier = ":" + modifier
	}
	return p.Name + modifier, strings.Join(values, ",")
}

// found are the nodes with a value for a parameter in all resources of a type; Resource stands for every type.
func (a asker) found(p *Parameter, typ string) (out []node) {
	for _, res := range a.model.all {
		if typ != "Resource" && res.Type != typ {
			continue
		}
		for _, n := range a.model.find(p, res) {
			if a.model.hasValue(p, n) || p.Kind == "reference" {
				out = append(out, n)
			}
		}
	}
	return out
}

func (a asker) modifier(p *Parameter, found []node) string {
	if a.chance(8) {
		return "missing"
	}
	if !a.chance(40) || p.Name == "phonetic" {
		return ""
	}
	switch p.Kind {
	case "token":
		if slices.ContainsFunc(found, func(n node) bool { return len(labels(n)) > 0 }) {
			return pick(a.drawer, "not", "not", "text")
		}
		return "not"
	case "string":
		return pick(a.drawer, "exact", "contains")
	case "reference":
		typ := pick(a.drawer, a.types...)
		if p.Targets != nil {
			typ = pick(a.drawer, p.Targets...)
		}
		return pick(a.drawer, "identifier", "text", typ, typ)
	}
	return ""
}

// links are the reference parameters of a type through which resources of another type are reached, by data.
func (a asker) links(typ string) (out []link) {
	for _, p := range a.parameters(typ, func(p *Parameter) bool { return p.Kind == "reference" }) {
		reached := map[string]bool{}
		for _, res := range a.byType[typ] {
			for _, target := range a.model.targets(p, res) {
				if p.Targets == nil || slices.Contains(p.Targets, target.Type) {
					reached[target.Type] = true
				}
			}
		}
		for _, to := range slices.Sorted(maps.Keys(reached)) {
			out = append(out, link{p, to})
		}
	}
	return out
}

type link struct {
	param *Parameter
	to    string
}

// chain draws a reference that leads somewhere, and what is asked there.
func (a asker) chain(typ string, depth int) (name, value string, ok bool) {
	links := a.links(typ)
	if len(links) == 0 {
		return "", "", false
	}
	l := pick(a.drawer, links...)
	name, value = a.criterion(l.to, depth+1)
	head := l.param.Name
	if a.chance(60) || !a.clear(l.param, name) || l.param.Targets == nil && strings.Contains(value, ",") {
		head += ":" + l.to
	}
	return head + "." + name, value, true
}

// clear tells whether a parameter means the same kind of thing at every type that a reference may lead to, so that a
// value fits all.
func (a asker) clear(p *Parameter, next string) bool {
	targets := p.Targets
	if targets == nil {
		targets = allTypes()
	}
	if strings.HasPrefix(next, "_has:") {
		return len(targets) == 1
	}
	if strings.Contains(next, ".") && len(targets) > 1 {
		return false
	}
	next, _, _ = strings.Cut(next, ":")
	kinds := map[string]bool{}
	for _, t := range targets {
		if q := a.facts.parameter(t, next); q != nil {
			kinds[q.Kind+strings.Join(q.Targets, ",")] = true
		}
	}
	return len(kinds) == 1
}

// has draws a _has: who refers to the type, and what is asked of them.
func (a asker) has(typ string, depth int) (name, value string, ok bool) {
	var all []string
	for _, from := range slices.Compact(slices.Clone(a.types)) {
		for _, l := range a.links(from) {
			if l.to == typ {
				all = append(all, from+":"+l.param.Name)
			}
		}
	}
	if len(all) == 0 {
		return "", "", false
	}
	who := pick(a.drawer, all...)
	from, _, _ := strings.Cut(who, ":")
	if depth+1 < deep && a.chance(30) {
		if name, value, ok := a.has(from, depth+1); ok {
			return "_has:" + who + ":" + name, value, true
		}
	}
	name, value = a.own(from)
	return "_has:" + who + ":" + name, value, true
}

// sort draws keys of _sort.
func (a asker) sort(typ string) string {
	fit := a.parameters(typ, func(p *Parameter) bool { return slices.Contains(sortable, p.Kind) && p.Name != "phonetic" })
	var keys []string
	for range pick(a.drawer, 1, 1, 2) {
		name := "_id"
		if a.chance(90) {
			name = pick(a.drawer, fit...).Name
		}
		if slices.Contains(keys, name) || slices.Contains(keys, "-"+name) {
			continue
		}
		keys = append(keys, pick(a.drawer, "", "-")+name)
	}
	return strings.Join(keys, ",")
}

// include draws an _include or _revinclude, perhaps one that goes on.
func (a asker) include(typ string, add func(name, value string)) {
	iterate := pick(a.drawer, "", "", ":iterate")
	links := a.links(typ)
	if a.chance(50) && len(links) > 0 {
		l := pick(a.drawer, links...)
		value := typ + ":" + l.param.Name + pick(a.drawer, "", ":"+l.to)
		add("_include"+iterate, pick(a.drawer, value, value, value, "*"))
		if further := a.links(l.to); a.chance(40) && len(further) > 0 {
			add("_include:iterate", l.to+":"+pick(a.drawer, further...).param.Name)
		}
		return
	}
	for range 5 {
		from := pick(a.drawer, a.types...)
		for _, l := range a.links(from) {
			if l.to == typ {
				add("_revinclude"+iterate, fmt.Sprintf("%s:%s", from, l.param.Name))
				return
			}
		}
	}
}
