package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/rule"
)

// Urgency is how soon somebody should be seen.
type Urgency string

// How soon, the least urgent first. They are stored in rules: never rename one.
const (
	Community Urgency = "community"
	Soon      Urgency = "soon"
	Today     Urgency = "today"
	Emergency Urgency = "emergency"
	Call      Urgency = "call"
)

var urgent = []Urgency{Community, Soon, Today, Emergency, Call}

// Codes implements [form.Coded].
func (Urgency) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Community), Words: bilingual.Text{Zh: "择期就诊", En: "When it suits"}}, {Code: string(Soon), Words: bilingual.Text{Zh: "近几日就诊", En: "Within days"}},
		{Code: string(Today), Words: bilingual.Text{Zh: "今天就诊", En: "Today"}}, {Code: string(Emergency), Words: bilingual.Text{Zh: "立即去急诊", En: "Emergency department now"}},
		{Code: string(Call), Words: bilingual.Text{Zh: "立即拨打120", En: "Call 120 now"}},
	}
}

// Care is the level of care where somebody is looked after first.
type Care string

// The levels. They are stored in rules: never rename one.
const (
	AtHome      Care = "community"
	AtHospital  Care = "hospital"
	AtEmergency Care = "emergency"
	ByAmbulance Care = "call"
)

// Codes implements [form.Coded].
func (Care) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(AtHome), Words: bilingual.Text{Zh: "基层医疗卫生机构", En: "Community health centre"}}, {Code: string(AtHospital), Words: bilingual.Text{Zh: "二级或三级医院", En: "Hospital of level 2 or 3"}},
		{Code: string(AtEmergency), Words: bilingual.Text{Zh: "医院急诊科", En: "Emergency department"}}, {Code: string(ByAmbulance), Words: bilingual.Text{Zh: "120 急救", En: "Ambulance"}},
	}
}

// Answer is what somebody says of a sign.
type Answer string

// The answers.
const (
	Yes    Answer = "yes"
	No     Answer = "no"
	Unsure Answer = "unsure"
)

// Codes implements [form.Coded].
func (Answer) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Yes), Words: bilingual.Text{Zh: "有", En: "Yes"}}, {Code: string(No), Words: bilingual.Text{Zh: "没有", En: "No"}},
		{Code: string(Unsure), Words: bilingual.Text{Zh: "不确定", En: "Not sure"}},
	}
}

// Sex is that of who has the complaint (R4 administrative-gender).
type Sex string

// The sexes that matter to a complaint; of others everything is asked.
const (
	male   Sex = "male"
	female Sex = "female"
)

// Codes implements [form.Coded].
func (Sex) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(male), Words: bilingual.Text{Zh: "男", En: "Male"}}, {Code: string(female), Words: bilingual.Text{Zh: "女", En: "Female"}},
		{Code: "other", Words: bilingual.Text{Zh: "其他", En: "Other"}}, {Code: "unknown", Words: bilingual.Text{Zh: "未知", En: "Unknown"}},
	}
}

// Who they are that rules tell apart, and bounds of ages.
const (
	infant      = "infant"
	child       = "child"
	adult       = "adult"
	old         = "old"
	pregnant    = "pregnant"
	fertileFrom = "fertile-from"
	fertileTo   = "fertile-to"

	departmentOfEmergencies = "20" // of the catalogue of specialties
)

// Rules are the rules of a region on a day.
type Rules struct {
	Book   *rule.Book
	Region string
	At     time.Time
}

// Person is who has a complaint.
type Person struct {
	Months   int // of age
	Sex      Sex
	Pregnant bool
	who      string
}

// Asked is what somebody has said.
type Asked struct {
	Person     Person
	Complaints []string
	Answers    map[string]Answer // by signs
}

// Question is a sign that has not been answered.
type Question struct {
	Sign  string
	First bool // everybody is asked it
}

// Decision is where somebody should go, and by which rows.
type Decision struct {
	Urgency     Urgency
	Care        Care
	Specialties []string
	Signs       []string // that made it as urgent
	Rows        []*rule.Row
}

// Place finds out as whom the rules know somebody. fertile says that a pregnancy can be.
func (r Rules) Place(p *Person) (fertile bool, err error) {
	bounds := map[string]int{}
	for _, name := range []string{infant, child, old, fertileFrom, fertileTo} {
		months, _, err := Ages.Find(r.Book, r.Region, r.At, name)
		if err != nil {
			return false, err
		}
		bounds[name] = int(months)
	}
	fertile = p.Sex != male && p.Months >= bounds[fertileFrom] && p.Months <= bounds[fertileTo]
	switch {
	case p.Pregnant && !fertile:
		return fertile, fault.New(fault.Unprocessable, "At this age and sex there is no pregnancy. 年龄或性别与怀孕不符。").At("pregnant")
	case p.Pregnant:
		p.who = pregnant
	case p.Months < bounds[infant]:
		p.who = infant
	case p.Months < bounds[child]:
		p.who = child
	case p.Months >= bounds[old]:
		p.who = old
	default:
		p.who = adult
	}
	return fertile, nil
}

// concerns tells whether what is said of some people alone is said of this one.
func (p Person) concerns(whose string) bool {
	switch whose {
	case string(male):
		return p.Sex != female
	case string(female):
		return p.Sex != male
	case child:
		return p.who == child || p.who == infant
	case infant, pregnant:
		return p.who == whose
	}
	return true
}

// Questions are the signs that are still to be asked, in their order.
func (r Rules) Questions(in Asked) (all []Question, err error) {
	type ranked struct {
		Question
		rank int64
	}
	var found []ranked
	for _, s := range signs {
		if in.Answers[s.code] != "" || !in.Person.concerns(s.whose) {
			continue
		}
		if rank, ok, err := ordered(First.Find(r.Book, r.Region, r.At, s.code)); err != nil {
			return nil, err
		} else if ok {
			found = append(found, ranked{Question{s.code, true}, rank})
			continue
		}
		for i, c := range in.Complaints {
			rank, ok, err := ordered(Asks.Find(r.Book, r.Region, r.At, c, s.code))
			if err != nil {
				return nil, err
			}
			if ok {
				found = append(found, ranked{Question{s.code, false}, int64(1+i)*rankMost + rank})
				break
			}
		}
	}
	slices.SortStableFunc(found, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	for _, f := range found {
		all = append(all, f.Question)
	}
	return all, nil
}

// rankMost is more than any rank.
const rankMost = 1_000

// ordered is a rank that there is, or none: the tables of questions have no row for most signs.
func ordered(rank int64, _ *rule.Row, err error) (int64, bool, error) {
	if fault.CodeOf(err) == fault.Unprocessable {
		return 0, false, nil
	}
	return rank, err == nil, err
}

// Decide says where to go by what has been said so far: the most urgent of all that the rules say of it.
func (r Rules) Decide(in Asked) (d Decision, err error) {
	d.Urgency, d.Care = Community, AtHome
	lead := "" // the complaint that is most urgent
	for _, c := range in.Complaints {
		least, row, err := Least.Find(r.Book, r.Region, r.At, c, in.Person.who)
		if err != nil {
			return d, err
		}
		d.Rows = append(d.Rows, row)
		if lead == "" || above(Urgency(least), d.Urgency) {
			lead = c
		}
		d.Urgency = higher(d.Urgency, Urgency(least))
	}
	for _, s := range signs {
		if a := in.Answers[s.code]; a != Yes && a != Unsure {
			continue
		}
		found, row, err := OfSign.Find(r.Book, r.Region, r.At, s.code)
		if err != nil {
			return d, err
		}
		d.Rows, d.Signs = append(d.Rows, row), append(d.Signs, s.code)
		d.Urgency = higher(d.Urgency, Urgency(found))
	}
	return d, r.lead(&d, in, lead)
}

// lead adds the level of care and the specialties, those of the most urgent complaint first.
func (r Rules) lead(d *Decision, in Asked, first string) error {
	for _, c := range append([]string{first}, in.Complaints...) {
		codes, row, err := Departments.Find(r.Book, r.Region, r.At, c, in.Person.who)
		if err != nil {
			return err
		}
		care, by, err := FirstCare.Find(r.Book, r.Region, r.At, c)
		if err != nil {
			return err
		}
		if Care(care) == AtHospital {
			d.Care = AtHospital
		}
		for _, one := range []*rule.Row{row, by} {
			if !slices.Contains(d.Rows, one) {
				d.Rows = append(d.Rows, one)
			}
		}
		for code := range strings.FieldsSeq(codes) {
			if !slices.Contains(d.Specialties, code) {
				d.Specialties = append(d.Specialties, code)
			}
		}
	}
	if above(d.Urgency, Today) {
		d.Care = AtEmergency
		d.Specialties = append([]string{departmentOfEmergencies}, slices.DeleteFunc(d.Specialties, func(c string) bool { return c == departmentOfEmergencies })...)
	}
	if d.Urgency == Call {
		d.Care = ByAmbulance
	}
	return nil
}

// above tells whether one is more urgent than the other.
func above(a, b Urgency) bool { return slices.Index(urgent, a) > slices.Index(urgent, b) }

func higher(a, b Urgency) Urgency {
	if above(b, a) {
		return b
	}
	return a
}
