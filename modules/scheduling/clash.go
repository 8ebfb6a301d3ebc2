package scheduling

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// postsMost is how many posts of a doctor are looked at.
const postsMost = 100

// everywhere are all posts of the doctor who has one, at whatever institution, with commas between them as a search takes them.
func (d Desk) everywhere(ctx context.Context, s *gate.Session, post string) (string, error) {
	r, err := d.read(ctx, s, post)
	if err != nil {
		return "", err
	}
	all := []string{post}
	if person := r.Root.Get("practitioner").Get("reference").Str(); person != "" {
		_, err = cases.Each(ctx, s, typePost, postsMost, []search.Pair{{Name: "practitioner", Value: person}}, func(r fhir.Resource) bool {
			if name := typePost.String() + "/" + r.ID; name != post {
				all = append(all, name)
			}
			return true
		})
	}
	return strings.Join(all, ","), err
}

// alone refuses a pattern by which a doctor would be at two clinics at a time.
func (d Desk) alone(ctx context.Context, s *gate.Session, clinic fhir.Ref, in Clinic) error {
	if in.Doctor == nil {
		return nil
	}
	posts, err := d.everywhere(ctx, s, string(*in.Doctor))
	if err != nil {
		return err
	}
	today := form.Date(s.Now().In(d.Zone).Format(time.DateOnly))
	var wrong error
	_, err = cases.Each(ctx, s, typeSchedule, clinicsShown, []search.Pair{
		{Name: "_tag", Value: System + "|" + tagClinic}, {Name: "active", Value: "true"}, {Name: "actor", Value: posts},
	}, func(r fhir.Resource) bool {
		if r.ID == clinic.ID {
			return true
		}
		other, names, is, err := clinicOf(r)
		if wrong = err; err == nil && is {
			wrong = in.clashes(other, names[0], today)
		}
		return wrong == nil
	})
	return cmp.Or(err, wrong)
}

// clashes refuses a pattern that overlaps with that of another clinic of its doctor, from today on.
func (in Clinic) clashes(other Clinic, department string, today form.Date) error {
	from := max(in.From, other.From, today)
	if in.To != nil && *in.To < from || other.To != nil && *other.To < from {
		return nil
	}
	for i, one := range in.Sessions {
		begins, ends := one.covers(in.Segment)
		for _, o := range other.Sessions {
			first, last := o.covers(other.Segment)
			both := slices.IndexFunc(one.Days, func(w Weekday) bool { return slices.Contains(o.Days, w) })
			if both < 0 || begins >= last || first >= ends {
				continue
			}
			day := dayWords(one.Days[both])
			return fault.New(fault.Unprocessable, "This doctor is at %s on %s from %s to %s: a doctor is at one clinic at a time. 该医师%[5]s %[3]s–%[4]s 已在%[1]s出诊，时间重叠，请调整。",
				department, day.En, o.From, o.To, day.Zh).At(sessionPath(i)).WithIssue("business-rule")
		}
	}
	return nil
}

// covers is from when until when a session has segments.
func (s Session) covers(minutes int) (from, until time.Duration) {
	from, _ = clockOf(s.From, "") // the pattern was checked when it was given
	until, _ = clockOf(s.To, "")
	long := time.Duration(minutes) * time.Minute
	return from, from + (until-from)/long*long
}

// dayWords is what a day of the week is called.
func dayWords(w Weekday) bilingual.Text {
	i := slices.IndexFunc(weekdays, func(c bilingual.Code) bool { return c.Code == string(w) })
	return weekdays[i].Words
}

// elsewhere are the segments of other clinics of a doctor on a day that take place; none of no doctor.
func (d Desk) elsewhere(ctx context.Context, s *gate.Session, doctor, clinic string, day time.Time) (all []segment, err error) {
	if doctor == "" {
		return nil, nil
	}
	posts, err := d.everywhere(ctx, s, doctor)
	if err != nil {
		return nil, err
	}
	var codes []string
	for post := range strings.SplitSeq(posts, ",") {
		codes = append(codes, SystemOf+"|"+search.Escape(post))
	}
	from := dayBegins(day)
	_, err = cases.Each(ctx, s, typeSlot, segmentsMost, []search.Pair{
		{Name: "service-type", Value: strings.Join(codes, ",")}, {Name: "start", Value: "ge" + from.Format(time.RFC3339)}, {Name: "start", Value: "lt" + from.AddDate(0, 0, 1).Format(time.RFC3339)},
	}, func(r fhir.Resource) bool {
		if g, is := segmentOf(r, 0, d.Zone); is && !g.Stopped && g.clinic != clinic {
			all = append(all, g)
		}
		return true
	})
	return all, err
}

// meets tells whether a segment is at the time of one of others.
func (s segment) meets(others []segment) bool {
	return slices.ContainsFunc(others, func(o segment) bool { return s.Start.Before(o.End) && o.Start.Before(s.End) })
}
