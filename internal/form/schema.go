package form

import (
	"maps"

	"yitong/internal/fhir/schema"
)

// draft is the JSON Schema that is written.
const draft = "https://json-schema.org/draft/2020-12/schema"

// Schema is a JSON Schema (2020-12) of a plain object with a member for each field, from which a screen is drawn: a
// text, number or boolean for a simple value, a text such as Patient/1 for a reference, a text for a decimal, so that
// its digits stay, an object for the rest; an array where it may be given several times. Beside what JSON Schema knows,
// each field says in x-title-zh and x-title-en what people call it and in x-value by which member of a parameter it is
// sent; x-order lists the fields in their order, x-targets the types of a reference or a resource, x-bytes the bound of
// a text in bytes of UTF-8.
func (f *Form) Schema() map[string]any {
	s := f.object()
	s["$schema"] = draft
	return s
}

func (f *Form) object() map[string]any {
	properties, required := map[string]any{}, []string{}
	for _, x := range f.Fields {
		properties[x.Name] = x.schema()
		if x.Required() {
			required = append(required, x.Name)
		}
	}
	s := map[string]any{"type": "object", "properties": properties, "additionalProperties": false, "x-order": append([]string{}, f.Names()...)}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

// schema is that of a field.
func (x Field) schema() map[string]any {
	one := x.one()
	s := one
	if x.many {
		s = map[string]any{"type": "array", "items": one}
		if x.Min > 0 {
			s["minItems"] = x.Min
		}
		if x.Max > 0 {
			s["maxItems"] = x.Max
		}
	}
	s["title"], s["x-title-zh"], s["x-title-en"] = x.Words.Zh, x.Words.Zh, x.Words.En
	s["x-value"] = x.Member()
	if x.Doc != "" {
		s["description"] = x.Doc
	}
	return s
}

// one is the schema of one value.
func (x Field) one() map[string]any {
	s := maps.Clone(schemaOf[x.Kind])
	switch x.Kind {
	case KindText:
		s["maxLength"], s["x-bytes"] = x.Bytes, x.Bytes
	case KindInteger:
		s["minimum"], s["maximum"] = x.From, x.To
	case KindCode:
		var all []any
		for _, c := range x.Codes {
			all = append(all, map[string]any{"const": c.Code, "title": c.Words.Zh, "x-title-zh": c.Words.Zh, "x-title-en": c.Words.En})
		}
		if all != nil {
			s["oneOf"] = all
		}
	case KindPart:
		s = x.Part.object()
	}
	if x.Targets != nil {
		s["x-targets"] = names(x.Targets)
	}
	return s
}

func names(types []schema.Type) (all []string) {
	for _, t := range types {
		all = append(all, t.String())
	}
	return all
}

// text is the schema of a text of some length.
func text(least int) map[string]any {
	return map[string]any{"type": "string", "minLength": least, "maxLength": TextMost}
}

var schemaOf = map[Kind]map[string]any{
	KindText:      {"type": "string", "minLength": 1},
	KindBoolean:   {"type": "boolean"},
	KindInteger:   {"type": "integer"},
	KindDecimal:   {"type": "string", "pattern": `^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`},
	KindInstant:   {"type": "string", "format": "date-time"},
	KindDateTime:  {"type": "string", "pattern": `^[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T.+)?)?)?$`},
	KindDate:      {"type": "string", "format": "date"},
	KindCode:      {"type": "string"},
	KindReference: {"type": "string", "pattern": `^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$`},
	KindCoding: {"type": "object", "additionalProperties": false, "required": []string{"code"},
		"properties": map[string]any{"system": text(0), "code": text(1), "display": text(0)}},
	KindIdentifier: {"type": "object", "additionalProperties": false, "required": []string{"value"},
		"properties": map[string]any{"system": text(0), "value": text(1)}},
	KindResource: {"type": "object", "required": []string{"resourceType"}},
}
