package worker

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics are asked of the database when Prometheus asks.
type metrics struct {
	w *Worker

	head, waiting, waited, behind, late, outbox, overdue, jobs *prometheus.Desc
}

// collectMost is how long the database may take to answer.
const collectMost = 3 * time.Second

// Metrics tell how far the feed, those who follow it, and the jobs have come.
func (w *Worker) Metrics() prometheus.Collector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("yitong_"+name, help, labels, nil)
	}
	return &metrics{
		w:       w,
		head:    desc("feed_head", "Number of the newest change in the feed."),
		waiting: desc("feed_waiting_changes", "Committed changes that have no place in the feed yet."),
		waited:  desc("feed_waiting_seconds", "Age of the oldest of these."),
		behind:  desc("feed_lag_changes", "Changes by which a cursor is behind the feed.", "cursor"),
		late:    desc("feed_lag_seconds", "Age of the oldest change that a cursor has not taken.", "cursor"),
		outbox:  desc("outbox_jobs", "Jobs that are not handed over to the queue, those that are not due yet among them."),
		overdue: desc("outbox_lag_seconds", "For how long the first of these has been due."),
		jobs:    desc("jobs", "Jobs in the queue, by their state.", "state"),
	}
}

// Describe implements [prometheus.Collector].
func (m *metrics) Describe(to chan<- *prometheus.Desc) { prometheus.DescribeByCollect(m, to) }

// Collect implements [prometheus.Collector].
func (m *metrics) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectMost)
	defer cancel()
	for _, part := range []func(context.Context, chan<- prometheus.Metric) error{m.feed, m.queue} {
		if err := part(ctx, to); err != nil {
			m.w.config.Log.Warn("some metrics are missing", "cause", err)
		}
	}
}

func gauge(to chan<- prometheus.Metric, desc *prometheus.Desc, value float64, labels ...string) {
	to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

func (m *metrics) feed(ctx context.Context, to chan<- prometheus.Metric) error {
	now, err := m.w.db.Now(ctx)
	if err != nil {
		return err
	}
	state, err := m.w.db.FeedState(ctx)
	if err != nil {
		return err
	}
	age := func(since time.Time) float64 {
		if since.IsZero() {
			return 0
		}
		return max(0, now.Sub(since).Seconds())
	}
	gauge(to, m.head, float64(state.Head.Number))
	gauge(to, m.waiting, float64(state.Waiting))
	gauge(to, m.waited, age(state.Oldest))
	list, err := Followers(ctx, m.w.db, state, m.w.Cursors()...)
	if err != nil {
		return err
	}
	for _, f := range list {
		gauge(to, m.behind, float64(f.Behind), f.Name)
		gauge(to, m.late, age(f.Oldest), f.Name)
	}
	return nil
}

func (m *metrics) queue(ctx context.Context, to chan<- prometheus.Metric) error {
	now, err := m.w.db.Now(ctx)
	if err != nil {
		return err
	}
	n, due, err := m.w.db.Outbox(ctx)
	if err != nil {
		return err
	}
	gauge(to, m.outbox, float64(n))
	overdue := 0.
	if n > 0 {
		overdue = max(0, now.Sub(due).Seconds())
	}
	gauge(to, m.overdue, overdue)
	counts, err := m.w.queue.count(ctx)
	for state, n := range counts {
		gauge(to, m.jobs, float64(n), string(state))
	}
	return err
}
