package search_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
)

// maker draws resources that hold what some search parameters look at, and little else, with few values, so that searches
// drawn from the same values meet them.
type maker struct {
	*rapid.T
	wanted    map[string]bool // elements
	custodian bool            // is looked at
	codes     []string        // beside the usual ones: those that the parameters' conditions name
	types     []string        // of choices: those that the parameters look at
	refs      []string        // beside the usual ones: to the types that the parameters lead to

	seen, codesSeen []string // values of the resource, and those that are codes
}

var (
	word   = regexp.MustCompile(`[A-Za-z]+`)
	oftype = regexp.MustCompile(`ofType\((\w+)\)`)
	leads  = regexp.MustCompile(`resolve\(\) is (\w+)`)
	quoted = regexp.MustCompile(`'([^']*)'`)
	coded  = regexp.MustCompile(`"code":"([^"\\]+)"`)
	value  = regexp.MustCompile(`[:[,]"([^"\\]+)"[],}]`)
)

func newMaker(t *rapid.T, of schema.Type, all []*search.Parameter) *maker {
	m := &maker{T: t, wanted: map[string]bool{"subject": true}}
	if p := table.OrderParameter(of); p != nil {
		all = append(all[:len(all):len(all)], p)
	}
	for _, p := range all {
		m.custodian = m.custodian || p.Name == "-custodian"
		for _, name := range word.FindAllString(p.Expression, -1) {
			m.wanted[name] = true
		}
		for _, q := range quoted.FindAllStringSubmatch(p.Expression, -1) {
			m.codes = append(m.codes, q[1])
		}
		for _, q := range oftype.FindAllStringSubmatch(p.Expression, -1) {
			m.types = append(m.types, q[1])
		}
		for _, q := range leads.FindAllStringSubmatch(p.Expression, -1) {
			m.refs = append(m.refs, q[1]+"/1", q[1]+"/2")
		}
	}
	delete(m.wanted, "extension")
	delete(m.wanted, "contained")
	return m
}

// below draws a number, all alike; rapid's own draws prefer the ends.
func (m *maker) below(n int) (drawn int) {
	for most := 1; most < n; most *= 2 {
		drawn *= 2
		if rapid.Bool().Draw(m.T, "bit") {
			drawn++
		}
	}
	return drawn % n
}

func (m *maker) one(list ...string) string { return list[m.below(len(list))] }

// often is true seven times of eight; what shrinks is left out.
func (m *maker) often() bool { return m.below(8) > 0 }

// resource is a resource of a type.
func (m *maker) resource(of schema.Type) string {
	members := append([]string{`"resourceType":"` + of.String() + `"`}, m.members(of.Shape(), 0)...)
	if !slices.ContainsFunc(members, func(one string) bool { return strings.HasPrefix(one, `"id":`) }) {
		members = append(members, `"id":"`+m.one("1", "2", "a.b", "A-1")+`"`)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// members are those of an object; of a choice there is one at most.
func (m *maker) members(s *schema.Shape, depth int) (list []string) {
	for i := 0; i < len(s.Elements); i++ {
		e := &s.Elements[i]
		size := 1
		for e.Choice != "" && i+size < len(s.Elements) && s.Elements[i+size].Choice == e.Choice {
			size++
		}
		if !(m.wanted[e.Name] || e.Choice != "" && m.wanted[e.Choice]) || depth > 4 || !m.often() {
			i += size - 1
			continue
		}
		chosen := m.choose(s.Elements[i : i+size])
		i += size - 1
		if value := m.value(chosen, depth); value != "" {
			list = append(list, `"`+chosen.Name+`":`+value)
		}
	}
	return list
}

// choose is one of a choice of types, mostly one that is looked at.
func (m *maker) choose(choice []schema.Element) *schema.Element {
	var some []*schema.Element
	for i := range choice {
		if e := &choice[i]; slices.Contains(m.types, e.Type) {
			some = append(some, e)
		}
	}
	if some != nil && m.often() {
		return some[m.below(len(some))]
	}
	return &choice[m.below(len(choice))]
}

// value is the value of an element, "" for none.
func (m *maker) value(e *schema.Element, depth int) string {
	if !e.Many {
		return m.single(e, depth)
	}
	var items []string
	for range 1 + m.below(2) {
		if one := m.single(e, depth); one != "" {
			items = append(items, one)
		}
	}
	if items == nil {
		return ""
	}
	return "[" + strings.Join(items, ",") + "]"
}

func (m *maker) single(e *schema.Element, depth int) string {
	if e.Name == "meta" && m.custodian && m.often() {
		m.seen = append(m.seen, "Organization/1", "Organization/a.b")
		return `{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"` + m.one("Organization/1", "Organization/a.b") + `"}}]}`
	}
	if value, is := m.typed(e.Type); is {
		return value
	}
	if e.Kind == schema.AnyResource {
		m.seen = append(m.seen, "Composition/1", "MessageHeader/a.b")
		return m.one(`{"resourceType":"Composition","id":"1"}`, `{"resourceType":"MessageHeader","id":"a.b"}`,
			`{"resourceType":"Composition"}`, `{"resourceType":"Patient","id":"1"}`)
	}
	if e.Kind == schema.Primitive || e.Shape == nil {
		return quote(m.one(stringPool...))
	}
	members := m.members(e.Shape, depth+1)
	if members == nil {
		return ""
	}
	return "{" + strings.Join(members, ",") + "}"
}

// Pools of values, small, so that searches meet resources. A text with a backslash is left out where :exact is asked for.
var (
	codePool   = []string{"x", "X", "y", "final", "male", "a b", "p,q", "r$s"}
	systemPool = []string{"http://s", "http://t", "urn:oid:1.2"}
	stringPool = []string{
		"Zhang Wei", "zhang", "张伟", "张", "单于", "吕布", "É x", "e\u0301X", "ＡＢ", "ab", "a,b$c|d", "100%", "Dr.", "İ", "x", strings.Repeat("长名", 30),
		strings.Repeat("ab ", 40),
	}
	uriPool       = []string{"http://example.org/a", "http://example.org/a|1.0", "http://example.org/b", "urn:oid:1.2.3", "urn:a,b", "Library/1", "ValueSet/a.b"}
	referencePool = []string{
		"Patient/1", "Patient/1/_history/2", "Patient/2", "Group/1", "Device/1", "Practitioner/1", "Observation/1", "Organization/2", "Location/1",
		"Encounter/1", "http://other.example/fhir/Patient/1", "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7",
		"http://other.example/fhir/Group/1/_history/7",
	}
	numberPool = []string{"0", "-0.0", "5", "5.0", "5.4", "5.40", "-5", "100", "99.5", "1e2", "1E+2", "0.001", "1e30", "-1e-30", "12345678901234567890.5"}
	unitPool   = []string{"mg", "g", "kg", "mL", "Cel", "K", "[degF]", "%", "1", "mm[Hg]", "nonsense", "[pH]"}
	datePool   = []string{
		"2020", "2021", "2020-02", "2020-03", "2020-02-29", "2020-03-01", "2020-12-31", "2021-01-01", "0001-01-01", "9999-12-31",
	}
	timePool = []string{
		"2020-02-29T00:00:00+08:00", "2020-02-28T16:00:00Z", "2020-02-29T23:59:59.999+08:00", "2020-02-29T12:30:00.123456Z",
		"2020-12-31T23:59:59-12:00", "2021-01-01T00:00:00Z",
	}
	phonePool = []string{"138 0013-8000", "13800138000", "(010) 65529988", "Li.Na@Example.CN", "li.na@example.cn"}
)

func quote(text string) string {
	out, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(out)
}

// typed writes a data type that searches look into, false for all others.
func (m *maker) typed(name string) (string, bool) {
	switch name {
	case "code":
		if len(m.codes) > 0 && m.below(2) == 0 {
			return quote(m.one(m.codes...)), true
		}
		return quote(m.one(codePool...)), true
	case "string", "markdown":
		return quote(m.one(stringPool...)), true
	case "uri", "url", "canonical", "oid":
		return quote(m.one(uriPool...)), true
	case "id":
		return quote(m.one("1", "2", "a.b", "A-1")), true
	case "boolean":
		return m.one("true", "false"), true
	case "decimal":
		return m.one(numberPool...), true
	case "integer", "positiveInt", "unsignedInt":
		return m.one("0", "5", "100", "-5"), true
	case "date":
		return quote(m.one(datePool...)), true
	case "dateTime":
		return quote(m.one(append(datePool[:len(datePool):len(datePool)], timePool...)...)), true
	case "instant":
		return quote(m.one(timePool...)), true
	case "Coding":
		return m.coding(), true
	case "CodeableConcept":
		return m.object(m.maybe("coding", "["+m.coding()+","+m.coding()+"]"), m.maybe("text", quote(m.one(stringPool...)))), true
	case "Identifier":
		concept, _ := m.typed("CodeableConcept")
		return m.object(m.maybe("system", quote(m.one(systemPool...))), m.maybe("value", quote(m.one(codePool...))), m.maybe("type", concept)), true
	case "ContactPoint":
		return m.object(m.maybe("system", quote(m.one("phone", "email"))), m.maybe("value", quote(m.one(phonePool...)))), true
	case "HumanName":
		return m.object(m.maybe("family", quote(m.one(stringPool...))), m.maybe("given", m.texts()), m.some("text", quote(m.one(stringPool...))), m.some("prefix", m.texts())), true
	case "Address":
		return m.object(m.maybe("line", m.texts()), m.maybe("city", quote(m.one(stringPool...))),
			m.some("country", quote(m.one(stringPool...))), m.some("state", quote(m.one(stringPool...))),
			m.some("postalCode", quote(m.one("200000", "310000"))), m.maybe("use", quote(m.one("home", "work")))), true
	}
	return m.measured(name)
}

// measured writes the types that have an order.
func (m *maker) measured(name string) (string, bool) {
	switch name {
	case "Quantity", "Age", "Count", "Distance", "Duration", "SimpleQuantity":
		return m.quantity(name != "SimpleQuantity"), true
	case "Money":
		return m.object(m.maybe("value", m.one(numberPool...)), m.maybe("currency", quote(m.one("CNY", "EUR")))), true
	case "Range":
		unit := m.unit()
		bounds := slices.SortedFunc(slices.Values([]float64{m.number(), m.number()}), func(a, b float64) int { return int(max(-1, min(1, a-b))) })
		return m.object(m.maybe("low", m.object(fmt.Sprintf(`"value":%v`, bounds[0]), unit)), m.maybe("high", m.object(fmt.Sprintf(`"value":%v`, bounds[1]), unit))), true
	case "SampledData":
		return m.object(m.maybe("origin", m.quantity(false)), m.some("factor", m.one("2", "-0.5")), m.maybe("data", quote(m.one("1 2 3", "E -5 U 100", "E", "0")))), true
	case "Period":
		return m.period(), true
	case "Timing":
		return m.object(m.maybe("event", `["`+m.one(datePool...)+`","`+m.one(timePool...)+`"]`), m.some("repeat", `{"boundsPeriod":`+m.period()+`}`)), true
	case "Reference":
		identifier, _ := m.typed("Identifier")
		pool := referencePool
		if m.refs != nil && m.often() {
			pool = append(m.refs, "Group/1", "Device/1", "http://other.example/fhir/Patient/1")
		}
		return m.object(
			m.maybe("reference", quote(m.one(pool...))), m.some("type", quote(m.one("Patient", "Group", "Practitioner"))),
			m.some("identifier", identifier), m.maybe("display", quote(m.one(stringPool...)))), true
	case "Location.position":
		return m.object(`"latitude":`+m.one("30.27", "0", "90", "-90", "89.99", "-33.5"), `"longitude":`+m.one("120.15", "0", "180", "-180", "179.999", "-179.999")), true
	}
	return "", false
}

func (m *maker) coding() string {
	return m.object(m.maybe("system", quote(m.one(systemPool...))), m.maybe("code", quote(m.one(codePool...))), m.some("display", quote(m.one(stringPool...))))
}

func (m *maker) quantity(compared bool) string {
	comparator := ""
	if compared {
		comparator = m.some("comparator", quote(m.one("<", "<=", ">=", ">")))
	}
	return m.object(m.maybe("value", m.one(numberPool...)), comparator, m.unit())
}

// unit is how the unit of a quantity is told.
func (m *maker) unit() string {
	code := `"code":` + quote(m.one(unitPool...))
	unit := strings.Replace(code, "code", "unit", 1)
	const ucum = `"system":"http://unitsofmeasure.org",`
	return m.one("", unit, ucum+code+","+unit, ucum+code, `"system":"http://s",`+code)
}

func (m *maker) number() float64 { return float64(m.below(32)-8) * 5 / 4 }

// period may end before it begins, which is no time at all.
func (m *maker) period() string {
	first := m.one("0001-01-01", "2020", "2020-02", "2020-02-28", "2020-02-29", "2020-12")
	last := m.one("2020-03", "2020-03-01", "2020-12-31", "2020-12-31T23:59:59-12:00", "9999-12-31")
	return m.object(m.maybe("start", quote(first)), m.maybe("end", quote(last)))
}

func (m *maker) texts() string {
	return "[" + quote(m.one(stringPool...)) + "," + quote(m.one(stringPool...)) + "]"
}

// object is one of members, of which some are not there.
func (m *maker) object(members ...string) string {
	return "{" + strings.Join(slices.DeleteFunc(members, func(one string) bool { return one == "" }), ",") + "}"
}

// maybe is a member most of the time, some a few times.
func (m *maker) maybe(name, value string) string { return m.member(name, value, m.often()) }

func (m *maker) some(name, value string) string { return m.member(name, value, !m.often()) }

func (m *maker) member(name, value string, there bool) string {
	if !there {
		return ""
	}
	return fmt.Sprintf("%q:%s", name, value)
}
