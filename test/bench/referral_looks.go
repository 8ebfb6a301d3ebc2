package bench

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
	"yitong/modules/alliance"
)

// moves measures whole referrals, from hospitals of the first level to those of the third. What is written beside a move, such as the
// signature of a letter, takes its time and is no move.
func (b *referralBench) moves(name string, each time.Duration, report Report) error {
	var trips []*trip
	for i := range referralClients {
		t, err := b.newTrip(alliance.CodeUp, referralLevelled+i%referralLevelled, i%referralLevelled)
		if err != nil {
			return err
		}
		for range i % len(upWay) { // so that all kinds of moves are made at once
			if err := t.move(); err != nil {
				return err
			}
		}
		trips = append(trips, t)
	}
	l, err := drive(b.ctx, referralClients, each, func(w, _ int) (int, error) { return 1, trips[w].move() })
	report.addTimes(name+".referral.moves", l, 0)
	return err
}

// openReferral is a referral in a state, of which copies are made.
type openReferral struct {
	trip
	text, begun, due string
}

// referralWays are the moves that lead a referral to each state in which it is open; LATE is the clock's.
var referralWays = map[string]string{
	"consulting": "", "consenting": "refer", "agreed": "refer record-consent", "sending-review": "refer record-consent send", "sending-late": "refer record-consent send LATE",
	"receiving-review": asked, "receiving-late": asked + " LATE", "returned": asked + " reject", "assigned": asked + " accept",
	"scheduled": asked + " accept schedule", "unconfirmed": asked + " accept schedule LATE", "in-care": asked + " accept schedule arrive",
}

const asked = "refer record-consent send approve"

// templates are a referral in each state, both ways.
func (b *referralBench) templates() (all []openReferral, err error) {
	for _, code := range []string{alliance.CodeUp, alliance.CodeDown} {
		for _, way := range referralWays {
			from, to := referralLevelled, 0
			if code == alliance.CodeDown {
				from, to = to, from
			}
			t, err := b.newTrip(code, from, to)
			if err != nil {
				return nil, err
			}
			if err := t.move(); err != nil {
				return nil, err
			}
			for move := range strings.FieldsSeq(way) {
				if move == "LATE" {
					err = b.late(t.of)
				} else {
					err = t.make(move)
				}
				if err != nil {
					return nil, fmt.Errorf("%s: %w", move, err)
				}
			}
			task, text, err := b.task(t.of)
			if err != nil {
				return nil, err
			}
			all = append(all, openReferral{*t, text, task.Root.Get("authoredOn").Str(), dueOf(task)})
		}
	}
	return all, nil
}

func dueOf(task fhir.Resource) string {
	return task.Root.Get("restriction").Get("period").Get("end").Str()
}

func (b *referralBench) task(of fhir.Ref) (r fhir.Resource, text string, err error) {
	v, err := b.office().Read(b.ctx, of)
	if err != nil {
		return r, "", err
	}
	r, err = fhir.ParseResource(v.Body.Bytes)
	return r, string(v.Body.Bytes), err
}

// late lets the deadline of a referral pass, and the clock see it.
func (b *referralBench) late(of fhir.Ref) error {
	task, _, err := b.task(of)
	if err != nil {
		return err
	}
	due, err := time.Parse(time.RFC3339Nano, dueOf(task))
	if err != nil {
		return err
	}
	b.ahead.Store(int64(time.Until(due) + time.Second))
	defer b.ahead.Store(0)
	return b.engine.Wake(b.ctx, b.gate.Session(process.Clock), fmt.Appendf(nil, `{"task":%q}`, of.ID))
}

// fill makes the open referrals: copies between any two institutions.
func (b *referralBench) fill() error {
	all, err := b.templates()
	if err != nil {
		return err
	}
	now := time.Now()
	_, err = drive(b.ctx, importers, importFloor, func(w, n int) (int, error) {
		first := (n*importers + w) * loadBatch
		last := min(first+loadBatch, b.open)
		if first >= last {
			return 0, io.EOF
		}
		var texts []string
		for i := first; i < last; i++ {
			texts = append(texts, all[i%len(all)].copy(now))
		}
		return len(texts), b.write(texts...)
	})
	return err
}

// copy is a referral of another resident, between other institutions.
func (c openReferral) copy(now time.Time) string {
	from := rand.IntN(referralPlaces)
	to := (from + 1 + rand.IntN(referralPlaces-1)) % referralPlaces
	days := func(n float64) string {
		return now.Add(time.Duration(n * float64(referralDays*24*time.Hour))).Format("2006-01-02T15:04:05.000000Z07:00")
	}
	pairs := []string{
		c.of.ID, uuid.NewString(), c.about, "Condition/" + uuid.NewString(), c.begun, days(-rand.Float64()),
		fmt.Sprintf(`"Patient/p%d"`, c.from), fmt.Sprintf(`"Patient/p%d"`, rand.IntN(c.b.people())*referralPlaces+from),
		fmt.Sprintf("ward%d-%d", c.to, referralWard), fmt.Sprintf("ward%d-%d", to, rand.IntN(referralWards)),
	}
	if c.due != "" {
		pairs = append(pairs, c.due, days(rand.Float64()-.02))
	}
	for _, x := range [][2]int{{c.from, from}, {c.to, to}} {
		for _, name := range []string{"Organization/h", "Practitioner/doctor", "PractitionerRole/post"} {
			pairs = append(pairs, fmt.Sprint(name, x[0]), fmt.Sprint(name, x[1]))
		}
	}
	return strings.NewReplacer(pairs...).Replace(c.text)
}

// looks measures boards and statistics of offices, and a regulator's statistics.
func (b *referralBench) looks(name string, each time.Duration, report Report) error {
	for _, x := range []struct {
		figure, operation, filled string
		role                      gate.Role
	}{
		{"board.sending", "referral-board", `{"name":"side","valueCode":"sending"}`, gate.Office},
		{"board.receiving", "referral-board", `{"name":"side","valueCode":"receiving"}`, gate.Office},
		{"statistics.office", "referral-statistics", "", gate.Office},
		{"statistics.all", "referral-statistics", "", gate.Regulator},
	} {
		in := `{"resourceType":"Parameters"}`
		if x.filled != "" {
			in = `{"resourceType":"Parameters","parameter":[` + x.filled + `]}`
		}
		tree, err := fhir.Parse([]byte(in))
		if err != nil {
			return err
		}
		l, err := drive(b.ctx, referralLookers, each, func(_, _ int) (int, error) {
			return 1, b.look(x.operation, tree.Root(), b.as(x.role, rand.IntN(referralPlaces)))
		})
		if err != nil {
			return fmt.Errorf("%s: %w", x.figure, err)
		}
		report.addTimes(name+".referral."+x.figure, l, 0)
	}
	return nil
}

// look calls an operation as the server does, and writes its answer.
func (b *referralBench) look(operation string, filled fhir.Node, s *gate.Session) error {
	for _, op := range b.module.Operations {
		if op.Name != operation {
			continue
		}
		in, err := op.In.Read(filled)
		if err != nil {
			return err
		}
		out, err := op.Do(b.ctx, &module.Call{Session: s}, in)
		if err != nil {
			return err
		}
		text, err := op.Out.Write(out)
		if err == nil && len(text) < 500 {
			err = fmt.Errorf("%s tells nothing: %s", operation, text)
		}
		return err
	}
	return fmt.Errorf("there is no operation %s", operation)
}
