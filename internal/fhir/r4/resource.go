package r4

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Beside is what stands beside a primitive, by the primitive's name in JSON: its id and extensions, which are the member
// _birthDate for birthDate.
func (v Element) Beside(name string) Element { return Element{v.Child("_" + name)} }

// ResourceType is the name of the resource's type.
func (v Resource) ResourceType() string { return v.GetString("resourceType") }

// ResourceAt is the view of a resource at a place, such as an entry of a Bundle.
func ResourceAt(place fhir.Element) Resource { return Resource{Element{place}} }

// create is a new resource with nothing but its type.
func create[R ~struct{ Resource }](typ string) R {
	doc, err := fhir.NewDoc([]byte(`{"resourceType":"` + typ + `"}`))
	if err != nil {
		panic(err) // the generated names are valid
	}
	return R(struct{ Resource }{ResourceAt(fhir.ElementOf(doc))})
}

// of is the view of a resource that must be of the type.
func of[R ~struct{ Resource }](r Resource, typ string) (R, error) {
	if name := r.ResourceType(); name != typ {
		return R{}, fault.New(fault.Malformed, "A resource of type %s should stand here, but its resourceType is %q.", typ, name).WithIssue("value").At(r.Node().Path())
	}
	return R(struct{ Resource }{r}), nil
}
