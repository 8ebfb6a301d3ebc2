package trail

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/fhir/search"
	"yitong/internal/store"
)

// The definitions of the terms under which batches are bound. Their form is 0, which no search parameter's terms have. They are
// stored: never renumber them.
const (
	termOf  = 1 // the reference of a Patient whom a record is about, or who did it
	termWho = 2 // the reference of who did it, or of the institution for which
	termOut = 3 // an outcome that is not done
)

// Keys are those with which the batch of a record is bound, so that it is found by whom it is about, by who did it, by the
// institution for which, and by an outcome that is not done.
func Keys(h store.Hasher, r *Record) []store.Key {
	keys := make([]store.Key, 0, len(r.Of)+3)
	for t := range r.terms {
		keys = append(keys, keyOf(h, t.definition, t.value))
	}
	return keys
}

// term is what a key is the hash of.
type term struct {
	definition uint64
	value      string
}

// terms goes through those of a record.
func (r *Record) terms(yield func(term) bool) {
	for _, ref := range r.Of {
		if !yield(term{termOf, ref}) {
			return
		}
	}
	_ = (!isPatient(r.Who) || slices.Contains(r.Of, r.Who) || yield(term{termOf, r.Who})) &&
		(r.Who == "" || yield(term{termWho, r.Who})) &&
		(r.For == "" || r.For == r.Who || yield(term{termWho, r.For})) &&
		(r.Outcome == Done || yield(term{termOut, string(r.Outcome)}))
}

func keyOf(h store.Hasher, definition uint64, value string) store.Key {
	return h.Key(search.Term{Definition: definition, Value: value})
}

func isPatient(ref string) bool { return strings.HasPrefix(ref, "Patient/") }

// Wanted says which records are looked for: those that meet all of it. Actions, Subtypes and Mentions only help to leave out what cannot
// meet it: some may be found that do not meet them.
type Wanted struct {
	Patients []string                    // about any of these Patients, or done by one; nil for whomever
	Agents   []string                    // done by any of these, or for any of these institutions; nil for whomever
	Outcomes []Outcome                   // with any of these; nil for all
	IDs      []string                    // with any of these ids; nil for any. Each is looked for by itself
	Actions  []string                    // with any of these actions of AuditEvents; nil for all
	Mentions []string                    // with any of these references among what they name; nil for all
	Subtypes []string                    // with any of these codes among the subtypes of AuditEvents; nil for all
	From, To time.Time                   // at or after, at or before, in microseconds; zero for whenever
	If       func(*Record) (bool, error) // and that meet this; nil for all. It is not asked about more than it must be
}

// Place is a place in the trail, between two records. The zero Place is in front of the newest.
type Place struct {
	At time.Time
	ID string // of the record just in front of it; "" for the place behind all records of a later time than At
}

// behind tells whether a record lies behind the place on the way to the oldest. Records of one instant come by their ids.
func (p Place) behind(r *Record) bool {
	if p == (Place{}) {
		return true
	}
	c := r.At.Compare(p.At)
	return c < 0 || c == 0 && (p.ID == "" || r.ID < p.ID)
}

// Finder reads records.
type Finder struct {
	DB     store.Trail
	Hasher store.Hasher // with which the batches were bound

	opens int // in the place of batchesMost, for tests; 0 for that
}

// Limits of one search. Beyond those of batches, bytes and records it ends with the batches that it is at.
const (
	batchesMost = 2000      // batches that are opened
	bytesMost   = 256 << 20 // bytes of their lines
	recordsMost = 10_000    // records that are looked at closely
	looseMost   = 64 << 20  // bytes of lines that are in no batch yet
	looseWhole  = looseMost / 2
	runMost     = 8 // batches in a row that are read at once
)

// Find gives at most so many records that are wanted and lie behind a place, the newest first, and the place where to go on, nil at
// the end. A page may have fewer records, or none, and still have a next: what one search opens is bounded. Records that are not
// bound yet are found too, and none twice.
//
// The error is Unprocessable (too-costly) for a place that cannot be passed within the bound, Unavailable while too much of the
// trail is not bound.
func (f *Finder) Find(ctx context.Context, w Wanted, from Place, most int) ([]Record, *Place, error) {
	if from != (Place{}) && (w.To.IsZero() || from.At.Before(w.To)) {
		w.To = from.At
	}
	s := seeking{Wanted: w, from: from, most: most, needles: w.needles()}
	if w.IDs != nil {
		return f.named(ctx, &s)
	}
	loose, err := f.loose(ctx) // first: what is bound meanwhile is then seen twice, and not missed
	if err == nil {
		err = s.take(loose)
	}
	left := f.numbers(w)
	for inRow := 1; err == nil; inRow = min(2*inRow, runMost) {
		if len(s.found) > most { // of what is left only that can matter which is as new
			left.since(s.found[most].At)
		}
		opens := cmp.Or(f.opens, batchesMost) - s.batches
		if opens <= 0 || s.batches > 0 && (s.bytes > bytesMost || s.records > recordsMost) {
			return s.broken(ctx, left)
		}
		var run []int64
		if run, err = left.run(ctx, min(opens, inRow)); err == nil && run == nil {
			return s.page()
		}
		if err == nil {
			err = f.read(ctx, &s, run)
		}
	}
	return nil, nil, err
}

// read opens a run of batches.
func (f *Finder) read(ctx context.Context, s *seeking, run []int64) error {
	batches, err := f.DB.Batches(ctx, run[len(run)-1], len(run), true)
	for i := range batches {
		if err == nil {
			err = s.open(&batches[i])
		}
	}
	return err
}

// named looks for records by their ids.
func (f *Finder) named(ctx context.Context, s *seeking) ([]Record, *Place, error) {
	for _, id := range s.IDs {
		r, is, err := f.One(ctx, id)
		if err == nil && is && s.wants(&r) {
			err = s.merge([]Record{r})
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return s.page()
}

// reach is how far the time in the id of a record may be from the record's own.
const reach = 5 * time.Second

// One is the record of an id, false if there is none. Ids tell the time.
func (f *Finder) One(ctx context.Context, id string) (Record, bool, error) {
	u, err := uuid.Parse(id)
	if err != nil || u.Version() != 7 || u.String() != id {
		return Record{}, false, nil
	}
	at := time.UnixMilli(int64(binary.BigEndian.Uint64(u[:8]) >> 16))
	w := Wanted{From: at.Add(-reach), To: at.Add(reach), If: func(r *Record) (bool, error) { return r.ID == id, nil }}
	s := seeking{Wanted: w, most: 1, needles: [][][]byte{{quoted(nil, id)}}}
	loose, err := f.loose(ctx)
	if err == nil {
		err = s.take(loose)
	}
	left := f.numbers(w)
	for opens := batchesMost; err == nil && len(s.found) == 0 && opens > 0; opens -= runMost {
		var run []int64
		if run, err = left.run(ctx, runMost); err != nil || run == nil {
			break
		}
		err = f.read(ctx, &s, run)
	}
	if err != nil || len(s.found) == 0 {
		return Record{}, false, err
	}
	return s.found[0], true, nil
}

// loose are the lines that are in no batch yet.
func (f *Finder) loose(ctx context.Context) (lines [][]byte, err error) {
	rows, err := f.DB.Loose(ctx, looseMost)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, row := range rows {
		size += len(row.Lines)
		for line := range bytes.Lines(row.Lines) {
			lines = append(lines, line)
		}
	}
	if size > looseWhole { // there may be more
		return nil, fault.New(fault.Unavailable, "More of the trail waits to be bound than a search looks at; try again in a while.")
	}
	return lines, nil
}

// seeking is a search on its way.
type seeking struct {
	Wanted
	from    Place
	most    int
	needles [][][]byte
	found   []Record    // behind from, the newest first, one more than most at most
	lowest  store.Batch // of those that have been opened, without what was in it

	batches, bytes, records int // that have been opened
}

// needles are texts by which a line that is not wanted is told without reading it: it lacks all of a list.
func (w *Wanted) needles() (all [][][]byte) {
	refs := func(list []string) (needles [][]byte) {
		for _, ref := range list {
			needles = append(needles, quoted(nil, ref))
		}
		return needles
	}
	var outcomes, mentions, actions, subtypes [][]byte
	for _, o := range w.Outcomes {
		outcomes = append(outcomes, quoted(named(nil, "out"), string(o)))
	}
	for _, ref := range w.Mentions {
		mentions = append(mentions, []byte(ref))
	}
	for _, action := range w.Actions {
		for name, does := range interactions {
			if does == action {
				actions = append(actions, quoted(named(nil, "do"), name))
			}
		}
		actions = append(actions, []byte(`"`+action+" ")) // what was written
	}
	if slices.Contains(w.Actions, "E") { // whatever else there is
		actions = nil
	}
	for _, name := range w.Subtypes {
		subtypes = append(subtypes, quoted(named(nil, "do"), name), quoted(named(nil, "do"), "$"+name), quoted(named(nil, "out"), name))
		switch name {
		case "search": // of a compartment, too
			subtypes = append(subtypes, []byte(`"do":"search`))
		case "operation":
			subtypes = append(subtypes, []byte(`"do":"$`))
		}
	}
	for _, list := range [][][]byte{refs(w.Patients), refs(w.Agents), outcomes, mentions, actions, subtypes} {
		if list != nil {
			all = append(all, list)
		}
	}
	return all
}

// open takes what is wanted of a batch. One that has been erased has nothing.
func (s *seeking) open(b *store.Batch) error {
	if s.batches++; s.lowest.Number == 0 || b.Number < s.lowest.Number {
		s.lowest = *b
		s.lowest.Body, s.lowest.Tags = nil, nil
	}
	if b.Body == nil {
		return nil
	}
	lines, err := Unpack(b.Body)
	if err != nil {
		return fault.Wrap(err, "reading a batch of the trail")
	}
	return s.take(lines)
}

// take keeps of lines the newest that are wanted.
func (s *seeking) take(lines [][]byte) error {
	var more []Record
	for _, line := range lines {
		s.bytes += len(line)
		lacks := func(needles [][]byte) bool {
			return !slices.ContainsFunc(needles, func(needle []byte) bool { return bytes.Contains(line, needle) })
		}
		if slices.ContainsFunc(s.needles, lacks) {
			continue
		}
		r, err := Parse(line)
		if err != nil {
			return err
		}
		if s.records++; s.wants(&r) {
			more = append(more, r)
		}
	}
	return s.merge(more)
}

// merge puts further records among those that have been found. What is no longer of the newest is not looked at closely.
func (s *seeking) merge(more []Record) error {
	if len(more) == 0 {
		return nil
	}
	slices.SortFunc(more, newer)
	var all []Record
	before := s.found
	for i := range more {
		for len(before) > 0 && newer(before[0], more[i]) <= 0 {
			all, before = append(all, before[0]), before[1:]
		}
		if len(all) > s.most {
			break
		}
		if len(all) > 0 && newer(all[len(all)-1], more[i]) == 0 { // it was added twice, or bound meanwhile
			continue
		}
		is := true
		if s.If != nil {
			var err error
			if is, err = s.If(&more[i]); err != nil {
				return err
			}
		}
		if is {
			all = append(all, more[i])
		}
	}
	all = append(all, before...)
	s.found = all[:min(len(all), s.most+1)]
	return nil
}

func newer(a, b Record) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) }

// wants tells whether a record is one that is looked for, as far as can be told at once.
func (s *seeking) wants(r *Record) bool {
	is := func(list []string, refs ...string) bool {
		return list == nil || slices.ContainsFunc(refs, func(ref string) bool { return ref != "" && slices.Contains(list, ref) })
	}
	return s.from.behind(r) && (s.From.IsZero() || !r.At.Before(s.From)) && (s.To.IsZero() || !r.At.After(s.To)) &&
		(is(s.Patients, r.Who) || is(s.Patients, r.Of...)) && is(s.Agents, r.Who, r.For) &&
		(s.Outcomes == nil || slices.Contains(s.Outcomes, r.Outcome))
}

// page is what was looked for, when nothing is left that could stand in front of it.
func (s *seeking) page() ([]Record, *Place, error) {
	if len(s.found) <= s.most {
		return s.found, nil, nil
	}
	page := s.found[:s.most]
	if s.most == 0 {
		return nil, &s.from, nil
	}
	last := page[s.most-1]
	return page, &Place{last.At, last.ID}, nil
}

// broken is a page that ends where the search has opened as much as it may: with what nothing that is left can stand in front of.
func (s *seeking) broken(ctx context.Context, left *numbers) ([]Record, *Place, error) {
	from, err := left.settled(ctx, s.lowest)
	if err != nil {
		return nil, nil, err
	}
	sure := slices.IndexFunc(s.found, func(r Record) bool { return r.At.Before(from) })
	if sure < 0 && len(s.found) > s.most || sure > s.most {
		return s.page()
	}
	if sure < 0 {
		sure = len(s.found)
	}
	next := Place{At: from.Add(-time.Microsecond)}
	if s.from != (Place{}) && !next.At.Before(s.from.At) {
		return nil, nil, fault.New(fault.Unprocessable, "The records of this time lie too far apart in the trail to be read on: give a date that begins not long before them.").WithIssue("too-costly")
	}
	return s.found[:sure], &next, nil
}
