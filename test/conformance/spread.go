package conformance

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
)

// Sample is a made-up resource.
type Sample struct {
	Name string // such as Patient-2
	Type schema.Type
	ID   string // "" for every fourth, which has none
	Text []byte
}

// Spread makes resources of every type, at least four of each and as many as the largest choice has types, so that
// together they fill every element of every shape. They are well formed and strange: members in any order, odd space,
// decimals and twenty-digit numbers as written by hand, extensions beside primitives, values that are only extensions,
// contained resources, and a meta that claims to be of another version. They are the same at every run.
func Spread() iter.Seq[Sample] {
	return func(yield func(Sample) bool) {
		for _, t := range schema.Types() {
			for variant := range max(4, alternatives(t.Shape(), nil)) {
				if !yield(sample(t, variant)) {
					return
				}
			}
		}
	}
}

// alternatives is the size of the largest choice of a shape, its parts, and the data types that it uses itself.
func alternatives(s *schema.Shape, above []*schema.Shape) int {
	most := 1
	sizes := map[string]int{}
	for i := range s.Elements {
		e := &s.Elements[i]
		if e.Choice != "" {
			sizes[e.Choice]++
			most = max(most, sizes[e.Choice])
		}
		if e.Shape != nil && e.Type != "Extension" && len(above) < 8 && (isPart(e.Shape) || len(above) == 0 || isPart(s)) {
			if !slices.Contains(above, e.Shape) {
				most = max(most, alternatives(e.Shape, append(above, s)))
			}
		}
	}
	return most
}

func isPart(s *schema.Shape) bool { return strings.Contains(s.Name, ".") }

func isResource(s *schema.Shape) bool { _, is := schema.TypeOf(s.Name); return is }

func sample(t schema.Type, variant int) Sample {
	name := fmt.Sprintf("%s-%d", t, variant)
	seed := fnv.New64a()
	seed.Write([]byte(name))
	m := maker{Rand: rand.New(rand.NewPCG(seed.Sum64(), 4)), variant: variant}
	s := Sample{Name: name, Type: t}
	if variant%4 != 3 {
		s.ID = "made-up." + strings.ToLower(name)
	}
	s.Text = m.resource(t, s.ID)
	return s
}

// maker writes one sample.
type maker struct {
	*rand.Rand
	variant int
	turn    int // counts what has been made, so that neighbours differ
}

func (m *maker) every(n int) bool { m.turn++; return m.turn%n == 0 }

// space is what may stand between two tokens. Every second sample has none.
func (m *maker) space() string {
	if m.variant%2 == 1 {
		return ""
	}
	if m.IntN(4) > 0 {
		return ""
	}
	return [...]string{" ", "\n", "\t", "\r\n  ", "   \n"}[m.IntN(5)]
}

func (m *maker) resource(t schema.Type, id string) []byte {
	members := []string{m.member("resourceType", `"`+t.String()+`"`)}
	if id != "" {
		members = append(members, m.member("id", `"`+id+`"`))
	}
	for _, e := range m.chosen(t.Shape()) {
		switch {
		case e.Name == "id":
		case e.Name == "meta" && m.variant%4 == 2: // nothing that is the author's
			members = append(members, m.member("meta", m.wrap('{', '}', []string{m.member("versionId", `"77"`)})))
		case e.Name == "meta" && m.variant%4 == 1:
		default:
			members = append(members, m.element(e, []*schema.Shape{t.Shape()})...)
		}
	}
	text := m.space() + m.object(members) + m.space()
	return []byte(text)
}

// inner is a resource inside another: contained, or an entry of a Bundle. One that stands deeper has no elements.
func (m *maker) inner(above []*schema.Shape) string {
	types := schema.Types()
	t := types[m.IntN(len(types))]
	members := []string{
		m.member("resourceType", `"`+t.String()+`"`), m.member("id", `"inner"`),
		m.member("meta", m.wrap('{', '}', []string{m.member("versionId", `"3"`), m.member("lastUpdated", `"1970-01-01T00:00:00.10Z"`)})),
	}
	if !slices.ContainsFunc(above[1:], isResource) {
		members = append(members, m.some(t.Shape(), append(above[:len(above):len(above)], t.Shape()))...)
	}
	return m.object(members)
}

// chosen are the elements of a shape with one of each choice.
func (m *maker) chosen(s *schema.Shape) (list []*schema.Element) {
	for i := 0; i < len(s.Elements); i++ {
		e := &s.Elements[i]
		size := 1
		for e.Choice != "" && i+size < len(s.Elements) && s.Elements[i+size].Choice == e.Choice {
			size++
		}
		list = append(list, &s.Elements[i+m.variant%size])
		i += size - 1
	}
	return list
}

// some are the required members of an object and one or two others.
func (m *maker) some(s *schema.Shape, above []*schema.Shape) (members []string) {
	list := m.chosen(s)
	m.turn++
	for i, e := range list {
		if e.Name == "id" || e.Name == "meta" || e.Name == "contained" || !e.Required && i != m.turn%len(list) && i != m.variant%len(list) {
			continue
		}
		if e.Required || e.Shape == nil || !slices.Contains(above, e.Shape) {
			members = append(members, m.element(e, above)...)
		}
	}
	if id := &s.Elements[0]; len(members) == 0 && id.Type == "string" { // an object is never empty; inner resources have an id
		members = append(members, m.member("id", m.primitive("string")))
	}
	return members
}

// element writes an element, with what stands beside it.
func (m *maker) element(e *schema.Element, above []*schema.Shape) []string {
	if e.Kind == schema.Primitive {
		return m.primitives(e)
	}
	value := m.complex(e, above)
	if !e.Many {
		return []string{m.member(e.Name, value)}
	}
	items := []string{value}
	if m.every(5) && e.Kind != schema.AnyResource {
		items = append(items, m.object(m.some(e.Shape, append(above[:len(above):len(above)], e.Shape))))
	}
	return []string{m.member(e.Name, m.wrap('[', ']', items))}
}

// complex writes an object: everything where a part of the resource or one of its own data types stands, some
// further in, least where shapes repeat.
func (m *maker) complex(e *schema.Element, above []*schema.Shape) string {
	if e.Kind == schema.AnyResource {
		return m.inner(above)
	}
	inside := append(above[:len(above):len(above)], e.Shape)
	whole := isPart(e.Shape) || isPart(above[len(above)-1]) || len(above) == 1
	switch {
	case e.Type == "Extension":
		return m.extension(inside)
	case len(above) > 9 || slices.Contains(above, e.Shape) && !e.Required:
		return m.object([]string{m.member("id", m.primitive("string"))})
	case !whole || slices.Contains(above, e.Shape):
		return m.object(m.some(e.Shape, inside))
	}
	var members []string
	for _, x := range m.chosen(e.Shape) {
		members = append(members, m.element(x, inside)...)
	}
	return m.object(members)
}

// extension has a value of any type, or, now and then, extensions of its own.
func (m *maker) extension(above []*schema.Shape) string {
	members := []string{m.member("url", `"https://example.org/sd/`+fmt.Sprint(m.turn)+`"`)}
	if m.every(4) {
		members = append(members, m.member("id", m.primitive("string")))
	}
	if m.every(7) && len(above) < 6 {
		one := m.wrap('[', ']', []string{m.extension(append(above[:len(above):len(above)], above[len(above)-1]))})
		return m.object(append(members, m.member("extension", one)))
	}
	shape, _ := schema.ShapeOf("Extension")
	var values []*schema.Element
	for i := range shape.Elements {
		if e := &shape.Elements[i]; e.Choice == "value" && (e.Kind == schema.Primitive || len(above) < 4) {
			values = append(values, e)
		}
	}
	return m.object(append(members, m.element(values[m.IntN(len(values))], above)...))
}

// primitives writes a primitive element: a value, or several, some with an extension, some without value.
func (m *maker) primitives(e *schema.Element) []string {
	extended := e.Name != "id" && e.Name != "url" && m.every(3)
	beside := func() string {
		if m.every(2) {
			return m.object([]string{m.member("id", m.primitive("string"))})
		}
		return m.object([]string{m.member("extension", m.wrap('[', ']', []string{m.object([]string{
			m.member("url", `"https://example.org/sd/why"`), m.member("valueDecimal", m.primitive("decimal")),
		})}))})
	}
	value, other := m.primitive(e.Type), "null"
	if e.Many {
		value = m.wrap('[', ']', []string{value, m.primitive(e.Type)})
		if extended {
			value = m.wrap('[', ']', []string{m.primitive(e.Type), "null", m.primitive(e.Type)})
			other = m.wrap('[', ']', []string{"null", beside(), "null"})
		}
	} else if extended {
		other = beside()
	}
	switch {
	case !extended:
		return []string{m.member(e.Name, value)}
	case !e.Many && m.every(4): // a value that is not known, only why
		return []string{m.member("_"+e.Name, other)}
	}
	return []string{m.member(e.Name, value), m.member("_"+e.Name, other)}
}

func (m *maker) member(name, value string) string {
	return `"` + name + `"` + m.space() + ":" + m.space() + value
}

// object writes members in any order.
func (m *maker) object(members []string) string {
	m.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return m.wrap('{', '}', members)
}

func (m *maker) wrap(opening, closing byte, parts []string) string {
	var b bytes.Buffer
	b.WriteByte(opening)
	for i, p := range parts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(m.space() + p + m.space())
	}
	b.WriteByte(closing)
	return b.String()
}

func (m *maker) primitive(name string) string {
	list := values[name]
	if list == nil {
		list = values["string"]
	}
	return list[m.IntN(len(list))]
}

// values are, for each primitive type, some that are right and easily mistaken, as JSON has them.
var values = map[string][]string{
	"boolean":     {"true", "false"},
	"integer":     {"0", "-1", "2147483647", "-2147483648"},
	"unsignedInt": {"0", "1", "2147483647"},
	"positiveInt": {"1", "42", "2147483647"},
	"decimal": {
		"0", "-0.0", "1.0", "1.00", "0.010", "100", "1E2", "1.0e+2", "1e-22", "3.14159265358979323846264338327950288",
		"12345678901234567890", "-98765432109876543210", "12345678901234567890.1234567890", "0.00000000000000000001",
		"9007199254740993", "1.7976931348623159e308", "99999999999999999999e-400",
	},
	"date":         {`"2026"`, `"2026-02"`, `"2024-02-29"`, `"0001-01-01"`},
	"dateTime":     {`"2026"`, `"2026-11-21"`, `"2026-11-21T08:30:00+08:00"`, `"2015-06-30T23:59:60Z"`, `"2026-11-21T00:00:00.000000001-12:00"`},
	"instant":      {`"2026-11-21T08:30:00.10+08:00"`, `"1969-12-31T23:59:59Z"`},
	"time":         {`"00:00:00"`, `"23:59:59.990"`},
	"base64Binary": {`"AA=="`, `"/+8="`, `"\/+8="`, `"5rWL6K+V"`},
	"code":         {`"final"`, `"a b"`, `"\u0061ctive"`, `"<="`},
	"id":           {`"a"`, `"A-1.b"`, `"` + strings.Repeat("9", 64) + `"`},
	"uri":          {`"urn:oid:2.16.156.10011.1.3"`, `"http://example.org/a?b=c&d=%E4%B8%AD#e"`, `"urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"`, `"Patient\/1"`},
	"url":          {`"http://example.org/"`, `"mailto:a@example.org"`},
	"canonical":    {`"http://example.org/sd/a|1.0.0"`, `"http://example.org/sd/a#b"`},
	"oid":          {`"urn:oid:1.2.3.4.5"`},
	"uuid":         {`"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"`},
	"markdown":     {`"# 题目\n\n* \"一\"\r\n* \\二\\"`, `"a\tb"`},
	"xhtml":        {`"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"Patient/1\" title='\u003c'>李&nbsp;晓明</a><img src=\"#x\"/></div>"`},
	"string": {
		`"李晓明"`, `"\u674e\u6653\u660e"`, `"e\u0301 and é"`, `"\ud83d\ude00😀"`, `"\/ \\ \" ' <&>"`, `" led by a space"`,
		"\"a line separator \u2028 and a mark \ufeff\"", `"𠮷田 㐂 ﷽"`, `"null"`, `"0.10"`, `"resourceType"`, `"}],{[\":"`, `"\u007f\u0085"`,
	},
}
