package trail

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// wrongMost is how many versions are named that are not as the trail knows them.
const wrongMost = 20

// Contents is a record whose content is compared with its trail.
type Contents interface {
	store.Trail
	// Version is a version of a resource, and Scan calls do for every live one, as [store.DB] says.
	Version(ctx context.Context, ref fhir.Ref, number int64) (store.Version, error)
	Scan(ctx context.Context, do func(store.Version) error) error
	// Heads are newest versions by name, as [store.Reader] says.
	Heads(ctx context.Context, refs []fhir.Ref) ([]store.Version, error)
	// Past are the versions of an item, and Owned items of a kind, as [store.Register] says.
	Past(ctx context.Context, kind, id string) ([]store.Item, error)
	// Now is the instant by the database's clock.
	Now(ctx context.Context) (time.Time, error)
	Owned(ctx context.Context, kind, owner, behind string, most int) ([]store.Item, error)
}

// VerifyContent compares what the record holds with what the trail says was written: of every version whose line is there the content, and
// of every live resource that its newest version is the newest that was written. So a resource, or who may do what, cannot be altered past
// the trail unseen. It adds to a report of [Verify], without which it says little: the lines themselves must be whole. now is the
// instant by the database's clock; what is written later may be passed over, but nothing that says it is from the future.
//
// kinds are the kinds of items of the register of which every change leaves a line.
func VerifyContent(ctx context.Context, db Contents, kinds []string, now time.Time, r *Report) error {
	c := content{Contents: db, r: r, now: now, newest: map[fhir.Ref]int64{}, items: map[string]int64{}}
	if err := c.lines(ctx); err != nil {
		return err
	}
	if err := db.Scan(ctx, func(v store.Version) error { return c.head(ctx, v) }); err != nil {
		return err
	}
	if err := c.dead(ctx); err != nil {
		return err
	}
	for _, kind := range kinds {
		if err := c.register(ctx, kind); err != nil {
			return err
		}
	}
	if c.before > 0 {
		r.Doubts = append(r.Doubts, fmt.Sprintf("%d resources say that they were last written before the trail begins that is kept: nobody can tell whether they were altered.", c.before))
	}
	if c.wrong > wrongMost {
		r.wrong("And %d more.", c.wrong-wrongMost)
	}
	return nil
}

// content goes through what was written.
type content struct {
	Contents
	r      *Report
	now    time.Time
	latest time.Time          // by the database's clock, when something was met that says it is from behind now
	newest map[fhir.Ref]int64 // version of each resource, as far as its lines are there
	items  map[string]int64   // version of each item, by kind/id
	begins time.Time          // of the lines; zero for none
	before int
	wrong  int
}

func (c *content) say(format string, args ...any) {
	if c.wrong++; c.wrong <= wrongMost {
		c.r.wrong(format, args...)
	}
}

// lines looks at every line: those of batches, those that are in none, and those that were bound meanwhile.
func (c *content) lines(ctx context.Context) error {
	at, seen := int64(1), map[int64]bool{}
	for range 2 {
		for {
			batches, err := c.Batches(ctx, at, sealMost, true)
			if err != nil {
				return err
			}
			if len(batches) == 0 {
				break
			}
			for i := range batches {
				if err := c.batch(ctx, &batches[i]); err != nil {
					return err
				}
			}
			at = batches[len(batches)-1].Number + 1
		}
		rows, err := c.Loose(ctx, unboundMost)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if seen[row.ID] {
				continue
			}
			seen[row.ID] = true
			for line := range strings.Lines(string(row.Lines)) {
				if err := c.line(ctx, []byte(line)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *content) batch(ctx context.Context, b *store.Batch) error {
	if b.Body == nil { // by a rule: what was written then is not known any more
		c.begins = time.Time{}
		return nil
	}
	lines, err := Unpack(b.Body)
	if err != nil {
		return nil // which [Verify] tells
	}
	for _, line := range lines {
		if err := c.line(ctx, line); err != nil {
			return err
		}
	}
	return nil
}

func (c *content) line(ctx context.Context, text []byte) error {
	l, err := Parse(text)
	if err != nil {
		return nil // which [Verify] tells
	}
	if c.begins.IsZero() {
		c.begins = l.At
	}
	if len(l.Sums) != len(l.Wrote) {
		return nil
	}
	for i, wrote := range l.Wrote {
		if err := c.written(ctx, l, wrote, l.Sums[i]); err != nil {
			return err
		}
	}
	return nil
}

// written compares a version with what its line says of it.
func (c *content) written(ctx context.Context, l Record, wrote, sum string) error {
	fields := strings.Fields(wrote)
	if len(fields) < 2 {
		return nil
	}
	parts := strings.Split(fields[1], "/")
	if len(parts) != 3 {
		return nil
	}
	number, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil {
		return nil
	}
	got, err := c.version(ctx, parts[0], parts[1], number)
	switch {
	case err != nil:
		return err
	case got == nil:
		c.say("Version %d of %s/%s is missing, which the trail knows.", number, parts[0], parts[1])
	case got.sum != sum:
		c.say("Version %d of %s/%s was altered: its content is not what was written.", number, parts[0], parts[1])
	case got.by != l.Who:
		c.say("Version %d of %s/%s was altered: it says that another one has written it.", number, parts[0], parts[1])
	case got.at.Sub(l.At).Abs() > apartMost:
		c.say("Version %d of %s/%s was altered: it says that it was written at another time.", number, parts[0], parts[1])
	}
	return nil
}

// apartMost is how far the instants of a version and of its line may be apart: one is by the clock of the database when it was committed,
// the other by that of the server when it was asked for.
const apartMost = time.Hour

// told is what a version of a resource or of an item says of itself.
type told struct {
	sum, by string
	at      time.Time
}

// version is what the trail should say of a version of a resource, or of an item; nil if there is none.
func (c *content) version(ctx context.Context, kind, id string, number int64) (*told, error) {
	t, known := schema.TypeOf(kind)
	if !known {
		name := kind + "/" + id
		c.items[name] = max(c.items[name], number)
		past, err := c.Past(ctx, kind, id)
		for _, i := range past {
			if i.Number == number {
				return &told{ItemSum(i), i.Author, i.Updated}, err
			}
		}
		return nil, err
	}
	ref := fhir.Ref{Type: t, ID: id}
	c.newest[ref] = max(c.newest[ref], number)
	v, err := c.Version(ctx, ref, number)
	if err != nil {
		return nil, fault.Wrap(err, "reading a version that the trail knows")
	}
	if !v.Exists() {
		return nil, nil
	}
	return &told{Sum(v.Body.Bytes), v.Author, v.Updated}, nil
}

// head looks whether the newest version of a resource is the newest that was written.
func (c *content) head(ctx context.Context, v store.Version) error {
	known := c.newest[v.Ref]
	delete(c.newest, v.Ref)
	return c.compare(ctx, v.Ref.String(), v.Number, known, v.Updated)
}

func (c *content) compare(ctx context.Context, name string, number, known int64, updated time.Time) error {
	if known == number {
		return nil
	}
	meanwhile, err := c.meanwhile(ctx, updated)
	switch {
	case err != nil || meanwhile:
	case known > number:
		c.say("%s stands in version %d, but the trail knows version %d: it was brought back.", name, number, known)
	case c.begins.IsZero() || updated.Before(c.begins):
		c.before++
	default:
		c.say("Version %d of %s was written past the trail.", number, name)
	}
	return err
}

// meanwhile tells whether something was written while it is being looked at: its line may be behind those that were read. What says that
// it is from the future was not.
func (c *content) meanwhile(ctx context.Context, updated time.Time) (is bool, err error) {
	if updated.Before(c.now) {
		return false, nil
	}
	if updated.After(c.latest) {
		c.latest, err = c.Now(ctx)
	}
	return !updated.After(c.latest.Add(aheadMost)), err
}

// aheadMost is how far the database's clock may have been put back.
const aheadMost = time.Minute

// dead looks whether resources that are not live were deleted as the trail says.
func (c *content) dead(ctx context.Context) error {
	for some := range slices.Chunk(slices.Collect(maps.Keys(c.newest)), headsMost) {
		heads, err := c.Heads(ctx, some)
		if err != nil {
			return err
		}
		for i, v := range heads {
			if v.Exists() { // else its versions are missing, which has been told
				if err := c.compare(ctx, some[i].String(), v.Number, c.newest[some[i]], v.Updated); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// headsMost is how many resources, or items, are looked at in one go.
const headsMost = 500

// register looks whether each item of a kind is the newest that was written.
func (c *content) register(ctx context.Context, kind string) error {
	behind := ""
	for {
		items, err := c.Owned(ctx, kind, "*", behind, headsMost)
		if err != nil {
			return err
		}
		for _, i := range items {
			if err := c.compare(ctx, kind+"/"+i.ID, i.Number, c.items[kind+"/"+i.ID], i.Updated); err != nil {
				return err
			}
			behind = i.ID
		}
		if len(items) < headsMost {
			return nil
		}
	}
}
