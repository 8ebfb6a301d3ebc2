package cases

import (
	"context"
	"encoding/json"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

var typeTask, _ = schema.TypeOf("Task")

// desk answers the operations.
type desk struct{ engine *process.Engine }

// Module offers the operations on the cases of an engine.
func Module(e *process.Engine) module.Descriptor {
	d := desk{e}
	mission := []string{"A18", "F5", "F7"}
	on := func(o module.Operation) module.Operation {
		o.Types, o.Mission = []schema.Type{typeTask}, mission
		return o
	}
	return module.Descriptor{
		Name: "cases", Words: bilingual.Text{Zh: "办理事项", En: "Cases"}, Mission: mission,
		Doc: "What waits for somebody is a case: a Task that a declared process drives. These operations show what one may do in it, and do it.",
		Operations: []module.Operation{
			module.Op(on(module.Operation{
				Name: "begin", Levels: module.OfType, Returns: typeTask, Words: bilingual.Text{Zh: "发起事项", En: "Begin a case"},
				Doc: "Begins a case of a process. What it needs is told by $beginnings. The answer is the Task. With an Idempotency-Key the same request begins one case.",
			}), d.begin),
			module.Op(on(module.Operation{
				Name: "beginnings", Levels: module.OfType, Reads: true, Words: bilingual.Text{Zh: "可发起的事项", En: "What one may begin"},
				Doc: "Lists the processes of which one may begin cases, by which move, and what that needs, as JSON Schema.",
			}), d.beginnings),
			module.Op(on(module.Operation{
				Name: "moves", Levels: module.Instance, Reads: true, Words: bilingual.Text{Zh: "可办理的步骤", En: "What one may do"},
				Doc: "Tells where a case is, by when somebody must act, and the moves that one may make now, with what each needs as JSON Schema; of several cases, those that one may make in all of them. Who has no part in the case is told that there is none.",
			}), d.moves),
			module.Op(on(module.Operation{
				Name: "move", Levels: module.Instance, Returns: typeTask, Words: bilingual.Text{Zh: "办理", En: "Make a move"},
				Doc: "Makes a move in a case. Of two people who race for it one makes it; the other is refused (409) and told who has brought the case where. The answer is the Task as it is then. If-Match names the version that it has to be in; with an Idempotency-Key the same request is carried out once.",
			}), d.move),
			module.Op(on(module.Operation{
				Name: "move-many", Levels: module.OfType, Words: bilingual.Text{Zh: "批量办理", En: "Make a move in several cases"},
				Doc: "Makes the same move, filled in alike, in up to 200 cases, each by itself; tells what became of each.",
			}), d.moveMany),
			module.Op(on(module.Operation{
				Name: "inbox", Levels: module.OfType, Reads: true, Words: bilingual.Text{Zh: "待办", En: "Inbox"},
				Doc: "Lists the open cases in which it is for oneself (of = mine, the usual), for one's institution (office) or for one's role wherever it is held (role) to act, or that are about oneself (begun), the earliest deadline first.",
			}), d.inbox),
			module.Op(on(module.Operation{
				Name: "board", Levels: module.OfType, Reads: true, Words: bilingual.Text{Zh: "办理情况统计", En: "How much there is to do"},
				Doc: "Counts the cases that one sees: open ones, overdue ones and those due today, by process, state and institution; how many ended in the last days, and how long they took. It tells nothing of any single case.",
			}), d.board),
			module.Op(on(module.Operation{
				Name: "move-history", Levels: module.Instance, Reads: true, Words: bilingual.Text{Zh: "办理经过", En: "What was done"},
				Doc: "Tells the moves of a case, the first first: by whom, when, to which state, and how long it was there.",
			}), d.history),
			module.Op(on(module.Operation{
				Name: "bring-over", Levels: module.Instance, Returns: typeTask, Words: bilingual.Text{Zh: "转入新版流程", En: "Bring to the newest version"},
				Doc: "Brings an open case to the newest version of its process, where that says to which state it leads. It is on record as a move.",
			}), d.bringOver),
		},
	}
}

// beginning is what begins a case.
type beginning struct {
	Process string         `name:"process" zh:"流程" en:"Process" bytes:"40" doc:"Its code."`
	Move    string         `name:"move" zh:"步骤" en:"Move" bytes:"40" doc:"By which it begins."`
	With    *fhir.Resource `name:"with" zh:"填写内容" en:"What is filled in" types:"Parameters" doc:"What the move needs."`
}

func (d desk) begin(ctx context.Context, c *module.Call, in beginning) (gate.Result, error) {
	return d.engine.Begin(ctx, c.Session, in.Process, in.Move, filled(in.With), c.Once)
}

// filled are the Parameters that were filled in.
func filled(with *fhir.Resource) fhir.Node {
	if with == nil {
		return fhir.Node{}
	}
	return with.Root
}

type nothing struct{}

type possible struct {
	Process *string `name:"process" zh:"流程" en:"Process"`
	Code    string  `name:"code" zh:"代码" en:"Code"`
	Zh      string  `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En      string  `name:"en" zh:"英文名称" en:"Name in English"`
	Doc     string  `name:"doc" zh:"说明" en:"What it does"`
	ToZh    *string `name:"to-zh" zh:"之后的状态" en:"Name of the state that it leads to, in Chinese" doc:"Left out where it may lead to several."`
	ToEn    *string `name:"to-en" zh:"之后的状态（英文）" en:"Name of the state that it leads to, in English"`
	Why     *string `name:"blocked" zh:"暂不可办理的原因" en:"Why it cannot be made now"`
	Schema  string  `name:"schema" zh:"填写格式" en:"What it needs" bytes:"65536" doc:"JSON Schema (2020-12)."`
}

type possibilities struct {
	Moves []possible `name:"move" zh:"步骤" en:"Move" most:"200"`
}

func (d desk) beginnings(_ context.Context, c *module.Call, _ nothing) (out possibilities, err error) {
	for _, b := range d.engine.Beginnings(c.Session) {
		one, err := shown(b.Process, b.Move, "")
		if err != nil {
			return out, err
		}
		one.Process = &b.Process.Code
		out.Moves = append(out.Moves, one)
	}
	return out, nil
}

// shown is a move as people are shown it.
func shown(of *process.Process, m *process.Move, why string) (p possible, err error) {
	text, err := json.Marshal(m.Needs.Schema())
	if err != nil {
		return p, fault.Wrap(err, "writing a JSON Schema")
	}
	p = possible{Code: m.Code, Zh: m.Words.Zh, En: m.Words.En, Doc: m.Doc, Schema: string(text), Why: some(why)}
	if len(m.To) == 1 {
		to := of.State(m.To[0]).Words
		p.ToZh, p.ToEn = &to.Zh, &to.En
	}
	return p, nil
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
