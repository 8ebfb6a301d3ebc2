package histories

import (
	"fmt"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// TestIdentifiers: creates, updates, patches and deletes on the condition of an identifier, deletes of the resource that
// had it, and searches for it. At no time do two resources have it.
func TestIdentifiers(t *testing.T) { inEachWorld(t, identifiers) }

var identifiers = kind{
	model: modelOf(bearer.next),
	draw:  drawIdentifier,
	do:    doIdentifier,
	must:  []string{"created", "found", "updated", "deleted", "nothing", string(fault.NotFound)},
}

// bearer is the one resource that has an identifier. Without an id there is none.
type bearer struct {
	id      string
	version int64
	value   value
}

// unnamed is the id of a resource whose create was not answered. Whoever is told of the resource next learns its id.
const unnamed = "?"

func (b bearer) next(c call, told answer) (bearer, answer) {
	if b.id == unnamed {
		b = b.named(told)
	}
	switch {
	case c.do == "delete" && c.who != b.id, b.id == "" && (c.do == "clear" || c.do == "search"):
		return b, answer{event: "nothing"}
	case b.id == "" && c.do == "patch":
		return b, refused(fault.NotFound)
	case b.id == "":
		b = bearer{told.id, 1, value{c.n, c.n}}
		if told.id == "" {
			b.id = unnamed
		}
		return b, b.seen("created")
	case c.do == "delete" || c.do == "clear":
		return bearer{}, answer{event: "deleted", id: b.id, version: b.version + 1}
	case c.do == "put":
		b.version, b.value = b.version+1, value{c.n, c.n}
		return b, b.seen("updated")
	case c.do == "patch":
		b.version, b.value.b = b.version+1, c.n
		return b, b.seen("updated")
	}
	return b, b.seen("found") // a create that was not needed, or a search
}

func (b bearer) named(told answer) bearer {
	if told.id != "" {
		b.id = told.id
	}
	return b
}

func (b bearer) seen(event string) answer {
	return answer{event: event, id: b.id, version: b.version, value: b.value}
}

func drawIdentifier(w *worker, key string) call {
	c := call{key: key, do: []string{"create", "create", "create", "put", "patch", "delete", "clear", "search", "search"}[w.IntN(9)]}
	if c.do == "delete" {
		if c.who = w.known[key].id; c.who == "" {
			c.do = "search"
		}
	}
	return c
}

func doIdentifier(w *worker, c call) (a answer, err error) {
	if c.do == "search" {
		return searchIdentifier(w, c)
	}
	op := gate.Op{Type: patient}
	if c.who != "" {
		op.ID = c.who
	} else if op.Match, err = w.Criteria(patient, "identifier=s|"+c.key); err != nil {
		return a, err
	}
	bearing := saying(c.n, fmt.Sprintf(`,"identifier":[{"system":"s","value":%q}]`, c.key))
	switch c.do {
	case "create":
		op.Kind, op.Resource = gate.Create, bearing
	case "put":
		op.Kind, op.Resource = gate.Update, bearing
	case "patch":
		op.Kind, op.Patch = gate.Patch, saysSecond(c.n)
	case "delete", "clear":
		op.Kind = gate.Delete
	}
	if a, err = w.apply(op); a.event == "nothing" {
		a = answer{event: a.event} // which deletion came before is not asked here
	}
	return a, err
}

func searchIdentifier(w *worker, c call) (a answer, err error) {
	r, err := w.Request([]schema.Type{patient}, []search.Pair{{Name: "identifier", Value: "s|" + c.key}}, gate.Wishes{})
	if err != nil {
		return a, err
	}
	page, err := w.Search(w.Context(), r, "", "")
	if err != nil {
		return a, err
	}
	switch len(page.Matches) {
	case 0:
		return answer{event: "nothing"}, nil
	case 1:
		return told(gate.Result{Event: gate.Found, Version: page.Matches[0]})
	}
	return answer{event: "several"}, nil // which no model allows
}
