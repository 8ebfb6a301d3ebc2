package cases

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/module"
	"yitong/internal/process"
)

const (
	boardMost   = 4000 // open cases that a board looks at, those due first, and as many that have ended, the last first
	boardPage   = 1000 // of these at a time
	boardUsual  = 90   // days that it looks back
	reviewsCode = "emergency-review"

	institutionsMost = 1000 // that are told
)

// Cases are open, or have ended, by Task.status: every process maps its states to these.
var (
	openStatuses  = []string{"requested", "received", "accepted", "ready", "in-progress", "on-hold"}
	endedStatuses = []string{"completed", "rejected", "failed", "cancelled"}
)

type boarding struct {
	Process *string `name:"process" zh:"流程" en:"Process" bytes:"40" doc:"A code; left out for all."`
	Days    *int    `name:"days" zh:"统计天数" en:"Days" from:"1" to:"365" doc:"How far back cases count that have ended, today included; 90 where it is left out."`
}

type board struct {
	At           time.Time          `name:"at" zh:"统计时间" en:"When it was counted"`
	Since        form.Date          `name:"since" zh:"统计起始日期" en:"Since which day"`
	Whole        bool               `name:"whole" zh:"是否全部" en:"Whether all was counted" doc:"If not, there are at least as many: 4000 open cases are looked at, those due first, and 4000 that have ended, the last first."`
	Processes    []boardProcess     `name:"process" zh:"流程" en:"By process" most:"200"`
	States       []boardState       `name:"state" zh:"状态" en:"By state" most:"1000"`
	Institutions []boardInstitution `name:"institution" zh:"机构" en:"By institution that answers for the cases" most:"1000"`
	Days         []boardDay         `name:"day" zh:"日期" en:"By day" most:"1000" doc:"Days on which cases began, ended or fall due within a year; overdue ones are left out."`
}

// load is how much there is to do of something, and how long it took to do what is done.
type load struct {
	Open    int
	Overdue int
	Today   int // fall due today, still to come
	Ended   int
	Median  *int // minutes between begin and end
	Ninth   *int // minutes in which nine of ten have ended
}

type boardProcess struct {
	Process string `name:"process" zh:"流程" en:"Process"`
	Zh      string `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En      string `name:"en" zh:"英文名称" en:"Name in English"`
	Open    int    `name:"open" zh:"在办数" en:"Open"`
	Overdue int    `name:"overdue" zh:"超时数" en:"Overdue"`
	Today   int    `name:"today" zh:"今日到期数" en:"Due today, and not late yet"`
	Ended   int    `name:"ended" zh:"办结数" en:"Ended in these days"`
	Median  *int   `name:"median" zh:"办结用时中位数" en:"Median time to the end" doc:"Minutes; left out where none has ended."`
	Ninth   *int   `name:"p90" zh:"办结用时第 90 百分位数" en:"Time in which nine of ten have ended" doc:"Minutes."`
}

type boardState struct {
	Process string `name:"process" zh:"流程" en:"Process"`
	State   string `name:"state" zh:"状态" en:"State"`
	Zh      string `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En      string `name:"en" zh:"英文名称" en:"Name in English"`
	Query   string `name:"query" zh:"检索条件" en:"Criteria" doc:"By which a search for Tasks finds the cases in this state."`
	Open    int    `name:"open" zh:"在办数" en:"Open"`
	Overdue int    `name:"overdue" zh:"超时数" en:"Overdue"`
	Ended   int    `name:"ended" zh:"办结数" en:"Ended in these days"`
}

type boardInstitution struct {
	Institution form.Reference `name:"institution" zh:"机构" en:"Institution" types:"Organization"`
	Called      *string        `name:"called" zh:"机构名称" en:"What it is called"`
	Open        int            `name:"open" zh:"在办数" en:"Open"`
	Overdue     int            `name:"overdue" zh:"超时数" en:"Overdue"`
	Ended       int            `name:"ended" zh:"办结数" en:"Ended in these days"`
	Median      *int           `name:"median" zh:"办结用时中位数" en:"Median time to the end" doc:"Minutes."`
	Ninth       *int           `name:"p90" zh:"办结用时第 90 百分位数" en:"Time in which nine of ten have ended" doc:"Minutes."`
}

type boardDay struct {
	Day   form.Date `name:"day" zh:"日期" en:"Day"`
	Begun int       `name:"begun" zh:"发起数" en:"Begun"`
	Ended int       `name:"ended" zh:"办结数" en:"Ended"`
	Due   int       `name:"due" zh:"到期数" en:"Due, and still open"`
}

// board counts what the session sees, and shows nothing else of it.
func (d desk) board(ctx context.Context, c *module.Call, in boarding) (out board, err error) {
	days, code := boardUsual, ""
	if in.Days != nil {
		days = *in.Days
	}
	if in.Process != nil {
		if code = *in.Process; !d.knows(code) {
			return out, fault.New(fault.Unprocessable, "There is no such process. Task/$board without it names those of which there are cases.").WithIssue("value")
		}
	}
	now := c.Session.Now().In(d.engine.Zone())
	t := newTally(now, days)
	seen, whole, err := looked(ctx, c.Session, code, t.since)
	if err != nil {
		return out, err
	}
	for _, one := range seen {
		if d.knows(one.Process) { // what another version of the server knows, that one counts
			t.add(one)
		}
	}
	out = board{At: now, Since: form.Date(t.since.Format(time.DateOnly)), Whole: whole, Days: t.days()}
	for code, l := range inOrder(t, t.processes, cmp.Compare[string]) {
		words := d.processWords(code)
		out.Processes = append(out.Processes, boardProcess{code, words.Zh, words.En, l.Open, l.Overdue, l.Today, l.Ended, l.Median, l.Ninth})
	}
	for at, l := range inOrder(t, t.states, d.order) {
		words := d.stateWords(at.Process, at.State)
		out.States = append(out.States, boardState{at.Process, at.State, words.Zh, words.En, at.query(), l.Open, l.Overdue, l.Ended})
	}
	names := NewNames(c.Session)
	if err := names.Read(ctx, slices.Collect(maps.Keys(t.institutions))...); err != nil {
		return out, err
	}
	for who, l := range inOrder(t, t.institutions, cmp.Compare[string]) {
		if len(out.Institutions) == institutionsMost {
			break
		}
		called, err := names.Of(ctx, who)
		if err != nil {
			return out, err
		}
		out.Institutions = append(out.Institutions, boardInstitution{form.Reference(who), called, l.Open, l.Overdue, l.Ended, l.Median, l.Ninth})
	}
	return out, nil
}

// looked is what a board looks at: open cases and those that have ended since, as far as the session sees them. whole is false where
// there are more. The trail tells of the board, not of each case in it, for none is shown.
func looked(ctx context.Context, s *gate.Session, code string, since time.Time) (seen []Counted, whole bool, err error) {
	of := search.Pair{Name: "code", Value: process.SystemProcess + "|" + search.Escape(code)}
	sets := [2]struct {
		pairs []search.Pair
		found []Counted
		whole bool
	}{
		{pairs: []search.Pair{of, {Name: "status", Value: strings.Join(openStatuses, ",")}, {Name: "_sort", Value: "deadline"}}},
		{pairs: []search.Pair{of, {Name: "status", Value: strings.Join(endedStatuses, ",")}, {Name: "modified", Value: "ge" + since.Format(time.RFC3339)}, {Name: "_sort", Value: "-modified"}}},
	}
	both, ctx := errgroup.WithContext(ctx)
	for i := range sets {
		both.Go(func() (err error) {
			sets[i].whole, err = Each(ctx, s.Unseen(), typeTask, boardMost, sets[i].pairs, func(r fhir.Resource) bool {
				sets[i].found = append(sets[i].found, CountedOf(r))
				return true
			})
			return err
		})
	}
	err = both.Wait()
	if fault.CodeOf(err) == fault.Forbidden { // who may see no Tasks has none to count
		return nil, true, nil
	}
	return slices.Concat(sets[0].found, sets[1].found), sets[0].whole && sets[1].whole, err
}

// Each goes through what a search finds of a type, at most so many, as long as do says so. whole is false where there are more than that.
func Each(ctx context.Context, s *gate.Session, t schema.Type, most int, pairs []search.Pair, do func(fhir.Resource) bool) (whole bool, err error) {
	return EachVersion(ctx, s, t, most, pairs, func(r fhir.Resource, _ int64) bool { return do(r) })
}

// EachVersion is [Each] that says which version it is.
func EachVersion(ctx context.Context, s *gate.Session, t schema.Type, most int, pairs []search.Pair, do func(r fhir.Resource, version int64) bool) (whole bool, err error) {
	asked, err := s.Request([]schema.Type{t}, append(pairs, search.Pair{Name: "_count", Value: strconv.Itoa(min(most, boardPage))}), gate.Wishes{})
	if err != nil {
		return false, err
	}
	page := ""
	for n := 0; n < most; {
		results, err := s.Search(ctx, asked, "board", page)
		if err != nil {
			return false, err
		}
		for _, v := range results.Matches {
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return false, fault.Wrap(err, "reading what a search has found")
			}
			if n++; !do(r, v.Number) {
				return true, nil
			}
		}
		if page = results.Next; page == "" {
			return true, nil
		}
	}
	return false, nil
}

// query is the criteria of a search for the cases in a state.
func (s stateOf) query() string {
	of := "code=" + process.SystemProcess + "|" + s.Process
	if s.coded {
		return of + "&business-status=" + process.SystemProcess + ":" + s.Process + "|" + s.State
	}
	return of + "&status=" + s.State
}

// What waits for somebody and is driven by no process: reviews of emergency access, and exports.
var others = map[string]bilingual.Text{
	reviewsCode:    {Zh: "紧急访问复核", En: "Review of emergency access"},
	export.Process: {Zh: "数据导出申请", En: "Request for an export"},
}

var otherStates = map[string]map[string]bilingual.Text{
	reviewsCode: {"requested": {Zh: "待复核", En: "To be reviewed"}, "completed": {Zh: "已复核", En: "Reviewed"}},
	export.Process: {
		"requested": {Zh: "待审批", En: "To be decided"}, "accepted": {Zh: "已批准，待领取", En: "Approved, to be fetched"},
		"rejected": {Zh: "不予批准", En: "Rejected"}, "completed": {Zh: "已领取", En: "Fetched"},
	},
}

// order is that of states: by process, and as it names them.
func (d desk) order(a, b stateOf) int {
	place := func(s stateOf) int {
		for _, p := range d.engine.Processes() {
			if p.Code == s.Process {
				return slices.IndexFunc(p.States, func(one process.State) bool { return one.Code == s.State })
			}
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.Process, b.Process), cmp.Compare(place(a), place(b)), cmp.Compare(a.State, b.State))
}

// knows tells whether there is such a process, or something beside processes that waits for somebody.
func (d desk) knows(code string) bool { return d.processWords(code) != bilingual.Text{} }

// processWords is what a process is called; nothing where there is none.
func (d desk) processWords(code string) bilingual.Text {
	for _, p := range d.engine.Processes() {
		if p.Code == code {
			return p.Words
		}
	}
	return others[code]
}

func (d desk) stateWords(code, state string) bilingual.Text {
	for _, p := range d.engine.Processes() {
		if s := p.State(state); p.Code == code && s != nil {
			return s.Words
		}
	}
	if words, is := otherStates[code][state]; is {
		return words
	}
	return bilingual.Text{Zh: state, En: state}
}
