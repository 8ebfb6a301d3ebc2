package trail

import (
	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/tlog"
)

// meter are the numbers of sealing.
type meter struct {
	batches, unsealed, leaves prometheus.Gauge
	conflicts                 prometheus.Counter
}

func newMeter() *meter {
	gauge := func(name, help string) prometheus.Gauge {
		return prometheus.NewGauge(prometheus.GaugeOpts{Name: "yitong_trail_" + name, Help: help})
	}
	return &meter{
		batches: gauge("sealed_batches", "Number of the last batch of the trail that is sealed in the log, as this "+
			"server knows."),
		unsealed: gauge("unsealed_batches", "Batches of the trail that are not sealed yet, as this server knows."),
		leaves:   gauge("log_leaves", "Leaves of the log of the trail, as this server knows."),
		conflicts: prometheus.NewCounter(prometheus.CounterOpts{Name: "yitong_trail_conflicts_total",
			Help: "Times that nothing could be sealed since the database does not agree with the log of the trail."}),
	}
}

func (m *meter) waiting(last, sealed int64) { m.unsealed.Set(float64(max(0, last-sealed))) }

func (m *meter) sealed(last int64, l *tlog.Log) {
	m.batches.Set(float64(last))
	m.leaves.Set(float64(l.Size))
}

// Metrics tell how far the sealing has come.
func (s *Sealer) Metrics() []prometheus.Collector {
	return []prometheus.Collector{s.meter.batches, s.meter.unsealed, s.meter.leaves, s.meter.conflicts}
}

// cosignMeter are the numbers of cosigning, of each witness. It is one [prometheus.Collector].
type cosignMeter struct {
	lag       *prometheus.GaugeVec
	conflicts *prometheus.CounterVec
}

func newCosignMeter(witnesses []Witness) *cosignMeter {
	m := &cosignMeter{
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "yitong_trail_witness_lag_leaves",
			Help: "Leaves of the log of the trail that a witness has not cosigned."}, []string{"witness"}),
		conflicts: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "yitong_trail_witness_conflicts_total",
			Help: "Times, one a minute, that a witness has said that it knows another past of the log of the " +
				"trail: the log was rolled back or forked."}, []string{"witness"}),
	}
	for _, w := range witnesses {
		m.conflicts.WithLabelValues(w.Name()) // that there was none is to be seen, and the first is a rise
	}
	return m
}

// Describe implements [prometheus.Collector].
func (m *cosignMeter) Describe(to chan<- *prometheus.Desc) {
	m.lag.Describe(to)
	m.conflicts.Describe(to)
}

// Collect implements [prometheus.Collector].
func (m *cosignMeter) Collect(to chan<- prometheus.Metric) {
	m.lag.Collect(to)
	m.conflicts.Collect(to)
}
