package correction_test

import (
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/process"
	"yitong/modules/correction"
	"yitong/test/services"
)

// TestWay: a request goes from the resident over the office and a clinician to a newer version of the record. Which versions these are
// nobody fills in: it is what stood when it was asked, and what stands when it is put right.
func TestWay(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		w.Put("%s", observation("o", "p", "8867-4", 71))
		of, err := ask(w, "resident", "Observation/o")
		w.Must(err)
		w.Do(of, "assign")
		if err := w.Try(w.As("doctor"), of, "correct"); fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), "newer than 2") {
			t.Errorf("the version complained about: %v", err)
		}
		view, err := w.Engine.Moves(t.Context(), w.As("doctor"), of)
		w.Must(err)
		if len(view.Moves) != 2 || view.Moves[0].Code != "correct" || !strings.Contains(view.Moves[0].Why, "Change it first") || view.Moves[1].Why != "" {
			t.Errorf("the doctor is told of %+v", view.Moves)
		}
		w.Put("%s", observation("o", "p", "8867-4", 28))
		w.Put("%s", observation("o", "p", "8867-4", 82))
		w.Must(w.Try(w.As("doctor"), of, "correct", "note", "已核对原始记录"))
		task := w.Task(of).Root
		for list, want := range map[string]string{"input": "Observation/o/_history/2", "output": "Observation/o/_history/4"} {
			if got := task.Get(list).First().Get("valueReference").Get("reference").Str(); got != want {
				t.Errorf("the first %s is %q, not %s", list, got, want)
			}
		}
		if err := w.Try(w.As("resident"), of, "withdraw"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("withdrawn when it has ended: %v", err)
		}
	})
}

// TestBegin: what may be complained about, and how it is said.
func TestBegin(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		for name, c := range map[string]struct {
			about string
			more  []any
			want  fault.Code
			says  string
		}{
			"another's":               {"Observation/oq", nil, fault.Unprocessable, "no record"},
			"what is not there":       {"Observation/none", nil, fault.Unprocessable, "no record"},
			"an institution":          {"Organization/a", nil, fault.Unprocessable, "no record"},
			"what nobody answers for": {"Observation/nobodys", nil, fault.Unprocessable, "No institution"},
			"half a proposal":         {"Observation/o2", []any{"element", "Observation.value"}, fault.Unprocessable, "together"},
			"an element of another":   {"Observation/o2", []any{"element", "Patient.name", "proposed", "x"}, fault.Unprocessable, "no element"},
			"an unknown element":      {"Observation/o2", []any{"element", "Observation.pulse", "proposed", "x"}, fault.Unprocessable, "no element"},
			"a proposal":              {"Observation/o2", []any{"element", "Observation.value.value", "proposed", "82"}, "", ""},
			"oneself":                 {"Patient/p", nil, "", ""},
			"sensitive content":       {"Observation/hiv", nil, "", ""},
		} {
			if _, err := ask(w, "resident", c.about, c.more...); fault.CodeOf(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, who := range []string{"office", "doctor", "regulator", "guide", "system", "operator"} {
			if _, err := ask(w, who, "Observation/o2"); fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s asks: %v", who, err)
			}
		}
		if _, err := ask(w, "proxy", "Observation/o"); err != nil {
			t.Errorf("a proxy: %v", err)
		}
		if _, err := ask(w, "proxy", "Observation/hiv"); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a proxy about what it does not see: %v", err)
		}
	})
}

// TestOne: a record has one open request, whoever asks; when that has ended there may be another.
func TestOne(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		for state := range service.Ways {
			of := w.Brought(state)
			task := w.Task(of).Root
			want := fault.Conflict
			if !task.Get("owner").Exists() {
				want = ""
			}
			if _, err := ask(w, "proxy", task.Get("focus").Get("reference").Str()); fault.CodeOf(err) != want {
				t.Errorf("beside one that is %s: %v", state, err)
			}
		}
	})
}

// TestLabels: a case about sensitive content is as hidden as that is.
func TestLabels(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of, err := ask(w, "resident", "Observation/hiv")
		w.Must(err)
		w.Seen(of, "resident", "office", "a colleague", "system")
		w.Do(of, "assign")
		w.Seen(of, "resident", "office", "a colleague", "system", "doctor")
	})
}

// TestHiddenFromProxies: what is not for who acts for a resident is not for them as a case either.
func TestHiddenFromProxies(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		hidden, err := ask(w, "resident", "Observation/hiv")
		w.Must(err)
		plain, err := ask(w, "resident", "Observation/o")
		w.Must(err)
		s := w.As("proxy")
		box, err := w.Engine.Inbox(w.Context(), s, process.Box{Of: process.Begun})
		w.Must(err)
		if len(box.Cases) != 1 || box.Cases[0].ID() != plain.ID {
			t.Errorf("the proxy has %d cases", len(box.Cases))
		}
		_, moves := w.Engine.Moves(w.Context(), s, hidden)
		_, history := w.Engine.History(w.Context(), s, hidden)
		for what, err := range map[string]error{"moves": moves, "history": history, "withdraw": w.Try(s, hidden, "withdraw")} {
			if fault.CodeOf(err) != fault.NotFound {
				t.Errorf("%s: %v", what, err)
			}
		}
		w.Must(w.Try(s, plain, "withdraw"))
	})
}

// TestReasons: a refusal without a reason of the list, or without words, is none.
func TestReasons(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of, listed, other := w.Begin(w), services.Code("accurate"), services.Code("other")
		for _, needs := range [][]any{{}, {"reason", listed}, {"why", "x"}, {"reason", services.Code("busy"), "why", "x"}, {"reason", other, "why", "  "}} {
			if err := w.Try(w.As("office"), of, "refuse", needs...); fault.CodeOf(err) != fault.Malformed && fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%v: %v", needs, err)
			}
		}
		if s := w.State(of); s != "open" {
			t.Errorf("it is %s", s)
		}
	})
}

// TestAssigned: who is assigned is one of the institution's own, in one role or another, and knows of the case there and nowhere else.
func TestAssigned(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of := w.Begin(w)
		for _, post := range []string{"PractitionerRole/other-b", "PractitionerRole/none"} {
			if err := w.Try(w.As("office"), of, "assign", "post", services.Ref(post)); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("%s: %v", post, err)
			}
		}
		waits := func(want map[string]int) {
			t.Helper()
			for who, n := range want {
				box, err := w.Engine.Inbox(t.Context(), w.As(who), process.Box{Of: process.Mine})
				w.Must(err)
				counts, err := w.Engine.Counts(t.Context(), w.As(who), process.Box{Of: process.Mine})
				w.Must(err)
				if len(box.Cases) != n || counts[correction.Code].Open != n {
					t.Errorf("for %s %d wait, %v are counted", who, len(box.Cases), counts)
				}
			}
		}
		w.Do(of, "assign")
		waits(map[string]int{"doctor": 1, "the doctor elsewhere": 0, "nurse": 0})
		w.Must(w.Try(w.As("office"), of, "assign", "post", services.Ref("PractitionerRole/second-a")))
		waits(map[string]int{"doctor": 0, "nurse": 1})
		if err := w.Try(w.As("doctor"), of, "correct"); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("who is not assigned any more: %v", err)
		}
		w.Must(w.Try(w.As("nurse"), of, "correct"))
	})
}
