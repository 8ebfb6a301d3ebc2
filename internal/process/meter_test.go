package process_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/process"
)

// TestMetrics: moves are counted by what became of them, and how long cases were in states that they have left; what somebody makes up is no
// name of a move.
func TestMetrics(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		w.pass(time.Hour)
		for _, move := range []string{"made-up", "answer"} {
			_, err := w.engine.Move(t.Context(), w.office(), process.Asked{Case: of, Move: move, IfVersion: 9})
			if fault.CodeOf(err) != fault.Precondition {
				t.Errorf("%s: %v", move, err)
			}
		}
		if _, err := w.engine.Begin(t.Context(), w.resident(), "asked", "made-up", fhir.Node{}, nil); fault.CodeOf(err) != fault.Unprocessable {
			t.Error(err)
		}
		for range 2 { // the second stays in its state
			if got := w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor"); got != "" {
				t.Fatal(got)
			}
		}
		told := map[string]float64{}
		all := prometheus.NewRegistry()
		all.MustRegister(w.engine.Metrics()...)
		families, err := all.Gather()
		w.must(err)
		for _, f := range families {
			for _, m := range f.GetMetric() {
				name := strings.TrimPrefix(f.GetName(), "yitong_process_")
				for _, l := range m.GetLabel() {
					name += " " + l.GetValue()
				}
				told[name] = m.GetCounter().GetValue() + m.GetHistogram().GetSampleSum()
			}
		}
		want := map[string]float64{
			"moves_total ask made": 1, "moves_total assign made": 2, "moves_total answer precondition": 1, "moves_total  precondition": 1, "moves_total  unprocessable": 1,
			"state_seconds asked open": 3600,
		}
		if !maps.Equal(told, want) {
			t.Errorf("got %v, want %v", told, want)
		}
	})
}
