package bench

import (
	"bytes"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
)

// walk goes through the pages of a search.
type walk struct {
	query query
	page  int             // that have been read
	found int             // on them
	link  string          // to the next
	proof map[string]bool // what has been found, where matches are looked at one by one
}

// all reads so many pages, or as many as there are.
func (a *walk) all(c *client, pages int) error {
	for range max(1, pages) {
		if err := a.next(c); err != nil || a.link == "" {
			return err
		}
	}
	return nil
}

// step reads the next of so many pages, or the first of another search if there is none.
func (a *walk) step(c *client, pages int, another query) error {
	if a.page >= pages || a.link == "" {
		*a = walk{query: another}
	}
	return a.next(c)
}

// next reads a page and looks whether it holds what it must.
func (a *walk) next(c *client) error {
	path := "/fhir/" + a.query.path
	if a.page > 0 {
		path = a.link
	}
	status, _, answer, err := c.do(http.MethodGet, path, nil, "")
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("%s was answered with %d: %.500s", path, status, answer)
	}
	if a.proof != nil {
		if err := a.prove(answer); err != nil {
			return err
		}
	}
	a.link = linked(answer, c.host)
	return a.plausible(answer)
}

// plausible counts what is on a page, and goes on to the next.
func (a *walk) plausible(answer []byte) error {
	q := &a.query
	found := bytes.Count(answer, []byte(`,"search":{"mode":"match"}`))
	least, rest := min(page, q.least-a.page*page), q.least-(a.page+1)*page
	if q.count {
		found, least, rest = number(answer, `"total":`), q.least, 0
	}
	switch {
	case found < least, q.exact && found > least:
		return fmt.Errorf("page %d of %s has %d matches, but there are %d", a.page, q.path, found, least)
	case rest > 0 && a.link == "":
		return fmt.Errorf("page %d of %s is the last, but there are %d matches more", a.page, q.path, rest)
	case q.included && !bytes.Contains(answer, []byte(`,"search":{"mode":"include"}`)):
		return fmt.Errorf("%s included nothing", q.path)
	}
	a.page, a.found = a.page+1, a.found+found
	return nil
}

// prove looks whether what is on a page is what was asked for, in the order that was asked for, and not on another.
func (a *walk) prove(answer []byte) error {
	table, asked, err := parsed(a.query)
	if err != nil {
		return err
	}
	part := asked.Parts[0]
	tree, err := fhir.Parse(answer)
	if err != nil {
		return err
	}
	last := search.SortKey{Order: math.MaxInt64, Has: true}
	for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
		if e.Get("search").Get("mode").Str() != "match" {
			continue
		}
		r, err := fhir.ReadResource(e.Get("resource"))
		if err != nil {
			return err
		}
		if r.Type != part.Type || a.proof[r.ID] || slices.ContainsFunc(part.All, func(c *search.Criterion) bool {
			return !c.Deep() && !c.Matches(r, time.Time{})
		}) {
			return fault.New(fault.Internal, "%s was found, but does not match or was found before: %s", r.ID, a.query.path)
		}
		a.proof[r.ID] = true
		if len(part.Sort) == 0 {
			continue
		}
		key := table.SortKey(part.Sort[0].Param, r, time.Time{}, part.Sort[0].Down)
		if last.Compare(key, part.Sort[0].Down) > 0 {
			return fault.New(fault.Internal, "%s stands in the wrong place: %s", r.ID, a.query.path)
		}
		last = key
	}
	return nil
}

// number is the one that follows a name in an answer, -1 for none.
func number(answer []byte, name string) int {
	_, rest, _ := bytes.Cut(answer, []byte(name))
	digits := rest[:len(rest)-len(bytes.TrimLeft(rest, "0123456789"))]
	n, err := strconv.Atoi(string(digits))
	if err != nil {
		return -1
	}
	return n
}

// linked is the path of the next page, "" for none.
func linked(answer []byte, host string) string {
	_, rest, ok := bytes.Cut(answer, []byte(`"relation":"next","url":"`))
	if !ok {
		return ""
	}
	url, _, _ := bytes.Cut(rest, []byte(`"`))
	_, path, _ := bytes.Cut(url, []byte(host))
	return string(path)
}
