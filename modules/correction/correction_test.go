package correction_test

import (
	"strings"
	"sync"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/modules/correction"
)

// TestWay: a request goes from the resident over the office and a clinician to a newer version of the record.
func TestWay(t *testing.T) {
	each(t, func(w world) {
		of, err := w.ask(w.resident(), "Observation/o")
		w.must(err)
		w.do(w.office(), of, "assign")
		if err := w.try(w.doctor(), of, "correct", "version", 1); fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "not newer") {
			t.Errorf("the version complained about: %v", err)
		}
		if err := w.try(w.doctor(), of, "correct", "version", 2); fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "newest version") {
			t.Errorf("a version that there is not: %v", err)
		}
		w.observe("o", "p", "8867-4", meta("a"), 82)
		w.do(w.doctor(), of, "correct")
		out := w.task(of).Root.Get("output").First()
		if got := out.Get("valueReference").Get("reference").Str(); got != "Observation/o/_history/2" {
			t.Errorf("corrected is %q", got)
		}
		if err := w.try(w.resident(), of, "withdraw"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("withdrawn when it has ended: %v", err)
		}
	})
}

// TestBegin: what may be complained about, and how it is said.
func TestBegin(t *testing.T) {
	each(t, func(w world) {
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
			if _, err := w.ask(w.resident(), c.about, c.more...); fault.CodeOf(err) != c.want || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, s := range []*gate.Session{w.office(), w.doctor(), w.regulator(), w.as(gate.Guide, "office", "a"), w.as(gate.System, "office", "a"), w.as(gate.Operator, "office", "")} {
			if _, err := w.ask(s, "Observation/o2"); fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s asks: %v", s.Actor().Role, err)
			}
		}
		if _, err := w.ask(w.as(gate.Proxy, "q", ""), "Observation/o"); err != nil {
			t.Errorf("a proxy: %v", err)
		}
		if _, err := w.ask(w.as(gate.Proxy, "q", ""), "Observation/hiv"); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a proxy about what it does not see: %v", err)
		}
	})
}

// TestOne: a record has one open request, whoever asks; when that has ended there may be another.
func TestOne(t *testing.T) {
	each(t, func(w world) {
		for state := range ways {
			of := w.brought(state)
			task := w.task(of).Root
			want := fault.Conflict
			if !task.Get("owner").Exists() {
				want = ""
			}
			if _, err := w.ask(w.as(gate.Proxy, "q", ""), task.Get("focus").Get("reference").Str()); fault.CodeOf(err) != want {
				t.Errorf("beside one that is %s: %v", state, err)
			}
		}
	})
}

// TestLabels: a case about sensitive content is as hidden as that is.
func TestLabels(t *testing.T) {
	each(t, func(w world) {
		of, err := w.ask(w.resident(), "Observation/hiv")
		w.must(err)
		if n := len(w.tasks(w.as(gate.Proxy, "q", ""), "code=urn:yitong:process|correction")); n != 0 {
			t.Errorf("a proxy finds %d", n)
		}
		if n := len(w.tasks(w.doctor(), "code=urn:yitong:process|correction")); n != 0 {
			t.Errorf("a doctor who is not let finds %d", n)
		}
		if got := w.tasks(w.resident(), "code=urn:yitong:process|correction"); len(got) != 1 || got[0] != of {
			t.Errorf("the resident finds %v", got)
		}
		w.do(w.office(), of, "assign")
	})
}

// TestVersions: the version that is wrong is one that there is.
func TestVersions(t *testing.T) {
	each(t, func(w world) {
		for version, want := range map[int]fault.Code{-1: fault.Unprocessable, 0: fault.Unprocessable, 2: fault.Unprocessable, 1: ""} {
			_, err := w.engine.Begin(t.Context(), w.resident(), correction.Code, "request",
				parameters("record", ref("Observation/o"), "version", version, "wrong", "x", "should-be", "y"), nil)
			if fault.CodeOf(err) != want {
				t.Errorf("%d: %v", version, err)
			}
		}
	})
}

// TestOneAtOnce: of requests about a record at the same moment one is taken.
func TestOneAtOnce(t *testing.T) {
	each(t, func(w world) {
		errs := make([]error, 6)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = w.ask(w.resident(), "Observation/o") })
		}
		all.Wait()
		taken := 0
		for _, err := range errs {
			if err == nil {
				taken++
			} else if fault.CodeOf(err) != fault.Conflict {
				t.Error(err)
			}
		}
		if taken != 1 {
			t.Errorf("%d were taken", taken)
		}
	})
}
