package alliance_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/test/services"
)

// TestStatistics: what became of referrals is counted for both institutions and the regulator, from what each knows of them.
func TestStatistics(t *testing.T) {
	services.Each(t, counted, func(w *services.World) {
		made(w, "withdraw")
		of := made(w, "refer")
		w.Pass(30 * time.Minute)
		w.Do(of, strings.TrimPrefix(sent, "refer ")+"accept schedule")
		w.Pass(time.Hour)
		w.Do(of, "arrive conclude")
		made(w, sent+"reject")
		made(w, sent+"forward")
		for _, x := range []struct {
			who    *gate.Session
			name   string
			want   []string
			places []string
		}{
			{w.As("regulator"), "the regulator",
				[]string{"code=begun-up count=4", "code=begun-down count=0", "code=green-channel count=0 of=4", "code=accepted count=1 of=3", "code=forwarded count=1 of=3", "code=returned count=1 of=4",
					"code=completed count=1 of=4", "code=appropriate count=0 of=1", "code=appropriate-in-part count=1 of=1", "code=went-back count=0 of=1",
					"code=step-consenting count=3 minutes=0 p90=30", "code=step-scheduled count=1 minutes=60 p90=60"},
				[]string{"institution=Organization/a|医院a up=4 down=0 decided=0 accepted=0 minutes=45", "institution=Organization/b|医院b up=0 decided=3 accepted=1"}},
			{w.As("office"), "a", []string{"code=begun-up count=4", "code=accepted count=1 of=3", "code=returned count=1 of=4"}, []string{"institution=Organization/a|医院a up=4"}},
			{w.As("another office"), "b", // what was returned and what went on is not its own any more: what it did itself is
				[]string{"code=begun-up count=3", "code=accepted count=1 of=3", "code=forwarded count=1 of=3", "code=returned count=1 of=3", "code=completed count=1 of=3"},
				[]string{"institution=Organization/b|医院b decided=3 accepted=1"}},
			{officeOf(w, "c"), "c", []string{"code=begun-up count=1", "code=accepted count=0 of=1", "code=completed count=0"}, nil},
			{officeOf(w, "d"), "d", []string{"code=begun-up count=0", "code=accepted count=0 of=0"}, nil},
		} {
			got, err := call(w, x.who, "referral-statistics")
			w.Must(err)
			for _, want := range x.want {
				if !hasLine(got["figure"], want) {
					t.Errorf("%s has no figure %s:\n%s", x.name, want, strings.Join(got["figure"], "\n"))
				}
			}
			like(w, x.name, got["institution"], x.places...)
			like(w, x.name, got["whole"], "true")
			if all := strings.Join(got["figure"], "\n"); strings.Contains(all, "Patient/") || strings.Contains(all, of.ID) || (x.name == "the regulator") == strings.Contains(all, "query=") {
				t.Errorf("%s: %s", x.name, all)
			}
		}
	})
}

// TestStatisticsSpan: days and institutions narrow what counts; an office has no figures of another, and days are in order.
func TestStatisticsSpan(t *testing.T) {
	services.Each(t, counted, func(w *services.World) {
		made(w, sent)
		w.Pass(48 * time.Hour)
		made(w, "")
		day := func(of string) form.Date { return form.Date(of) }
		of := func(id string) services.Ref { return services.Ref("Organization/" + id) }
		for _, x := range []struct {
			who   string
			pairs []any
			want  string // of begun-up; "" for a refusal
			code  fault.Code
		}{
			{"regulator", nil, "2", ""},
			{"regulator", []any{"since", day("2026-05-12")}, "1", ""},
			{"regulator", []any{"until", day("2026-05-11")}, "1", ""},
			{"regulator", []any{"since", day("2026-05-12"), "until", day("2026-05-12")}, "0", ""},
			{"regulator", []any{"institution", of("b")}, "1", ""},
			{"regulator", []any{"institution", of("c")}, "0", ""},
			{"office", []any{"institution", of("a")}, "2", ""},
			{"office", []any{"institution", of("b")}, "", fault.Forbidden},
			{"office", []any{"since", day("2026-05-13"), "until", day("2026-05-12")}, "", fault.Unprocessable},
			{"office", []any{"since", "yesterday"}, "", fault.Malformed},
		} {
			got, err := call(w, w.As(x.who), "referral-statistics", x.pairs...)
			if fault.CodeOf(err) != x.code {
				t.Errorf("%s %v: %v", x.who, x.pairs, err)
			}
			if err == nil && !hasLine(got["figure"], "code=begun-up count="+x.want) {
				t.Errorf("%s %v: %v", x.who, x.pairs, got["figure"])
			}
		}
	})
}

// TestStatisticsQuery: the criteria of a figure find what it counts, for the office that has sent it.
func TestStatisticsQuery(t *testing.T) {
	services.Each(t, counted, func(w *services.World) {
		made(w, "withdraw")
		made(w, sent+"accept schedule arrive conclude")
		got, err := call(w, w.As("office"), "referral-statistics")
		w.Must(err)
		for code, want := range map[string]int{"begun-up": 2, "begun-down": 0, "completed": 1, "no-show": 0, "green-channel": 0} {
			for _, line := range got["figure"] {
				if !strings.HasPrefix(line, "code="+code+" ") {
					continue
				}
				_, query, _ := strings.Cut(line, "query=")
				if found := w.Tasks(w.As("office"), query); len(found) != want {
					t.Errorf("%s: %s finds %v", code, query, found)
				}
			}
		}
	})
}
