package form

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// issuesMost bounds what one error tells: who sends more than that wrong reads no further.
const issuesMost = 50

// Read reads a form from a Parameters resource; for an absent node nothing was given. What it returns is a pointer to
// the struct that declares the form. Where the form has one resource and needs nothing else, that resource may stand in
// the place of the Parameters.
//
// The error is a *fault.Error that has an Issue for each thing wrong, with its place and what to mend in both
// languages: Malformed where something cannot be read, is unknown, missing, given too often, or none of what it may be;
// Unprocessable where all that is wrong are texts that are too long, or that nobody can read.
func (f *Form) Read(parameters fhir.Node) (any, error) {
	r := &reading{}
	into := reflect.New(f.typ)
	r.form(f, parameters, into.Elem())
	if err := r.err(); err != nil {
		return nil, err
	}
	return into.Interface(), nil
}

// reading gathers what is wrong.
type reading struct {
	issues    []fault.Issue
	malformed bool
}

// wrong is one thing wrong: its FHIR issue type, and what to mend.
type wrong struct {
	kind             string
	english, chinese string
}

// refuse notes what is wrong at a place, which is only found out where it is told: that takes a walk through what
// stands before it.
func (r *reading) refuse(at func() string, w wrong) {
	r.malformed = r.malformed || !slices.Contains([]string{issueTooLong, issueRule}, w.kind)
	if len(r.issues) < issuesMost {
		r.issues = append(r.issues, fault.Issue{Severity: "error", Type: w.kind, English: w.english, Chinese: w.chinese, Expression: at()})
	}
}

// The FHIR issue types that are used.
const (
	issueStructure = "structure"
	issueValue     = "value"
	issueRequired  = "required"
	issueTooLong   = "too-long"
	issueCode      = "code-invalid"
	issueRule      = "business-rule"
)

func (r *reading) err() error {
	if len(r.issues) == 0 {
		return nil
	}
	code := fault.Unprocessable
	if r.malformed {
		code = fault.Malformed
	}
	first := r.issues[0]
	e := &fault.Error{Code: code, Message: first.English, Issue: first.Type, Issues: r.issues}
	if len(r.issues) > 1 {
		e.Message = fmt.Sprintf("%d things are to be mended. The first: %s", len(r.issues), first.English)
	}
	for _, i := range r.issues {
		e.Expression = append(e.Expression, i.Expression)
	}
	return e
}

// form reads a whole form.
func (r *reading) form(f *Form, n fhir.Node, into reflect.Value) {
	list, at := fhir.Node{}, func() string { return "Parameters" }
	switch {
	case !n.Exists():
	case n.Kind() != fhir.Object:
		r.refuse(n.Path, wrong{issueStructure, "Parameters is an object.", "Parameters 应为 JSON 对象。"})
		return
	case n.Get("resourceType").Str() != "Parameters":
		r.alone(f, n, into)
		return
	default:
		list, at = n.Get("parameter"), n.Path
		for m := n.First(); m.Exists(); m = m.Next() {
			if name := string(m.Name()); !slices.Contains([]string{"resourceType", "id", "meta", "language", "parameter"}, name) {
				r.refuse(m.Path, wrong{issueStructure, fmt.Sprintf("Parameters are not taken with %s; leave it out.", clip(name)), fmt.Sprintf("Parameters 中不接受 %s，请删去。", clip(name))})
			}
		}
	}
	r.list(f, list, at, into)
}

// alone reads a resource that stands in the place of the parameters.
func (r *reading) alone(f *Form, n fhir.Node, into reflect.Value) {
	only := -1
	for i, x := range f.Fields {
		switch {
		case x.Kind == KindResource && only < 0:
			only = i
		case x.Kind == KindResource || x.Required():
			only = len(f.Fields)
		}
	}
	if only < 0 || only == len(f.Fields) {
		r.refuse(n.Path, wrong{issueStructure, "Send a resource of type Parameters" + f.names(", with ", ", ") + ".", "请发送 Parameters 资源" + f.names("，参数为 ", "、") + "。"})
		return
	}
	x := f.Fields[only]
	r.field(x, []given{{value: n, at: n, member: "resource"}}, n.Path, into.Field(x.place))
}

// names lists what the form has, behind a text; "" for nothing.
func (f *Form) names(before, between string) string {
	if len(f.Fields) == 0 {
		return ""
	}
	return before + strings.Join(f.Names(), between)
}

// given is a parameter as it was sent.
type given struct {
	value  fhir.Node
	at     fhir.Node // the parameter
	member string    // valueString, resource, part; "" where it has none, which a part may
}

// list reads parameters, or the parts of one.
func (r *reading) list(f *Form, list fhir.Node, at func() string, into reflect.Value) {
	found := make([][]given, len(f.Fields))
	if list.Exists() && list.Kind() != fhir.Array {
		r.refuse(list.Path, wrong{issueStructure, "Parameters stand in an array.", "参数应放在 JSON 数组中。"})
		return
	}
	for p := list.First(); p.Exists(); p = p.Next() {
		if i, g, ok := r.parameter(f, p); ok {
			found[i] = append(found[i], g)
		}
	}
	for i, x := range f.Fields {
		r.field(x, found[i], at, into.Field(x.place))
	}
}

// parameter finds out which field a parameter is for, and its value.
func (r *reading) parameter(f *Form, p fhir.Node) (field int, g given, ok bool) {
	if p.Kind() != fhir.Object {
		r.refuse(p.Path, wrong{issueStructure, "A parameter is an object with a name.", "参数应为带 name 的 JSON 对象。"})
		return 0, g, false
	}
	name := p.Get("name").Str()
	field, known := f.byName[name]
	switch {
	case name == "":
		r.refuse(p.Path, wrong{issueRequired, "The parameter has no name.", "该参数没有 name。"})
		return 0, g, false
	case !known:
		r.refuse(p.Path, unknown(f, name))
		return 0, g, false
	}
	g.at = p
	for m := p.First(); m.Exists(); m = m.Next() {
		switch member := string(m.Name()); {
		case member == "name" || member == "id" || member == "extension" || strings.HasPrefix(member, "_"):
		case g.member == "" && (member == "resource" || member == "part" || strings.HasPrefix(member, "value")):
			g.member, g.value = member, m
		default:
			r.refuse(m.Path, wrong{issueStructure, fmt.Sprintf("The parameter %s has one value, and nothing beside it; leave %s out.", name, clip(member)),
				fmt.Sprintf("参数 %s 只能有一个值，请删去 %s。", name, clip(member))})
			return 0, g, false
		}
	}
	return field, g, true
}

func unknown(f *Form, name string) wrong {
	english, chinese := f.names("; these are: ", ", "), f.names("；可用参数：", "、")
	return wrong{issueStructure, fmt.Sprintf("The parameter %q is not known here%s.", clip(name), english), fmt.Sprintf("此处没有参数 %q%s。", clip(name), chinese)}
}

// field reads what was given for a field of the form that stands at a place.
func (r *reading) field(x Field, all []given, at func() string, into reflect.Value) {
	before := len(r.issues)
	all = slices.DeleteFunc(all, func(g given) bool {
		return g.value.Kind() == fhir.String && strings.TrimSpace(g.value.Str()) == "" // an empty text is not given
	})
	if len(all) < x.Min {
		r.refuse(at, missing(x, len(all)))
	}
	for i, g := range all {
		if x.Max != 0 && i == x.Max {
			r.refuse(g.at.Path, tooOften(x))
			return
		}
		value := reflect.New(x.typ).Elem()
		r.value(x, g, value)
		switch {
		case len(r.issues) > before: // it is read on for what else is wrong
		case x.many:
			into.Set(reflect.Append(into, value))
		case x.maybe:
			into.Set(value.Addr())
		default:
			into.Set(value)
		}
	}
}

func missing(x Field, n int) wrong {
	if x.Min > 1 {
		return wrong{issueRequired, fmt.Sprintf("The parameter %s (%s) has to be given %d times or more; it is %d times.", x.Name, x.Words.En, x.Min, n),
			fmt.Sprintf("参数 %s（%s）至少要给出 %d 个，现有 %d 个。", x.Name, x.Words.Zh, x.Min, n)}
	}
	return wrong{issueRequired, fmt.Sprintf("The parameter %s (%s) is missing.", x.Name, x.Words.En), fmt.Sprintf("缺少参数 %s（%s）。", x.Name, x.Words.Zh)}
}

func tooOften(x Field) wrong {
	if x.Max == 1 {
		return wrong{issueStructure, fmt.Sprintf("The parameter %s (%s) may be given once only.", x.Name, x.Words.En),
			fmt.Sprintf("参数 %s（%s）只能给出一次。", x.Name, x.Words.Zh)}
	}
	return wrong{issueStructure, fmt.Sprintf("The parameter %s (%s) may be given at most %d times.", x.Name, x.Words.En, x.Max),
		fmt.Sprintf("参数 %s（%s）最多给出 %d 次。", x.Name, x.Words.Zh, x.Max)}
}

// clip bounds what an error repeats.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
