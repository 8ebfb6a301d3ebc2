package histories

import (
	"bytes"
	"fmt"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

// TestReferences: a Patient comes and goes, and a Basic begins and ends to point to it, by themselves and in one
// transaction. The reference never leads nowhere, and whoever reads both sees both of one instant.
func TestReferences(t *testing.T) { inEachWorld(t, references) }

var references = kind{
	model: modelOf(pair.next),
	draw:  drawPair,
	do:    doPair,
	must:  []string{"done", "looked", string(fault.Conflict), string(fault.Unprocessable), string(fault.Gone)},
}

// pair is a Patient and the Basic that may point to it. The Basic is never deleted.
type pair struct {
	patient, basic int64 // their versions
	live, linked   bool
}

func (p pair) next(c call, _ answer) (pair, answer) {
	switch {
	case c.do == "delete" && p.linked:
		return p, refused(fault.Conflict)
	case c.do == "link" && !p.live:
		return p, refused(fault.Unprocessable)
	case c.do == "look" && (p.patient == 0 || p.live && p.basic == 0):
		return p, refused(fault.NotFound)
	case c.do == "look" && !p.live:
		return p, refused(fault.Gone)
	case c.do == "look":
		return p, answer{event: "looked", version: p.patient, other: p.basic, linked: p.linked}
	case c.do == "delete" && !p.live:
		return p, answer{event: "done", version: p.patient}
	case c.do == "put" || c.do == "both":
		p.patient, p.live = p.patient+1, true
	case c.do == "delete":
		p.patient, p.live = p.patient+1, false
	}
	a := answer{event: "done"}
	if c.do != "link" && c.do != "unlink" {
		a.version = p.patient
	}
	if c.do == "link" || c.do == "unlink" || c.do == "both" {
		p.basic, p.linked = p.basic+1, c.do != "unlink"
		a.other, a.linked = p.basic, p.linked
	}
	return p, a
}

func drawPair(w *worker, key string) call {
	return call{key: key, do: []string{"put", "delete", "delete", "delete", "link", "link", "unlink", "unlink", "both", "look", "look"}[w.IntN(11)]}
}

func doPair(w *worker, c call) (a answer, err error) {
	id := fmt.Sprintf(`,"id":%q`, c.key)
	put := gate.Op{Kind: gate.Update, Type: patient, ID: c.key, Resource: saying(c.n, id)}
	point := gate.Op{Kind: gate.Update, Type: basic, ID: c.key}
	if c.do != "unlink" {
		id += fmt.Sprintf(`,"subject":{"reference":"Patient/%s"}`, c.key)
	}
	point.Resource = resource(`{"resourceType":"Basic"` + id + `}`)
	ops := map[string][]gate.Op{
		"put": {put}, "link": {point}, "unlink": {point}, "both": {put, point},
		"delete": {{Kind: gate.Delete, Type: patient, ID: c.key}},
		"look":   {{Kind: gate.Read, Type: patient, ID: c.key}, {Kind: gate.Read, Type: basic, ID: c.key}},
	}[c.do]
	results, err := w.Apply(w.Context(), ops, nil)
	for _, r := range results {
		switch r.Version.Ref.Type {
		case patient:
			a.version = r.Version.Number
		case basic:
			a.other = r.Version.Number
			a.linked = bytes.Contains(r.Version.Body.Bytes, []byte("subject"))
		}
	}
	a.event = "done"
	if c.do == "look" {
		a.event = "looked"
	}
	return a, err
}
