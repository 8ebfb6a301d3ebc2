package bench

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"yitong/internal/app"
	"yitong/internal/store"
)

const (
	searchers = 8    // connections of searches
	loaded    = 250  // resources that are loaded in one transaction
	drawn     = 1024 // queries of each template
	rowsKnown = 128  // queries of each template of which the rows are known to the bare loop, where no list has them
	proven    = 8    // queries of each template whose matches are looked at one by one
)

// searching measures searches through HTTP on one database, each kind beside what the store takes to read the same
// rows, then all kinds together. The data have been stored in an order that says nothing.
type searching struct {
	ctx     context.Context
	report  Report
	program string
	name    string // of the database and the benchmark, in front of every figure
	each    time.Duration
	data    *corpus
	queries map[string][]query // by template
	bare    map[string]load
	srv     *server
	conns   []*client
}

func runSearch(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 1000
	}
	dir, err := os.MkdirTemp("", "yitong-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data, err := newCorpus(ctx, o, dir)
	if err != nil {
		return err
	}
	defer data.file.Close()
	queries := map[string][]query{}
	for _, t := range templates {
		for range drawn {
			if q, ok := t.draw(data.facts); ok {
				queries[t.name] = append(queries[t.name], q)
			}
		}
	}
	for _, name := range o.Databases {
		s := &searching{
			ctx: ctx, report: report, program: o.Program, name: name + ".search", each: o.Each, data: data, queries: queries, bare: map[string]load{},
		}
		if err := s.on(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// on measures on a new database of a kind.
func (s *searching) on(kind string) error {
	at, err := newPlace(kind)
	if err != nil {
		return err
	}
	defer at.close()
	db, err := at.database("search")
	if err != nil {
		return err
	}
	empty, _, err := measureDB(s.ctx, db)
	if err != nil {
		return err
	}
	if err := s.serving(db, s.load, "--references", "off"); err != nil {
		return err
	}
	if err := tidy(s.ctx, db); err != nil {
		return err
	}
	if err := s.sizes(db, empty); err != nil {
		return err
	}
	if err := s.reading(db); err != nil {
		return err
	}
	return s.serving(db, s.searches)
}

// serving runs a server while something is done.
func (s *searching) serving(db string, do func() error, more ...string) (err error) {
	if s.srv, err = startServer(s.ctx, s.program, db, more...); err != nil {
		return err
	}
	if err = do(); err != nil {
		_ = s.srv.stop()
		return err
	}
	return s.srv.stop()
}

// load stores the data over four connections.
func (s *searching) load() error {
	conns, err := dialAll(s.srv.addr, importers)
	if err != nil {
		return err
	}
	var next atomic.Int64
	done, err := drive(s.ctx, importers, math.MaxInt64, func(w, _ int) (int, error) {
		from := int(next.Add(loaded)) - loaded
		if from >= s.data.size() {
			return 0, io.EOF
		}
		to := min(from+loaded, s.data.size())
		bundle, err := s.data.bundle(from, to)
		if err != nil {
			return 0, err
		}
		status, _, answer, err := conns[w].do(http.MethodPost, "/fhir", bundle, "")
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("a bundle was answered with %d: %.500s", status, answer)
		}
		return to - from, err
	})
	s.report.add(s.name+".load", done.rate(), "per second", 0)
	s.report.add(s.name+".rss.load", s.srv.memory("VmHWM")/(1<<20), "MB", 0)
	return err
}

// sizes tells what the database takes, beyond what it took when it was empty.
func (s *searching) sizes(db string, empty float64) error {
	size, keys, err := measureDB(s.ctx, db)
	if err != nil {
		return err
	}
	size -= empty
	tables, err := tableSizes(s.ctx, db)
	if err != nil {
		return err
	}
	n, bodies := float64(s.data.size()), float64(s.data.bytes())
	s.report.add(s.name+".resources", n, "resources", 0)
	s.report.add(s.name+".bodies", bodies/(1<<20), "MB", 0)
	s.report.add(s.name+".size", size/(1<<20), "MB", 0)
	s.report.add(s.name+".keys_per_resource", keys/n, "keys", 0)
	s.report.add(s.name+".body_per_resource", bodies/n, "bytes", 0)
	s.report.add(s.name+".bytes_per_resource", size/n, "bytes", 0)
	s.report.add(s.name+".overhead", size/bodies, "bytes for each of a body", 0)
	s.report.add(s.name+".overhead.index", (tables["ix"]+tables["str"])/bodies, "bytes for each of a body", 0)
	for name, size := range tables {
		s.report.add(s.name+".bytes_per_resource."+name, size/n, "bytes", 0)
	}
	return nil
}

// reading measures how quickly the store alone reads the rows of searches.
func (s *searching) reading(url string) error {
	db, err := app.Database{DB: url}.Open(s.ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	b := &rows{reader: db, hasher: store.NewHasher(db.Secret())}
	for _, t := range templates {
		read := s.listed
		if !t.list {
			read = s.named
		}
		if s.queries[t.name] == nil {
			continue
		}
		if s.bare[t.name], err = read(b, t); err != nil {
			return err
		}
	}
	return nil
}

// listed reads the lists where the matches stand, page by page, and the bodies that they name.
func (s *searching) listed(b *rows, t template) (load, error) {
	var lists [][]store.Range
	for _, q := range s.queries[t.name] {
		list, err := b.list(q)
		if err != nil {
			return load{}, err
		}
		lists = append(lists, list)
	}
	walks := make([]struct {
		rest []store.Range
		page int
	}, searchers)
	return drive(s.ctx, searchers, s.each/4, func(w, n int) (int, error) {
		at := &walks[w]
		i := (w + searchers*n) % len(lists)
		if at.page++; at.page > t.pages || at.rest == nil {
			at.rest, at.page = lists[i], 1
		}
		found, rest, err := b.read(s.ctx, at.rest, s.queries[t.name][i].count)
		if err == nil && found == 0 && at.page == 1 {
			err = fmt.Errorf("the store alone finds nothing for %s", s.queries[t.name][i].path)
		}
		at.rest = rest
		return 1, err
	})
}

// named reads the bodies of what searches have found, by their numbers: no list of the index has just these.
func (s *searching) named(b *rows, t template) (load, error) {
	var rids [][]int64
	for _, q := range s.queries[t.name][:min(rowsKnown, len(s.queries[t.name]))] {
		found, err := b.found(s.ctx, q)
		if err != nil {
			return load{}, err
		}
		rids = append(rids, found)
	}
	return drive(s.ctx, searchers, s.each/4, func(w, n int) (int, error) {
		want := rids[(w+searchers*n)%len(rids)]
		bodies, err := b.reader.Bodies(s.ctx, want)
		if err == nil && len(bodies) != len(want) {
			err = fmt.Errorf("the store alone reads %d of %d resources", len(bodies), len(want))
		}
		return 1, err
	})
}

// searches measures every template, then all of them together.
func (s *searching) searches() (err error) {
	if s.conns, err = dialAll(s.srv.addr, searchers); err != nil {
		return err
	}
	for _, t := range templates {
		if s.queries[t.name] == nil {
			s.report.add(s.name+"."+t.name, 0, "left out: the data have "+cmp.Or(t.lack, "nothing of the kind"), 0)
			continue
		}
		if err := s.template(t); err != nil {
			return err
		}
	}
	if err := s.mix(); err != nil {
		return err
	}
	s.report.add(s.name+".rss", s.srv.memory("VmHWM")/(1<<20), "MB", 0)
	return nil
}

// template measures one kind of search, each request by itself.
func (s *searching) template(t template) error {
	queries := s.queries[t.name]
	var found atomic.Int64
	for _, q := range queries[:min(proven, len(queries))] {
		at := walk{query: q, proof: map[string]bool{}}
		if err := at.all(s.conns[0], t.pages); err != nil {
			return err
		}
	}
	walks := make([]walk, searchers)
	done, err := drive(s.ctx, searchers, s.each, func(w, n int) (int, error) {
		at := &walks[w]
		before := at.found
		err := at.step(s.conns[w], t.pages, queries[(w+searchers*n)%len(queries)])
		if at.page <= 1 {
			before = 0
		}
		found.Add(int64(at.found - before))
		return 1, err
	})
	name, bare := s.name+"."+t.name, s.bare[t.name]
	s.report.addBeside(name, done, bare)
	s.report.add(name+".found", float64(found.Load())/float64(max(1, len(done.times))), "resources", 0)
	return err
}

// mix measures all kinds in equal parts.
func (s *searching) mix() error {
	var kinds []template
	for _, t := range templates {
		if s.queries[t.name] != nil {
			kinds = append(kinds, t)
		}
	}
	walks := make([]map[string]*walk, searchers)
	for w := range walks {
		walks[w] = map[string]*walk{}
		for _, t := range kinds {
			walks[w][t.name] = &walk{}
		}
	}
	done, err := drive(s.ctx, searchers, 2*s.each, func(w, n int) (int, error) {
		t := kinds[(n+w)%len(kinds)]
		queries := s.queries[t.name]
		return 1, walks[w][t.name].step(s.conns[w], t.pages, queries[(w+searchers*n)%len(queries)])
	})
	s.report.addBeside(s.name+".mix", done, load{})
	return err
}
