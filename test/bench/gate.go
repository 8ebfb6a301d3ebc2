package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/store/index"
)

const (
	gateReads    = 100 // of each worker in a turn, where a second at least is to be measured
	gateSearches = 12  // of one kind, likewise
	gateWrites   = 10  // resources that are created, read and updated, likewise
	gateTurns    = 1   // at least
)

// runGate measures what it costs that everybody sees only what they may: reads, the mix of searches and writes of a doctor by
// the standard policy, of residents and of a guide, beside the same requests of somebody who may do everything (--auth none).
// Both take turns on one record, and have the same work to do in each.
func runGate(ctx context.Context, o Options, report Report) error {
	if o.Residents == 0 {
		o.Residents = 1000
	}
	o.Data = "" // other data do not say who answers for what
	b := &gated{ctx: ctx, report: report, each: o.Each}
	if err := b.prepare(o); err != nil {
		return err
	}
	for _, name := range o.Databases {
		b.name = name + ".gate"
		if err := b.on(name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// gated measures on one database after the other.
type gated struct {
	ctx     context.Context
	report  Report
	name    string // of the database and the benchmark, in front of every figure
	each    time.Duration
	bundles [][]byte
	askers  []asker
	gate    *gate.Gate
	zone    *time.Location
}

// asker is a role in which somebody asks.
type asker struct {
	role   gate.Role
	views  []*sight
	kinds  []string // the templates of searches that it may make; nil: all
	writes []string // the residents about whom it writes; nil: it does not
}

// prepare makes the data, and draws what is asked of them.
func (b *gated) prepare(o Options) error {
	var all []fhir.Resource
	for r, err := range resources(o) {
		if err != nil {
			return err
		}
		all = append(all, r)
	}
	bundles, _, err := input(o)
	if err != nil {
		return err
	}
	more, mine, open := permits(all)
	b.bundles = append(bundles, more)
	people := slices.Clone(mine)
	for i, name := range open {
		if i < len(mine)/(gateEvery-1) {
			people = append(people, name)
		}
	}
	b.askers = []asker{ // who writes comes last: the searches know how much there is
		{role: gate.Resident, views: selves(all)},
		{role: gate.Guide, views: []*sight{guideOf(all)}, kinds: []string{"name", "pinyin"}}, // the rest goes by what is masked
		{role: gate.Doctor, views: []*sight{doctorOf(all, open)}, writes: people},
	}
	for _, a := range b.askers {
		for _, v := range a.views {
			if len(v.paths) == 0 {
				return fault.New(fault.Malformed, "The %s would see nothing; take more residents.", a.role)
			}
			v.draw(a.kinds, drawn/len(a.views))
		}
	}
	return nil
}

// on measures on a new database of a kind.
func (b *gated) on(kind string) error {
	at, err := newPlace(kind)
	if err != nil {
		return err
	}
	defer at.close()
	url, err := at.database("gate")
	if err != nil {
		return err
	}
	db, err := b.record(url, 0, false)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := b.load(); err != nil {
		return err
	}
	if err := tidy(b.ctx, url); err != nil {
		return err
	}
	none, err := b.open(nil)
	if err != nil {
		return err
	}
	defer none.Close()
	for _, a := range b.askers {
		if err := b.asks(a, none); err != nil {
			return fmt.Errorf("%s: %w", a.role, err)
		}
	}
	return nil
}

// record opens a database as a record, each commit of which takes longer by a time, with its trail or without.
func (b *gated) record(url string, slow time.Duration, kept bool) (db store.DB, err error) {
	if b.zone, err = time.LoadLocation("Asia/Shanghai"); err != nil {
		return nil, err
	}
	if db, err = (app.Database{DB: url}).Open(b.ctx); err != nil {
		return nil, err
	}
	if d, ok := db.(interface{ SlowCommits(time.Duration) }); ok {
		d.SlowCommits(slow)
	}
	ix, err := index.Open(b.ctx, db, search.R4(b.zone), index.Config{})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	c := gate.Config{References: true, Zone: b.zone, Index: ix}
	if kept {
		c.Trail = trail.NewRecorder(db)
	}
	b.gate = gate.New(db, c)
	return db, nil
}

// load stores the data; the first bundle and the last by themselves.
func (b *gated) load() error {
	to := app.Local{Rest: rest.New(b.gate, b.config(nil))}
	send := func(i int) error {
		_, _, err := to.Send(b.ctx, b.bundles[i], fmt.Sprint("gate-", i))
		return err
	}
	last := len(b.bundles) - 1
	if err := send(0); err != nil {
		return err
	}
	var next atomic.Int64
	if _, err := drive(b.ctx, importers, importFloor, func(int, int) (int, error) {
		i := int(next.Add(1))
		if i >= last {
			return 0, io.EOF
		}
		return 1, send(i)
	}); err != nil {
		return err
	}
	return send(last)
}

// config is a server's that takes everybody for an actor; nil: who comes may do everything.
func (b *gated) config(actor *gate.Actor) rest.Config {
	c := rest.Config{BodyMost: 64 << 20, Zone: b.zone, Log: slog.New(slog.DiscardHandler), References: true, Client: "bench"}
	if actor != nil {
		c.Who = func(*http.Request) (gate.Actor, error) { return *actor, nil }
	}
	return c
}

// door is a server on a port of its own.
type door struct {
	*http.Server
	addr string
}

func (b *gated) open(actor *gate.Actor) (door, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return door{}, err
	}
	d := door{&http.Server{Handler: rest.New(b.gate, b.config(actor)).Handler()}, listener.Addr().String()}
	go func() { _ = d.Serve(listener) }()
	return d, nil
}

// asks measures what a role asks for.
func (b *gated) asks(a asker, none door) error {
	doors := make([]door, len(a.views))
	for i, v := range a.views {
		var err error
		if doors[i], err = b.open(&v.actor); err != nil {
			return err
		}
		defer doors[i].Close()
	}
	parts := []part{{"read", clients, []task{{"", (*side).read}}}, {"mix", searchers, a.searches()}}
	if a.writes != nil {
		write := func(s *side, w int) (int, error) { return s.write(w, a.writes) }
		parts = append(parts, part{"write", clients, []task{{"", write}}})
	}
	for _, p := range parts {
		if err := b.part(a, p, none, doors); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

// part is what is measured as one figure.
type part struct {
	name    string
	workers int
	tasks   []task
}

// task is what a worker does in its turn; it tells how many requests that were. The name is of a part of the figure.
type task struct {
	name string
	do   func(s *side, worker int) (requests int, err error)
}

// searches are the kinds of searches that find something of what is seen in the role.
func (a asker) searches() (tasks []task) {
	for _, t := range templates {
		if !slices.ContainsFunc(a.views, func(v *sight) bool { return len(v.queries[t.name]) == 0 }) {
			tasks = append(tasks, task{t.name, func(s *side, w int) (int, error) { return s.search(w, t) }})
		}
	}
	return tasks
}

// part measures both sides.
func (b *gated) part(a asker, p part, none door, doors []door) error {
	var two [2]*side
	for k, d := range [][]door{{none}, doors} {
		var err error
		if two[k], err = newSide(p.workers, d, a.views, k == 1, min(1, b.each.Seconds())); err != nil {
			return err
		}
		defer two[k].close()
	}
	if err := b.turns(two, p.tasks); err != nil {
		return err
	}
	name := b.name + "." + string(a.role) + "."
	b.report.add(name+p.name, two[1].all().rate(), "per second", two[0].all().rate())
	for _, t := range p.tasks {
		if t.name != "" {
			b.report.add(name+"search."+t.name, two[1].spent[t.name].rate(), "per second", two[0].spent[t.name].rate())
		}
	}
	return nil
}

// turns lets both sides do every task, turn by turn, until the time is over. The first turns do not count.
func (b *gated) turns(two [2]*side, tasks []task) error {
	began := time.Now()
	for n := 0; n <= gateTurns || time.Since(began) < 2*b.each; n++ {
		for _, t := range tasks {
			for i := range two {
				s := two[(n+i)%2]
				done, err := drive(b.ctx, len(s.conns), importFloor, func(w, once int) (int, error) {
					if once > 0 {
						return 0, io.EOF
					}
					return t.do(s, w)
				})
				if err != nil {
					return err
				}
				if n > 0 {
					s.add(t.name, done)
				}
			}
		}
	}
	return nil
}
