package process_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/test/databases"
)

// cases are the ids of those in an inbox.
func (w world) cases(s *gate.Session, b process.Box) (ids []string) {
	w.Helper()
	box, err := w.engine.Inbox(w.Context(), s, b)
	w.must(err)
	for _, c := range box.Cases {
		ids = append(ids, c.ID())
	}
	return ids
}

// TestInboxOfNoProcess: what is no code of a process is refused, and opens nobody else's inbox.
func TestInboxOfNoProcess(t *testing.T) {
	each(t, func(w world) {
		w.askOf("Organization/b")
		for _, code := range []string{"nonsense", "x,open", "x,Organization/b", "asked,urn:yitong:to-do|Organization/b", `asked\,x`} {
			for _, of := range []process.Scope{process.Mine, process.Office, process.Role, process.Begun} {
				for _, s := range []*gate.Session{w.office(), w.resident()} {
					if box, err := w.engine.Inbox(t.Context(), s, process.Box{Of: of, Process: code}); fault.CodeOf(err) != fault.Unprocessable {
						t.Errorf("%s of %q: %+v, %v", of, code, box, err)
					}
				}
			}
			if counts, err := w.engine.Counts(t.Context(), w.office(), process.Box{Of: process.Office, Process: code}); fault.CodeOf(err) != fault.Unprocessable {
				t.Errorf("counts of %q: %v, %v", code, counts, err)
			}
		}
	})
}

// TestNoCase: Tasks that are none neither stand in inboxes nor keep others from standing there, nobody moves them, and nobody writes what
// inboxes go by but processes.
func TestNoCase(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		forged := func(id, code string) fhir.Resource {
			r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Task","id":%q,"status":"requested","intent":"order",%s"instantiatesCanonical":%q,"for":{"reference":"Patient/p"},
				"businessStatus":{"coding":[{"system":"urn:yitong:process:asked","code":"open"},{"system":"urn:yitong:to-do","code":"Organization/a"},{"system":"urn:yitong:to-do","code":"Organization/a/asked"}]},
				"extension":[{"url":"urn:yitong:party","extension":[{"url":"name","valueCode":"institution"},{"url":"who","valueReference":{"reference":"Organization/a"}}]}]}`, id, code, asked(1).Canonical()))
			w.must(err)
			return r
		}
		write := func(r fhir.Resource, process string) error {
			s := w.gate.Session(gate.Actor{Reference: "Practitioner/doctor", Access: gate.Whole(), Process: process})
			_, err := s.Apply(t.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			return err
		}
		other := `"code":{"coding":[{"system":"urn:yitong:process","code":"emergency-review"}]},`
		for id, code := range map[string]string{"forged": "", "review": other} {
			if err := write(forged(id, code), ""); fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s: somebody writes what inboxes go by: %v", id, err)
			}
			w.must(write(forged(id, code), gate.Everything)) // as another version of the program might have
		}
		for who, box := range map[*gate.Session]process.Box{w.office(): {Of: process.Office}, w.resident(): {Of: process.Begun}} {
			if ids := w.cases(who, box); len(ids) != 1 || ids[0] != of.ID {
				t.Errorf("%s of %v has %v", box.Of, who.Actor().Role, ids)
			}
		}
		for _, id := range []string{"forged", "review"} {
			ref := fhir.Ref{Type: of.Type, ID: id}
			if _, err := w.engine.Moves(t.Context(), w.office(), ref); fault.CodeOf(err) != fault.NotFound {
				t.Errorf("moves of %s: %v", id, err)
			}
			if got := w.move(w.office(), ref, "answer", "text", "x"); got != fault.NotFound {
				t.Errorf("%s is moved: %s", id, got)
			}
		}
	})
}

// TestOlderServer: a server that does not know the version of one case shows and moves the others.
func TestOlderServer(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		second := asked(2)
		newer := newWorld(t, db, asked(1), second)
		two := newer.ask()
		older := newWorld(t, db, asked(1))
		one, three := older.ask(), older.ask()
		for who, of := range map[*gate.Session]process.Scope{older.office(): process.Office, older.resident(): process.Begun} {
			if ids := older.cases(who, process.Box{Of: of}); len(ids) != 2 || strings.Contains(fmt.Sprint(ids), two.ID) {
				t.Errorf("%s: %v", of, ids)
			}
		}
		all, err := older.engine.MoveMany(t.Context(), older.office(), []fhir.Ref{one, two, three}, "answer", older.needs("text", "x"), nil)
		if err != nil || all[0].Err != nil || fault.CodeOf(all[1].Err) != fault.Unavailable || all[2].Err != nil {
			t.Errorf("%v, %v", all, err)
		}
	})
}

// TestMissed: a deadline that no alarm has brought about is found, once it has passed for a while.
func TestMissed(t *testing.T) {
	each(t, func(w world) {
		of, quick := w.ask(), w.ask()
		w.move(w.office(), quick, "answer", "text", "x")
		look := func() {
			all, err := w.engine.Missed(t.Context(), w.gate.Session(process.Clock))
			w.must(err)
			for _, args := range all {
				w.must(w.engine.Wake(t.Context(), w.gate.Session(process.Clock), args))
			}
		}
		look()
		w.pass(24 * time.Hour)
		look() // it is the alarm's turn
		if got := w.state(of); got != "open" {
			t.Errorf("it is %s", got)
		}
		w.pass(20 * time.Minute)
		look()
		look()
		if got := w.state(of) + " " + w.state(quick); got != "escalated answered" {
			t.Errorf("they are %s", got)
		}
	})
}

// TestStandInIsOne: somebody stands in who has the role at the institution, and whom others name as well does not lose it.
func TestStandInIsOne(t *testing.T) {
	each(t, func(w world) {
		of := w.ask()
		w.move(w.office(), of, "assign", "doctor", "Practitioner/doctor")
		needs := func(who string) fhir.Node {
			return w.needs("stand-in", "Practitioner/"+who, "until", w.now.Load().Add(72*time.Hour).Format(time.RFC3339))
		}
		delegate := func(s *gate.Session, who string) fault.Code {
			_, err := w.engine.Begin(t.Context(), s, "delegation", "delegate", needs(who), nil)
			return fault.CodeOf(err)
		}
		if got := delegate(w.doctor(), "elsewhere"); got != fault.Unprocessable {
			t.Errorf("somebody stands in who has not the role: %q", got)
		}
		if got := delegate(w.doctor(), "substitute"); got != "" {
			t.Fatal(got)
		}
		stranger := w.as(gate.Nurse, "other", "Organization/b")
		for range 25 {
			if got := delegate(stranger, "substitute"); got != "" {
				t.Fatal(got)
			}
		}
		substitute := w.as(gate.Doctor, "substitute", "Organization/a")
		if ids := w.cases(substitute, process.Box{Of: process.Mine, Process: "asked"}); len(ids) != 1 || ids[0] != of.ID {
			t.Errorf("the stand-in has %v", ids)
		}
		nurse := w.as(gate.Nurse, "substitute", "Organization/a") // stands in for the doctor, as a nurse for nobody
		if ids := w.cases(nurse, process.Box{Of: process.Mine, Process: "asked"}); len(ids) != 0 {
			t.Errorf("in another role the stand-in has %v", ids)
		}
	})
}

// TestBroughtToADeadline: a case that is brought to a version in which its state has a deadline has one.
func TestBroughtToADeadline(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		first := asked(1)
		first.States[0].Within, first.States[0].Late = "", ""
		first.Moves[4].From = []string{"assigned"}
		first.States[1].Within, first.States[1].Keeps = "a-day", false
		w := newWorld(t, db, first)
		of := w.ask()
		second := asked(2)
		second.Upgrade = &process.Upgrade{States: map[string]string{"open": "open", "assigned": "assigned", "escalated": "escalated"}}
		again := newWorld(t, db, first, second)
		_, err := again.engine.BringOver(t.Context(), again.office(), of, 0, nil)
		again.must(err)
		due := func(of fhir.Ref) string { return again.task(of).Root.Get("restriction").Get("period").Get("end").Str() }
		if fresh := again.ask(); due(of) == "" || due(of) != due(fresh) {
			t.Errorf("it is due %q; one that begins now %q", due(of), due(fresh))
		}
		second.Upgrade.States["nowhere"] = "open"
		if _, err := process.New(process.Config{Processes: []*process.Process{first, second}, Deadline: again.rules.deadline}); err == nil {
			t.Error("a state that the version before has not is upgraded")
		}
	})
}

// TestMakes: what a move has made of a type that the process names is changed by moves alone, and nobody makes what looks like it; processes that
// share places keep each other from one, and everybody else.
func TestMakes(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		of := func(code string) *process.Process {
			p := asked(1)
			p.Code, p.Makes, p.Places = code, []schema.Type{typeCommunication}, "asked"
			ask := p.Move("ask")
			decide := ask.Decide
			ask.Decide = func(c *process.Case, in any) error {
				c.Reserve("here", "It is taken.")
				return decide(c, in)
			}
			return p
		}
		w := newWorld(t, db, of("asked"), of("asked-too"))
		begin := func(code string) (gate.Result, error) {
			return w.engine.Begin(w.Context(), w.resident(), code, "ask", w.needs("of", "Organization/a", "text", "x"), nil)
		}
		made, err := begin("asked-too")
		w.must(err)
		if _, err := begin("asked"); fault.CodeOf(err) != fault.Conflict {
			t.Errorf("the same place by the other process: %v", err)
		}
		task, err := fhir.ParseResource(made.Version.Body.Bytes)
		w.must(err)
		v, err := w.office().Read(w.Context(), fhir.ParseReference(task.Root.Get("focus").Get("reference").Str()).Ref)
		w.must(err)
		tag := `"tag":[{"system":"urn:yitong:process","code":"asked-too"}]`
		for name, text := range map[string]string{
			"what was made":  strings.Replace(string(v.Body.Bytes), `"in-progress"`, `"completed"`, 1),
			"without a tag":  strings.Replace(string(v.Body.Bytes), tag, `"tag":[{"code":"x"}]`, 1),
			"a second one":   strings.Replace(string(v.Body.Bytes), v.Ref.ID, "forged", 1),
			"a shared place": `{"resourceType":"Basic","id":"squat","code":{"text":"x"},"extension":[{"url":"` + gate.ReservationURL + `","extension":[{"url":"scope","valueString":"urn:yitong:process:asked/"},{"url":"place","valueString":"there"}]}]}`,
		} {
			r, err := fhir.ParseResource([]byte(text))
			w.must(err)
			if _, err = w.office().Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); fault.CodeOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
