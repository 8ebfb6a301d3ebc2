package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/store/index"
)

// ruleTables are all rule tables of the program.
func ruleTables() ([]*rule.Table, error) {
	all, err := app.Modules()
	if err != nil {
		return nil, err
	}
	return all.Tables(), nil
}

// rulesCommand looks after what norms and regions settle by numbers.
type rulesCommand struct {
	List    listRules   `cmd:"" help:"List the rule tables, their versions and drafts."`
	Show    showRule    `cmd:"" help:"Show what a rule says: all rows, or the one that counts in a region on a day, and for which days there is none."`
	Export  exportRules `cmd:"" help:"Write the rows that stand, as a workbook (.xlsx) or one table as .csv, for people to edit."`
	Import  importRules `cmd:"" help:"Make drafts of what people have edited, all of it or nothing."`
	Try     tryRules    `cmd:"" help:"Decide again by a draft what the record says was decided, and tell what would come out otherwise."`
	Publish publishRule `cmd:"" help:"Make a draft count, from its first day on. Servers have it within seconds."`
}

// rulesOf is a record whose rules a command looks after.
type rulesOf struct {
	app.Database `embed:""`
	Zone         string `help:"Time zone of dates that name none." default:"Asia/Shanghai"`
}

// rulesDesk is what a command works with.
type rulesDesk struct {
	*publish.Desk
	session *gate.Session
	book    *rule.Book
}

// on opens the record for do.
func (c rulesOf) on(ctx context.Context, do func(d rulesDesk) error) (err error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fault.New(fault.Malformed, "There is no time zone %q.", c.Zone)
	}
	db, err := c.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	ix, err := index.Open(ctx, db, search.R4(zone), index.Config{})
	if err != nil {
		return err
	}
	g := gate.New(db, gate.Config{Zone: zone, Index: ix, Owned: publish.Owned(), Trail: trail.NewRecorder(db),
		References: true})
	tables, err := ruleTables()
	if err != nil {
		return err
	}
	d := rulesDesk{Desk: publish.NewDesk(zone, tables),
		session: g.Session(gate.Actor{Reference: "Device/" + console().By, Access: gate.Whole()})}
	if d.book, err = d.Book(ctx, d.session); err != nil {
		return err
	}
	for _, err := range d.book.Broken() {
		fmt.Fprintln(os.Stderr, say(err))
	}
	return do(d)
}

type listRules struct {
	rulesOf `embed:""`
}

func (c *listRules) Run(ctx context.Context) error {
	return c.on(ctx, func(d rulesDesk) error {
		all, err := d.List(ctx, d.session, "")
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, "RULE\tVERSION\tSTATE\tREGION\tFROM\tROWS\tLIBRARY\tNOTE")
		for _, t := range d.book.Tables() {
			fmt.Fprintf(w, "%s\t%s\tof the program\t\t\t\t\t%s\n", t.Name, t.Edition, t.Title.Zh)
			for _, v := range all {
				if v.Table == t.Name {
					fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", v.Table, v.Name, v.State, v.Region, v.From,
						len(v.Lines), v.ID, v.Note)
				}
			}
		}
		return w.Flush()
	})
}

type showRule struct {
	rulesOf `embed:""`
	Name    string   `arg:"" help:"Name of the rule, as list prints it."`
	Region  string   `help:"Division code (GB/T 2260) such as 440106; empty for the country." placeholder:"CODE"`
	At      string   `help:"Day for which to tell which row counts." placeholder:"DATE"`
	Known   string   `help:"Tell it as it was known at the end of this day." placeholder:"DATE"`
	Keys    []string `help:"With --at: values of the key columns, in their order." placeholder:"CODE"`
}

func (c *showRule) Run(ctx context.Context) error {
	return c.on(ctx, func(d rulesDesk) error {
		t, err := d.book.Table(c.Name)
		if err != nil {
			return err
		}
		if err := rule.CheckRegion(c.Region); err != nil {
			return err
		}
		if c.At != "" {
			return c.one(d.book)
		}
		fmt.Printf("%s  %s  %s\n%s\n%s\n\n", t.Name, t.Title.Zh, t.Title.En, t.Describe(),
			strings.TrimSpace(t.About.Zh+"\n"+t.About.En))
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(w, strings.Join(t.Columns(), "\t")+"\trow")
		for _, s := range d.book.Standing(t.Name) {
			if rule.Within(s.Line().Region, c.Region) || rule.Within(c.Region, s.Line().Region) {
				fmt.Fprintf(w, "%s\t%s\n", strings.Join(s.Line().Cells(), "\t"), s.Ref())
			}
		}
		if err := w.Flush(); err != nil {
			return fault.Wrap(err, "printing")
		}
		return c.gaps(d)
	})
}

// one tells which row counts.
func (c *showRule) one(b *rule.Book) error {
	at, err := time.ParseInLocation(time.DateOnly, c.At, b.Zone())
	if err != nil {
		return fault.New(fault.Malformed, "--at should be a date, such as 2026-01-31.")
	}
	find := b.Find
	if c.Known != "" {
		known, err := time.ParseInLocation(time.DateOnly, c.Known, b.Zone())
		if err != nil {
			return fault.New(fault.Malformed, "--known should be a date, such as 2026-01-31.")
		}
		find = b.AsKnown(known.AddDate(0, 0, 1).Add(-time.Microsecond)).Find
	}
	row, err := find(c.Name, c.Region, at, c.Keys...)
	if err == nil {
		l := row.Line()
		fmt.Printf("%s\t%s\tregion %s, %s to %s\t%s\n", row.Value(), row.Ref(), orAll(l.Region), orOpen(l.From),
			orOpen(l.To), row.Source())
	}
	return err
}

func orAll(region string) string {
	if region == "" {
		return "the whole country"
	}
	return region
}

func orOpen(day string) string {
	if day == "" {
		return "…"
	}
	return day
}

// gapYears is how many years ahead gaps are looked for.
const gapYears = 2

// gaps tells for which days from today on there is no row.
func (c *showRule) gaps(d rulesDesk) error {
	now := d.session.Now().In(d.book.Zone())
	gaps, err := d.book.Gaps(c.Name, c.Region, now.Format(time.DateOnly),
		now.AddDate(gapYears, 0, 0).Format(time.DateOnly))
	for _, g := range gaps {
		fmt.Printf("no row from %s to %s %s\n", g.From, g.To, strings.Join(g.Keys, " "))
	}
	return err
}

type publishRule struct {
	rulesOf `embed:""`
	Draft   string `arg:"" help:"Id of the draft's Library, as list prints it."`
}

func (c *publishRule) Run(ctx context.Context) error {
	return c.on(ctx, func(d rulesDesk) error {
		v, err := d.Publish(ctx, d.session, c.Draft)
		if err != nil {
			return err
		}
		fmt.Printf("%s counts from %s on, in %s.\n", v, v.From, orAll(v.Region))
		if today := d.session.Now().In(d.book.Zone()).Format(time.DateOnly); v.From < today {
			fmt.Println("That day is past: what was decided since keeps its row, what is decided about those days from now on has the new one.")
		}
		return nil
	})
}

type tryRules struct {
	rulesOf `embed:""`
	Draft   string `arg:"" help:"Id of the draft's Library, as list prints it."`
	Most    int    `help:"List at most so many cases." default:"100"`
}

func (c *tryRules) Run(ctx context.Context) error {
	return c.on(ctx, func(d rulesDesk) error {
		v, err := d.Read(ctx, d.session, c.Draft)
		if err != nil {
			return err
		}
		d.session.Begin(gate.Doing{Do: "rules-try", On: "Library/" + c.Draft})
		cases, failed := publish.Cases(ctx, d.session)
		found, err := rule.Try(ctx, d.book, v.Version, cases)
		if err = errors.Join(err, failed()); err == nil {
			err = d.session.Leave(ctx, nil)
		}
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, one := range found.Some[:min(len(found.Some), max(0, c.Most))] {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t→\t%s\n", one.Subject, one.At.In(d.book.Zone()).Format(time.DateTime),
				orAll(one.Region), told(one.Old, nil), told(one.New, one.Why))
		}
		if err := w.Flush(); err != nil {
			return fault.Wrap(err, "printing")
		}
		fmt.Printf("%d cases: %d as before, %d otherwise; %d record too little to be decided again.\n", found.Cases,
			found.Same, found.Unlike(), found.Left)
		return nil
	})
}

// told is a row, or why there is none.
func told(r *rule.Row, why error) string {
	switch {
	case r != nil:
		return fmt.Sprintf("%s (%s)", r.Value(), r.Ref())
	case why != nil:
		return fault.From(why).Message
	}
	return "a row that is not there"
}

// tablesNamed are the tables of names, or all for none.
func tablesNamed(b *rule.Book, names []string) ([]*rule.Table, error) {
	if len(names) == 0 {
		return b.Tables(), nil
	}
	var all []*rule.Table
	for _, name := range names {
		t, err := b.Table(name)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

// csvOf tells whether a file is CSV, by its name.
func csvOf(name string) (bool, error) {
	ending := strings.ToLower(filepath.Ext(name))
	if !slices.Contains([]string{".csv", ".xlsx"}, ending) {
		return false, fault.New(fault.Malformed, "%s should end with .xlsx or .csv.", name)
	}
	return ending == ".csv", nil
}
