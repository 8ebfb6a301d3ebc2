package alliance_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/modules/alliance"
	"yitong/test/pgcluster"
	"yitong/test/services"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// up is what the tests of all services need to know of referrals up: from a to b, and from there to c.
var up = clinicsOf(&services.Service{
	Process: alliance.Up(), Files: "up",
	Record: []string{
		`{"resourceType":"Organization","id":"c","name":"医院c"}`, department("heart-a", "a"), department("heart-b", "b"), department("heart-c", "c"),
		condition("ill"),
		affiliation("a", "b", "a", "member"), affiliation("b", "b", "b", "lead", "heart-b"), affiliation("c", "c", "c", "lead", "heart-c"), affiliation("b-c", "c", "b", "member"),
	},
	Begin: func(w *services.World) fhir.Ref {
		id := w.NewID()
		w.Put("%s", condition(id))
		of, err := consult(w, "doctor", "Condition/"+id)
		w.Must(err)
		return of
	},
	Moves: map[string]services.Usual{
		"stay": {By: "doctor", With: []any{"conclusion", "可在本机构诊治"}}, "refer": {By: "doctor", With: referring("heart-b")},
		"agree": {By: "resident"}, "record-consent": {By: "doctor", With: []any{"consent", services.Code("paper")}},
		"send":    {By: "doctor", First: signs},
		"approve": {By: "office"}, "reject-sending": {By: "office", With: []any{"reason", "本机构可以诊治"}},
		"accept":       {By: "another office", With: []any{"post", services.Ref("PractitionerRole/other-b")}},
		"accept-visit": {By: "another office", With: []any{"post", services.Ref("PractitionerRole/other-b"), "slot", services.Asked(free)}},
		"book-visit":   {By: "a doctor elsewhere", With: []any{"slot", services.Asked(free)}},
		"forward":      {By: "another office", With: []any{"department", services.Ref("HealthcareService/heart-c"), "reason", "需要手术"}},
		"reject":       {By: "another office", With: []any{"reason", "资料不全"}}, "decline": {By: "a doctor elsewhere", With: []any{"reason", "出差"}},
		"schedule": {By: "a doctor elsewhere", With: []any{"time", services.Asked(tomorrow)}},
		"arrive":   {By: "a doctor elsewhere"}, "advise": {By: "another doctor", With: []any{"opinion", "建议上转"}},
		"conclude": {By: "a doctor elsewhere", With: []any{"summary", "支架植入一枚", "appropriate", services.Code("yes")}}, "turn-away": {By: "a doctor elsewhere", With: []any{"reason", "病情平稳"}}, "no-show": {By: "another office"},
		"refuse": {By: "resident"}, "withdraw": {By: "doctor", With: []any{"reason", "病情好转"}}, "died": {By: "doctor", With: []any{"date", form.Date("2026-05-10")}},
		"remind-sending": {By: "regulator", With: []any{"reason", "请尽快"}}, "remind-receiving": {By: "regulator", With: []any{"reason", "请尽快"}},
		"close": {By: "regulator", With: []any{"reason", "无人办理"}},
	},
	Ways: map[string]string{
		"consulting": "", "stayed": "stay", "consenting": "refer", "agreed": "refer agree", "sending-review": "refer agree send",
		"receiving-review": toB, "assigned": toB + " accept", "scheduled": toB + " accept schedule", "unconfirmed": toB + " accept schedule LATE",
		"returned": toB + " reject", "sending-late": "refer agree send LATE", "receiving-late": toB + " LATE", "in-care": inCare, "completed": inCare + " conclude",
		"turned-away": toB + " accept schedule turn-away", "no-show": toB + " accept schedule LATE no-show", "refused": "refer refuse", "died": "died",
		"withdrawn": "withdraw", "lapsed": "LATE",
	},
})

const (
	toB    = "refer agree send approve"
	inCare = toB + " accept schedule arrive"
)

func department(id, of string) string {
	return fmt.Sprintf(`{"resourceType":"HealthcareService","id":%q,"active":true,"name":"心内科","providedBy":{"reference":"Organization/%s"}}`, id, of)
}

// affiliation is the agreement of an institution with who leads its alliance, and which of its departments take referrals.
func affiliation(id, lead, of, as string, services ...string) string {
	var codes []string
	for code := range strings.FieldsSeq(as) {
		codes = append(codes, fmt.Sprintf(`{"coding":[{"system":"urn:yitong:codesystem:alliance-role","code":%q}]}`, code))
	}
	text := fmt.Sprintf(`{"resourceType":"OrganizationAffiliation","id":%q,"active":true,"organization":{"reference":"Organization/%s"},"participatingOrganization":{"reference":"Organization/%s"},
		"code":[%s],"period":{"start":"2026-01-01","end":"2026-12-31"}`, id, lead, of, strings.Join(codes, ","))
	for i, s := range services {
		text += []string{`,"healthcareService":[`, ","}[min(i, 1)] + fmt.Sprintf(`{"reference":"HealthcareService/%s"}`, s)
	}
	if len(services) > 0 {
		text += "]"
	}
	return text + "}"
}

// condition is one of Patient/p for which a answers.
func condition(id string) string {
	return fmt.Sprintf(`{"resourceType":"Condition","id":%q,%s,"code":{"text":"冠心病"},"subject":{"reference":"Patient/p"}}`, id, services.Custodian("a"))
}

func consult(w *services.World, who, about string) (fhir.Ref, error) {
	w.Helper()
	return w.Ask(w.As(who), "consult", "problem", services.Ref(about), "question", "是否需要介入治疗", "urgency", services.Code("routine"), "colleague", services.Ref("PractitionerRole/second-a"))
}

func referring(to string) []any {
	return []any{"conclusion", "需要冠脉造影", "department", services.Ref("HealthcareService/" + to), "history", "胸痛三天", "findings", "ST 段压低", "referral-question", "请评估介入治疗"}
}

// signs lets the doctor sign the letter, where there is one.
func signs(w *services.World, of fhir.Ref) {
	if letter := kept(w.Task(of), "letter"); letter != "" {
		w.Sign("doctor", fhir.ParseReference(letter).Ref)
	}
}

func tomorrow(w *services.World, _ fhir.Ref) any { return w.Now().Add(24 * time.Hour) }

// TestUp: a referral goes up over both offices to a doctor of the hospital, with one that is forwarded before.
func TestUp(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("in-care")
		w.Do(of, "conclude")
		if got := w.State(of); got != "completed" {
			t.Errorf("it is %s", got)
		}
	})
}

// TestUpMatrix: what everybody may do in every state.
func TestUpMatrix(t *testing.T) { services.Each(t, up, (*services.World).Matrix) }

// TestUpSight: by plain reads and searches the referring institution's people and the resident see a case from its beginning; the receiving
// office and doctor as long as the permit lasts, and nobody else there.
func TestUpSight(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		own := []string{"resident", "proxy", "office", "a colleague", "doctor", "another doctor", "nurse", "pharmacist", "technician", "system"}
		of := w.Brought("sending-review")
		w.Seen(of, own...)
		w.Do(of, "approve")
		sees(w, "another office")
		w.Do(of, "accept")
		sees(w, "another office", "a doctor elsewhere")
		w.Do(of, "schedule arrive conclude")
		sees(w)
	})
}

// sees holds who of another institution finds what is on record of the resident.
func sees(w *services.World, by ...string) {
	w.Helper()
	condition, _ := schema.TypeOf("Condition")
	for _, who := range []string{"another office", "a doctor elsewhere", "the doctor elsewhere", "insurer", "cdc", "another regulator"} {
		s, found := w.As(who), 0
		asked, err := s.Request([]schema.Type{condition}, gate.Pairs("patient=Patient/p"), gate.Wishes{})
		if err == nil {
			var results *gate.Results
			if results, err = s.Search(w.Context(), asked, "test", ""); err == nil {
				found = len(results.Matches)
			}
		}
		if err != nil && fault.CodeOf(err) != fault.Forbidden {
			w.Error(err)
		}
		if (found > 0) != slices.Contains(by, who) {
			w.Errorf("%s finds %d", who, found)
		}
	}
}

// TestForward: the next hospital's office reviews anew, and who has forwarded sees the record no more; nobody is asked twice.
func TestForward(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("receiving-review")
		due := w.Due(of)
		w.Pass(24 * time.Hour)
		w.Do(of, "forward")
		if w.State(of) != "receiving-review" || !w.Due(of).After(due) {
			t.Errorf("it is %s until %s", w.State(of), w.Due(of))
		}
		if err := w.Try(w.As("another office"), of, "accept"); fault.CodeOf(err) != fault.Forbidden && fault.CodeOf(err) != fault.NotFound {
			t.Errorf("who has forwarded accepts: %v", err)
		}
	})
}

// TestPartner: who leads forwards to a partner of another province, though both are of one level.
func TestPartner(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		of := w.Brought("receiving-review")
		w.Put("%s", affiliation("c", "b", "c", "partner", "heart-c"))
		w.Do(of, "forward")
	})
}

// TestSharpSteps: what has to be chosen is chosen, by who has to, in order (rules of two-way referral).
func TestSharpSteps(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		hold := func(name, state, who, move string, want fault.Code, with ...any) {
			t.Helper()
			if err := w.Try(w.As(who), w.Brought(state), move, with...); fault.CodeOf(err) != want {
				t.Errorf("%s: %v", name, err)
			}
		}
		hold("the office approves before a hospital is chosen", "consulting", "office", "approve", fault.Conflict)
		hold("a referral without a department", "consulting", "doctor", "refer", fault.Malformed, referring("heart-b")[:2]...)
		hold("a department of one's own", "consulting", "doctor", "refer", fault.Unprocessable, referring("heart-a")...)
		hold("a hospital without an agreement", "consulting", "doctor", "refer", fault.Unprocessable, referring("heart-c")...)
		hold("the other office approves without a doctor", "receiving-review", "another office", "accept", fault.Malformed, "reason", "x")
		hold("the other office chooses another hospital's doctor", "receiving-review", "another office", "accept", fault.Unprocessable, "post", services.Ref("PractitionerRole/doctor-a"))
		hold("one's own office chooses the other's doctor", "sending-review", "office", "accept", fault.Forbidden)
		hold("a rejection without a reason", "receiving-review", "another office", "reject", fault.Malformed, "text", "x")
		hold("a time in the past", "assigned", "a doctor elsewhere", "schedule", fault.Unprocessable, "time", w.Now().Add(-time.Hour))
		of := w.Brought("agreed")
		if err := w.Try(w.As("doctor"), of, "send", []any{}...); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a letter that nobody has signed: %v", err)
		}
		letter := fhir.ParseReference(kept(w.Task(of), "letter")).Ref
		w.Sign("another doctor", letter)
		w.Put(`{"resourceType":"Provenance","id":"forged-%s","recorded":"2026-05-11T09:00:00+08:00","target":[{"reference":"%s/_history/1"}],"agent":[{"who":{"reference":"Practitioner/doctor"}}],
			"signature":[{"type":[{"system":"urn:iso-astm:E1762-95:2013","code":"1.2.840.10065.1.12.1.1"}],"when":"2026-05-11T09:00:00+08:00","who":{"reference":"Practitioner/doctor"},"data":"AAAA"}],%s}`,
			of.ID, letter, services.Custodian("a"))
		if err := w.Try(w.As("doctor"), of, "send", []any{}...); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a letter that a colleague has signed, and somebody in the doctor's name: %v", err)
		}
	})
}

// TestHours: the time is within the hours of the doctor's post.
func TestHours(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.Put(`{"resourceType":"PractitionerRole","id":"other-b","practitioner":{"reference":"Practitioner/other"},"organization":{"reference":"Organization/b"},
			"availableTime":[{"daysOfWeek":["mon","tue"],"availableStartTime":"08:00:00","availableEndTime":"12:00:00"},{"daysOfWeek":["sat"],"allDay":true}]}`)
		day := func(date, clock string) time.Time {
			at, err := time.ParseInLocation("2006-01-02 15:04", date+" "+clock, services.Zone)
			w.Must(err)
			return at
		}
		of := w.Brought("assigned")
		for at, fits := range map[time.Time]bool{
			day("2026-05-18", "08:00"): true, day("2026-05-18", "11:59"): true, day("2026-05-18", "12:00"): false, day("2026-05-19", "07:59"): false,
			day("2026-05-20", "09:00"): false, day("2026-05-23", "23:30"): true,
		} {
			if err := w.Try(w.As("a doctor elsewhere"), of, "schedule", "time", at); (err == nil) != fits {
				t.Errorf("%s: %v", at, err)
			}
		}
	})
}

// TestGreenChannel: it leaves no step out, each counts by the minute at night too, and an agreement has to say that there is one.
func TestGreenChannel(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.At(time.Date(2026, 5, 16, 23, 40, 0, 0, services.Zone)) // a Saturday
		w.Put("%s", condition("acute"))
		of, err := w.Ask(w.As("doctor"), "consult", "problem", services.Ref("Condition/acute"), "question", "急性心梗？", "urgency", services.Code("stat"))
		w.Must(err)
		if got := w.Due(of).Sub(w.Now()); got != 30*time.Minute {
			t.Errorf("the consultation may take %s", got)
		}
		if err := w.Try(w.As("doctor"), of, "refer"); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("a green channel that no agreement names: %v", err)
		}
		w.Put("%s", affiliation("b", "b", "b", "lead green-channel", "heart-b"))
		w.Do(of, "refer agree send")
		due := w.Due(of)
		if got := due.Sub(w.Now()); got != 30*time.Minute {
			t.Errorf("the office may take %s", got)
		}
		w.Late(of)
		if got := w.State(of); got != "sending-late" {
			t.Errorf("behind it it is %s", got)
		}
	})
}

// TestAgreementsEnd: what has run out, or does not hold yet, binds nobody.
func TestAgreementsEnd(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.At(time.Date(2026, 12, 31, 23, 0, 0, 0, services.Zone))
		last, behind := w.Begin(w), w.Begin(w)
		w.Must(w.Try(w.As("doctor"), last, "refer"))
		w.Pass(2 * time.Hour)
		if err := w.Try(w.As("doctor"), behind, "refer"); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("behind its last day: %v", err)
		}
	})
}

// TestUpDeadlines: working days are counted behind the day; an opinion keeps the deadline.
func TestUpDeadlines(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.Deadlines(map[string]string{"2026-05-11 09:00": "2026-05-19", "2026-09-29 09:00": "2026-10-13"}, "advise")
	})
}

// TestUpRace: at the deadline the doctor withdraws, the resident refuses and the clock wakes, many times over; one of them wins.
func TestUpRace(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		if steps := w.Race("refuse", "withdraw"); len(steps) != 1 {
			t.Errorf("%+v", steps)
		}
	})
}

// TestRaces: an office's two people, the other office and the doctor who withdraws, the doctor's two browsers at once: one wins, the other is
// told; who withdraws may do so behind an acceptance too, and who declines behind the time that is set.
func TestRaces(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		for state, moves := range map[string][]string{
			"sending-review": {"approve", "reject-sending"}, "receiving-review": {"accept", "withdraw"}, "assigned": {"schedule", "decline"}, "scheduled": {"arrive", "turn-away"},
		} {
			of := w.Brought(state)
			errs := make([]error, len(moves))
			var all sync.WaitGroup
			for i, move := range moves {
				all.Go(func() { errs[i] = w.Try(w.As(w.Moves[move].By), of, move) })
			}
			all.Wait()
			won := 0
			for _, err := range errs {
				if err == nil {
					won++
				} else if code := fault.CodeOf(err); code != fault.Conflict && code != fault.Forbidden && code != fault.NotFound {
					t.Error(err)
				}
			}
			if late := map[string]string{"receiving-review": "withdrawn", "assigned": "receiving-review"}[state]; won != 1 && w.State(of) != late {
				t.Errorf("in %s %d have won, and it is %s", state, won, w.State(of))
			}
		}
	})
}

// TestOneOpen: an episode has one open referral at a time.
func TestOneOpen(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		w.One(func() (fhir.Ref, error) { return consult(w, "doctor", "Condition/ill") })
	})
}

// TestUpTold: who has to know is told, and the text names nothing of the case.
func TestUpTold(t *testing.T) {
	t.Parallel()
	services.Told(t, alliance.Up())
	services.Told(t, alliance.Down())
}

// TestResidentTold: the resident is told of each step, but of those that they make themselves and those within an institution.
func TestResidentTold(t *testing.T) {
	t.Parallel()
	// Of a visit that is booked, or called off, they are told by the visit.
	within := strings.Fields("accept-visit book-visit lose-visit consult advise unassign escalate-sending escalate-receiving remind-sending remind-receiving miss fall-behind agree refuse died")
	for _, p := range []*process.Process{alliance.Up(), alliance.Down()} {
		for _, m := range p.Moves {
			told := slices.ContainsFunc(m.Tells, func(t process.Tell) bool { return t.Party == process.Resident })
			if told == slices.Contains(within, m.Code) {
				t.Errorf("%s: of %s the resident is told: %t", p.Code, m.Code, told)
			}
		}
	}
}

// TestDoctorTold: who was to take a patient over is told that they need not.
func TestDoctorTold(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"refuse", "withdraw", "died"} {
		if !slices.ContainsFunc(alliance.Up().Move(code).Tells, func(t process.Tell) bool { return t.Party == "doctor" }) {
			t.Errorf("of %s the receiving doctor is not told", code)
		}
	}
}
