package faults

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// stored is a resource as the record has it.
type stored struct {
	ID         string
	Meta       struct{ VersionID string }
	Identifier []struct{ System, Value string }
}

// value is that of the resource's identifier of a system.
func (r stored) value(system string) string {
	for _, i := range r.Identifier {
		if i.System == system {
			return i.Value
		}
	}
	return ""
}

// list reads all pages of a list.
func (s *server) list(t *testing.T, address string) (all []stored) {
	t.Helper()
	for address != "" {
		var page struct {
			Entry []struct{ Resource stored }
			Link  []struct{ Relation, URL string }
		}
		text := s.get(t, address)
		if err := json.Unmarshal(text, &page); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		for _, e := range page.Entry {
			all = append(all, e.Resource)
		}
		address = ""
		for _, link := range page.Link {
			if link.Relation == "next" {
				address = link.URL
			}
		}
	}
	return all
}

// check holds the record against the ledger: what was answered is there, what was refused is not, nothing is there
// twice or in half, versions have no gap, and searches find the newest bodies and nothing else.
func (l *ledger) check(t *testing.T, s *server) {
	t.Helper()
	newest := map[string]stored{} // by id
	places := map[string][]string{}
	for name := range l.names() {
		versions := l.history(t, s, name)
		for _, v := range versions {
			at := fmt.Sprintf("%s/_history/%s", name, v.Meta.VersionID)
			places[v.value("urn:mark")] = append(places[v.value("urn:mark")], at)
		}
		if len(versions) > 0 {
			newest[versions[0].ID] = versions[0]
		}
	}
	found := l.search(t, s)
	for _, w := range l.sent {
		if w.names == nil { // a create, which is known by its mark alone
			for _, r := range found[w.mark] {
				newest[r.ID] = r
				places[w.mark] = append(places[w.mark], "Patient/"+r.ID+"/_history/"+r.Meta.VersionID)
			}
		}
	}
	for _, w := range l.sent {
		w.check(t, places[w.mark])
	}
	l.agree(t, s, newest, found)
}

// names are those of the resources that the client has named.
func (l *ledger) names() map[string]bool {
	names := map[string]bool{}
	for _, w := range l.sent {
		for _, n := range w.names {
			names[n] = true
		}
	}
	return names
}

// history lists the versions of a resource, which must run from the newest to 1 without a gap.
func (l *ledger) history(t *testing.T, s *server, name string) (versions []stored) {
	t.Helper()
	a, err := s.send(t.Context(), http.MethodGet, "/"+name+"/_history?_count=1", "")
	if err == nil && a.status == http.StatusNotFound {
		return nil
	}
	versions = s.list(t, "/"+name+"/_history?_count=1000")
	for i, v := range versions {
		if v.Meta.VersionID != fmt.Sprint(len(versions)-i) {
			t.Errorf("%s has version %s where %d should be", name, v.Meta.VersionID, len(versions)-i)
		}
	}
	return versions
}

// check holds a write against the places where its mark is.
func (w *write) check(t *testing.T, places []string) {
	t.Helper()
	whole := max(1, len(w.names))
	switch n := len(places); {
	case n != 0 && n != whole:
		t.Errorf("%s is at %v; it should be at %d places or at none", w.mark, places, whole)
	case w.done() && n == 0:
		t.Errorf("%s was answered with %d, ETag %s, but is not there", w.mark, w.answer.status, w.answer.header.Get("ETag"))
	case w.refused() && n > 0:
		t.Errorf("%s was refused with %d %s, but is at %v", w.mark, w.answer.status, w.answer.body, places)
	}
	if at := w.answer.header.Get("Location"); w.done() && len(w.names) < 2 && (len(places) != 1 || !strings.HasSuffix(at, places[0])) {
		t.Errorf("%s was answered as %s, but is at %v", w.mark, at, places)
	}
}

// search finds resources by the marks of all writes.
func (l *ledger) search(t *testing.T, s *server) map[string][]stored {
	t.Helper()
	found := map[string][]stored{}
	for some := range slices.Chunk(l.sent, 50) {
		var marks []string
		for _, w := range some {
			marks = append(marks, "urn:mark|"+w.mark)
		}
		for _, r := range s.list(t, "/Patient?_count=1000&identifier="+url.QueryEscape(strings.Join(marks, ","))) {
			found[r.value("urn:mark")] = append(found[r.value("urn:mark")], r)
		}
	}
	return found
}

// agree holds that searches by mark and by colour find exactly the resources whose newest bodies have them.
func (l *ledger) agree(t *testing.T, s *server, newest map[string]stored, found map[string][]stored) {
	t.Helper()
	byMark, byColour := map[string]bool{}, map[string]map[string]bool{}
	for c := range colours {
		byColour[fmt.Sprint(c)] = map[string]bool{}
	}
	for id, r := range newest {
		byMark[id+" "+r.value("urn:mark")] = true
		byColour[r.value("urn:"+l.name)][id] = true
	}
	got := map[string]bool{}
	for mark, list := range found {
		for _, r := range list {
			got[r.ID+" "+mark] = true
		}
	}
	same(t, "marks", got, byMark)
	for colour, want := range byColour {
		got := map[string]bool{}
		for _, r := range s.list(t, "/Patient?_count=1000&identifier="+url.QueryEscape("urn:"+l.name+"|"+colour)) {
			got[r.ID] = true
		}
		same(t, "colour "+colour, got, want)
	}
}

func same(t *testing.T, what string, got, want map[string]bool) {
	t.Helper()
	for id := range got {
		if !want[id] {
			t.Errorf("a search by %s finds %s, whose newest body does not say so", what, id)
		}
	}
	for id := range maps.Keys(want) {
		if !got[id] {
			t.Errorf("a search by %s does not find %s, whose newest body says so", what, id)
		}
	}
}

// repeat sends the writes with an idempotency key once more, all that were not answered and some that were. The former
// must now be carried out, if they have not been; the latter get their answer again. The next check finds each once.
func (l *ledger) repeat(t *testing.T, s *server) {
	t.Helper()
	known := 0
	for _, w := range l.sent {
		if w.key == "" {
			continue
		}
		if w.done() {
			if known++; known <= 50 {
				w.again(t, s)
			}
			continue
		}
		if w.answer, w.err = s.carry(w); !w.done() {
			t.Errorf("%s could not be repeated: %v %d %s", w.mark, w.err, w.answer.status, w.answer.body)
			continue
		}
		w.again(t, s)
	}
}

// again repeats a write that has been answered.
func (w *write) again(t *testing.T, s *server) {
	t.Helper()
	a, err := s.carry(w)
	if err != nil {
		t.Fatal(err)
	}
	if a.header.Get("Idempotent-Replayed") != "true" || a.status != w.answer.status || !bytes.Equal(a.body, w.answer.body) {
		t.Errorf("%s was answered with\n%d %s, again with\n%d %s %v", w.mark, w.answer.status, w.answer.body, a.status, a.body, a.header)
	}
	for _, name := range []string{"ETag", "Last-Modified", "Location"} {
		got, want := path(a.header.Get(name)), path(w.answer.header.Get(name))
		if got != want {
			t.Errorf("%s had %s %q, again %q", w.mark, name, want, got)
		}
	}
}

// path is an address without its host, which changes with every start.
func path(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Path
	}
	return address
}

// settled checks the ledger, repeats its writes and checks it again.
func (l *ledger) settled(t *testing.T, s *server) {
	t.Helper()
	l.check(t, s)
	l.repeat(t, s)
	l.check(t, s)
}
