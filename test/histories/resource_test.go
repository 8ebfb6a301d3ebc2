package histories

import (
	"encoding/json"
	"fmt"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
)

var (
	patient = typeOf("Patient")
	basic   = typeOf("Basic")
)

func typeOf(name string) schema.Type {
	t, ok := schema.TypeOf(name)
	if !ok {
		panic("no type " + name)
	}
	return t
}

// saying is a Patient that says n in both places of a [value], with more members.
func saying(n int, members string) fhir.Resource {
	return resource(fmt.Sprintf(`{"resourceType":"Patient","multipleBirthInteger":%d,"telecom":[{"rank":%[1]d}]%s}`, n, members))
}

func resource(text string) fhir.Resource {
	r, err := fhir.ParseResource([]byte(text))
	if err != nil {
		panic(err)
	}
	return r
}

// saysSecond is a patch of the second place.
func saysSecond(n int) fhir.Patch {
	p, err := fhir.ParsePatch(fmt.Appendf(nil, `[{"op":"replace","path":"/telecom/0/rank","value":%d}]`, n))
	if err != nil {
		panic(err)
	}
	return p
}

// said is what a Patient says, nothing for a deletion.
func said(v store.Version) (says value, err error) {
	if !v.Live() {
		return says, nil
	}
	var body struct {
		MultipleBirthInteger int
		Telecom              []struct{ Rank int }
	}
	if err := json.Unmarshal(v.Body.Bytes, &body); err != nil || len(body.Telecom) != 1 {
		return says, fmt.Errorf("%v in %s", err, v.Body.Bytes)
	}
	return value{body.MultipleBirthInteger, body.Telecom[0].Rank}, nil
}

// told is the answer to a write of a Patient.
func told(r gate.Result) (answer, error) {
	event := map[gate.Event]string{
		gate.Nothing: "nothing", gate.Created: "created", gate.Updated: "updated", gate.Deleted: "deleted", gate.Found: "found",
	}[r.Event]
	says, err := said(r.Version)
	return answer{event: event, id: r.Version.Ref.ID, version: r.Version.Number, value: says}, err
}

// apply carries one op out.
func (w *worker) apply(op gate.Op) (answer, error) {
	results, err := w.Apply(w.Context(), []gate.Op{op}, nil)
	if err != nil {
		return answer{}, err
	}
	return told(results[0])
}
