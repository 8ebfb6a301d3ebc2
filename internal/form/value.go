package form

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// value reads one value of a field.
func (r *reading) value(x Field, g given, into reflect.Value) {
	i := slices.IndexFunc(x.choices(), func(c choice) bool { return c.member == g.member })
	if i < 0 && (x.Kind != KindPart || g.member != "") {
		r.refuse(g.at.Path, otherMember(x, g.member))
		return
	}
	if x.Kind == KindPart {
		r.list(x.Part, g.value, g.at.Path, into)
		return
	}
	c := x.choices()[i]
	if c.of != 0 {
		if p := c.of.Check(g.value); p != nil {
			r.refuse(g.at.Path, wrong{p.Code, about(x, p.English), aboutChinese(x, p.Chinese)})
			return
		}
	} else if g.value.Kind() != fhir.Object {
		r.refuse(g.at.Path, wrong{issueStructure, about(x, g.member+" is an object."), aboutChinese(x, g.member+" 应为 JSON 对象。")})
		return
	}
	if !readers[x.Kind](r, x, g, into) {
		return
	}
	if into.Kind() == reflect.String {
		r.text(x, g.at, into.String())
	}
}

func about(x Field, what string) string { return "The parameter " + x.Name + ": " + what }

func aboutChinese(x Field, what string) string { return "参数 " + x.Name + "：" + what }

func otherMember(x Field, member string) wrong {
	want := x.choices()[0].member
	if member == "" {
		return wrong{issueRequired, about(x, "it has no value; it is given as "+want+"."), aboutChinese(x, "没有值，应以 "+want+" 给出。")}
	}
	return wrong{issueStructure, about(x, fmt.Sprintf("it is given as %s, not %s.", want, clip(member))),
		aboutChinese(x, fmt.Sprintf("应以 %s 给出，而不是 %s。", want, clip(member)))}
}

// readers take values apart whose form has been checked. They tell whether there is one.
var readers = map[Kind]func(r *reading, x Field, g given, into reflect.Value) bool{
	KindText: func(r *reading, x Field, g given, into reflect.Value) bool {
		if g.value.Kind() == fhir.Object {
			ref, ok := r.reference(x, g)
			into.SetString(string(ref.Reference))
			return ok
		}
		into.SetString(g.value.Str())
		return true
	},
	KindBoolean: func(_ *reading, _ Field, g given, into reflect.Value) bool {
		into.SetBool(g.value.Kind() == fhir.True)
		return true
	},
	KindInteger: func(r *reading, x Field, g given, into reflect.Value) bool {
		n, _ := g.value.Int() // the check has seen to it
		if n < int64(x.From) || n > int64(x.To) {
			r.refuse(g.at.Path, wrong{issueValue, about(x, fmt.Sprintf("it is a whole number from %d to %d.", x.From, x.To)), aboutChinese(x, fmt.Sprintf("应为 %d 至 %d 的整数。", x.From, x.To))})
			return false
		}
		into.SetInt(n)
		return true
	},
	KindDecimal: func(_ *reading, _ Field, g given, into reflect.Value) bool {
		into.SetString(string(g.value.Raw()))
		return true
	},
	KindDateTime: func(_ *reading, _ Field, g given, into reflect.Value) bool {
		into.SetString(g.value.Str())
		return true
	},
	KindInstant: (*reading).instant,
	KindDate: func(r *reading, x Field, g given, into reflect.Value) bool {
		if len(g.value.Str()) != len(time.DateOnly) {
			r.refuse(g.at.Path, wrong{issueValue, about(x, "it is a day, such as 2026-11-21."), aboutChinese(x, "应精确到日，例如 2026-11-21。")})
			return false
		}
		into.SetString(g.value.Str())
		return true
	},
	KindCode: func(r *reading, x Field, g given, into reflect.Value) bool {
		into.SetString(g.value.Str())
		if x.Codes != nil && !x.code(g.value.Str()) {
			r.refuse(g.at.Path, notListed(x, g.value.Str()))
			return false
		}
		return true
	},
	KindReference: func(r *reading, x Field, g given, into reflect.Value) bool {
		named, ok := r.reference(x, g)
		if into.Kind() == reflect.String {
			into.SetString(string(named.Reference))
			return ok
		}
		if ok && named.Display != "" {
			ok = r.text(x, g.at, named.Display)
		}
		into.Set(reflect.ValueOf(named))
		return ok
	},
	KindCoding: func(r *reading, x Field, g given, into reflect.Value) bool {
		c := Coding{g.value.Get("system").Str(), g.value.Get("code").Str(), g.value.Get("display").Str()}
		if c.Code == "" {
			r.refuse(g.at.Path, wrong{issueRequired, about(x, "the coding has no code."), aboutChinese(x, "编码没有 code。")})
			return false
		}
		into.Set(reflect.ValueOf(c))
		return r.text(x, g.at, c.System) && r.text(x, g.at, c.Code) && r.text(x, g.at, c.Display)
	},
	KindIdentifier: func(r *reading, x Field, g given, into reflect.Value) bool {
		id := Identifier{g.value.Get("system").Str(), g.value.Get("value").Str()}
		if g.value.Kind() == fhir.String {
			var system bool
			if id.System, id.Value, system = strings.Cut(g.value.Str(), "|"); !system {
				id = Identifier{Value: g.value.Str()}
			}
		}
		if id.Value == "" {
			r.refuse(g.at.Path, wrong{issueRequired, about(x, "the identifier has no value."), aboutChinese(x, "标识没有 value。")})
			return false
		}
		into.Set(reflect.ValueOf(id))
		return r.text(x, g.at, id.System) && r.text(x, g.at, id.Value)
	},
	KindResource: (*reading).resource,
}

// instant reads a date with a time, to the microsecond.
func (r *reading) instant(x Field, g given, into reflect.Value) bool {
	start, _, err := fhir.ParsePeriod(g.value.Str(), time.UTC)
	if err != nil || start.IsZero() || !strings.Contains(g.value.Str(), "T") {
		r.refuse(g.at.Path, wrong{issueValue, about(x, "it is a date with a time, such as 2026-11-21T08:30:00+08:00."), aboutChinese(x, "应为日期加时间，例如 2026-11-21T08:30:00+08:00。")})
		return false
	}
	into.Set(reflect.ValueOf(start))
	return true
}

// reference reads a reference to a resource of this record, without a version.
func (r *reading) reference(x Field, g given) (Named, bool) {
	text := g.value.Get("reference").Str()
	ref := fhir.ParseReference(text)
	if ref.Kind != fhir.ReferenceLocal || ref.Version != 0 {
		r.refuse(g.at.Path, wrong{issueValue, about(x, "it names a resource of this record, such as "+example(x.Targets)+"."), aboutChinese(x, "应指向本平台的资源，例如 "+example(x.Targets)+"。")})
		return Named{}, false
	}
	if x.Targets != nil && !slices.Contains(x.Targets, ref.Ref.Type) {
		r.refuse(g.at.Path, otherType(x, ref.Ref.Type))
		return Named{}, false
	}
	return Named{Reference: Reference(text), Display: g.value.Get("display").Str()}, true
}

// resource reads a resource whose envelope is right.
func (r *reading) resource(x Field, g given, into reflect.Value) bool {
	res, err := fhir.ReadResource(g.value)
	if err == nil {
		err = res.Check()
	}
	if err != nil {
		f := fault.From(err)
		r.refuse(g.at.Path, wrong{f.IssueType(), about(x, f.Message), aboutChinese(x, "资源无法读取："+f.Message)})
		return false
	}
	if x.Targets != nil && !slices.Contains(x.Targets, res.Type) {
		r.refuse(g.at.Path, otherType(x, res.Type))
		return false
	}
	into.Set(reflect.ValueOf(res))
	return true
}

func example(targets []schema.Type) string {
	if len(targets) == 0 {
		return "Patient/1"
	}
	return targets[0].String() + "/1"
}

func otherType(x Field, is schema.Type) wrong {
	return wrong{issueValue, about(x, fmt.Sprintf("it is a %s, which is not taken; it should be %s.", is, types(x.Targets, ", ", " or "))),
		aboutChinese(x, fmt.Sprintf("%s 不适用，应为 %s。", is, types(x.Targets, "、", "或 ")))}
}

// types lists types in words.
func types(all []schema.Type, between, last string) string {
	text := ""
	for i, t := range all {
		switch i {
		case 0:
		case len(all) - 1:
			text += last
		default:
			text += between
		}
		text += t.String()
	}
	return text
}

func notListed(x Field, code string) wrong {
	english, chinese := make([]string, len(x.Codes)), make([]string, len(x.Codes))
	for i, c := range x.Codes {
		english[i], chinese[i] = c.Code+" ("+c.Words.En+")", c.Code+"（"+c.Words.Zh+"）"
	}
	return wrong{issueCode, about(x, fmt.Sprintf("%q is not in its list: %s.", clip(code), strings.Join(english, ", "))),
		aboutChinese(x, fmt.Sprintf("%q 不在代码表内：%s。", clip(code), strings.Join(chinese, "、")))}
}

// text refuses a text that is too long, or that nobody can read.
func (r *reading) text(x Field, at fhir.Node, text string) bool {
	most := TextMost
	if x.Kind == KindText {
		most = x.Bytes
	}
	switch {
	case len(text) > most:
		r.refuse(at.Path, wrong{issueTooLong, about(x, fmt.Sprintf("the text has %d bytes; at most %d are taken (a Chinese character has 3).", len(text), most)),
			aboutChinese(x, fmt.Sprintf("文本为 %d 字节，最多 %d 字节（一个汉字 3 字节）。", len(text), most))})
		return false
	case !readable(text):
		r.refuse(at.Path, wrong{issueRule, about(x, "the text has control characters, which nobody can read."), aboutChinese(x, "文本含有无法阅读的控制字符。")})
		return false
	}
	return true
}

// readable tells whether a text has no control characters but those that break lines and columns.
func readable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\n' && c != '\r' && c != '\t' })
}
