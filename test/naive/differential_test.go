package naive

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestDifferential puts random searches over random resources to the server, and holds every answer against that of the
// naive matcher: the same resources in the same order, each once, on pages that lead to the end and back, with what is
// included on each page, and the right total.
func TestDifferential(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		facts, err := facts()
		check(t, err)
		all := scenarios(facts, questions)
		rapid.Check(t, func(t *rapid.T) {
			story := all.Draw(t, "scenario")
			s, model := newServer(fresh(t)), emptyRecord(t)
			for i, batch := range story.batches {
				s.write(t, model, batch, i)
			}
			for i, search := range story.searches {
				trial{t, s, model, model.filled(search)}.run(i%7 == 0)
			}
		})
	})
}

var instantOf = regexp.MustCompile(`%7B([A-Za-z]+)%2F(\d+)%7D`)

// filled puts instants in the places of a search that stand for them.
func (r *Record) filled(search string) string {
	return instantOf.ReplaceAllStringFunc(search, func(place string) string {
		m := instantOf.FindStringSubmatch(place)
		if res := r.Get(m[1], m[2]); res != nil {
			return url.QueryEscape(text(member(res.Body["meta"], "lastUpdated")))
		}
		return "2026" // it has been deleted
	})
}

// trial is one search that is put to the server.
type trial struct {
	tb
	server *server
	model  *Record
	search string
}

func (c trial) fail(what string, want Answer, got []string) {
	c.Helper()
	readable, _ := url.QueryUnescape(c.search)
	var concerned strings.Builder
	for _, name := range differing(want.All(), got) {
		typ, id, _ := strings.Cut(name, "/")
		fmt.Fprintf(&concerned, "%s %s\n", name, indented(c.model.Get(typ, id)))
	}
	wrong(c, "%s\n(%s)\n%s\nwant %v\n got %v\n%s", readable, c.search, what, want, got, concerned.String())
}

// differing are the names that are in one list only; or all, when only the order differs.
func differing(a, b []string) (out []string) {
	for _, name := range append(slices.Clone(a), b...) {
		if slices.Contains(a, name) != slices.Contains(b, name) {
			out = append(out, name)
		}
	}
	if out == nil {
		out = a
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func indented(v any) string {
	if r, ok := v.(*Resource); ok && r != nil {
		v = r.Shown()
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// run asks, follows the pages to the end and back, and compares. The first page may be asked for as a form.
func (c trial) run(form bool) {
	c.Helper()
	s, err := c.model.Parse(c.search)
	if err != nil {
		c.Fatalf("the search %s makes no sense: %v", c.search, err)
	}
	want := s.Find()
	var pages []page
	path, _, _ := strings.Cut(c.search, "?")
	if form && path != "" && !strings.Contains(path, "/") {
		pages = append(pages, c.server.post(c, c.model, "/"+c.search))
	} else {
		pages = append(pages, c.server.search(c, c.model, "/"+c.search))
	}
	for next := pages[0].next; next != ""; next = pages[len(pages)-1].next {
		if len(pages) > 200 {
			c.fail("has no last page", want, nil)
		}
		pages = append(pages, c.server.search(c, c.model, next))
	}
	c.matches(want, pages)
	c.included(s, pages)
	c.back(want, pages)
	if strings.Contains(c.search, "_total=accurate") && pages[0].total != fmt.Sprint(len(want.All())) {
		c.fail("has the total "+pages[0].total, want, nil)
	}
}

// matches compares what was found: each group of the answer as a set, one group after the other.
func (c trial) matches(want Answer, pages []page) {
	c.Helper()
	var got []string
	for i, p := range pages {
		got = append(got, p.matches...)
		if len(p.matches) == 0 && i > 0 {
			c.fail("has an empty page", want, got)
		}
	}
	rest := got
	for _, group := range want {
		if len(rest) < len(group) {
			c.fail("finds too little", want, got)
		}
		here := slices.Sorted(slices.Values(rest[:len(group)]))
		if !slices.Equal(here, slices.Sorted(slices.Values(group))) {
			c.fail("finds something else, or in another order", want, got)
		}
		rest = rest[len(group):]
	}
	if len(rest) > 0 {
		c.fail("finds too much", want, got)
	}
}

func (c trial) included(s *Search, pages []page) {
	c.Helper()
	for i, p := range pages {
		want := slices.Sorted(slices.Values(s.Include(p.matches)))
		got := slices.Sorted(slices.Values(p.included))
		if !slices.Equal(want, got) {
			c.fail(fmt.Sprintf("includes something else on page %d, with %v", i+1, p.matches), Answer{want}, got)
		}
	}
}

// back goes from the last page to the first.
func (c trial) back(want Answer, pages []page) {
	c.Helper()
	if pages[0].prev != "" {
		c.fail("has a page before the first", want, pages[0].matches)
	}
	for i := len(pages) - 1; i > 0; i-- {
		if pages[i].prev == "" {
			c.fail(fmt.Sprintf("has no way back from page %d", i+1), want, pages[i].matches)
		}
		p := c.server.search(c, c.model, pages[i].prev)
		if !slices.Equal(p.matches, pages[i-1].matches) {
			c.fail(fmt.Sprintf("shows, on the way back, something else on page %d", i), Answer{pages[i-1].matches}, p.matches)
		}
		pages[i-1].prev = p.prev
	}
}

// TestRandomSearchesMakeSense keeps the drawn searches honest without a server: the naive matcher takes every one, most
// find something, and few find everything.
func TestRandomSearchesMakeSense(t *testing.T) {
	t.Parallel()
	facts, err := facts()
	check(t, err)
	all := scenarios(facts, 200)
	var asked, hit, ordered int
	for seed := range 5 {
		story := all.Example(seed)
		model := NewRecord(facts, shanghai)
		for i, batch := range story.batches {
			for _, c := range batch {
				model.apply(t, c, object{"etag": `W/"1"`, "lastModified": fmt.Sprintf("2026-01-%02dT00:00:00.000000Z", i+1)}, i)
			}
		}
		for _, search := range story.searches {
			s, err := model.Parse(model.filled(search))
			if err != nil {
				t.Errorf("%s: %v", search, err)
				continue
			}
			found := s.Find()
			asked++
			if len(found) > 0 {
				hit++
			}
			if len(found) > 1 {
				ordered++
			}
			s.Include(found.All())
		}
	}
	t.Logf("of %d searches %d find something, %d in an order", asked, hit, ordered)
	if hit < asked/3 || ordered < asked/10 {
		t.Error("the searches are too far from the resources")
	}
}
