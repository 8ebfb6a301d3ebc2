package trail

import (
	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/tlog"
)

// meter are the numbers of sealing.
type meter struct {
	batches, unsealed, leaves prometheus.Gauge
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
	}
}

func (m *meter) waiting(last, sealed int64) { m.unsealed.Set(float64(max(0, last-sealed))) }

func (m *meter) sealed(last int64, l *tlog.Log) {
	m.batches.Set(float64(last))
	m.leaves.Set(float64(l.Size))
}

// Metrics tell how far the sealing has come.
func (s *Sealer) Metrics() []prometheus.Collector {
	return []prometheus.Collector{s.meter.batches, s.meter.unsealed, s.meter.leaves}
}
