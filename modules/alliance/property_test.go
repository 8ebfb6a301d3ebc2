package alliance_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/process/proptest"
	"yitong/modules/alliance"
	"yitong/test/services"
)

// steps are the moves that a referral has behind it in a state since its letter was written, in this order.
var steps = map[string][]string{
	"consenting": {"refer"}, "agreed": {"refer", "agree"}, "sending-review": {"refer", "agree", "send"}, "sending-late": {"refer", "agree", "send"},
	"receiving-review": {"refer", "agree", "send", "approve"}, "receiving-late": {"refer", "agree", "send", "approve"},
	"assigned": {"refer", "agree", "send", "approve", "accept"}, "scheduled": {"refer", "agree", "send", "approve", "accept", "schedule"},
	"unconfirmed": {"refer", "agree", "send", "approve", "accept", "schedule"}, "in-care": {"refer", "agree", "send", "approve", "accept", "schedule", "arrive"},
	"follow-up-late": {"refer", "agree", "send", "approve", "accept", "schedule", "arrive"},
	"completed":      {"refer", "agree", "send", "approve", "accept", "schedule", "arrive"},
}

// shown are the states in which the other institution sees the record.
var shown = []string{"receiving-review", "receiving-late", "assigned", "scheduled", "unconfirmed", "in-care", "follow-up-late"}

// TestProcess: what is true of every process is true of both; no step is left out, the other institution has a part, and its permit, from the
// first office's approval on and no longer, its doctor is its own, and nobody in a chain is asked twice.
func TestProcess(t *testing.T) {
	t.Parallel()
	// Both ways o1 refers to o2, and o2 to o3.
	for name, way := range map[string]struct {
		process    *process.Process
		agreements []string
	}{
		"up": {alliance.Up(), []string{
			affiliation("1", "o2", "o1", "member"), affiliation("2", "o2", "o2", "lead green-channel", "heart-o2"),
			affiliation("3", "o3", "o2", "member"), affiliation("4", "o3", "o3", "lead green-channel", "heart-o3"),
		}},
		"down": {alliance.Down(), []string{
			affiliation("1", "o1", "o1", "lead"), affiliation("2", "o1", "o2", "member", "heart-o2"),
			affiliation("3", "o2", "o2", "lead"), affiliation("4", "o2", "o3", "member", "heart-o3"),
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk(t, way.process, way.agreements)
		})
	}
}

func walk(t *testing.T, p *process.Process, agreements []string) {
	t.Helper()
	post := func(id, at string) string {
		return fmt.Sprintf(`{"resourceType":"PractitionerRole","id":%q,"practitioner":{"reference":"Practitioner/%[1]s"},"organization":{"reference":"Organization/%[2]s"},
			"availableTime":[{"daysOfWeek":["mon","tue","wed","thu","fri","sat","sun"],"availableStartTime":"08:00:00","availableEndTime":"17:00:00"}]}`, id, at)
	}
	ill := func(id, patient string) string {
		return fmt.Sprintf(`{"resourceType":"Condition","id":%q,"meta":{"extension":[{"url":%q,"valueReference":{"reference":"Organization/o1"}}]},"subject":{"reference":"Patient/%s"}}`, id, gate.Custodian, patient)
	}
	service := func(at string) string {
		return fmt.Sprintf(`{"resourceType":"HealthcareService","id":"heart-%s","active":true,"name":"心内科","providedBy":{"reference":"Organization/%[1]s"}}`, at)
	}
	proptest.Check(t, p, proptest.World{
		Visits: clinic{},
		Elsewhere: func(s *proptest.Scene) []gate.Op {
			ops, err := clinic{}.CallOff(t.Context(), s.Session(), fhir.ParseReference(kept(s.Case.Task, "visit")).Ref, false)
			if err != nil {
				s.Fatal(err)
			}
			return ops
		},
		Record: append(append(agreements, segments()...),
			`{"resourceType":"Organization","id":"o3","name":"丙"}`, `{"resourceType":"Practitioner","id":"s4"}`, service("o1"), service("o2"), service("o3"),
			post("s1", "o1"), post("s2", "o1"), post("s3", "o2"), post("s4", "o3"), ill("x", "r1"), ill("y", "r1"), ill("z", "r2"),
		),
		Actors: []gate.Actor{
			{Reference: "Practitioner/s4", Role: gate.Office, Institution: "Organization/o3"}, {Reference: "Practitioner/s4", Role: gate.Doctor, Institution: "Organization/o3"},
		},
		Values: map[string]func(*proptest.Scene) any{
			"problem": func(s *proptest.Scene) any { return form.Reference(s.Some("Condition")) },
			"department": func(s *proptest.Scene) any {
				next := map[string]string{"Organization/o1": "o2", "Organization/o2": "o3"}[s.Actor.Institution]
				return form.Reference(mostly(s, "HealthcareService/heart-"+next))
			},
			"post": func(s *proptest.Scene) any {
				own := map[string]string{"Organization/o1": "s1", "Organization/o2": "s3", "Organization/o3": "s4"}[s.Actor.Institution]
				return form.Reference(mostly(s, "PractitionerRole/"+own))
			},
			"attached": func(*proptest.Scene) any { return nil },
			"follow-up": func(s *proptest.Scene) any {
				return []any{form.Date(s.Now.AddDate(0, 0, 7).Format(time.DateOnly)), form.Date(s.Now.AddDate(0, 0, 30).Format(time.DateOnly))}[:rapid.IntRange(1, 2).Draw(s.T, "follow-ups")]
			},
			"time": func(s *proptest.Scene) any {
				day := s.Now.AddDate(0, 0, rapid.IntRange(0, 3).Draw(s.T, "days"))
				return time.Date(day.Year(), day.Month(), day.Day(), rapid.IntRange(6, 18).Draw(s.T, "hour"), 30, 0, 0, day.Location())
			},
			"slot": func(s *proptest.Scene) any {
				return form.Reference(mostly(s, "Slot/in-"+strconv.Itoa(rapid.IntRange(0, slotsAhead).Draw(s.T, "slot"))))
			},
			"died.date": func(s *proptest.Scene) any {
				return form.Date(s.Now.AddDate(0, 0, -rapid.IntRange(0, 2).Draw(s.T, "days")).Format(time.DateOnly))
			},
			"consent": func(s *proptest.Scene) any {
				return rapid.SampledFrom([]alliance.How{alliance.OnPaper, alliance.ByRelated}).Draw(s.T, "how")
			},
			"witness": func(s *proptest.Scene) any {
				if rapid.Bool().Draw(s.T, "somebody else") {
					return "李四，其子"
				}
				return nil
			},
		},
		Invariant: func(s *proptest.Scene) error { return errors.Join(inOrder(s), shownTo(s), asked(s), letGo(s)) },
	})
}

// mostly is what fits, and now and then another one of its type, or none.
func mostly(s *proptest.Scene, fits string) string {
	if rapid.IntRange(0, 4).Draw(s.T, "fits") > 0 {
		return fits
	}
	return s.Some(fhir.ParseReference(fits).Ref.Type.String())
}

// inOrder tells whether a step was left out.
func inOrder(s *proptest.Scene) error {
	made, visited := s.Made, false
	for i, move := range s.Made {
		if move == "refer" {
			made = s.Made[i:]
		}
	}
	for _, step := range steps[s.Case.State] {
		i := slices.IndexFunc(made, func(move string) bool { return stands(move, step) })
		if i < 0 && step == "schedule" && visited {
			continue
		}
		if i < 0 {
			return fmt.Errorf("it is %s, and behind %s %s was not made", s.Case.State, strings.Join(s.Made, " "), step)
		}
		visited = made[i] == "accept-visit"
		made = made[i+1:]
	}
	return nil
}

// stands tells whether a move is a step, or stands for it: what is accepted with a visit is accepted and has a time.
func stands(move, step string) bool {
	return move == step || step == "agree" && move == "record-consent" || step == "accept" && move == "accept-visit" || step == "schedule" && (move == "book-visit" || move == "accept-visit")
}

// letGo tells whether a visit stands that is not to be: one does while the patient is to come to it, or has not come.
func letGo(s *proptest.Scene) error {
	task, waits := s.Case.Task, slices.Contains([]string{"scheduled", "unconfirmed", "no-show", "lapsed"}, s.Case.State)
	last := ""
	for in := task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		if name := in.Get("type").Get("text").Str(); name == "time" || name == "visit" {
			last = in.Get("valueReference").Get("reference").Str()
		}
	}
	for in := task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		ref := in.Get("valueReference").Get("reference").Str()
		if in.Get("type").Get("text").Str() != "visit" {
			continue
		}
		visit, _ := s.Read(ref)
		if booked := visit.Root.Get("status").Str() == "booked"; booked != (waits && ref == last) {
			return fmt.Errorf("in %s the visit %s is booked: %t", s.Case.State, ref, booked)
		}
	}
	return nil
}

// clinic books whatever it is asked for.
type clinic struct{}

func (clinic) BookVisit(ctx context.Context, s *gate.Session, v process.Visit) ([]gate.Op, error) {
	version := int64(0)
	if before, err := s.Read(ctx, v.Appointment); err == nil {
		version = before.Number
	}
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Appointment","id":%q,"status":"booked","basedOn":[{"reference":%q}],"slot":[{"reference":%q}],
		"participant":[{"actor":{"reference":%q},"status":"accepted"},{"actor":{"reference":%q},"status":"accepted"}]}`, v.Appointment.ID, v.Request, v.Slot, v.Resident, v.Department))
	return []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r, IfVersion: version, IfAbsent: version == 0}}, err
}

func (clinic) CallOff(ctx context.Context, s *gate.Session, visit fhir.Ref, _ bool) ([]gate.Op, error) {
	return becomes(ctx, s, visit, "cancelled")
}

func (clinic) Came(ctx context.Context, s *gate.Session, visit fhir.Ref) ([]gate.Op, error) {
	return becomes(ctx, s, visit, "fulfilled")
}

// becomes lets a visit that is booked have another status.
func becomes(ctx context.Context, s *gate.Session, visit fhir.Ref, status string) ([]gate.Op, error) {
	if visit.ID == "" {
		return nil, nil
	}
	v, err := s.Read(ctx, visit)
	if err != nil {
		return nil, err
	}
	text := strings.Replace(string(v.Body.Bytes), `"status":"booked"`, `"status":"`+status+`"`, 1)
	if text == string(v.Body.Bytes) {
		return nil, nil
	}
	r, err := fhir.ParseResource([]byte(text))
	return []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r, IfVersion: v.Number}}, err
}

const slotsAhead = 10

// segments are those on the days behind the beginning of a walk.
func segments() (all []string) {
	for day := range slotsAhead + 1 {
		start := time.Date(2026, 5, 4, 10, 0, 0, 0, services.Zone).AddDate(0, 0, 3*day)
		all = append(all, fmt.Sprintf(`{"resourceType":"Slot","id":"in-%d","schedule":{"reference":"Schedule/all"},"status":"free","start":%q,"end":%q}`,
			day, start.Format(time.RFC3339), start.Add(30*time.Minute).Format(time.RFC3339)))
	}
	return append(all, `{"resourceType":"Schedule","id":"all","actor":[{"reference":"HealthcareService/heart-o2"}]}`)
}

// shownTo tells whether somebody sees the record who should not, or has a part.
func shownTo(s *proptest.Scene) error {
	open := slices.Contains(shown, s.Case.State)
	permit, _ := s.Read(kept(s.Case.Task, "permit"))
	active := permit.Root.Get("status").Str() == "active"
	receiving, doctor := s.Case.Party("receiving"), s.Case.Party("doctor")
	before := slices.Contains([]string{"consulting", "consenting", "agreed", "sending-review", "sending-late", "returned"}, s.Case.State)
	switch {
	case open != active:
		return fmt.Errorf("in %s the permit is active: %t", s.Case.State, active)
	case open && !strings.Contains(string(permit.Root.Raw()), receiving.Reference):
		return fmt.Errorf("the permit is not for %s", receiving.Reference)
	case before && (receiving.Reference != "" || doctor.Reference != ""):
		return fmt.Errorf("in %s %s and %s have a part", s.Case.State, receiving.Reference, doctor.Reference)
	case doctor.Reference != "" && doctor.At != receiving.Reference:
		return fmt.Errorf("the doctor is of %s, not of %s", doctor.At, receiving.Reference)
	case receiving.Reference != "" && receiving.Reference == s.Case.Party("sending").Reference:
		return errors.New("an institution refers to itself")
	}
	return nil
}

// asked tells whether an institution was asked twice with one letter.
func asked(s *proptest.Scene) error {
	var chain []string
	for in := s.Case.Task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		ref := in.Get("valueReference").Get("reference").Str()
		switch in.Get("type").Get("text").Str() {
		case "letter":
			chain = nil
		case "asked":
			if slices.Contains(chain, ref) {
				return fmt.Errorf("%s was asked twice", ref)
			}
			chain = append(chain, ref)
		}
	}
	return nil
}

// kept is the reference that a case keeps under a name, the last where there are several.
func kept(task fhir.Resource, name string) (reference string) {
	for in := task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		if in.Get("type").Get("text").Str() == name {
			reference = in.Get("valueReference").Get("reference").Str()
		}
	}
	return reference
}
