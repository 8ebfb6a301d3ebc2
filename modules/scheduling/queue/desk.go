package queue

import (
	"context"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/rule"
)

// Desk carries out what the module offers.
type Desk struct {
	Book   func() *rule.Book
	Region string         // of an institution that does not say where it is
	Zone   *time.Location // by whose clocks days begin
	Secret []byte         // of the codes by which people check in

	// Fulfil is the op by which the Appointment of a ticket becomes fulfilled.
	Fulfil func(ctx context.Context, s *gate.Session, appointment fhir.Ref) (gate.Op, error)
	// Booked are the visits of a person that are booked and begin in some time.
	Booked func(ctx context.Context, s *gate.Session, names []fhir.Ref, from, until time.Time) ([]Visit, error)

	// Segments are the times of a day for which places of a queue, which is a doctor or a department, are published and not stopped; nil: the
	// tickets tell alone when it begins.
	Segments func(ctx context.Context, s *gate.Session, of string, from, until time.Time) ([]Span, error)

	learnt *learnt // of past waits; nil: that is learnt each time
	ended  *ended  // of this day; nil: it is read each time
}

const (
	tries       = 32     // how often somebody is offered another ticket where somebody else was quicker
	roomsMost   = 1_000  // of an institution
	historyMost = 20_000 // tickets of the past of a queue
)

// once carries a request out unless that was done before. One that is refused may have been carried out meanwhile: who repeats a request
// whose answer was lost may come beside it.
func once(ctx context.Context, c *module.Call, do func(*gate.Session) (gate.Result, error)) (gate.Result, error) {
	s := c.Session.Behalf(Process)
	if past, err := s.Answered(ctx, c.Once); err != nil || len(past) > 0 {
		return first(past), err
	}
	result, err := do(s)
	if err != nil && c.Once != nil {
		if past, e := s.Answered(ctx, c.Once); e == nil && len(past) > 0 {
			return first(past), nil
		}
	}
	return result, err
}

// again does something anew as long as somebody else was quicker.
func again(do func() (gate.Result, error)) (gate.Result, error) {
	for range tries {
		result, err := do()
		if !forestalled(err) {
			return result, err
		}
	}
	return gate.Result{}, fault.New(fault.Conflict, "Others were quicker each time; try again. 队列正在变动，请重试。").WithIssue("conflict")
}

// forestalled tells whether what was decided by has changed meanwhile.
func forestalled(err error) bool {
	code := fault.CodeOf(err)
	return code == fault.Precondition || code == fault.Conflict && fault.From(err).Issue == "duplicate"
}

// first is the result of the first op, zero where nothing was done.
func first(results []gate.Result) (r gate.Result) {
	if len(results) > 0 {
		r = results[0]
	}
	return r
}

// read reads something by its name.
func (d Desk) read(ctx context.Context, s *gate.Session, name string) (r fhir.Resource, version int64, err error) {
	v, err := s.Read(ctx, refIn(name))
	if err != nil {
		return r, 0, err
	}
	if r, err = fhir.ParseResource(v.Body.Bytes); err != nil {
		return r, 0, fault.Wrap(err, "reading "+name)
	}
	return r, v.Number, nil
}

// called is what something of the directory is called.
func (d Desk) called(ctx context.Context, s *gate.Session, name string) (string, error) {
	r, _, err := d.read(ctx, s, name)
	return cases.Called(r), err
}

// ticket reads a ticket.
func (d Desk) ticket(ctx context.Context, s *gate.Session, ref fhir.Ref) (*ticket, error) {
	r, version, err := d.read(ctx, s, ref.String())
	if err != nil {
		return nil, err
	}
	t, is := ticketOf(r, version, d.Zone)
	if !is {
		return nil, fault.New(fault.Unprocessable, "%s is no ticket of a queue. 该就诊记录不是候诊单。", ref)
	}
	return t, nil
}

// room reads a room of the institution of who asks.
func (d Desk) room(ctx context.Context, s *gate.Session, ref fhir.Ref) (*room, error) {
	r, version, err := d.read(ctx, s, ref.String())
	if err != nil {
		return nil, err
	}
	m, is := roomOf(r, version, d.Zone)
	if !is {
		return nil, fault.New(fault.Unprocessable, "%s is no room of a queue. 该地点不是诊室。", ref)
	}
	if m.institution != s.Actor().Institution {
		return nil, fault.New(fault.Forbidden, "%s is no room of your institution. 该诊室不属于本机构。", ref)
	}
	return m, nil
}

// party is a ticket for who has a part in it: whom it is for, and the hospital.
func (d Desk) party(ctx context.Context, by *gate.Session, ref fhir.Ref) (*ticket, error) {
	t, err := d.ticket(ctx, by.Behalf(Process), ref)
	if err != nil {
		return nil, err
	}
	who := by.Actor()
	if isPerson(who) {
		names, err := by.Names(ctx, who.Resident)
		if err != nil || slices.Contains(names, t.patient) {
			return t, err
		}
	} else if who.Institution == t.institution {
		return t, nil
	}
	return nil, fault.New(fault.NotFound, "%s is not there.", ref)
}

func isPerson(who gate.Actor) bool { return who.Role == gate.Resident || who.Role == gate.Proxy }

// dayOf is when the day of an instant begins and ends.
func (d Desk) dayOf(now time.Time) (from, until time.Time) {
	year, month, day := now.In(d.Zone).Date()
	return time.Date(year, month, day, 0, 0, 0, 0, d.Zone), time.Date(year, month, day+1, 0, 0, 0, 0, d.Zone)
}

// tickets are those that checked in in some time: by [SystemLine] of a queue, by [SystemOf] of a department or a doctor.
func (d Desk) tickets(ctx context.Context, s *gate.Session, system, of string, from, until time.Time, most int) (all []*ticket, err error) {
	_, err = cases.EachVersion(ctx, s, typeEncounter, most, []search.Pair{
		{Name: "type", Value: system + "|" + of}, {Name: "date", Value: "ge" + from.Format(time.RFC3339)}, {Name: "date", Value: "lt" + until.Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if t, is := ticketOf(r, version, d.Zone); is && !t.arrived.Before(from) {
			all = append(all, t)
		}
		return true
	})
	return all, err
}

// allRooms are those of an institution that are not closed.
func (d Desk) allRooms(ctx context.Context, s *gate.Session, institution string) (all []*room, err error) {
	_, err = cases.EachVersion(ctx, s, typeLocation, roomsMost, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagRoom}, {Name: "organization", Value: institution}, {Name: "status", Value: "active"},
	}, func(r fhir.Resource, version int64) bool {
		if m, is := roomOf(r, version, d.Zone); is {
			all = append(all, m)
		}
		return true
	})
	slices.SortFunc(all, func(a, b *room) int { return byName(a.name, b.name) })
	return all, err
}

// limits looks up the rules by which an institution goes.
func (d Desk) limits(ctx context.Context, s *gate.Session, institution string, now time.Time) (l limits, err error) {
	r, _, err := d.read(ctx, s.Unseen(), institution)
	if err != nil {
		return l, err
	}
	region := rule.Where(r)
	if region == "" {
		region = d.Region
	}
	book := d.Book()
	for _, one := range []struct {
		into *int
		by   rule.Rule[int64]
	}{
		{&l.calls, Calls}, {&l.behind, SkipBehind}, {&l.skips, Skips}, {&l.age, FirstAge}, {&l.every, FirstEvery}, {&l.returns, ReturnsEvery}, {&l.notify, NotifyAhead},
	} {
		n, _, err := one.by.Find(book, region, now)
		if err != nil {
			return l, err
		}
		*one.into = int(n)
	}
	l.first = map[Priority]bool{}
	for _, p := range priorities {
		if l.first[Priority(p.Code)], _, err = First.Find(book, region, now, p.Code); err != nil {
			return l, err
		}
	}
	l.early, _, err = CheckInEarly.Find(book, region, now)
	return l, err
}
