package notice

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Cursor is the name of the cursor of the feed by which notices are settled.
const Cursor = "notice"

const (
	// freshMost is how old a notice may be that is settled: a record that is loaded, or a cursor that goes back to the
	// start, tells nobody anything again.
	freshMost = 7 * 24 * time.Hour
	// peopleMost bounds those whom one notice is settled for, and whom one recipient means.
	peopleMost = 200
	// rowsMost bounds what is entered in one transaction of the cursor, which others wait for; one notice may go beyond
	// it.
	rowsMost = 500
)

// settled says whom a notice was settled for.
type settled struct {
	Accounts []string `json:"accounts"`
}

// row is a notice in the inbox of a person.
type row struct {
	Notice string    `json:"notice"`
	Read   time.Time `json:"read,omitzero"`
}

// box is an inbox: of an account, for its person or for a resident for whom the person acts. What is told for a resident stands apart,
// so that nobody sees it, counts it or marks it as read who does not act for that resident then.
type box struct {
	account  string
	resident string // Patient/…, the name that stands for all of the resident's; "" for the person
}

// key is by what rows know their box.
func (b box) key() string {
	if b.resident == "" {
		return b.account
	}
	return b.account + "@" + b.resident
}

// Owners of the rows of a box, and the name of the row of a notice.
func (b box) unread() string        { return b.key() + "/unread" }
func (b box) read() string          { return b.key() + "/read" }
func (b box) name(id string) string { return b.key() + "/" + id }

// boxOf is the box of an account in which a role and a resident put it.
func (s *Service) boxOf(ctx context.Context, account string, role gate.Role, resident fhir.Ref) (box, error) {
	if role != gate.Proxy {
		return box{account: account}, nil
	}
	names, err := s.record.Names(ctx, resident)
	if err != nil {
		return box{}, err
	}
	return box{account, names[0].String()}, nil
}

// settlement is what becomes of one notice.
type settlement struct {
	notice string
	people settled
	boxes  []box
	items  []store.Item // inbox and waiting, without bodies
	bodies []any
	until  []time.Time
	jobs   []store.Job
}

// Take settles the notices of a stretch of the feed: who is told, and by which channels from when on. What it returns
// runs in the transaction in which the cursor moves. Each notice is settled once, when it is first seen as completed;
// what was taken back before is not. Where these are more than one transaction should hold, it asks for a job for each
// of the rest: see [Service.Settle].
func (s *Service) Take(ctx context.Context, changes []store.FeedEntry) (func(store.Tx) error, error) {
	var all []settlement
	var rest []store.Job
	rows := 0
	for _, c := range changes {
		t, fresh, err := s.fresh(ctx, c.Version)
		if err != nil {
			return nil, err
		}
		if !fresh || slices.ContainsFunc(all, func(o settlement) bool { return o.notice == t.ID }) {
			continue
		}
		if rows >= rowsMost {
			job, err := newJob(JobSettle, settling{t.ID}, s.now(), t.ID)
			if err != nil {
				return nil, err
			}
			rest = append(rest, job)
			continue
		}
		one, err := s.settle(ctx, t, c.Updated)
		if err != nil {
			return nil, err
		}
		rows += len(one.items)
		all = append(all, one)
	}
	return func(tx store.Tx) error {
		for _, one := range all {
			if err := one.write(tx, s.now()); err != nil {
				return err
			}
		}
		if len(rest) == 0 {
			return nil
		}
		return tx.Enqueue(rest)
	}, nil
}

// Settle settles one notice, as [Service.Take] does. args are those of the job.
func (s *Service) Settle(ctx context.Context, args []byte) error {
	var a settling
	if err := json.Unmarshal(args, &a); err != nil {
		return fault.New(fault.Unprocessable, "This job cannot be read.").Because(err)
	}
	v, err := s.record.Read(ctx, fhir.Ref{Type: typeCommunication, ID: a.Notice})
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone {
		return nil
	}
	if err != nil {
		return err
	}
	t, fresh, err := s.fresh(ctx, v)
	if err != nil || !fresh {
		return err
	}
	one, err := s.settle(ctx, t, v.Updated)
	if err != nil {
		return err
	}
	return s.writing(ctx, func(tx store.Tx) error { return one.write(tx, s.now()) })
}

// fresh reads a version as a notice that is to be settled; is tells whether it is one.
func (s *Service) fresh(ctx context.Context, v store.Version) (t Told, is bool, err error) {
	if !v.Live() || v.Ref.Type != typeCommunication || s.now().Sub(v.Updated) > freshMost {
		return t, false, nil
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return t, false, fault.Wrap(err, "reading a notice")
	}
	if t, is = s.config.Kinds.Read(r); !is || !t.Holds {
		return t, false, nil
	}
	t.ID = v.Ref.ID
	done, err := s.db.Item(ctx, kindSettled, t.ID)
	return t, err == nil && !done.Exists(), err
}

// write enters what was settled, unless it stands there already.
func (o *settlement) write(tx store.Tx, now time.Time) error {
	fresh, err := put(tx, store.Item{Kind: kindSettled, ID: o.notice}, o.people, now.Add(keepInbox))
	if err != nil || !fresh {
		return err
	}
	for i, item := range o.items {
		if err := must(put(tx, item, o.bodies[i], o.until[i])); err != nil {
			return err
		}
	}
	if len(o.jobs) == 0 {
		return nil
	}
	return tx.Enqueue(o.jobs)
}

// settle decides for a notice that was written at an instant.
func (s *Service) settle(ctx context.Context, t Told, at time.Time) (o settlement, err error) {
	o.notice = t.ID
	now := s.now()
	for _, r := range t.meant() {
		people, err := s.config.People.Holders(ctx, r, peopleMost)
		if c := fault.CodeOf(err); err != nil && c != fault.Unavailable && c != fault.Internal { // it will not mend itself, and others wait
			s.config.Log.Warn("a recipient of a notice cannot be told", "notice", t.ID, "cause", err)
			continue
		}
		if err != nil {
			return o, err
		}
		for _, p := range people {
			if len(o.boxes) == peopleMost {
				s.config.Log.Warn("a notice has more recipients than are told", "notice", t.ID, "most", peopleMost)
				return o, nil
			}
			if err := s.settleOne(ctx, &o, t, p, r, at, now); err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

// settleOne settles for one person, once for each of the person's boxes. Who acts for a resident and would not be shown the notice, or
// what it tells of, is not told.
func (s *Service) settleOne(ctx context.Context, o *settlement, t Told, p Person, as Recipient, at, now time.Time) error {
	in, err := s.boxOf(ctx, p.Account, as.Role, fhir.ParseReference(as.Reference).Ref)
	if err != nil || slices.Contains(o.boxes, in) {
		return err
	}
	if as.Role == gate.Proxy {
		if sees, err := s.config.People.Sees(ctx, p.Account, as, t.seen()); err != nil || !sees {
			return err
		}
	}
	c, err := s.choices(ctx, p.Account)
	if err != nil {
		return err
	}
	return o.add(s, t, p, as, in, c.Choices, at, now)
}

// add settles for one person. Who is meant in several ways is told outside once.
func (o *settlement) add(s *Service, t Told, p Person, as Recipient, in box, c Choices, at, now time.Time) error {
	o.boxes = append(o.boxes, in)
	id := newest(at, t.ID+"."+in.key())
	enter := func(i store.Item, body any, until time.Time) {
		o.items, o.bodies, o.until = append(o.items, i), append(o.bodies, body), append(o.until, until)
	}
	if in.resident != "" || c.wants(t.Kind, Inbox) {
		item := store.Item{Kind: kindInbox, ID: id, Owner: in.unread(), Names: []string{in.name(t.ID)}}
		enter(item, row{Notice: t.ID}, now.Add(keepInbox))
	}
	if slices.Contains(o.people.Accounts, p.Account) {
		return nil
	}
	o.people.Accounts = append(o.people.Accounts, p.Account)
	says := t.said
	if in.resident != "" {
		says = Declared{forOther, t.said.Institution}.said(bilingual.Text{})
	}
	for _, by := range Channels() {
		if !c.wants(t.Kind, by) || s.address(p, c, by) == "" || s.provider(by) == nil {
			continue
		}
		w := due(t.Kind, t.Urgent, c, s.config.Digest, now)
		w.Notice, w.Row, w.Kind, w.Said, w.As, w.Sender = t.ID, id, t.Kind.Code, says, as, t.Sender
		g := gathering{p.Account, by}
		enter(store.Item{Kind: kindWaiting, ID: g.owner() + "/" + t.ID, Owner: g.owner()}, w, now.Add(keepInbox))
		j, err := g.job(w.Due)
		if err != nil {
			return err
		}
		o.jobs = append(o.jobs, j)
	}
	return nil
}

// address is where a channel reaches a person, "" for nowhere.
func (s *Service) address(p Person, c Choices, by Channel) string {
	switch by {
	case SMS:
		return p.Phone
	case Email:
		return c.Email
	}
	return p.Account
}
