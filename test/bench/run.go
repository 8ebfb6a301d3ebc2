package bench

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/test/pgcluster"
)

// Options say what is measured and how long.
type Options struct {
	Program   string        // the yitong that is measured
	Databases []string      // sqlite, postgres
	Data      string        // folder of transaction Bundles; "" for the synthetic region
	Residents int           // of the region
	Each      time.Duration // for each kind of request
}

// benchmarks are those that there are, by name.
var benchmarks = map[string]func(context.Context, Options, Report) error{
	"record": runRecord,
}

// Run runs the benchmarks of those names, all of them for "all".
func Run(ctx context.Context, names []string, o Options) (Report, error) {
	report := Report{}
	for name, run := range benchmarks {
		if !slices.Contains(names, name) && !slices.Contains(names, "all") {
			continue
		}
		if err := run(ctx, o, report); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(report) == 0 {
		return nil, fault.New(fault.NotFound, "There is no benchmark of that name; there are all and record.")
	}
	return report, nil
}

func runRecord(ctx context.Context, o Options, report Report) error {
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

// on opens a database of the record's kind in a folder of its own, and measures.
func (b *record) on(references string) (err error) {
	dir, err := os.MkdirTemp("", "yitong-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	db := "sqlite:" + filepath.Join(dir, "record.db")
	if b.name == "postgres" {
		cluster, err := pgcluster.Start("", pgcluster.Options{Settings: map[string]string{"shared_buffers": "512MB", "max_wal_size": "4GB"}})
		if err != nil {
			return err
		}
		defer cluster.Stop()
		if db, err = cluster.NewDatabase("record"); err != nil {
			return err
		}
		bareDB, err := cluster.NewDatabase("bare")
		if err != nil {
			return err
		}
		b.bare, err = newBarePostgres(b.ctx, bareDB)
		if err != nil {
			return err
		}
	} else if b.bare, err = newBareSQLite(b.ctx, dir); err != nil {
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
	if o.Data == "" {
		for text, err := range region.Make(region.Options{Residents: o.Residents, Today: region.Day}) {
			if err != nil {
				return nil, "", err
			}
			bundles = append(bundles, text)
		}
		return bundles, "check", nil
	}
	err = filepath.WalkDir(o.Data, func(path string, d os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".json.gz") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(z)
		bundles = append(bundles, text)
		return err
	})
	if err == nil && len(bundles) == 0 {
		err = fault.New(fault.NotFound, "There are no .json.gz files in %s.", o.Data)
	}
	return bundles, "off", err
}
