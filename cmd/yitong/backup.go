package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"yitong/internal/app"
)

type backupCommand struct {
	app.Backup `embed:""`
}

func (c *backupCommand) Run(ctx context.Context) error {
	made, err := c.Backup.Run(ctx)
	if made != nil {
		var plain, sealed int64
		for _, f := range made.Files {
			fmt.Printf("%-10s %14d bytes, %d encrypted\n", f.Name, f.Plain, f.Sealed)
			plain, sealed = plain+f.Plain, sealed+f.Sealed
		}
		fmt.Printf("Copied in %s (%.0f MB/s): the feed to %s, the trail to batch %d. Key of backups: %s.\n", made.Took.Round(time.Millisecond),
			float64(plain)/1e6/made.Took.Seconds(), made.Feed, made.Batch, made.Key)
		for _, n := range made.Notes {
			fmt.Println("Note: " + n)
		}
	}
	if err != nil {
		return err
	}
	if made.Checked == nil {
		fmt.Println("It was not brought back to be looked at.")
		return nil
	}
	printLooked(made.Checked)
	fmt.Println("The backup was brought back and looked at: all is well.")
	return nil
}

// printLooked tells what is in a record that was brought back.
func printLooked(l *app.Looked) {
	for _, t := range slices.Sorted(maps.Keys(l.Counts)) {
		fmt.Printf("%10d %s\n", l.Counts[t], t)
	}
	for _, text := range l.Check.Skipped {
		fmt.Println("Not looked at: " + text)
	}
	for _, text := range l.Check.Complaints {
		fmt.Println("Wrong: " + text)
	}
	fmt.Printf("%d versions, the feed to %s, the trail to batch %d.\n", l.Check.Versions, l.Feed, l.Batch)
	if l.Trail != nil {
		for _, text := range l.Trail.Wrong {
			fmt.Println("Wrong: " + text)
		}
		fmt.Printf("%d batches of the trail with %d lines are as they were sealed.\n", l.Trail.Batches, l.Trail.Lines)
	}
}

type restoreCommand struct {
	app.Restore `embed:""`
}

func (c *restoreCommand) Run(ctx context.Context) error {
	out, err := c.Restore.Run(ctx, console().By)
	if out == nil {
		return err
	}
	printLooked(&out.Looked)
	if r := out.Reached; r != nil {
		fmt.Printf("Everything is there that was committed by %s (%d logs of the archive).\n", r.To.Format(time.RFC3339Nano), r.Logs)
		if !r.Next.IsZero() {
			fmt.Printf("The archive's next moment is %s.\n", r.Next.Format(time.RFC3339Nano))
		}
		out.Notes = append(out.Notes, r.Notes...)
	} else {
		fmt.Printf("Everything is there that was committed when the backup began, %s.\n", out.Backup.Begun.Format(time.RFC3339Nano))
	}
	fmt.Printf("Epoch %d of the feed begins behind change %d.\n", out.Epoch.Epoch, out.Epoch.Number)
	if out.Log > 0 {
		fmt.Printf("Epoch %d of the trail's log says so.\n", out.Log)
	}
	if out.Lost >= 0 {
		fmt.Printf("%d sealed batches of the trail are lost.\n", out.Lost)
	}
	for _, n := range out.Notes {
		fmt.Println("Note: " + n)
	}
	return err
}

// walCommand archives what a PostgreSQL server writes.
type walCommand struct {
	Put putWAL `cmd:"" help:"Archive a file of the log. It is for archive_command: yitong wal put --archive DIR --backup-key FILE %p."`
}

type putWAL struct {
	app.Archiving `embed:""`
	Path          string `arg:"" help:"The file, as PostgreSQL names it by %p." placeholder:"FILE"`
}

func (c *putWAL) Run() error { return c.Archiving.PutWAL(c.Path) }
