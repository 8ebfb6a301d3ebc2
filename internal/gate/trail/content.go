package trail

import (
	"context"
	"fmt"
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
	// Past are the versions of an item, as [store.Register] says.
	Past(ctx context.Context, kind, id string) ([]store.Item, error)
}

// VerifyContent compares what the record holds with what the trail says was written: of every version whose line is there the content, and
// of every live resource that its newest version is the newest that was written. So a resource, or who may do what, cannot be altered past
// the trail unseen. It adds to a report of [Verify], without which it says little: the lines themselves must be whole. now is the
// instant by the database's clock; what is written later may be passed over.
func VerifyContent(ctx context.Context, db Contents, now time.Time, r *Report) error {
	c := content{Contents: db, r: r, newest: map[fhir.Ref]int64{}}
	if err := c.lines(ctx); err != nil {
		return err
	}
	if err := db.Scan(ctx, func(v store.Version) error { c.head(v, now); return nil }); err != nil {
		return err
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
	newest map[fhir.Ref]int64 // version of each resource, as far as its lines are there
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
	at := int64(1)
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
		if err := c.written(ctx, wrote, l.Sums[i]); err != nil {
			return err
		}
	}
	return nil
}

// written compares a version with what its line says of it.
func (c *content) written(ctx context.Context, wrote, sum string) error {
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
	got, is, err := c.body(ctx, parts[0], parts[1], number)
	switch {
	case err != nil:
		return err
	case !is:
		c.say("Version %d of %s/%s is missing, which the trail knows.", number, parts[0], parts[1])
	case Sum(got) != sum:
		c.say("Version %d of %s/%s was altered: its content is not what was written.", number, parts[0], parts[1])
	}
	return nil
}

// body is the content of a version of a resource, or of an item, and whether there is one.
func (c *content) body(ctx context.Context, kind, id string, number int64) ([]byte, bool, error) {
	t, known := schema.TypeOf(kind)
	if !known {
		items, err := c.Past(ctx, kind, id)
		for _, i := range items {
			if i.Number == number {
				return i.Body, true, err
			}
		}
		return nil, false, err
	}
	ref := fhir.Ref{Type: t, ID: id}
	c.newest[ref] = max(c.newest[ref], number)
	v, err := c.Version(ctx, ref, number)
	if err != nil {
		return nil, false, fault.Wrap(err, "reading a version that the trail knows")
	}
	return v.Body.Bytes, v.Exists(), nil
}

// head looks whether the newest version of a resource is the newest that was written.
func (c *content) head(v store.Version, now time.Time) {
	known := c.newest[v.Ref]
	switch {
	case known == v.Number || !v.Updated.Before(now):
	case known > v.Number:
		c.say("%s stands in version %d, but the trail knows version %d: it was brought back.", v.Ref, v.Number, known)
	case c.begins.IsZero() || v.Updated.Before(c.begins):
		c.before++
	default:
		c.say("Version %d of %s was written past the trail.", v.Number, v.Ref)
	}
}
