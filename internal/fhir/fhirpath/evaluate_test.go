package fhirpath

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

const smallPatient = `{"resourceType":"Patient","id":"p1","contained":[{"resourceType":"Organization","id":"org","name":"Org"}],
"extension":[{"url":"http://x/age","valueQuantity":{"value":41,"unit":"years"}}],
"name":[{"use":"official","family":"Wang","given":["Xiao",null,"Ming"],"_given":[null,{"extension":[{"url":"u","valueString":"v"}]},{"id":"g"}]},{"text":"W\u738b"}],
"_gender":{"extension":[{"url":"why","valueCode":"unknown"}]},"birthDate":"1974-12-25","multipleBirthInteger":2,
"deceasedDateTime":"2020-01-31T10:00:00+08:00","managingOrganization":{"reference":"#org"},"surprise":1}`

var fixed = &Env{Now: time.Date(2026, 11, 22, 8, 30, 15, 250_000_000, time.UTC), Zone: time.FixedZone("", 8*3600)}

// evaluated shows the result of an expression, or its error.
func evaluated(t *testing.T, env *Env, resource, text string) string {
	t.Helper()
	e, err := Parse(text)
	if err != nil {
		return "parse: " + err.Error()
	}
	var focus []Value
	if resource != "" {
		focus = []Value{Of(parsed(t, resource))}
	}
	c, err := e.Evaluate(env, focus...)
	if err != nil {
		return "error: " + err.Error()
	}
	return show(c)
}

func TestEvaluate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		// primitives and what stands beside them
		"name.given":                                     "Xiao |  | Ming",
		"name.given.count()":                             "3",
		"name.given[1].hasValue()":                       "false",
		"name.given[1].extension.value":                  "v",
		"name.given[2].id":                               "g",
		"name.given.getValue()":                          "",
		"gender.exists() and gender.hasValue().not()":    "true",
		"gender.extension('why').value":                  "unknown",
		"gender = 'male'":                                "false",
		"gender.length()":                                "",
		"name[1].text":                                   "W王",
		"surprise":                                       "",
		"children().count()":                             "10",
		"descendants().ofType(code)":                     " | official | unknown",
		"multipleBirth + 1":                              "3",
		"multipleBirth.type().name":                      "integer",
		"deceased is dateTime":                           "true",
		"deceased.value":                                 "",
		"extension.value > 40 years":                     "",
		"extension.value.value":                          "41",
		"Patient.name.family | Resource.id":              "Wang | p1",
		"DomainResource.contained.name":                  "Org",
		"Observation.id":                                 "",
		"managingOrganization.resolve().name":            "Org",
		"managingOrganization.resolve() is Organization": "true",
		"%resource.id & %context.id & %rootResource.id":  "p1p1p1",
		"name.where($index = 1).text":                    "W王",
		"name.select($this.given.count())":               "3 | 0",
		"name.given.all($this is string)":                "true",
		// literals
		"'\\u738b\\t\\'\\`'":                "王\t'`",
		"@2026-02-30":                       "parse: malformed: The FHIRPath expression cannot be read at line 1, column 1: a date or time was expected, such as @2026-11-22, @2026-11-22T08:30 or @T08:30.",
		"@2026T":                            "2026",
		"@2026T is DateTime":                "true",
		"@2026-11-22T08:30:15.123456789Z":   "2026-11-22T08:30:15.123456Z",
		"1 year":                            "1 year",
		"2 'mg'":                            "2 'mg'",
		"{}":                                "",
		"123456789012345678901234567890.10": "123456789012345678901234567890.10",
		"-2147483648":                       "-2147483648",
		// numbers
		"2147483647 + 1":                     "",
		"1 / 3":                              "0.3333333333333333333333333333333333",
		"0.1 + 0.2 = 0.3":                    "true",
		"1.0 = 1 and 1.0 ~ 1.00":             "true",
		"7 div 2 | -7 div 2 | 7.5 div 2":     "3 | -3",
		"-7 mod 3":                           "-1",
		"1 / 0 | 1 mod 0 | 1 div 0":          "",
		"12345678901.5 * 98765432109.25":     "1219326311388698367988.875",
		"2.power(10) | 2.0.power(-1)":        "1024 | 0.5",
		"16.sqrt() | 100.log(10) | 1.ln()":   "4 | 2 | 0",
		"(-1).sqrt() | 0.ln()":               "",
		"2.5.round() | (-2.5).round()":       "3 | -3",
		"(-1.5).truncate() | (-1.5).floor()": "-1 | -2",
		// quantities
		"1 'm' + 1 'cm'":               "101 'cm'",
		"3 'mg' * 2":                   "6 'mg'",
		"1 'kg' / 2 'm2'":              "0.5 'kg/m2'",
		"1 'cm' = 1 's'":               "",
		"1 'cm' < 1 's'":               "",
		"37 'Cel' > 98 '[degF]'":       "true",
		"1 year = 12 months":           "true",
		"1 year = 1 'a'":               "",
		"1 year ~ 1 'a'":               "true",
		"1 month = 30 days":            "",
		"4 'g' ~ 4040 'mg'":            "true",
		"4.00 'g' ~ 4040 'mg'":         "true",
		"4.01 'g' ~ 4040 'mg'":         "false",
		"'4 days'.toQuantity()":        "4 days",
		"'4 \\'mg\\''.toQuantity('g')": "0.004 'g'",
		"'4 mg'.convertsToQuantity()":  "false",
		"1 'mg'.comparable(2 'kg')":    "true",
		// dates
		"@2024-01-31 + 1 month":            "2024-02-29",
		"@2023-02-28 - 12 months":          "2022-02-28",
		"@2024 + 25 months":                "2026",
		"@2024-03 - 40 days":               "2024-02",
		"@2024-03-01 + 30 hours":           "2024-03-02",
		"@T23:30 + 45 minutes":             "00:15",
		"@T00:10 - 15 minutes":             "23:55",
		"@9999-12-31 + 1 day":              "",
		"@2024-01-01T00:00:00Z + 1 'ms'":   "2024-01-01T00:00:00.001Z",
		"@2024-01-01 + 1 'mo'":             "error: unprocessable: FHIRPath: \"1 'mo'\" cannot be added to a Date; use a calendar duration such as 1 year or 2 days.",
		"birthDate > @1974":                "",
		"birthDate > @1973":                "true",
		"deceased = @2020-01-31T02:00:00Z": "true",
		"deceased > @2020-01-29T10:00:00":  "true",
		"deceased > @2020-01-31T10:00:00":  "",
		"now() | today() | timeOfDay()":    "2026-11-22T16:30:15.250+08:00 | 2026-11-22 | 16:30:15.250",
		"@2024-05-06T07:08:09.010+05:30.select(yearOf() | monthOf() | dayOf() | hourOf() | minuteOf() | secondOf() | millisecondOf())": "2024 | 5 | 6 | 7 | 8 | 9 | 10",
		"@2024-05-06T07:08:09.010+05:30.timezoneOffsetOf()":                                                                            "5.5",
		"@2024-05-06T07:08.dateOf() | @2024-05-06T07:08.timeOf()":                                                                      "2024-05-06 | 07:08",
		"@2014.lowBoundary() | @2014.highBoundary()":                                                                                   "2014-01-01 | 2014-12-31",
		"@2014-02T.highBoundary()":                                                                                                     "2014-02-28T23:59:59.999-12:00",
		"1.587.highBoundary(0) | (-1.587).lowBoundary(2)":                                                                              "2 | -1.59",
		// logic
		"{} and false":      "false",
		"{} or true":        "true",
		"{} xor true":       "",
		"true implies {}":   "",
		"false implies {}":  "true",
		"{} implies true":   "true",
		"{} implies false":  "",
		"true or (1|2)":     "true",
		"1 and 2":           "true",
		"{} in {}":          "",
		"1 in {}":           "false",
		"{} contains 1":     "false",
		"1 | 1.0 | 'a' | 1": "1 | a",
		"{} ~ {}":           "true",
		"1 = 'a'":           "false",
		"'A  b' ~ 'a\\t B'": "true",
		// text
		"'王小明'.substring(1, 1)":                    "小",
		"'王小明'.indexOf('明')":                       "2",
		"'abc'.substring(3)":                       "",
		"'abc'.substring(-1)":                      "",
		"'a.b'.split('.').join('-')":               "a-b",
		"'abcab'.lastIndexOf('ab')":                "3",
		"'x1y22'.replaceMatches('[0-9]+', '<$0>')": "x<1>y<22>",
		"'11/30/1972'.replaceMatches('(?<m>\\\\d+)/(?<d>\\\\d+)/(?<y>\\\\d+)', '${d}-${m}-${y}')": "30-11-1972",
		"'ab'.replaceMatches('(a)(b)', '$2x$1')":                                                  "bxa",
		"'a\\nb'.matches('a.b') and 'A'.matches('a', 'i')":                                        "true",
		"'a&b'.escape('html').unescape('html')":                                                   "a&b",
		"'a\"b'.escape('json').unescape('json')":                                                  "a\"b",
		"'abc'.toChars().count()":                                                                 "3",
		// sets
		"(1|2|3).tail() | (1|2|3).last()":                         "2 | 3",
		"(1|2|3).supersetOf(1|2)":                                 "true",
		"{}.subsetOf(1) and (1).subsetOf({}).not()":               "true",
		"(1|2|3).exclude(2)":                                      "1 | 3",
		"(3|1|2).sort() | (3|1|2).sort($this desc).first()":       "1 | 2 | 3",
		"(1|2).aggregate($this + $total, 0)":                      "3",
		"(1|2).repeat($this)":                                     "1 | 2",
		"1.repeat(iif($this < 5, $this + 1, 1))":                  "2 | 3 | 4 | 5 | 1",
		"'x'.iif('a', $this, 2)":                                  "x",
		"name.first().repeatAll(children()).count()":              "9",
		"coalesce({}, 2, 3)":                                      "2",
		"(true|false).anyTrue() and (true|false).allTrue().not()": "true",
		// errors
		"(1|2).single()":     "error: unprocessable: FHIRPath: single() takes one item, but there are 2; choose one, such as by first().",
		"1 < 'a'":            "error: unprocessable: FHIRPath, line 1, column 3: < does not go between Integer and String.",
		"1 + true":           "error: unprocessable: FHIRPath, line 1, column 3: + does not go between Integer and Boolean.",
		"nothing()":          "error: unprocessable: FHIRPath, line 1, column 1: there is no function nothing().",
		"name.first(1)":      "error: unprocessable: FHIRPath, line 1, column 6: first() takes no arguments, not 1.",
		"%unknown":           "error: unprocessable: FHIRPath, line 1, column 1: the variable %unknown is not defined.",
		"1 is Integre":       "error: unprocessable: FHIRPath, line 1, column 6: there is no type Integre.",
		"'a'.matches('(')":   "error: unprocessable: FHIRPath, line 1, column 5: \"(\" is not a regular expression that can be used here.: error parsing regexp: missing closing ): `(?s)(`",
		"'a'.memberOf('vs')": "error: not-supported: FHIRPath, line 1, column 5: memberOf() needs a terminology service, and there is none here.",
		"$total":             "error: unprocessable: FHIRPath, line 1, column 1: $total is known inside aggregate() only.",
	} {
		if got := evaluated(t, fixed, smallPatient, text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "line 1, column 1: a value or a path was expected, but the text ends.",
		"a.\n  .b":                  "line 2, column 3: a name was expected, not \".\".",
		"a b":                       "line 1, column 3: an operator or the end was expected, not \"b\".",
		"(a":                        "line 1, column 3: ) was expected, but the text ends.",
		"a and":                     "line 1, column 6: a value or a path was expected, but the text ends.",
		"and":                       "line 1, column 1: a value or a path was expected, not \"and\".",
		"'王' = 'abc":                "line 1, column 7: the text is not closed; ' was expected.",
		`'\x'`:                      "line 1, column 2: \\x is no escape; write \\\\ for a backslash.",
		`'\ud800'`:                  "line 1, column 2: half of a surrogate pair stands without its other half.",
		"1 /* x":                    "line 1, column 3: the comment is not closed; */ was expected.",
		"a ; b":                     "line 1, column 3: ';' has no meaning here.",
		"$that":                     "line 1, column 2: this, index or total was expected, not \"that\".",
		"a is":                      "line 1, column 5: the name of a type was expected, but the text ends.",
		"2147483649":                "line 1, column 1: the Integer is too large",
		"\"a\"":                     "line 1, column 1: a value or a path was expected",
		"a.1":                       "line 1, column 3: a name was expected, not \"1\".",
		"@T25":                      "line 1, column 1: a date or time was expected",
		"\xff":                      "not valid UTF-8",
		strings.Repeat("(", 1000):   "nested more than 200 deep",
		strings.Repeat("- ", 1000):  "nested more than 200 deep",
		strings.Repeat(" ", 70<<10): "more than 65536 bytes",
	} {
		_, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", text, err, want)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ context, text, want string }{
		{"Patient", "name.given", ""},
		{"Patient", "name.given1", "HumanName has no element given1"},
		{"Patient", "Patient.contact.name.family | Resource.id", ""},
		{"Patient", "Observation.id", "Patient has no element Observation"},
		{"Patient.contact", "gender.extension.value", ""},
		{"Patient.contact", "birthDate", "Patient.contact has no element birthDate"},
		{"Observation", "valueQuantity", "Observation has no element valueQuantity; write value."},
		{"Observation", "value.unit", ""},
		{"Observation", "value.is(Quantity) and value.unit = 'x'", ""},
		{"Observation", "(value as Period).unit", "Period has no element unit"},
		{"Observation", "(value as Quantity).unit", ""},
		{"Bundle", "entry.resource.name.family", ""},
		{"Patient", "%foo", "the variable %foo is not defined"},
		{"Patient", "name.nope()", "there is no function nope()"},
		{"Patient", "name.where()", "where() takes one argument, not 0"},
		{"Patient", "children().skip(1)", "skip() needs an order"},
		{"Patient", "birthDate + 7", "+ does not go between date and System.Integer"},
		{"Patient", "birthDate + 7 days", ""},
		{"Patient", "birthDate < 7", "< does not go between date and System.Integer"},
		{"Patient", "name.select(given.first() + ' ' + family)", ""},
		{"Patient", "name.where(famly = 'x')", "HumanName has no element famly"},
		{"Patient", "'a'.length", "System.String has no element length"},
		{"Questionnaire", "repeat(item).linkId", ""},
		{"Questionnaire", "repeat(item).url", "Questionnaire.item has no element url"},
		{"Patient", "iif(active, 1, 2) + iif(name, 1, 2)", ""},
		{"Patient", "iif('a', 1, 2)", "the criterion of iif() is no Boolean"},
		{"Patient", "type().name", ""},
		{"", "anything.goes", ""},
		{"Nothing", "id", "there is no type Nothing"},
		{"string", "extension.value", ""},
		{"Patient", "slice('a', 'b')", "slice() is not offered here"},
	} {
		e, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		err = e.Check(c.context)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s: %v, want %q", c.context, c.text, err, c.want)
		}
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	e, err := Parse("name.given | gender | deceased | contained.name | 1")
	if err != nil {
		t.Fatal(err)
	}
	c, err := e.Evaluate(nil, Of(parsed(t, smallPatient)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, v := range c {
		got = append(got, v.Path())
	}
	want := "Patient.name[0].given[0] Patient.name[0].given[1] Patient.name[0].given[2] Patient.gender Patient.deceased Patient.contained[0].name "
	if strings.Join(got, " ") != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"(1|2|3|4|5|6|7|8|9).aggregate($total & $total & $total & $total & $total & $total & $total & $total & $total & $total & $total & $total, 'xxxxxxxxxxxxxxxxxxxxxxxxx')",
		"descendants().select(%resource.descendants().select(%resource.descendants().select(%resource.descendants())))",
		"1.repeat($this + 1)",
		"1.repeatAll($this)",
		"(1|2|3|4|5|6|7).aggregate($total.replace('', 'xxxxxxxxxxxxxxxxxxxx'), 'x').length()",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = e.Evaluate(&Env{Work: 200_000}, Of(parsed(t, smallPatient)))
		if fault.CodeOf(err) != fault.TooLarge {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	var traced []string
	env := &Env{
		Variables: map[string]Collection{"two": {Integer(1), Integer(2)}, "with space": {String("x")}},
		Resolve: func(ref string, _ fhir.Node) (fhir.Node, bool) {
			return parsed(t, `{"resourceType":"Practitioner","id":"`+ref[len("Practitioner/"):]+`"}`), strings.HasPrefix(ref, "Practitioner/")
		},
		MemberOf: func(vs string, v Value) (bool, bool) { return v.String() == "male", vs == "known" },
		Subsumes: func(_, a, b string) (bool, bool) { return strings.HasPrefix(b, a), true },
		ConformsTo: func(profile string, v Value) (bool, error) {
			return strings.HasSuffix(profile, v.Node().Get("id").Str()), nil
		},
		HTMLChecks: func(s string) bool { return !strings.Contains(s, "script") },
		Trace:      func(name string, c Collection) { traced = append(traced, name+"="+show(c)) },
	}
	for text, want := range map[string]string{
		"%two.count() & %`with space`":            "error: unprocessable: FHIRPath: & takes one String, not System.Integer.",
		"%two.count().toString() & %`with space`": "2x",
		"'Practitioner/7'.resolve().id":           "7",
		"'male'.memberOf('known')":                "true",
		"'male'.memberOf('unknown')":              "",
		"conformsTo('http://x/p1')":               "true",
		"'<script>'.htmlChecks()":                 "false",
		"name.family.trace('n', length())":        "Wang",
		"%`vs-x` & %`ext-y`":                      "http://hl7.org/fhir/ValueSet/xhttp://hl7.org/fhir/StructureDefinition/y",
		"descendants().as(string).count() > 1":    "error: unprocessable: FHIRPath: as takes one item, but there are 30; choose one, such as by first().",
	} {
		if got := evaluated(t, env, smallPatient, text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
	if strings.Join(traced, ";") != "n=4" {
		t.Errorf("traced %q", traced)
	}
}

func TestResolveInBundle(t *testing.T) {
	t.Parallel()
	const bundle = `{"resourceType":"Bundle","type":"collection","entry":[
		{"fullUrl":"http://x/fhir/Patient/1","resource":{"resourceType":"Patient","id":"1"}},
		{"fullUrl":"urn:uuid:0a","resource":{"resourceType":"Patient","id":"2"}},
		{"fullUrl":"http://x/fhir/Observation/3","resource":{"resourceType":"Observation","id":"3","subject":{"reference":"Patient/1"},"performer":[{"reference":"urn:uuid:0a"},{"reference":"Patient/9"}]}}]}`
	for text, want := range map[string]string{
		"entry.resource.subject.resolve().id":   "1",
		"entry.resource.performer.resolve().id": "2",
		"'atient/1'.resolve()":                  "",
	} {
		if got := evaluated(t, nil, bundle, text); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"name[1]":               `valueHumanName {"text":"W\u738b"}`,
		"contained":             `resource {"resourceType":"Organization","id":"org","name":"Org"}`,
		"birthDate":             `valueDate "1974-12-25"`,
		"gender":                `valueCode null`,
		"1.50":                  `valueDecimal 1.50`,
		"1":                     `valueInteger 1`,
		"'a\"b'":                `valueString "a\"b"`,
		"true":                  `valueBoolean true`,
		"@2026-11-22T08:30Z":    `valueString "2026-11-22T08:30Z"`,
		"@2026-11-22T08:30:00Z": `valueDateTime "2026-11-22T08:30:00Z"`,
		"@T08:30":               `valueTime "08:30:00"`,
		"1 'mg'":                `valueQuantity {"value":1,"system":"http://unitsofmeasure.org","code":"mg"}`,
		"2 days":                `valueQuantity {"value":2,"unit":"day","system":"http://unitsofmeasure.org","code":"d"}`,
		"type()":                `valueString "FHIR.Patient"`,
	} {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		c, err := e.Evaluate(nil, Of(parsed(t, smallPatient)))
		if err != nil || len(c) != 1 {
			t.Fatalf("%s: %d items, %v", text, len(c), err)
		}
		if got := c[0].ValueName() + " " + string(c[0].AppendJSON(nil)); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
