package index

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// learn takes up the definitions that stand in the database.
func (x *Index) learn(ctx context.Context) error {
	x.learns.Lock()
	defer x.learns.Unlock()
	known, err := x.db.Definitions(ctx, false)
	if err != nil {
		return err
	}
	count := map[schema.Type]int{}
	for _, d := range known {
		count[d.Type]++
	}
	several := slices.DeleteFunc(known, func(d store.Definition) bool { return count[d.Type] == 1 && d.ID == x.own[d.Type].ID })
	now := &state{table: x.program, types: map[schema.Type][]*definition{}}
	for _, d := range several {
		with, err := x.table(ctx, d)
		if err != nil {
			return err
		}
		if with != nil {
			now.types[d.Type] = append(now.types[d.Type], with)
			now.kept += fmt.Sprintf("%d %s %d\n", d.Type, d.ID, d.State)
		}
	}
	for of, list := range now.types {
		by := x.searched(of, list)
		if by.ID == x.own[of].ID {
			continue
		}
		if now.table, err = now.table.With(of, by.Text); err != nil {
			return fault.Wrap(err, "reading a definition")
		}
	}
	x.state.Store(now)
	return nil
}

// table completes a definition with its text and its table, nil if it is gone by now.
func (x *Index) table(ctx context.Context, d store.Definition) (*definition, error) {
	for _, have := range x.state.Load().types[d.Type] {
		if have.ID == d.ID {
			d.Text, d.Ground = have.Text, have.Ground
			return &definition{d, have.table}, nil
		}
	}
	full, err := x.db.Definitions(ctx, true)
	if err != nil {
		return nil, err
	}
	for _, f := range full {
		if f.Type == d.Type && f.ID == d.ID {
			t, err := x.program.With(d.Type, f.Text)
			if err != nil {
				return nil, fault.Wrap(err, "reading a definition")
			}
			return &definition{f, t}, nil
		}
	}
	return nil, nil
}

// searched is the definition by which this server searches: its own when all its lines are there, else one of which they
// are, else its own.
func (x *Index) searched(of schema.Type, list []*definition) store.Definition {
	own := x.own[of]
	best := slices.MinFunc(list, func(a, b *definition) int { return cmp.Compare(rank(a, own.ID), rank(b, own.ID)) })
	if best.State == store.Ready {
		return best.Definition
	}
	return own
}

func rank(d *definition, own string) int {
	switch {
	case d.State == store.Ready && d.ID == own:
		return 0
	case d.State == store.Ready:
		return 1
	}
	return 2
}

// Run keeps step with other servers, builds what this program brings and takes out what nobody wants, until the context
// ends. Errors are passed to note; the work is taken up again.
func (x *Index) Run(ctx context.Context, note func(error)) {
	var both sync.WaitGroup
	both.Go(func() { x.every(ctx, note, x.look) }) // also while something long is done
	both.Go(func() { x.every(ctx, note, x.work) })
	both.Wait()
}

func (x *Index) every(ctx context.Context, note func(error), do func(context.Context) error) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(x.config.Poll):
		}
		if err := do(ctx); err != nil && ctx.Err() == nil {
			note(err)
		}
	}
}

// Settled tells whether every type is searched by the program's definitions, and no others are left.
func (x *Index) Settled() bool { return len(x.state.Load().types) == 0 }

// look learns what others do, and tells them what this server wants.
func (x *Index) look(ctx context.Context) error {
	if err := x.learn(ctx); err != nil {
		return err
	}
	for of, list := range x.state.Load().types {
		if err := x.want(ctx, of, list); err != nil {
			return err
		}
	}
	return x.alive(ctx)
}

// alive tells others that a server with the program's definitions is at work, even if nobody else has others: by one of
// them, from time to time.
func (x *Index) alive(ctx context.Context) error {
	now, err := x.db.Now(ctx)
	if err != nil || now.Before(x.told.Add(x.keep()/2)) {
		return err
	}
	one := x.own[schema.Types()[0]]
	if len(x.state.Load().types[one.Type]) > 0 {
		return nil // it is told by want
	}
	one.State, one.Wanted, x.told = store.Ready, now.Add(x.keep()), now
	return x.define(ctx, one)
}

// work does what is to be done next.
func (x *Index) work(ctx context.Context) error {
	for _, list := range x.state.Load().types {
		for _, d := range list {
			if err := x.forward(ctx, d, list); err != nil {
				return err
			}
		}
	}
	return nil
}

// want tells others that this server searches by its own definition and by the one that stands in for it.
func (x *Index) want(ctx context.Context, of schema.Type, list []*definition) error {
	now, err := x.db.Now(ctx)
	if err != nil {
		return err
	}
	own, by := x.own[of].ID, x.searched(of, list).ID
	for _, d := range list {
		if (d.ID == own || d.ID == by) && d.State != store.Dying && d.Wanted.Before(now.Add(x.keep()/2)) {
			wanted := d.Definition
			wanted.Wanted = now.Add(x.keep())
			if err := x.define(ctx, wanted); err != nil {
				return err
			}
		}
	}
	return nil
}

// define keeps a definition's state.
func (x *Index) define(ctx context.Context, d store.Definition) error {
	d.Text = ""
	return x.db.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error { return tx.Define(d) }})
}

// forward moves a definition to its next state, when its time has come.
func (x *Index) forward(ctx context.Context, d *definition, list []*definition) error {
	now, err := x.db.Now(ctx)
	if err != nil {
		return err
	}
	own := d.ID == x.own[d.Type].ID
	switch {
	case d.State == store.Building && own:
		return x.build(ctx, d)
	case d.State == store.Dying:
		return x.sweep(ctx, d)
	case !own && d.Wanted.Before(now) && slices.ContainsFunc(list, func(o *definition) bool { return o.State == store.Ready && o.ID != d.ID }):
		gone := d.Definition
		gone.State = store.Dying
		return x.define(ctx, gone)
	}
	return nil
}

// build adds the lines of all resources, once every server adds those of the ones that it writes.
func (x *Index) build(ctx context.Context, d *definition) error {
	if err := x.wait(ctx); err != nil {
		return err
	}
	if err := x.pass(ctx, d.Type, nil, []*search.Table{d.table}); err != nil {
		return err
	}
	now, err := x.db.Now(ctx)
	if err != nil {
		return err
	}
	ready := d.Definition
	ready.State, ready.Wanted = store.Ready, now.Add(x.keep())
	if err := x.define(ctx, ready); err != nil {
		return err
	}
	return x.learn(ctx)
}

// sweep takes out the lines of a definition that no other has, once no server adds them any more.
func (x *Index) sweep(ctx context.Context, d *definition) error {
	if err := x.wait(ctx); err != nil {
		return err
	}
	others := []*search.Table{}
	for _, o := range x.state.Load().types[d.Type] { // as it is after the wait
		if o.State != store.Dying {
			others = append(others, o.table)
		}
	}
	if err := x.pass(ctx, d.Type, []*search.Table{d.table}, others); err != nil {
		return err
	}
	err := x.db.Write(ctx, store.Work{Do: func(tx store.Tx, _ store.Found) error { return tx.Undefine(d.Definition) }})
	if err != nil {
		return err
	}
	return x.learn(ctx)
}

// wait lets all servers learn of a change, and end what they have begun before. This one goes on telling what it wants.
func (x *Index) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(x.config.Grace):
		return nil
	}
}

// passSize is how many resources are indexed in one transaction.
const passSize = 200

// pass goes through all resources of a type in the order of their last changes, takes out the lines of some tables and
// adds those of others. What changes while it is under way has been indexed by whoever changed it.
func (x *Index) pass(ctx context.Context, of schema.Type, without, with []*search.Table) error {
	end, err := x.db.Now(ctx)
	if err != nil {
		return err
	}
	r := store.Range{Changes: of, From: store.Posting{Order: math.MinInt64}, To: store.Posting{Order: end.UnixMicro(), Rid: math.MaxInt64}, Most: passSize}
	for {
		found, err := x.db.Seek(ctx, []store.Range{r})
		if err != nil {
			return err
		}
		if len(found[0]) == 0 {
			return nil
		}
		rids := make([]int64, len(found[0]))
		for i, p := range found[0] {
			rids[i] = p.Rid
		}
		err = x.db.Write(ctx, store.Work{Puts: len(rids), Do: func(tx store.Tx, _ store.Found) error {
			return x.some(ctx, tx, rids, without, with)
		}})
		if err != nil {
			return err
		}
		r.From = found[0][len(found[0])-1]
	}
}

// some indexes resources anew.
func (x *Index) some(ctx context.Context, tx store.Tx, rids []int64, without, with []*search.Table) error {
	versions, err := tx.Bodies(ctx, rids)
	if err != nil {
		return err
	}
	list := make([]store.Indexed, 0, len(versions))
	for _, v := range versions {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return fault.Wrap(err, "reading a stored resource")
		}
		add, drop := store.Diff(x.keys(r, without), x.keys(r, with))
		if without != nil {
			add = store.Keys{}
		}
		list = append(list, store.Indexed{Rid: v.Rid, Add: add, Drop: drop})
	}
	return tx.Index(list)
}

// keys are the lines of a resource by several tables.
func (x *Index) keys(r fhir.Resource, tables []*search.Table) store.Keys {
	var all search.Terms
	for _, t := range tables {
		terms := t.Terms(r)
		all.Entries, all.Texts = append(all.Entries, terms.Entries...), append(all.Texts, terms.Texts...)
	}
	return x.hasher.Keys(all)
}
