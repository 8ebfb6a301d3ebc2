package form

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

const (
	reason  = `{"name":"reason","valueString":"复查"}`
	urgent  = `{"name":"urgency","valueCode":"urgent"}`
	needed  = reason + "," + urgent + ","
	patient = `{"name":"patient","valueReference":{"reference":"Patient/1"}}`
)

// TestRead: what there is to read, in each way in which it may be sent.
func TestRead(t *testing.T) {
	t.Parallel()
	f := Of[asked]()
	at := time.Date(2026, 11, 21, 0, 30, 0, 123456000, time.UTC)
	for list, want := range map[string]asked{
		``: {},
		patient + `,{"name":"by","valueReference":{"reference":"Practitioner/2","display":"王医生"}}`:                                           {Patient: new(Reference("Patient/1")), By: &Named{"Practitioner/2", "王医生"}},
		`{"name":"code","valueCoding":{"system":"urn:x","version":"2","code":"a"}},{"name":"code","valueCoding":{"code":"b","display":"乙"}}`: {Codes: []Coding{{System: "urn:x", Code: "a"}, {Code: "b", Display: "乙"}}},
		`{"name":"number","valueIdentifier":{"system":"urn:x","value":"1"}}`:                                                                 {Number: &Identifier{"urn:x", "1"}},
		`{"name":"number","valueString":"urn:x|1"}`:                                                                                          {Number: &Identifier{"urn:x", "1"}},
		`{"name":"number","valueString":"1"}`:                                                                                                {Number: &Identifier{"", "1"}},
		`{"name":"at","valueInstant":"2026-11-21T08:30:00.123456789+08:00"}`:                                                                 {At: &at},
		`{"name":"at","valueDateTime":"2026-11-21T00:30:00.123456Z"}`:                                                                        {At: &at},
		`{"name":"_since","valueDate":"2026-11"},{"name":"day","valueDate":"2026-11-21"}`:                                                    {Since: new(DateTime("2026-11")), Day: new(Date("2026-11-21"))},
		`{"name":"dose","valueDecimal":1.00}`:                                                                                                {Dose: new(Decimal("1.00"))},
		`{"name":"dose","valueInteger":2}`:                                                                                                   {Dose: new(Decimal("2"))},
		`{"name":"abroad","valueBoolean":false}`:                                                                                             {Abroad: new(false)},
		`{"name":"note","valueMarkdown":"**a**\n\tb"},{"name":"note","valueString":" \n"}`:                                                   {Notes: []string{"**a**\n\tb"}},
		`{"name":"place","part":[{"name":"ward","valueString":"三"},{"name":"bed","valuePositiveInt":7}]}`:                                    {Places: []place{{"三", new(7)}}},
		`{"name":"to","valueString":"县医院"}`:                                                                                                  {To: new("县医院")},
		`{"name":"to","valueReference":{"reference":"Organization/a"}}`:                                                                      {To: new("Organization/a")},
		`{"name":"to","id":"p1","extension":[],"valueString":"x","_valueString":{"id":"a"}}`:                                                 {To: new("x")},
	} {
		want.Reason, want.Urgency = "复查", "urgent"
		got, err := f.Read(parameters(t, strings.TrimSuffix(needed+list, ",")))
		if err != nil {
			t.Errorf("%s: %v", list, err)
		} else if !reflect.DeepEqual(got, &want) {
			t.Errorf("%s: %+v", list, got)
		}
	}
}

// TestReadRefuses: each thing that is wrong is told, at its place.
func TestReadRefuses(t *testing.T) {
	t.Parallel()
	f := Of[asked]()
	long := strings.Repeat("字", 21)
	for list, want := range map[string][]string{ // code, then place, type and a word of each issue
		`{"name":"reasons","valueString":"x"}`: {"malformed", `Parameters.parameter[2] structure "reasons"`},
		`{"valueString":"x"}`:                  {"malformed", `Parameters.parameter[2] required name`},
		`7`:                                    {"malformed", `Parameters.parameter[2] structure object`},
		`{"name":"at"}`:                        {"malformed", `Parameters.parameter[2] required valueInstant`},
		`{"name":"at","valueInstant":"2026-11-21"}`:                    {"malformed", `Parameters.parameter[2] value at`},
		`{"name":"at","valueDateTime":"2026-11-21"}`:                   {"malformed", `Parameters.parameter[2] value time`},
		`{"name":"at","valueInstant":"0001-01-01T00:00:00Z"}`:          {"malformed", `Parameters.parameter[2] value time`},
		`{"name":"day","valueDate":"2026-11"}`:                         {"malformed", `Parameters.parameter[2] value day`},
		`{"name":"day","valueDate":"2026-02-30"}`:                      {"malformed", `Parameters.parameter[2] value day`},
		`{"name":"_since","valueString":"soon"}`:                       {"malformed", `Parameters.parameter[2] value _since`},
		`{"name":"abroad","valueString":"true"}`:                       {"malformed", `Parameters.parameter[2] structure valueBoolean`},
		`{"name":"abroad","valueBoolean":"true"}`:                      {"malformed", `Parameters.parameter[2] structure abroad`},
		`{"name":"abroad","valueBoolean":true,"valueString":"x"}`:      {"malformed", `Parameters.parameter[2].value structure valueString`},
		`{"name":"abroad","valueBoolean":true,"modifierExtension":[]}`: {"malformed", `Parameters.parameter[2].modifierExtension structure beside`},
		`{"name":"abroad","part":[{"name":"x","valueBoolean":true}]}`:  {"malformed", `Parameters.parameter[2] structure valueBoolean`},
		`{"name":"dose","valueDecimal":"1"}`:                           {"malformed", `Parameters.parameter[2] structure dose`},
		patient + `,` + patient:                                        {"malformed", `Parameters.parameter[3] structure once`},
		`{"name":"code","valueCoding":{"code":"a"}},{"name":"code","valueCoding":{"code":"b"}},{"name":"code","valueCoding":{"code":"c"}}`: {"malformed", `Parameters.parameter[4] structure 2`},
		`{"name":"code","valueCoding":{"system":"a"}}`:                             {"malformed", `Parameters.parameter[2] required code`},
		`{"name":"code","valueCoding":[]}`:                                         {"malformed", `Parameters.parameter[2] structure object`},
		`{"name":"number","valueIdentifier":{"system":"a"}}`:                       {"malformed", `Parameters.parameter[2] required value`},
		`{"name":"number","valueString":"urn:x|"}`:                                 {"malformed", `Parameters.parameter[2] required value`},
		`{"name":"patient","valueReference":{"reference":"urn:uuid:1"}}`:           {"malformed", `Parameters.parameter[2] value Patient/1`},
		`{"name":"patient","valueReference":{"reference":"Patient/1/_history/2"}}`: {"malformed", `Parameters.parameter[2] value Patient/1`},
		`{"name":"patient","valueReference":{"display":"x"}}`:                      {"malformed", `Parameters.parameter[2] value Patient/1`},
		`{"name":"patient","valueReference":{"reference":"Group/1"}}`:              {"malformed", `Parameters.parameter[2] value Patient or Person`},
		`{"name":"to","valueReference":{"reference":"Patient/1"}}`:                 {"malformed", `Parameters.parameter[2] value Organization`},
		`{"name":"note","valueString":"a\u0085b"}`:                                 {"unprocessable", `Parameters.parameter[2] business-rule control`},
		`{"name":"place"}`:           {"malformed", `Parameters.parameter[2] required ward`},
		`{"name":"place","part":{}}`: {"malformed", `Parameters.parameter[2].part structure array`},
		`{"name":"place","part":[{"name":"ward","valueString":"` + long + `"},{"name":"bed","valueString":"x"},{"name":"bad","valueString":"x"}]}`: {"malformed",
			`Parameters.parameter[2].part[2] structure "bad"`, `Parameters.parameter[2].part[0] too-long 63`, `Parameters.parameter[2].part[1] structure valueInteger`},
		`{"name":"place","part":[{"name":"ward","valueString":"x"},{"name":"bed","valueInteger":0}]}`:   {"malformed", `Parameters.parameter[2].part[1] value 99`},
		`{"name":"place","part":[{"name":"ward","valueString":"x"},{"name":"bed","valueInteger":100}]}`: {"malformed", `Parameters.parameter[2].part[1] value 99`},
		`{"name":"resource","resource":{"resourceType":"Human"}}`:                                       {"malformed", `Parameters.parameter[2] value Human`},
		`{"name":"resource","resource":{"resourceType":"Patient"}}`:                                     {"malformed", `Parameters.parameter[2] value Observation`},
	} {
		issues(t, f, list, parameters(t, needed+list), want)
	}
	issues(t, f, "nothing", fhir.Node{}, []string{"malformed", "Parameters required reason", "Parameters required urgency"})
	issues(t, f, "nothing in it", parameters(t, `{"name":"reason","valueString":" "}`), []string{"malformed", "Parameters required reason", "Parameters required urgency"})
	issues(t, f, "both wrong", parameters(t, `{"name":"reason","valueString":"`+long+`"},{"name":"urgency","valueCode":"soon"}`),
		[]string{"malformed", "Parameters.parameter[0] too-long 60", "Parameters.parameter[1] code-invalid routine (Routine), urgent"})
	issues(t, f, "too long", parameters(t, urgent+`,{"name":"reason","valueString":"`+long+`"}`), []string{"unprocessable", "Parameters.parameter[1] too-long 60"})
	tree, _ := fhir.Parse([]byte(`{"resourceType":"Parameters","implicitRules":"x","parameter":[` + reason + `,` + urgent + `]}`))
	issues(t, f, "rules", tree.Root(), []string{"malformed", "Parameters.implicitRules structure implicitRules"})
	tree, _ = fhir.Parse([]byte(`{"resourceType":"Patient"}`))
	issues(t, f, "another resource", tree.Root(), []string{"malformed", "Patient structure Parameters, with reason"})
	tree, _ = fhir.Parse([]byte(`[]`))
	if _, err := f.Read(tree.Root()); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("an array: %v", err)
	}
	many := strings.Repeat(`{"name":"x","valueString":"x"},`, 100_000) // whose places are not all looked for
	if _, err := f.Read(parameters(t, many+reason)); len(fault.From(err).Issues) != issuesMost {
		t.Errorf("%d issues of 100000", len(fault.From(err).Issues))
	}
}

func issues(t *testing.T, f *Form, what string, n fhir.Node, want []string) {
	t.Helper()
	_, err := f.Read(n)
	e := fault.From(err)
	if err == nil || string(e.Code) != want[0] || len(e.Issues) != len(want)-1 {
		t.Errorf("%s: %v with %+v, want %q", what, err, e, want)
		return
	}
	for i, issue := range e.Issues {
		place, rest, _ := strings.Cut(want[i+1], " ")
		kind, word, _ := strings.Cut(rest, " ")
		if issue.Expression != place || issue.Type != kind || !strings.Contains(issue.English, word) || issue.Chinese == "" || e.Expression[i] != place {
			t.Errorf("%s: %+v, want %s", what, issue, want[i+1])
		}
	}
}

// TestReadAlone: a resource that is all that is asked for may stand by itself.
func TestReadAlone(t *testing.T) {
	t.Parallel()
	tree, err := fhir.Parse([]byte(`{"resourceType":"Patient","id":"1"}`))
	if err != nil {
		t.Fatal(err)
	}
	type one struct {
		Resource fhir.Resource `name:"resource" zh:"资源" en:"Resource" types:"Patient"`
		Mode     *string       `name:"mode" zh:"方式" en:"Mode"`
	}
	got, err := Of[one]().Read(tree.Root())
	if err != nil || got.(*one).Resource.ID != "1" {
		t.Errorf("%+v, %v", got, err)
	}
	type two struct {
		One   fhir.Resource `name:"one" zh:"一" en:"One"`
		Other fhir.Resource `name:"other" zh:"二" en:"Other"`
	}
	if _, err := Of[two]().Read(tree.Root()); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("one of two: %v", err)
	}
	if _, err := Of[struct{}]().Read(tree.Root()); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("for nothing: %v", err)
	}
}

// TestReadQuery: the same from a query.
func TestReadQuery(t *testing.T) {
	t.Parallel()
	f := Of[asked]()
	q := url.Values{
		"reason": {"复查"}, "urgency": {"routine"}, "patient": {"Patient/1"}, "code": {"urn:x|a", "b"}, "number": {"1"}, "abroad": {"true"},
		"dose": {"1.50"}, "_since": {"2026"}, "at": {"2026-11-21T08:30:00+08:00"}, "to": {""}, "by": {""},
	}
	got, err := f.ReadQuery(q)
	at := time.Date(2026, 11, 21, 0, 30, 0, 0, time.UTC)
	want := &asked{Reason: "复查", Urgency: "routine", Patient: new(Reference("Patient/1")), Codes: []Coding{{System: "urn:x", Code: "a"}, {Code: "b"}},
		Number: &Identifier{"", "1"}, Abroad: new(true), Dose: new(Decimal("1.50")), Since: new(DateTime("2026")), At: &at}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, value := range map[string]string{
		"x": "1", "dose": "1,5", "abroad": "yes", "at": "now", "patient": "1", "place": "三", "resource": "{}", "urgency": "soon",
		"dose ": "1", "note": "a\x00", "day": "\xff",
	} {
		q := url.Values{"reason": {"复查"}, "urgency": {"routine"}}
		q.Set(name, value)
		_, err := f.ReadQuery(q)
		if e := fault.From(err); err == nil || e.Code == fault.Internal || len(e.Issues) != 1 || !strings.HasPrefix("http."+name, e.Issues[0].Expression) {
			t.Errorf("%s=%q: %v", name, value, err)
		}
	}
	if _, err := f.ReadQuery(nil); len(fault.From(err).Issues) != 2 {
		t.Errorf("nothing: %v", err)
	}
}
