package alliance_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/modules/alliance"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// desks are those of the clinics of worlds.
var desks sync.Map // scheduling.Desk by *services.World

// clinicsOf lets a service's moves book at clinics.
func clinicsOf(s *services.Service) *services.Service {
	s.Rules, s.Owned = append(alliance.Tables(), scheduling.Tables()...), scheduling.Owned()
	s.Visits = func(w *services.World, book *rule.Book) process.Visits {
		d := scheduling.Desk{
			Book: func() *rule.Book { return book }, Zone: services.Zone, Secret: []byte("what the platform alone knows"),
			Lost: func(ctx context.Context, s *gate.Session, of fhir.Ref, ops []gate.Op, once *gate.Idempotency) ([]gate.Result, error) {
				return w.Engine.Happen(ctx, s, of, alliance.MoveLost, ops, once)
			},
		}
		desks.Store(w, d)
		w.Cleanup(func() { desks.Delete(w) })
		return d
	}
	return s
}

func deskOf(w *services.World) scheduling.Desk {
	d, _ := desks.Load(w)
	return d.(scheduling.Desk)
}

// operate calls an operation of the clinics, on a resource or with none; its error is not one of the platform's own.
func operate(w *services.World, s *gate.Session, id, on string, given fhir.Node) (any, error) {
	w.Helper()
	for _, op := range scheduling.Descriptor(deskOf(w)).Operations {
		if !strings.HasSuffix(op.Definition(), ":"+id) {
			continue
		}
		in, err := op.In.Read(given)
		if err != nil {
			return nil, err
		}
		target := fhir.ParseReference(on).Ref
		if target.ID == "" {
			target.Type = op.Types[0]
		}
		out, err := op.Do(w.Context(), &module.Call{Session: s, Ref: target, Zone: services.Zone}, in)
		if fault.CodeOf(err) == fault.Internal {
			w.Fatal(err)
		}
		return out, err
	}
	w.Fatalf("there is no operation %s", id)
	return nil, nil
}

// opens opens a clinic of a department of b from tomorrow on, each day from 8 to 9 o'clock, with so many places in each half hour; more are
// parameters, each with a comma behind it.
func opens(w *services.World, department string, capacity int, more string) (clinic string) {
	w.Helper()
	tree, err := fhir.Parse(fmt.Appendf(nil, `{"resourceType":"Parameters","parameter":[%s
		{"name":"department","valueReference":{"reference":"HealthcareService/%s"}},{"name":"from","valueDate":%q},
		{"name":"segment","valueInteger":30},{"name":"ahead","valueInteger":14},{"name":"opens","valueString":"07:00"},
		{"name":"session","part":[{"name":"from","valueString":"08:00"},{"name":"to","valueString":"09:00"},{"name":"capacity","valueInteger":%d},{"name":"onsite","valueInteger":0},{"name":"holidays","valueBoolean":true},
		{"name":"day","valueCode":"mon"},{"name":"day","valueCode":"tue"},{"name":"day","valueCode":"wed"},{"name":"day","valueCode":"thu"},{"name":"day","valueCode":"fri"},{"name":"day","valueCode":"sat"},{"name":"day","valueCode":"sun"}]}]}`,
		more, department, w.Now().AddDate(0, 0, 1).Format(time.DateOnly), capacity))
	w.Must(err)
	out, err := operate(w, w.Working(gate.Administrator, "office", "b"), "open-clinic", "", tree.Root())
	w.Must(err)
	return out.(gate.Result).Version.Ref.String()
}

// slotAt is the first segment of a clinic so many days from now.
func slotAt(w *services.World, clinic string, days int) string {
	return "Slot/seg-" + strings.TrimPrefix(clinic, "Schedule/") + "-" + w.Now().In(services.Zone).AddDate(0, 0, days).Format("20060102") + "0800"
}

// clinics are those of departments of worlds, and times the segments of them that were found last.
var clinics, times sync.Map

// free is a segment of a clinic of the department that a case asks, on a day on which the resident has no visit.
func free(w *services.World, of fhir.Ref) any {
	department := fhir.ParseReference(kept(w.Task(of), "asked")).Ref.ID
	if !slices.Contains([]string{"receiving-review", "assigned", "scheduled"}, w.State(of)) {
		return services.Ref("Slot/none") // nobody books from there
	}
	at := fmt.Sprintf("%p %s", w, department)
	if slot, is := times.Load(at); is && unbooked(w, slot.(string)) {
		return services.Ref(slot.(string))
	}
	clinic, is := clinics.Load(at)
	if !is {
		clinic = opens(w, department, 5, "")
		clinics.Store(at, clinic)
	}
	for ahead := 1; ; ahead++ {
		slot := slotAt(w, clinic.(string), ahead)
		if len(w.Find("Slot?_id="+strings.TrimPrefix(slot, "Slot/"))) == 0 { // the clock has gone on
			_, _, err := deskOf(w).Publish(w.Context(), w.Gate.Session(scheduling.Platform))
			w.Must(err)
		}
		if unbooked(w, slot) {
			times.Store(at, slot)
			return services.Ref(slot)
		}
	}
}

// unbooked tells whether a segment is to be, and the resident has no visit on its day.
func unbooked(w *services.World, slot string) bool {
	start, err := time.ParseInLocation("200601021504", slot[strings.LastIndex(slot, "-")+1:], services.Zone)
	w.Must(err)
	return start.After(w.Now()) && len(w.Find("Appointment?patient=Patient/p&status=booked,fulfilled&date="+start.Format(time.DateOnly))) == 0
}

// visitOf is the visit that a case has booked last, as it stands.
func visitOf(w *services.World, of fhir.Ref) fhir.Resource {
	w.Helper()
	return w.Task(fhir.ParseReference(kept(w.Task(of), "visit")).Ref)
}

// isVisit holds how the visit of a case stands.
func isVisit(w *services.World, of fhir.Ref, state, status string) {
	w.Helper()
	if got := w.State(of); got != state {
		w.Errorf("the referral is %s, not %s", got, state)
	}
	if got := visitOf(w, of).Root.Get("status").Str(); got != status {
		w.Errorf("the visit is %s, not %s", got, status)
	}
}
