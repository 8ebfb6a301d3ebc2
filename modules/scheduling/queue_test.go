package scheduling_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/store"
	"yitong/modules/scheduling/queue"
	"yitong/test/services"
)

// hall is a waiting room on a Tuesday at half past seven: a clinic of a department whose places are of 8:00 and 8:30, and two rooms with a
// doctor in each.
type hall struct {
	*world
	clinic string
	rooms  [2]string
	come   int
}

var doctors = [2]string{"doctor lead", "second lead"}

func (w *world) hall() *hall {
	w.Helper()
	h := &hall{world: w}
	for i, who := range []string{"doctor", "second"} {
		w.put(`{"resourceType":"Practitioner","id":"%s-lead","name":[{"text":"医师%[1]s"}]}`, who)
		w.put(`{"resourceType":"PractitionerRole","id":"%s-lead","active":true,"practitioner":{"reference":"Practitioner/%[1]s-lead"},"organization":{"reference":"Organization/lead"},"healthcareService":[{"reference":"HealthcareService/heart-lead"}]}`, who)
		room, err := w.make("administrator lead", "queue-open-room", "", "name", fmt.Sprintf("%d诊室", i+1), "department", services.Ref("HealthcareService/heart-lead"), "way", "门诊楼3层")
		w.must(err)
		h.rooms[i] = room
		_, err = w.make(doctors[i], "queue-sit", room)
		w.must(err)
	}
	clinic, err := w.daily("lead", "heart", 100, 60, 30)
	w.must(err)
	h.clinic = clinic
	w.at(services.Monday.Add(22*time.Hour + 30*time.Minute))
	return h
}

// book books somebody new for the first segment.
func (h *hall) book(born string) (visit, who string) {
	h.Helper()
	h.come++
	id := fmt.Sprintf("w%d", h.come)
	h.put(`{"resourceType":"Patient","id":%q,%s,"name":[{"text":"张小%[1]s"}],"gender":"female","birthDate":%[3]q,"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"1101011990%08[4]d"}]}`, id, services.Custodian("lead"), born, h.come)
	visit, err := h.make("guide lead", "book-place", h.slot(h.clinic, 0, "0800"), patient(id)...)
	h.must(err)
	return visit, id
}

// arrive books and checks somebody in, a while behind the last one.
func (h *hall) arrive() (ticket string) {
	h.Helper()
	visit, _ := h.book("1990-01-01")
	h.pass(time.Second)
	_, err := h.make("guide lead", "arrive-visit", visit)
	h.must(err)
	return "Encounter/visit-" + strings.TrimPrefix(visit, "Appointment/")
}

// ask calls an operation that gives back a form, as Parameters.
func (w *world) ask(who, id, on string, pairs ...any) (fhir.Node, error) {
	w.Helper()
	out, err := w.call(who, id, on, nil, services.Parameters(pairs...))
	if err != nil {
		return fhir.Node{}, err
	}
	text, err := w.ops[id].Out.Write(out)
	w.must(err)
	tree, err := fhir.Parse(text)
	w.must(err)
	return tree.Root(), nil
}

// parts are the values of a part of parameters of a name, as they stand there.
func parts(root fhir.Node, name, part string) (all []string) {
	for p := root.Get("parameter").First(); p.Exists(); p = p.Next() {
		if p.Get("name").Str() != name {
			continue
		}
		for x := p.Get("part").First(); x.Exists(); x = x.Next() {
			if x.Get("name").Str() == part {
				for _, member := range []string{"valueString", "valueCode", "valueInteger", "valueReference", "valueBoolean", "valueInstant"} {
					if v := x.Get(member); v.Exists() {
						if text := v.Get("reference").Str(); text != "" {
							all = append(all, text)
						} else if v.Str() != "" {
							all = append(all, v.Str())
						} else {
							all = append(all, string(v.Raw()))
						}
					}
				}
			}
		}
	}
	return all
}

func value(root fhir.Node, name, member string) string {
	for p := root.Get("parameter").First(); p.Exists(); p = p.Next() {
		if p.Get("name").Str() == name {
			if text := p.Get(member).Str(); text != "" {
				return text
			}
			return string(p.Get(member).Raw())
		}
	}
	return ""
}

// state is how a ticket stands.
func (w *world) state(ticket string) string {
	w.Helper()
	for e := w.visit(ticket).Root.Get("extension").First(); e.Exists(); e = e.Next() {
		for part := e.Get("extension").First(); part.Exists(); part = part.Next() {
			if e.Get("url").Str() == "urn:yitong:ticket" && part.Get("url").Str() == "state" {
				return part.Get("valueCode").Str()
			}
		}
	}
	w.Fatalf("%s has no state", ticket)
	return ""
}

func (w *world) stands(ticket, want string) {
	w.Helper()
	if got := w.state(ticket); got != want {
		w.Errorf("%s is %s, want %s", ticket, got, want)
	}
}

// TestWay: somebody checks in, is called, goes to tests, comes back, and is done; the visit is fulfilled.
func TestWay(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		a, b := h.arrive(), h.arrive()
		got, err := w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		first, second := a, b // by the numbers of their places, which chance gives
		if got == b {
			first, second = b, a
		}
		w.stands(first, "called")
		_, err = w.make(doctors[0], "queue-next", h.rooms[0])
		w.want("the next while somebody is called", err, fault.Conflict)
		_, err = w.make(doctors[1], "queue-start", first)
		w.want("the other doctor begins", err, fault.Forbidden)
		_, err = w.make(doctors[0], "queue-start", first)
		w.must(err)
		w.stands(first, "consulting")
		if status := w.visit(first).Root.Get("status").Str(); status != "in-progress" {
			t.Errorf("the Encounter is %s", status)
		}
		got, err = w.make(doctors[0], "queue-next", h.rooms[0], "ends", services.Code("tests"))
		w.must(err)
		if w.stands(first, "tests"); got != second {
			t.Errorf("the next is %s", got)
		}
		_, err = w.make("p0", "queue-back", first)
		w.want("somebody else comes back", err, fault.NotFound)
		_, err = w.make("w1", "queue-back", a)
		if first == b {
			w.want("comes back who was not at tests", err, fault.Conflict)
			_, err = w.make("w2", "queue-back", b)
		}
		w.must(err)
		w.stands(first, "returning")
		got, err = w.make(doctors[0], "queue-next", h.rooms[0], "ends", services.Code("done"))
		w.must(err)
		if w.stands(second, "done"); got != first {
			t.Errorf("the next is %s", got)
		}
		_, err = w.make(doctors[0], "queue-finish", first, "as", services.Code("done"))
		w.must(err)
		for _, ticket := range []string{a, b} {
			r := w.visit(ticket)
			visit := r.Root.Get("appointment").First().Get("reference").Str()
			if got := w.visit(visit).Root.Get("status").Str(); got != "fulfilled" || !r.Root.Get("period").Get("end").Exists() {
				t.Errorf("the visit is %s", got)
			}
			_, err = w.make(doctors[0], "queue-call", ticket, "reason", "x")
			w.want("who is done is called", err, fault.Conflict)
		}
		_, err = w.make(doctors[0], "queue-next", h.rooms[0])
		w.want("nobody waits", err, fault.NotFound)
	})
}

// TestRaceOfRooms: two doctors call from one queue: each of 64 is called once, and no two stand in one room.
func TestRaceOfRooms(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		var tickets []string
		for range 64 {
			tickets = append(tickets, h.arrive())
		}
		var mu sync.Mutex
		called := map[string]int{}
		var wait sync.WaitGroup
		for i, who := range doctors {
			for range 2 { // each at two screens
				wait.Go(func() {
					for {
						got, err := w.make(who, "queue-next", h.rooms[i], "ends", services.Code("done"))
						switch code := fault.CodeOf(err); {
						case err == nil && w.state(got) == "called":
							mu.Lock()
							called[got]++
							mu.Unlock()
						case err == nil || code == fault.NotFound:
							return
						case code != fault.Conflict && code != fault.Precondition:
							t.Error(err)
							return
						}
					}
				})
			}
		}
		wait.Wait()
		for _, ticket := range tickets {
			calls := 0
			for e := w.visit(ticket).Root.Get("extension").First(); e.Exists(); e = e.Next() {
				for s := e.Get("extension").First(); s.Exists(); s = s.Next() {
					for x := s.Get("extension").First(); x.Exists(); x = x.Next() {
						if x.Get("url").Str() == "act" && x.Get("valueCode").Str() == "call" {
							calls++
						}
					}
				}
			}
			if calls != 1 {
				t.Errorf("%s was called %d times", ticket, calls)
			}
			w.stands(ticket, "done")
		}
	})
}

// TestCheckIn: by the code that the board shows, which is over soon, and counts there alone; by a card; each only when check-in is open, and once.
func TestCheckIn(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		visit, who := h.book("1990-01-01")
		other, elder := h.book("1940-01-01")
		w.at(services.Monday.Add(20 * time.Hour)) // 5:00
		board, err := w.ask("guide lead", "queue-board", "HealthcareService/heart-lead")
		w.must(err)
		_, err = w.make(who, "arrive-visit", visit, "code", value(board, "code", "valueString"))
		w.want("three hours early", err, fault.Unprocessable)
		_, err = w.call("guide lead", "check-in", "", nil, services.Parameters("number", "110101199000000002"))
		w.want("three hours early, by the card", err, fault.Unprocessable)
		w.pass(90 * time.Minute)
		board, err = w.ask("guide lead", "queue-board", "HealthcareService/heart-lead")
		w.must(err)
		code := value(board, "code", "valueString")
		elsewhere, err := w.ask("guide lead", "queue-board", "HealthcareService/eye-lead")
		w.must(err)
		_, err = w.make(who, "arrive-visit", visit, "code", value(elsewhere, "code", "valueString"))
		w.want("by the code of another department", err, fault.Unprocessable)
		_, err = w.make(who, "arrive-visit", visit)
		w.want("without a code", err, fault.Malformed)
		_, err = w.make("p0", "arrive-visit", visit, "code", code)
		w.want("for somebody else", err, fault.NotFound)
		w.pass(3 * time.Minute)
		_, err = w.make(who, "arrive-visit", visit, "code", code)
		w.want("by a code that is over", err, fault.Unprocessable)
		board, err = w.ask("guide lead", "queue-board", "HealthcareService/heart-lead")
		w.must(err)
		code = value(board, "code", "valueString")
		_, err = w.make(who, "arrive-visit", visit, "code", code)
		w.must(err)
		_, err = w.make(who, "arrive-visit", visit, "code", code)
		w.want("once more", err, fault.Conflict)
		for range 2 { // by the card, and again
			out, err := w.ask("guide lead", "check-in", "", "number", " 110101199000000002 ")
			w.must(err)
			if got := parts(out, "visit", "appointment"); !slices.Equal(got, []string{other}) || value(out, "name", "valueString") != "张**" {
				t.Errorf("checked in are %v, of %s", got, value(out, "name", "valueString"))
			}
		}
		for _, number := range []string{"110101199000000009", "x", "a|b", "110101199000000002,110101199000000001"} {
			_, err = w.call("guide lead", "check-in", "", nil, services.Parameters("number", number))
			if w.want("by "+number, err, fault.NotFound); err != nil && strings.Contains(err.Error(), number) && len(number) > 1 {
				t.Errorf("the number stands in %v", err)
			}
		}
		_, err = w.call("guide clinic", "check-in", "", nil, services.Parameters("number", "110101199000000002"))
		w.want("at another hospital", err, fault.NotFound)
		if text := string(w.visit("Encounter/visit-" + strings.TrimPrefix(other, "Appointment/")).Root.Raw()); !strings.Contains(text, `"valueCode":"elder"`) || strings.Contains(text, "110101") {
			t.Errorf("the ticket of %s is %s", elder, text)
		}
	})
}

// TestLine: staff see names in their order, a wall sees no full ones, and residents how many are ahead.
func TestLine(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		tickets := map[string]bool{}
		for range 6 {
			tickets[h.arrive()] = true
		}
		out, err := w.ask(doctors[0], "queue-line", "", "room", services.Ref(h.rooms[0]))
		w.must(err)
		order := parts(out, "waiting", "ticket")
		if len(order) != 6 || !slices.ContainsFunc(parts(out, "waiting", "number"), func(n string) bool { return strings.HasPrefix(n, "08:00-") }) {
			t.Fatalf("in the line are %v", order)
		}
		got, err := w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		if got != order[0] {
			t.Errorf("%s is called, not %s", got, order[0])
		}
		board, err := w.ask("nurse lead", "queue-board", "HealthcareService/heart-lead")
		w.must(err)
		text := string(board.Raw())
		if strings.Contains(text, "小") || strings.Contains(text, "Patient/") || !strings.Contains(text, "张**") || value(board, "waiting", "valueInteger") != "5" {
			t.Errorf("on the wall hangs %s", text)
		}
		speech := parts(board, "speech", "zh")
		if len(speech) != 1 || !strings.HasPrefix(speech[0], "请八点") || !strings.HasSuffix(speech[0], "号张女士到1诊室就诊") {
			t.Errorf("it says %q", speech)
		}
		_, err = w.make(doctors[0], "queue-call", got)
		w.must(err)
		board, err = w.ask("nurse lead", "queue-board", "HealthcareService/heart-lead")
		w.must(err)
		if ids := parts(board, "speech", "id"); len(ids) != 2 || ids[0] == ids[1] {
			t.Errorf("two calls are %v", ids)
		}
		_, err = w.make(doctors[0], "queue-call", got)
		w.must(err)
		_, err = w.make(doctors[0], "queue-call", got)
		w.want("called for the fourth time", err, fault.Unprocessable)
		seen, told := map[string]bool{}, 0
		for i := range 6 {
			out, err := w.ask(fmt.Sprintf("w%d", i+1), "my-queue", "")
			w.must(err)
			if ahead := parts(out, "ticket", "ahead"); len(ahead) > 0 {
				seen[ahead[0]] = true
			}
			told += len(w.called(fmt.Sprintf("Patient/w%d", i+1)))
		}
		if len(seen) != 5 || !seen["0"] || !seen["4"] {
			t.Errorf("ahead of them are %v", seen)
		}
		if told != 5 { // the one who is called, and the four who have three ahead of them at most
			t.Errorf("%d notices were written", told)
		}
		_, err = w.make(doctors[0], "queue-next", h.rooms[0], "ends", services.Code("skip"))
		w.must(err)
		w.stands(got, "skipped")
		out, err = w.ask(doctors[0], "queue-line", "", "room", services.Ref(h.rooms[0]))
		w.must(err)
		if now := parts(out, "waiting", "ticket"); slices.Index(now, got) != 2 { // three wait, and one of them was called just now
			t.Errorf("who was skipped stands at %d", slices.Index(now, got))
		}
	})
}

// called is what somebody was told by the queue: in the titles.
func (w *world) called(patient string) (titles []string) {
	w.Helper()
	w.must(w.gate.Session(gate.Actor{Access: gate.Whole()}).Scan(w.Context(), func(v store.Version) error {
		r, err := fhir.ParseResource(v.Body.Bytes)
		if title := r.Root.Get("payload").First().Get("contentString").Str(); v.Ref.Type.String() == "Communication" && strings.HasSuffix(title, "就诊") &&
			r.Root.Get("recipient").First().Get("reference").Str() == patient {
			titles = append(titles, title)
		}
		return err
	}))
	return titles
}

// TestRooms: who sits where, and what is refused.
func TestRooms(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		_, err := w.make(doctors[0], "queue-sit", h.rooms[1])
		w.want("two in a room", err, fault.Conflict)
		_, err = w.make(doctors[0], "queue-next", h.rooms[1])
		w.want("from another's room", err, fault.Forbidden)
		_, err = w.make("administrator lead", "queue-close-room", h.rooms[0])
		w.want("a room where somebody sits is closed", err, fault.Conflict)
		third, err := w.make("administrator lead", "queue-open-room", "", "name", "10诊室", "department", services.Ref("HealthcareService/heart-lead"))
		w.must(err)
		_, err = w.make(doctors[0], "queue-sit", third)
		w.want("one in two rooms", err, fault.Conflict)
		_, err = w.make("nurse lead", "queue-sit", third)
		w.want("a nurse sits down", err, fault.Forbidden)
		_, err = w.make("administrator clinic", "queue-open-room", "", "name", "9", "department", services.Ref("HealthcareService/heart-lead"))
		w.want("a room of another hospital", err, fault.Forbidden)
		h.arrive()
		got, err := w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		_, err = w.make(doctors[0], "queue-rise", h.rooms[0])
		w.want("leaves with somebody inside", err, fault.Conflict)
		_, err = w.make(doctors[0], "queue-finish", got, "as", services.Code("left"))
		w.must(err)
		visit := w.visit(got).Root.Get("appointment").First().Get("reference").Str()
		if status := w.visit(visit).Root.Get("status").Str(); status != "arrived" {
			t.Errorf("who has left has a visit that is %s", status)
		}
		_, err = w.make(doctors[0], "queue-pause", h.rooms[0], "minutes", 30, "reason", "会诊")
		w.must(err)
		h.arrive()
		_, err = w.make(doctors[0], "queue-next", h.rooms[0])
		w.want("calls while it is paused", err, fault.Conflict)
		_, err = w.make(doctors[0], "queue-pause", h.rooms[0], "minutes", 0)
		w.must(err)
		_, err = w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		list, err := w.ask(doctors[0], "queue-rooms", "")
		w.must(err)
		if at := parts(list, "room", "location"); len(at) != 3 || at[2] != third || value(list, "mine", "valueReference") == "" {
			t.Errorf("the rooms are %v", at)
		}
	})
}

// TestCourse: to another queue, first, away; by whom.
func TestCourse(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		a, b := h.arrive(), h.arrive()
		_, err := w.make("nurse lead", "queue-prioritise", a, "reason", services.Code("child"))
		w.want("for a reason that the region does not know", err, fault.Unprocessable)
		_, err = w.make("guide lead", "queue-prioritise", a, "reason", services.Code("green"))
		w.must(err)
		_, err = w.make("nurse lead", "queue-transfer", b, "to", services.Ref("HealthcareService/heart-lead"), "reason", "x")
		w.want("to where it is", err, fault.Unprocessable)
		_, err = w.make("nurse lead", "queue-transfer", b, "to", services.Ref("HealthcareService/heart-clinic"), "reason", "x")
		w.want("to another hospital", err, fault.Unprocessable)
		_, err = w.make("nurse lead", "queue-transfer", b, "to", services.Ref("PractitionerRole/second-lead"), "reason", "指定医师")
		w.must(err)
		line, err := w.ask(doctors[0], "queue-line", "", "room", services.Ref(h.rooms[0]))
		w.must(err)
		if got := parts(line, "waiting", "ticket"); !slices.Equal(got, []string{a}) {
			t.Errorf("in the line of the first room are %v", got)
		}
		_, err = w.make("guide clinic", "queue-leave", a)
		w.want("by another hospital", err, fault.NotFound)
		_, err = w.make("w1", "queue-leave", a)
		w.must(err)
		_, err = w.make(doctors[0], "queue-call", b, "reason", "病情紧急")
		w.must(err)
		w.stands(b, "called")
	})
}

// TestMidnight: what is open at the end of the day is ended, and rooms are empty; what checks in behind midnight is another day's.
func TestMidnight(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		a, b := h.arrive(), h.arrive()
		got, err := w.make(doctors[0], "queue-next", h.rooms[0])
		w.must(err)
		midnight := func() {
			w.Helper()
			_, err := w.desk.Queue.Close(w.Context(), w.gate.Session(queue.Platform))
			w.must(err)
		}
		w.at(services.Monday.Add(39*time.Hour - time.Second)) // 23:59:59
		midnight()
		w.stands(got, "called")
		w.pass(time.Second)
		midnight()
		w.stands(a, "left")
		w.stands(b, "left")
		list, err := w.ask(doctors[0], "queue-rooms", "")
		w.must(err)
		if strings.Contains(string(list.Raw()), "mine") || len(parts(list, "room", "doctor")) != 0 {
			t.Errorf("somebody sits there: %s", list.Raw())
		}
		_, err = w.make(doctors[1], "queue-sit", h.rooms[0])
		w.must(err)
		_, err = w.make(doctors[1], "queue-next", h.rooms[0])
		w.want("those of yesterday are called", err, fault.NotFound)
	})
}

// TestQueuePolicy: which role may call which operation; nobody else.
func TestQueuePolicy(t *testing.T) {
	staff, clinical := "guide doctor nurse office", "doctor nurse"
	want := map[string]string{
		"open-room": "office administrator", "close-room": "office administrator", "rooms": staff + " administrator", "sit": clinical, "rise": clinical, "pause": clinical,
		"next": clinical, "call": clinical, "start": clinical, "finish": clinical, "skip": clinical, "back": "resident proxy guide doctor nurse", "leave": "resident proxy guide doctor nurse",
		"transfer": "guide doctor nurse", "prioritise": "guide doctor nurse", "line": staff, "queue-board": staff + " administrator system", "my-queue": "resident proxy",
		"arrive": staff + " resident proxy", "check-in": staff,
	}
	each(t, func(w *world) {
		declared := map[string]bool{}
		for _, op := range w.ops {
			declared[op.Name] = true
		}
		for name, may := range want {
			for _, role := range gate.Roles() {
				err := w.gate.Session(gate.Actor{Role: role, Access: policy.Standard().Access(role, gate.Of{})}).Call(name)
				if can := slices.Contains(strings.Fields(may), string(role)); !declared[name] || can != (err == nil) || !can && fault.CodeOf(err) != fault.Forbidden {
					t.Errorf("%s calls $%s: %v", role, name, err)
				}
			}
		}
		for _, op := range queue.Descriptor(queue.Desk{}).Operations {
			if want[op.Name] == "" {
				t.Errorf("nobody says who may call $%s", op.Name)
			}
		}
	})
}

// TestWaits: how long somebody waits is said as an interval when enough is known of the queue, and not before.
func TestWaits(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		ticket := h.arrive()
		out, err := w.ask("w1", "my-queue", "")
		w.must(err)
		if len(parts(out, "ticket", "ahead")) != 1 || strings.Contains(string(out.Raw()), `"wait"`) && strings.Contains(string(out.Raw()), `"median"`) {
			t.Errorf("of a queue of which nothing is known it says %s", out.Raw())
		}
		_, err = w.make("w1", "queue-leave", ticket)
		w.must(err)
		for day := 1; day <= 20; day++ {
			for i := range 8 {
				start := h.clock().AddDate(0, 0, -day).Add(time.Duration(i) * 10 * time.Minute)
				r, err := queue.Past{
					ID: fmt.Sprintf("past-%d-%d", day, i), Arrived: start, Called: start.Add(time.Duration(5*(i%4)+day%5+2) * time.Minute), Over: start.Add(time.Hour), Ahead: i % 4, Rooms: 2,
					Visit: queue.Visit{Institution: "Organization/lead", Department: "HealthcareService/heart-lead", Start: start, End: start.Add(30 * time.Minute), Place: i + 1, Total: 10},
				}.Resource()
				w.must(err)
				_, err = w.gate.Session(gate.Actor{Process: gate.Everything, Access: gate.Whole()}).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
				w.must(err)
			}
		}
		w.pass(11 * time.Minute) // for so long it is remembered what is known
		for range 3 {
			h.arrive()
		}
		line, err := w.ask(doctors[0], "queue-line", "", "queue", services.Ref("HealthcareService/heart-lead"))
		w.must(err)
		var wait [3]int
		for i, part := range []string{"low", "median", "high"} {
			got := parts(line, "wait", part)
			if len(got) != 1 {
				t.Fatalf("it says %s", line.Raw())
			}
			_, err := fmt.Sscan(got[0], &wait[i])
			w.must(err)
		}
		if wait[0] > wait[1] || wait[1] > wait[2] || wait[2] == 0 {
			t.Errorf("the wait is %v", wait)
		}
	})
}

// TestNextOnce: who repeats a call whose answer was lost calls nobody else.
func TestNextOnce(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		for range 3 {
			h.arrive()
		}
		var got []string
		for range 3 {
			out, err := w.call(doctors[0], "queue-next", h.rooms[0], &gate.Idempotency{Key: "one", Digest: []byte("1"), Keep: time.Hour}, services.Parameters())
			w.must(err)
			got = append(got, out.(gate.Result).Version.Ref.String())
		}
		if got[0] != got[1] || got[1] != got[2] {
			t.Errorf("called are %v", got)
		}
		_, err := w.make("guide lead", "queue-transfer", got[0], "to", services.Ref("PractitionerRole/doctor-lead"), "reason", "x")
		w.want("who is called is moved", err, fault.Conflict)
	})
}

// TestTicketsAreOwned: nobody writes a ticket or a room but by the operations, nor takes the id of a ticket first.
func TestTicketsAreOwned(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		visit, _ := h.book("1990-01-01")
		id := "visit-" + strings.TrimPrefix(visit, "Appointment/")
		for name, text := range map[string]string{
			"an Encounter with the id of a ticket": fmt.Sprintf(`{"resourceType":"Encounter","id":%q,"status":"planned","class":{"code":"AMB"}}`, id),
			"an Encounter that says it is one":     `{"resourceType":"Encounter","id":"x","status":"planned","class":{"code":"AMB"},"meta":{"tag":[{"system":"urn:yitong:queue","code":"ticket"}]}}`,
			"a room":                               fmt.Sprintf(`{"resourceType":"Location","id":%q,"name":"x"}`, strings.TrimPrefix(h.rooms[0], "Location/")),
			"who takes the place of a room": fmt.Sprintf(`{"resourceType":"Basic","id":"x","code":{"text":"x"},"extension":[{"url":"urn:yitong:reservation","extension":[
				{"url":"scope","valueString":"urn:yitong:queue/room/%s"},{"url":"place","valueString":"1"}]}]}`, strings.TrimPrefix(h.rooms[0], "Location/")),
		} {
			r, err := fhir.ParseResource([]byte(text))
			w.must(err)
			_, err = w.gate.Session(gate.Actor{Access: gate.Whole()}).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
			w.want(name, err, fault.Forbidden)
		}
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Encounter","id":"visit-1","status":"planned","class":{"code":"AMB"}}`))
		w.must(err)
		_, err = w.gate.Session(gate.Actor{Access: gate.Whole()}).Apply(w.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
		w.must(err) // what institutions call visit-1 is theirs
	})
}

// TestOneInARoom: of many who are called to one room at once, one is.
func TestOneInARoom(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		var tickets []string
		for range 8 {
			tickets = append(tickets, h.arrive())
		}
		errs := make([]error, len(tickets))
		var wait sync.WaitGroup
		for i, ticket := range tickets {
			wait.Go(func() { _, errs[i] = w.make(doctors[0], "queue-call", ticket, "reason", "病情紧急") })
		}
		wait.Wait()
		called := 0
		for i, ticket := range tickets {
			if is := w.state(ticket) == "called"; is != (errs[i] == nil) || !is && fault.CodeOf(errs[i]) != fault.Conflict {
				t.Errorf("%s is called: %t, and the answer was %v", ticket, is, errs[i])
			} else if is {
				called++
			}
		}
		if called != 1 {
			t.Errorf("%d were called to one room", called)
		}
	})
}
