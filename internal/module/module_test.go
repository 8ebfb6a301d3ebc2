package module_test

import (
	"context"
	"strings"
	"testing"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
	"yitong/internal/store"
)

type hours struct {
	Day form.Date `name:"day" zh:"日期" en:"Day" doc:"A working | day."`
}

type open struct {
	From string `name:"from" zh:"自" en:"From" bytes:"5"`
}

var called = bilingual.Text{Zh: "接听时间", En: "Hours"}

func reads(change func(*module.Operation)) module.Operation {
	o := module.Operation{Name: "hours", Words: called, Doc: "Says when.", Levels: module.System, Reads: true}
	change(&o)
	return module.Op(o, func(_ context.Context, _ *module.Call, in hours) (open, error) {
		return open{"08:00 on " + string(in.Day)}, nil
	})
}

func desk(operations ...module.Operation) module.Descriptor {
	return module.Descriptor{Name: "desk", Words: bilingual.Text{Zh: "服务台", En: "Desk"}, Doc: "Answers calls.", Operations: operations}
}

// TestNewRefuses: modules that do not fit together are refused with all that is wrong.
func TestNewRefuses(t *testing.T) {
	t.Parallel()
	plain := reads(func(*module.Operation) {})
	other := desk(plain)
	other.Name = "other"
	for want, all := range map[string][]module.Descriptor{
		"there are two modules desk":                       {desk(), desk()},
		`called "Desk"`:                                    {{Name: "Desk", Words: called, Doc: "x"}},
		"the module x does not say what people call it":    {{Name: "x", Words: bilingual.Text{Zh: "甲"}, Doc: "x"}},
		"the module x does not say what it is for":         {{Name: "x", Words: called}},
		"the operation hours of desk does not say what":    {desk(reads(func(o *module.Operation) { o.Doc = "" }))},
		"of desk does not say what people call it":         {desk(reads(func(o *module.Operation) { o.Words = bilingual.Text{En: "Hours"} }))},
		"on which levels":                                  {desk(reads(func(o *module.Operation) { o.Levels = 0 }))},
		"does not say on which":                            {desk(reads(func(o *module.Operation) { o.Levels = 8 }))},
		"should have a name":                               {desk(reads(func(o *module.Operation) { o.Name = "$hours" }))},
		"hours of desk should have a name":                 {desk(reads(func(o *module.Operation) { o.ID = "a b" }))},
		"does not have, the 2. of its types":               {desk(reads(func(o *module.Operation) { o.Levels, o.Types = module.OfType, module.Types("Task", "Human") }))},
		"has no form for what it is given":                 {desk(module.Operation{Name: "x", Words: called, Doc: "x", Levels: module.System, Do: plain.Do})},
		"and so has one of other":                          {other, desk(plain)},
		"hours of desk is called at the same addresses as": {other, desk(reads(func(o *module.Operation) { o.ID = "desk-hours" }))},
		"is called at the same addresses as one of desk":   {desk(reads(onTypes("a", "Task", "Patient")), reads(onTypes("b", "Patient")))},
		"called at the same addresses as one of desk":      {desk(reads(onTypes("a")), reads(onTypes("b", "Patient")))},
	} {
		if _, err := module.New(all...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	_, err := module.New(desk(reads(func(o *module.Operation) { o.Doc, o.Levels = "", 0 })), desk())
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("of three things wrong it tells %v", err)
	}
	if _, err := module.New(desk(reads(onTypes("a", "Task")), reads(onTypes("b", "Patient")), plain)); err != nil {
		t.Errorf("one name on several types: %v", err)
	}
}

func onTypes(id string, names ...string) func(*module.Operation) {
	return func(o *module.Operation) {
		o.ID, o.Levels, o.Types = id, module.OfType|module.Instance, module.Types(names...)
	}
}

// TestDecided: a permission that the policy leaves open for a role is named.
func TestDecided(t *testing.T) {
	t.Parallel()
	set, err := module.New(desk(reads(onTypes("a", "Task")), reads(onTypes("b", "Patient"))))
	if err != nil {
		t.Fatal(err)
	}
	if err := set.Decided(func(gate.Role, string) bool { return true }); err != nil {
		t.Error(err)
	}
	err = set.Decided(func(r gate.Role, name string) bool { return name != "hours" || r != gate.Nurse })
	if err == nil || !strings.Contains(err.Error(), "[nurse] may call the operation hours") || strings.Count(err.Error(), "may call") != 1 {
		t.Error(err)
	}
	if names := set.Permissions(); len(names) != 1 || names[0] != "hours" || len(set.Operations()) != 2 || len(set.Modules()) != 1 {
		t.Error(names)
	}
}

// TestOp: what is done has what was given, and nothing else.
func TestOp(t *testing.T) {
	t.Parallel()
	o := reads(func(*module.Operation) {})
	out, err := o.Do(t.Context(), &module.Call{}, &hours{"2026-11-21"})
	if err != nil || out != (open{"08:00 on 2026-11-21"}) || o.Out == nil || len(o.In.Fields) != 1 {
		t.Error(out, err)
	}
	if _, err := o.Do(t.Context(), &module.Call{}, &open{}); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
	for name, o := range map[string]module.Operation{
		"a result":   module.Op(module.Operation{}, func(context.Context, *module.Call, struct{}) (r gate.Result, err error) { return r, err }),
		"a version":  module.Op(module.Operation{}, func(context.Context, *module.Call, struct{}) (v store.Version, err error) { return v, err }),
		"a resource": module.Op(module.Operation{}, func(context.Context, *module.Call, struct{}) (r fhir.Resource, err error) { return r, err }),
	} {
		if o.Out != nil {
			t.Errorf("%s is a form", name)
		}
	}
	type number struct {
		Number *form.Identifier `name:"number" zh:"证件" en:"Number"`
	}
	finds := module.Op(module.Operation{Reads: true}, func(context.Context, *module.Call, number) (out struct{}, err error) { return out, err })
	for name, c := range map[string]struct {
		o         module.Operation
		get, post bool
	}{
		"reads": {o, true, true}, "changes": {module.Operation{}, false, true}, "reads by a number": {finds, false, true}, "by GET": {module.Operation{Methods: []string{"GET"}}, true, false},
	} {
		if c.o.Called("GET") != c.get || c.o.Called("POST") != c.post || c.o.Called("PUT") {
			t.Errorf("an operation that %s is called otherwise", name)
		}
	}
}

// TestDefinitions holds the definition of an operation, to the byte.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	theirs := reads(func(o *module.Operation) { o.Name, o.Canonical = "theirs", "http://example.org/theirs" })
	gives := module.Op(module.Operation{Name: "ask-call", Words: bilingual.Text{Zh: "请求回电", En: "Ask"}, Doc: "Asks.", Types: module.Types("Patient"), Levels: module.OfType | module.Instance, Returns: module.Types("Task")[0]},
		func(context.Context, *module.Call, struct{}) (r gate.Result, err error) { return r, err })
	set, err := module.New(desk(reads(func(*module.Operation) {}), theirs, gives))
	if err != nil {
		t.Fatal(err)
	}
	all, err := set.Definitions()
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	for i, want := range []string{
		`{"affectsState":false,"code":"hours","description":"Says when.","id":"yitong-hours","instance":false,"kind":"operation","name":"Hours",` +
			`"parameter":[{"documentation":"日期 Day. A working | day.","max":"1","min":1,"name":"day","type":"date","use":"in"},` +
			`{"documentation":"自 From. At most 5 bytes.","max":"1","min":1,"name":"from","type":"string","use":"out"}],` +
			`"publisher":"Yitong","resourceType":"OperationDefinition","status":"active","system":true,"title":"接听时间 Hours","type":false,"url":"urn:yitong:operation:hours"}`,
		`{"affectsState":true,"code":"ask-call","description":"Asks.","id":"yitong-ask-call","instance":true,"kind":"operation","name":"AskCall",` +
			`"parameter":[{"documentation":"The answer is this resource.","max":"1","min":1,"name":"return","type":"Task","use":"out"}],` +
			`"publisher":"Yitong","resource":["Patient"],"resourceType":"OperationDefinition","status":"active","system":false,"title":"请求回电 Ask","type":true,"url":"urn:yitong:operation:ask-call"}`,
	} {
		if got := string(all[i].Root.Raw()); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

// TestPages: the reference tells what is declared.
func TestPages(t *testing.T) {
	t.Parallel()
	d := desk(reads(func(o *module.Operation) { o.Mission = []string{"F4"} }))
	d.Owns = []gate.Ownership{{Process: "x", Type: module.Types("Task")[0], Query: "code=a|b"}}
	set, err := module.New(d)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Owned(); got[0] != d.Owns[0] || len(got) != 1+len(process.Owns()) { // and what processes own that every engine has
		t.Error(got)
	}
	for page, words := range map[string][]string{
		set.Page(func(string) []gate.Role { return []gate.Role{gate.Nurse, gate.Doctor} }): {
			"| [$hours](modules/desk.md#hours) | 接听时间 Hours | `$hours` | no | doctor, nurse |\n", "| [desk](modules/desk.md) | 服务台 Desk | Answers calls. |\n"},
		d.Page(func(string) []gate.Role { return gate.Roles() }): {
			"# 服务台 Desk\n", "(mission F4)", "GET or POST `$hours`. Who may: everybody.", "| `day` | 日期 Day | 1..1 | date | A working \\| day. |\n",
			"| `from` | 自 From | 1..1 | string | At most 5 bytes. |\n", "| Task | `code=a\\|b` |\n"},
		d.Page(func(string) []gate.Role { return nil }): {"Who may: nobody."},
	} {
		for _, word := range words {
			if !strings.Contains(page, word) {
				t.Errorf("there is no %q in\n%s", word, page)
			}
		}
	}
}
