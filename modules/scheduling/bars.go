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
type past struct{ missed, cancelled []time.Time }

// pastOf are the scopes that tell the past of a person, for who books online.
func (b booking) pastOf() (scopes []string) {
	if b.channel == Online || b.channel == App {
		for _, name := range b.alike {
			scopes = append(scopes, missedOf(name), cancelledOf(name))
		}
	}
	return scopes
}

// note notes a place of the past of a person, where it counts for a booking.
func (p *past) note(scope, name string, b booking, l limits) {
	switch {
	case strings.HasPrefix(scope, scopeMiss):
		p.missed = append(p.missed, missedAt(name))
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

// cancelledOf is the scope of the visits that a person has cancelled by themselves.
func cancelledOf(patient fhir.Ref) string { return scopeCancel + patient.ID }

// cancelledName is the place that a visit takes there: when it was cancelled, which it was, and where.
func (b booking) cancelledName() string {
	id := func(name string) string { return fhir.ParseReference(name).Ref.ID }
	return strings.Join([]string{instant(b.undone), b.ref.ID, id(b.department), id(b.institution)}, "/")
}
