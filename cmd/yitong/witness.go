package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"yitong/internal/app"
)

// witnessCommand is the second party that cosigns the logs of trails.
type witnessCommand struct {
	Serve witnessServe `cmd:"" default:"withargs" help:"Cosign checkpoints of logs (c2sp.org/tlog-witness), as long as each follows from those before. Run it where those cannot reach it who run the record."`
	Key   witnessKey   `cmd:"" help:"Make a key of a witness, and print its public part for --trail-witness."`
}

type witnessServe struct {
	app.Witness `embed:""`
}

func (c *witnessServe) Run(ctx context.Context) error {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	return c.Witness.Serve(ctx, log, func(addr string) { fmt.Printf("The witness listens on %s\n", addr) })
}

type witnessKey struct {
	File string `arg:"" help:"File to make." placeholder:"FILE"`
	Name string `help:"Name of the witness, like that of a host, such as witness.example." default:"witness" placeholder:"NAME"`
}

func (c *witnessKey) Run() error {
	public, err := app.NewWitnessKey(c.File, c.Name)
	if err == nil {
		fmt.Println(public)
	}
	return err
}
