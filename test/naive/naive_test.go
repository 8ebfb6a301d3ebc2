package naive

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// shanghai is the region's zone, with the summer times of its past.
var shanghai = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err)
	}
	return zone
})()

// facts are the committed tables: HL7's, and the platform's own.
var facts = sync.OnceValues(func() (*Facts, error) {
	var tables []io.Reader
	for _, name := range []string{"r4.txt", "own.txt"} {
		text, err := os.ReadFile("../../internal/fhir/search/" + name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, bytes.NewReader(text))
	}
	return ReadFacts(io.MultiReader(tables...))
})

func emptyRecord(t tb) *Record {
	t.Helper()
	f, err := facts()
	if err != nil {
		t.Fatal(err)
	}
	return NewRecord(f, shanghai)
}

func decoded(t tb, text string) (body map[string]any) {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&body); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return body
}

// escaped is a search as a URL has it.
func escaped(search string) string {
	path, query, asked := strings.Cut(search, "?")
	if !asked || query == "" {
		return path
	}
	var pairs []string
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		pairs = append(pairs, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	return path + "?" + strings.Join(pairs, "&")
}

// record holds the resources of a group, as if all were made at once.
func (g group) record(t tb) *Record {
	r := emptyRecord(t)
	for _, text := range g.resources {
		body := decoded(t, text)
		meta, _ := body["meta"].(map[string]any)
		if meta == nil {
			meta = map[string]any{}
		}
		meta["lastUpdated"] = "2026-01-01T00:00:00.000000Z"
		body["meta"] = meta
		r.Put(body, 1)
	}
	return r
}

// TestSharpCases holds the matcher against what the specification says.
func TestSharpCases(t *testing.T) {
	t.Parallel()
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			r := g.record(t)
			for _, c := range g.cases {
				s, err := r.Parse(escaped(c.search))
				if refused(t, c, err) {
					continue
				}
				got := s.Find()
				if strings.HasPrefix(c.want, ">") && len(got) != len(got.All()) {
					t.Errorf("%s: no order in %v", c.search, got)
				}
				c.compare(t, got.All())
			}
		})
	}
}

func TestIncludes(t *testing.T) {
	t.Parallel()
	r := linked.record(t)
	for _, c := range includes {
		s, err := r.Parse(escaped(c.search))
		if !refused(t, c, err) {
			c.compare(t, s.Include(s.Find().All()))
		}
	}
}

// refused tells whether a search was refused, and complains if it should not have been, or should.
func refused(t *testing.T, c sharp, err error) bool {
	t.Helper()
	var refusal *Refusal
	if (c.want == "refused") != errors.As(err, &refusal) || err != nil && refusal == nil {
		t.Errorf("%s: error %v, want %q", c.search, err, c.want)
		return true
	}
	return err != nil
}

// compare holds the names that were found against those that are wanted.
func (c sharp) compare(t tb, names []string) {
	t.Helper()
	var got []string
	for _, name := range names {
		_, id, _ := strings.Cut(name, "/")
		got = append(got, id)
	}
	rest, inOrder := strings.CutPrefix(c.want, ">")
	want := strings.Fields(rest)
	if !inOrder {
		slices.Sort(got)
		slices.Sort(want)
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\n got %v\nwant %v", c.search, got, want)
	}
}
