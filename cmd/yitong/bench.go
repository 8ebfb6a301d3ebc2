package main

import (
	"context"
	"os"
	"time"

	"yitong/internal/fault"
	"yitong/test/bench"
)

type benchCommand struct {
	Names     []string      `arg:"" optional:"" help:"What to measure: auth (what it takes to know who asks), beside (reads beside an import), commits (slow ones, that many share), gate (what it costs that everybody sees only what they may), jobs (how soon they start), process (moves and inboxes), record (writes and reads by id), referral (moves beside many that are open, boards and statistics), reserve (places in a rush), scheduling (visits booked in a rush, and times found), search, store (what the index takes), trail (what it costs that every answer is on record), validate (and what it costs an import), or all." default:"all"`
	JSON      bool          `help:"Print {name: {value, unit, ceiling, ratio}}."`
	Databases []string      `help:"Databases to measure on." enum:"sqlite,postgres" default:"sqlite,postgres" name:"on"`
	Data      string        `help:"Folder of transaction Bundles (.json.gz) to take instead of the synthetic region." type:"existingdir"`
	Residents int           `help:"Residents of the synthetic region, each with about 20 resources; 0 for 600, and 1000 for search and gate." default:"0"`
	Cases     int           `help:"Cases that are open in process and referral, 64 or more; 0 for 10000 and 100000." default:"0"`
	Time      time.Duration `help:"How long to measure each kind of request." default:"5s"`
}

func (c *benchCommand) Run(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return fault.Wrap(err, "finding this program")
	}
	report, err := bench.Run(ctx, c.Names, bench.Options{Program: self, Residents: c.Residents, Databases: c.Databases, Data: c.Data, Cases: c.Cases, Each: c.Time})
	if len(report) == 0 {
		return err
	}
	if !c.JSON {
		report.Table(os.Stdout)
	} else if e := report.JSON(os.Stdout); err == nil {
		err = e
	}
	return err
}

// benchServerCommand is what `bench trail` measures.
type benchServerCommand struct {
	DB   string        `required:"" help:"Database of the record."`
	Log  string        `help:"Folder of the trail's log; without it no trail is kept."`
	Slow time.Duration `help:"How much longer each commit in a file takes."`
}

func (c *benchServerCommand) Run(ctx context.Context) error {
	return bench.Doctor{DB: c.DB, Log: c.Log, Slow: c.Slow}.Serve(ctx, os.Stdout)
}
