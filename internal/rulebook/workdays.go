package rulebook

import (
	"cmp"
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/rule"
)

// workdaysMost is how many days can be asked for at once: a year, and what a calendar shows around it.
const workdaysMost = 400

type between struct {
	From   form.Date `name:"from" zh:"起" en:"From"`
	To     form.Date `name:"to" zh:"止" en:"To" doc:"The last day, at most 400 days behind the first."`
	Region *string   `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"Division code (GB/T 2260); left out for that of one's institution, or of the platform."`
}

type workdays struct {
	Region  *string    `name:"region" zh:"地区" en:"Region that it was asked for"`
	Days    []namedDay `name:"day" zh:"日期" en:"Days that are named" most:"400" doc:"On all others, Monday to Friday are working days."`
	Unknown []int      `name:"unknown" zh:"安排尚未公布的年份" en:"Years whose notice is not known yet" most:"3" doc:"Only their weekends are days off, for now."`
}

type namedDay struct {
	Day     form.Date `name:"day" zh:"日期" en:"Day"`
	Workday bool      `name:"workday" zh:"是否工作日" en:"Whether it is a working day"`
	Source  string    `name:"source" zh:"依据" en:"Source"`
}

// workdays tells what is known of the days between two.
func (d desk) workdays(ctx context.Context, c *module.Call, in between) (out workdays, err error) {
	b := d.book()
	from, err := dayIn(b, "from", in.From)
	if err != nil {
		return out, err
	}
	to, err := dayIn(b, "to", in.To)
	if err != nil {
		return out, err
	}
	if to.Before(from) || to.After(from.AddDate(0, 0, workdaysMost-1)) {
		return out, fault.New(fault.Unprocessable, "to is a day from the first one on, and at most %d days are told at once.", workdaysMost).WithIssue("value").
			InChinese("to 不应早于 from，每次最多查询 %d 天。", workdaysMost)
	}
	region := of(in.Region)
	if region == "" {
		if region, err = d.home(ctx, c.Session); err != nil {
			return out, err
		}
	}
	calendar, err := b.Calendar(region)
	if err != nil {
		return out, err
	}
	out.Region = some(region)
	for _, n := range calendar.Named(from, to, b.Zone()) {
		out.Days = append(out.Days, namedDay{form.Date(n.Date), n.Workday, n.Row.Source()})
	}
	for year := from.Year(); year <= to.Year(); year++ {
		if _, provisional := calendar.Workday(time.Date(year, time.June, 1, 12, 0, 0, 0, b.Zone()), b.Zone()); provisional {
			out.Unknown = append(out.Unknown, year)
		}
	}
	return out, nil
}

// home is the division by which deadlines go of who asks: that of the institution, or else that of the platform.
func (d desk) home(ctx context.Context, s *gate.Session) (string, error) {
	ref := fhir.ParseReference(s.Actor().Institution).Ref
	if ref.ID == "" {
		return d.region, nil
	}
	v, err := s.Unseen().Read(ctx, ref)
	switch fault.CodeOf(err) {
	case fault.NotFound, fault.Gone, fault.Forbidden:
		return d.region, nil
	}
	if err != nil {
		return "", err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	return cmp.Or(rule.Where(r), d.region), err
}

// dayIn is the noon of a day that a parameter names.
func dayIn(b *rule.Book, name string, date form.Date) (time.Time, error) {
	at, err := time.ParseInLocation(time.DateOnly, string(date), b.Zone())
	if err != nil {
		return at, fault.New(fault.Malformed, "%s is a day, such as 2026-05-04.", name).WithIssue("value").
			InChinese("%s 应为日期，如 2026-05-04。", name)
	}
	return at.Add(12 * time.Hour), nil
}
