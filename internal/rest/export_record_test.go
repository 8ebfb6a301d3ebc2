package rest_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// sparing is a record whose trail takes so many lines and no more.
type sparing struct {
	store.DB
	t     *testing.T
	takes int
	saw   map[string]bool // the resources that the lines name which it has taken
	lines int
}

// Trace implements [store.Trail].
func (s *sparing) Trace(ctx context.Context, lines []byte) error {
	if s.lines >= s.takes {
		return fault.New(fault.Unavailable, "There is no room.")
	}
	if err := s.DB.Trace(ctx, lines); err != nil {
		return err
	}
	for line := range bytes.Lines(lines) {
		r, err := trail.Parse(line)
		if err != nil {
			s.t.Error(err)
		}
		for _, name := range r.Saw {
			name, _, _ = strings.Cut(name, " ")
			s.saw[name[:strings.LastIndex(name, "/")]] = true
		}
		s.lines++
	}
	return nil
}

// heard is a connection that looks, whenever something is sent, whether the trail has it.
type heard struct {
	*httptest.ResponseRecorder
	sparing *sparing
	early   int // resources that were sent before the trail had them
	sent    int
}

var sentID = regexp.MustCompile(`"resourceType":"Basic","id":"([^"]+)"`)

// Write implements [http.ResponseWriter].
func (h *heard) Write(p []byte) (int, error) {
	for _, m := range sentID.FindAllSubmatch(p, -1) {
		if h.sent++; !h.sparing.saw["Basic/"+string(m[1])] {
			h.early++
		}
	}
	return h.ResponseRecorder.Write(p)
}

// TestExportOnRecord: an export, and each part of it, is on record before its first byte is sent; from the moment on that the trail
// takes no more lines, nothing is.
func TestExportOnRecord(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		d := deskOn(t, db)
		const many, page = 250, 100
		text := strings.Repeat("x", 2<<10) // so that a part is more than is held back before it is sent
		for i := range many {
			d.put("Basic", fmt.Sprint("basic-", i), `"code":{"text":"`+text+`"},"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]}`)
		}
		const all = 4 // lines: that it begins, and three parts
		for takes := range all + 1 {
			task := d.approved("office", "type", "Basic")
			s := &sparing{DB: db, t: t, takes: takes, saw: map[string]bool{}}
			g := gate.New(s, gate.Config{
				References: true, Zone: shanghai, Owned: export.Owned(), Now: func() time.Time { return *d.now.Load() }, Trail: trail.NewRecorder(s),
			})
			server := rest.New(g, rest.Config{
				Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: true, RequestTime: time.Minute,
				Who: func(*http.Request) (gate.Actor, error) { actor, _ := staff("office"); return actor, nil },
			})
			got := &heard{ResponseRecorder: httptest.NewRecorder(), sparing: s}
			broke := broken(func() { server.Handler().ServeHTTP(got, httptest.NewRequest("POST", rest.Base+task+"/$export", nil)) })
			if want := min(max(takes-1, 0)*page, many); got.sent != want || got.early > 0 {
				t.Errorf("with %d lines %d resources were sent, not %d; %d of them before they were on record", takes, got.sent, want, got.early)
			}
			if takes == 0 && (got.Code != 503 || bytes.Contains(got.Body.Bytes(), []byte("basic"))) || takes > 0 && broke != (takes < all) {
				t.Errorf("with %d lines: %d, broken off: %t", takes, got.Code, broke)
			}
			if _, facts := d.facts("office", task); facts["whole-1"] != fmt.Sprint(takes == all) {
				t.Errorf("with %d lines it is noted as %v", takes, facts)
			}
		}
	})
}

// broken tells whether an answer is broken off, so that it does not look whole.
func broken(serve func()) (off bool) {
	defer func() {
		if cause := recover(); cause != nil {
			if off = cause == http.ErrAbortHandler; !off {
				panic(cause)
			}
		}
	}()
	serve()
	return false
}
