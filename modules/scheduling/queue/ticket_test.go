package queue

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// TestMoves: what can be done in each state, and that nothing else can.
func TestMoves(t *testing.T) {
	t.Parallel()
	acts := []act{actCall, actAgain, actStart, actTests, actDone, actSkip, actBack, actMove, actLeave, actFirst}
	want := map[State][]State{ // by the acts, "" for what is refused
		Waiting:    {Called, "", "", "", "", "", "", Waiting, Left, Waiting},
		Called:     {"", Called, Consulting, Tests, Done, Skipped, "", "", Left, ""},
		Skipped:    {Called, "", "", "", "", "", Waiting, Skipped, Left, Skipped},
		Consulting: {"", "", "", Tests, Done, "", "", "", Left, ""},
		Tests:      {"", "", "", "", Done, "", Returning, "", Left, ""},
		Returning:  {Called, "", "", "", "", "", "", Returning, Left, Returning},
		Done:       {"", "", "", "", "", "", "", "", "", ""},
		Left:       {"", "", "", "", "", "", "", "", "", ""},
	}
	if codes := State("").Codes(); len(want) != len(codes) {
		t.Fatalf("there are %d states", len(codes))
	}
	for state, row := range want {
		for i, next := range row {
			one := waits("a", 0, 1)
			one.state, one.room = state, "Location/1"
			err := one.do(step{Act: acts[i], At: morning})
			switch {
			case next == "" && (fault.CodeOf(err) != fault.Conflict || one.state != state || len(one.steps) != 1):
				t.Errorf("%s in %s: %v, and it is %s", acts[i], state, err, one.state)
			case next != "" && (err != nil || one.state != next || len(one.steps) != 2):
				t.Errorf("%s in %s leads to %s, not %s: %v", acts[i], state, one.state, next, err)
			case next != "" && (one.room != "") != one.inRoom():
				t.Errorf("%s in %s: it has the room %q", acts[i], state, one.room)
			}
		}
	}
}

// TestSkips: who is skipped for the third time has left.
func TestSkips(t *testing.T) {
	t.Parallel()
	one := waits("a", 0, 1)
	for i, want := range []State{Skipped, Skipped, Left} {
		must(t, one.do(step{Act: actCall, At: morning}))
		must(t, one.skip(morning, 9, usual))
		if one.state != want {
			t.Errorf("skipped %d times it is %s", i+1, one.state)
		}
	}
	if _, called := one.waited(morning); !called {
		t.Error("it was not called")
	}
}

// TestStepsEnd: a ticket with too many steps is refused what can be done without end, and nothing that leads to its end.
func TestStepsEnd(t *testing.T) {
	t.Parallel()
	one := waits("a", 0, 1)
	for len(one.steps) < stepsMost {
		must(t, one.do(step{Act: actFirst, At: morning}))
	}
	refused := func(a act, in State) {
		if err := one.do(step{Act: a, At: morning}); fault.CodeOf(err) != fault.Unprocessable || one.state != in {
			t.Error(a, err, one.state)
		}
	}
	refused(actFirst, Waiting)
	refused(actMove, Waiting)
	must(t, one.do(step{Act: actCall, At: morning}))
	must(t, one.do(step{Act: actStart, At: morning}))
	refused(actTests, Consulting)
	must(t, one.do(step{Act: actDone, At: morning}))
}

// TestKept: a ticket is read as it was written, and so is a room.
func TestKept(t *testing.T) {
	t.Parallel()
	one := waits("visit-1", 0, 12, asFirst(Elder))
	one.label, one.patient, one.institution, one.appointment = labelOf(one.start, 12, 10), fhir.Ref{Type: typePatient, ID: "p"}, "Organization/a", "Appointment/1"
	one.doctor, one.names, one.way, one.ahead, one.open, one.told = "PractitionerRole/li", [2]string{"心内科", "李医生"}, ByPlace, 4, 2, true
	one.room, one.roomName = "Location/1", "2诊室"
	must(t, one.do(step{Act: actCall, At: morning, Room: one.room, Turn: turnOut, Reason: "发热"}))
	one.behind = 2
	r, err := one.resource()
	must(t, err)
	got, is := ticketOf(r, 0, morning.Location())
	if !is {
		t.Fatal("it is no ticket")
	}
	again, err := got.resource()
	must(t, err)
	if a, b := string(r.Root.Raw()), string(again.Root.Raw()); a != b || got.steps[1] != one.steps[1] || got.label != "08:00-加2" {
		t.Errorf("%s\nis not\n%s", b, a)
	}
	m := &room{
		ref: fhir.Ref{Type: typeLocation, ID: "1"}, institution: "Organization/a", name: "2诊室", way: "3楼", department: "HealthcareService/heart", departmentName: "心内科",
		post: "PractitionerRole/li", doctorName: "李医生", person: "Practitioner/li", since: morning, paused: morning.Add(time.Hour), reason: "会诊",
	}
	r, err = m.resource()
	must(t, err)
	other, is := roomOf(r, 0, morning.Location())
	if !is || *other != *m {
		t.Errorf("%+v is not %+v", other, m)
	}
}

// TestSpoken: numbers as they are said.
func TestSpoken(t *testing.T) {
	t.Parallel()
	for label, want := range map[string][2]string{
		"08:30-03": {"八点三十分三号", "08:30-03"}, "14:00-10": {"十四点十号", "14:00-10"}, "09:05-112": {"九点零五分一百一十二号", "09:05-112"}, "08:30-加2": {"八点三十分加二号", "08:30-extra 2"},
		"20:00-20": {"二十点二十号", "20:00-20"}, "08:00-105": {"八点一百零五号", "08:00-105"}, "00:30-01": {"零点三十分一号", "00:30-01"},
	} {
		one := &ticket{label: label}
		if got := [2]string{one.spokenZh(), one.spokenEn()}; got != want {
			t.Errorf("%s is said %q", label, got)
		}
	}
}

// TestMasked: a wall shows the family name alone.
func TestMasked(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"张三": "张*", "张小明": "张**", "欧阳娜娜": "欧阳**", "欧阳": "欧*", "阿卜杜拉·买买提": "阿**", "Smith": "S**", "李": "李*", "": "*"} {
		if got := Masked(name); got != want {
			t.Errorf("%s is shown as %s", name, got)
		}
	}
}

// TestCode: a code holds for one or two minutes, at its department.
func TestCode(t *testing.T) {
	t.Parallel()
	d := Desk{Secret: []byte("secret"), Zone: morning.Location()}
	code, until := d.code("Organization/a", "HealthcareService/heart", morning)
	if len(code) != 6 || !until.Equal(morning.Add(time.Minute)) {
		t.Error(code, until)
	}
	for name, c := range map[string]struct {
		code, department string
		behind           time.Duration
		ok               bool
	}{
		"at once": {code, "heart", 0, true}, "with spaces": {" " + code + " ", "heart", 0, true}, "a minute later": {code, "heart", 119 * time.Second, true}, "too late": {code, "heart", 2 * time.Minute, false},
		"before it was shown": {code, "heart", -time.Second, false}, "elsewhere": {code, "eye", 0, false}, "none": {"", "heart", 0, false}, "a part": {code[:5], "heart", 0, false},
	} {
		err := d.Proves(c.code, "Organization/a", "HealthcareService/"+c.department, morning.Add(c.behind))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.Proves(code, "Organization/b", "HealthcareService/heart", morning); err == nil {
		t.Error("it counts at another hospital")
	}
	if err := (Desk{}).Proves((Desk{}).codeOf("a", "b", 0), "a", "b", time.Unix(0, 0)); err == nil {
		t.Error("without a secret there is a code")
	}
}

// TestAge: by dates of any precision.
func TestAge(t *testing.T) {
	t.Parallel()
	for born, want := range map[string]int{"1946-05-11": 80, "1946-05-12": 79, "1946-05": 80, "1946": 80, "": -1, "x": -1} {
		age, known := ageOf(born, morning)
		if !known {
			age = -1
		}
		if age != want {
			t.Errorf("born %q: %d", born, age)
		}
	}
}

// TestSpells: of what is learnt from a day: who was called, who has left or still waits, but not who was forgotten until midnight.
func TestSpells(t *testing.T) {
	t.Parallel()
	called, left, waiting, forgotten := waits("a", 0, 1), waits("b", 0, 2), waits("c", 0, 3), waits("d", 0, 4)
	must(t, called.do(step{Act: actCall, At: morning.Add(10 * time.Minute)}))
	must(t, called.skip(morning.Add(12*time.Minute), 3, usual))
	must(t, called.do(step{Act: actLeave, At: morning.Add(16 * time.Hour), Reason: reasonDay}))
	must(t, left.do(step{Act: actLeave, At: morning.Add(20 * time.Minute)}))
	must(t, forgotten.do(step{Act: actLeave, At: morning.Add(16 * time.Hour), Reason: reasonDay}))
	var got []string
	for _, s := range spellsOf([]*ticket{called, left, waiting, forgotten}, nil, morning.Add(30*time.Minute)) {
		got = append(got, fmt.Sprint(s.Lasted, s.Called))
	}
	if want := "10m0s true, 20m0s false, 30m0s false"; strings.Join(got, ", ") != want {
		t.Errorf("the waits are %q", got)
	}
}

// TestStages: the steps of the day for whose ticket it is.
func TestStages(t *testing.T) {
	t.Parallel()
	one := waits("a", 0, 1)
	one.room, one.roomName = "Location/1", "2诊室"
	for _, c := range []struct {
		act  act
		want string
	}{
		{"", "check-in done, wait now, room to-come, pay to-come, home to-come"}, {actCall, "check-in done, wait done, room now, pay to-come, home to-come"},
		{actStart, "check-in done, wait done, room now, pay to-come, home to-come"}, {actTests, "check-in done, wait done, room done, tests now, back to-come, pay to-come, home to-come"},
		{actBack, "check-in done, wait done, room done, tests done, back now, pay to-come, home to-come"}, {actCall, "check-in done, wait done, room done, tests done, back now, pay to-come, home to-come"},
		{actDone, "check-in done, wait done, room done, tests done, back done, pay now, home to-come"},
	} {
		if c.act != "" {
			must(t, one.do(step{Act: c.act, At: morning}))
		}
		var got []string
		for _, s := range one.stages("3楼") {
			got = append(got, string(s.Stage)+" "+string(s.Is))
			if s.Zh == "" || s.En == "" {
				t.Errorf("%s says nothing", s.Stage)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("behind %s it is %q", c.act, got)
		}
	}
}

// TestDay: a day begins and ends by the clocks of the region, whatever zone an instant is written in.
func TestDay(t *testing.T) {
	t.Parallel()
	d := Desk{Zone: morning.Location()}
	for at, want := range map[string]string{"2026-05-11T15:59:59Z": "2026-05-11", "2026-05-11T16:00:00Z": "2026-05-12", "2026-05-11T23:59:59+08:00": "2026-05-11"} {
		now, err := time.Parse(time.RFC3339, at)
		must(t, err)
		from, until := d.dayOf(now)
		if from.Format(time.DateOnly) != want || until.Sub(from) != 24*time.Hour || now.Before(from) || !now.Before(until) {
			t.Errorf("%s is of the day from %s", at, from)
		}
	}
}
