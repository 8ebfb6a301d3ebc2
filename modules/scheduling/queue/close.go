package queue

import (
	"context"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Platform is who ends what is open at the end of a day.
var Platform = gate.Actor{Reference: "Device/queue", Process: Process, Access: gate.Whole()}

const (
	closesMost = 500 // tickets that are closed in one look
	oldest     = 7   // days back that are looked at
	seatsMost  = 20_000
)

// Why somebody has left: their ticket was open at the end of the day, or the clinic was stopped.
const (
	reasonDay     = "end-of-day"
	reasonStopped = "stopped"
)

// Close ends the tickets of past days that are open still, and empties the rooms. It says whether there may be more.
func (d Desk) Close(ctx context.Context, s *gate.Session) (more bool, err error) {
	today, _ := d.dayOf(s.Now())
	var open []*ticket
	whole, err := cases.EachVersion(ctx, s, typeEncounter, closesMost, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagTicket}, {Name: "status", Value: "arrived,in-progress,onleave"}, {Name: "date", Value: "lt" + today.Format(time.RFC3339)},
		{Name: "date", Value: "ge" + today.AddDate(0, 0, -oldest).Format(time.RFC3339)},
	}, func(r fhir.Resource, version int64) bool {
		if t, is := ticketOf(r, version, d.Zone); is && t.arrived.Before(today) && !t.over() {
			open = append(open, t)
		}
		return true
	})
	for _, t := range open {
		if err != nil {
			return false, err
		}
		err = d.end(ctx, s, t, today)
	}
	if err == nil && whole {
		err = d.emptyRooms(ctx, s, today)
	}
	return !whole, err
}

// emptyRooms lets those rise who sit in a room since a past day.
func (d Desk) emptyRooms(ctx context.Context, s *gate.Session, today time.Time) error {
	var sat []*room
	_, err := cases.EachVersion(ctx, s, typeLocation, seatsMost, []search.Pair{{Name: "_tag", Value: System + "|" + tagRoom}, {Name: "status", Value: "active"}}, func(r fhir.Resource, version int64) bool {
		if m, is := roomOf(r, version, d.Zone); is && m.post != "" && m.since.Before(today) {
			sat = append(sat, m)
		}
		return true
	})
	for _, m := range sat {
		if err != nil {
			return err
		}
		m.rise()
		if _, err = d.keep(ctx, s, m, nil); forestalled(err) {
			err = nil
		}
	}
	return err
}

// end ends a ticket with its day, unless somebody else has changed it since.
func (d Desk) end(ctx context.Context, s *gate.Session, t *ticket, at time.Time) error {
	if err := t.do(step{Act: actLeave, At: at.Add(-time.Second), Room: t.room, Reason: reasonDay}); err != nil {
		return err
	}
	op, err := t.op()
	if err == nil {
		_, err = s.Apply(ctx, []gate.Op{op}, nil)
	}
	if forestalled(err) {
		return nil // the next look finds it, if there is still anything to do
	}
	return err
}

// CallOff ends the ticket of a visit whose clinic is stopped, by an op for the transaction that calls the visit off. waits is false where there is
// nothing to call off: who has been with the doctor, has left, or stands in another queue than that of the visit.
func (d Desk) CallOff(ctx context.Context, by *gate.Session, v Visit) (ops []gate.Op, waits bool, err error) {
	s := by.Behalf(Process)
	t, err := d.ticket(ctx, s, TicketOf(v.Appointment))
	if err != nil {
		return nil, false, err
	}
	if _, seen := t.last(actStart); seen || t.over() || t.department != v.Department || t.doctor != v.Doctor {
		return nil, false, nil
	}
	if err := t.do(step{Act: actLeave, At: s.Now().In(d.Zone), Room: t.room, Reason: reasonStopped}); err != nil {
		return nil, false, err
	}
	op, err := t.op()
	return []gate.Op{op}, true, err
}
