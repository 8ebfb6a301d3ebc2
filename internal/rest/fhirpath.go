package rest

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
)

// fhirpathMost bounds the steps of one expression that a client sends.
const fhirpathMost = 1_000_000

// fhirpath answers $fhirpath: what an expression gives for a resource, as Parameters with one result for each item, in
// order.
func (s *Server) fhirpath(r *request) (*response, error) {
	a, err := r.arguments("expression", "resource")
	if err != nil {
		return nil, err
	}
	text, err := a.one("expression")
	if err != nil {
		return nil, err
	}
	resource, sent := a.resources["resource"]
	if text == "" || !sent {
		return nil, fault.New(fault.Malformed, "$fhirpath takes Parameters with an expression, as valueString, and a resource.").WithIssue("required")
	}
	of, err := fhir.ReadResource(resource)
	if err != nil {
		return nil, err
	}
	e, err := fhirpath.Parse(text)
	if err != nil {
		return nil, err
	}
	if err := e.Check(of.Type.String()); err != nil { // what can never give anything is a slip
		return nil, err
	}
	env := r.session.Env(resource)
	env.Now, env.Zone, env.Work = time.Now(), s.config.Zone, fhirpathMost
	items, err := e.Evaluate(env, fhirpath.Of(resource))
	if err != nil {
		return nil, err
	}
	out := []byte(`{"resourceType":"Parameters"`)
	out = appendItems(out, "parameter", items, func(fhirpath.Value) string { return "result" })
	return &response{status: http.StatusOK, resource: append(out, '}')}, nil
}

// appendItems writes items as a list of parameters, behind a member that is there already.
func appendItems(b []byte, list string, items fhirpath.Collection, name func(fhirpath.Value) string) []byte {
	if len(items) == 0 {
		return b
	}
	b = append(append(append(b, `,"`...), list...), `":[`...)
	for i, item := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, `{"name":`...), fhir.Quote(name(item))...)
		b = append(appendItem(b, item), '}')
	}
	return append(b, ']')
}

// children gives the parts of an element that no value[x] can hold, such as Patient.contact.
var children = sync.OnceValues(func() (*fhirpath.Expression, error) { return fhirpath.Parse("children()") })

// appendItem writes an item as the members of a parameter: a value, with what stands beside it, a resource, or its parts.
func appendItem(b []byte, item fhirpath.Value) []byte {
	member := item.ValueName()
	if member == "" {
		e, err := children()
		if err != nil {
			panic(err) // it is part of the program
		}
		parts, err := e.Evaluate(&fhirpath.Env{}, item)
		if err != nil {
			return b
		}
		return appendItems(b, "part", parts, lastStep)
	}
	if side := item.Side(); side.Exists() {
		b = append(append(append(b, `,"_`...), member...), `":`...)
		b = append(b, side.Raw()...)
		if !item.Node().Exists() {
			return b
		}
	}
	b = append(append(append(b, `,"`...), member...), `":`...)
	return item.AppendJSON(b)
}

// lastStep is the name of the element that an item is a value of.
func lastStep(item fhirpath.Value) string {
	path := item.Path()
	path = path[strings.LastIndexByte(path, '.')+1:]
	name, _, _ := strings.Cut(path, "[")
	return name
}
