package queue

import (
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// Visit is an Appointment as the queue needs it.
type Visit struct {
	Appointment, Patient fhir.Ref
	Institution          string
	Department, Doctor   string    // references; Doctor is "" where the visit is at the department
	Names                [2]string // of these
	Start, End           time.Time // of the segment
	Place, Total         int       // the number of the place, and how many there are; extra ones have higher numbers
}

// Admitted is what who has checked in learns.
type Admitted struct {
	Ticket fhir.Ref
	Label  string // the number
	Ahead  int
}

// Admit makes the ticket of a visit whose person has come: an op for the transaction in which the Appointment says so. Checked in twice there
// is one ticket all the same, for its id is that of the visit. early says whether one has to wait for the time at which check-in opens.
func (d Desk) Admit(ctx context.Context, by *gate.Session, v Visit, way Way, early bool) (gate.Op, error) {
	s := by.Behalf(Process)
	now := s.Now().In(d.Zone)
	l, err := d.limits(ctx, s, v.Institution, now)
	if err != nil {
		return gate.Op{}, err
	}
	if from := v.Start.Add(-l.early); !early && now.Before(from) {
		return gate.Op{}, fault.New(fault.Unprocessable, "Check-in opens at %s. %[1]s 起可以报到。", from.In(d.Zone).Format("15:04")).WithIssue("business-rule")
	}
	t := &ticket{
		ref: TicketOf(v.Appointment), appointment: v.Appointment.String(), patient: v.Patient, institution: v.Institution, department: v.Department, doctor: v.Doctor,
		names: v.Names, start: v.Start, end: v.End, due: dueOf(v.Start, v.End, now), place: v.Place, label: labelOf(v.Start, v.Place, v.Total),
		arrived: now, way: way, state: Waiting, steps: []step{{Act: actArrive, State: Waiting, At: now}},
	}
	if t.priority, err = d.oldAge(ctx, s, v.Patient, l, now); err != nil {
		return gate.Op{}, err
	}
	is, err := d.stands(ctx, s.Unseen(), t, l, now)
	if err != nil {
		return gate.Op{}, err
	}
	t.ahead, t.open = is.ahead, is.rooms
	return t.op()
}

// Stands is how the ticket of a visit stands.
func (d Desk) Stands(ctx context.Context, by *gate.Session, appointment fhir.Ref) (a Admitted, err error) {
	s := by.Behalf(Process).Unseen()
	t, err := d.ticket(ctx, s, TicketOf(appointment))
	if err != nil {
		return a, err
	}
	now := s.Now().In(d.Zone)
	l, err := d.limits(ctx, s, t.institution, now)
	if err != nil {
		return a, err
	}
	is, err := d.stands(ctx, s, t, l, now)
	return Admitted{t.ref, t.label, is.ahead}, err
}

// oldAge is the priority of who is so old that nobody has to ask.
func (d Desk) oldAge(ctx context.Context, s *gate.Session, patient fhir.Ref, l limits, now time.Time) (Priority, error) {
	r, _, err := d.read(ctx, s.Unseen(), patient.String())
	if err != nil {
		return "", err
	}
	if age, known := ageOf(r.Root.Get("birthDate").Str(), now); known && age >= l.age && l.first[Elder] {
		return Elder, nil
	}
	return "", nil
}

// doctorOf is the doctor of a visit; nil where it has none.
func doctorOf(doctor, name string) *form.Named {
	if doctor == "" {
		return nil
	}
	return &form.Named{Reference: form.Reference(doctor), Display: name}
}
