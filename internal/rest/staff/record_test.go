package staff_test

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// deaf is a record whose trail takes no lines for a while.
type deaf struct {
	store.DB
	is atomic.Bool
}

// Trace implements [store.DB].
func (d *deaf) Trace(ctx context.Context, lines []byte) error {
	if d.is.Load() {
		return fault.New(fault.Unavailable, "There is no room.")
	}
	return d.DB.Trace(ctx, lines)
}

// lines are those that a request has left, but for those of changes.
func (w *world) lines(do func()) (all []trail.Record) {
	w.t.Helper()
	read := func() (list []trail.Record) {
		rows, err := w.db.Loose(w.t.Context(), 64<<20)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, row := range rows {
			for line := range bytes.Lines(row.Lines) {
				r, err := trail.Parse(line)
				if err != nil {
					w.t.Fatal(err)
				}
				if len(r.Wrote) == 0 {
					list = append(list, r)
				}
			}
		}
		return list
	}
	before := len(read())
	do()
	return read()[before:]
}

// TestLookingIsOnRecord: who looks at which accounts, programs and histories, and who is refused, is on record before it is answered.
func TestLookingIsOnRecord(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		id := w.must("administrator at a", "POST", "/staff/accounts", `{"name":"wang"}`)["id"].(string)
		client := w.must("operator", "POST", "/staff/clients", `{"name":"x","institution":"Organization/a","redirects":["https://a.example/back"],"scopes":"openid","expires":"`+
			time.Now().AddDate(1, 0, 0).Format(time.RFC3339)+`"}`)["id"].(string)
		for _, one := range []struct {
			as, method, address, body, do, on, q string
			out                                  trail.Outcome
			n                                    int64
		}{
			{"operator", "GET", "/staff/accounts?most=5", "", "look", "account", "most=5", trail.Done, 1},
			{"administrator at a", "GET", "/staff/accounts/wang", "", "look", "account/" + id, "", trail.Done, 0},
			{"administrator at a", "POST", "/staff/accounts/_search", `{"text":"wang"}`, "look", "account", "", trail.Done, 1},
			{"doctor at a", "POST", "/staff/accounts/_search", `{"text":"wang"}`, "look", "accounts/_search", "", trail.Denied, 0},
			{"operator", "GET", "/staff/clients", "", "look", "client", "", trail.Done, 1},
			{"operator", "GET", "/staff/clients/" + client, "", "look", "client/" + client, "", trail.Done, 0},
			{"operator", "GET", "/staff/history/account/" + id, "", "look", "history/account/" + id, "", trail.Done, 0},
			{"doctor at a", "GET", "/staff/accounts", "", "look", "accounts", "", trail.Denied, 0},
			{"administrator at b", "GET", "/staff/accounts/wang", "", "look", "accounts/wang", "", trail.Denied, 0},
			{"operator", "GET", "/staff/accounts/nobody", "", "look", "accounts/nobody", "", trail.Absent, 0},
			{"operator", "GET", "/staff/accounts?most=x", "", "look", "accounts", "most=x", trail.Refused, 0},
			{"doctor at a", "POST", "/staff/accounts/" + id + "/disable", `{"reason":"x"}`, "account", "accounts/" + id + "/disable", "", trail.Denied, 0},
		} {
			lines := w.lines(func() { w.ask(one.as, one.method, one.address, one.body) })
			if len(lines) != 1 {
				t.Errorf("%s: %s %s: %+v", one.as, one.method, one.address, lines)
				continue
			}
			role, place, at := strings.Cut(one.as, " at ")
			if at {
				place = "Organization/" + place
			}
			if l := lines[0]; l.Do != one.do || l.On != one.on || l.Query != one.q || l.Outcome != one.out || l.Number != one.n ||
				l.Who != "Person/account-of-"+one.as || l.As != role || l.For != place || l.From != "192.0.2.1" {
				t.Errorf("%s: %s %s: %+v", one.as, one.method, one.address, l)
			}
		}
		for _, one := range [][3]string{{"", "GET", ""}, {"administrator at a", "POST", `{}`}} {
			address := map[string]string{"GET": "/staff/accounts", "POST": "/staff/accounts/" + id + "/invite"}[one[1]]
			if lines := w.lines(func() { w.ask(one[0], one[1], address, one[2]) }); len(lines) != 0 {
				t.Errorf("%q: %s %s: %+v", one[0], one[1], address, lines)
			}
		}
		w.db.is.Store(true)
		for _, as := range []string{"operator", "doctor at a"} {
			if status, answer := w.ask(as, "GET", "/staff/accounts", ""); status != http.StatusServiceUnavailable || answer["accounts"] != nil {
				t.Errorf("%s, while the trail takes no lines: %d %v", as, status, answer)
			}
		}
	})
}
