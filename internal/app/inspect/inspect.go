package inspect

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/internal/store/index"
)

// complaintsMost bounds what is told; all is counted.
const complaintsMost = 100

// Report is what was found.
type Report struct {
	Versions, Resources, Lines, Places, Permits int64
	Skipped                                     []string // what could not be looked at, and why
	Complaints                                  []string // the first of them
	Wrong                                       int64    // how many there are
}

func (r *Report) complain(format string, args ...any) {
	if r.Wrong++; r.Wrong <= complaintsMost {
		r.Complaints = append(r.Complaints, fmt.Sprintf(format, args...))
	}
}

// inspection is one look at a record.
type inspection struct {
	Report
	ctx    context.Context
	db     store.DB
	index  *index.Index // nil where the lines cannot be told
	now    time.Time
	newest map[int64]newest
	taken  map[store.Place]store.Reservation // as the resources say
	lines  []store.Range                     // to be looked for
	owners []fhir.Ref                        // of the lines

	zone    *time.Location
	permits map[string][]gate.Permit // by the Consents that give them
	golden  map[string]string        // the Patient that stands for a resident, by those that refer to it
}

// newest is the last version of a resource that the feed shows.
type newest struct {
	ref     fhir.Ref
	number  int64
	deleted bool
}

// Record looks at a record on which nobody writes meanwhile. zone is that of dates without an offset.
func Record(ctx context.Context, db store.DB, zone *time.Location) (Report, error) {
	in, err := inspectionOf(ctx, db)
	if err != nil {
		return Report{}, err
	}
	in.zone = zone
	for _, part := range []func() error{
		func() error { return in.definitions(search.R4(zone)) },
		in.feed, in.resources, in.countLines, in.places, in.rows,
	} {
		if err := part(); err != nil {
			return in.Report, err
		}
	}
	return in.Report, nil
}

func inspectionOf(ctx context.Context, db store.DB) (*inspection, error) {
	now, err := db.Now(ctx)
	return &inspection{ctx: ctx, db: db, now: now, newest: map[int64]newest{}, taken: map[store.Place]store.Reservation{},
		permits: map[string][]gate.Permit{}, golden: map[string]string{}, zone: time.UTC}, err
}

// definitions tells whether the lines are those of this program.
func (in *inspection) definitions(program *search.Table) error {
	known, err := in.db.Definitions(in.ctx, true)
	if err != nil {
		return err
	}
	count := map[schema.Type]int{}
	for _, d := range known {
		if count[d.Type]++; d.State != store.Ready || d.Text != program.Block(d.Type) || d.Ground != program.Ground() || count[d.Type] > 1 {
			in.Skipped = append(in.Skipped, "What resources are found by: the index is being built anew, or was built by another version of the program.")
			return nil
		}
	}
	in.index = index.Fixed(in.db, program)
	return nil
}

// feed goes through all versions.
func (in *inspection) feed() error {
	if err := in.sequence(); err != nil {
		return err
	}
	for at := (store.Position{}); ; {
		s, err := in.db.Feed(in.ctx, at, 500)
		if err != nil {
			return err
		}
		if s.To.Number == at.Number {
			return nil
		}
		n := at.Number
		for _, e := range s.Entries {
			for n++; n < e.Place; n++ {
				in.complain("The feed has no version at %d.", n)
			}
			in.version(e)
		}
		for ; n < s.To.Number; n++ {
			in.complain("The feed has no version at %d.", n+1)
		}
		at = s.To
	}
}

// sequence gives the last changes their places in the feed.
func (in *inspection) sequence() error {
	for deadline := time.Now().Add(time.Minute); ; {
		if _, err := in.db.Sequence(in.ctx, 10_000); err != nil {
			return err
		}
		state, err := in.db.FeedState(in.ctx)
		if err != nil || state.Waiting == 0 {
			return err
		}
		if time.Now().After(deadline) {
			return fault.New(fault.Conflict, "Changes are being written, or a transaction has been left open. Stop the servers first.")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func (in *inspection) version(e store.FeedEntry) {
	in.Versions++
	if was := in.newest[e.Rid]; e.Number != was.number+1 {
		in.complain("%s has version %d behind version %d.", e.Ref, e.Number, was.number)
	}
	in.newest[e.Rid] = newest{e.Ref, e.Number, e.Deleted()}
}

// resources goes through all that is there now.
func (in *inspection) resources() error {
	err := in.db.Scan(in.ctx, func(v store.Version) error {
		in.Resources++
		if last := in.newest[v.Rid]; last.number != v.Number || last.deleted {
			in.complain("%s is there in version %d, but the feed ends at %d.", v.Ref, v.Number, last.number)
		}
		delete(in.newest, v.Rid)
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			in.complain("%s cannot be read: %v", v.Ref, err)
			return nil
		}
		in.take(v.Ref, r)
		in.note(r)
		return in.expect(v, r)
	})
	if err != nil {
		return err
	}
	for _, last := range in.newest {
		if !last.deleted {
			in.complain("%s is not there, though version %d is no deletion.", last.ref, last.number)
		}
	}
	return in.look()
}

// take notes the places that a resource takes.
func (in *inspection) take(ref fhir.Ref, r fhir.Resource) {
	if !bytes.Contains(r.Root.Raw(), []byte(gate.ReservationURL)) {
		return
	}
	list, err := gate.Reservations(r)
	if err != nil {
		in.complain("%s has a reservation that cannot be read: %v", ref, err)
	}
	for _, t := range list {
		t.Holder = ref.String()
		if other, both := in.taken[t.Place]; both && other.Until.After(in.now) && t.Until.After(in.now) {
			in.complain("%s and %s both take place %s of %s.", other.Holder, t.Holder, t.Name, t.Scope)
		} else if !both || t.Until.After(other.Until) {
			in.taken[t.Place] = t
		}
	}
}

// linesMost is how many lines are looked for at once.
const linesMost = 2000

// expect notes the lines by which a resource must be found.
func (in *inspection) expect(v store.Version, r fhir.Resource) error {
	if in.index == nil {
		return nil
	}
	var c store.Change
	in.index.Index(&c, nil, in.index.Terms(r))
	for _, e := range c.Add.Entries {
		at := store.Posting{Order: e.Order, Rid: v.Rid}
		in.line(v.Ref, store.Range{Key: e.Key, From: before(at), To: after(at), Most: 1})
	}
	for _, x := range c.Add.Texts {
		at := store.Posting{Text: x.Value, Rid: v.Rid}
		in.line(v.Ref, store.Range{Key: x.Key, Texts: true, From: before(at), To: after(at), Most: 1})
	}
	if len(in.lines) < linesMost {
		return nil
	}
	return in.look()
}

func (in *inspection) line(ref fhir.Ref, r store.Range) {
	in.lines, in.owners = append(in.lines, r), append(in.owners, ref)
	in.Lines++
}

func before(p store.Posting) store.Posting {
	p.Rid--
	return p
}

func after(p store.Posting) store.Posting {
	if p.Rid < math.MaxInt64 {
		p.Rid++
	}
	return p
}

// look looks for the lines that are noted.
func (in *inspection) look() error {
	sizes, err := in.db.Sizes(in.ctx, in.lines, 1)
	if err != nil {
		return err
	}
	for i, n := range sizes {
		if n == 0 {
			in.complain("%s is not found by all that stands in it.", in.owners[i])
		}
	}
	in.lines, in.owners = in.lines[:0], in.owners[:0]
	return nil
}

// countLines holds that there are no lines but those.
func (in *inspection) countLines() error {
	if in.index == nil {
		return nil
	}
	n, err := in.db.Keys(in.ctx)
	if err == nil && n != in.Lines {
		in.complain("The index has %d lines, but %d should be there.", n, in.Lines)
	}
	return err
}
