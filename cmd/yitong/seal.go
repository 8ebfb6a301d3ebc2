package main

import (
	"context"
	"fmt"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/store"
)

// sealCommand brings what is stored into the form of the setting.
type sealCommand struct {
	app.Database `embed:""`
}

func (c *sealCommand) Run(ctx context.Context) error {
	if c.SealKey == "" {
		return fault.New(fault.Malformed, "Name the key by which bodies are sealed: --seal-key FILE. To take the seal off, add --seal-off.")
	}
	return withDB(ctx, c.Database, func(db store.DB) error {
		changed, err := app.Reseal(ctx, db)
		if err != nil {
			return err
		}
		form := "sealed by the first key of " + c.SealKey
		if c.SealOff {
			form = "plain"
		}
		fmt.Printf("All bodies are %s now; %d were not. ", form, changed)
		if !c.SealOff {
			fmt.Print("From their next start on servers refuse plain ones; keys on other lines may be taken out. ")
		}
		fmt.Print("What they were is still in free pages of the database, in its log and in copies: " +
			"run VACUUM (PostgreSQL: VACUUM FULL), and let old copies run out.\n")
		return nil
	})
}
