package worker

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// queue is River on one of the databases.
type queue interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error
	handOver(ctx context.Context, now time.Time) (int, error)
	rescue(ctx context.Context, now, before time.Time, alive map[string]bool) error
	count(ctx context.Context) (map[rivertype.JobState]int, error)
	piles(ctx context.Context) ([]Pile, error)
	list(ctx context.Context, states []rivertype.JobState, kind string, below int64, most int) ([]Letter, error)
	one(ctx context.Context, number int64) (Letter, error)
	retry(ctx context.Context, number int64) error
	drop(ctx context.Context, number int64) error
}

// onPostgres and onSQLite are what the queue needs of the databases.
type (
	onPostgres interface {
		Pool() *pgxpool.Pool
		Exclusively(ctx context.Context, name string, do func() error) error
		HandOver(ctx context.Context, now, later time.Time, most int, give func(context.Context, pgx.Tx, []store.Job) ([]bool, error)) (int, error)
	}
	onSQLite interface {
		Shared() *sql.DB
		HandOver(ctx context.Context, handle *sql.DB, now, later time.Time, most int, give func(context.Context, *sql.Tx, []store.Job) ([]bool, error)) (int, error)
	}
)

// openQueue opens the queue of a record and brings its tables up to date.
func openQueue(ctx context.Context, db store.DB, server string, c *Config) (queue, error) {
	switch d := db.(type) {
	case onPostgres:
		driver := riverpgxv5.New(d.Pool())
		if err := d.Exclusively(ctx, "yitong.queue", func() error { return migrate(ctx, driver, c) }); err != nil {
			return nil, err
		}
		return open(driver, server, c, sqlPilesPostgres, func() error { return nil }, d.HandOver)
	case onSQLite:
		handle := d.Shared()
		driver := riversqlite.New(handle)
		if err := migrate(ctx, driver, c); err != nil {
			return nil, errors.Join(err, handle.Close())
		}
		take := func(ctx context.Context, now, later time.Time, most int, give func(context.Context, *sql.Tx, []store.Job) ([]bool, error)) (int, error) {
			return d.HandOver(ctx, handle, now, later, most, give)
		}
		return open(driver, server, c, sqlPilesSQLite, handle.Close, take)
	}
	return nil, fault.Wrap(errNoQueue, "opening the queue of jobs")
}

// take is a database's HandOver.
type take[TTx any] func(ctx context.Context, now, later time.Time, most int, give func(context.Context, TTx, []store.Job) ([]bool, error)) (int, error)

type riverQueue[TTx any] struct {
	driver riverdriver.Driver[TTx]
	client *river.Client[TTx]
	config *Config
	sql    string // that counts jobs
	close  func() error
	take   take[TTx]
	begun  bool // the client runs
}

// migrate brings the tables of the queue up to date.
func migrate[TTx any](ctx context.Context, driver riverdriver.Driver[TTx], c *Config) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: c.Log})
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	return wrap(err, "bringing the queue of jobs up to date")
}

func open[TTx any](driver riverdriver.Driver[TTx], server string, c *Config, sql string, close func() error, take take[TTx]) (queue, error) {
	q := &riverQueue[TTx]{driver: driver, config: c, sql: sql, close: close, take: take}
	var err error
	if q.client, err = river.NewClient(driver, q.settings(server)); err != nil {
		return nil, errors.Join(fault.Wrap(err, "opening the queue of jobs"), close())
	}
	return q, nil
}

// forEver is for how long a dead letter stays if nobody deals with it. River's own value for it, -1, is not known to its
// driver for SQLite, which then deletes them at once.
const forEver = 100 * 365 * 24 * time.Hour

func (q *riverQueue[TTx]) settings(server string) *river.Config {
	c := q.config
	workers := river.NewWorkers()
	for _, h := range c.Handlers {
		river.AddWorkerArgs(workers, envelope{kind: h.Kind}, &runner{handler: h})
	}
	settings := &river.Config{
		ID: server, Logger: slog.New(discreet{c.Log.Handler()}), Workers: workers, SkipUnknownJobCheck: true,
		JobTimeout: c.Timeout, RescueStuckJobsAfter: c.Rescue, RetryPolicy: backOff{c.Pause}, MaxAttempts: attemptsMost,
		FetchPollInterval: c.Poll * 2, FetchCooldown: c.Poll,
		DiscardedJobRetentionPeriod: forEver, CancelledJobRetentionPeriod: forEver,
	}
	if len(c.Handlers) > 0 {
		settings.Queues = map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: c.Hands}}
	}
	return settings
}

// start lets jobs run, once.
func (q *riverQueue[TTx]) start(ctx context.Context) error {
	if q.begun {
		return nil
	}
	err := q.client.Start(ctx)
	q.begun = err == nil
	return wrap(err, "starting the queue of jobs")
}

// stop waits for the jobs that have begun, then tells those that are left to end, which will be run again.
func (q *riverQueue[TTx]) stop(ctx context.Context) error {
	var err error
	if q.begun {
		patient, cancel := context.WithTimeout(ctx, q.config.Drain)
		defer cancel()
		if err = q.client.Stop(patient); err != nil {
			last, cancel := context.WithTimeout(ctx, q.config.Drain)
			defer cancel()
			err = q.client.StopAndCancel(last)
		}
	}
	return errors.Join(err, q.close())
}

// handOver takes jobs that are due from the outbox to the queue.
func (q *riverQueue[TTx]) handOver(ctx context.Context, now time.Time) (int, error) {
	return q.take(ctx, now, now.Add(time.Second), handOverMost, func(ctx context.Context, tx TTx, jobs []store.Job) ([]bool, error) {
		list := make([]river.InsertManyParams, len(jobs)) // no two of one name: the outbox has one of each
		for i, j := range jobs {
			list[i] = q.config.insertion(j)
		}
		results, err := q.client.InsertManyTx(ctx, tx, list)
		return held(results), err
	})
}

func (q *riverQueue[TTx]) count(ctx context.Context) (map[rivertype.JobState]int, error) {
	counts, err := q.driver.GetExecutor().JobCountByAllStates(ctx, &riverdriver.JobCountByAllStatesParams{})
	return counts, wrap(err, "counting jobs")
}

func (q *riverQueue[TTx]) retry(ctx context.Context, number int64) error {
	_, err := q.client.JobRetry(ctx, number)
	return told(err, number)
}

func (q *riverQueue[TTx]) drop(ctx context.Context, number int64) error {
	_, err := q.client.JobDelete(ctx, number)
	if errors.Is(err, rivertype.ErrJobRunning) {
		return fault.New(fault.Conflict, "Job %d is at work now.", number).Because(err)
	}
	return told(err, number)
}

func told(err error, number int64) error {
	if errors.Is(err, rivertype.ErrNotFound) {
		return fault.New(fault.NotFound, "There is no job %d.", number).Because(err)
	}
	if equalWaits(err) {
		return fault.New(fault.Conflict, "An equal job waits already; job %d stays as it is.", number).Because(err)
	}
	return wrap(err, "changing a job")
}

// equalWaits tells whether the queue refused a job because another of its unique name waits: by the codes of PostgreSQL
// (23505) and SQLite (2067) for a value that must be unique.
func equalWaits(err error) bool {
	var postgres *pgconn.PgError
	var sqlite interface{ Code() int }
	return errors.As(err, &postgres) && postgres.Code == "23505" || errors.As(err, &sqlite) && sqlite.Code() == 2067
}

// discreet leaves out of the queue's log what went wrong in a job, for that may tell of people. Whoever may see the jobs
// finds it there.
type discreet struct{ slog.Handler }

// Handle implements [slog.Handler].
func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	said := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	job := strings.Contains(r.Message, "JobExecutor")
	r.Attrs(func(a slog.Attr) bool {
		if !job || slices.Contains([]string{"job_id", "job_kind", "kind", "attempt"}, a.Key) {
			said.AddAttrs(a)
		}
		return true
	})
	return d.Handler.Handle(ctx, said)
}

// WithAttrs implements [slog.Handler].
func (d discreet) WithAttrs(a []slog.Attr) slog.Handler { return discreet{d.Handler.WithAttrs(a)} }

// WithGroup implements [slog.Handler].
func (d discreet) WithGroup(name string) slog.Handler { return discreet{d.Handler.WithGroup(name)} }

// wrap is [fault.Wrap], nil for nil.
func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, doing)
}
