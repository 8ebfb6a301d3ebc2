package cases

import (
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

// place is where a case is.
type place struct {
	Case     form.Reference  `name:"case" zh:"事项" en:"Case" types:"Task"`
	Process  string          `name:"process" zh:"流程" en:"Process"`
	Zh       string          `name:"process-zh" zh:"流程名称" en:"Name of the process in Chinese"`
	En       string          `name:"process-en" zh:"流程英文名称" en:"Name of the process in English"`
	State    string          `name:"state" zh:"状态" en:"State"`
	StateZh  string          `name:"state-zh" zh:"状态名称" en:"Name of the state in Chinese"`
	StateEn  string          `name:"state-en" zh:"状态英文名称" en:"Name of the state in English"`
	Since    *time.Time      `name:"since" zh:"进入时间" en:"Since when"`
	Deadline *time.Time      `name:"deadline" zh:"办理时限" en:"Deadline"`
	Late     bool            `name:"late" zh:"已超时" en:"Late"`
	Waits    *string         `name:"waits" zh:"待办方" en:"Party that is to act" doc:"Left out where the case has ended."`
	WaitsZh  *string         `name:"waits-zh" zh:"待办方名称" en:"Name of that party in Chinese"`
	WaitsEn  *string         `name:"waits-en" zh:"待办方英文名称" en:"Name of that party in English"`
	Resident *form.Reference `name:"resident" zh:"居民" en:"Resident" types:"Patient"`
	Focus    *form.Reference `name:"focus" zh:"所涉内容" en:"What it is about"`
}

func placed(v *process.View) place {
	p := place{
		Case: form.Reference("Task/" + v.ID()), Process: v.Process.Code, Zh: v.Process.Words.Zh, En: v.Process.Words.En,
		State: v.State.Code, StateZh: v.State.Words.Zh, StateEn: v.State.Words.En,
		Since: when(v.Entered()), Deadline: when(v.Deadline()), Late: v.Late,
	}
	if owner := v.State.Owner; owner != "" {
		words := v.Process.PartyWords(owner)
		p.Waits, p.WaitsZh, p.WaitsEn = &owner, &words.Zh, &words.En
	}
	if of := form.Reference(v.Resident()); of != "" {
		p.Resident = &of
	}
	if of := form.Reference(v.Task().Focus().Reference()); of != "" {
		p.Focus = &of
	}
	return p
}

type view struct {
	Place   place      `name:"place" zh:"当前状态" en:"Where the case is"`
	Version int        `name:"version" zh:"版本" en:"Version" doc:"Of the Task, for If-Match."`
	Parties []member   `name:"party" zh:"参与方" en:"Party" most:"200" doc:"Who has a part in the case by now."`
	Kept    []kept     `name:"kept" zh:"内容名称" en:"What the case may keep" most:"500" doc:"What the names are called under which its inputs and outputs stand."`
	Moves   []possible `name:"move" zh:"步骤" en:"Move" most:"200"`
}

type member struct {
	Name   string  `name:"name" zh:"代码" en:"Code"`
	Zh     string  `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En     string  `name:"en" zh:"英文名称" en:"Name in English"`
	Who    *string `name:"who" zh:"参与者" en:"Who it is" doc:"A reference, or the account."`
	Called *string `name:"called" zh:"姓名或名称" en:"What they are called"`
	Role   *string `name:"role" zh:"角色" en:"Role" doc:"Where it is whoever holds it."`
}

type kept struct {
	Name  string `name:"name" zh:"代码" en:"Code"`
	Zh    string `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En    string `name:"en" zh:"英文名称" en:"Name in English"`
	Codes []code `name:"code" zh:"取值" en:"What it may be" most:"200"`
}

type code struct {
	Code string `name:"code" zh:"代码" en:"Code"`
	Zh   string `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En   string `name:"en" zh:"英文名称" en:"Name in English"`
}

type looking struct {
	Also []form.Reference `name:"also" zh:"其他事项" en:"Other cases" types:"Task" most:"199" doc:"Only moves are told that one may make in each of these too, filled in alike: what $move-many takes."`
}

func (d desk) moves(ctx context.Context, c *module.Call, in looking) (out view, err error) {
	v, err := d.engine.Moves(ctx, c.Session, c.Ref, refsOf(in.Also)...)
	if err != nil {
		return out, err
	}
	out.Place, out.Version = placed(v), int(v.Number)
	names := NewNames(c.Session)
	for _, p := range v.Process.Parties {
		who := v.Party(p.Name)
		if who == (process.Who{}) {
			continue
		}
		called, err := names.Of(ctx, who.Reference)
		if err != nil {
			return out, err
		}
		out.Parties = append(out.Parties, member{p.Name, p.Words.Zh, p.Words.En, some(who.Reference), called, some(string(who.Role))})
	}
	for _, k := range v.Process.Kept() {
		one := kept{Name: k.Name, Zh: k.Words.Zh, En: k.Words.En}
		for _, c := range k.Codes {
			one.Codes = append(one.Codes, code{c.Code, c.Words.Zh, c.Words.En})
		}
		out.Kept = append(out.Kept, one)
	}
	for _, m := range v.Moves {
		one, err := shown(v.Process, m.Move, m.Why)
		if err != nil {
			return out, err
		}
		out.Moves = append(out.Moves, one)
	}
	return out, nil
}

type making struct {
	Move string         `name:"move" zh:"步骤" en:"Move" bytes:"40" doc:"Its code, as $moves tells it."`
	With *fhir.Resource `name:"with" zh:"填写内容" en:"What is filled in" types:"Parameters" doc:"What the move needs."`
}

func (d desk) move(ctx context.Context, c *module.Call, in making) (gate.Result, error) {
	return d.engine.Move(ctx, c.Session, process.Asked{Case: c.Ref, Move: in.Move, Needs: filled(in.With), IfVersion: c.IfVersion, Once: c.Once})
}

type makingMany struct {
	Cases []form.Reference `name:"case" zh:"事项" en:"Case" types:"Task" least:"1" most:"200"`
	Move  string           `name:"move" zh:"步骤" en:"Move" bytes:"40"`
	With  *fhir.Resource   `name:"with" zh:"填写内容" en:"What is filled in" types:"Parameters"`
}

func refsOf(names []form.Reference) (refs []fhir.Ref) {
	for _, name := range names {
		refs = append(refs, fhir.ParseReference(string(name)).Ref)
	}
	return refs
}

type outcome struct {
	Case form.Reference `name:"case" zh:"事项" en:"Case" types:"Task"`
	Made bool           `name:"made" zh:"已办理" en:"Made"`
	Code *string        `name:"code" zh:"未办理的类别" en:"Kind of refusal"`
	Why  *string        `name:"why" zh:"未办理的原因" en:"Why not"`
}

type outcomes struct {
	All []outcome `name:"outcome" zh:"结果" en:"Outcome" most:"200"`
}

func (d desk) moveMany(ctx context.Context, c *module.Call, in makingMany) (out outcomes, err error) {
	all, err := d.engine.MoveMany(ctx, c.Session, refsOf(in.Cases), in.Move, filled(in.With), c.Once)
	for i, one := range all {
		o := outcome{Case: in.Cases[i], Made: one.Err == nil}
		if one.Err != nil {
			f := fault.From(one.Err)
			o.Code, o.Why = some(string(f.Code)), some(f.Message)
		}
		out.All = append(out.All, o)
	}
	return out, err
}

func (d desk) bringOver(ctx context.Context, c *module.Call, _ nothing) (gate.Result, error) {
	return d.engine.BringOver(ctx, c.Session, c.Ref, c.IfVersion, c.Once)
}
