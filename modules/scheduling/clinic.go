package scheduling

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// Weekday is a day of the week (R4 days-of-week).
type Weekday string

var weekdays = []bilingual.Code{
	{Code: "sun", Words: bilingual.Text{Zh: "周日", En: "Sunday"}}, {Code: "mon", Words: bilingual.Text{Zh: "周一", En: "Monday"}},
	{Code: "tue", Words: bilingual.Text{Zh: "周二", En: "Tuesday"}}, {Code: "wed", Words: bilingual.Text{Zh: "周三", En: "Wednesday"}},
	{Code: "thu", Words: bilingual.Text{Zh: "周四", En: "Thursday"}}, {Code: "fri", Words: bilingual.Text{Zh: "周五", En: "Friday"}},
	{Code: "sat", Words: bilingual.Text{Zh: "周六", En: "Saturday"}},
}

// Codes implements [form.Coded].
func (Weekday) Codes() []bilingual.Code { return weekdays }

// Session is a part of a day at which a clinic takes place.
type Session struct {
	Days     []Weekday `name:"day" zh:"星期" en:"Day of the week" least:"1" most:"7"`
	From     string    `name:"from" zh:"开始" en:"From" bytes:"5" doc:"A time of the day, such as 08:00."`
	To       string    `name:"to" zh:"结束" en:"To" bytes:"5" doc:"A time of the day, such as 11:30. A last segment that is not whole is left out."`
	Capacity int       `name:"capacity" zh:"每时段号源数" en:"Places of a segment" from:"1" to:"200"`
	Onsite   int       `name:"onsite" zh:"现场号源数" en:"Of these for the window" from:"0" to:"200"`
	Phone    *int      `name:"phone" zh:"电话预留号源数" en:"Kept for the telephone" from:"0" to:"200" doc:"Of the public's; what is left falls back to everybody when referrals do."`
	App      *int      `name:"app" zh:"自有渠道预留号源数" en:"Kept for the hospital's own app" from:"0" to:"200" doc:"Of the public's, for programs of the hospital; what is left falls back to everybody when referrals do."`
	Extra    *int      `name:"extra" zh:"加号上限" en:"Extra places at most" from:"0" to:"50"`
	Holidays *bool     `name:"holidays" zh:"节假日出诊" en:"On holidays too"`
}

// kept is how many of the public's places are kept for the telephone, and for the hospital's own app.
func (s Session) kept() (phone, app int) {
	if s.Phone != nil {
		phone = *s.Phone
	}
	if s.App != nil {
		app = *s.App
	}
	return phone, app
}

// Clinic is how a clinic takes place, week by week.
type Clinic struct {
	Department form.Reference  `name:"department" zh:"科室" en:"Department" types:"HealthcareService"`
	Doctor     *form.Reference `name:"doctor" zh:"医师" en:"Doctor" types:"PractitionerRole"`
	From       form.Date       `name:"from" zh:"开始日期" en:"From"`
	To         *form.Date      `name:"to" zh:"结束日期" en:"To" doc:"The last day; open where it is left out."`
	Segment    int             `name:"segment" zh:"时段分钟数" en:"Minutes of a segment" from:"5" to:"120"`
	Ahead      int             `name:"ahead" zh:"提前放号天数" en:"Days ahead" from:"0" to:"90"`
	Opens      string          `name:"opens" zh:"放号时刻" en:"When it opens" bytes:"5" doc:"A time of the day, such as 07:00, so many days ahead."`
	Price      *form.Decimal   `name:"price" zh:"诊查费（元）" en:"Price in yuan"`
	Draw       *bool           `name:"draw" zh:"抽签放号" en:"Places are drawn" doc:"The public's places of each day are given by lot when it opens; what is left is open to all then."`
	Enter      *int            `name:"enter" zh:"抽签报名小时数" en:"Hours to enter the draw" from:"1" to:"168" doc:"So many hours before it opens one can enter. The least is a rule."`
	Kind       *Kind           `name:"kind" zh:"门诊类别" en:"Kind of clinic" doc:"A general one where it is left out."`
	Insurance  *Insurance      `name:"insurance" zh:"医保类别" en:"Insurance" doc:"How it is paid; nothing is said where it is left out."`
	Makeup     *Weekday        `name:"makeup" zh:"调休上班日按周几出诊" en:"On working weekends as on" doc:"On Saturdays and Sundays on which people work by the State Council's notice it takes place as on this day of the week; as on their own where it is left out."`
	Sessions   []Session       `name:"session" zh:"出诊时间" en:"When" least:"1" most:"28"`
}

// clockOf reads a time of the day; 24:00 is the end of it.
func clockOf(text, path string) (time.Duration, error) {
	if text == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, fault.New(fault.Malformed, "%q is no time of the day; write it as 08:30. 时间应写作 08:30。", text).At(path)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// place is where a clinic is: what it is called, and by which rules it goes.
type home struct {
	institution string
	names       [2]string // of the department and the doctor
	level       string    // of the hospital, a code of [SegmentMost]
	share       int       // of 100 places, for referrals
	most        time.Duration
	enter       time.Duration // for which a draw is entered at least
}

// open begins a clinic, or changes how one takes place from now on. Segments that are published stay as they are.
func (d Desk) open(ctx context.Context, c *module.Call, in Clinic) (gate.Result, error) {
	s := c.Session.Behalf(Process)
	h, err := d.home(ctx, c.Session, in)
	if err == nil {
		err = in.check(h)
	}
	if err == nil {
		err = d.alone(ctx, s, c.Ref, in)
	}
	if err != nil {
		return gate.Result{}, err
	}
	op := gate.Op{Kind: gate.Update, Type: typeSchedule, ID: c.Ref.ID, IfVersion: c.IfVersion}
	var pauses []pause
	if c.Ref.ID == "" {
		op.ID, op.IfVersion, op.IfAbsent = newID(), 0, true
	} else if was, err := s.Read(ctx, c.Ref); err != nil {
		return gate.Result{}, err
	} else if r, err := fhir.ParseResource(was.Body.Bytes); err != nil {
		return gate.Result{}, fault.Wrap(err, "reading a Schedule")
	} else if of, _ := r.Extended(gate.Custodian); !tagged(r, tagClinic) || of != h.institution {
		return gate.Result{}, fault.New(fault.Unprocessable, "%s is no clinic of %s. 该门诊不属于本机构。", c.Ref, h.institution)
	} else if pauses = pausesIn(r); c.IfVersion == 0 {
		op.IfVersion = was.Number // whose stops stay
	}
	if op.Resource, err = in.resource(op.ID, h, pauses); err != nil {
		return gate.Result{}, err
	}
	results, err := s.Apply(ctx, []gate.Op{op}, c.Once)
	if err != nil {
		return gate.Result{}, err
	}
	result := first(results)
	_, _, err = d.publish(ctx, s, op.Resource, result.Version.Number) // what is not published yet is a little later
	return result, err
}

// home looks up where a clinic is, for who works there.
func (d Desk) home(ctx context.Context, by *gate.Session, in Clinic) (h home, err error) {
	s := by.Behalf(Process)
	department, err := d.read(ctx, s, string(in.Department))
	if err != nil {
		return h, err
	}
	h.institution, h.names[0] = department.Root.Get("providedBy").Get("reference").Str(), cases.Called(department)
	if h.institution == "" || h.institution != by.Actor().Institution {
		return h, fault.New(fault.Forbidden, "%s is no department of your institution. 该科室不属于本机构。", in.Department).At("department")
	}
	if in.Doctor != nil {
		post, err := d.read(ctx, s, string(*in.Doctor))
		if err != nil {
			return h, err
		}
		if post.Root.Get("organization").Get("reference").Str() != h.institution {
			return h, fault.New(fault.Unprocessable, "%s is no post at your institution. 该医师不在本机构执业。", *in.Doctor).At("doctor")
		}
		if h.names[1] = cases.Called(post); h.names[1] == "" {
			person, err := d.read(ctx, s, post.Root.Get("practitioner").Get("reference").Str())
			if err != nil {
				return h, err
			}
			h.names[1] = cases.Called(person)
		}
	}
	return h, d.rules(ctx, s, &h)
}

func (d Desk) read(ctx context.Context, s *gate.Session, name string) (fhir.Resource, error) {
	v, err := s.Read(ctx, fhir.ParseReference(name).Ref)
	if err != nil {
		return fhir.Resource{}, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return r, fault.Wrap(err, "reading "+name)
	}
	return r, nil
}

// rules looks up by which rules the clinics of an institution go today.
func (d Desk) rules(ctx context.Context, s *gate.Session, h *home) error {
	organization, err := d.read(ctx, s, h.institution)
	if err != nil {
		return err
	}
	h.level = levelOf(organization)
	region, now := regionOf(organization, d.Region), s.Now().In(d.Zone)
	if h.most, _, err = SegmentMost.Find(d.Book(), region, now, h.level); err != nil {
		return err
	}
	if h.enter, _, err = DrawEnter.Find(d.Book(), region, now); err != nil {
		return err
	}
	leads, err := d.affiliated(ctx, s, search.Pair{Name: "participating-organization", Value: h.institution}, search.Pair{Name: "role", Value: profiles.AllianceRoles + "|lead"})
	if err != nil || !leads {
		return err
	}
	share, _, err := ReferralShare.Find(d.Book(), region, now)
	h.share = int(share)
	return err
}

// levelOf is the level of a hospital: 3, 2 or 1 of its type, none for what has none.
func levelOf(organization fhir.Resource) string {
	for t := organization.Root.Get("type").First(); t.Exists(); t = t.Next() {
		for c := t.Get("coding").First(); c.Exists(); c = c.Next() {
			if code := c.Get("code").Str(); c.Get("system").Str() == profiles.HospitalLevels && code != "" && strings.Contains("123", code[:1]) {
				return code[:1]
			}
		}
	}
	return "none"
}

// check refuses a pattern that cannot be, or that the rules do not allow.
func (in Clinic) check(h home) error {
	if long := time.Duration(in.Segment) * time.Minute; long > h.most {
		return fault.New(fault.Unprocessable, "A segment has at most %d minutes at this hospital. 本院分时段预约每段不得超过 %[1]d 分钟。", int(h.most.Minutes())).At("segment").WithIssue("business-rule")
	}
	if in.To != nil && *in.To < in.From {
		return fault.New(fault.Unprocessable, "It ends before it begins. 结束日期早于开始日期。").At("to")
	}
	if _, err := clockOf(in.Opens, "opens"); err != nil {
		return err
	}
	if least := int(h.enter.Hours()); in.drawn() && in.hours() < least {
		return fault.New(fault.Unprocessable, "One can enter a draw for at least %d hours. 抽签报名时间不得短于 %[1]d 小时。", least).At("enter").WithIssue("business-rule")
	}
	for i, one := range in.Sessions {
		path := sessionPath(i)
		from, err := clockOf(one.From, path+".from")
		if err != nil {
			return err
		}
		until, err := clockOf(one.To, path+".to")
		if err != nil {
			return err
		}
		if until-from < time.Duration(in.Segment)*time.Minute {
			return fault.New(fault.Unprocessable, "From %s to %s there is no segment of %d minutes. 该时间段不足一个时段。", one.From, one.To, in.Segment).At(path)
		}
		pools, ok := Part(one.Capacity, one.Onsite, 0, h.share)
		if !ok {
			return fault.New(fault.Unprocessable, "Of %d places %d are for the window, and %d %% must be for referrals: that is more than there are. 现场号与转诊预留号之和超过号源总数。", one.Capacity, one.Onsite, h.share).At(path + ".onsite").WithIssue("business-rule")
		}
		if err := one.keeps(pools, in.drawn(), path); err != nil {
			return err
		}
		for j, other := range in.Sessions[:i] {
			begins, _ := clockOf(other.From, "") // these were read before
			ends, _ := clockOf(other.To, "")
			if from < ends && begins < until && slices.ContainsFunc(one.Days, func(w Weekday) bool { return slices.Contains(other.Days, w) }) {
				return fault.New(fault.Unprocessable, "It overlaps with session %d. 与第 %[1]d 个出诊时间重叠。", j+1).At(path)
			}
		}
	}
	return nil
}

// sessionPath is where a session stands in what was given.
func sessionPath(i int) string { return fmt.Sprintf("session[%d]", i) }

// keeps refuses to keep places for channels where nothing would be left for all, or where they are drawn by lot.
func (s Session) keeps(of Pools, drawn bool, path string) error {
	phone, app := s.kept()
	field := path + ".phone"
	if phone == 0 {
		field = path + ".app"
	}
	if phone+app > 0 && drawn {
		return fault.New(fault.Unprocessable, "Places that are drawn are for all alike: keep none for a channel. 抽签放号的门诊不能为渠道预留号源。").At(field).WithIssue("business-rule")
	}
	if _, ok := of.Keep(phone, app); !ok {
		return fault.New(fault.Unprocessable, "The public has %d places, and %d are kept for channels: leave at least one to all. 公众号源共 %[1]d 个，渠道预留 %[2]d 个，至少须留 1 个面向所有渠道。", of.Public, phone+app).At(field).WithIssue("business-rule")
	}
	return nil
}

// resource is the Schedule of a clinic. How it takes place is contained in it, as the form in which it was given, and beside it when it
// is stopped.
func (in Clinic) resource(id string, h home, pauses []pause) (fhir.Resource, error) {
	text, err := form.Of[Clinic]().Write(in)
	if err != nil {
		return fhir.Resource{}, err
	}
	actors := []reference{called(string(in.Department), h.names[0])}
	if in.Doctor != nil {
		actors = append(actors, called(string(*in.Doctor), h.names[1]))
	}
	extensions := []extension{refers(urlClinic, "#clinic")}
	for _, p := range pauses {
		extensions = append(extensions, p.extension())
	}
	o := object{
		"resourceType": "Schedule", "id": id, "meta": metaOf(h.institution, tagClinic), "active": true, "actor": actors,
		"extension": extensions, "contained": []contained{contained(text)},
	}
	return written(o)
}

// contained is a form that is kept in a resource.
type contained []byte

// MarshalJSON implements [json.Marshaler].
func (c contained) MarshalJSON() ([]byte, error) {
	return []byte(strings.Replace(string(c), `{"resourceType":"Parameters"`, `{"resourceType":"Parameters","id":"clinic"`, 1)), nil
}

// clinicOf reads how a clinic takes place.
func clinicOf(r fhir.Resource) (in Clinic, names [2]string, is bool, err error) {
	if !tagged(r, tagClinic) {
		return in, names, false, nil
	}
	read, err := form.Of[Clinic]().Read(r.Root.Get("contained").First())
	if err != nil {
		return in, names, false, fault.Wrap(err, "reading the pattern of a clinic")
	}
	for i, a := 0, r.Root.Get("actor").First(); a.Exists() && i < len(names); i, a = i+1, a.Next() {
		names[i] = a.Get("display").Str()
	}
	return *read.(*Clinic), names, true, nil
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
