package bench

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
)

// Options say what is measured and how long.
type Options struct {
	Program   string        // the yitong that is measured
	Databases []string      // sqlite, postgres
	Data      string        // folder of transaction Bundles; "" for the synthetic region
	Residents int           // of the region, 0 for as many as the benchmark usually has
	Cases     int           // that are open, 0 for as many as the benchmark usually has
	Each      time.Duration // for each kind of request
}

// casesLeast is how many cases are open at least: each client has one that moves.
const casesLeast = 64

// benchmarks are those that there are, by name.
var benchmarks = map[string]func(context.Context, Options, Report) error{
	"auth":       runAuth,
	"beside":     runBeside,
	"commits":    runCommits,
	"gate":       runGate,
	"jobs":       runJobs,
	"process":    runProcess,
	"record":     runRecord,
	"referral":   runReferral,
	"reserve":    runReserve,
	"scheduling": runScheduling,
	"search":     runSearch,
	"store":      runStore,
	"trail":      runTrail,
	"validate":   runValidate,
}

// Run runs the benchmarks of those names, all of them for "all". With an error comes what has been measured before.
func Run(ctx context.Context, names []string, o Options) (Report, error) {
	report := Report{}
	known := slices.Sorted(maps.Keys(benchmarks))
	for _, name := range names {
		if name != "all" && !slices.Contains(known, name) {
			return nil, fault.New(fault.NotFound, "There is no benchmark %q; there are all, %s.", name, strings.Join(known, ", "))
		}
	}
	if o.Cases != 0 && o.Cases < casesLeast {
		return nil, fault.New(fault.Unprocessable, "At least %d cases have to be open, not %d.", casesLeast, o.Cases)
	}
	for _, name := range known {
		if !slices.Contains(names, name) && !slices.Contains(names, "all") {
			continue
		}
		if err := benchmarks[name](ctx, o, report); err != nil {
			return report, fmt.Errorf("%s: %w", name, err)
		}
	}
	return report, nil
}

func runRecord(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 600
	}
	bundles, references, err := input(o)
	if err != nil {
		return err
	}
	for _, name := range o.Databases {
		b := &record{ctx: ctx, report: report, program: o.Program, name: name, each: o.Each, bundles: bundles}
		if err := b.on(references); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// on opens a database of the record's kind in a place of its own, and measures.
func (b *record) on(references string) (err error) {
	at, err := newPlace(b.name)
	if err != nil {
		return err
	}
	defer at.close()
	db, err := at.database("record")
	if err != nil {
		return err
	}
	if b.bare, err = at.bare(b.ctx); err != nil {
		return err
	}
	defer b.bare.close()
	empty, _, err := measureDB(b.ctx, db)
	if err != nil {
		return err
	}
	if b.srv, err = startServer(b.ctx, b.program, db, "--references", references); err != nil {
		return err
	}
	defer func() { _ = b.srv.stop() }()
	restart := func() error {
		if err := b.srv.stop(); err != nil {
			return err
		}
		b.srv, err = startServer(b.ctx, b.program, db)
		return err
	}
	return b.run(restart, func() (float64, float64, error) {
		bytes, keys, err := measureDB(b.ctx, db)
		return bytes - empty, keys, err
	})
}

// measureDB is the size of a database at rest and how many keys it holds.
func measureDB(ctx context.Context, url string) (bytes, keys float64, err error) {
	db, err := app.Database{DB: url}.Open(ctx)
	if err != nil {
		return 0, 0, err
	}
	defer db.Close()
	size, err := db.Size(ctx)
	if err != nil {
		return 0, 0, err
	}
	n, err := db.Keys(ctx)
	return float64(size), float64(n), err
}

// input is what is imported, and how references in it are to be treated: files of another origin refer to institutions
// that they do not hold.
func input(o Options) (bundles [][]byte, references string, err error) {
	for text, err := range texts(o) {
		if err != nil {
			return nil, "", err
		}
		bundles = append(bundles, text)
	}
	if o.Data != "" {
		return bundles, "off", nil
	}
	return bundles, "check", nil
}
