package patch

import (
	"slices"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// sentAs are the types that Parameters do not know, and as what they are sent.
var sentAs = map[string]string{"xhtml": "string", "SimpleQuantity": "Quantity", "MoneyQuantity": "Quantity"}

// fits tells whether content is of the type of an element.
func (c *content) fits(el *schema.Element) bool {
	switch el.Kind {
	case schema.AnyResource:
		return c.typ == typeResource
	case schema.Primitive:
	default:
		if c.typ == typeParts {
			return el.Choice == ""
		}
	}
	typ := el.Type
	if other, ok := sentAs[typ]; ok {
		typ = other
	}
	return c.typ == typ
}

// choose is the element of an object that a name of FHIRPath and the type of what is put there mean.
func (o *operation) choose(shape *schema.Shape, name string, c *content) (*schema.Element, error) {
	var types []string
	for i := range shape.Elements {
		el := &shape.Elements[i]
		switch {
		case el.Choice != name && (el.Choice != "" || el.Name != name):
			continue
		case c.fits(el):
			return el, nil
		}
		types = append(types, el.Type)
	}
	at := c.at.Path()
	if types == nil {
		if el, ok := shape.Element([]byte(name)); ok {
			return nil, o.fail("%s.%s is called %s; its type is that of the value", shape.Name, name, el.Choice).At(at)
		}
		return nil, o.fail("%s has no element %q", shape.Name, clip(name)).At(at)
	}
	how := "as value[x]"
	switch el, _ := shape.Element([]byte(name)); {
	case el == nil: // a choice
	case el.Kind == schema.AnyResource:
		how = "as resource"
	case strings.Contains(el.Type, ".") || !parameterKnows(el.Type):
		how = "in parts"
	}
	takes := strings.Join(types, ", ")
	return nil, o.fail("%s.%s takes %s, sent %s, not %s", shape.Name, name, takes, how, c.typ).At(at)
}

// parameterKnows tells whether a parameter can have a value of the type, or of the one as which it is sent.
func parameterKnows(typ string) bool {
	return sentAs[typ] != "" || slices.ContainsFunc(parameter().Elements, func(el schema.Element) bool {
		return el.Choice == "value" && el.Type == typ
	})
}

// build writes content as the value of an element, and what stands beside it; either may be nil.
func (o *operation) build(el *schema.Element, c *content) (value, side []byte, err error) {
	if c.typ != typeParts {
		return c.value.Raw(), c.side.Raw(), nil
	}
	value, err = o.object(el.Shape, c.parts)
	return value, nil, err
}

// made is an element of an object that is made of parts.
type made struct {
	el            *schema.Element
	values, sides [][]byte
}

// object writes an object of the shape. Parts of one name are the items of a list.
func (o *operation) object(shape *schema.Shape, parts []part) ([]byte, error) {
	var all []made
	for i := range parts {
		p := &parts[i]
		el, err := o.choose(shape, p.name, &p.content)
		if err != nil {
			return nil, err
		}
		value, side, err := o.build(el, &p.content)
		if err != nil {
			return nil, err
		}
		at := slices.IndexFunc(all, func(m made) bool {
			return m.el == el || el.Choice != "" && m.el.Choice == el.Choice
		})
		if at < 0 {
			at, all = len(all), append(all, made{el: el})
		} else if !el.Many {
			return nil, o.fail("%s.%s is given twice", shape.Name, p.name).At(p.at.Path())
		}
		all[at].values, all[at].sides = append(all[at].values, value), append(all[at].sides, side)
	}
	var r rewriting
	for _, m := range all {
		value, side := m.values[0], m.sides[0]
		if m.el.Many {
			value, side = arrayOf(m.values), arrayOf(m.sides)
		}
		r.changes = append(r.changes, changesOf(m.el, value, side)...)
	}
	return r.text(), nil
}

// filled tells whether a value is there, and more than the null that fills a gap.
func filled(n fhir.Node) bool { return n.Kind() > fhir.Null }
