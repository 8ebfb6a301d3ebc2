package cases

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/module"
	"yitong/internal/process"
)

// scope is whose cases an inbox has.
type scope string

// Codes implements [form.Coded].
func (scope) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(process.Mine), Words: bilingual.Text{Zh: "本人待办", En: "For me to act"}},
		{Code: string(process.Office), Words: bilingual.Text{Zh: "本机构待办", En: "For my institution to act"}},
		{Code: string(process.Role), Words: bilingual.Text{Zh: "本角色待办", En: "For my role to act"}},
		{Code: string(process.Begun), Words: bilingual.Text{Zh: "与我有关", En: "About me"}},
	}
}

type box struct {
	Of      *scope  `name:"of" zh:"范围" en:"Whose"`
	Process *string `name:"process" zh:"流程" en:"Process" bytes:"40"`
	Late    *bool   `name:"late" zh:"仅超时" en:"Late ones only"`
	Count   *int    `name:"count" zh:"每页条数" en:"How many a page has" doc:"1 to 200; 50 where it is left out."`
	Counts  *bool   `name:"counts" zh:"附统计" en:"With counts" doc:"How much there is to do, by process: open cases, and overdue ones as far as 200."`
	Page    *string `name:"page" zh:"续页标记" en:"Where the page begins" bytes:"4096" doc:"The next of the page before."`
}

type listed struct {
	Cases  []place `name:"case" zh:"事项" en:"Case" most:"200"`
	Counts []count `name:"count" zh:"统计" en:"Count" most:"200"`
	Next   *string `name:"next" zh:"续页标记" en:"Where the next page begins" bytes:"4096"`
}

type count struct {
	Process string `name:"process" zh:"流程" en:"Process"`
	Open    int    `name:"open" zh:"待办数" en:"Open"`
	Overdue int    `name:"overdue" zh:"超时数" en:"Overdue"`
}

func (d desk) inbox(ctx context.Context, c *module.Call, in box) (out listed, err error) {
	b := process.Box{}
	if in.Of != nil {
		b.Of = process.Scope(*in.Of)
	}
	if in.Process != nil {
		b.Process = *in.Process
	}
	if in.Late != nil {
		b.Late = *in.Late
	}
	if in.Count != nil {
		b.Count = cmp.Or(max(*in.Count, -1), -1) // 0 is no count
	}
	if in.Page != nil {
		b.Page = *in.Page
	}
	found, err := d.engine.Inbox(ctx, c.Session, b)
	if err != nil {
		return out, err
	}
	for _, v := range found.Cases {
		out.Cases = append(out.Cases, placed(v))
	}
	out.Next = some(found.Next)
	if in.Counts == nil || !*in.Counts {
		return out, nil
	}
	counts, err := d.engine.Counts(ctx, c.Session, b)
	for _, process := range slices.Sorted(maps.Keys(counts)) {
		out.Counts = append(out.Counts, count{process, counts[process].Open, counts[process].Overdue})
	}
	return out, err
}

type step struct {
	Move    string     `name:"move" zh:"步骤" en:"Move"`
	MoveZh  *string    `name:"move-zh" zh:"步骤名称" en:"Name of the move in Chinese"`
	MoveEn  *string    `name:"move-en" zh:"步骤英文名称" en:"Name of the move in English"`
	From    *string    `name:"from" zh:"原状态" en:"From"`
	To      string     `name:"to" zh:"状态" en:"To"`
	StateZh *string    `name:"to-zh" zh:"状态名称" en:"Name of the state in Chinese"`
	StateEn *string    `name:"to-en" zh:"状态英文名称" en:"Name of the state in English"`
	Who     *string    `name:"who" zh:"办理人" en:"By whom" doc:"A reference, or the account."`
	Called  *string    `name:"called" zh:"办理人姓名" en:"What they are called"`
	At      time.Time  `name:"at" zh:"时间" en:"When"`
	Until   *time.Time `name:"until" zh:"离开时间" en:"Until when it was there" doc:"When a move led out of that state; left out as long as it is there."`
}

type steps struct {
	All []step `name:"step" zh:"步骤" en:"Step" most:"500"`
}

func (d desk) history(ctx context.Context, c *module.Call, _ nothing) (out steps, err error) {
	all, err := d.engine.History(ctx, c.Session, c.Ref)
	if err != nil {
		return out, err
	}
	names := NewNames(c.Session)
	for _, s := range all {
		called, err := names.Of(ctx, s.Who.Reference)
		if err != nil {
			return out, err
		}
		out.All = append(out.All, step{
			Move: s.Move, MoveZh: some(s.Words.Zh), MoveEn: some(s.Words.En), From: some(s.From), To: s.To, StateZh: some(s.State.Zh), StateEn: some(s.State.En),
			Who: some(s.Who.Reference), Called: called, At: s.At, Until: when(s.Until),
		})
	}
	return out, nil
}
