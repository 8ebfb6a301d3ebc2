package form

import (
	"fmt"
	"math"
	"strings"
)

// Definition is the form as OperationDefinition.parameter (R4), each with use as its use, in or out.
func (f *Form) Definition(use string) []map[string]any {
	var all []map[string]any
	for _, x := range f.Fields {
		all = append(all, x.definition(use))
	}
	return all
}

func (x Field) definition(use string) map[string]any {
	d := map[string]any{"name": x.Name, "use": use, "min": x.Min, "max": x.most(), "documentation": x.documentation()}
	switch {
	case x.Kind == KindPart:
		if parts := x.Part.Definition(use); parts != nil {
			d["part"] = parts
		}
	case x.Kind == KindResource && len(x.Targets) == 1:
		d["type"] = x.Targets[0].String()
	default:
		d["type"] = string(x.Kind)
	}
	if x.Kind == KindReference && x.Targets != nil {
		var profiles []string
		for _, t := range x.Targets {
			profiles = append(profiles, "http://hl7.org/fhir/StructureDefinition/"+t.String())
		}
		d["targetProfile"] = profiles
	}
	return d
}

// Bounds says in a sentence what a text or a whole number is bounded by; "" where it is by nothing that was declared.
func (x Field) Bounds() string {
	switch {
	case x.Kind == KindText && x.Bytes != TextMost:
		return fmt.Sprintf("At most %d bytes.", x.Bytes)
	case x.Kind != KindInteger || x.From == math.MinInt32 && x.To == math.MaxInt32:
		return ""
	case x.To == math.MaxInt32:
		return fmt.Sprintf("From %d on.", x.From)
	case x.From == math.MinInt32:
		return fmt.Sprintf("Up to %d.", x.To)
	}
	return fmt.Sprintf("From %d to %d.", x.From, x.To)
}

// documentation is what there is to know about a field, in both languages, with its codes.
func (x Field) documentation() string {
	text := x.Words.Both() + "."
	if x.Doc != "" {
		text += " " + x.Doc
	}
	if bounds := x.Bounds(); bounds != "" {
		text += " " + bounds
	}
	if len(x.Codes) > 0 {
		var codes []string
		for _, c := range x.Codes {
			codes = append(codes, c.Code+" ("+c.Words.Zh+" "+c.Words.En+")")
		}
		text += " One of: " + strings.Join(codes, ", ") + "."
	}
	return text
}
