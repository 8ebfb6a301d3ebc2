package notice

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// measureTime is how long the database may take.
const measureTime = 3 * time.Second

// count counts what became of a message on this server.
func (s *Service) count(by Channel, outcome State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := string(outcome)
	if outcome == stateReady {
		name = "retried"
	}
	s.counts[[2]string{string(by), name}]++
}

// Metrics tell what has left, and what waits to.
func (s *Service) Metrics() prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("yitong_notices_"+name, help, labels, nil)
	}
	return &metrics{
		s: s, sent: desc("sent_total", "Messages that this server has tried to send, by channel and what became of them.", "channel", "outcome"),
		waiting: desc("waiting", "Notices that wait to leave, by channel, as far as 1000.", "channel"),
		unsent:  desc("unsent", "Messages that are made and have not left, among the newest 1000."),
		oldest:  desc("oldest_seconds", "For how long the first of both has been due."),
	}
}

type metrics struct {
	s                             *Service
	sent, waiting, unsent, oldest *prometheus.Desc
}

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{m.sent, m.waiting, m.unsent, m.oldest} {
		to <- d
	}
}

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), measureTime)
	defer cancel()
	m.s.mu.Lock()
	for k, n := range m.s.counts {
		to <- prometheus.MustNewConstMetric(m.sent, prometheus.CounterValue, float64(n), k[0], k[1])
	}
	m.s.mu.Unlock()
	if err := m.measure(ctx, to); err != nil {
		m.s.config.Log.Warn("some metrics are missing", "cause", err)
	}
}

func (m *metrics) measure(ctx context.Context, to chan<- prometheus.Metric) error {
	at, err := m.s.Stand(ctx)
	if err != nil {
		return err
	}
	for _, c := range at.Channels {
		to <- prometheus.MustNewConstMetric(m.waiting, prometheus.GaugeValue, float64(c.Waiting), string(c.Channel))
	}
	to <- prometheus.MustNewConstMetric(m.unsent, prometheus.GaugeValue, float64(at.Unsent()))
	to <- prometheus.MustNewConstMetric(m.oldest, prometheus.GaugeValue, at.Late.Seconds())
	return nil
}
