package app

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/notice"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/store"
	"yitong/internal/worker"
	"yitong/modules/alliance"
	"yitong/modules/scheduling"
	"yitong/modules/scheduling/queue"
)

// services puts together what the modules of the services are carried out by.
func (a *App) services(ctx context.Context, p *policy.Policy) (with services, err error) {
	zone, err := time.LoadLocation(a.config.Zone)
	if err != nil {
		return with, err
	}
	if err := rule.CheckRegion(a.config.Region); err != nil {
		return with, err
	}
	if err := ownNames(a.modules.Processes(), a.modules.Modules()); err != nil {
		return with, err
	}
	with.rules = publish.NewDesk(zone, a.modules.Tables())
	if a.rules, err = publish.NewLive(ctx, with.rules, a.gate.Session(gate.Actor{Reference: "Device/rules", Access: gate.Whole()})); err != nil {
		return with, err
	}
	with.book, with.region = a.rules.Book, a.config.Region
	secret, err := hkdf.Key(sha256.New, a.db.Secret(), nil, "yitong check-in code", sha256.Size)
	if err != nil {
		return with, fault.Wrap(err, "making the key of the codes by which people check in")
	}
	lots, err := a.config.lots(a.db)
	if err != nil {
		return with, err
	}
	with.clinics = scheduling.Desk{Book: with.book, Region: a.config.Region, Zone: zone, Secret: lots}
	with.queues = queue.Desk{Book: with.book, Region: a.config.Region, Zone: zone, Secret: secret, Fulfil: with.clinics.Fulfil, Booked: with.clinics.Booked, Segments: with.clinics.Segments}
	with.clinics.Queue = with.queues
	with.clinics.Lost = func(ctx context.Context, s *gate.Session, of fhir.Ref, ops []gate.Op, once *gate.Idempotency) ([]gate.Result, error) {
		return with.engine.Happen(ctx, s, of, alliance.MoveLost, ops, once)
	}
	with.trail = func(ctx context.Context) (trail.Standing, error) { return a.keeps.Standing(ctx) }
	with.engine, err = process.New(process.Config{
		Processes: a.modules.Processes(), Zone: zone, Allows: p.Allows, Tell: tells, Visits: with.clinics,
		Deadline: func(table, region string, from time.Time) (rule.Deadline, error) {
			return with.book().Deadline(table, cmp.Or(region, a.config.Region), from)
		},
		Signature: func(ctx context.Context, s *gate.Session, of fhir.Ref, who string) (fhir.Ref, bool, error) {
			return a.signs.Of(ctx, s, of, who)
		},
		Stands: func(ctx context.Context, person string, role gate.Role, institution string) (bool, error) {
			if a.desk == nil { // there are no accounts
				return true, nil
			}
			held, err := a.desk.accounts.Persons(ctx, []string{person}, func(h account.Holder) bool {
				return h.Capacity.Role == role && h.Capacity.Institution == institution
			})
			return len(held) > 0, err
		},
		Recount: func(u rule.Use) (rule.Deadline, error) { return with.book().Recount(u) },
	})
	return with, err
}

// ownNames refuses a process that is called as something else is that writes resources of its own: it would write them too.
func ownNames(processes []*process.Process, modules []module.Descriptor) error {
	taken := notice.Owned()
	for _, d := range modules {
		taken = append(taken, d.Owns...)
	}
	for _, p := range process.All() {
		taken = append(taken, p.Owns()...)
	}
	for _, one := range processes {
		for _, o := range taken {
			if o.Process == one.Code {
				return fault.Wrap(nil, fmt.Sprintf("a process cannot be called %s: by this name a %s is written already (%s)", one.Code, o.Type, o.Query))
			}
		}
	}
	return nil
}

// tells makes the notice by which a party is told of a move: what it is about is read in the case.
func tells(t process.Told) (gate.Op, error) {
	kinds, err := notice.NewRegistry(notice.Standard()...)
	if err != nil {
		return gate.Op{}, err
	}
	n := notice.Notice{
		Kind: kinds[notice.KindTask], Recipients: []notice.Recipient{{Reference: t.Who.Reference, Role: t.Who.Role}}, Subject: t.Resident, About: []string{t.Case.String()},
		Sent: t.At, Urgent: t.Urgent, Title: t.Process.Words, Text: t.Text, Security: t.Security,
	}
	if strings.HasPrefix(t.Who.Reference, "Patient/") {
		n.Kind = kinds[notice.KindCase]
	}
	r, err := notice.Resource(n)
	return gate.Op{Kind: gate.Create, Type: r.Type, Resource: r, Process: notice.Process}, err
}

// movesDecided refuses a policy that leaves undecided which moves of a process a role may make, or that names some which there are not.
func movesDecided(p *policy.Policy, all []*process.Process) error {
	var wrong []error
	for _, one := range all {
		for _, role := range gate.Roles() {
			moves, is := p.Moves(role, one.Code)
			if !is {
				wrong = append(wrong, fmt.Errorf("the policy does not decide which moves of %s the role %s may make: add %[1]s: all, none or their codes to its moves", one.Code, role))
			}
			for _, m := range moves {
				if m != policy.AllMoves && one.Move(m) == nil {
					wrong = append(wrong, fmt.Errorf("the policy lets the role %s make the move %s of %s, which there is not", role, m, one.Code))
				}
			}
		}
	}
	for _, name := range p.Processes() {
		if !slices.ContainsFunc(all, func(one *process.Process) bool { return one.Code == name }) {
			wrong = append(wrong, fmt.Errorf("the policy decides about the process %s, which there is not", name))
		}
	}
	if wrong != nil {
		return fault.New(fault.Malformed, "%s", errors.Join(wrong...))
	}
	return nil
}

// missedPause is how often the clock looks for deadlines that it has missed.
const missedPause = 10 * time.Minute

// missed lets the clock look for deadlines that it has missed.
func missed(g *gate.Gate, e *process.Engine) worker.Work {
	return worker.Work{Name: "look for missed deadlines", Pause: missedPause, Do: func(ctx context.Context) (bool, error) {
		all, err := e.Missed(ctx, g.Session(process.Clock))
		for _, args := range all { // what fails again keeps no other from being made
			err = errors.Join(err, asClock(ctx, g, "", func(s *gate.Session) error { return e.Wake(ctx, s, args) }))
		}
		return false, err
	}}
}

// asClock lets the clock do something, and the trail tell it.
func asClock(ctx context.Context, g *gate.Gate, request string, do func(*gate.Session) error) error {
	s := g.Session(process.Clock)
	s.Begin(gate.Doing{Do: "$move", Request: request})
	err := do(s)
	return errors.Join(err, s.Leave(ctx, err))
}

// clocked are the jobs of the clock: it makes the moves of cases that are due, and counts anew what was counted before a notice of days
// off was known.
func clocked(g *gate.Gate, e *process.Engine, rules *publish.Live) []worker.Handler {
	handler := func(kind string, run func(context.Context, *gate.Session, []byte) error) worker.Handler {
		return worker.Handler{Kind: kind, Run: func(ctx context.Context, t worker.Task) error {
			return asClock(ctx, g, t.ID, func(s *gate.Session) error { return run(ctx, s, t.Args) })
		}}
	}
	return []worker.Handler{
		handler(process.ClockJob, e.Wake),
		handler(publish.CalendarJob, func(ctx context.Context, s *gate.Session, _ []byte) error { return e.RecountAll(ctx, s) }),
		handler(process.RecountJob, func(ctx context.Context, s *gate.Session, args []byte) error {
			if err := rules.Follow(ctx); err != nil { // another server may have published what it is counted by
				return err
			}
			return e.Recount(ctx, s, args)
		}),
	}
}

const (
	publishPause = 10 * time.Minute // between two looks for segments of clinics to publish
	settlePause  = 15 * time.Second // between two looks for places that were held too long, and visits that were missed
	closePause   = 10 * time.Minute // between two looks for queues of a day that is over
	drawPause    = 5 * time.Second  // between two looks for what is to be drawn
	lotsBytes    = 32
)

// lots is the secret of which the draws of clinics are made: of the platform's key, which is kept apart from the record, or where a server
// has none of the record's own.
func (c Serve) lots(db store.DB) ([]byte, error) {
	key := db.Secret()
	if c.Auth == "required" || c.Key.given(c.file()) {
		own, err := c.Key.Bytes(c.file())
		if err != nil {
			return nil, err
		}
		key = own
	}
	lots, err := hkdf.Key(sha256.New, key, nil, "yitong draws of clinics", lotsBytes)
	if err != nil {
		return nil, fault.Wrap(err, "making the key of draws")
	}
	return lots, nil
}

// clinics publishes segments, settles what nobody has asked for, hands over what came back, draws, and closes the queues of days that are over.
func clinics(g *gate.Gate, d scheduling.Desk, log *slog.Logger) []worker.Work {
	session := func() *gate.Session { return g.Session(scheduling.Platform) }
	return []worker.Work{
		{Name: "publish clinics", Pause: publishPause, Do: func(ctx context.Context) (bool, error) {
			_, left, err := d.Publish(ctx, session())
			if left > 0 {
				log.WarnContext(ctx, "segments are not published: their doctors are at other clinics then", "segments", left)
			}
			return false, err
		}},
		{Name: "settle visits", Pause: settlePause, Do: func(ctx context.Context) (bool, error) { return d.Settle(ctx, session()) }},
		{Name: "close queues", Pause: closePause, Do: func(ctx context.Context) (bool, error) { return d.Queue.Close(ctx, g.Session(queue.Platform)) }},
		{Name: "hand over places", Pause: settlePause, Do: func(ctx context.Context) (bool, error) { return d.HandOver(ctx, session()) }},
		{Name: "end waiting", Pause: publishPause, Do: func(ctx context.Context) (bool, error) { return d.Expire(ctx, session()) }},
		{Name: "draw places", Pause: drawPause, Do: func(ctx context.Context) (bool, error) { return false, d.Draw(ctx, session()) }},
	}
}
