package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/store"
)

const (
	inboxOpen    = 10_000 // cases for one office to act, unless it is said how many
	inboxEvery   = 10     // of so many cases one is open, the others have ended
	inboxKinds   = 8      // processes that they are of
	inboxClients = 4
	inboxDays    = 30 // over which their deadlines lie; those of a tenth have passed
	loadBatch    = 500
	moveRounds   = 4   // of moves and bare transactions, in turn
	moveCases    = 512 // that move, if as many are open; a multiple of the clients
)

var moveClients = []int{1, 16, 64}

// runProcess measures how many moves cases make in a second, beside the bare transactions of the same three resources of as many
// clients, and how soon an office sees its inbox: the first page by deadlines, all that is overdue, and how much there is of each process.
func runProcess(ctx context.Context, o Options, report Report) error {
	return onEach(ctx, o.Databases, func(name, url string, db store.DB) error {
		b, err := newProcessBench(ctx, db, o.Cases)
		if err != nil {
			return err
		}
		for _, clients := range moveClients {
			if err := b.moves(name, clients, o.Each, report); err != nil {
				return err
			}
		}
		if err := b.fill(); err != nil {
			return err
		}
		if err := tidy(ctx, url); err != nil {
			return err
		}
		return b.inbox(name, o.Each, report)
	})
}

// processBench is a record with an engine and the cases that it moves.
type processBench struct {
	ctx    context.Context
	gate   *gate.Gate
	free   *gate.Gate // that lets anybody write cases
	engine *process.Engine
	open   int // cases
}

const benchOffice = "Organization/office"

// benched is a process that goes to and fro between two states until it is ended. What it is about changes with each move.
func benched(code string) *process.Process {
	offices := []process.By{{Party: "office", Roles: []gate.Role{gate.Office}}}
	words := bilingual.Text{Zh: "测", En: "Bench"}
	turn := func(status string) func(*process.Case, struct{}) error {
		return func(c *process.Case, _ struct{}) error {
			return c.Focus().Doc().Set([]fhir.Step{{Name: "status"}}, fhir.Quote(status))
		}
	}
	about := func(c *process.Case, _ struct{}) error {
		c.Set("office", process.Who{Reference: c.Actor.Institution})
		text := strings.Repeat("转诊资料", 60)
		c.FocusOn(c.Create(typeCommunication, fmt.Appendf(nil,
			`{"resourceType":"Communication","status":"in-progress","payload":[{"contentString":%q}]}`, text)))
		return nil
	}
	return &process.Process{
		Code: code, Version: 1, Words: words, Doc: "For measuring.", Focus: []schema.Type{typeCommunication}, Parties: []process.Party{{Name: "office", Words: words}},
		States: []process.State{
			{Code: "here", Words: words, Doc: "-", Owner: "office", Status: "in-progress", Within: "bench"},
			{Code: "there", Words: words, Doc: "-", Owner: "office", Status: "on-hold", Within: "bench"},
			{Code: "over", Words: words, Doc: "-", Status: "completed"},
		},
		Moves: []process.Move{
			process.Make(process.Move{Code: "begin", Words: words, Doc: "-", To: []string{"here"}, By: offices}, about),
			process.Make(process.Move{Code: "go", Words: words, Doc: "-", From: []string{"here"}, To: []string{"there"}, By: offices}, turn("on-hold")),
			process.Make(process.Move{Code: "return", Words: words, Doc: "-", From: []string{"there"}, To: []string{"here"}, By: offices}, turn("in-progress")),
			process.Make(process.Move{Code: "end", Words: words, Doc: "-", From: []string{"here"}, To: []string{"over"}, By: offices}, turn("completed")),
		},
	}
}

var typeCommunication, _ = schema.TypeOf("Communication")

func newProcessBench(ctx context.Context, db store.DB, open int) (*processBench, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	var all []*process.Process
	for i := range inboxKinds {
		all = append(all, benched(fmt.Sprintf("bench-%d", i)))
	}
	aDay := func(table, _ string, from time.Time) (rule.Deadline, error) {
		return rule.Deadline{Until: from.Add(24 * time.Hour), Uses: []rule.Use{{Ref: rule.Ref(table + "@1/1")}}}, nil
	}
	engine, err := process.New(process.Config{Processes: all, Zone: zone, Deadline: aDay})
	if err != nil {
		return nil, err
	}
	config := gate.Config{References: true, Zone: zone}
	free := gate.New(db, config)
	config.Owned = process.Owns(all...)
	b := &processBench{ctx, gate.New(db, config), free, engine, cmp.Or(open, inboxOpen)}
	return b, b.write(`{"resourceType":"Organization","id":"office","name":"转诊办"}`, `{"resourceType":"Practitioner","id":"clerk"}`)
}

// office is the session of who moves.
func (b *processBench) office() *gate.Session {
	return b.gate.Session(gate.Actor{Reference: "Practitioner/clerk", Role: gate.Office, Institution: benchOffice, Access: gate.Whole()})
}

// write writes resources, whatever they are.
func (b *processBench) write(texts ...string) error {
	var ops []gate.Op
	for _, text := range texts {
		r, err := fhir.ParseResource([]byte(text))
		if err != nil {
			return err
		}
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
	}
	_, err := b.free.Session(gate.Actor{Reference: "Device/bench", Access: gate.Whole()}).Apply(b.ctx, ops, nil)
	return err
}

// begin begins a case.
func (b *processBench) begin() (fhir.Ref, error) {
	made, err := b.engine.Begin(b.ctx, b.office(), "bench-0", "begin", fhir.Node{}, nil)
	return made.Version.Ref, err
}

// moves measures moves of cases beside bare transactions. Every client has cases of its own and goes round among them, for hardly a case
// has more than a dozen moves.
func (b *processBench) moves(name string, clients int, each time.Duration, report Report) error {
	var cases []fhir.Ref
	var plain []*bareCase
	moving := min(moveCases, b.open/casesLeast*casesLeast)
	for range moving {
		ref, err := b.begin()
		if err != nil {
			return err
		}
		bare, err := b.bareCase(ref)
		if err != nil {
			return err
		}
		cases, plain = append(cases, ref), append(plain, bare)
	}
	ours, bare := make([]int, clients), make([]int, clients) // moves of each client so far
	var done, made load
	for range moveRounds {
		l, err := drive(b.ctx, clients, each/moveRounds, func(w, _ int) (int, error) {
			bare[w]++
			return 1, plain[(bare[w]*clients+w)%moving].turn(b)
		})
		if done.add(l); err != nil {
			return err
		}
		l, err = drive(b.ctx, clients, each/moveRounds, func(w, _ int) (int, error) {
			n := ours[w]
			ours[w]++
			move := []string{"go", "return"}[n/(moving/clients)%2]
			_, err := b.engine.Move(b.ctx, b.office(), process.Asked{Case: cases[(n*clients+w)%moving], Move: move})
			return 1, err
		})
		if made.add(l); err != nil {
			return err
		}
	}
	report.addBeside(fmt.Sprintf("%s.process.moves.%d", name, clients), made, done)
	return nil
}

// add puts what was done in another turn to it.
func (l *load) add(o load) {
	l.took, l.times, l.units, l.failed = l.took+o.took, append(l.times, o.times...), l.units+o.units, l.failed+o.failed
}

// bareCase are three resources of the size of those of a case, with ids of their own and a code that no process has.
type bareCase struct {
	task, about, signed []byte
	taskID, aboutID     string
}

func (b *processBench) bareCase(of fhir.Ref) (*bareCase, error) {
	read := func(ref fhir.Ref) (text string, err error) {
		v, err := b.office().Read(b.ctx, ref)
		return string(v.Body.Bytes), err
	}
	task, err := read(of)
	if err != nil {
		return nil, err
	}
	r, err := fhir.ParseResource([]byte(task))
	if err != nil {
		return nil, err
	}
	focus := fhir.ParseReference(r.Root.Get("focus").Get("reference").Str()).Ref
	about, err := read(focus)
	if err != nil {
		return nil, err
	}
	c := &bareCase{taskID: uuid.NewString(), aboutID: uuid.NewString()}
	plain := strings.NewReplacer(of.ID, c.taskID, focus.ID, c.aboutID, process.SystemProcess, "urn:example:pro", process.SystemToDo, "urn:example:todo",
		process.SystemPart, "urn:example:part", process.SystemActed, "urn:example:acted")
	c.task, c.about = []byte(plain.Replace(task)), []byte(plain.Replace(about))
	c.signed = fmt.Appendf(nil, `{"resourceType":"Provenance","recorded":"2026-05-04T09:00:00.000000+08:00",`+
		`"agent":[{"type":{"coding":[{"system":"urn:example:pro","code":"bench-0"}]},"who":{"reference":"Practitioner/clerk"},`+
		`"role":[{"coding":[{"system":"urn:yitong:role","code":"office"}]}],"onBehalfOf":{"reference":%q}}],`+
		`"target":[{"reference":"Task/%s/_history/1"}],`+
		`"activity":{"coding":[{"system":"urn:example:process:bench-0","code":"return"}]}}`, benchOffice, c.taskID)
	return c, b.write(string(c.task), string(c.about))
}

// turn writes the three in one transaction.
func (c *bareCase) turn(b *processBench) error {
	var ops []gate.Op
	for i, text := range [][]byte{c.task, c.about, c.signed} {
		r, err := fhir.ParseResource(text)
		if err != nil {
			return err
		}
		op := gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}
		if i == 2 {
			op.Kind = gate.Create
		}
		ops = append(ops, op)
	}
	_, err := b.office().Apply(b.ctx, ops, nil)
	return err
}

// fill makes the inbox: copies of a case, most of which have ended.
func (b *processBench) fill() error {
	ref, err := b.begin()
	if err != nil {
		return err
	}
	v, err := b.office().Read(b.ctx, ref)
	if err != nil {
		return err
	}
	now := time.Now()
	_, err = drive(b.ctx, importers, importFloor, func(w, n int) (int, error) {
		first := (n*importers + w) * loadBatch
		last := min(first+loadBatch, b.open*inboxEvery)
		if first >= last {
			return 0, io.EOF
		}
		var texts []string
		for i := first; i < last; i++ {
			text, err := copied(v.Body.Bytes, i, now)
			if err != nil {
				return 0, err
			}
			texts = append(texts, text)
		}
		return len(texts), b.write(texts...)
	})
	return err
}

// copied is a copy of a Task: one of ten open, with a deadline somewhere.
func copied(text []byte, i int, now time.Time) (string, error) {
	doc, err := fhir.NewDoc(text)
	if err != nil {
		return "", err
	}
	t, err := r4.AsTask(doc)
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("bench-%d", i/inboxEvery%inboxKinds)
	t.SetID(uuid.NewString())
	t.Code().Coding().At(0).SetCode(code)
	t.BusinessStatus().Coding().At(2).SetCode(benchOffice + "/" + code)
	t.SetInstantiatesCanonical("urn:yitong:process:" + code + "|1")
	if i%inboxEvery == 0 {
		due := now.Add(time.Duration(rand.Int64N(int64(inboxDays*24*time.Hour))) - inboxDays*24*time.Hour/10)
		t.Restriction().Period().SetEnd(due.Format("2006-01-02T15:04:05.000000Z07:00"))
	} else {
		t.Owner().Remove()
		t.Restriction().Remove()
		t.SetStatus("completed")
		t.BusinessStatus().Coding().At(2).Remove()
		t.BusinessStatus().Coding().At(1).Remove()
		t.BusinessStatus().Coding().At(0).SetCode("over")
	}
	out, err := t.Bytes()
	return string(out), err
}

// inbox measures what an office looks at.
func (b *processBench) inbox(name string, each time.Duration, report Report) error {
	look := func(box process.Box) func() error {
		return func() error {
			found, err := b.engine.Inbox(b.ctx, b.office(), box)
			if err == nil && len(found.Cases) == 0 {
				err = errors.New("the inbox is empty")
			}
			return err
		}
	}
	counts := func(box process.Box) func() error {
		return func() error {
			found, err := b.engine.Counts(b.ctx, b.office(), box)
			if err == nil && (len(found) == 0 || found["bench-1"].Open < b.open/inboxKinds) {
				err = fmt.Errorf("the counts are %v", found)
			}
			return err
		}
	}
	for what, do := range map[string]func() error{
		"page": look(process.Box{Of: process.Office}), "overdue": look(process.Box{Of: process.Office, Late: true}),
		"of_one": look(process.Box{Of: process.Office, Process: "bench-1"}), "counts": counts(process.Box{Of: process.Office}),
	} {
		l, err := drive(b.ctx, inboxClients, each, func(_, _ int) (int, error) { return 1, do() })
		if err != nil {
			return fmt.Errorf("inbox, %s: %w", what, err)
		}
		report.addTimes(name+".process.inbox."+what, l, 0)
	}
	return nil
}
