package proptest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
)

// targets are the types that a form refers to.
func targets(f *form.Form) (all []schema.Type) {
	if f == nil {
		return nil
	}
	for _, x := range f.Fields {
		all = append(append(all, x.Targets...), targets(x.Part)...)
	}
	return all
}

// filling fills in forms, and keeps what it has filled in for people to read.
type filling struct {
	*Scene
	values map[string]func(*Scene) any
	said   []string
}

// fill fills a form in, as Parameters.
func (f *filling) fill(of *form.Form) fhir.Node {
	text := parameters(f.list(of, f.Move, ""))
	tree, err := fhir.Parse([]byte(text))
	if err != nil {
		f.Fatalf("what was filled in is no JSON: %v\n%s", err, text)
	}
	return tree.Root()
}

func parameters(list string) string {
	if list == "" {
		return `{"resourceType":"Parameters"}`
	}
	return `{"resourceType":"Parameters","parameter":[` + list + `]}`
}

// list are the parameters of a form, of a part behind a path.
func (f *filling) list(of *form.Form, path, said string) string {
	var all []string
	for _, x := range of.Fields {
		for _, value := range f.field(x, path+"."+x.Name, said+x.Name) {
			all = append(all, fmt.Sprintf(`{"name":%q,%s}`, x.Name, value))
		}
	}
	return strings.Join(all, ",")
}

// field are the values of a field, as members of its parameters.
func (f *filling) field(x form.Field, path, said string) (all []string) {
	hook := f.values[path]
	if hook == nil {
		hook = f.values[x.Name]
	}
	if hook != nil && x.Kind != form.KindPart {
		value := hook(f.Scene)
		list, many := value.([]any)
		if !many && value != nil {
			list = []any{value}
		}
		for _, one := range list {
			all = append(all, f.say(said, member(x, one)))
		}
		return all
	}
	most := x.Min + 2
	if x.Max != 0 {
		most = min(most, x.Max)
	}
	n := x.Min
	if most > x.Min {
		n = rapid.IntRange(x.Min, most).Draw(f.T, said+" times")
	}
	for range n {
		if x.Kind == form.KindPart {
			all = append(all, `"part":[`+f.list(x.Part, path, said+".")+`]`)
			continue
		}
		if value := f.draw(x, said); value != nil {
			all = append(all, f.say(said, member(x, value)))
		}
	}
	return all
}

func (f *filling) say(said, member string) string {
	_, value, _ := strings.Cut(member, ":")
	f.said = append(f.said, said+" "+value)
	return member
}

// texts are what people write.
var texts = []string{"x", "因为", "请尽快处理。", "line one\nline two", `"quoted" \ back`, "<b>&amp;", "𠮷野家", " spaces "}

// draw draws a value that fits the declaration of a field; nil where there is none.
func (f *filling) draw(x form.Field, label string) any {
	soon := func() time.Time {
		return f.Now.Add(time.Duration(rapid.IntRange(-48, 60*24).Draw(f.T, label)) * time.Hour)
	}
	switch x.Kind {
	case form.KindText:
		if x.Targets != nil && rapid.Bool().Draw(f.T, label) {
			return form.Reference(f.some(x.Targets))
		}
		return f.text(x, label)
	case form.KindBoolean:
		return rapid.Bool().Draw(f.T, label)
	case form.KindInteger:
		return rapid.SampledFrom([]int{1, 0, 2, 7, 30, 365, -1}).Draw(f.T, label)
	case form.KindDecimal:
		return form.Decimal(rapid.SampledFrom([]string{"1", "0", "1.00", "12.5", "-3"}).Draw(f.T, label))
	case form.KindInstant:
		return soon()
	case form.KindDateTime:
		return form.DateTime(soon().Format(rapid.SampledFrom([]string{time.RFC3339, time.DateOnly, "2006-01"}).Draw(f.T, label+" as")))
	case form.KindDate:
		return form.Date(soon().Format(time.DateOnly))
	case form.KindCode:
		return rapid.SampledFrom(x.Codes).Draw(f.T, label).Code
	case form.KindReference:
		if ref := f.some(x.Targets); ref != "" {
			return form.Reference(ref)
		}
		return nil
	case form.KindCoding:
		return form.Coding{System: "urn:example:codes", Code: rapid.SampledFrom([]string{"a", "b"}).Draw(f.T, label)}
	case form.KindIdentifier:
		return form.Identifier{System: "urn:example:numbers", Value: rapid.SampledFrom([]string{"1", "2"}).Draw(f.T, label)}
	case form.KindResource:
		return f.resource(x)
	}
	f.Fatalf("there is no way to draw a %s", x.Kind)
	return nil
}

func (f *filling) some(types []schema.Type) string {
	var names []string
	for _, t := range types {
		names = append(names, t.String())
	}
	return f.Some(names...)
}

// text is one that fits, now and then as long as may be.
func (f *filling) text(x form.Field, label string) string {
	fits := slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return len(s) > x.Bytes })
	return rapid.SampledFrom(append(fits, strings.Repeat("x", x.Bytes))).Draw(f.T, label)
}

// resource is one of those that are there, to be written anew.
func (f *filling) resource(x form.Field) any {
	if r, is := f.Read(f.some(x.Targets)); is {
		return r
	}
	return nil
}

// member is a value as a member of a parameter.
func member(x form.Field, value any) string {
	name := map[form.Kind]string{
		form.KindText: "valueString", form.KindBoolean: "valueBoolean", form.KindInteger: "valueInteger", form.KindDecimal: "valueDecimal",
		form.KindInstant: "valueInstant", form.KindDateTime: "valueDateTime", form.KindDate: "valueDate", form.KindCode: "valueCode",
		form.KindReference: "valueReference", form.KindCoding: "valueCoding", form.KindIdentifier: "valueIdentifier", form.KindResource: "resource",
	}[x.Kind]
	reference := func(ref, display string) string {
		if display != "" {
			return fmt.Sprintf(`{"reference":%s,"display":%s}`, fhir.Quote(ref), fhir.Quote(display))
		}
		return fmt.Sprintf(`{"reference":%s}`, fhir.Quote(ref))
	}
	switch v := value.(type) {
	case fhir.Resource:
		return `"resource":` + string(v.Root.Raw())
	case json.RawMessage:
		return `"` + name + `":` + string(v)
	case time.Time:
		return `"` + name + `":` + string(fhir.Quote(v.Format("2006-01-02T15:04:05.000000Z07:00")))
	case form.Decimal:
		return `"` + name + `":` + string(v)
	case form.Reference:
		return `"valueReference":` + reference(string(v), "")
	case form.Named:
		return `"valueReference":` + reference(string(v.Reference), v.Display)
	case form.Coding:
		return fmt.Sprintf(`"valueCoding":{"system":%s,"code":%s}`, fhir.Quote(v.System), fhir.Quote(v.Code))
	case form.Identifier:
		return fmt.Sprintf(`"valueIdentifier":{"system":%s,"value":%s}`, fhir.Quote(v.System), fhir.Quote(v.Value))
	case bool, int:
		return fmt.Sprintf(`"%s":%v`, name, v)
	}
	text := fmt.Sprint(value)
	if x.Kind == form.KindReference {
		return `"valueReference":` + reference(text, "")
	}
	return `"` + name + `":` + string(fhir.Quote(text))
}
