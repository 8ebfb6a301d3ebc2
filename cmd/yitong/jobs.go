package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// jobsCommand looks at the queue of jobs.
type jobsCommand struct {
	Dead  deadJobs  `cmd:"" help:"List the jobs that are not tried any more."`
	Open  openJobs  `cmd:"" help:"List the jobs that wait or are at work."`
	Retry retryJobs `cmd:"" help:"Run jobs again, by their numbers, or all that are not tried any more."`
	Drop  dropJobs  `cmd:"" help:"Take jobs out of the queue for good, by their numbers."`
}

// queueCommand is what the commands on the queue have in common.
type queueCommand struct {
	app.Database `embed:""`
}

// on opens the queue for do.
func (c queueCommand) on(ctx context.Context, do func(*worker.Jobs) error) error {
	return withDB(ctx, c.Database, func(db store.DB) (err error) {
		jobs, err := worker.OpenJobs(ctx, db)
		if err != nil {
			return err
		}
		defer func() {
			if e := jobs.Close(); err == nil {
				err = e
			}
		}()
		return do(jobs)
	})
}

type listJobs struct {
	queueCommand `embed:""`
	Most         int `help:"List at most so many, the newest." default:"50"`
}

func (c listJobs) list(ctx context.Context, ask func(*worker.Jobs) ([]worker.Letter, error)) error {
	return c.on(ctx, func(jobs *worker.Jobs) error {
		letters, err := ask(jobs)
		if err != nil {
			return err
		}
		if len(letters) == 0 {
			fmt.Println("There are none.")
			return nil
		}
		if len(letters) == c.Most {
			fmt.Printf("The newest %d; there may be more (--most).\n", c.Most)
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "NUMBER\tKIND\tSTATE\tATTEMPTS\tDUE\tLAST ERROR")
		for _, l := range letters {
			fmt.Fprintf(t, "%d\t%s\t%s\t%d of %d\t%s\t%s\n", l.Number, l.Kind, l.State, l.Attempt, l.Attempts, l.Due.Format(time.RFC3339), l.Error)
		}
		return t.Flush()
	})
}

type deadJobs struct {
	listJobs `embed:""`
}

func (c *deadJobs) Run(ctx context.Context) error {
	return c.list(ctx, func(jobs *worker.Jobs) ([]worker.Letter, error) { return jobs.Dead(ctx, c.Most) })
}

type openJobs struct {
	listJobs `embed:""`
}

func (c *openJobs) Run(ctx context.Context) error {
	return c.list(ctx, func(jobs *worker.Jobs) ([]worker.Letter, error) { return jobs.Open(ctx, c.Most) })
}

type retryJobs struct {
	queueCommand `embed:""`
	Numbers      []int64 `arg:"" optional:"" help:"Numbers of jobs."`
	All          bool    `help:"All that are not tried any more."`
}

func (c *retryJobs) Run(ctx context.Context) error {
	return c.on(ctx, func(jobs *worker.Jobs) error {
		if c.All {
			n, err := jobs.RetryAll(ctx)
			fmt.Printf("%d jobs will be run again.\n", n)
			return err
		}
		if len(c.Numbers) == 0 {
			return fault.New(fault.Malformed, "Name the numbers of jobs, or --all.")
		}
		for _, n := range c.Numbers {
			if err := jobs.Retry(ctx, n); err != nil {
				return err
			}
			fmt.Printf("Job %d will be run again.\n", n)
		}
		return nil
	})
}

type dropJobs struct {
	queueCommand `embed:""`
	Numbers      []int64 `arg:"" help:"Numbers of jobs."`
}

func (c *dropJobs) Run(ctx context.Context) error {
	return c.on(ctx, func(jobs *worker.Jobs) error {
		for _, n := range c.Numbers {
			if err := jobs.Drop(ctx, n); err != nil {
				return err
			}
			fmt.Printf("Job %d is gone.\n", n)
		}
		return nil
	})
}
