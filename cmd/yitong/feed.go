package main

import (
	"context"
	"fmt"

	"yitong/internal/app"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// feedCommand looks at the feed of changes.
type feedCommand struct {
	Status  feedStatus  `cmd:"" help:"Tell how far the feed and those who follow it have come."`
	Rebuild feedRebuild `cmd:"" help:"Send a cursor back to the start, to build anew what it builds."`
	Epoch   feedEpoch   `cmd:"" help:"Begin a new epoch, after the database was brought back from a copy. No server may be running."`
}

// withDB opens a record for do.
func withDB(ctx context.Context, c app.Database, do func(store.DB) error) (err error) {
	db, err := c.Open(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if e := db.Close(); err == nil {
			err = e
		}
	}()
	return do(db)
}

type feedStatus struct {
	app.Database `embed:""`
}

func (c *feedStatus) Run(ctx context.Context) error {
	return withDB(ctx, c.Database, func(db store.DB) error {
		state, err := db.FeedState(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("The feed stands at %s; %d changes have no place in it yet.\n", state.Head, state.Waiting)
		list, err := worker.Followers(ctx, db, state)
		for _, f := range list {
			fmt.Printf("%-30s at %s, %d behind\n", f.Name, f.At, f.Behind)
		}
		return err
	})
}

type feedRebuild struct {
	app.Database `embed:""`
	Name         string `arg:"" help:"Name of the cursor, as status tells it."`
}

func (c *feedRebuild) Run(ctx context.Context) error {
	return withDB(ctx, c.Database, func(db store.DB) error {
		if err := worker.Rebuild(ctx, db, c.Name); err != nil {
			return err
		}
		fmt.Printf("The cursor %s starts anew on the server that runs it.\n", c.Name)
		return nil
	})
}

type feedEpoch struct {
	app.Database `embed:""`
}

func (c *feedEpoch) Run(ctx context.Context) error {
	return withDB(ctx, c.Database, func(db store.DB) error {
		at, err := db.NewEpoch(ctx)
		if err != nil {
			return err
		}
		fmt.Printf("Epoch %d begins behind change %d.\n", at.Epoch, at.Number)
		return nil
	})
}
