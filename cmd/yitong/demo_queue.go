package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/modules/scheduling/queue"
)

// rooms are those of the centre and of the hospital, by who opens them.
var rooms = []struct{ office, name, department, way string }{
	{string(gate.Office), "全科1诊室", atCentre, "门诊楼1层西侧"},
	{string(gate.Office), "全科2诊室", atCentre, "门诊楼1层西侧"},
	{hospitalOffice, "心内科3诊室", cardiology, "门诊楼3层东区"},
}

// openRooms opens rooms, and lets the doctors sit down in them who can sign in.
func openRooms(ctx context.Context, people map[string]*visitor) (atWork string, err error) {
	for i, one := range rooms {
		at, err := people[one.office].operate(ctx, "Location/$open-room", parametersOf("name", one.name, "department", one.department, "way", one.way))
		if err != nil {
			return "", err
		}
		switch i {
		case 0:
			atWork = at
			_, err = people[name(gate.Doctor)].operate(ctx, at+"/$sit", parametersOf())
		case 2:
			_, err = people[hospitalDoctor].operate(ctx, at+"/$sit", parametersOf())
		}
		if err != nil {
			return "", err
		}
	}
	return atWork, nil
}

// queueLong is how many people the demo has in the waiting room.
const queueLong = 8

// waitInLine: people come to the doctor of the centre today: one is with the doctor, one at tests, others wait, the resident among them; for
// whom the proxy acts has a visit and has not come yet. Late in the evening there is nothing to come for any more.
func waitInLine(ctx context.Context, people map[string]*visitor, who shown) error {
	room, err := openRooms(ctx, people)
	if err != nil {
		return err
	}
	guide, doctor, nurse := people[name(gate.Guide)], people[name(gate.Doctor)], people[name(gate.Nurse)]
	come, err := guide.others(ctx, who)
	if err != nil {
		return err
	}
	today := time.Now().In(china).Format(time.DateOnly)
	var tickets []string
	for i, patient := range append(come, who.resident.name, who.ward.name) {
		visit, err := guide.book(ctx, doctorsPost, 0, i%3, patient)
		if err != nil || !strings.HasPrefix(visit.start, today) {
			return err
		}
		if patient == who.ward.name {
			break
		}
		if _, err := guide.operate(ctx, visit.name+"/$arrive", parametersOf()); err != nil {
			return err
		}
		tickets = append(tickets, "Encounter/visit-"+strings.TrimPrefix(visit.name, "Appointment/"))
	}
	if len(tickets) < 4 { // a very small city
		return nil
	}
	if _, err := nurse.operate(ctx, tickets[2]+"/$prioritise", coded("reason", queue.Military)); err != nil {
		return err
	}
	first, err := doctor.operate(ctx, room+"/$next", parametersOf())
	if err != nil {
		return err
	}
	return run(
		func() error { _, err := doctor.operate(ctx, first+"/$start", parametersOf()); return err },
		func() error { _, err := doctor.operate(ctx, first+"/$finish", coded("as", queue.EndTests)); return err },
		func() error {
			second, err := doctor.operate(ctx, room+"/$next", parametersOf())
			if err == nil {
				_, err = doctor.operate(ctx, second+"/$start", parametersOf())
			}
			return err
		},
	)
}

// coded are Parameters with a code.
func coded[T ~string](name string, code T) map[string]any {
	return map[string]any{"resourceType": "Parameters", "parameter": []map[string]any{{"name": name, "valueCode": string(code)}}}
}

// others are some of those whom a guide sees and who have not come to the window.
func (v *visitor) others(ctx context.Context, who shown) (names []string, err error) {
	come, err := v.residents(ctx, who)
	if err != nil {
		return nil, err
	}
	_, err = v.find(ctx, "Patient?_count=100&_sort=_id", func(r fhir.Resource) bool {
		name := r.Type.String() + "/" + r.ID
		if !r.Root.Get("deceasedDateTime").Exists() && name != who.resident.name && name != who.ward.name && !slices.Contains(come, name) {
			names = append(names, name)
		}
		return len(names) == queueLong
	})
	if len(names) > 0 {
		err = nil // of a very small city there are fewer
	}
	return names, err
}

const (
	pastDays       = 28 // of the queue that the demo begins with
	perDay         = 36 // visits of a day
	patience       = 50 * time.Minute
	departmentName = "全科医疗科"
)

// past loads how long people have waited for the doctor of the centre in the last weeks, so that there is something to learn from. It is of
// nobody: so many people do not live in the demo's city.
func past(ctx context.Context, a *app.App, who shown) error {
	r := rand.New(rand.NewPCG(uint64(pastDays), 0)) // the same each time
	today := time.Now().In(china)
	for back := pastDays; back > 0; back-- {
		day := time.Date(today.Year(), today.Month(), today.Day()-back, 0, 0, 0, 0, china)
		if day.Weekday() == time.Sunday {
			continue
		}
		var entries []map[string]any
		for _, one := range pastDay(r, day) {
			one.Visit.Names = [2]string{departmentName, who.staff["Practitioner/"+region.Centre+"-01"]}
			resource, err := one.Resource()
			if err != nil {
				return err
			}
			name := resource.Type.String() + "/" + resource.ID
			entries = append(entries, map[string]any{"resource": json.RawMessage(resource.Root.Raw()), "request": map[string]string{"method": "PUT", "url": name}})
		}
		text, err := json.Marshal(map[string]any{"resourceType": "Bundle", "type": "transaction", "entry": entries})
		if err != nil {
			return fault.Wrap(err, "writing past waits")
		}
		if _, _, err := (app.Local{Rest: a.Rest}).Send(ctx, text, "demo-queue-"+day.Format(time.DateOnly)); err != nil {
			return err
		}
	}
	return nil
}

// pastDay is a day of the queue: people come around their segment, one doctor sees them as they are due, on some days quickly, on others
// slowly; some do not wait so long.
func pastDay(r *rand.Rand, day time.Time) (all []queue.Past) {
	people := comers(r, day)
	pace := 5.5 * math.Exp(r.NormFloat64()*0.25) // minutes
	free := day.Add(8 * time.Hour).Add(time.Duration(r.IntN(10)) * time.Minute)
	for len(people) > 0 {
		next := slices.IndexFunc(people, func(p queue.Past) bool { return !p.Arrived.After(free) })
		if next < 0 { // the doctor waits for the next to come
			free = slices.MinFunc(people, func(a, b queue.Past) int { return a.Arrived.Compare(b.Arrived) }).Arrived
			continue
		}
		p := people[next]
		people = slices.Delete(people, next, next+1)
		if waited := free.Sub(p.Arrived); waited > patience && r.IntN(4) == 0 {
			p.Over = p.Arrived.Add(patience)
		} else {
			p.Called = free
			free = free.Add(time.Duration(pace * math.Exp(r.NormFloat64()*0.5) * float64(time.Minute))).Truncate(time.Second)
			p.Over = free
		}
		for _, other := range all {
			ends := other.Called
			if ends.IsZero() {
				ends = other.Over
			}
			if ends.After(p.Arrived) && !other.Arrived.After(p.Arrived) {
				p.Ahead++
			}
		}
		all = append(all, p)
	}
	return all
}

// comers are those who come on a day, as they are due.
func comers(r *rand.Rand, day time.Time) (people []queue.Past) {
	for i := range perDay {
		start := day.Add(8*time.Hour + time.Duration(i/3)*30*time.Minute)
		if i/3 >= 7 { // in the afternoon
			start = start.Add(150 * time.Minute)
		}
		people = append(people, queue.Past{
			ID: fmt.Sprintf("past-%s-%02d", day.Format("20060102"), i), Rooms: 1, Arrived: start.Add(time.Duration((r.NormFloat64()*14 - 8) * float64(time.Minute))).Truncate(time.Second),
			Visit: queue.Visit{Institution: workplace, Department: atCentre, Doctor: doctorsPost, Start: start, End: start.Add(30 * time.Minute), Place: i%3 + 1, Total: 4},
		})
	}
	return people
}
