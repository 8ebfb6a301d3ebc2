package naive

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode"
)

// value draws one value to ask for, before it is escaped for a URL: near those that the nodes have, if there are any.
func (a asker) value(p *Parameter, modifier string, nodes []node) string {
	var n node
	if len(nodes) > 0 {
		n = pick(a.drawer, nodes...)
	}
	switch {
	case modifier == "missing":
		return pick(a.drawer, "true", "false")
	case modifier == "text":
		return literal(a.part(pick(a.drawer, or(labels(n), labelsOfAll)...), false))
	case modifier == "identifier":
		return a.token(node{value: member(n.value, "identifier"), typ: "Identifier"})
	}
	if p.Name == "_id" {
		return pick(a.drawer, "1", "2", "3")
	}
	switch p.Kind {
	case "token":
		return a.token(n)
	case "reference":
		return a.pointer(p, modifier, n)
	case "string":
		return literal(a.string(p, modifier, n))
	case "uri":
		return literal(pick(a.drawer, or(nonEmpty(text(n.value)), urls)...))
	case "date":
		return a.date(n)
	case "number":
		return pick(a.drawer, prefixes...) + pick(a.drawer, or(written(n), decimals)...)
	case "quantity":
		return a.quantityAsked()
	case "composite":
		return a.composite(p, n)
	}
	city := pick(a.drawer, cities...)
	return city[0] + "|" + city[1] + pick(a.drawer, distances...)
}

func or[E any](some, otherwise []E) []E {
	if len(some) > 0 {
		return some
	}
	return otherwise
}

var literally = strings.NewReplacer(`\`, `\\`, `,`, `\,`, `|`, `\|`, `$`, `\$`)

// literal is a text in which every character stands for itself.
func literal(text string) string { return literally.Replace(text) }

func (a asker) token(n node) string {
	all := a.facts.tokens(n)
	if len(all) == 0 {
		all = []token{{pick(a.drawer, systems...), pick(a.drawer, codeTexts...), false, false}}
	}
	t := pick(a.drawer, all...)
	if t.folded && a.chance(30) {
		t.code = pick(a.drawer, strings.ToUpper(t.code), strings.ToLower(t.code))
	}
	if t.contact && a.chance(30) {
		t.code = strings.Join(strings.Split(t.code, ""), pick(a.drawer, " ", "-", "("))
	}
	switch a.below(7) {
	case 4:
		return literal(t.system) + "|" + literal(t.code)
	case 5:
		return "|" + literal(t.code)
	case 6:
		if t.system != "" {
			return literal(t.system) + "|"
		}
	}
	return literal(t.code)
}

// part is a beginning of a text, or with inside a piece of it, written a little differently.
func (a asker) part(text string, inside bool) string {
	runes := []rune(text)
	from := 0
	if inside {
		from = a.below(len(runes))
	}
	to := from + 1 + a.below(len(runes)-from)
	part := string(runes[from:to])
	switch pick(a.drawer, "", "", "fold", "upper", "lower") {
	case "fold":
		part = fold(part)
	case "upper":
		part = strings.ToUpper(part)
	case "lower":
		part = strings.ToLower(part)
	}
	if fold(part) == "" || unicode.Is(unicode.Mn, []rune(part)[0]) { // blanks, or an accent without its letter
		return text
	}
	return part
}

func (a asker) string(p *Parameter, modifier string, n node) string {
	if p.Name == "phonetic" {
		return a.spoken(n)
	}
	text := pick(a.drawer, or(texts(n), labelsOfAll)...)
	if modifier == "exact" && a.chance(70) {
		return text
	}
	return a.part(text, modifier == "contains")
}

// spoken is the beginning of how a Chinese name is said, or its initials.
func (a asker) spoken(n node) string {
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	names := texts(n)
	if n.typ == "HumanName" {
		names = or(parts(n.value, "text"), []string{strings.Join(parts(n.value, "family", "given"), "")})
	}
	for _, name := range names {
		if strings.IndexFunc(name, func(r rune) bool { return !han(r) || readings[r] == nil }) < 0 {
			said := pick(a.drawer, spoken(name)...)
			least := min(3, len(said))
			return said[:least+a.below(len(said)-least+1)]
		}
	}
	return pick(a.drawer, "zhangwei", "zhang f", "oyj", "shanw", "danf", "zgh", "anguo")
}

func (a asker) pointer(p *Parameter, modifier string, n node) string {
	var all []pointer
	if n.value != nil {
		all = pointers(n)
	}
	if len(all) == 0 || a.chance(10) {
		name := pick(a.drawer, or(a.drawer.names, []string{"Patient/1"})...)
		all = []pointer{{name, false}}
	}
	asked := pick(a.drawer, all...)
	typ, id, local := asked.local()
	switch {
	case asked.canonical && modifier == "":
		url, _, _ := strings.Cut(asked.literal, "|")
		return pick(a.drawer, asked.literal, url, url+"|1")
	case modifier != "" && local:
		return id
	case modifier != "" || strings.HasPrefix(asked.literal, "#"):
		return pick(a.drawer, "1", "2")
	case !local:
		return asked.literal
	}
	return pick(a.drawer, typ+"/"+id, typ+"/"+id, id, typ+"/"+id+"/_history/1", typ+"/"+id+"/_history/2")
}

// date is one of the dates of a node, or any, to some precision.
func (a asker) date(n node) string {
	var all []string
	walk(n.value, func(s string) {
		if dateForm.MatchString(s) {
			all = append(all, s)
		}
	})
	prefix := pick(a.drawer, append([]string{"", ""}, prefixes...)...)
	if strings.HasSuffix(n.place, ".lastUpdated") {
		return pick(a.drawer, "", "eq", "gt", "lt", "ge", "le", "ne", "sa", "eb") + "{" + n.in.Name() + "}"
	}
	date := pick(a.drawer, or(all, dayTexts)...)
	if a.chance(40) {
		date = pick(a.drawer, instants...)
	}
	switch cut := pick(a.drawer, 0, 0, 4, 7, 10, 16, 19); {
	case cut > 10 && len(date) > cut:
		date = date[:cut] + "+08:00"
	case cut > 0:
		date = date[:min(cut, 10, len(date))]
	}
	return prefix + date
}

func walk(v any, do func(string)) {
	switch v := v.(type) {
	case string:
		do(v)
	case []any:
		for _, one := range v {
			walk(one, do)
		}
	case map[string]any:
		for _, name := range []string{"start", "end", "event", "repeat", "boundsPeriod"} {
			walk(v[name], do)
		}
	}
}

// written is the number of a node as it is written.
func written(n node) []string {
	if v, ok := n.value.(json.Number); ok {
		return []string{v.String()}
	}
	return nil
}

func (a asker) quantityAsked() string {
	dimension := pick(a.drawer, dimensions...)
	v := pick(a.drawer, dimension...)
	unit := pick(a.drawer, dimension...)[1]
	if a.chance(60) {
		unit = v[1]
	}
	prefix := pick(a.drawer, append([]string{"", "", ""}, prefixes...)...)
	switch form := pick(a.drawer, "any", "unit", "ucum", "ucum", "ucum", "other"); {
	case form == "any" || unit == "":
		return prefix + v[0]
	case form == "unit":
		return prefix + v[0] + "||" + unit
	case form == "other":
		return prefix + v[0] + "|http://example.org/units|" + unit
	}
	return prefix + v[0] + "|" + ucum + "|" + unit
}

// composite draws the parts from one element, so that they may be found together. What ne means for a part is not said.
func (a asker) composite(p *Parameter, n node) string {
	var values []string
	for _, c := range p.Components {
		var nodes []node
		if n.value != nil {
			nodes = a.model.part(c, n)
		}
		value := a.value(c.param, "", nodes)
		if slices.Contains([]string{"date", "number", "quantity"}, c.param.Kind) {
			value = strings.TrimPrefix(value, "ne")
		}
		values = append(values, value)
	}
	return strings.Join(values, "$")
}
