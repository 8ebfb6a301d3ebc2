package main

import (
	"context"
	"os"
	"time"

	"yitong/test/bench"
)

type benchCommand struct {
	Names     []string      `arg:"" optional:"" help:"What to measure: record, or all." default:"all"`
	JSON      bool          `help:"Print {name: {value, unit, ceiling, ratio}}."`
	Databases []string      `help:"Databases to measure on." enum:"sqlite,postgres" default:"sqlite,postgres" name:"on"`
	Data      string        `help:"Folder of transaction Bundles (.json.gz) to import instead of the synthetic region." type:"existingdir"`
	Time      time.Duration `help:"How long to measure each kind of request." default:"5s"`
}

func (c *benchCommand) Run(ctx context.Context) error {
	report, err := bench.Run(ctx, c.Names, bench.Options{Databases: c.Databases, Data: c.Data, Each: c.Time})
	if err != nil {
		return err
	}
	if c.JSON {
		return report.JSON(os.Stdout)
	}
	report.Table(os.Stdout)
	return nil
}
