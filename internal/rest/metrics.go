package rest

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are what the server counts, for Prometheus.
type metrics struct {
	registry *prometheus.Registry
	duration *prometheus.HistogramVec
	noTurn   prometheus.Counter
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "yitong_request_seconds", Help: "Time to answer a FHIR request, by interaction and HTTP status.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30},
		}, []string{"interaction", "status"}),
		noTurn: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "yitong_requests_without_turn_total", Help: "FHIR requests that were refused because too many others were at work.",
		}),
	}
	m.registry.MustRegister(m.duration, m.noTurn, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *metrics) observe(interaction string, status int, took time.Duration) {
	m.duration.WithLabelValues(interaction, strconv.Itoa(status)).Observe(took.Seconds())
}

// Register adds what other parts count.
func (s *Server) Register(c prometheus.Collector) error { return s.metrics.registry.Register(c) }

// Metrics answers Prometheus.
func (s *Server) Metrics() http.Handler {
	return promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{Registry: s.metrics.registry})
}
