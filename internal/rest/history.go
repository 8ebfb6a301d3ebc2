package rest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Sizes of pages.
const (
	pageUsual = 50
	pageMost  = 1000
)

// history answers the history of a resource, a type and the record.
func (s *Server) history(r *request) (*response, error) {
	if err := r.accept("_count", "_since", "_at", "_cursor", "_summary", "_elements"); err != nil {
		return nil, err
	}
	subset, err := r.subset()
	if err == nil && r.level != levelSystemHistory {
		err = subset.Check(r.ref.Type)
	}
	if err != nil {
		return nil, err
	}
	q, err := s.historyQuery(r)
	if err != nil {
		return nil, err
	}
	page, err := r.session.History(r, q)
	if err != nil {
		return nil, err
	}
	b := newBundle("history")
	b.link("self", r.pageOf(""))
	if page.Next != nil {
		text := fmt.Sprintf("%d.%d.%d", page.Next.Updated.UnixMicro(), page.Next.Rid, page.Next.Number)
		b.link("next", r.pageOf(r.session.Seal(r.historyAbout(), text)))
	}
	for _, p := range page.Versions {
		if err := b.past(r.base, p.Version, subset); err != nil {
			return nil, err
		}
	}
	return &response{status: http.StatusOK, resource: b.bytes()}, nil
}

// historyAbout is what a page's token is bound to: the same resources and the same filters.
func (r *request) historyAbout() string {
	return fmt.Sprintf("history %d %s %s %s", r.level, r.ref, r.query.Get("_since"), r.query.Get("_at"))
}

// pageOf is the request's own address, with another page's token.
func (r *request) pageOf(cursor string) string {
	q := make(map[string][]string, len(r.query)+1)
	for k, v := range r.query {
		q[k] = v
	}
	if cursor != "" {
		q["_cursor"] = []string{cursor}
	}
	url := r.base + "/" + r.address.String()
	if len(q) == 0 {
		return url
	}
	return url + "?" + encode(q)
}

func (s *Server) historyQuery(r *request) (q gate.History, err error) {
	q = gate.History{Type: r.ref.Type, ID: r.ref.ID}
	if q.Count, err = r.count(); err != nil {
		return q, err
	}
	if text := r.query.Get("_since"); text != "" {
		if q.Since, _, err = s.period(text); err != nil {
			return q, err
		}
	}
	if text := r.query.Get("_at"); text != "" {
		if q.At[0], q.At[1], err = s.period(text); err != nil {
			return q, err
		}
	}
	token := r.query.Get("_cursor")
	if token == "" {
		return q, nil
	}
	text, err := r.session.Unseal(r.historyAbout(), token)
	if err != nil {
		return q, err
	}
	q.Before, err = parseMark(text)
	return q, err
}

func parseMark(text string) (store.Mark, error) {
	var micros int64
	var m store.Mark
	if _, err := fmt.Sscanf(text, "%d.%d.%d", &micros, &m.Rid, &m.Number); err != nil {
		return m, fault.Wrap(err, "reading a sealed mark")
	}
	m.Updated = time.UnixMicro(micros).UTC()
	return m, nil
}

// period reads a date parameter. An unescaped + of an offset arrives as a space.
func (s *Server) period(text string) (start, end time.Time, err error) {
	return fhir.ParsePeriod(strings.ReplaceAll(text, " ", "+"), s.config.Zone)
}

// count is the wished size of a page.
func (r *request) count() (int, error) {
	text := r.query.Get("_count")
	if text == "" {
		return pageUsual, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Malformed, "_count should be a whole number from 1 to %d.", pageMost).WithIssue("value")
	}
	return min(n, pageMost), nil
}
