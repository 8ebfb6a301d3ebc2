package rest_test

// The example of docs/modules.md, from here to the end.

import (
	"context"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// Descriptor is the module: residents ask to be called back.
func Descriptor() module.Descriptor {
	return module.Descriptor{
		Name: "call-back", Words: bilingual.Text{Zh: "回电", En: "Calls back"}, Doc: "Residents ask to be called back by their clinic.",
		Operations: []module.Operation{
			module.Op(module.Operation{
				Name: "request-call", Words: bilingual.Text{Zh: "请求回电", En: "Ask for a call"}, Types: module.Types("Patient"), Levels: module.Instance,
				Doc: "Makes a Task for the clinic. It is refused where another one is open.",
			}, requestCall),
			module.Op(module.Operation{
				Name: "call-hours", Words: bilingual.Text{Zh: "接听时间", En: "Hours of calls"}, Levels: module.System, Reads: true,
				Doc: "Says when the clinic calls on a day.",
			}, callHours),
		},
	}
}

// urgency is a closed list.
type urgency string

// Codes implements form.Coded.
func (urgency) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: "routine", Words: bilingual.Text{Zh: "普通", En: "Routine"}},
		{Code: "urgent", Words: bilingual.Text{Zh: "紧急", En: "Urgent"}},
	}
}

// callAsked is what a call takes.
type callAsked struct {
	About   string   `name:"about" zh:"事由" en:"About" bytes:"600"`
	Urgency *urgency `name:"urgency" zh:"缓急" en:"Urgency"`
}

func requestCall(ctx context.Context, c *module.Call, in callAsked) (gate.Result, error) {
	t := r4.NewTask()
	t.SetStatus("requested")
	t.SetIntent("order")
	t.SetDescription(in.About)
	if in.Urgency != nil {
		t.SetPriority(string(*in.Urgency))
	}
	t.For().SetReference(c.Ref.String())
	text, err := t.Bytes()
	if err != nil {
		return gate.Result{}, fault.Wrap(err, "writing a Task")
	}
	task, err := fhir.ParseResource(text)
	if err != nil {
		return gate.Result{}, fault.Wrap(err, "writing a Task")
	}
	results, err := c.Session.Apply(ctx, []gate.Op{{Kind: gate.Create, Type: task.Type, Resource: task}}, c.Once)
	if err != nil {
		return gate.Result{}, err
	}
	return results[0], nil
}

type (
	hoursAsked struct {
		Day form.Date `name:"day" zh:"日期" en:"Day"`
	}
	hours struct {
		From string `name:"from" zh:"自" en:"From"`
		To   string `name:"to" zh:"至" en:"To"`
	}
)

func callHours(_ context.Context, c *module.Call, in hoursAsked) (hours, error) {
	if day := in.Day.Time(c.Zone).Weekday(); day == 0 || day == 6 {
		return hours{}, fault.New(fault.Unprocessable, "Nobody calls on a weekend; ask for a day from Monday to Friday.")
	}
	return hours{From: "08:30", To: "17:00"}, nil
}
