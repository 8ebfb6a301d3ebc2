package naive

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// veil is what a rule keeps from view of a type: elements that stand directly in the resource, by their names; a choice by its own.
type veil struct{ hide, mask []string }

func veilOf(rule gate.Rule) veil { return veil{rule.Hide, rule.Mask} }

func (v veil) none() bool { return len(v.hide)+len(v.mask) == 0 }

// and is what two rules keep from view together.
func (v veil) and(other veil) veil {
	return veil{slices.Concat(v.hide, other.hide), slices.Concat(v.mask, other.mask)}
}

func (v veil) covers(name string) bool { return v.act(name) != open }

// act is what becomes of an element; of two the greater one hides more.
type act int

const (
	open act = iota
	masked
	hidden
)

func (v veil) act(names ...string) (most act) {
	for _, name := range names {
		switch {
		case name == "":
		case slices.Contains(v.hide, name):
			return hidden
		case slices.Contains(v.mask, name):
			most = masked
		}
	}
	return most
}

var (
	separators = regexp.MustCompile(`\||\band\b`)
	headOf     = regexp.MustCompile(`^[\s(]*(%resource\.)?(\$this|[A-Za-z]+)`)
)

// reads are the elements of its type in which a parameter looks for values.
func (p *Parameter) reads() (elements []string) {
	parts := strings.Split(p.Expression, " ; ")
	roots, whole := heads(parts[0])
	elements = roots
	for _, part := range parts[1:] {
		_, text, _ := strings.Cut(part, "=")
		if names, _ := heads(text); whole || strings.Contains(text, "%resource.") {
			elements = append(elements, names...)
		}
	}
	return elements
}

// heads are the names with which the paths of an expression begin; whole tells whether one is the resource itself.
func heads(expression string) (names []string, whole bool) {
	for _, path := range separators.Split(expression, -1) {
		if m := headOf.FindStringSubmatch(path); m != nil && m[2] == "$this" {
			whole = true
		} else if m != nil {
			names = append(names, m[2])
		}
	}
	return names, whole
}

// use is a parameter of a type by which a search finds, sorts or includes; or an element of the type that references repeat.
type use struct {
	typ     string
	param   *Parameter
	repeats string
}

// uses are those of a search.
func (s *Search) uses() (all []use) {
	about, _, _ := strings.Cut(s.compart, "/")
	for _, typ := range s.types {
		if _, in := s.record.facts.Compartments[about][typ]; about != "" && about != typ && !in {
			continue // of which nothing is in any compartment
		}
		ways := s.record.facts.Compartments[about][typ]
		for _, name := range ways {
			all = append(all, use{typ: typ, param: s.record.facts.parameter(typ, name)})
		}
		for _, c := range s.criteria[typ] {
			all = append(all, usesOf(typ, c)...)
		}
		sorted := false
		for _, k := range s.sort {
			sorted = true
			if k.param != nil && k.param == s.record.facts.parameter(typ, k.param.Name) {
				all = append(all, use{typ: typ, param: k.param})
			}
		}
		if name := clinicalDates[typ]; !sorted && name != "" {
			all = append(all, use{typ: typ, param: s.record.facts.parameter(typ, name)})
		}
	}
	for _, i := range s.includes {
		types := []string{i.typ}
		if i.typ == "" {
			types = allTypes()
		}
		for _, typ := range types {
			for name, p := range s.record.facts.Parameters[typ] {
				if p.Kind == "reference" && (i.param == "*" || i.param == name) {
					all = append(all, use{typ: typ, param: p})
				}
			}
		}
	}
	return all
}

func usesOf(typ string, c criterion) (all []use) {
	switch c := c.(type) {
	case own:
		all = append(all, use{typ: typ, param: c.param})
		element := map[string]string{"identifier": "identifier", "text": "name"}[c.modifier]
		if element == "" || c.param.Kind != "reference" {
			break
		}
		targets := c.param.Targets
		if targets == nil {
			targets = allTypes()
		}
		for _, t := range targets {
			all = append(all, use{typ: t, repeats: element})
		}
	case chain:
		all = append(all, use{typ: typ, param: c.param})
		for t, inner := range c.inner {
			all = append(all, usesOf(t, inner)...)
		}
	case has:
		all = append(append(all, use{typ: c.typ, param: c.param}), usesOf(c.typ, c.inner)...)
	}
	return all
}

// touches tells whether what is searched by is under a veil.
func (v veil) touches(typ string, uses []use) bool {
	return !v.none() && slices.ContainsFunc(uses, func(u use) bool {
		return u.typ == typ && u.param != nil && slices.ContainsFunc(u.param.reads(), v.covers)
	})
}

// applies tells whether a rule can be about resources of a type at all.
func applies(rule gate.Rule, typ string) bool {
	if rule.Type != 0 {
		return rule.Type.String() == typ
	}
	t, _ := schema.TypeOf(typ)
	return inCompartment(t) || typ == "Device"
}

// refuses tells whether a search is refused because it goes by what every rule of some layer keeps from view.
func (s sight) refuses(uses []use) bool {
	return slices.ContainsFunc(uses, func(u use) bool {
		for i, layer := range s.layers {
			if !slices.ContainsFunc(layer, func(r gate.Rule) bool { return !veilOf(r).none() && r.Type.String() == u.typ }) {
				continue
			}
			rules, left, covered := 0, 0, false
			for j, rule := range layer {
				if s.gone[i][j] || !applies(rule, u.typ) {
					continue
				}
				rules++
				if v := veilOf(rule); u.repeats != "" {
					covered = covered || v.covers(u.repeats)
				} else if !v.touches(u.typ, uses) {
					left++
				}
			}
			if covered || rules > 0 && left == 0 && u.repeats == "" {
				return true
			}
		}
		return false
	})
}

// probing tells of each rule behind the first layer whether it goes by what all rules of the first keep from view: it counts as
// none.
func (s sight) probing(t tb) (gone [][]bool) {
	for i, layer := range s.layers {
		gone = append(gone, make([]bool, len(layer)))
		for j, rule := range layer {
			if i == 0 || rule.Query == "" {
				continue
			}
			asked, err := s.Parse(rule.Type.String() + "?" + rule.Query)
			check(t, err)
			for _, c := range asked.criteria[rule.Type.String()] {
				shows := func(first gate.Rule) bool {
					return applies(first, rule.Type.String()) && !veilOf(first).touches(rule.Type.String(), usesOf(rule.Type.String(), c))
				}
				gone[i][j] = gone[i][j] || !slices.ContainsFunc(s.layers[0], shows)
			}
		}
	}
	return gone
}

// told are what references do not tell of types of which all rules of a layer show no more: of people all of it; of others, in
// resources in which references say any, the identifiers.
func (s sight) told() map[string]veil {
	veils := map[string]veil{}
	size := func(r gate.Rule) int { return len(r.Hide) + len(r.Mask) }
	for _, layer := range s.layers {
		least := map[string]veil{}
		for _, rule := range layer {
			if size(rule) == 0 || slices.ContainsFunc(layer, func(o gate.Rule) bool { return (o.Type == rule.Type || o.Type == 0) && size(o) < size(rule) }) {
				continue
			}
			of := veilOf(rule)
			if !slices.Contains(gate.People.Types(), rule.Type) {
				other := func(name string) bool { return name != "identifier" }
				of = veil{slices.DeleteFunc(slices.Clone(of.hide), other), slices.DeleteFunc(slices.Clone(of.mask), other)}
			}
			least[rule.Type.String()] = of
		}
		for typ, of := range least {
			veils[typ] = veils[typ].and(of)
		}
	}
	return veils
}

// inside are the veils of what resources contain, by its type. Of the rules of a layer that without conditions counts that hides
// least; if all have some, which cannot be asked of it, the one that hides most.
func (s sight) inside() map[string]veil {
	veils := map[string]veil{}
	for i, layer := range s.layers {
		var best *gate.Rule
		for j := range layer {
			rule := &layer[j]
			if s.gone[i][j] || !applies(*rule, "Patient") {
				continue // nothing else is contained
			}
			if best == nil || goesBefore(*rule, *best) {
				best = rule
			}
		}
		veils["Patient"] = veils["Patient"].and(veilOf(*best))
	}
	return veils
}

func goesBefore(a, b gate.Rule) bool {
	conditional := func(r gate.Rule) bool { return r.Query != "" || r.Of.ID != "" }
	size := func(r gate.Rule) int { return len(r.Hide) + len(r.Mask) }
	if conditional(a) != conditional(b) {
		return conditional(b)
	}
	return conditional(a) && size(a) > size(b) || !conditional(a) && size(a) < size(b)
}

// veiled is a resource as it is shown under the veils of several types, and of those of what it contains.
func (res *Resource) veiled(veils, inside map[string]veil) map[string]any {
	look := veiling{in: res}
	look.object(res.Body, res.Type, veil{}, true)
	if !look.numbers {
		veils = maps.Clone(veils)
		maps.DeleteFunc(veils, func(typ string, _ veil) bool {
			return typ != res.Type && !slices.ContainsFunc(gate.People.Types(), func(t schema.Type) bool { return t.String() == typ })
		})
	}
	w := veiling{veils: veils, inside: inside, in: res}
	out, _ := w.object(res.Body, res.Type, veils[res.Type], true).(map[string]any)
	meta := map[string]any{}
	for name, value := range out["meta"].(map[string]any) {
		meta[name] = value
	}
	for _, l := range []struct {
		is   bool
		code string
	}{{w.masked, "MASKED"}, {w.redacted, "REDACTED"}} {
		label := object{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": l.code}
		if l.is && !labeled(meta, label) {
			meta["security"] = append(slices.Clone(list(meta["security"])), any(label))
		}
	}
	out["meta"] = meta
	return out
}

// veiling goes through a resource.
type veiling struct {
	veils, inside    map[string]veil
	in               *Resource
	masked, redacted bool
	numbers          bool // a reference says an identifier
}

// object is what is shown of an object, nil if nothing is left of it.
func (w *veiling) object(in map[string]any, typ string, own veil, outer bool) any {
	shape, known := schema.ShapeOf(typ)
	out := map[string]any{}
	for name, value := range in {
		bare, beside := strings.CutPrefix(name, "_")
		var e *schema.Element
		if known {
			e, _ = shape.Element([]byte(bare))
		}
		switch {
		case e == nil || outer && bare == "meta":
			out[name] = value
			continue
		case own.act(e.Name, e.Choice) == hidden, beside && own.covers(e.Name) && e.Kind != schema.Reference:
			value = nil
		case own.act(e.Name) == masked && e.Kind != schema.Reference:
			value = w.values(value, func(one any) any { return w.part(e.Type, one) })
		case e.Kind == schema.Primitive:
		case e.Kind == schema.Reference:
			value = w.values(value, func(one any) any { return w.reference(one.(map[string]any), e, own.act(e.Name)) })
		case e.Kind == schema.AnyResource:
			value = w.values(value, func(one any) any {
				kind := text(member(one, "resourceType"))
				return w.object(one.(map[string]any), kind, w.inside[kind], true)
			})
		default:
			value = w.values(value, func(one any) any {
				if inner, is := one.(map[string]any); is {
					return w.object(inner, e.Type, veil{}, false)
				}
				return one
			})
		}
		if value != nil {
			out[name] = value
		} else {
			w.redacted = true
		}
	}
	if len(out) == 0 && len(in) > 0 {
		return nil
	}
	return out
}

// values are what is shown of a value or of each of several, nil if it is nothing.
func (w *veiling) values(value any, show func(any) any) any {
	several, many := value.([]any)
	if !many {
		return show(value)
	}
	var out []any
	for _, one := range several {
		if one = show(one); one != nil {
			out = append(out, one)
		} else {
			w.redacted = true
		}
	}
	if out == nil {
		return nil
	}
	return out
}

// reference is what is shown of a reference that is masked itself, or points at what is.
func (w *veiling) reference(in map[string]any, e *schema.Element, own act) any {
	w.numbers = w.numbers || in["identifier"] != nil
	display, identifier := w.tells(in, e)
	if display == open && identifier != open && strings.ContainsFunc(text(in["display"]), unicode.IsDigit) {
		display = identifier
	}
	stricter := func(a, b act) act {
		if a == open || b == open || a == b {
			return max(a, b)
		}
		return hidden
	}
	out := map[string]any{}
	for name, value := range in {
		as := open
		switch name {
		case "display":
			as = stricter(own, display)
		case "identifier":
			as = stricter(own, identifier)
		}
		switch {
		case as == masked && name == "display":
			value = w.part("string", value)
		case as == masked:
			value = w.part("Identifier", value)
		case as == hidden:
			value = nil
		}
		if value != nil {
			out[name] = value
		} else {
			w.redacted = true
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// tells is what becomes of the display and the identifier of a reference, by where it points, or may.
func (w *veiling) tells(in map[string]any, e *schema.Element) (display, identifier act) {
	var types []string
	literal, _, _ := strings.Cut(text(in["reference"]), "/_history/")
	if id, inside := strings.CutPrefix(literal, "#"); inside {
		for _, c := range list(w.in.Body["contained"]) {
			if text(member(c, "id")) == id {
				types = append(types, text(member(c, "resourceType")))
			}
		}
	} else if parts := strings.Split(literal, "/"); len(parts) > 1 {
		types = append(types, parts[len(parts)-2])
	}
	if said := text(in["type"]); said != "" {
		types = append(types, said)
	}
	if types == nil && e.Targets == nil {
		types = allTypes()
	} else if types == nil {
		for _, t := range e.Targets {
			types = append(types, t.String())
		}
	}
	for _, typ := range types {
		v := w.veils[typ]
		shape, _ := schema.ShapeOf(typ)
		if v.none() {
			continue
		}
		identifier = max(identifier, v.act("identifier"))
		if _, named := shape.Element([]byte("name")); named {
			display = max(display, v.act("name"), v.act("title"), v.act("alias"))
		} else {
			display = hidden
		}
	}
	if practitioner := w.veils["Practitioner"]; slices.Contains(types, "PractitionerRole") {
		display = max(display, practitioner.act("name"))
	}
	return display, identifier
}

// members is an object in the making: members in their order.
type members struct{ bytes.Buffer }

func (o *members) add(name string, value any) {
	if value == nil || value == "" {
		return
	}
	if o.Len() > 0 {
		o.WriteByte(',')
	}
	o.Write(marshalled(name))
	o.WriteByte(':')
	o.Write(marshalled(value))
}

func marshalled(v any) []byte {
	out, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return out
}

// part is what is shown of a masked value of a type, nil for nothing.
func (w *veiling) part(typ string, value any) any {
	var o members
	get := func(name string) any { return member(value, name) }
	switch typ {
	case "string", "markdown":
		return w.changed(value, marshalled(initial(text(value))))
	case "date", "dateTime":
		year, _, _ := strings.Cut(text(value), "-")
		return w.changed(value, marshalled(year))
	case "HumanName":
		o.add("use", get("use"))
		o.add("text", initial(text(get("text"))))
		o.add("family", initial(text(get("family"))))
		if first, _ := utf8.DecodeRuneInString(text(get("family"))); unicode.Is(unicode.Han, first) {
			o.Reset()
			o.add("use", get("use"))
			o.add("text", initial(text(get("text"))))
			o.add("family", string(first))
		}
		if get("given") != nil {
			o.add("given", []string{"**"})
		}
	case "Identifier":
		for _, name := range []string{"use", "type", "system"} {
			o.add(name, get(name))
		}
		o.add("value", numbered(text(get("value"))))
	case "ContactPoint":
		shown := dialled(text(get("value")))
		if get("system") == "email" {
			box, host, is := strings.Cut(text(get("value")), "@")
			if shown = ""; is {
				shown = box[:1] + "***@" + host
			}
		}
		if get("system") == nil || shown == "" {
			return nil
		}
		o.add("system", get("system"))
		o.add("value", shown)
		o.add("use", get("use"))
	case "Address":
		for _, name := range []string{"use", "type", "city", "district", "state", "country"} {
			o.add(name, get(name))
		}
	}
	if o.Len() == 0 {
		return nil
	}
	return w.changed(value, slices.Concat([]byte("{"), o.Bytes(), []byte("}")))
}

// changed is the value that a text stands for, and notes whether it is another text than that of the value before.
func (w *veiling) changed(before any, shown []byte) any {
	w.masked = w.masked || !bytes.Equal(marshalled(before), shown)
	var out any
	d := json.NewDecoder(bytes.NewReader(shown))
	d.UseNumber()
	if err := d.Decode(&out); err != nil {
		panic(err)
	}
	if out == "" {
		return nil
	}
	return out
}

// initial is the first character of a text, with stars for the others.
func initial(text string) string {
	runes := []rune(strings.TrimSpace(text))
	if len(runes) == 0 {
		return ""
	}
	end := 1
	for end < len(runes) && unicode.Is(unicode.M, runes[end]) {
		end++
	}
	if first := string(runes[:end]); first != "*" {
		return first + "**"
	}
	return "**"
}

// numbered is a short number of a document of which nothing is shown but how long it is; of a longer one a third at the end.
func numbered(number string) string {
	runes := []rune(strings.TrimSpace(number))
	for i := range runes {
		if keep := min(len(runes)/3, 4); len(runes) < 5 || i < len(runes)-keep {
			runes[i] = '*'
		}
	}
	return string(runes)
}

var digit = regexp.MustCompile(`[0-9]`)

// dialled is a telephone number of which the ends are shown.
func dialled(number string) string {
	digits := strings.Join(digit.FindAllString(number, -1), "")
	switch n := len(digits); {
	case n >= 11:
		return digits[:3] + "****" + digits[n-4:]
	case n >= 8:
		return "****" + digits[n-4:]
	case n >= 5:
		return "****" + digits[n-2:]
	}
	return "****"
}

// veilable are the types of which rules keep something from view.
var veilable = []string{"Patient", "Patient", "Observation", "Observation", "Practitioner", "Encounter", "Condition", "RelatedPerson", "Organization", "Appointment", "DiagnosticReport", "Task", "Procedure", "Composition"}

// drawVeils draws what the rules of one layer keep from view, most often all rules of a type the same.
func drawVeils(t *rapid.T, rules []gate.Rule) {
	for range rapid.SampledFrom([]int{0, 3, 6, 9}).Draw(t, "veils") {
		typ := rapid.SampledFrom(veilable).Draw(t, "veiled")
		of, _ := schema.TypeOf(typ)
		hide, mask := drawElements(t, of, 4, true), drawElements(t, of, 3, false)
		all := rapid.IntRange(0, 3).Draw(t, "all") > 0
		for i := range rules {
			if rules[i].Type == of && (all || rapid.Bool().Draw(t, "this one")) {
				rules[i].Hide, rules[i].Mask = hide, mask
			}
		}
	}
}

// drawElements draws elements of a type that can be hidden, or masked, of those by which it is searched.
func drawElements(t *rapid.T, of schema.Type, most int, hide bool) (names []string) {
	facts, err := facts()
	check(t, err)
	var can []string
	for _, p := range facts.Parameters[of.String()] {
		for _, name := range p.reads() {
			var err error
			if hide {
				_, err = fhir.NewMask(of, []string{name}, nil)
			} else {
				_, err = fhir.NewMask(of, nil, []string{name})
			}
			if err == nil {
				can = append(can, name)
			}
		}
	}
	slices.Sort(can) // a draw must not depend on the order of a map
	can = slices.Compact(can)
	for range rapid.SampledFrom([]int{0, 1, most}).Draw(t, "elements") {
		if name := rapid.SampledFrom(can).Draw(t, "element"); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// TestVeil holds what the model masks against what is written here.
func TestVeil(t *testing.T) {
	t.Parallel()
	body := decoded(t, `{"resourceType":"Observation","id":"1","meta":{"versionId":"1"},"contained":[{"resourceType":"Patient","id":"c","gender":"male","name":[{"family":"张","given":["三"]}]}],
		"status":"final","valueString":"x","method":{"text":"m"},"subject":{"reference":"#c","display":"张三"},"performer":[{"reference":"Patient/1","display":"李四"},{"display":"Dr. 7"}],"effectiveDateTime":"2020-01-01"}`)
	res := &Resource{Type: "Observation", ID: "1", Body: body}
	for _, c := range []struct {
		veils map[string]veil
		want  string
	}{
		{map[string]veil{}, `{"contained":[{"gender":"male","id":"c","name":[{"family":"张","given":["三"]}],"resourceType":"Patient"}],"effectiveDateTime":"2020-01-01","id":"1","meta":{"versionId":"1"},"method":{"text":"m"},"performer":[{"display":"李四","reference":"Patient/1"},{"display":"Dr. 7"}],"resourceType":"Observation","status":"final","subject":{"display":"张三","reference":"#c"},"valueString":"x"}`},
		{map[string]veil{"Observation": {hide: []string{"value", "method", "effective"}}, "Patient": {mask: []string{"name"}}},
			`{"contained":[{"gender":"male","id":"c","name":[{"family":"张","given":["**"]}],"resourceType":"Patient"}],"id":"1","meta":{"security":[{"code":"MASKED","system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue"},{"code":"REDACTED","system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue"}],"versionId":"1"},"performer":[{"display":"李**","reference":"Patient/1"},{"display":"D**"}],"resourceType":"Observation","status":"final","subject":{"display":"张**","reference":"#c"}}`},
	} {
		if got := string(marshalled(res.veiled(c.veils, c.veils))); got != c.want {
			t.Errorf("%v\n got %s\nwant %s", c.veils, got, c.want)
		}
	}
}
