package rest

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/module"
)

// mediaLines is the type of resources, one a line.
const mediaLines = "application/fhir+ndjson"

// export declares how data leaves the record in bulk: by a request that somebody else decides about.
func (s services) export() module.Descriptor {
	task := module.Types("Task")
	return module.Descriptor{
		Name: "export", Words: bilingual.Text{Zh: "数据导出", En: "Exports"}, Mission: []string{"F6"}, Owns: export.Owned(),
		Doc: "What is taken out in bulk, or across the border, needs a request that somebody else has approved (PIPL Art. 38-40 and 55; Data Security Law Art. 31).",
		Operations: []module.Operation{
			module.Op(module.Operation{
				Name: "export-request", Words: bilingual.Text{Zh: "申请导出", En: "Ask for an export"}, Levels: module.System, Returns: task[0],
				Doc: "Makes the Task of a request, which somebody else decides about.",
			}, s.askExport),
			module.Op(module.Operation{
				Name: "export-decide", Words: bilingual.Text{Zh: "审批导出", En: "Decide about an export"}, Types: task, Levels: module.Instance, Returns: task[0],
				Doc: "Approves or rejects a request. Nobody decides about their own.",
			}, s.decideExport),
			{
				Name: "export", Words: bilingual.Text{Zh: "取得导出数据", En: "Fetch an export"}, Types: task, Levels: module.Instance, In: form.Of[struct{}](),
				Doc: "Gives what was approved to who asked for it, as they see it: one resource a line (" + mediaLines + "), each with a mark in meta.tag.",
			},
			module.Op(module.Operation{
				Name: "export-mark", Words: bilingual.Text{Zh: "追溯导出标记", En: "Trace a mark"}, Levels: module.System, Reads: true,
				Doc: "Tells from which request a line comes that has been found somewhere, by the code that it has in meta.tag with the system urn:yitong:export.",
			}, s.traceExport),
			module.Op(module.Operation{
				Name: "export-own", Words: bilingual.Text{Zh: "我的导出申请", En: "My requests for exports"}, Levels: module.System, Reads: true,
				Doc: "Lists the newest requests that one has made in the role and at the institution in which one asks, with how far they have come and what was fetched; and what requests are held to.",
			}, s.ownExports),
		},
	}
}

type asksExport struct {
	Type       []string       `name:"type" zh:"资源类型" en:"Types" least:"1" most:"200" bytes:"4000" doc:"Several may stand in one, with commas."`
	Query      []string       `name:"query" zh:"检索条件" en:"Criteria" most:"200" doc:"For one of the types, such as Observation?code=…"`
	Purpose    string         `name:"purpose" zh:"用途" en:"Purpose" bytes:"4000" doc:"At most 1000 characters."`
	Recipient  string         `name:"recipient" zh:"接收方" en:"Recipient" bytes:"800" types:"Organization" doc:"A name, or an institution of the record."`
	Abroad     *bool          `name:"abroad" zh:"是否出境" en:"Abroad"`
	Assessment *string        `name:"assessment" zh:"出境评估编号" en:"Number of the assessment" bytes:"400" doc:"Of the security assessment, certification or filing of the standard contract; needed abroad."`
	PIA        *string        `name:"pia" zh:"影响评估编号" en:"Number of the impact assessment" bytes:"400" doc:"It has to be given: that of the personal information protection impact assessment."`
	Most       *int           `name:"most" zh:"最多资源数" en:"Resources at most" from:"1"`
	Until      *form.DateTime `name:"until" zh:"截止" en:"Until"`
}

func (s services) askExport(ctx context.Context, c *module.Call, in asksExport) (gate.Result, error) {
	said := map[string][]string{"type": in.Type, "query": in.Query, "purpose": {in.Purpose}, "recipient": {in.Recipient}}
	if in.Abroad != nil {
		said["abroad"] = []string{strconv.FormatBool(*in.Abroad)}
	}
	if in.Most != nil {
		said["most"] = []string{strconv.Itoa(*in.Most)}
	}
	if in.Until != nil {
		said["until"] = []string{string(*in.Until)}
	}
	for name, given := range map[string]*string{"assessment": in.Assessment, "pia": in.PIA} {
		if given != nil {
			said[name] = []string{*given}
		}
	}
	return s.exports.Ask(ctx, c.Session, said, c.Once)
}

type exportDecision string

// Codes implements [form.Coded].
func (exportDecision) Codes() []bilingual.Code {
	return []bilingual.Code{{Code: "approve", Words: bilingual.Text{Zh: "同意", En: "Approve"}}, {Code: "reject", Words: bilingual.Text{Zh: "不同意", En: "Reject"}}}
}

type decidesExport struct {
	Decision exportDecision `name:"decision" zh:"决定" en:"Decision"`
	Reason   *string        `name:"reason" zh:"理由" en:"Reason" bytes:"4000" doc:"A rejection needs one: at most 1000 characters."`
}

func (s services) decideExport(ctx context.Context, c *module.Call, in decidesExport) (gate.Result, error) {
	said := map[string][]string{"decision": {string(in.Decision)}}
	if in.Reason != nil {
		said["reason"] = []string{*in.Reason}
	}
	d, err := export.ReadDecision(said)
	if err != nil {
		return gate.Result{}, err
	}
	v, err := s.exports.Decide(ctx, c.Session, c.Ref, d)
	return gate.Result{Event: gate.Updated, Version: v}, err
}

// export answers Task/id/$export: what was approved, as the session sees it, one resource a line.
func (s *Server) export(r *request) (*response, error) {
	if r.place != "" {
		return nil, fault.New(fault.NotSupported, "An export has many lines, which no entry can hold. Send it by itself.")
	}
	if _, err := r.arguments(); err != nil {
		return nil, err
	}
	run, err := s.exports.Begin(r, r.session, r.ref)
	if err != nil {
		return nil, err
	}
	return &response{status: http.StatusOK, parts: lines{run}}, nil
}

// lines are the parts of an export.
type lines struct{ *export.Run }

// Next implements [parts].
func (l lines) Next(ctx context.Context) ([]byte, error) {
	piece, err := l.Run.Next(ctx)
	return piece.Lines, err
}

type findsMark struct {
	Code *string `name:"code" zh:"标记" en:"Mark" bytes:"400" doc:"As it stands in meta.tag, whole."`
}

type foundMark struct {
	Request     form.Reference `name:"request" zh:"导出申请" en:"Request" types:"Task"`
	Run         int            `name:"run" zh:"第几次取得" en:"Run" doc:"From 1."`
	Began       time.Time      `name:"began" zh:"开始时间" en:"Began"`
	Requester   string         `name:"requester" zh:"申请人" en:"Requester"`
	Recipient   string         `name:"recipient" zh:"接收方" en:"Recipient"`
	Purpose     string         `name:"purpose" zh:"用途" en:"Purpose"`
	Institution *string        `name:"institution" zh:"申请机构" en:"Institution"`
}

func (s services) traceExport(ctx context.Context, c *module.Call, in findsMark) (foundMark, error) {
	t, err := s.exports.Trace(ctx, c.Session, text(in.Code))
	return foundMark{form.Reference(t.Task.String()), t.Run, t.Began.UTC(), t.Requester, t.Recipient, t.Purpose, known(t.At)}, err
}

type asksOwnExports struct{}

type exportState string

// Codes implements [form.Coded].
func (exportState) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(export.Waits), Words: bilingual.Text{Zh: "待审批", En: "Waits for a decision"}},
		{Code: string(export.Rejected), Words: bilingual.Text{Zh: "未批准", En: "Rejected"}},
		{Code: string(export.Open), Words: bilingual.Text{Zh: "可取得", En: "Can be fetched"}},
		{Code: string(export.Fetched), Words: bilingual.Text{Zh: "已取得", En: "Fetched"}},
		{Code: string(export.Over), Words: bilingual.Text{Zh: "已过期", En: "Its time is over"}},
	}
}

type ownExports struct {
	Most        int         `name:"most" zh:"资源数上限" en:"Resources at most"`
	Hours       int         `name:"hours" zh:"有效小时数上限" en:"Hours until it is over, at most"`
	Repetitions int         `name:"repetitions" zh:"可取得次数" en:"How often it may be fetched"`
	Requests    []ownExport `name:"request" zh:"申请" en:"Request" most:"50"`
}

type ownExport struct {
	Task       form.Reference `name:"task" zh:"申请编号" en:"Task" types:"Task"`
	State      exportState    `name:"state" zh:"状态" en:"State"`
	At         time.Time      `name:"at" zh:"申请时间" en:"Asked"`
	Parts      []string       `name:"part" zh:"数据范围" en:"What" most:"*" doc:"A type, with its criteria as in a search."`
	Purpose    string         `name:"purpose" zh:"用途" en:"Purpose"`
	Recipient  string         `name:"recipient" zh:"接收方" en:"Recipient"`
	Abroad     bool           `name:"abroad" zh:"是否出境" en:"Abroad"`
	Assessment *string        `name:"assessment" zh:"出境评估编号" en:"Number of the assessment"`
	PIA        string         `name:"pia" zh:"影响评估编号" en:"Number of the impact assessment"`
	Most       int            `name:"most" zh:"最多资源数" en:"Resources at most"`
	Until      time.Time      `name:"until" zh:"截止" en:"Until"`
	Left       int            `name:"left" zh:"还可取得次数" en:"How often it can be fetched still"`
	Why        *string        `name:"why" zh:"未批准的理由" en:"Why it was rejected"`
	Runs       []ownRun       `name:"run" zh:"取得记录" en:"Runs" most:"*"`
}

type ownRun struct {
	Began     time.Time  `name:"began" zh:"开始时间" en:"Began"`
	Ended     *time.Time `name:"ended" zh:"结束时间" en:"Ended" doc:"Left out while it goes on, and where it has broken off."`
	Whole     bool       `name:"whole" zh:"是否完整" en:"Whole"`
	Resources int        `name:"resources" zh:"资源数" en:"Resources"`
	People    int        `name:"people" zh:"涉及居民数" en:"Residents"`
	SHA256    *string    `name:"sha256" zh:"SHA-256" en:"SHA-256" doc:"Of the lines."`
}

func (s services) ownExports(ctx context.Context, c *module.Call, _ asksOwnExports) (ownExports, error) {
	l := s.exports.Limits()
	out := ownExports{Most: l.Most, Hours: int(l.Lasts / time.Hour), Repetitions: l.Repetitions}
	all, err := s.exports.Own(ctx, c.Session)
	for _, o := range all {
		out.Requests = append(out.Requests, toldOwn(o))
	}
	return out, err
}

// toldOwn is a request as the operation tells of it.
func toldOwn(o export.OwnRequest) ownExport {
	told := ownExport{
		Task: form.Reference(o.Task.String()), State: exportState(o.State), At: o.At, Purpose: o.Purpose, Recipient: o.Recipient, Abroad: o.Abroad,
		Assessment: known(o.Assessment), PIA: o.PIA, Most: o.Most, Until: o.Until, Left: o.Left, Why: known(o.Why),
	}
	for _, p := range o.Parts {
		told.Parts = append(told.Parts, p.String())
	}
	for _, r := range o.Runs {
		run := ownRun{Began: r.Began, Whole: r.Whole, Resources: r.Resources, People: r.People, SHA256: known(r.SHA256)}
		if !r.Ended.IsZero() {
			run.Ended = &r.Ended
		}
		told.Runs = append(told.Runs, run)
	}
	return told
}
