package proptest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/store"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.nofailfile": "true", "rapid.shrinktime": "1s"} { // failing is what is tested here
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	pgcluster.Run(m)
}

type kind string

func (kind) Codes() []bilingual.Code {
	return []bilingual.Code{{Code: "a", Words: bilingual.Text{Zh: "甲", En: "A"}}, {Code: "b", Words: bilingual.Text{Zh: "乙", En: "B"}}}
}

// every has a field of each kind that forms have.
type every struct {
	Text      string           `name:"text" zh:"文" en:"Text" bytes:"30"`
	Either    *string          `name:"either" zh:"文" en:"Text or reference" types:"Patient|Location"`
	Bool      *bool            `name:"bool" zh:"是" en:"Bool"`
	Int       int              `name:"int" zh:"数" en:"Int"`
	Decimal   form.Decimal     `name:"decimal" zh:"数" en:"Decimal"`
	DateTime  *form.DateTime   `name:"date-time" zh:"时" en:"DateTime"`
	Date      form.Date        `name:"date" zh:"日" en:"Date"`
	Kind      kind             `name:"kind" zh:"类" en:"Kind"`
	Reference []form.Reference `name:"reference" zh:"引用" en:"Reference" types:"Location" least:"1" most:"3"`
	Coding    form.Coding      `name:"coding" zh:"码" en:"Coding"`
	Number    form.Identifier  `name:"number" zh:"号" en:"Identifier"`
	Part      []struct {
		Inner *string `name:"inner" zh:"内" en:"Inner"`
	} `name:"part" zh:"部" en:"Part" most:"2"`
}

// errand is a small process that fills in every kind of field: an office begins it and does it within a day, or it lapses.
func errand() *process.Process {
	words := func(en string) bilingual.Text { return bilingual.Text{Zh: "事", En: en} }
	offices := []process.By{{Party: "office", Roles: []gate.Role{gate.Office}}}
	nothing := func(*process.Case, struct{}) error { return nil }
	return &process.Process{
		Code: "errand", Version: 1, Words: words("Errand"), Doc: "For tests.", Parties: []process.Party{{Name: "office", Words: words("Office")}, {Name: "boss", Words: words("Boss")}},
		States: []process.State{
			{Code: "open", Words: words("Open"), Doc: "-", Owner: "office", Status: "requested", Within: "a-day", Late: "lapse"},
			{Code: "begun", Words: words("Begun"), Doc: "-", Owner: "office", Status: "in-progress"},
			{Code: "done", Words: words("Done"), Doc: "-", Status: "completed"},
			{Code: "lapsed", Words: words("Lapsed"), Doc: "-", Status: "cancelled"},
		},
		Moves: []process.Move{
			process.Make(process.Move{Code: "begin", Words: words("Begin"), Doc: "-", To: []string{"open"}, By: offices}, func(c *process.Case, in every) error {
				c.Set("office", process.Who{Reference: c.Actor.Institution})
				return nil
			}),
			process.Make(process.Move{Code: "take", Words: words("Take"), Doc: "-", From: []string{"open"}, To: []string{"begun"}, By: offices,
				Tells: []process.Tell{{Party: "office", Text: words("Taken")}, {Party: "boss", Text: words("Taken")}}}, nothing),
			process.Make(process.Move{Code: "do", Words: words("Do"), Doc: "-", From: []string{"begun"}, To: []string{"done"}, By: offices}, nothing),
			process.Make(process.Move{Code: "lapse", Words: words("Lapse"), Doc: "-", From: []string{"open"}, To: []string{"lapsed"}}, nothing),
		},
	}
}

// TestEveryKind: forms with fields of every kind are filled in so that they are taken.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	Check(t, errand(), World{})
}

// TestValues: a World's values, and what people do ahead of a move, are where a move finds them.
func TestValues(t *testing.T) {
	t.Parallel()
	p := errand()
	p.Moves[0] = process.Reading(process.Make(p.Moves[0], func(c *process.Case, in every) error {
		if r, is := c.Read(string(in.Reference[0])); !is || r.Root.Get("name").Str() != "ahead" || len(in.Reference) != 2 || in.Either != nil || in.Int != 7 {
			return fault.New(fault.Unprocessable, "not as the world has it")
		}
		c.Set("office", process.Who{Reference: c.Actor.Institution})
		return nil
	}), func(_ *process.Case, in every) []string { return []string{string(in.Reference[0])} })
	Check(t, p, World{
		Values: map[string]func(*Scene) any{
			"begin.reference": func(*Scene) any { return []any{form.Reference("Location/mine"), "Location/any"} },
			"either":          func(*Scene) any { return nil }, "begin.int": func(*Scene) any { return 7 },
		},
		Before: func(s *Scene) {
			if s.Move == "begin" {
				s.Write(`{"resourceType":"Location","id":"mine","name":"ahead"}`)
			}
		},
	})
}

// said is a test that may fail, and what it says then.
type said struct {
	rapid.TB
	text   strings.Builder
	failed atomic.Bool
}

func (s *said) Helper()                     {}
func (s *said) Name() string                { return "said" }
func (s *said) Logf(string, ...any)         {}
func (s *said) Log(...any)                  {}
func (s *said) Fail()                       { s.failed.Store(true) }
func (s *said) FailNow()                    { s.Fail(); runtime.Goexit() }
func (s *said) Failed() bool                { return s.failed.Load() }
func (s *said) Errorf(f string, all ...any) { s.Fail(); fmt.Fprintf(&s.text, f, all...) }
func (s *said) Fatalf(f string, all ...any) { s.Errorf(f, all...); runtime.Goexit() }

// TestFinds: what is wrong with a process is found, and told by a short walk.
func TestFinds(t *testing.T) {
	t.Parallel()
	nobody := []process.By{{Party: "boss", Roles: []gate.Role{gate.Office}}}
	refuse := func(*process.Case) error { return fault.New(fault.Conflict, "not now") }
	for name, spoil := range map[string]struct {
		process func(*process.Process)
		world   World
		want    string
	}{
		"nobody can end it":    {func(p *process.Process) { p.Moves[2].Guard = refuse }, World{}, "come to no end; it is in begun"},
		"the clock is refused": {func(p *process.Process) { p.Moves[3].Guard = refuse }, World{}, "the clock is woken: conflict: not now"},
		"nobody is the owner":  {func(p *process.Process) { p.States[1].Owner = "boss" }, World{}, "nobody is that"},
		"it leads elsewhere":   {func(p *process.Process) { p.Moves[2] = elsewhere(p.Moves[2]) }, World{}, "which it does not say"},
		"it breaks down":       {func(p *process.Process) { p.Moves[2] = broken(p.Moves[2]) }, World{}, "by do: internal: reading a case: broken"},
		"nobody begins":        {func(p *process.Process) { p.Moves[0].By[0].Roles = []gate.Role{"nobody"} }, World{}, "which there is not"},
		"a rule of its own":    {func(*process.Process) {}, World{Invariant: func(s *Scene) error { return never(s.Case.State, "done") }}, "it is done"},
		"an owner whom nobody is": {func(p *process.Process) {
			p.Moves[1] = boss(p.Moves[1])
			p.States[1].Owner = "boss"
			p.Moves[2].By = nobody
		}, World{Record: []string{`{"resourceType":"Practitioner","id":"nobody"}`}}, "nobody who tries can bring it on from begun"},
		"a deadline that rules not": {func(p *process.Process) { p.Moves[2] = due(p.Moves[2]) }, World{}, "it has ended, yet it is for"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := errand()
			spoil.process(p)
			s, all := &said{}, &cover{states: map[string]int{}, moves: map[string]int{}, refused: map[string]string{}}
			done := make(chan struct{})
			go func() {
				defer close(done)
				walks(s, 100, func() (store.DB, error) {
					return sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "record.db"))
				}, nil, func(r *rapid.T, db store.DB, _ string) { newWalk(t.Context(), r, p, &spoil.world, db, all).whole("") })
			}()
			<-done
			text := s.text.String()
			if !strings.Contains(text, spoil.want) {
				t.Fatalf("want %q:\n%s", spoil.want, text)
			}
			if n := strings.Count(text, "\n  "); n > 100 {
				t.Errorf("it takes %d lines to tell:\n%s", n, text)
			}
		})
	}
}

func elsewhere(m process.Move) process.Move {
	return process.Make(m, func(c *process.Case, _ struct{}) error { c.To("lapsed"); return nil })
}

func broken(m process.Move) process.Move {
	return process.Make(m, func(*process.Case, struct{}) error { return fault.Wrap(errors.New("broken"), "reading a case") })
}

func boss(m process.Move) process.Move {
	return process.Make(m, func(c *process.Case, _ struct{}) error {
		c.Set("boss", process.Who{Reference: "Practitioner/nobody"})
		return nil
	})
}

func due(m process.Move) process.Move {
	return process.Make(m, func(c *process.Case, _ struct{}) error { c.Due(c.Now.AddDate(0, 0, 1)); return nil })
}

func never(state, is string) error {
	if state == is {
		return errors.New("it is " + is)
	}
	return nil
}

// TestGoal: what chance has not come to is gone for, by people and by the clock.
func TestGoal(t *testing.T) {
	t.Parallel()
	for _, goal := range []string{"take", "do", "lapse"} {
		all := &cover{states: map[string]int{}, moves: map[string]int{}, refused: map[string]string{}}
		rapid.Check(t, func(r *rapid.T) {
			if all.moves[goal] > 0 {
				return
			}
			db, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "record.db"))
			if err != nil {
				r.Fatal(err)
			}
			defer func() { _ = db.Close() }()
			w := newWalk(t.Context(), r, errand(), &World{}, db, all)
			if !w.begin(1) {
				r.Fatal("it has not begun")
			}
			if w.towards(goal); all.moves[goal] != 1 {
				r.Fatalf("it did not come to %s; it is in %s", goal, w.c.State)
			}
		})
	}
}

// TestMissing: states that no walk comes to, and moves that none makes, are named, with why.
func TestMissing(t *testing.T) {
	t.Parallel()
	c := &cover{states: map[string]int{"open": 3, "begun": 1, "done": 1}, moves: map[string]int{"begin": 3, "take": 1, "do": 1}, refused: map[string]string{"lapse": "not now"}}
	all := strings.Join(c.missing(errand()), "\n")
	if want := "no walk has come to the state lapsed; lapse, which leads there, was made 0 times; last refused: not now\nno walk has made the move lapse; last refused: not now"; all != want {
		t.Errorf("%s, want\n%s", all, want)
	}
}
