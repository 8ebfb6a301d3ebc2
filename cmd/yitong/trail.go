package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// trailCommand looks after the trail of who did what.
type trailCommand struct {
	Verify   verifyTrail   `cmd:"" help:"Look whether the trail is whole: the database against its log, the log against what witnesses and files know of it. Ends with 0 if it is, 1 if it is not, 2 if that cannot be told."`
	Restored restoredTrail `cmd:"" help:"Say in the log that the database was brought back to what it was. No server may be running."`
	Key      trailKey      `cmd:"" help:"Print the public key of the log, which a witness and who verifies the trail need."`
}

type verifyTrail struct {
	app.TrailCheck `embed:""`
}

// How yitong trail verify ends otherwise than well.
const (
	notWhole   = 1
	cannotTell = 2
)

func (c *verifyTrail) Run(ctx context.Context) error {
	var r *trail.Report
	err := withDB(ctx, c.Database, func(db store.DB) (err error) {
		r, err = c.TrailCheck.Verify(ctx, db, progress())
		return err
	})
	if err != nil {
		return exit{err, cannotTell}
	}
	print := func(what string, texts []string) {
		for _, text := range texts {
			fmt.Println(what + text)
		}
	}
	print("Said in the log: ", r.Said)
	print("Note: ", r.Notes)
	print("Note: ", r.Late)
	print("Wrong: ", r.Wrong)
	print("In doubt: ", r.Doubts)
	fmt.Printf("%d sealed batches (%d without their lines, by a rule), %d lines, logs of %d epochs: ", r.Batches, r.Erased, r.Lines, r.Epochs)
	switch {
	case len(r.Wrong) > 0:
		fmt.Println("not whole.")
		return exit{fault.New(fault.Conflict, "The trail is not whole."), notWhole}
	case len(r.Doubts) > 0:
		fmt.Println("nothing wrong was found, but not everything can be told.")
		return exit{fault.New(fault.Conflict, "It cannot be told whether the whole trail is whole."), cannotTell}
	}
	fmt.Println("all is well.")
	return nil
}

// progress tells at the terminal how far it is, every few seconds.
func progress() func(lines, batches, of int64) {
	next := time.Now().Add(3 * time.Second)
	return func(lines, batches, of int64) {
		if now := time.Now(); now.After(next) {
			next = now.Add(3 * time.Second)
			fmt.Fprintf(os.Stderr, "batch %d of %d, %d lines\n", batches, of, lines)
		}
	}
}

type restoredTrail struct {
	app.Trail `embed:""`
	From      int64  `help:"Number of the last batch that the database and the log have in common; a wrong one is refused with the right one." required:"" placeholder:"N"`
	Why       string `help:"Why it was brought back." required:"" placeholder:"TEXT"`
	Epoch     int    `help:"Number of the new epoch, where the folder was lost that held the log before: one more than the witness knows of." default:"0" placeholder:"N"`
}

func (c *restoredTrail) Run(ctx context.Context) error {
	return withDB(ctx, c.Database, func(db store.DB) error {
		epoch, err := c.Trail.Restored(ctx, db, trail.Restore{From: c.From, Epoch: c.Epoch, By: console().By, Why: c.Why})
		if err != nil {
			return err
		}
		fmt.Printf("Epoch %d of the log goes on from batch %d.\n", epoch, c.From)
		return nil
	})
}

type trailKey struct {
	app.Trail `embed:""`
}

func (c *trailKey) Run(ctx context.Context) error {
	return withDB(ctx, c.Database, func(db store.DB) error {
		text, err := c.TrailKey(db)
		if err == nil {
			fmt.Println(text)
		}
		return err
	})
}
