package naive

import (
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// page is one page of an answer.
type page struct {
	matches, included []string
	next, prev, self  string
	total             string
}

// search asks for a page and reads it. What it shows must be what the model has.
func (s *server) search(t tb, model *Record, address string) (p page) {
	t.Helper()
	status, answer := s.ask(t, "GET", address, "")
	return read(t, model, address, status, answer)
}

// post asks for the first page as a form.
func (s *server) post(t tb, model *Record, address string) (p page) {
	t.Helper()
	path, query, _ := strings.Cut(address, "?")
	status, answer := s.ask(t, "POST", path+"/_search", query, "Content-Type", "application/x-www-form-urlencoded")
	return read(t, model, "POST "+address, status, answer)
}

// wrong ends a test, or a case. The message is always the same, so that rapid can minimize the case; the log says more.
func wrong(t tb, format string, args ...any) {
	t.Helper()
	t.Logf(format, args...)
	t.Fatalf("the server does not answer as the naive matcher does")
}

func read(t tb, model *Record, address string, status int, answer map[string]any) (p page) {
	t.Helper()
	if status != http.StatusOK || answer["type"] != "searchset" {
		wrong(t, "%s\nis answered %d: %s", address, status, indented(answer))
	}
	for _, link := range list(answer["link"]) {
		to := text(member(link, "url"))
		switch text(member(link, "relation")) {
		case "next":
			p.next = to
		case "previous", "prev":
			p.prev = to
		case "self":
			p.self = to
		}
	}
	if n, ok := answer["total"]; ok {
		p.total = n.(interface{ String() string }).String()
	}
	for _, entry := range list(answer["entry"]) {
		shown, _ := member(entry, "resource").(map[string]any)
		name := text(shown["resourceType"]) + "/" + text(shown["id"])
		switch mode := text(member(member(entry, "search"), "mode")); mode {
		case "match":
			p.matches = append(p.matches, name)
		case "include":
			p.included = append(p.included, name)
		default:
			wrong(t, "%s: an entry of the mode %q: %s", address, mode, indented(shown))
		}
		if have := model.Get(text(shown["resourceType"]), text(shown["id"])); have == nil || !reflect.DeepEqual(have.Shown(), shown) {
			wrong(t, "%s shows\n%s\nwhich should be\n%s", address, indented(shown), indented(have))
		}
		if text(member(entry, "fullUrl")) != base+"/"+name {
			wrong(t, "%s: the fullUrl of %s is %v", address, name, member(entry, "fullUrl"))
		}
	}
	return p
}

// TestServerSharpCases puts the tables to the server.
func TestServerSharpCases(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		for _, g := range groups {
			t.Run(g.name, func(t *testing.T) {
				t.Parallel()
				s, model := newServer(fresh(t)), emptyRecord(t)
				s.write(t, model, g.changes(t), 1)
				for _, c := range g.cases {
					address := "/" + escaped(c.search)
					if c.want == "refused" {
						s.refuses(t, address)
						continue
					}
					c.compare(t, s.search(t, model, address).matches)
				}
			})
		}
	})
}

// TestServerIncludes puts the table of includes to the server.
func TestServerIncludes(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		s, model := newServer(fresh(t)), emptyRecord(t)
		s.write(t, model, linked.changes(t), 1)
		for _, c := range includes {
			address := "/" + escaped(c.search)
			if c.want == "refused" {
				s.refuses(t, address)
				continue
			}
			c.compare(t, s.search(t, model, address).included)
		}
	})
}

func (g group) changes(t tb) (changes []change) {
	for _, text := range g.resources {
		body := decoded(t, text)
		changes = append(changes, change{body["resourceType"].(string) + "/" + body["id"].(string), body})
	}
	return changes
}

func (s *server) refuses(t tb, address string) {
	t.Helper()
	refusals := []int{http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity}
	if status, answer := s.ask(t, "GET", address, ""); !slices.Contains(refusals, status) {
		t.Errorf("%s\nis answered %d, should be refused: %v", address, status, answer)
	}
}

// TestLenientSearch ignores what is not known when the client asks for that, and says what it has used.
func TestLenientSearch(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		s, model := newServer(fresh(t)), emptyRecord(t)
		s.write(t, model, kinds.changes(t), 1)
		for _, c := range []struct{ search, want, gone string }{
			{"Patient?nmae=x&gender=male", "zhang", "nmae"}, {"Patient?gender=male&active:exact=x", "zhang", "active"},
			{"Patient?gender=male&_sort=nmae", "zhang", "nmae"},
		} {
			status, answer := s.ask(t, "GET", "/"+escaped(c.search), "", "Prefer", "handling=lenient")
			p := read(t, model, c.search, status, answer)
			sharp{c.search, c.want}.compare(t, p.matches)
			used, err := url.Parse(p.self)
			if err != nil || !strings.Contains(used.RawQuery, "gender=male") || strings.Contains(used.RawQuery, c.gone) {
				t.Errorf("%s: the self link is %s", c.search, p.self)
			}
		}
	})
}

// TestCounts asks how many there are.
func TestCounts(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		s, model := newServer(fresh(t)), emptyRecord(t)
		s.write(t, model, kinds.changes(t), 1)
		for search, want := range map[string]string{
			"Patient?_summary=count": "4 0", "Patient?_count=0": "4 0", "Patient?gender=male&_summary=count": "1 0",
			"Patient?_total=accurate&_count=1": "4 1", "Patient?_total=accurate&gender=other": "0 0",
			"Patient?_total=none&_count=2": " 2", "Patient?_count=3": " 3",
		} {
			p := s.search(t, model, "/"+search)
			if got := p.total + " " + string('0'+rune(len(p.matches))); got != want {
				t.Errorf("%s: total and matches %q, want %q", search, got, want)
			}
		}
		for _, search := range []string{"Patient?_count=-1", "Patient?_count=x", "Patient?_total=some", "Patient?_summary=some"} {
			s.refuses(t, "/"+search)
		}
	})
}

// TestSealedPages refuses links that were changed or that belong to another search.
func TestSealedPages(t *testing.T) {
	eachDatabase(t, func(t *testing.T, fresh maker) {
		s, model := newServer(fresh(t)), emptyRecord(t)
		s.write(t, model, kinds.changes(t), 1)
		next := s.search(t, model, "/Patient?_count=1&gender:missing=false").next
		if next == "" {
			t.Fatal("no next page")
		}
		if len(s.search(t, model, next).matches) != 1 {
			t.Error("the next page has no match")
		}
		link, err := url.Parse(next)
		check(t, err)
		for name, values := range link.Query() {
			if strings.HasPrefix(name, "_count") || slices.Contains(values, "false") {
				continue
			}
			for _, broken := range []string{"", "x", values[0][1:], values[0] + "A", "A" + values[0][1:]} {
				if broken == values[0] {
					continue
				}
				query := link.Query()
				query.Set(name, broken)
				if status, answer := s.ask(t, "GET", link.Path[len("/fhir"):]+"?"+query.Encode(), ""); status < 400 || status >= 500 {
					t.Errorf("the link with %s=%s is answered %d: %v", name, broken, status, answer)
				}
			}
		}
		if status, _ := s.ask(t, "GET", "/Observation?"+link.RawQuery, ""); status < 400 || status >= 500 {
			t.Errorf("the link at another type is answered %d", status)
		}
	})
}
