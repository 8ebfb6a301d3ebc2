package accessquestion_test

import (
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/test/services"
)

// TestWay: a question goes over the office to whoever looked, back with an explanation, and to an answer.
func TestWay(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of := w.Begin(w)
		if err := w.Try(w.As("doctor"), of, "explain"); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("whoever looked, unasked: %v", err)
		}
		w.Do(of, "ask-looker")
		if err := w.Try(w.As("the doctor elsewhere"), of, "explain"); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("whoever looked, at another institution: %v", err)
		}
		w.Do(of, "explain answer accept")
		if s := w.State(of); s != "accepted" {
			t.Errorf("it is %s", s)
		}
	})
}

// TestWords: the case says what the line said as the resident reads it, and nobody else's name.
func TestWords(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of, err := ask(w, "resident", look(w, w.As("doctor"), "Observation/op", "Observation/oq", "Patient/q"))
		w.Must(err)
		task := w.Task(of)
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
	services.Each(t, service, func(w *services.World) {
		line := look(w, w.As("doctor"), "Observation/op")
		for name, c := range map[string]struct {
			by    string
			event string
			want  fault.Code
			says  string
		}{
			"a line about another":     {"another resident", line, fault.Unprocessable, "no line"},
			"a line that there is not": {"resident", "AuditEvent/none", fault.Unprocessable, "no line"},
			"one's own look":           {"resident", look(w, w.As("resident"), "Observation/op"), fault.Unprocessable, "was you"},
			"a look of the proxy":      {"resident", look(w, w.As("proxy"), "Observation/op"), fault.Unprocessable, "was you"},
			"a proxy asks":             {"proxy", line, fault.Forbidden, "others"},
			"an office asks":           {"office", line, fault.Forbidden, "others"},
			"a doctor asks":            {"doctor", line, fault.Forbidden, "others"},
			"a regulator asks":         {"regulator", line, fault.Forbidden, "others"},
		} {
			if _, err := ask(w, c.by, c.event); fault.CodeOf(err) != c.want || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestNoInstitution: what no institution answers for comes to the regulator at once, who cannot give it back.
func TestNoInstitution(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		platform := w.Gate.Session(gate.Actor{Reference: "Device/platform", Access: gate.Whole()})
		of, err := ask(w, "resident", look(w, platform, "Observation/op"))
		w.Must(err)
		if s := w.State(of); s != "escalated" {
			t.Fatalf("it is %s", s)
		}
		if err := w.Try(w.As("regulator"), of, "remind"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("remind: %v", err)
		}
		view, err := w.Engine.Moves(t.Context(), w.As("regulator"), of)
		w.Must(err)
		if len(view.Moves) != 2 || view.Moves[0].Why == "" || view.Moves[1].Why != "" {
			t.Errorf("the regulator may %+v", view.Moves)
		}
		w.Do(of, "find")
	})
}

// TestOwnLook: nobody answers for their own look.
func TestOwnLook(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of, err := ask(w, "resident", look(w, w.As("office"), "Observation/op"))
		w.Must(err)
		if err := w.Try(w.As("office"), of, "answer"); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("the office about itself: %v", err)
		}
		w.Do(of, "ask-looker")
		w.Must(w.Try(w.As("office"), of, "explain"))
		if err := w.Try(w.As("a colleague"), of, "answer"); err != nil {
			t.Errorf("a colleague: %v", err)
		}
		if of, err = ask(w, "resident", look(w, w.As("regulator"), look(w, w.As("doctor"), "Observation/op"))); err != nil {
			t.Fatal(err)
		}
		w.Late(of)
		if err := w.Try(w.As("regulator"), of, "find"); fault.CodeOf(err) != fault.Forbidden {
			t.Errorf("the regulator about itself: %v", err)
		}
		w.Must(w.Try(w.As("another regulator"), of, "find"))
	})
}

// TestMeasures: what was not justified has measures, and only that.
func TestMeasures(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		of := w.Begin(w)
		for _, needs := range [][]any{
			{"verdict", services.Code("not-justified"), "explanation", "x"}, {"verdict", services.Code("justified"), "explanation", "x", "measures", "y"},
			{"verdict", services.Code("maybe"), "explanation", "x"}, {"verdict", services.Code("justified")}, {"explanation", "x"},
		} {
			if err := w.Try(w.As("office"), of, "answer", needs...); fault.CodeOf(err) != fault.Unprocessable && fault.CodeOf(err) != fault.Malformed {
				t.Errorf("%v: %v", needs, err)
			}
		}
		if err := w.Try(w.As("office"), of, "answer", "verdict", services.Code("not-justified"), "explanation", "无工作需要", "measures", "已暂停权限并处分"); err != nil {
			t.Error(err)
		}
	})
}

// TestOne: a line has one open question of a resident, and each resident whom it is about has their own; when one has ended there may
// be another.
func TestOne(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		line := look(w, w.As("doctor"), "Observation/op", "Observation/oq")
		of, err := ask(w, "resident", line)
		w.Must(err)
		if _, err := ask(w, "resident", line); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		if _, err := ask(w, "another resident", line); err != nil {
			t.Errorf("the other resident: %v", err)
		}
		for _, way := range []string{"answer accept", "answer LATE", "LATE find", "withdraw"} {
			w.Do(of, way)
			if of, err = ask(w, "resident", line); err != nil {
				t.Fatalf("behind %s: %v", way, err)
			}
		}
	})
}

// TestFeed: who is no person cannot be asked; the office answers for a system of its institution.
func TestFeed(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		feed := w.Gate.Session(gate.Actor{Reference: "Device/feed", Role: gate.System, Institution: "Organization/a", Access: gate.Whole()})
		of, err := ask(w, "resident", look(w, feed, "Observation/op"))
		w.Must(err)
		if err := w.Try(w.As("office"), of, "ask-looker"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("ask-looker: %v", err)
		}
		w.Do(of, "answer")
	})
}

// TestGuide: whoever looked, in whichever role, sees the question while they are asked, and explains.
func TestGuide(t *testing.T) {
	services.Each(t, service, func(w *services.World) {
		guide := w.As("guide")
		of, err := ask(w, "resident", look(w, guide, "Patient/p"))
		w.Must(err)
		if _, err := guide.Read(t.Context(), of); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("unasked: %v", err)
		}
		w.Do(of, "ask-looker")
		if _, err := guide.Read(t.Context(), of); err != nil {
			t.Errorf("asked: %v", err)
		}
		w.Must(w.Try(guide, of, "explain"))
		if _, err := guide.Read(t.Context(), of); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("asked no more: %v", err)
		}
	})
}
