package histories

import (
	"fmt"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// TestVersions: updates, patches and deletes of one resource, with and without a wish about its version, and reads of it.
func TestVersions(t *testing.T) { inEachWorld(t, versions) }

var versions = kind{
	model: modelOf(register.next),
	draw:  drawVersion,
	do:    doVersion,
	must:  []string{"created", "updated", "deleted", "found", string(fault.Precondition), string(fault.Gone)},
}

// register is one resource.
type register struct {
	version int64
	live    bool
	value   value
}

func (r register) next(c call, _ answer) (register, answer) {
	if c.do == "read" {
		return r, r.read("found")
	}
	if c.absent && r.live || c.version != 0 && !r.live || c.version > 0 && c.version != r.version {
		return r, refused(fault.Precondition)
	}
	switch {
	case c.do == "delete" && !r.live:
		return r, answer{event: "nothing", version: r.version}
	case c.do == "delete":
		r = register{version: r.version + 1}
		return r, answer{event: "deleted", version: r.version}
	case c.do == "patch" && !r.live:
		return r, r.read("")
	case c.do == "patch":
		r.version, r.value.b = r.version+1, c.n
		return r, r.read("updated")
	}
	event := "created"
	if r.live {
		event = "updated"
	}
	r = register{r.version + 1, true, value{c.n, c.n}}
	return r, r.read(event)
}

// read is how the resource looks.
func (r register) read(event string) answer {
	switch {
	case r.live:
		return answer{event: event, version: r.version, value: r.value}
	case r.version > 0:
		return refused(fault.Gone)
	}
	return refused(fault.NotFound)
}

func drawVersion(w *worker, key string) call {
	c := call{key: key, do: []string{"read", "read", "put", "put", "put", "patch", "patch", "delete"}[w.IntN(8)]}
	if c.do == "read" {
		return c
	}
	switch w.IntN(8) {
	case 0, 1, 2, 3:
		c.version = w.known[key].version
	case 4:
		c.version = gate.AnyVersion
	case 5:
		c.absent = c.do == "put"
	}
	return c
}

func doVersion(w *worker, c call) (a answer, err error) {
	op := gate.Op{Type: patient, ID: c.key, IfVersion: c.version, IfAbsent: c.absent}
	switch c.do {
	case "read":
		v, err := w.Read(w.Context(), fhir.Ref{Type: patient, ID: c.key})
		if err != nil {
			return a, err
		}
		a, err = told(gate.Result{Event: gate.Found, Version: v})
		a.id = ""
		return a, err
	case "put":
		op.Kind, op.Resource = gate.Update, saying(c.n, fmt.Sprintf(`,"id":%q`, c.key))
	case "patch":
		op.Kind, op.Patch = gate.Patch, saysSecond(c.n)
	case "delete":
		op.Kind = gate.Delete
	}
	a, err = w.apply(op)
	a.id = "" // the key says it
	return a, err
}
