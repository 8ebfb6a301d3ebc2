package accessquestion_test

import (
	"strings"
	"sync"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// input is what a case keeps under a name.
func input(task fhir.Resource, name string) fhir.Node {
	for in := task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		if in.Get("type").Get("text").Str() == name {
			return in
		}
	}
	return fhir.Node{}
}

// TestWay: a question goes over the office to whoever looked, back with an explanation, and to an answer.
func TestWay(t *testing.T) {
	each(t, func(w world) {
		of := w.asked()
		if err := w.try(w.doctor(), of, "explain", given("explain")...); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("whoever looked, unasked: %v", err)
		}
		w.do(w.office(), of, "ask-looker")
		if err := w.try(w.as(gate.Doctor, "doctor", "b"), of, "explain", given("explain")...); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("whoever looked, at another institution: %v", err)
		}
		w.do(w.doctor(), of, "explain")
		w.do(w.office(), of, "answer")
		w.do(w.resident(), of, "accept")
		if s := w.state(of); s != "accepted" {
			t.Errorf("it is %s", s)
		}
	})
}

// TestWords: the case says what the line said as the resident reads it, and nobody else's name.
func TestWords(t *testing.T) {
	each(t, func(w world) {
		of, err := w.ask(w.resident(), w.look(w.doctor(), "Observation/op", "Observation/oq", "Patient/q"))
		w.must(err)
		task := w.task(of)
		zh, en := input(task, "event-zh").Get("valueString").Str(), input(task, "event-en").Get("valueString").Str()
		for _, want := range []string{"李医生", "医院a", "2026年5月11日", "查看了"} {
			if !strings.Contains(zh, want) {
				t.Errorf("%q lacks %s", zh, want)
			}
		}
		if !strings.Contains(en, "looked at") {
			t.Error(en)
		}
		for _, other := range []string{"居民q", "Patient/q", "oq", "10.0.0.7"} {
			if strings.Contains(string(task.Root.Raw()), other) {
				t.Errorf("the case names %s", other)
			}
		}
	})
}

// TestBegin: who can be asked about, and who asks.
func TestBegin(t *testing.T) {
	each(t, func(w world) {
		line := w.doctorLooks()
		for name, c := range map[string]struct {
			by    *gate.Session
			event string
			want  fault.Code
			says  string
		}{
			"a line about another":     {w.as(gate.Resident, "q", ""), line, fault.Unprocessable, "no line"},
			"a line that there is not": {w.resident(), "AuditEvent/none", fault.Unprocessable, "no line"},
			"one's own look":           {w.resident(), w.look(w.resident(), "Observation/op"), fault.Unprocessable, "was you"},
			"a look of the proxy":      {w.resident(), w.look(w.as(gate.Proxy, "q", ""), "Observation/op"), fault.Unprocessable, "was you"},
			"a proxy asks":             {w.as(gate.Proxy, "q", ""), line, fault.Forbidden, "others"},
			"an office asks":           {w.office(), line, fault.Forbidden, "others"},
			"a doctor asks":            {w.doctor(), line, fault.Forbidden, "others"},
			"a regulator asks":         {w.regulator(), line, fault.Forbidden, "others"},
		} {
			if _, err := w.ask(c.by, c.event); fault.CodeOf(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestNoInstitution: what no institution answers for comes to the regulator at once, who cannot give it back.
func TestNoInstitution(t *testing.T) {
	each(t, func(w world) {
		platform := w.gate.Session(gate.Actor{Reference: "Device/platform", Access: gate.Whole()})
		of, err := w.ask(w.resident(), w.look(platform, "Observation/op"))
		w.must(err)
		if s := w.state(of); s != "escalated" {
			t.Fatalf("it is %s", s)
		}
		if err := w.try(w.regulator(), of, "remind", given("remind")...); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("remind: %v", err)
		}
		view, err := w.engine.Moves(t.Context(), w.regulator(), of)
		w.must(err)
		if len(view.Moves) != 2 || view.Moves[0].Why == "" || view.Moves[1].Why != "" {
			t.Errorf("the regulator may %+v", view.Moves)
		}
		w.do(w.regulator(), of, "find")
	})
}

// TestOwnLook: nobody answers for their own look.
func TestOwnLook(t *testing.T) {
	each(t, func(w world) {
		of, err := w.ask(w.resident(), w.look(w.office(), "Observation/op"))
		w.must(err)
		if err := w.try(w.office(), of, "answer", given("answer")...); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("the office about itself: %v", err)
		}
		w.do(w.office(), of, "ask-looker")
		w.do(w.office(), of, "explain")
		if err := w.try(w.as(gate.Office, "second", "a"), of, "answer", given("answer")...); err != nil {
			t.Errorf("a colleague: %v", err)
		}
		if of, err = w.ask(w.resident(), w.look(w.regulator(), w.doctorLooks())); err != nil {
			t.Fatal(err)
		}
		w.late(of)
		if err := w.try(w.regulator(), of, "find", given("find")...); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("the regulator about itself: %v", err)
		}
		w.do(w.as(gate.Regulator, "second", "b"), of, "find")
	})
}

// TestMeasures: what was not justified has measures, and only that.
func TestMeasures(t *testing.T) {
	each(t, func(w world) {
		of := w.asked()
		for _, needs := range [][]any{
			{"verdict", code("not-justified"), "explanation", "x"}, {"verdict", code("justified"), "explanation", "x", "measures", "y"},
			{"verdict", code("maybe"), "explanation", "x"}, {"verdict", code("justified")}, {"explanation", "x"},
		} {
			if err := w.try(w.office(), of, "answer", needs...); fault.CodeOf(err) != fault.Unprocessable && fault.CodeOf(err) != fault.Malformed {
				t.Errorf("%v: %v", needs, err)
			}
		}
		if err := w.try(w.office(), of, "answer", "verdict", code("not-justified"), "explanation", "无工作需要", "measures", "已暂停权限并处分"); err != nil {
			t.Error(err)
		}
	})
}

// TestOne: a line has one open question of a resident, and each resident whom it is about has their own; when one has ended there may
// be another.
func TestOne(t *testing.T) {
	each(t, func(w world) {
		line := w.look(w.doctor(), "Observation/op", "Observation/oq")
		of, err := w.ask(w.resident(), line)
		w.must(err)
		if _, err := w.ask(w.resident(), line); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		if _, err := w.ask(w.as(gate.Resident, "q", ""), line); err != nil {
			t.Errorf("the other resident: %v", err)
		}
		for _, way := range []string{"answer accept", "answer LATE", "LATE find", "withdraw"} {
			for move := range strings.FieldsSeq(way) {
				if move == "LATE" {
					w.late(of)
				} else {
					w.do(w.by(move), of, move)
				}
			}
			if of, err = w.ask(w.resident(), line); err != nil {
				t.Fatalf("behind %s: %v", way, err)
			}
		}
	})
}

// TestOneAtOnce: of questions about a line at the same moment one is taken.
func TestOneAtOnce(t *testing.T) {
	each(t, func(w world) {
		line := w.doctorLooks()
		errs := make([]error, 6)
		var all sync.WaitGroup
		for i := range errs {
			all.Go(func() { _, errs[i] = w.ask(w.resident(), line) })
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

// TestFeed: who is no person cannot be asked; the office answers for a system of its institution.
func TestFeed(t *testing.T) {
	each(t, func(w world) {
		feed := w.gate.Session(gate.Actor{Reference: "Device/feed", Role: gate.System, Institution: "Organization/a", Access: gate.Whole()})
		of, err := w.ask(w.resident(), w.look(feed, "Observation/op"))
		w.must(err)
		if err := w.try(w.office(), of, "ask-looker"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("ask-looker: %v", err)
		}
		w.do(w.office(), of, "answer")
	})
}

// TestGuide: whoever looked, in whichever role, sees the question while they are asked, and explains.
func TestGuide(t *testing.T) {
	each(t, func(w world) {
		guide := w.as(gate.Guide, "second", "a")
		of, err := w.ask(w.resident(), w.look(guide, "Patient/p"))
		w.must(err)
		if _, err := guide.Read(t.Context(), of); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("unasked: %v", err)
		}
		w.do(w.office(), of, "ask-looker")
		if _, err := guide.Read(t.Context(), of); err != nil {
			t.Errorf("asked: %v", err)
		}
		w.do(guide, of, "explain")
		if _, err := guide.Read(t.Context(), of); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("asked no more: %v", err)
		}
	})
}
