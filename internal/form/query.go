package form

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// ReadQuery reads a form from the parameters of a query, as [Form.Read] does from Parameters: a reference is a text
// such as Patient/1, a coding or an identifier is system|value. Resources and parts cannot be given in this way. The
// place of an issue is http.NAME.
func (f *Form) ReadQuery(query url.Values) (any, error) {
	r := &reading{}
	var text []byte
	var names []string
	for _, name := range slices.Sorted(maps.Keys(query)) {
		for _, value := range query[name] {
			if _, known := f.byName[name]; known && strings.TrimSpace(value) == "" {
				continue // an empty text is not given
			}
			if !readable(name + value) {
				r.refuse(func() string { return "http" }, wrong{issueValue, "The query has characters that nobody can read.", "查询参数含有无法阅读的字符。"})
				continue
			}
			text = append(f.parameter(text, name, value), ',')
			names = append(names, name)
		}
	}
	if len(r.issues) > 0 {
		return nil, r.err()
	}
	tree, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[` + strings.TrimSuffix(string(text), ",") + `]}`))
	if err != nil {
		return nil, fault.Wrap(err, "reading a query")
	}
	v, err := f.Read(tree.Root())
	if err == nil {
		return v, nil
	}
	return nil, placed(fault.From(err), names)
}

// parameter writes a value of a query as a parameter.
func (f *Form) parameter(b []byte, name, value string) []byte {
	b = append(append(b, `{"name":`...), fhir.Quote(name)...)
	x, known := f.Field(name)
	if !known || x.Kind == KindPart || x.Kind == KindResource {
		return append(append(append(b, `,"valueString":`...), fhir.Quote(value)...), '}')
	}
	b = append(append(append(b, `,"`...), x.choices()[0].member...), `":`...)
	switch quoted := fhir.Quote(value); x.Kind {
	case KindBoolean:
		if value != "true" && value != "false" {
			value = string(quoted)
		}
		b = append(b, value...)
	case KindInteger, KindDecimal:
		if !isNumber(value) {
			value = string(quoted)
		}
		b = append(b, value...)
	case KindReference:
		b = append(append(append(b, `{"reference":`...), quoted...), '}')
	case KindCoding, KindIdentifier:
		b = append(pair(b, x.Kind, value), '}')
	default:
		b = append(b, quoted...)
	}
	return append(b, '}')
}

// isNumber tells whether a text is a number of JSON.
func isNumber(text string) bool {
	tree, err := fhir.Parse([]byte(text))
	return err == nil && tree.Root().Kind() == fhir.Number && len(tree.Root().Raw()) == len(text)
}

// pair writes system|value as an object that is not closed yet.
func pair(b []byte, kind Kind, text string) []byte {
	member := map[Kind]string{KindCoding: "code", KindIdentifier: "value"}[kind]
	system, value, both := strings.Cut(text, "|")
	if !both {
		system, value = "", text
	}
	b = append(b, '{')
	if system != "" {
		b = append(append(append(b, `"system":`...), fhir.Quote(system)...), ',')
	}
	return append(append(b, fmt.Sprintf("%q:", member)...), fhir.Quote(value)...)
}

// placed tells of the names of a query what is told of places in the Parameters that were made of it.
func placed(e *fault.Error, names []string) error {
	where := func(at string) string {
		rest, inside := strings.CutPrefix(at, "Parameters.parameter[")
		number, _, _ := strings.Cut(rest, "]")
		if i, err := strconv.Atoi(number); inside && err == nil {
			return "http." + names[i]
		}
		return "http"
	}
	c := *e
	c.Expression, c.Issues = nil, slices.Clone(e.Issues)
	for i := range c.Issues {
		c.Issues[i].Expression = where(c.Issues[i].Expression)
		c.Expression = append(c.Expression, c.Issues[i].Expression)
	}
	return &c
}
