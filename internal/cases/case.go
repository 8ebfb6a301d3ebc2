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
	Resident *form.Reference `name:"resident" zh:"居民" en:"Resident" types:"Patient"`
	Focus    *form.Reference `name:"focus" zh:"所涉内容" en:"What it is about"`
}

func placed(v *process.View) place {
	p := place{
		Case: form.Reference("Task/" + v.ID()), Process: v.Process.Code, Zh: v.Process.Words.Zh, En: v.Process.Words.En,
		State: v.State.Code, StateZh: v.State.Words.Zh, StateEn: v.State.Words.En,
		Since: when(v.Entered()), Deadline: when(v.Deadline()), Late: v.Late,
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
	Place place      `name:"place" zh:"当前状态" en:"Where the case is"`
	Moves []possible `name:"move" zh:"步骤" en:"Move" most:"200"`
}

func (d desk) moves(ctx context.Context, c *module.Call, _ nothing) (out view, err error) {
	v, err := d.engine.Moves(ctx, c.Session, c.Ref)
	if err != nil {
		return out, err
	}
	out.Place = placed(v)
	for _, m := range v.Moves {
		one, err := shown(m.Move, m.Why)
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
	var refs []fhir.Ref
	for _, name := range in.Cases {
		refs = append(refs, fhir.ParseReference(string(name)).Ref)
	}
	all, err := d.engine.MoveMany(ctx, c.Session, refs, in.Move, filled(in.With), c.Once)
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
	return d.engine.BringOver(ctx, c.Session, c.Ref)
}
