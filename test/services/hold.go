package services

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file of testdata.
func (w *World) golden(name, got string) {
	w.Helper()
	file := filepath.Join("testdata", w.Files, name)
	if *update {
		w.Must(os.WriteFile(file, []byte(got), 0o600))
		return
	}
	want, err := os.ReadFile(file)
	w.Must(err)
	if string(want) != got {
		w.Errorf("%s is not what comes out; look at the difference, and run the test with -update.\n%s", file, got)
	}
}

// Matrix holds against testdata/matrix.txt what everybody may do in every state. Of a case somebody may make a move, not make it now,
// never make it (what is left out), or know nothing of the case (absent).
func (w *World) Matrix() {
	w.Helper()
	var out strings.Builder
	for _, state := range w.Process.States {
		of := w.Brought(state.Code)
		fmt.Fprintf(&out, "%s\n", state.Code)
		for _, who := range people {
			outcomes := map[fault.Code][]string{}
			for _, m := range w.Process.Moves {
				if m.Begins() {
					continue
				}
				err := w.Try(w.session(who), of, m.Code)
				got := fault.CodeOf(err)
				if !slices.Contains([]fault.Code{"", fault.Conflict, fault.Forbidden, fault.NotFound}, got) {
					w.Fatalf("%s, %s, %s: %v", state.Code, who.name, m.Code, err)
				}
				outcomes[got] = append(outcomes[got], m.Code)
				if err == nil {
					of = w.Brought(state.Code)
				}
			}
			fmt.Fprintf(&out, "  %-20s %s\n", who.name, said(outcomes))
		}
	}
	w.golden("matrix.txt", out.String())
}

// said are outcomes in a line: what may be done now, and what in other states.
func said(outcomes map[fault.Code][]string) string {
	if absent := outcomes[fault.NotFound]; absent != nil {
		if len(outcomes) == 1 {
			return "absent"
		}
		return fmt.Sprintf("ABSENT IN PART %v", outcomes)
	}
	text := "may: " + strings.Join(slices.Sorted(slices.Values(outcomes[""])), " ")
	if not := outcomes[fault.Conflict]; not != nil {
		text += " | not now: " + strings.Join(slices.Sorted(slices.Values(not)), " ")
	}
	return strings.TrimSpace(text)
}

// Golden tells stories, each of moves and LATE for the clock's, an hour apart, and holds the Task behind the first use of each move against
// testdata/<move>.json. Between them they have to make every move.
func (w *World) Golden(stories ...string) {
	w.Helper()
	seen := map[string]bool{}
	for _, story := range stories {
		of := w.Begin(w)
		w.told(seen, of)
		for move := range strings.FieldsSeq(story) {
			w.Pass(time.Hour)
			w.Do(of, move)
			w.told(seen, of)
		}
	}
	for _, m := range w.Process.Moves {
		if !seen[m.Code] {
			w.Errorf("no story has the move %s", m.Code)
		}
	}
}

// told holds a Task behind the first use of a move against its file.
func (w *World) told(seen map[string]bool, of fhir.Ref) {
	w.Helper()
	task := w.Task(of)
	steps, err := w.Engine.History(w.Context(), w.As("resident"), of)
	w.Must(err)
	move := steps[len(steps)-1].Move
	if seen[move] {
		return
	}
	seen[move] = true
	text := bytes.ReplaceAll(task.Root.Raw(), []byte(of.ID), []byte("TASK"))
	if w.Differs != nil {
		id, name := w.Differs(task)
		text = bytes.ReplaceAll(text, []byte(id), []byte(name))
	}
	var out bytes.Buffer
	w.Must(json.Indent(&out, text, "", "  "))
	w.golden(move+".json", out.String()+"\n")
}

// Seen holds that of all people exactly some see a case, by reading it and by searching, and that nobody at all writes it.
func (w *World) Seen(of fhir.Ref, by ...string) {
	w.Helper()
	task := w.Task(of)
	for _, who := range people {
		want := slices.Contains(by, who.name)
		_, err := w.session(who).Read(w.Context(), of)
		if code := fault.CodeOf(err); (code == "") != want || !want && code != fault.NotFound && code != fault.Forbidden {
			w.Errorf("%s reads it in %s: %v", who.name, w.State(of), err)
		}
		for _, query := range []string{"code=" + process.SystemProcess + "|" + w.Process.Code, "patient=Patient/p"} {
			if slices.Contains(w.Tasks(w.session(who), query), of) != want {
				w.Errorf("%s finds it in %s by %s: %t", who.name, w.State(of), query, !want)
			}
		}
		_, err = w.session(who).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: typeTask, ID: of.ID, Resource: task}}, nil)
		if code := fault.CodeOf(err); code != fault.Forbidden && (want || code != fault.NotFound) {
			w.Errorf("%s writes it in %s: %v", who.name, w.State(of), err)
		}
	}
}

// Deadlines holds by when cases are due that begin at some instants (2006-01-02 15:04, and the day behind the last): that to hand one on by a
// move keeps its deadline, and that the clock moves it then, and not a microsecond before.
func (w *World) Deadlines(due map[string]string, handOn string) {
	w.Helper()
	for from, want := range due {
		at, err := time.ParseInLocation("2006-01-02 15:04", from, Zone)
		w.Must(err)
		w.At(at)
		of := w.Begin(w)
		until := w.Due(of)
		if got := until.In(Zone).Format("2006-01-02 15:04"); got != want+" 00:00" {
			w.Errorf("begun %s it is due %s, not %s", from, got, want)
		}
		w.Pass(48 * time.Hour)
		w.Do(of, handOn)
		state := w.State(of)
		if !w.Due(of).Equal(until) {
			w.Errorf("%s has moved the deadline to %s", handOn, w.Due(of))
		}
		w.At(until.Add(-time.Microsecond))
		w.Must(w.Wake(of))
		if got := w.State(of); got != state {
			w.Errorf("before its deadline it is %s", got)
		}
		w.Late(of)
		if late := w.Process.Move(w.Process.State(state).Late); !slices.Contains(late.To, w.State(of)) {
			w.Errorf("at its deadline it is %s", w.State(of))
		}
	}
}

// Race lets a new case come to its deadline, and whoever usually makes some moves and the clock try at once, three times each. As many
// are told that they have moved it as have, and the others of a conflict. It returns what was done behind the beginning.
func (w *World) Race(moves ...string) []process.Step {
	w.Helper()
	of := w.Begin(w)
	w.At(w.Due(of))
	errs := make([]error, 3*len(moves))
	var all sync.WaitGroup
	for i := range errs {
		move := moves[i%len(moves)]
		s := w.As(w.Moves[move].By)
		all.Go(func() { errs[i] = w.Try(s, of, move) })
		all.Go(func() {
			if err := w.Wake(of); err != nil {
				w.Error(err)
			}
		})
	}
	all.Wait()
	steps, err := w.Engine.History(w.Context(), w.As("resident"), of)
	w.Must(err)
	won, made := 0, 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fault.CodeOf(err) != fault.Conflict {
			w.Error(err)
		}
	}
	for _, step := range steps[1:] {
		if slices.Contains(moves, step.Move) {
			made++
		}
	}
	if won != made {
		w.Errorf("%d were told that they have moved it, and %d have", won, made)
	}
	return steps[1:]
}

// One holds that of several who begin a case at the same moment one does, and that nobody takes its place by a write of their own.
func (w *World) One(begin func() (fhir.Ref, error)) {
	w.Helper()
	refs, errs := make([]fhir.Ref, 6), make([]error, 6)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { refs[i], errs[i] = begin() })
	}
	all.Wait()
	taken := 0
	for i, err := range errs {
		switch {
		case err == nil:
			taken++
			w.placed(refs[i])
		case fault.CodeOf(err) != fault.Conflict:
			w.Error(err)
		}
	}
	if taken != 1 {
		w.Errorf("%d were taken", taken)
	}
}

// placed holds that the place of a case is one that is for its process alone.
func (w *World) placed(of fhir.Ref) {
	w.Helper()
	for e := w.Task(of).Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() != gate.ReservationURL {
			continue
		}
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Basic","id":"squat","code":{"text":"x"},"extension":[%s]}`, e.Raw()))
		w.Must(err)
		whole := w.Gate.Session(gate.Actor{Reference: "Practitioner/office", Access: gate.Whole()})
		if _, err := whole.Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil); fault.CodeOf(err) != fault.Forbidden {
			w.Errorf("somebody takes places of the process by a write of their own: %v", err)
		}
		return
	}
	w.Error("the case has no place")
}

// Told holds that every move tells somebody, and that the words name nothing of the case.
func Told(t *testing.T, p *process.Process) {
	t.Helper()
	for _, m := range p.Moves {
		if len(m.Tells) == 0 {
			t.Errorf("nobody is told of %s", m.Code)
		}
		for _, tell := range m.Tells {
			if strings.ContainsAny(tell.Text.Zh+tell.Text.En, "{%0123456789/") {
				t.Errorf("%s tells %s more than it should: %s", m.Code, tell.Party, tell.Text.Zh)
			}
		}
	}
}
