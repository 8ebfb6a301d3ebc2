package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/rule/sheet"
)

type exportRules struct {
	rulesOf `embed:""`
	File    string   `arg:"" help:"File to write, .xlsx or .csv." placeholder:"FILE"`
	Table   []string `help:"Only these rules; for .csv one." placeholder:"NAME"`
	Replace bool     `help:"Replace a file that is there."`
}

func (c *exportRules) Run(ctx context.Context) error {
	plain, err := csvOf(c.File)
	if err != nil {
		return err
	}
	return c.on(ctx, func(d rulesDesk) error {
		tables, err := tablesNamed(d.book, c.Table)
		if err != nil {
			return err
		}
		var all []sheet.Filled
		for _, t := range tables {
			all = append(all, sheet.Filled{Table: t, Lines: d.book.Lines(t.Name)})
		}
		var file bytes.Buffer
		switch {
		case !plain:
			err = sheet.Write(&file, all)
		case len(all) == 1:
			err = sheet.WriteCSV(&file, all[0])
		default:
			err = fault.New(fault.Malformed, "A .csv holds one rule: name it with --table.")
		}
		if err != nil {
			return err
		}
		how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
		if c.Replace {
			how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
		}
		f, err := os.OpenFile(c.File, how, 0o644)
		if err != nil {
			return fault.New(fault.Conflict, "%s cannot be written; if it is there, --replace replaces it.",
				c.File).Because(err)
		}
		_, err = f.Write(file.Bytes())
		if e := f.Close(); err == nil {
			err = e
		}
		if err != nil {
			return fault.Wrap(err, "writing a file")
		}
		fmt.Printf("%s has the rows of %d rules.\n", c.File, len(all))
		return nil
	})
}

type importRules struct {
	rulesOf `embed:""`
	File    string `arg:"" help:"File to read, .xlsx or .csv." placeholder:"FILE"`
	From    string `help:"First day for which the drafts will count, once they are published." required:"" placeholder:"DATE"`
	Region  string `help:"Division code of the region that the drafts are for; only its rows, and those of regions in it, are taken. Empty for the country." placeholder:"CODE"`
	Table   string `help:"For .csv: the rule; by default that of the file's name." placeholder:"NAME"`
	Note    string `help:"Why, for who publishes them." placeholder:"TEXT"`
	Clear   bool   `help:"Take all rows away from rules of which the file has none for the region; otherwise such a file is refused."`
}

func (c *importRules) Run(ctx context.Context) error {
	plain, err := csvOf(c.File)
	if err != nil {
		return err
	}
	if err := rule.CheckRegion(c.Region); err != nil {
		return err
	}
	return c.on(ctx, func(d rulesDesk) error {
		all, err := c.read(d.book, plain)
		if err != nil {
			for _, i := range fault.From(err).Issues {
				fmt.Fprintln(os.Stderr, i.English)
			}
			return err
		}
		var proposals []publish.Proposal
		for _, f := range all {
			v := rule.Version{Table: f.Table.Name, Region: c.Region, From: c.From, Lines: f.Lines}
			if p, is := (publish.Proposal{Version: v, Note: c.Note}).Changing(d.book); is {
				proposals = append(proposals, p)
			}
		}
		if len(proposals) == 0 {
			fmt.Println("The file says nothing else than what stands; nothing was drafted.")
			return nil
		}
		if err := publish.Clearing(proposals); err != nil && !c.Clear {
			return err
		}
		drafts, err := d.Draft(ctx, d.session, proposals...)
		if err != nil {
			return err
		}
		for _, one := range drafts {
			fmt.Printf("%s is drafted, for %s from %s on: yitong rules try %s, yitong rules publish %[4]s\n", one,
				orAll(one.Region), one.From, one.ID)
		}
		return nil
	})
}

// read reads the file.
func (c *importRules) read(b *rule.Book, plain bool) ([]sheet.Filled, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s cannot be read.", c.File).Because(err)
	}
	defer f.Close()
	find := func(name string) *rule.Table {
		t, err := b.Table(name)
		if err != nil {
			return nil
		}
		return t
	}
	if !plain {
		return sheet.Read(f, find)
	}
	name := c.Table
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File))
	}
	t, err := b.Table(name)
	if err != nil {
		return nil, err
	}
	one, err := sheet.ReadCSV(f, filepath.Base(c.File), t)
	return []sheet.Filled{one}, err
}
