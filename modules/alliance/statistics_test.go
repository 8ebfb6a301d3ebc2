package alliance_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
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
			if all := strings.Join(got["figure"], "\n"); strings.Contains(all, "Patient/") || strings.Contains(all, of.ID) || got["case"] != nil {
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

// TestFiguresOpen: every figure, for each who sees it, leads to a list of just the cases that it counts: with a reference to those that they may
// read, no resident, and no more of a case than their institution knows.
func TestFiguresOpen(t *testing.T) {
	services.Each(t, counted, func(w *services.World) {
		made(w, "withdraw")
		made(w, sent)
		of := made(w, "refer")
		w.Pass(30 * time.Minute)
		w.Do(of, strings.TrimPrefix(sent, "refer ")+"accept schedule")
		w.Pass(time.Hour)
		w.Do(of, "arrive conclude")
		made(w, sent+"reject")
		made(w, sent+"forward")
		for _, x := range []struct {
			who  *gate.Session
			name string
			open int            // of those begun up, how many may be read
			want map[string]int // of some figures
		}{
			{w.As("office"), "a", 5, map[string]int{"begun-up": 5, "accepted": 1, "forwarded": 1, "returned": 1, "completed": 1, "appropriate-in-part": 1, "step-scheduled": 1, "step-consulting": 5}},
			{w.As("another office"), "b", 1, map[string]int{"begun-up": 4, "accepted": 1, "forwarded": 1, "returned": 1, "completed": 1, "appropriate-in-part": 1, "step-scheduled": 1}},
			{officeOf(w, "c"), "c", 1, map[string]int{"begun-up": 1}},
			{officeOf(w, "d"), "d", 0, nil},
			{w.As("regulator"), "the regulator", 0, map[string]int{"begun-up": 5, "accepted": 1, "forwarded": 1, "returned": 1, "completed": 1, "appropriate-in-part": 1, "step-scheduled": 1, "step-consulting": 5}},
		} {
			told, err := call(w, x.who, "referral-statistics")
			w.Must(err)
			found := map[string]int{}
			for _, line := range told["figure"] {
				code, count, query := field(line, "code"), field(line, "count"), field(line, "query")
				if (count == "0") != (query == "") {
					t.Errorf("%s: %s", x.name, line)
				}
				if query == "" {
					continue
				}
				asked, err := url.ParseQuery(query)
				w.Must(err)
				pairs := []any{"figure", code, "since", form.Date(asked.Get("since")), "until", form.Date(asked.Get("until"))}
				if who := asked.Get("institution"); who != "" {
					pairs = append(pairs, "institution", services.Ref(who))
				}
				if asked.Get("figure") != code {
					t.Errorf("%s: %s is listed by %s", x.name, code, query)
				}
				got, err := call(w, x.who, "referral-statistics", pairs...)
				w.Must(err)
				all := strings.Join(got["case"], "\n")
				if fmt.Sprint(len(got["case"])) != count || strings.Contains(all, "Patient/") || strings.Contains(all, "居民") {
					t.Errorf("%s: %s counts %s and lists\n%s", x.name, code, count, all)
				}
				found[code] = len(got["case"])
				links := map[string]bool{}
				for _, line := range got["case"] {
					if name, _, _ := strings.Cut(field(line, "case"), "|"); name != "" {
						links[name] = true
					}
				}
				for name := range links {
					if !slices.Contains(w.Tasks(x.who, ""), fhir.ParseReference(name).Ref) {
						t.Errorf("%s: %s leads to %s, which they may not read", x.name, code, name)
					}
				}
				if code == "begun-up" && len(links) != x.open || x.name == "a" && code == "completed" && !links[of.String()] {
					t.Errorf("%s: of %s these may be read: %v", x.name, code, links)
				}
			}
			for code, n := range x.want {
				if found[code] != n {
					t.Errorf("%s: %s lists %d, want %d", x.name, code, found[code], n)
				}
			}
			if _, err := call(w, x.who, "referral-statistics", "figure", "step-none"); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%s asks for what is no figure: %v", x.name, err)
			}
		}
	})
}

// field is the value of a name in a line of an answer.
func field(line, name string) string {
	for part := range strings.FieldsSeq(line) {
		if value, is := strings.CutPrefix(part, name+"="); is {
			return value
		}
	}
	return ""
}
