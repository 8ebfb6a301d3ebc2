package naive

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestPagesUnderChange turns pages while resources are written: what matches unchanged the whole time must come exactly
// once and in order, what was created since the first page not at all, and everything as it is at the time.
func TestPagesUnderChange(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		facts, err := facts()
		check(t, err)
		all := restless(facts, 15)
		rapid.Check(t, func(t *rapid.T) {
			story := all.Draw(t, "scenario")
			s, model := newServer(fresh(t)), emptyRecord(t)
			w := &writer{server: s, model: model, waiting: story.later}
			for _, batch := range story.batches {
				w.write(t, batch)
			}
			for _, search := range story.searches {
				trial{t, s, model, model.filled(search)}.turn(w)
			}
		})
	})
}

// upheaval is a scenario with changes that are made while pages are turned.
type upheaval struct {
	scenario
	later []change
}

func restless(facts *Facts, searches int) *rapid.Generator[upheaval] {
	calm := scenarios(facts, searches)
	return rapid.Custom(func(t *rapid.T) (u upheaval) {
		u.scenario = calm.Draw(t, "scenario")
		d := drawer{T: t, facts: facts}
		for _, batch := range u.batches {
			for _, c := range batch {
				d.names = append(d.names, c.name)
			}
		}
		for i := range 60 {
			name := pick(d, or(d.names, []string{"Patient/1"})...)
			typ, id, _ := strings.Cut(name, "/")
			switch {
			case d.chance(30):
				u.later = append(u.later, change{name: name})
				continue
			case d.chance(40):
				id = fmt.Sprint(1000 + i)
			}
			u.later = append(u.later, change{typ + "/" + id, d.resource(typ, id)})
		}
		for i, search := range u.searches { // short pages, so that there are many
			path, query, _ := strings.Cut(search, "?")
			pairs := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
				return pair == "" || strings.HasPrefix(pair, "_count=")
			})
			u.searches[i] = path + "?" + strings.Join(append(pairs, fmt.Sprintf("_count=%d", 1+d.below(3))), "&")
		}
		return u
	})
}

// writer writes to the server and the model, a transaction at a time.
type writer struct {
	server  *server
	model   *Record
	made    int
	waiting []change
	known   []string // what was ever there
}

func (w *writer) write(t tb, batch []change) {
	w.server.write(t, w.model, batch, w.made)
	w.made++
	for _, c := range batch {
		w.known = append(w.known, c.name)
	}
}

// some writes a few of the changes that wait, and tells which resources they concern and which of these they created.
func (w *writer) some(t tb) (touched, created []string) {
	var batch []change
	for len(batch) < 3 && len(w.waiting) > 0 {
		c := w.waiting[0]
		w.waiting = w.waiting[1:]
		if slices.Contains(touched, c.name) {
			continue
		}
		if touched = append(touched, c.name); !slices.Contains(w.known, c.name) {
			created = append(created, c.name)
		}
		batch = append(batch, c)
	}
	if len(batch) > 0 {
		w.write(t, batch)
	}
	return touched, created
}

// turn turns pages and writes in between.
func (c trial) turn(w *writer) {
	c.Helper()
	s, err := c.model.Parse(c.search)
	if err != nil {
		c.Fatalf("the search %s makes no sense: %v", c.search, err)
	}
	first := s.Find()
	constant := first.All()
	var got, created []string
	for next := "/" + c.search; next != ""; {
		p := c.server.search(c, c.model, next)
		if got = append(got, p.matches...); len(got) > 500 {
			c.fail("has no last page", first, got)
		}
		if next = p.next; next == "" {
			break
		}
		touched, more := w.some(c)
		created = append(created, more...)
		now := s.Find().All()
		constant = slices.DeleteFunc(constant, func(name string) bool {
			return slices.Contains(touched, name) || !slices.Contains(now, name)
		})
	}
	for _, name := range got {
		if slices.Contains(created, name) {
			c.fail("shows what was created meanwhile: "+name, first, got)
		}
	}
	seen := slices.DeleteFunc(slices.Clone(got), func(name string) bool { return !slices.Contains(constant, name) })
	var want Answer
	for _, group := range first {
		if group = slices.DeleteFunc(slices.Clone(group), func(name string) bool { return !slices.Contains(constant, name) }); len(group) > 0 {
			want = append(want, group)
		}
	}
	c.matches(want, []page{{matches: seen}})
}
