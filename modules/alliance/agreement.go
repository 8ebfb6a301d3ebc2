package alliance

import (
	"cmp"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/form"
	"yitong/internal/process"
)

// agreement is what binds an institution to an alliance: an OrganizationAffiliation, by which organization leads participatingOrganization;
// code says which part it takes and of what level it is, healthcareService which of its departments take referrals, period how long it holds.
type agreement struct {
	alliance, institution string
	level                 byte // of the hospital: '3', '2', '1'; 0 for one that has none
	leads, partner, green bool
}

// agreementsOf are those of what a search has found that hold on a day.
func agreementsOf(found []fhir.Resource, now time.Time) (all []agreement) {
	for _, r := range found {
		if !during(r.Root.Get("period"), now) {
			continue
		}
		a := agreement{alliance: r.Root.Get("organization").Get("reference").Str(), institution: r.Root.Get("participatingOrganization").Get("reference").Str()}
		for code := r.Root.Get("code").First(); code.Exists(); code = code.Next() {
			for coding := code.Get("coding").First(); coding.Exists(); coding = coding.Next() {
				a.says(coding.Get("system").Str(), coding.Get("code").Str())
			}
		}
		all = append(all, a)
	}
	return all
}

// during tells whether an instant is in a Period; what it leaves open does not end it.
func during(period fhir.Node, at time.Time) bool {
	for _, bound := range []struct {
		name string
		out  func(start, end time.Time) bool
	}{
		{"start", func(start, _ time.Time) bool { return at.Before(start) }},
		{"end", func(_, end time.Time) bool { return !at.Before(end) }},
	} {
		text := period.Get(bound.name).Str()
		if text == "" {
			continue
		}
		if start, end, err := fhir.ParsePeriod(text, at.Location()); err != nil || bound.out(start, end) {
			return false
		}
	}
	return true
}

func (a *agreement) says(system, code string) {
	switch {
	case system == profiles.AllianceRoles:
		a.leads = a.leads || code == "lead"
		a.partner = a.partner || code == "partner"
		a.green = a.green || code == "green-channel"
	case system == profiles.HospitalLevels && code != "":
		a.level = max(a.level, code[0])
	}
}

// above tells whether an institution is a higher hospital than another of the same alliance: it is of a higher level; of the same, who leads is
// above the members, and a partner from outside, to which they turn where their own can do no more, above both.
func (a agreement) above(b agreement) bool {
	return cmp.Or(cmp.Compare(a.level, b.level), cmp.Compare(a.part(), b.part())) > 0
}

func (a agreement) part() int {
	switch {
	case a.partner:
		return 2
	case a.leads:
		return 1
	}
	return 0
}

// direction is which way a referral goes.
type direction bool

const (
	upward   direction = true
	downward direction = false
)

// department is one of an institution.
type department struct{ service, name, institution string }

func membership(institution string) string {
	return "OrganizationAffiliation?active=true&participating-organization=" + institution
}

func taking(service form.Reference) string {
	return "OrganizationAffiliation?active=true&service=" + string(service)
}

// asks is what has to be found to choose a department, for who is at an institution.
func asks(c *process.Case, service form.Reference) []string {
	return []string{membership(c.Actor.Institution), taking(service)}
}

// asked is where what was filled in for a field stands in a form, as a refusal names it.
func asked(field string) string { return "Parameters.parameter.where(name = '" + field + "')" }

// chosen reads the department that is asked. It is of another institution, with which the actor's own has an agreement that holds today and
// says that the department takes referrals; the other is the higher hospital, or the lower one on the way down.
func chosen(c *process.Case, service form.Reference, way direction) (d department, err error) {
	r, seen := c.Read(string(service))
	d = department{string(service), r.Root.Get("name").Str(), r.Root.Get("providedBy").Get("reference").Str()}
	where := asked("department")
	switch {
	case !seen || d.institution == "" || string(r.Root.Get("active").Raw()) == "false":
		return d, fault.New(fault.Unprocessable, "%s is no department that takes patients. 该科室不接收患者。", service).WithIssue("value").At(where)
	case d.institution == c.Actor.Institution:
		return d, fault.New(fault.Unprocessable, "%s is of your own institution; a referral leads to another one. 请选择其他机构的科室。", service).WithIssue("value").At(where)
	}
	bound, fit, green := false, false, false
	for _, mine := range agreementsOf(c.Found(membership(c.Actor.Institution)), c.Now) {
		for _, theirs := range agreementsOf(c.Found(taking(service)), c.Now) {
			if mine.alliance != theirs.alliance || theirs.institution != d.institution {
				continue
			}
			bound = true
			if way == upward && theirs.above(mine) || way == downward && mine.above(theirs) {
				fit, green = true, green || theirs.green
			}
		}
	}
	switch {
	case !bound:
		return d, fault.New(fault.Unprocessable, "No agreement of an alliance that holds today says that %s takes your referrals. 双方之间没有当前有效、且约定该科室接收转诊的医联体协议。", service).WithIssue("business-rule").At(where)
	case !fit && way == upward:
		return d, fault.New(fault.Unprocessable, "%s is of no higher hospital. 上转只能选择上级医院的科室。", service).WithIssue("business-rule").At(where)
	case !fit:
		return d, fault.New(fault.Unprocessable, "%s is of no lower institution. 下转只能选择下级机构的科室。", service).WithIssue("business-rule").At(where)
	case c.Task().Priority() == string(Green) && !green:
		return d, fault.New(fault.Unprocessable, "The agreement has no green channel to %s. 协议未约定该科室的绿色通道。", service).WithIssue("business-rule").At(where)
	}
	return d, nil
}
