package scheduling_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// crowd has so many people enter a draw, each as the one who has entered it did.
func (w *world) crowd(entry, who string, many int) {
	w.Helper()
	text := string(w.visit(entry).Root.Raw())
	var ops []gate.Op
	for i := range many {
		name := fmt.Sprintf("crowd-%06d", i)
		patient, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Patient","id":%q,%s}`, name, services.Custodian("member")))
		w.must(err)
		one, err := fhir.ParseResource([]byte(strings.ReplaceAll(strings.ReplaceAll(text, ref(entry).ID, "entry-"+name), `"Patient/`+who+`"`, `"Patient/`+name+`"`)))
		w.must(err)
		place, err := fhir.ParseResource([]byte(strings.Replace(string(one.Root.Raw()), `"valueString":"`+who+`"`, `"valueString":"`+name+`"`, 1)))
		w.must(err)
		for _, r := range []fhir.Resource{patient, place} {
			ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
		}
	}
	for part := range slices.Chunk(ops, 500) {
		_, err := w.gate.Session(gate.Actor{Process: gate.Everything, Access: gate.Whole()}).Apply(w.Context(), part, nil)
		w.must(err)
	}
}

// draws draws among so many and gives how long that took: four of them get places, the others nothing.
func (w *world) draws(many int) (took time.Duration) {
	w.Helper()
	clinic, err := w.drawn("member", "heart", 2, 30)
	w.must(err)
	const day = "2026-05-19"
	entry, err := w.enters("p0", clinic, day)
	w.must(err)
	w.crowd(entry, "p0", many-1)
	w.at(time.Date(2026, 5, 12, 7, 0, 0, 0, services.Zone))
	began := time.Now()
	w.must(w.desk.Draw(w.Context(), w.gate.Session(scheduling.Platform)))
	took = time.Since(began)
	for range 2 { // read, and remembered
		began := time.Now()
		few, err := w.tell("regulator region", clinic, "day", form.Date(day))
		w.must(err)
		w.Logf("it is told in %v", time.Since(began))
		w.has(few, []string{fmt.Sprintf(`{"name":"count","valueInteger":%d}`, many)})
		if ids := strings.Count(few, `"name":"rank"`); ids != 4 {
			w.Errorf("who does not ask for all is told of %d entries", ids)
		}
	}
	shown, err := w.tell("regulator region", clinic, "day", form.Date(day), "all", true)
	w.must(err)
	w.has(shown, []string{`"valueCode":"done"`, fmt.Sprintf(`{"name":"count","valueInteger":%d}`, many)})
	if ids, got := strings.Count(shown, `"name":"rank"`), strings.Count(shown, `"name":"number"`); ids != many || got != 4 {
		w.Errorf("of %d entries %d are shown, and %d got places", many, ids, got)
	}
	return took
}

// TestDrawOfMany: a draw of more than are read, or written, at once is as any other.
func TestDrawOfMany(t *testing.T) {
	each(t, func(w *world) { t.Logf("it took %v", w.draws(1_300)) })
}
