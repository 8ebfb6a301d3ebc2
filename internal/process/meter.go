package process

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
)

// meter are the numbers of an engine.
type meter struct {
	known map[string]bool // moves that there are
	moves *prometheus.CounterVec
	stays *prometheus.HistogramVec
}

func newMeter() *meter {
	return &meter{
		known: map[string]bool{upgradeMove: true, recountMove: true},
		moves: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "yitong_process_moves_total",
			Help: "Moves of cases that were asked for, by what became of them."}, []string{"move", "outcome"}),
		stays: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "yitong_process_state_seconds",
			Help:    "How long cases were in a state that they have left.",
			Buckets: []float64{60, 600, 3600, 4 * 3600, 24 * 3600, 3 * 24 * 3600, 7 * 24 * 3600, 30 * 24 * 3600}}, []string{"process", "state"}),
	}
}

func (m *meter) moved(move string, err error) {
	outcome := string(fault.CodeOf(err))
	if err == nil {
		outcome = "made"
	}
	if !m.known[move] {
		move = "" // what was asked for is whatever somebody has sent
	}
	m.moves.WithLabelValues(move, outcome).Inc()
}

func (m *meter) left(process, state string, stay time.Duration) {
	m.stays.WithLabelValues(process, state).Observe(max(0, stay.Seconds()))
}

// Metrics tell how cases move.
func (e *Engine) Metrics() []prometheus.Collector {
	return []prometheus.Collector{e.meter.moves, e.meter.stays}
}
