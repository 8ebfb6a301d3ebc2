package subscription

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// counts are what Prometheus is told. Those of deliveries are of this server.
type counts struct {
	delivered, concluded *prometheus.CounterVec
}

func newCounts() *counts {
	return &counts{
		delivered: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yitong_subscription_deliveries_total", Help: "Notices, by what became of them: taken, failed, or hidden from the subscriber by then.",
		}, []string{"outcome"}),
		concluded: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "yitong_subscription_changes_total", Help: "Subscriptions whose status the platform has changed, by the new one.",
		}, []string{"status"}),
	}
}

// metrics are the counts, and how the Subscriptions that this server has at work stand.
type metrics struct {
	s                    *Service
	active, lag, waiting *prometheus.Desc
}

// Metrics tell how deliveries go. How many are active, and how far behind, only the server tells that delivers.
func (s *Service) Metrics() prometheus.Collector {
	return &metrics{
		s:       s,
		active:  prometheus.NewDesc("yitong_subscriptions", "Subscriptions, by their status.", []string{"status"}, nil),
		lag:     prometheus.NewDesc("yitong_subscription_lag_events", "Events that wait for the endpoint for which most do.", nil, nil),
		waiting: prometheus.NewDesc("yitong_subscription_lag_seconds", "Age of the oldest change that waits for an endpoint.", nil, nil),
	}
}

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, to) }

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	m.s.counts.delivered.Collect(to)
	m.s.counts.concluded.Collect(to)
	states := map[string]int{"active": 0, "requested": 0, "error": 0, "off": 0}
	if m.s.mine() {
		var behind int64
		var oldest time.Time
		for _, r := range m.s.list() {
			r.mu.Lock()
			states[r.state.Status]++
			if r.state.Status == "active" && r.sub != nil && !r.sub.Socket && r.state.Events > r.told.To {
				behind = max(behind, r.state.Events-r.told.To)
				if oldest.IsZero() || r.since.Before(oldest) && !r.since.IsZero() {
					oldest = r.since
				}
			}
			r.mu.Unlock()
		}
		age := 0.
		if !oldest.IsZero() {
			age = max(0, m.s.config.Now().Sub(oldest).Seconds())
		}
		to <- prometheus.MustNewConstMetric(m.lag, prometheus.GaugeValue, float64(behind))
		to <- prometheus.MustNewConstMetric(m.waiting, prometheus.GaugeValue, age)
	}
	for status, n := range states {
		to <- prometheus.MustNewConstMetric(m.active, prometheus.GaugeValue, float64(n), status)
	}
}
