//go:build conformance

package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"yitong/internal/rest"
)

// foundLeast is how many of the questions compared must find something.
const foundLeast = 6500

// The server finds what Medplum's MemoryRepository finds. That is a search written by others, from the same
// specification and HL7's same definitions; where the two differ by design, see differences. Both hold the same
// resources, on both databases, and the questions are made of what Medplum sees in them.
func TestMedplum(t *testing.T) {
	resources := searched(t)
	peer := startMedplum(t, resources)
	plan := newPlan(peer.parameters(t, resources))
	wanted := peer.answers(t, plan.questions)
	peer.end(t)
	for d, why := range differences {
		if plan.skipped[d] == 0 {
			t.Errorf("nothing is left out because %s", why)
		}
	}
	t.Logf("left out, by difference: %v", plan.skipped)
	onBoth(t, func(t *testing.T, h http.Handler) {
		load(t, h, resources)
		counts, total := map[string]*count{}, count{}
		for i, q := range plan.questions {
			err := q.compare(h, wanted[i])
			if err != nil {
				t.Errorf("%s?%s: %v", q.of, q.query, err)
			}
			if counts[q.shape] == nil {
				counts[q.shape] = &count{}
			}
			counts[q.shape].add(wanted[i], err)
			total.add(wanted[i], err)
		}
		for _, shape := range slices.Sorted(maps.Keys(counts)) {
			t.Logf("%s: %v", shape, counts[shape])
			if counts[shape].found == 0 {
				t.Errorf("no question of the kind %s finds anything", shape)
			}
		}
		t.Logf("%d resources; all questions: %v", len(resources), total)
		if total.found < foundLeast {
			t.Errorf("%d questions were compared that find something, should be at least %d", total.found, foundLeast)
		}
	})
}

// count says how the comparison went.
type count struct{ compared, found, agreed, refused int }

func (c *count) add(wanted verdict, err error) {
	if wanted.Refused != "" {
		c.refused++
		return
	}
	c.compared++
	if len(wanted.Found) > 0 {
		c.found++
	}
	if err == nil {
		c.agreed++
	}
}

func (c count) String() string {
	s := fmt.Sprintf("%d compared, %d of them find something, %d agree", c.compared, c.found, c.agreed)
	if c.refused > 0 {
		s += fmt.Sprintf("; Medplum refuses %d", c.refused)
	}
	return s
}

// compare asks the server and holds the answer against Medplum's.
func (q question) compare(h http.Handler, wanted verdict) error {
	if wanted.Refused != "" {
		return nil
	}
	got, err := find(h, "/"+q.of+"?"+q.query+"&_count=1000&_elements=id")
	if err != nil {
		return err
	}
	want := slices.Clone(wanted.Found)
	if strings.HasSuffix(q.query, ":missing=true") {
		want = append(want, q.absent...)
	} else {
		want = without(want, q.absent)
	}
	got, want = without(got, q.ignore), without(want, q.ignore)
	if !q.ordered {
		slices.Sort(got)
		slices.Sort(want)
	}
	lacks, extra := without(want, got), without(got, want)
	switch {
	case slices.Equal(got, want), q.more && len(lacks) == 0:
		return nil
	case len(lacks)+len(extra) == 0:
		return fmt.Errorf("the order is %v, Medplum's %v", got, want)
	}
	return fmt.Errorf("found %d, Medplum %d: lacks %v, has beside them %v", len(got), len(want), lacks, extra)
}

// without is a list less what is in another.
func without(list, other []string) (rest []string) {
	for _, s := range list {
		if !slices.Contains(other, s) {
			rest = append(rest, s)
		}
	}
	return rest
}

// find asks the server for the names of all that a search finds, page by page.
func find(h http.Handler, path string) (names []string, err error) {
	for path != "" {
		a := ask(h, http.MethodGet, path, nil)
		if err := a.must(http.StatusOK); err != nil {
			return nil, err
		}
		var page struct {
			Link  []struct{ Relation, URL string }
			Entry []struct {
				Resource struct{ ResourceType, ID string }
			}
		}
		if err := json.Unmarshal(a.body, &page); err != nil {
			return nil, err
		}
		for _, e := range page.Entry {
			names = append(names, e.Resource.ResourceType+"/"+e.Resource.ID)
		}
		path = ""
		for _, l := range page.Link {
			if l.Relation == "next" {
				_, path, _ = strings.Cut(l.URL, rest.Base)
			}
		}
	}
	return names, nil
}
