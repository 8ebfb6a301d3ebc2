package main

import (
	"context"
	"fmt"
	"time"

	"yitong/internal/app"
	"yitong/internal/backup"
)

// archiveCommand looks after archives of what records write.
type archiveCommand struct {
	Trim trimArchive `cmd:"" help:"Remove from an archive what no restore to a moment of the last days needs. The newest backup from before stays what the archive begins with; without one nothing is removed. Servers may be at work."`
}

type trimArchive struct {
	app.Trim `embed:""`
}

func (c *trimArchive) Run(ctx context.Context) error {
	plan, err := c.Trim.Run(ctx, time.Now())
	if plan == nil {
		return err
	}
	for _, n := range plan.Notes {
		fmt.Println("Note: " + n)
	}
	fmt.Printf("Every moment since %s stays within reach, by the backup %s and the archive from %s on.\n", plan.Of.Format(time.RFC3339), plan.Base, plan.From)
	freed := "Removed"
	if c.DryRun {
		freed = "Would be removed"
	}
	fmt.Printf("Kept: %s. %s: %s.\n", amount(plan.Kept), freed, amount(plan.Freed))
	return err
}

func amount(a backup.Amount) string { return fmt.Sprintf("%d files, %d bytes", a.Files, a.Bytes) }
