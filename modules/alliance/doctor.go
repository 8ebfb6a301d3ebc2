package alliance

import (
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
)

type declining struct {
	Reason string `name:"reason" zh:"不接收的理由" en:"Reason" bytes:"2000" doc:"For the office, which chooses another doctor or rejects."`
}

func decline() process.Move {
	m := process.Make(process.Move{
		Code: "decline", Words: bilingual.Text{Zh: "不接收", En: "Decline"}, Doc: "Give it back to the office of one's own institution, with the reason. A visit that is booked is called off.",
		From: []string{stateAssigned, stateScheduled}, To: []string{stateReceiving}, By: []process.By{doctors},
		Tells: []process.Tell{tell(receiving, "指定的医师不能接收一份转诊，请另行处理。", "The doctor who was chosen cannot take a referral. Please decide anew."),
			tell(process.Resident, "您的转诊正在另行安排医师和时间，原约定的就诊已取消。", "Another doctor and time are being found for your referral. A time that was set does not hold any more.")},
	}, func(c *process.Case, in declining) error {
		letGo(c, false)
		c.Note(in.Reason)
		c.Clear(doctor)
		return open(c)
	})
	return process.Reading(m, func(c *process.Case, _ declining) []string { return opening(c) })
}

type scheduling struct {
	Time  time.Time `name:"time" zh:"转诊时间" en:"Time" doc:"When the patient is to come: in the future, and within the hours of the doctor's post."`
	Bring *string   `name:"bring" zh:"需携带的物品" en:"What to bring" bytes:"1000"`
}

// schedule is U5 and D4: the doctor must choose the time. A time that was set may be changed until the patient comes.
func schedule() process.Move {
	m := process.Make(process.Move{
		Code: "schedule", Words: bilingual.Text{Zh: "约定时间", En: "Set the time"}, Doc: "Take the patient, and say when to come. A visit that is booked at a clinic is called off.",
		From: []string{stateAssigned, stateScheduled}, To: []string{stateScheduled}, By: []process.By{doctors},
		Tells: []process.Tell{tell(process.Resident, "您的转诊时间已确定，请登录查看时间、地点和需携带的物品。", "The time of your referral is set. Sign in to see when, where, and what to bring."),
			tell(initiator, "接收医师已约定转诊时间。", "The receiving doctor has set the time of a referral.")},
	}, func(c *process.Case, in scheduling) error {
		switch {
		case !in.Time.After(c.Now):
			return fault.New(fault.Unprocessable, "%s is not in the future. 转诊时间应晚于现在。", in.Time.Format(time.RFC3339)).WithIssue("value").At(asked("time"))
		case in.Time.After(c.Now.Add(timeMost)):
			return fault.New(fault.Unprocessable, "%s is more than %d days ahead. 转诊时间应在 %[2]d 天以内。", in.Time.Format(time.RFC3339), int(timeMost.Hours()/24)).WithIssue("value").At(asked("time"))
		}
		post, is := c.Read(kept(c, inPost))
		if !is || !within(post, in.Time.In(c.Now.Location())) {
			return fault.New(fault.Unprocessable, "%s is not within the hours of the post (PractitionerRole.availableTime). 该时间不在该医师的出诊时间内。", in.Time.Format(time.RFC3339)).WithIssue("value").At(asked("time"))
		}
		letGo(c, false)
		c.Input(inTime, in.Time.In(c.Now.Location()).Format(time.RFC3339))
		if in.Bring != nil {
			c.Input(inBring, *in.Bring)
		}
		c.Due(in.Time.In(c.Now.Location()))
		if c.State() == stateScheduled {
			return open(c) // for as long as before, from the later time on
		}
		return nil
	})
	return process.Reading(m, func(c *process.Case, _ scheduling) []string { return append(opening(c), kept(c, inPost)) })
}

// timeMost is how far ahead a patient can be told to come.
const timeMost = 90 * 24 * time.Hour

var days = [...]string{time.Sunday: "sun", time.Monday: "mon", time.Tuesday: "tue", time.Wednesday: "wed", time.Thursday: "thu", time.Friday: "fri", time.Saturday: "sat"}

// held tells whether a post is somebody's at a time.
func held(post fhir.Resource, at time.Time) bool {
	return string(post.Root.Get("active").Raw()) != "false" && during(post.Root.Get("period"), at)
}

// ofDoctor tells whether a post is a doctor's: it says so, or not of what role it is.
func ofDoctor(post fhir.Resource) bool {
	is, says := false, false
	for code := post.Root.Get("code").First(); code.Exists(); code = code.Next() {
		for c := code.Get("coding").First(); c.Exists(); c = c.Next() {
			if role := gate.Role(c.Get("code").Str()); slices.Contains([]string{systemRoles, process.SystemRole}, c.Get("system").Str()) && role.Known() {
				is, says = is || role == gate.Doctor, true
			}
		}
	}
	return is || !says
}

// systemRoles is HL7's code system of the roles of posts.
const systemRoles = "http://terminology.hl7.org/CodeSystem/practitioner-role"

// within tells whether somebody is there at a time, by a post that says when; one that does not say takes any time. Hours that end before they
// begin go over midnight. Nobody is there while they are away.
func within(post fhir.Resource, at time.Time) bool {
	if !held(post, at) {
		return false
	}
	for away := post.Root.Get("notAvailable").First(); away.Exists(); away = away.Next() {
		if d := away.Get("during"); d.Exists() && during(d, at) {
			return false
		}
	}
	hours := post.Root.Get("availableTime")
	for h := hours.First(); h.Exists(); h = h.Next() {
		if there(h, at) {
			return true
		}
	}
	return !hours.Exists()
}

// there tells whether a time is within some hours of days.
func there(h fhir.Node, at time.Time) bool {
	on := func(day time.Weekday) bool {
		is := !h.Get("daysOfWeek").Exists()
		for d := h.Get("daysOfWeek").First(); d.Exists(); d = d.Next() {
			is = is || d.Str() == days[day]
		}
		return is
	}
	today, yesterday := at.Weekday(), at.AddDate(0, 0, -1).Weekday()
	start, end, clock := h.Get("availableStartTime").Str(), h.Get("availableEndTime").Str(), at.Format(time.TimeOnly)
	start, end = start[:min(len(start), len(clock))], end[:min(len(end), len(clock))] // without parts of seconds
	switch {
	case string(h.Get("allDay").Raw()) == "true" || end == "":
		return on(today) && start <= clock
	case start < end:
		return on(today) && start <= clock && clock < end
	}
	return on(today) && start <= clock || on(yesterday) && clock < end
}
