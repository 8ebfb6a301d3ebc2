package queue

import (
	"time"

	"yitong/internal/fhir"
)

// Past is a ticket of a day that is over, of a queue that was kept elsewhere until now: what past waits tell can be learnt from it. It says
// nothing of whom it was for.
type Past struct {
	ID           string // of the Encounter, behind what all tickets begin with
	Visit        Visit
	Arrived      time.Time
	Called       time.Time // the zero time for who left before
	Over         time.Time
	Ahead, Rooms int // when it checked in
}

// Resource is the Encounter, to be loaded.
func (p Past) Resource() (fhir.Resource, error) {
	v := p.Visit
	t := &ticket{
		ref: fhir.Ref{Type: typeEncounter, ID: ticketPrefix + p.ID}, institution: v.Institution, department: v.Department, doctor: v.Doctor, names: v.Names,
		start: v.Start, end: v.End, due: dueOf(v.Start, v.End, p.Arrived), place: v.Place, label: labelOf(v.Start, v.Place, v.Total),
		arrived: p.Arrived, way: ByWindow, ahead: p.Ahead, open: p.Rooms, state: Waiting, steps: []step{{Act: actArrive, State: Waiting, At: p.Arrived}},
	}
	steps := []step{{Act: actCall, At: p.Called, Turn: turnFirst}, {Act: actStart, At: p.Called}, {Act: actDone, At: p.Over}}
	if p.Called.IsZero() {
		steps = []step{{Act: actLeave, At: p.Over}}
	}
	for _, s := range steps {
		if err := t.do(s); err != nil {
			return fhir.Resource{}, err
		}
	}
	return t.resource()
}
