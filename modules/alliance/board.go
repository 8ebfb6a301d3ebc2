package alliance

import (
	"context"
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

const (
	boardCases = 200  // that are shown
	boardLooks = 1000 // overdue cases, and cases of today, that are looked at
)

// Side is whose referrals an office looks at.
type Side string

// The sides.
const (
	Sent     Side = sending
	Received Side = receiving
)

// Codes implements [form.Coded].
func (Side) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Sent), Words: bilingual.Text{Zh: "本机构转出", En: "Sent by the institution"}},
		{Code: string(Received), Words: bilingual.Text{Zh: "转来本机构", En: "That it is asked to take"}},
	}
}

type boarding struct {
	Side       Side            `name:"side" zh:"转出或接收" en:"Sent or received"`
	Department *form.Reference `name:"department" zh:"科室" en:"Department" types:"HealthcareService" doc:"Only cases are listed that ask this one, or asked it last."`
	State      *string         `name:"state" zh:"状态" en:"State" bytes:"40" doc:"Only cases in this state are listed."`
	Late       *bool           `name:"late" zh:"仅超时" en:"Only overdue"`
}

type board struct {
	At          time.Time         `name:"at" zh:"统计时间" en:"When it was counted"`
	Whole       bool              `name:"whole" zh:"是否全部" en:"Whether all was counted" doc:"If not, there is at least as much: of what is overdue and of what is due today 1000 cases are looked at, and 200 departments counted."`
	States      []boardState      `name:"state" zh:"状态" en:"By state" most:"50"`
	Departments []boardDepartment `name:"department" zh:"科室" en:"By department that is asked" most:"200"`
	Cases       []boardCase       `name:"case" zh:"转诊" en:"Referrals" most:"200" doc:"Those due first."`
}

type boardState struct {
	State   string `name:"state" zh:"状态" en:"State"`
	Zh      string `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En      string `name:"en" zh:"英文名称" en:"Name in English"`
	Waiting int    `name:"waiting" zh:"在办数" en:"Open"`
	Overdue int    `name:"overdue" zh:"超时数" en:"Overdue"`
}

type boardDepartment struct {
	Department form.Named `name:"department" zh:"科室" en:"Department"`
	Waiting    int        `name:"waiting" zh:"待约定数" en:"Without a time yet"`
	Overdue    int        `name:"overdue" zh:"超时数" en:"Overdue"`
	Scheduled  int        `name:"scheduled" zh:"已约定数" en:"With a time, today or later"`
	Today      int        `name:"today" zh:"今日数" en:"Today"`
	Capacity   *int       `name:"capacity" zh:"每日可接收数" en:"How many it takes a day"`
}

type boardCase struct {
	Case       form.Reference `name:"case" zh:"转诊" en:"Referral" types:"Task"`
	Process    string         `name:"process" zh:"流程" en:"Process"`
	Direction  string         `name:"direction" zh:"方向" en:"Direction" doc:"up or down."`
	State      string         `name:"state" zh:"状态" en:"State"`
	Zh         string         `name:"zh" zh:"状态名称" en:"Name of the state in Chinese"`
	En         string         `name:"en" zh:"状态英文名称" en:"Name of the state in English"`
	Urgency    *string        `name:"urgency" zh:"缓急" en:"Urgency"`
	Department *form.Named    `name:"department" zh:"科室" en:"Department that is asked"`
	From       *form.Named    `name:"from" zh:"转出机构" en:"Referring institution"`
	Resident   *form.Named    `name:"resident" zh:"居民" en:"Resident" doc:"With the name where one may see it."`
	Since      *time.Time     `name:"since" zh:"进入该状态的时间" en:"In this state since"`
	Due        *time.Time     `name:"due" zh:"办理期限" en:"By when somebody must act"`
	Time       *time.Time     `name:"time" zh:"约定时间" en:"Time that is set"`
}

var typeTask, _ = schema.TypeOf("Task")

// desk answers the operations.
type desk struct{ engine *process.Engine }

// directions are the processes.
var directions = []string{CodeUp, CodeDown}

// looking is one look at the open referrals of an institution.
type looking struct {
	session     *gate.Session // of the platform, for what is counted
	side        Side
	institution string
	now         time.Time
}

// board tells an office of the open referrals in which its institution has a part, and of no others.
func (d desk) board(ctx context.Context, c *module.Call, in boarding) (out board, err error) {
	institution := c.Session.Actor().Institution
	if institution == "" {
		return out, fault.New(fault.Forbidden, "A board of referrals is an institution's, and you act for none.")
	}
	if in.State != nil && !slices.ContainsFunc(states(), func(s process.State) bool { return s.Code == *in.State && !s.Final() }) {
		return out, fault.New(fault.Unprocessable, "There is no such state in which a referral is open. docs/reference/processes/referral-up.md names those that there are.").WithIssue("value")
	}
	l := looking{c.Session.Behalf("").Unseen(), in.Side, institution, c.Session.Now().In(d.engine.Zone())}
	shown, err := l.listed(ctx, c.Session, in)
	if err != nil {
		return out, err
	}
	counts, err := l.count(ctx, c.Session, in.lateOf(shown, l.now))
	if err != nil {
		return out, err
	}
	out = board{At: l.now, Whole: counts.whole, States: counts.byState(), Departments: counts.byDepartment()}
	names := cases.NewNames(c.Session)
	var sending []string
	for _, f := range shown {
		sending = append(sending, f.sending)
	}
	if err := names.Read(ctx, sending...); err != nil {
		return out, err
	}
	residents, err := calledOf(ctx, c.Session, shown)
	if err != nil {
		return out, err
	}
	for _, f := range shown {
		one, err := shownCase(ctx, names, counts.directory, residents, f)
		if err != nil {
			return out, err
		}
		out.Cases = append(out.Cases, one)
	}
	return out, nil
}

// lateOf are the overdue cases among those that are listed; nil where there may be others.
func (in boarding) lateOf(listed []referral, now time.Time) []referral {
	if in.Department != nil || in.State != nil {
		return nil
	}
	late := []referral{}
	for _, f := range listed {
		if !f.Due.IsZero() && !f.Due.After(now) {
			late = append(late, f)
		}
	}
	if len(late) == boardCases {
		return nil
	}
	return late
}

// listed are the cases that are shown, those due first. The trail tells of them.
func (l looking) listed(ctx context.Context, s *gate.Session, in boarding) (all []referral, err error) {
	pairs := l.among(in.State)
	if in.Department != nil {
		var words []string
		for _, one := range stages {
			words = append(words, process.PartOf(string(l.side), l.institution, atStage(string(*in.Department), one)))
		}
		pairs = append(pairs, search.Pair{Name: "business-status", Value: anyOf(words)})
	}
	if in.Late != nil && *in.Late {
		pairs = append(pairs, l.overdue())
	}
	_, err = cases.Each(ctx, s.Behalf(""), typeTask, boardCases, append(pairs, search.Pair{Name: "_sort", Value: "deadline"}), func(r fhir.Resource) bool {
		all = append(all, referralOf(r))
		return true
	})
	return all, err
}

// among are the criteria of the open cases of the institution; state narrows them.
func (l looking) among(state *string) []search.Pair {
	words := []string{process.PartOf(string(l.side), l.institution, markOpen)}
	if state != nil {
		words = nil
		for _, code := range directions {
			words = append(words, process.PartOf(string(l.side), l.institution, inState(code, *state)))
		}
	}
	return []search.Pair{{Name: "business-status", Value: anyOf(words)}}
}

func (l looking) overdue() search.Pair {
	return search.Pair{Name: "deadline", Value: "le" + l.now.UTC().Format(time.RFC3339)}
}

// shownCase is a case as the board shows it.
func shownCase(ctx context.Context, names *cases.Names, d directory, residents map[string]string, f referral) (one boardCase, err error) {
	words := stateWords(f.State)
	one = boardCase{
		Case: form.Reference(f.ref.String()), Process: f.Process, Direction: way(f.Process), State: f.State, Zh: words.Zh, En: words.En, Urgency: some(f.urgency),
		Since: when(f.since), Due: when(f.Due), Time: when(f.time),
	}
	if f.department != "" {
		one.Department = &form.Named{Reference: form.Reference(f.department), Display: d[f.department].name}
	}
	if f.sending != "" {
		called, err := names.Of(ctx, f.sending)
		if err != nil {
			return one, err
		}
		one.From = &form.Named{Reference: form.Reference(f.sending)}
		if called != nil {
			one.From.Display = *called
		}
	}
	if f.resident != "" {
		one.Resident = &form.Named{Reference: form.Reference(f.resident), Display: residents[f.resident]}
	}
	return one, nil
}

// calledOf is what those are called of whom cases are, as far as the session may see them.
func calledOf(ctx context.Context, s *gate.Session, of []referral) (map[string]string, error) {
	var refs []fhir.Ref
	for _, f := range of {
		if ref := fhir.ParseReference(f.resident).Ref; ref.ID != "" && !slices.Contains(refs, ref) {
			refs = append(refs, ref)
		}
	}
	seen, err := s.Reads(ctx, refs)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for i, v := range seen {
		if !v.Exists() {
			continue
		}
		r, err := fhir.ParseResource(v.Body.Bytes)
		if err != nil {
			return nil, fault.Wrap(err, "reading a resident")
		}
		names[refs[i].String()] = cases.Called(r)
	}
	return names, nil
}

func way(code string) string {
	if code == CodeDown {
		return "down"
	}
	return "up"
}

func stateWords(code string) bilingual.Text {
	all := states()
	if i := slices.IndexFunc(all, func(s process.State) bool { return s.Code == code }); i >= 0 {
		return all[i].Words
	}
	return bilingual.Text{Zh: code, En: code}
}

// some is a text that need not be there.
func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// when is an instant that need not be there.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
