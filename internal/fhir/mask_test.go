package fhir

import (
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

const (
	labelM  = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"MASKED"}`
	labelR  = `{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"REDACTED"}`
	labelMR = labelM + "," + labelR
)

// maskOf reads a mask written "Type -hidden,hidden +masked,masked".
func maskOf(t testing.TB, text string) Mask {
	t.Helper()
	m, err := readMask(text)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func readMask(text string) (Mask, error) {
	var hide, mask []string
	words := strings.Fields(text)
	for _, w := range words[1:] {
		if list, is := strings.CutPrefix(w, "-"); is {
			hide = append(hide, strings.Split(list, ",")...)
			continue
		}
		mask = append(mask, strings.Split(w[1:], ",")...)
	}
	of, _ := schema.TypeOf(words[0])
	return NewMask(of, hide, mask)
}

func masksOf(t testing.TB, text string) Masks {
	t.Helper()
	all := Masks{}
	for one := range strings.SplitSeq(text, ";") {
		if m := maskOf(t, one); !m.None() {
			all[m.of] = m
		}
	}
	return all
}

func TestNewMask(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"Patient": "", "Patient -name,telecom,photo,contact,text,contained,extension +identifier,address,birthDate": "",
		"Patient +contact.name,contact.telecom,contact.address,managingOrganization,deceasedDateTime,link.other": "",
		"Patient -contact.name +name.family,identifier.value,contact.organization.display":                       "",
		"Patient -name +name,name.family": "", "Patient -name,name.family": "", "Patient -name.family,name": "",
		"Observation -value[x],note,component.value +subject": "", "Observation -value +valueString,note.text": "", "Observation -valueQuantity.value": "",
		"Questionnaire -item.prefix +item.text": "", "Observation -extension.value": "", "Annotation -text": "one resource type",
		"Patient -nam": `no element "nam"`, "Patient +name.firstname": `no element "name.firstname"`, "Patient -name..family": "no element",
		"Patient -birthDate.id": "no element", "Patient -name[x]": "no element", "Patient -_name": "no element", "Patient -[x]": "no element",
		"Patient -contained.name": "no element", "Observation -value.nothing": "no element", "Patient -name,name.nothing": "no element",
		"Patient -deceased": "must be there", "Patient -link": "must be there", "Patient -link.other": "must be there", "Patient -id": "must be there",
		"Patient -meta": "must be there", "Patient -implicitRules": "must be there", "Patient -modifierExtension": "must be there",
		"Patient -name.use": "must be there", "Observation -code": "must be there", "Patient -extension.url": "must be there",
		"Patient +photo": "no rule for the type Attachment", "Patient +gender": "no rule", "Patient +contact": "no rule", "Patient +text": "no rule",
		"Observation +value": "no rule for the type Quantity", "Patient +deceased[x]": "no rule for the type boolean", "Patient +contained": "no rule for the type Resource",
		"Patient -name.family +name": "as a whole or in parts", "Patient +name,name.family": "as a whole or in parts", "Patient +name.family,name": "as a whole or in parts",
		"Patient -managingOrganization.display +managingOrganization": "as a whole or in parts",
		"Questionnaire -item.item.text":                               "twice", "QuestionnaireResponse -item.answer.item.text": "twice", "Observation -extension.extension.value": "twice",
	} {
		m, err := readMask(text)
		switch {
		case says == "" && err != nil:
			t.Errorf("%s: %v", text, err)
		case says == "" && m.None() != (text == "Patient"):
			t.Errorf("%s: none is %t", text, m.None())
		case says != "" && (fault.CodeOf(err) != fault.Malformed || !strings.Contains(err.Error(), says) || !m.None()):
			t.Errorf("%s: %v, want %s", text, err, says)
		}
	}
}

// TestNewMaskOfAll: what is hidden or masked of any type is known or refused, and its mask is made in the end.
func TestNewMaskOfAll(t *testing.T) {
	t.Parallel()
	for _, of := range schema.Types() {
		for _, el := range of.Shape().Elements {
			if m, err := NewMask(of, []string{el.Name}, nil); (err == nil) == (el.Required || el.Modifier || el.Name == "id" || el.Name == "meta") || (err == nil) == m.None() {
				t.Errorf("hiding %s.%s: %v", of, el.Name, err)
			}
			if m, err := NewMask(of, nil, []string{el.Name}); (err == nil) == (maskings[el.Type] == nil && el.Kind != schema.Reference) || (err == nil) == m.None() {
				t.Errorf("masking %s.%s: %v", of, el.Name, err)
			}
		}
	}
}

// TestMaskKinds: every kind of data as it is masked, in a Patient.
func TestMaskKinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ mask, members, want string }{
		{"+name", `"name":[{"use":"official","text":"张三丰","family":"张","given":["三丰"],"prefix":["Dr"],"period":{"start":"2000"},"extension":[{"url":"pinyin","valueString":"Zhang Sanfeng"}],"_family":{"id":"x"}}]`,
			`"name":[{"use":"official","text":"张**","family":"张","given":["**"]}]`},
		{"+name", `"name":[{"family":"欧阳","given":["娜娜"]},{"text":"\ud842\udfb7田"},{"family":"O'Neil","given":["Ann","Lee"]}],"_name":[null]`,
			`"name":[{"family":"欧","given":["**"]},{"text":"𠮷**"},{"family":"O**","given":["**"]}]`},
		{"+name", `"name":{"text":"张三"}`, `"name":{"text":"张**"}`},
		{"+name", `"name":"张三"`, ""},
		{"+name", `"name":null`, ""},
		{"+name", `"name":[null,"张三",{"text":["张三"],"given":"三","use":"张三"},[{"text":"李四"}],{"prefix":["Dr"]}]`, `"name":[{"given":["**"]},{"text":"李**"}]`},
		{"+identifier", `"identifier":[{"use":"official","type":{"text":"ID"},"system":"urn:oid:1","value":"11010519491231002X","assigner":{"display":"Chaoyang"},"period":{}}]`,
			`"identifier":[{"use":"official","type":{"text":"ID"},"system":"urn:oid:1","value":"110105********002X"}]`},
		{"+identifier", `"identifier":[{"value":110105194912310021},{"value":"E12345678","type":{"text":"No. E12345678"},"system":"urn:E12345678"},{"_value":{"extension":[{"url":"u","valueString":"E1"}]}}]`,
			`"identifier":[{"value":"******678"}]`},
		{"+telecom", `"telecom":[{"system":"phone","value":"13800138000","use":"mobile","rank":1},{"system":"email","value":"san@example.cn"},{"system":"url","value":"http://zhangsan.cn"},{"value":"13800138000"},{"system":"phone"},{"system":"fax","value":"62345678"},{"system":"email","value":"none"}]`,
			`"telecom":[{"system":"phone","value":"138****8000","use":"mobile"},{"system":"email","value":"s***@example.cn"},{"system":"fax","value":"****5678"}]`},
		{"+address", `"address":[{"use":"home","type":"both","text":"文一路1号","line":["文一路1号"],"city":"杭州市","district":"西湖区","state":"浙江省","postalCode":"310000","country":"CN","period":{"start":"2000"}}]`,
			`"address":[{"use":"home","type":"both","city":"杭州市","district":"西湖区","state":"浙江省","country":"CN"}]`},
		{"+address", `"address":[{"line":["文一路1号"]},{"city":["文一路1号"]}]`, ""},
		{"+birthDate", `"birthDate":"1956-12-31","_birthDate":{"extension":[{"url":"birthTime","valueDateTime":"1956-12-31T08:00:00Z"}]}`, `"birthDate":"1956"`},
		{"+birthDate", `"birthDate":"31.12.1956"`, ""},
		{"+birthDate", `"birthDate":["1956-12-31"]`, `"birthDate":["1956"]`},
		{"+deceasedDateTime", `"deceasedDateTime":"2020-01-02T03:04:05Z"`, `"deceasedDateTime":"2020"`},
		{"+managingOrganization", `"managingOrganization":{"id":"m","reference":"Organization/1","type":"Organization","display":"杭州","identifier":{"value":"12345"},"extension":[{"url":"u"}]}`,
			`"managingOrganization":{"id":"m","reference":"Organization/1","type":"Organization","display":"杭**","identifier":{"value":"****5"}}`},
		{"+managingOrganization", `"managingOrganization":{"reference":"Organization?name=x"}`, ""},
		{"+managingOrganization", `"managingOrganization":"Hangzhou"`, ""},
		{"+contact.name,contact.telecom", `"contact":[{"gender":"male","name":{"text":"李四"},"telecom":[{"system":"phone","value":"13800138000"}]},"李四",[{"nick":"李四","gender":"female"}]]`,
			`"contact":[{"gender":"male","name":{"text":"李**"},"telecom":[{"system":"phone","value":"138****8000"}]},[{"gender":"female"}]]`},
		{"-contact.name", `"contact":[{"name":{"text":"李四"}},{ "name":{"text":"李四"} , "gender":"male"}]`, `"contact":[{ "gender":"male"}]`},
		{"-contact.name", `"contact":[{"name":{"text":"李四"}}]`, ""},
		{"-birthDate", `"_birthDate":{"id":"x"},"birthDate":"1956","birthdate":"1956"`, ""},
		{"-extension.value", `"extension":[{"url":"u","valueString":"x","extension":[{"url":"v","valueCode":"y"}]}]`, `"extension":[{"url":"u","extension":[{"url":"v"}]}]`},
		{"+name.family,identifier.value", `"name":[{"family":"欧阳","given":["娜"]}],"identifier":[{"system":"s","value":"12"}]`,
			`"name":[{"family":"欧**","given":["娜"]}],"identifier":[{"system":"s","value":"1**"}]`},
	} {
		doc := func(members string) string {
			if members != "" {
				members += ","
			}
			return `{"resourceType":"Patient",` + members + `"id":"a"}`
		}
		got, err := maskOf(t, "Patient "+c.mask).Of([]byte(doc(c.members)))
		if err != nil {
			t.Errorf("%s of %s: %v", c.mask, c.members, err)
			continue
		}
		before, _, labelled := strings.Cut(string(got), `,"meta":{"security":[`)
		if want := doc(c.want); !labelled || before+"}" != want {
			t.Errorf("%s of %s\ngot  %s\nwant %s", c.mask, c.members, got, want)
		}
	}
}

// TestMaskWholes: resources in resources, references, narratives and labels.
func TestMaskWholes(t *testing.T) {
	t.Parallel()
	const meta = `"meta":{"versionId":"1"}`
	masked, redacted, both := `"meta":{"versionId":"1","security":[`+labelM+`]}`, `"meta":{"versionId":"1","security":[`+labelR+`]}`, `"meta":{"versionId":"1","security":[`+labelMR+`]}`
	observation := func(meta, rest string) string { return `{"resourceType":"Observation",` + meta + `,` + rest + `}` }
	subject := func(members string) string { return `"subject":{` + members + `}` }
	for _, c := range []struct{ name, masks, text, want string }{
		{"nothing", "Patient", `{"resourceType":"Patient","name":1`, `{"resourceType":"Patient","name":1`},
		{"another type", "Practitioner +name", `{"resourceType":"Patient",` + meta + `,"text":{"div":"x"},"name":[{"text":"张三"}]}`, `{"resourceType":"Patient",` + meta + `,"text":{"div":"x"},"name":[{"text":"张三"}]}`},
		{"bytes", "Patient -telecom +birthDate", "\n{ \"resourceType\" : \"Patient\", " + meta + " ,\"text\":{\"div\":\"x\"}, \"telecom\":[ ] , \"birthDate\" : \"1956-12-31\",\n\"gender\":\"male\"}\n",
			"{ \"resourceType\" : \"Patient\", " + both + " ,\"birthDate\" : \"1956\",\n\"gender\":\"male\"}"},
		{"nothing found", "Patient -telecom", `{"resourceType":"Patient",` + meta + `,"name":[]}`, `{"resourceType":"Patient",` + meta + `,"name":[]}`},
		{"labels in a list", "Patient -telecom +name", `{"resourceType":"Patient","meta":{"security":[{"code":"R"}]},"telecom":[],"name":[{"text":"张三"}]}`, `{"resourceType":"Patient","meta":{"security":[{"code":"R"},` + labelMR + `]},"name":[{"text":"张**"}]}`},
		{"a label alone", "Patient -telecom", `{"resourceType":"Patient","meta":{"security":{"code":"R"}},"telecom":[]}`, `{"resourceType":"Patient","meta":{"security":[{"code":"R"},` + labelR + `]}}`},
		{"no label", "Patient -telecom", `{"resourceType":"Patient","meta":{"security":null},"telecom":[]}`, `{"resourceType":"Patient","meta":{"security":[` + labelR + `]}}`},
		{"there already", "Patient -telecom", `{"resourceType":"Patient","meta":{"security":[` + labelMR + `]},"telecom":[]}`, `{"resourceType":"Patient","meta":{"security":[` + labelMR + `]}}`},
		{"contained", "Patient +name", observation(meta, `"text":{"div":"张三"},"contained":[{"resourceType":"Patient","id":"p","text":{"div":"张三"},"name":[{"text":"张三"}]},null],`+subject(`"reference":"#p","display":"张三"`)),
			observation(both, `"contained":[{"resourceType":"Patient","id":"p","name":[{"text":"张**"}]},null],`+subject(`"reference":"#p","display":"张**"`))},
		{"contained in one of another type", "Observation -note", `{"resourceType":"Patient",` + meta + `,"contained":[{"resourceType":"Observation","note":[]}],"text":{}}`, `{"resourceType":"Patient",` + redacted + `,"contained":[{"resourceType":"Observation"}]}`},
		{"contained without a type", "Patient +name", observation(meta, `"contained":[{"name":[{"text":"张三"}]},{"resourceType":"patient"},"张三",{"resourceType":"Basic"}]`), observation(redacted, `"contained":[{"resourceType":"Basic"}]`)},
		{"bundled", "Patient +name", `{"resourceType":"Bundle",` + meta + `,"link":[{"relation":"self","url":"http://a/Patient?name=张三"},{"url":"Patient/1"}],"entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","name":[{"text":"张三"}]},"request":{"method":"PUT","url":"Patient?name=张三","ifNoneExist":"name=张三"}},{"resource":` + observation(meta, `"text":{"div":"x"}`) + `}]}`,
			`{"resourceType":"Bundle",` + both + `,"link":[{"relation":"self","url":"http://a/Patient"},{"url":"Patient/1"}],"entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","name":[{"text":"张**"}],"meta":{"security":[` + labelM + `]}},"request":{"method":"PUT","url":"Patient"}},{"resource":` + observation(meta, `"text":{"div":"x"}`) + `}]}`},
		{"bundled with a meta that is none", "Patient +birthDate", `{"resourceType":"Parameters","parameter":[{"resource":{"resourceType":"Patient","meta":"x","birthDate":"1956-01-01"}},{"resource":"x"}]}`,
			`{"resourceType":"Parameters","parameter":[{"resource":{"resourceType":"Patient","meta":{"security":[` + labelM + `]},"birthDate":"1956"}}],"meta":{"security":[` + labelMR + `]}}`},
		{"display", "Patient +name", observation(meta, `"text":{"div":"张三"},`+subject(`"reference":"Patient/1","display":"张三","_display":{"id":"x"},"Display":"张三"`)), observation(both, subject(`"reference":"Patient/1","display":"张**"`))},
		{"display hidden", "Patient -name", observation(meta, subject(`"reference":"Patient/1/_history/2","display":"张三"`)), observation(redacted, subject(`"reference":"Patient/1/_history/2"`))},
		{"nothing but a display", "Patient -name", observation(meta, subject(`"display":"张三"`)), observation(redacted, "")},
		{"part of the name", "Patient -name.given", observation(meta, subject(`"reference":"http://a/fhir/Patient/1","display":"张三"`)), observation(redacted, subject(`"reference":"http://a/fhir/Patient/1"`))},
		{"narrative of one with a reference", "Patient +name", observation(meta, `"text":{"div":"张三"},`+subject(`"reference":"Patient/1"`)), observation(redacted, subject(`"reference":"Patient/1"`))},
		{"other types", "Patient +name", observation(meta, subject(`"reference":"Group/1","display":"张三"`)), observation(meta, subject(`"reference":"Group/1","display":"张三"`))},
		{"unknown place", "Patient +name", observation(meta, subject(`"reference":"urn:uuid:1","display":"张三"`)), observation(masked, subject(`"reference":"urn:uuid:1","display":"张**"`))},
		{"unknown place, said type", "Patient +name", observation(meta, subject(`"reference":"urn:uuid:1","type":"Group","display":"张三"`)), observation(meta, subject(`"reference":"urn:uuid:1","type":"Group","display":"张三"`))},
		{"two types", "Patient +name", observation(meta, subject(`"reference":"Group/1","type":"http://hl7.org/fhir/StructureDefinition/Patient","display":"张三"`)), observation(masked, subject(`"reference":"Group/1","type":"http://hl7.org/fhir/StructureDefinition/Patient","display":"张**"`))},
		{"another element's place", "Patient +name", observation(meta, `"device":{"display":"张三"}`), observation(meta, `"device":{"display":"张三"}`)},
		{"a reference of any type", "Patient +name", observation(meta, `"focus":[{"display":"张三"},"张三"],"extension":[{"url":"u","valueReference":{"display":"李四"}}]`), observation(both, `"focus":[{"display":"张**"}],"extension":[{"url":"u","valueReference":{"display":"李**"}}]`)},
		{"beside a primitive", "Patient -name", observation(meta, `"_issued":{"extension":[{"url":"u","valueReference":{"reference":"Patient/1","display":"李四"}}]}`), observation(redacted, `"_issued":{"extension":[{"url":"u","valueReference":{"reference":"Patient/1"}}]}`)},
		{"beside primitives, all of one", "Patient -name", `{"resourceType":"Questionnaire",` + meta + `,"subjectType":["Patient","x"],"_subjectType":[[{"extension":[{"valueReference":{"display":"李四"}}]}],null]}`,
			`{"resourceType":"Questionnaire",` + redacted + `,"subjectType":["Patient","x"],"_subjectType":[[null],null]}`},
		{"identifier", "Patient +identifier", observation(meta, subject(`"identifier":{"value":"11010519491231002X"},"display":"张三"`)), observation(masked, subject(`"identifier":{"value":"110105********002X"},"display":"张三"`))},
		{"identifier hidden", "Patient -identifier", observation(meta, subject(`"identifier":{"value":"11010519491231002X"},"display":"张三 11010519491231002X"`)), observation(redacted, "")},
		{"search", "Patient -telecom", observation(meta, subject(`"reference":"Patient?phone=13800138000","display":"张三"`)), observation(redacted, subject(`"display":"张三"`))},
		{"telecom alone", "Patient -telecom", observation(meta, subject(`"reference":"Patient/1","display":"张三"`)+`,"text":{"div":"张三"}`), observation(meta, subject(`"reference":"Patient/1","display":"张三"`)+`,"text":{"div":"张三"}`)},
		{"role", "Practitioner +name", observation(meta, `"performer":[{"reference":"PractitionerRole/1","display":"张三"}]`), observation(masked, `"performer":[{"reference":"PractitionerRole/1","display":"张**"}]`)},
		{"a type without names", "Condition -note", `{"resourceType":"Encounter",` + meta + `,"diagnosis":[{"condition":{"reference":"Condition/1","display":"HIV"}}]}`, `{"resourceType":"Encounter",` + redacted + `,"diagnosis":[{"condition":{"reference":"Condition/1"}}]}`},
		{"both masks", "Observation +subject;Patient -name", observation(meta, subject(`"reference":"Patient/1","display":"张三"`)), observation(redacted, subject(`"reference":"Patient/1"`))},
		{"own mask", "Observation +subject;Patient +name", observation(meta, subject(`"reference":"Patient/1","display":"张三","extension":[]`)), observation(both, subject(`"reference":"Patient/1","display":"张**"`))},
		{"parts of its own, whole of the type", "Observation -subject.identifier.value;Patient +identifier", observation(meta, subject(`"reference":"Patient/1","identifier":{"system":"s","value":"E12345678"}`)), observation(redacted, subject(`"reference":"Patient/1"`))},
		{"all depths", "QuestionnaireResponse -item.answer.valueString +item.text", `{"resourceType":"QuestionnaireResponse",` + meta + `,"item":[{"text":"Name","answer":[{"valueString":"张三","item":[{"linkId":"1","text":"Why"}]}],"item":[{"linkId":"2","text":"Age","answer":[{"valueString":"x"}]}]}]}`,
			`{"resourceType":"QuestionnaireResponse",` + both + `,"item":[{"text":"N**","answer":[{"item":[{"linkId":"1","text":"W**"}]}],"item":[{"linkId":"2","text":"A**"}]}]}`},
		{"narratives of sections", "Patient +name", `{"resourceType":"Composition",` + meta + `,"section":[{"title":"S","text":{"div":"张三"}}],"subject":{"reference":"Patient/1"}}`, `{"resourceType":"Composition",` + redacted + `,"section":[{"title":"S"}],"subject":{"reference":"Patient/1"}}`},
		{"choice", "Observation -value[x]", observation(meta, `"valueQuantity":{"value":1},"valueString":"x"`), observation(redacted, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			want := strings.ReplaceAll(c.want, ",}", "}")
			m := masksOf(t, c.masks)
			got, err := m.Of([]byte(c.text))
			if err != nil || string(got) != want {
				t.Fatalf("got  %s, %v\nwant %s", got, err, want)
			}
			if again, err := m.Of(got); err != nil || string(again) != want {
				t.Errorf("masked again: %s, %v", again, err)
			}
		})
	}
}

// TestMaskRefuses: what is no resource, and a mask under the wrong type.
func TestMaskRefuses(t *testing.T) {
	t.Parallel()
	m := maskOf(t, "Patient -name")
	for _, text := range []string{"", "{}", `{"resourceType":"Human"}`, `{"resourceType":"Patient"`, "[]", `{"resourceType":"Patient","meta":1}`} {
		if out, err := m.Of([]byte(text)); fault.CodeOf(err) != fault.Malformed || out != nil {
			t.Errorf("%s becomes %s, %v", text, out, err)
		}
	}
	observation, _ := schema.TypeOf("Observation")
	if out, err := (Masks{observation: m}).Of([]byte(`{"resourceType":"Patient"}`)); fault.CodeOf(err) != fault.Internal || out != nil {
		t.Errorf("a mask under another type: %s, %v", out, err)
	}
	if !(Masks{observation: {}}).None() || (Masks{m.of: m}).None() || !(Masks)(nil).None() {
		t.Error("None")
	}
}

func BenchmarkMask(b *testing.B) {
	for _, c := range []struct{ name, masks string }{
		{"hide", "Patient -telecom,address,contact"}, {"mask", "Patient +name,identifier,telecom,address,birthDate,contact.name,contact.telecom"},
	} {
		m, text := masksOf(b, c.masks), []byte(wholePatient)
		b.Run(fmt.Sprintf("%s-%dB", c.name, len(text)), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if _, err := m.Of(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const wholePatient = `{"resourceType":"Patient","id":"0190c5d2-8e2a-7c3b-9d4e-5f6071829304","meta":{"versionId":"3","lastUpdated":"2026-11-21T00:30:00.123456Z","profile":["http://yitong.example/StructureDefinition/resident"]},` +
	`"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">张三丰 男 1956-12-31</div>"},` +
	`"extension":[{"url":"http://yitong.example/StructureDefinition/ethnicity","valueCodeableConcept":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.3.3","code":"01","display":"汉族"}]}}],` +
	`"identifier":[{"use":"official","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"NI"}]},"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"},{"use":"usual","system":"urn:oid:2.16.156.10011.1.19","value":"A12345678901"}],` +
	`"active":true,"name":[{"use":"official","text":"张三丰","family":"张","given":["三丰"],"extension":[{"url":"http://yitong.example/StructureDefinition/pinyin","valueString":"Zhang Sanfeng"}]}],` +
	`"telecom":[{"system":"phone","value":"13800138000","use":"mobile","rank":1},{"system":"email","value":"zhang.sanfeng@example.cn"}],"gender":"male","birthDate":"1956-12-31","deceasedBoolean":false,` +
	`"address":[{"use":"home","type":"both","text":"浙江省杭州市西湖区文一路1号","line":["文一路1号"],"city":"杭州市","district":"西湖区","state":"浙江省","postalCode":"310000","country":"CN"}],` +
	`"maritalStatus":{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.3.5","code":"20","display":"已婚"}]},` +
	`"contact":[{"relationship":[{"coding":[{"system":"urn:oid:2.16.156.10011.2.3.3.8","code":"10","display":"配偶"}]}],"name":{"text":"李四"},"telecom":[{"system":"phone","value":"13900139000"}]}],` +
	`"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"zh-CN"}]},"preferred":true}],` +
	`"generalPractitioner":[{"reference":"Practitioner/0190c5d2-8e2a-7c3b-9d4e-5f6071829305","display":"王五"}],"managingOrganization":{"reference":"Organization/0190c5d2-8e2a-7c3b-9d4e-5f6071829306","display":"杭州市第一人民医院"}}`
