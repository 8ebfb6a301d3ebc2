package main

import (
	"context"
	"fmt"
	"time"

	"yitong/internal/app"
	"yitong/internal/app/inspect"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// checkCommand looks whether a record is whole.
type checkCommand struct {
	app.Database `embed:""`
	Zone         string `help:"Time zone of dates that name none, as the server has it." default:"Asia/Shanghai"`
	Places       bool   `help:"First build the reservations anew from the resources."`
}

func (c *checkCommand) Run(ctx context.Context) error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fault.New(fault.Malformed, "There is no time zone %q.", c.Zone)
	}
	return withDB(ctx, c.Database, func(db store.DB) error {
		if c.Places {
			n, err := inspect.RebuildPlaces(ctx, db)
			if err != nil {
				return err
			}
			fmt.Printf("%d places are reserved.\n", n)
		}
		r, err := inspect.Record(ctx, db, zone)
		if err != nil {
			return err
		}
		for _, text := range r.Skipped {
			fmt.Println("Not looked at: " + text)
		}
		for _, text := range r.Complaints {
			fmt.Println(text)
		}
		fmt.Printf("%d versions of %d resources, %d lines of the index, %d places, %d permits: ", r.Versions, r.Resources, r.Lines, r.Places, r.Permits)
		if r.Wrong > 0 {
			fmt.Println("not whole.")
			return fault.New(fault.Conflict, "%d things are wrong with the record.", r.Wrong)
		}
		fmt.Println("all is well.")
		return nil
	})
}
