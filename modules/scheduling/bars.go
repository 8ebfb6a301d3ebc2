package scheduling

import (
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// reach is how far a ban goes that follows from cancelling.
type reach string

// The reaches, as the rule has them.
const (
	reachDepartment reach = "department"
	reachHospital   reach = "hospital"
	reachRegion     reach = "region"
)

// past is what somebody has missed, and cancelled by themselves, by which they are barred from booking online.
type past struct {
	missed, cancelled []time.Time
	rests             int // places that they have given back and that are not open yet
}

// pastOf are the scopes that tell the past of a person, for who books online.
func (b booking) pastOf() (scopes []string) {
	if b.channel == Online || b.channel == App {
		for _, name := range b.alike {
			scopes = append(scopes, missedOf(name), cancelledOf(name), restsOf(name))
		}
	}
	return scopes
}

// note notes a place of the past of a person, where it counts for a booking.
func (p *past) note(scope, name string, b booking, l limits) {
	switch {
	case strings.HasPrefix(scope, scopeMiss):
		p.missed = append(p.missed, missedAt(name))
	case strings.HasPrefix(scope, scopeRests):
		p.rests++
	case strings.HasPrefix(scope, scopeCancel):
		parts := strings.Split(name, "/")
		if len(parts) == 4 && l.counts(parts[2], parts[3], b) {
			p.cancelled = append(p.cancelled, missedAt(name))
		}
	}
}

// counts tells whether what was cancelled at a department of a hospital counts for a booking.
func (l limits) counts(department, hospital string, b booking) bool {
	switch l.cancelReach {
	case reachDepartment:
		return fhir.ParseReference(b.department).Ref.ID == department
	case reachHospital:
		return fhir.ParseReference(b.institution).Ref.ID == hospital
	}
	return true
}

// barred refuses who has missed too many visits, or cancelled too many.
func (l limits) barred(p past, now time.Time) error {
	if until := l.bars.until(p.missed); now.Before(until) {
		return l.bars.refusal(until.In(now.Location()))
	}
	if until := l.cancels.until(p.cancelled); now.Before(until) {
		return fault.New(fault.Unprocessable, "After %d visits cancelled one cannot book online until %s; call, or come to the window. 自行取消达到 %[1]d 次，%[2]s 前暂停线上预约，可电话或到窗口预约。",
			l.cancels.misses, until.In(now.Location()).Format(time.DateOnly)).WithIssue("business-rule")
	}
	return nil
}

// keeps refuses it who has given back so many places just now that they would keep others from them.
func (l limits) keeps(p past) error {
	if p.rests < l.rests {
		return nil
	}
	return fault.New(fault.Unprocessable, "%d places that were given back for this person are not open again yet; try again in a while, call, or come to the window. 短时间内退号过多（%[1]d 个），请稍后再试，或电话、到窗口预约。",
		p.rests).WithIssue("business-rule")
}

// restsOf is the scope of the places that a person has given back and that are not open yet.
func restsOf(patient fhir.Ref) string { return scopeRests + patient.ID }

// cancelledOf is the scope of the visits that a person has cancelled by themselves.
func cancelledOf(patient fhir.Ref) string { return scopeCancel + patient.ID }

// cancelledName is the place that a visit takes there: when it was cancelled, which it was, and where.
func (b booking) cancelledName() string {
	id := func(name string) string { return fhir.ParseReference(name).Ref.ID }
	return strings.Join([]string{instant(b.undone), b.ref.ID, id(b.department), id(b.institution)}, "/")
}
