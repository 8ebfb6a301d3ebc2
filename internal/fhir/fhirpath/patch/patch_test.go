package patch_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath/patch"
)

// Operations as they are sent. A value is the members of its part.

func add(path, name, value string) string {
	return operation("add", text("path", path), text("name", name), valued(value))
}

func insert(path string, index int, value string) string {
	return operation("insert", text("path", path), number("index", index), valued(value))
}

func remove(path string) string { return operation("delete", text("path", path)) }

func replace(path, value string) string {
	return operation("replace", text("path", path), valued(value))
}

func move(path string, source, destination int) string {
	return operation("move", text("path", path), number("source", source), number("destination", destination))
}

func operation(kind string, parts ...string) string {
	return fmt.Sprintf(`{"name":"operation","part":[{"name":"type","valueCode":%q},%s]}`, kind, strings.Join(parts, ","))
}

func text(name, value string) string {
	return fmt.Sprintf(`{"name":%q,"valueString":%s}`, name, fhir.Quote(value))
}

func number(name string, value int) string {
	return fmt.Sprintf(`{"name":%q,"valueInteger":%d}`, name, value)
}

func valued(value string) string { return `{"name":"value",` + value + `}` }

// parts are a value in parts; each is the name and the members of its part.
func parts(all ...string) string {
	var list []string
	for i := 0; i < len(all); i += 2 {
		list = append(list, fmt.Sprintf(`{"name":%q,%s}`, all[i], all[i+1]))
	}
	return `"part":[` + strings.Join(list, ",") + "]"
}

func parameters(operations ...string) string {
	return `{"resourceType":"Parameters","parameter":[` + strings.Join(operations, ",") + `]}`
}

func read(t interface{ Fatal(...any) }, src string) (patch.Patch, error) {
	tree, err := fhir.Parse([]byte(src))
	if err != nil {
		t.Fatal(err, src)
	}
	return patch.Read(tree.Root())
}

// must applies operations that fit.
func must(t interface{ Fatal(...any) }, before string, operations ...string) string {
	p, err := read(t, parameters(operations...))
	if err != nil {
		t.Fatal(err)
	}
	after, err := p.Apply([]byte(before))
	if err != nil {
		t.Fatal(err, before)
	}
	return string(after)
}

// patient puts members into a Patient, with white space as an author might.
func patient(members string) string {
	if members != "" {
		members = ", " + members
	}
	return "{ \"resourceType\": \"Patient\"" + members + "\n}"
}

func observation(members string) string {
	return `{"resourceType":"Observation","status":"final",` + members + `}`
}

// TestApply holds what each operation does with each shape of data.
func TestApply(t *testing.T) {
	t.Parallel()
	const given = `"valueString":"Mei"`
	for _, c := range []struct{ name, before, operation, after string }{
		// The examples of the page.
		{"a birth date", patient(``), add("Patient", "birthDate", `"valueDate":"1930-01-01"`), "{ \"resourceType\": \"Patient\",\"birthDate\":\"1930-01-01\"\n}"},
		{"a group without a type of its own", patient(`"active":true`), add("Patient", "contact", parts("name", `"valueHumanName":{"text":"Li Na"}`)),
			patient(`"active":true,"contact":[{"name":{"text":"Li Na"}}]`)},

		{"add to a list", patient(`"name":[{"text":"a"} ]`), add("Patient", "name", `"valueHumanName":{"text": "b"}`), patient(`"name":[{"text":"a"},{"text": "b"} ]`)},
		{"add inside", patient(`"name":[{"text":"a"},{"text":"b"}]`), add("Patient.name[1]", "family", `"valueString":"x"`), patient(`"name":[{"text":"a"},{"text":"b","family":"x"}]`)},
		{"add where a condition holds", patient(`"name":[{"use":"old"},{"use":"usual"}]`), add("Patient.name.where(use='usual')", "text", `"valueString":"x"`),
			patient(`"name":[{"use":"old"},{"use":"usual","text":"x"}]`)},
		{"add by a path without the type", patient(`"name":[{"use":"old"}]`), add("name.first()", "text", `"valueString":"x"`), patient(`"name":[{"use":"old","text":"x"}]`)},
		{"add a choice", observation(`"code":{}`), add("Observation", "value", `"valueQuantity":{"value":1.50}`), observation(`"code":{},"valueQuantity":{"value":1.50}`)},
		{"add a primitive and what is beside it", patient(``), add("Patient", "birthDate", `"valueDate":"1990","_valueDate":{"id":"d"}`),
			"{ \"resourceType\": \"Patient\",\"birthDate\":\"1990\",\"_birthDate\":{\"id\":\"d\"}\n}"},
		{"add only what is beside a primitive", patient(`"active":true`), add("Patient", "birthDate", `"_valueDate":{"id":"d"}`), patient(`"active":true,"_birthDate":{"id":"d"}`)},
		{"add to a primitive", patient(`"birthDate":"1990"`), add("Patient.birthDate", "extension", parts("url", `"valueUri":"u"`, "value", `"valueCode":"c"`)),
			patient(`"birthDate":"1990","_birthDate":{"extension":[{"url":"u","valueCode":"c"}]}`)},
		{"add to what is beside a primitive", patient(`"_birthDate":{"id":"d"}`), add("Patient.birthDate", "extension", parts("url", `"valueUri":"u"`)),
			patient(`"_birthDate":{"id":"d","extension":[{"url":"u"}]}`)},
		{"add to a primitive of a list", patient(`"name":[{"given":["a","b"]}]`), add("Patient.name.given[1]", "id", `"valueString":"i"`),
			patient(`"name":[{"given":["a","b"],"_given":[null,{"id":"i"}]}]`)},
		{"add to a list of primitives", patient(`"name":[{"given":["a"]}]`), add("Patient.name[0]", "given", given), patient(`"name":[{"given":["a","Mei"]}]`)},
		{"add to a list with something beside", patient(`"name":[{"given":["a"],"_given":[{"id":"i"}]}]`), add("Patient.name", "given", given),
			patient(`"name":[{"given":["a","Mei"],"_given":[{"id":"i"},null]}]`)},
		{"add with something beside to a list", patient(`"name":[{"given":["a"]}]`), add("Patient.name", "given", given+`,"_valueString":{"id":"i"}`),
			patient(`"name":[{"given":["a","Mei"],"_given":[null,{"id":"i"}]}]`)},
		{"add to a list of gaps", patient(`"name":[{"_given":[{"id":"i"}]}]`), add("Patient.name", "given", given),
			patient(`"name":[{"_given":[{"id":"i"},null],"given":[null,"Mei"]}]`)},
		{"add a contained resource", patient(``), add("Patient", "contained", `"resource":{"resourceType":"Organization","id":"o"}`),
			"{ \"resourceType\": \"Patient\",\"contained\":[{\"resourceType\":\"Organization\",\"id\":\"o\"}]\n}"},
		{"add inside a contained resource", patient(`"contained":[{"resourceType":"Organization","id":"o"}]`), add("Patient.contained[0]", "name", `"valueString":"x"`),
			patient(`"contained":[{"resourceType":"Organization","id":"o","name":"x"}]`)},
		{"add through a contained reference", patient(`"contained":[{"resourceType":"Organization","id":"o"}],"managingOrganization":{"reference":"#o"}`),
			add("Patient.managingOrganization.resolve()", "name", `"valueString":"x"`),
			patient(`"contained":[{"resourceType":"Organization","id":"o","name":"x"}],"managingOrganization":{"reference":"#o"}`)},
		{"add a narrative", patient(`"active":true`), add("Patient", "text", parts("status", `"valueCode":"empty"`, "div", `"valueString":"<div/>"`)),
			patient(`"active":true,"text":{"status":"empty","div":"<div/>"}`)},
		{"add lists in parts", patient(`"active":true`), add("Patient", "name", parts("given", given, "family", `"valueString":"Li"`, "given", `"_valueString":{"id":"i"}`)),
			patient(`"active":true,"name":[{"given":["Mei",null],"_given":[null,{"id":"i"}],"family":"Li"}]`)},
		{"add parts of parts", `{"resourceType":"ServiceRequest"}`, add("ServiceRequest", "occurrence", `"valueTiming":{"repeat":{"count":1}}`),
			`{"resourceType":"ServiceRequest","occurrenceTiming":{"repeat":{"count":1}}}`},
		{"add a repeat in parts", `{"resourceType":"ServiceRequest","occurrenceTiming":{"event":["2026"]}}`,
			add("ServiceRequest.occurrence", "repeat", parts("bounds", `"valueDuration":{"value":1}`, "when", `"valueCode":"AC"`)),
			`{"resourceType":"ServiceRequest","occurrenceTiming":{"event":["2026"],"repeat":{"boundsDuration":{"value":1},"when":["AC"]}}}`},
		{"add a Quantity of a simple kind", `{"resourceType":"Observation","referenceRange":[{"text":"x"}]}`, add("Observation.referenceRange[0]", "low", `"valueQuantity":{"value":1}`),
			`{"resourceType":"Observation","referenceRange":[{"text":"x","low":{"value":1}}]}`},
		{"add in a repeated group", `{"resourceType":"Questionnaire","item":[{"linkId":"1"}]}`, add("Questionnaire.item", "item", parts("linkId", `"valueString":"1.1"`, "item", parts("linkId", `"valueString":"1.1.1"`))),
			`{"resourceType":"Questionnaire","item":[{"linkId":"1","item":[{"linkId":"1.1","item":[{"linkId":"1.1.1"}]}]}]}`},

		{"insert first", patient(`"name":[ {"text":"a"}]`), insert("Patient.name", 0, `"valueHumanName":{"text":"b"}`), patient(`"name":[{"text":"b"}, {"text":"a"}]`)},
		{"insert between", patient(`"name":[{"text":"a"} , {"text":"c"}]`), insert("Patient.name", 1, `"valueHumanName":{"text":"b"}`), patient(`"name":[{"text":"a"},{"text":"b"} , {"text":"c"}]`)},
		{"insert last", patient(`"name":[{"text":"a"}]`), insert("Patient.name", 1, `"valueHumanName":{"text":"b"}`), patient(`"name":[{"text":"a"},{"text":"b"}]`)},
		{"insert a group", patient(`"contact":[{"gender":"male"}]`), insert("Patient.contact", 0, parts("gender", `"valueCode":"female"`)), patient(`"contact":[{"gender":"female"},{"gender":"male"}]`)},
		{"insert a primitive", patient(`"name":[{"given":["a","b"],"_given":[null,{"id":"i"}]}]`), insert("Patient.name.given", 1, given),
			patient(`"name":[{"given":["a","Mei","b"],"_given":[null,null,{"id":"i"}]}]`)},
		{"insert with something beside", patient(`"name":[{"given":["a","b"]}]`), insert("Patient.name.given", 1, given+`,"_valueString":{"id":"i"}`),
			patient(`"name":[{"given":["a","Mei","b"],"_given":[null,{"id":"i"},null]}]`)},
		{"insert before a gap", patient(`"name":[{"_given":[{"id":"i"}]}]`), insert("Patient.name.given", 0, given), patient(`"name":[{"_given":[null,{"id":"i"}],"given":["Mei",null]}]`)},
		{"insert fills up a short array", patient(`"name":[{"given":["a","b"],"_given":[{"id":"i"}]}]`), insert("Patient.name.given", 2, given),
			patient(`"name":[{"given":["a","b","Mei"],"_given":[{"id":"i"},null,null]}]`)},

		{"delete", patient(`"active" : true, "birthDate":"1990"`), remove("Patient.active"), patient(`"birthDate":"1990"`)},
		{"delete the last member", patient(`"active":true , "birthDate":"1990"`), remove("Patient.birthDate"), patient(`"active":true`)},
		{"delete nothing", patient(`"active":true`), remove("Patient.birthDate"), patient(`"active":true`)},
		{"delete in nothing", patient(`"active":true`), remove("Patient.name[3].given"), patient(`"active":true`)},
		{"delete what is beside too", patient(`"_birthDate":{"id":"d"},"active":true,"birthDate":"1990"`), remove("Patient.birthDate"), "{ \"resourceType\": \"Patient\",\"active\":true\n}"},
		{"delete a primitive without a value", patient(`"_birthDate":{"id":"d"},"active":true`), remove("Patient.birthDate"), "{ \"resourceType\": \"Patient\",\"active\":true\n}"},
		{"delete a choice", observation(`"valueString":"x","_valueString":{"id":"i"},"code":{}`), remove("Observation.value"), observation(`"code":{}`)},
		{"delete the first item", patient(`"name":[ {"text":"a"} , {"text":"b"}]`), remove("Patient.name[0]"), patient(`"name":[ {"text":"b"}]`)},
		{"delete the last item", patient(`"name":[{"text":"a"} , {"text":"b"} ]`), remove("Patient.name[1]"), patient(`"name":[{"text":"a"} ]`)},
		{"delete the only item", patient(`"name":[{"text":"a"}],"active":true`), remove("Patient.name"), "{ \"resourceType\": \"Patient\",\"active\":true\n}"},
		{"delete what leaves nothing", patient(`"active":true,"contact":[{"name":{"text":"a"}}]`), remove("Patient.contact.name.text"), patient(`"active":true`)},
		{"delete what leaves a group", patient(`"contact":[{"name":{"text":"a"},"gender":"male"}]`), remove("Patient.contact[0].name.text"), patient(`"contact":[{"gender":"male"}]`)},
		{"delete what leaves other items", patient(`"name":[{"text":"a"},{"text":"b"}]`), remove("Patient.name[0].text"), patient(`"name":[{"text":"b"}]`)},
		{"delete an item in step", patient(`"name":[{"given":["a","b"],"_given":[{"id":"1"},{"id":"2"}]}]`), remove("Patient.name.given[0]"), patient(`"name":[{"given":["b"],"_given":[{"id":"2"}]}]`)},
		{"delete the last with something beside", patient(`"name":[{"given":["a","b"],"_given":[null,{"id":"2"}]}]`), remove("Patient.name.given[1]"), patient(`"name":[{"given":["a"]}]`)},
		{"delete the last value", patient(`"name":[{"given":[null,"b"],"_given":[{"id":"1"},null]}]`), remove("Patient.name.given[1]"), patient(`"name":[{"_given":[{"id":"1"}]}]`)},
		{"delete a gap", patient(`"name":[{"given":[null,"b"],"_given":[{"id":"1"},{"id":"2"}]}]`), remove("Patient.name.given[0]"), patient(`"name":[{"given":["b"],"_given":[{"id":"2"}]}]`)},
		{"delete beside a primitive", patient(`"birthDate":"1990","_birthDate":{"extension":[{"url":"u"}]}`), remove("Patient.birthDate.extension('u')"), patient(`"birthDate":"1990"`)},
		{"delete beside nothing", patient(`"active":true,"_birthDate":{"extension":[{"url":"u"}]}`), remove("Patient.birthDate.extension"), patient(`"active":true`)},
		{"delete one of two beside", patient(`"_birthDate":{"id":"i","extension":[{"url":"u"}]}`), remove("Patient.birthDate.extension"), patient(`"_birthDate":{"id":"i"}`)},
		{"delete beside an item", patient(`"name":[{"given":["a","b"],"_given":[{"id":"1"},{"id":"2"}]}]`), remove("Patient.name.given[0].id"), patient(`"name":[{"given":["a","b"],"_given":[null,{"id":"2"}]}]`)},
		{"delete the last beside an item", patient(`"name":[{"given":["a","b"],"_given":[null,{"id":"2"}]}]`), remove("Patient.name.given[1].id"), patient(`"name":[{"given":["a","b"]}]`)},
		{"delete beside a gap", patient(`"name":[{"given":[null,"b"],"_given":[{"id":"1"},{"id":"2"}]}]`), remove("Patient.name.given[0].id"), patient(`"name":[{"given":["b"],"_given":[{"id":"2"}]}]`)},
		{"delete a contained resource", patient(`"active":true,"contained":[{"resourceType":"Organization"}]`), remove("Patient.contained"), patient(`"active":true`)},

		{"replace", patient(`"birthDate" : "1990" `), replace("Patient.birthDate", `"valueDate":"1991-01-01"`), patient(`"birthDate" : "1991-01-01" `)},
		{"replace a complex value", patient(`"maritalStatus":{"id":"1","text":"a"}`), replace("Patient.maritalStatus", `"valueCodeableConcept":{"id":"2"}`), patient(`"maritalStatus":{"id":"2"}`)},
		{"replace an item", patient(`"name":[{"text":"a"}, {"text":"b"}]`), replace("Patient.name[1]", `"valueHumanName":{"text":"c"}`), patient(`"name":[{"text":"a"}, {"text":"c"}]`)},
		{"replace a group", patient(`"contact":[{"gender":"male"}]`), replace("Patient.contact", parts("gender", `"valueCode":"female"`)), patient(`"contact":[{"gender":"female"}]`)},
		{"replace takes away what is beside", patient(`"_birthDate":{"id":"d"},"birthDate":"1990"`), replace("Patient.birthDate", `"valueDate":"1991"`), "{ \"resourceType\": \"Patient\",\"birthDate\":\"1991\"\n}"},
		{"replace puts something beside", patient(`"birthDate":"1990","active":true`), replace("Patient.birthDate", `"valueDate":"1991","_valueDate":{"id":"d"}`),
			patient(`"birthDate":"1991","active":true,"_birthDate":{"id":"d"}`)},
		{"replace a value by none", patient(`"birthDate":"1990","active":true`), replace("Patient.birthDate", `"_valueDate":{"id":"d"}`), "{ \"resourceType\": \"Patient\",\"active\":true,\"_birthDate\":{\"id\":\"d\"}\n}"},
		{"replace none by a value", patient(`"_birthDate":{"id":"d"}`), replace("Patient.birthDate", `"valueDate":"1990"`), "{ \"resourceType\": \"Patient\",\"birthDate\":\"1990\"\n}"},
		{"replace the only value by none", patient(`"name":[{"given":["a"]}]`), replace("Patient.name.given", `"_valueString":{"id":"i"}`), patient(`"name":[{"_given":[{"id":"i"}]}]`)},
		{"replace an item's value by none", patient(`"name":[{"given":["a","b"]}]`), replace("Patient.name.given[0]", `"_valueString":{"id":"i"}`),
			patient(`"name":[{"given":[null,"b"],"_given":[{"id":"i"},null]}]`)},
		{"replace an item with something beside", patient(`"name":[{"given":["a","b"],"_given":[null,{"id":"i"}]}]`), replace("Patient.name.given[1]", given), patient(`"name":[{"given":["a","Mei"]}]`)},
		{"replace a choice", observation(`"valueQuantity":{"value":1},"code":{}`), replace("Observation.value", `"valueQuantity":{"value":2}`), observation(`"valueQuantity":{"value":2},"code":{}`)},
		{"replace a choice by another type", observation(`"valueQuantity" : {"value":1}, "code":{}`), replace("Observation.value", `"valueString":"x","_valueString":{"id":"i"}`),
			observation(`"valueString":"x", "code":{},"_valueString":{"id":"i"}`)},
		{"replace a primitive choice", observation(`"_valueString":{"id":"i"},"code":{},"valueString":"x"`), replace("Observation.value", `"valueQuantity":{"value":1}`),
			observation(`"code":{},"valueQuantity":{"value":1}`)},
		{"replace one primitive choice by another", observation(`"valueString":"x","_valueString":{"id":"i"}`), replace("Observation.value.ofType(string)", `"valueInteger":1`), observation(`"valueInteger":1`)},
		{"replace takes all types of a choice away", observation(`"valueString":"x","valueInteger":1,"code":{},"_valueString":{"id":"i"}`), replace("Observation.value", `"valueString":"y"`),
			observation(`"valueString":"y","code":{}`)},
		{"replace a contained resource", patient(`"contained":[{"resourceType":"Organization","id":"o"}]`), replace("Patient.contained[0]", `"resource":{"resourceType":"Practitioner","id":"p"}`),
			patient(`"contained":[{"resourceType":"Practitioner","id":"p"}]`)},

		{"move up", patient(`"name":[{"text":"a"}, {"text":"b"} ,{"text":"c"}]`), move("Patient.name", 0, 2), patient(`"name":[{"text":"b"}, {"text":"c"} ,{"text":"a"}]`)},
		{"move down", patient(`"name":[{"text":"a"},{"text":"b"},{"text":"c"},{"text":"d"}]`), move("Patient.name", 3, 1), patient(`"name":[{"text":"a"},{"text":"d"},{"text":"b"},{"text":"c"}]`)},
		{"move nowhere", patient(`"name":[{"text":"a"},{"text":"b"}]`), move("Patient.name", 1, 1), patient(`"name":[{"text":"a"},{"text":"b"}]`)},
		{"move in step", patient(`"name":[{"given":["a",null,"c"],"_given":[{"id":"1"},{"id":"2"},null]}]`), move("Patient.name.given", 1, 2),
			patient(`"name":[{"given":["a","c",null],"_given":[{"id":"1"},null,{"id":"2"}]}]`)},
		{"move in a short array", patient(`"name":[{"given":["a","b","c"],"_given":[{"id":"1"}]}]`), move("Patient.name.given", 0, 1),
			patient(`"name":[{"given":["b","a","c"],"_given":[null,{"id":"1"}]}]`)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := must(t, c.before, c.operation); got != c.after {
				t.Errorf("%s\non   %s\ngot  %s\nwant %s", c.operation, c.before, got, c.after)
			}
		})
	}
}

// TestOperationsFollowEachOther holds that each operation finds what those before it have made, and that without
// operations not a byte changes.
func TestOperationsFollowEachOther(t *testing.T) {
	t.Parallel()
	before := patient(`"name":[{"text":"a"}]`)
	got := must(t, before, add("Patient", "name", `"valueHumanName":{"text":"b"}`), move("Patient.name", 1, 0), replace("Patient.name[0].text", `"valueString":"c"`),
		remove("Patient.name[1]"), add("Patient.name", "use", `"valueCode":"old"`))
	if want := patient(`"name":[{"text":"c","use":"old"}]`); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, empty := range []string{`{"resourceType":"Parameters"}`, parameters()} {
		p, err := read(t, empty)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := p.Apply([]byte(before)); err != nil || string(got) != before || p.Len() != 0 {
			t.Errorf("%s %v", got, err)
		}
	}
}

// TestDoesNotFit holds which operations are refused, and that the source is then as it was.
func TestDoesNotFit(t *testing.T) {
	t.Parallel()
	before := patient(`"active":true,"name":[{"text":"a","given":["b","c"]},{"text":"d","given":["e"]}],"deceasedBoolean":true,"birthDate":"1990"`)
	const name = `"valueHumanName":{"text":"x"}`
	for _, c := range []struct {
		operation string
		code      fault.Code
		says      string
	}{
		{add("Patient.maritalStatus", "text", `"valueString":"x"`), fault.Unprocessable, "there is no such element"},
		{add("Patient.name", "family", `"valueString":"x"`), fault.Unprocessable, "names 2 elements"},
		{add("Patient", "active", `"valueBoolean":false`), fault.Unprocessable, "Patient.active is there already; replace it"},
		{add("Patient", "deceased", `"valueDateTime":"2026"`), fault.Unprocessable, "Patient.deceased is there already; replace it"},
		{add("Patient", "deceasedDateTime", `"valueDateTime":"2026"`), fault.Unprocessable, "Patient.deceasedDateTime is called deceased"},
		{add("Patient", "nickname", `"valueString":"x"`), fault.Unprocessable, `Patient has no element "nickname"`},
		{add("Patient", "resourceType", `"valueString":"x"`), fault.Unprocessable, `Patient has no element "resourceType"`},
		{add("Patient", "gender", `"valueString":"male"`), fault.Unprocessable, "Patient.gender takes code, sent as value[x], not string"},
		{add("Patient", "contact", name), fault.Unprocessable, "Patient.contact takes Patient.contact, sent in parts, not HumanName"},
		{add("Patient", "contact", parts("nickname", name)), fault.Unprocessable, `Patient.contact has no element "nickname"`},
		{add("Patient", "contact", parts("name", name, "name", name)), fault.Unprocessable, "Patient.contact.name is given twice"},
		{add("Patient", "extension", parts("value", `"valueString":"x"`, "value", `"valueCode":"x"`)), fault.Unprocessable, "Extension.value is given twice"},
		{add("Patient", "extension", parts("value", parts("text", `"valueString":"x"`))), fault.Unprocessable, "sent as value[x], not parts"},
		{add("Patient", "contained", name), fault.Unprocessable, "Patient.contained takes Resource, sent as resource, not HumanName"},
		{add("Patient", "maritalStatus", `"resource":{"resourceType":"Basic"}`), fault.Unprocessable, "takes CodeableConcept"},
		{add("Patient.birthDate", "value", `"valueString":"x"`), fault.Unprocessable, `Element has no element "value"`},
		{add("Patient.birthDate.toString()", "id", `"valueString":"x"`), fault.Unprocessable, "computes a value"},
		{insert("Patient.name", 3, name), fault.Unprocessable, "the list has 2 items, so the last index for an insert is 2"},
		{insert("Patient.name", 0, `"valueString":"x"`), fault.Unprocessable, "Patient.name takes HumanName"},
		{insert("Patient.name[0]", 0, name), fault.Unprocessable, "all items of one list"},
		{insert("Patient.name.given", 0, `"valueString":"x"`), fault.Unprocessable, "all items of one list"},
		{insert("Patient.name | Patient.active", 0, name), fault.Unprocessable, "all items of one list"},
		{insert("Patient.contact", 0, parts("gender", `"valueCode":"male"`)), fault.Unprocessable, "there is no such element"},
		{insert("Patient.birthDate", 0, `"valueDate":"1990"`), fault.Unprocessable, "Patient.birthDate is no list"},
		{insert("Patient", 0, name), fault.Unprocessable, "Patient is no list"},
		{remove("Patient.name"), fault.Unprocessable, "names 2 elements"},
		{remove("Patient"), fault.Unprocessable, "the resource itself"},
		{remove("Patient.birthdate"), fault.Unprocessable, "birthdate"},
		{remove("Observation.status"), fault.Unprocessable, "Observation"},
		{remove("Patient.name.count()"), fault.Unprocessable, "computes a value"},
		{remove("Patient.birthDate + 1 'kg'"), fault.Unprocessable, "does not work"},
		{remove("Patient.birthDate < today()"), fault.NotSupported, "today()"},
		{remove("Patient" + strings.Repeat(".select(%resource.descendants())", 4)), fault.TooLarge, "simpler"},
		{replace("Patient.gender", `"valueCode":"male"`), fault.Unprocessable, "there is no such element"},
		{replace("Patient.name", name), fault.Unprocessable, "names 2 elements"},
		{replace("Patient", name), fault.Unprocessable, "the resource itself"},
		{replace("Patient.deceased", `"valueString":"x"`), fault.Unprocessable, "Patient.deceased takes boolean, dateTime, sent as value[x], not string"},
		{replace("Patient.name[0]", parts("given", `"valueCode":"x"`)), fault.Unprocessable, "HumanName.given takes string"},
		{move("Patient.name", 0, 2), fault.Unprocessable, "the last place is 1"},
		{move("Patient.name", 2, 0), fault.Unprocessable, "the last place is 1"},
		{move("Patient.name.given", 0, 1), fault.Unprocessable, "all items of one list"},
		{move("Patient.name.where(text='d')", 0, 0), fault.Unprocessable, "all items of one list"},
		{move("Patient.active", 0, 0), fault.Unprocessable, "Patient.active is no list"},
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			p, err := read(t, parameters(replace("Patient.active", `"valueBoolean":false`), c.operation))
			if err != nil {
				t.Fatal(err)
			}
			src := []byte(before)
			got, err := p.Apply(src)
			if fault.CodeOf(err) != c.code || got != nil || string(src) != before {
				t.Fatalf("%s: %s, %v", c.operation, got, err)
			}
			f := fault.From(err)
			if !strings.HasPrefix(f.Message, "The operation 2 of the patch (") || !strings.Contains(f.Message, c.says) {
				t.Errorf("%s: it says %q", c.operation, f.Message)
			}
			if len(f.Expression) != 1 || !strings.HasPrefix(f.Expression[0], "Parameters.parameter[1]") {
				t.Errorf("%s: at %q", c.operation, f.Expression)
			}
		})
	}
}

// TestBrokenResources holds what becomes of resources that FHIR does not allow: none makes a patch panic, or an error a
// surprise.
func TestBrokenResources(t *testing.T) {
	t.Parallel()
	const name = `"valueHumanName":{"text":"x"}`
	nested := strings.Repeat(`{"extension":[`, 20) + `{"url":"u"}` + strings.Repeat(`]}`, 20)
	for _, c := range []struct {
		before, operation, after string
		code                     fault.Code
		says                     string
	}{
		{`{"resourceType":"Patient"`, remove("Patient.active"), "", fault.Malformed, "JSON"},
		{`{"id":"x"}`, remove("Patient.active"), `{"id":"x"}`, "", ""},
		{patient(`"name":{"text":"a"}`), add("Patient", "name", name), "", fault.Unprocessable, "Patient.name should be an array, but is an object"},
		{patient(`"name":[{"given":["a"],"_given":{"id":"1"}}]`), remove("Patient.name.given"), "", fault.Unprocessable, "Patient.name[0].given should be an array"},
		{patient(`"birthDate":"1990","_birthDate":"x"`), add("Patient.birthDate", "id", `"valueString":"x"`), "", fault.Unprocessable, "should be an object, but is a string"},
		{patient(`"name":["a"]`), add("Patient.name", "text", `"valueString":"x"`), "", fault.Unprocessable, "Patient.name[0] should be an object, but is a string"},
		{patient(`"contained":[{"resourceType":"Mineral"}]`), add("Patient.contained[0]", "id", `"valueId":"x"`), "", fault.Unprocessable, "R4 does not know the type of Patient.contained[0]"},
		{patient(`"extension":[` + nested + `]`), add("Patient.repeat(extension).where(url='u')", "extension", parts("extension", parts("extension", parts("extension",
			parts("extension", parts("extension", parts("extension", parts("extension", parts("extension", parts("extension", parts("extension", parts("extension",
				parts("url", `"valueUri":"v"`))))))))))))), "", fault.Unprocessable, "what it makes cannot be read"},
		{patient(`"name":[null,{"text":"a"}]`), insert("Patient.name", 2, name), patient(`"name":[null,{"text":"a"},{"text":"x"}]`), "", ""},
		{patient(`"name":[null,{"text":"a"}]`), remove("Patient.name"), patient(``), "", ""},
		{patient(`"name":[{"given":["a","b"],"_given":[{"id":"1"}]}]`), replace("Patient.name.given[1]", `"valueString":"c"`), patient(`"name":[{"given":["a","c"],"_given":[{"id":"1"}]}]`), "", ""},
		{patient(`"name":[{"given":["a","b"],"_given":[{"id":"1"}]}]`), add("Patient.name.given[1]", "id", `"valueString":"2"`),
			patient(`"name":[{"given":["a","b"],"_given":[{"id":"1"},{"id":"2"}]}]`), "", ""},
		{patient(`"birthDate":null,"_birthDate":null,"active":true`), add("Patient", "birthDate", `"valueDate":"1990"`), patient(`"birthDate":"1990","active":true`), "", ""},
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			p, err := read(t, parameters(c.operation))
			if err != nil {
				t.Fatal(err)
			}
			after, err := p.Apply([]byte(c.before))
			if c.code == "" && (err != nil || strings.Join(strings.Fields(string(after)), "") != strings.Join(strings.Fields(c.after), "")) {
				t.Errorf("%s in %s: %s, %v", c.operation, c.before, after, err)
			}
			if c.code != "" && (fault.CodeOf(err) != c.code || !strings.Contains(fault.From(err).Message, c.says)) {
				t.Errorf("%s in %s: %s, %v", c.operation, c.before, after, err)
			}
		})
	}
}

// TestRead holds what is no patch, and that the error names the place.
func TestRead(t *testing.T) {
	t.Parallel()
	whole := func(operation string) string { return parameters(remove("Patient.active"), operation) }
	of := func(value string) string { return whole(add("Patient", "name", value)) }
	for _, c := range []struct{ src, place, says string }{
		{`[]`, "$this", "but this is an array"},
		{`{"resourceType":"Patient"}`, "Patient", "but this is Patient"},
		{`{"resourceType":"Parameters","parameter":{}}`, "Parameters.parameter", "is an array"},
		{whole(`{"name":"op","part":[]}`), "Parameters.parameter[1]", "should be called operation"},
		{whole(`null`), "Parameters.parameter[1]", "should be called operation"},
		{whole(`{"name":"operation"}`), "Parameters.parameter[1]", "has no type of add"},
		{whole(`{"name":"operation","part":"x"}`), "Parameters.parameter[1]", "has no type of add"},
		{whole(operation("alter", text("path", "x"))), "Parameters.parameter[1]", "has no type of add"},
		{whole(operation("delete", text("path", "x"), text("path", "y"))), "Parameters.parameter[1].part[2]", "the part path twice"},
		{whole(operation("delete", text("path", "x"), text("name", "y"))), "Parameters.parameter[1].part[2]", `(delete) has a part "name"; it takes type, path`},
		{whole(operation("delete", text("from", "x"))), "Parameters.parameter[1].part[1]", `has a part "from"`},
		{whole(operation("add", text("path", "x"), text("name", "y"))), "Parameters.parameter[1]", "(add) has no part value"},
		{whole(operation("insert", text("path", "x"), valued(`"valueCode":"y"`))), "Parameters.parameter[1]", "has no part index"},
		{whole(operation("move", text("path", "x"), number("source", 0))), "Parameters.parameter[1]", "has no part destination"},
		{whole(operation("delete", `{"name":"path","valueCode":"x"}`)), "Parameters.parameter[1].part[1]", "give it as valueString"},
		{whole(operation("move", text("path", "x"), text("source", "0"), number("destination", 0))), "Parameters.parameter[1].part[2]", "give it as valueInteger"},
		{whole(move("x", -1, 0)), "Parameters.parameter[1].part[2]", "counted from 0"},
		{whole(remove("Patient.name[")), "Parameters.parameter[1].part[1]", "The path of the operation 2 of the patch (delete) cannot be read."},
		{of(`"id":"x"`), "Parameters.parameter[1].part[3]", "without a value"},
		{of(`"valueString":"x","valueCode":"y"`), "Parameters.parameter[1].part[3]", "in two ways"},
		{of(`"valueString":"x","part":[{"name":"x","valueCode":"y"}]`), "Parameters.parameter[1].part[3]", "in two ways"},
		{of(`"valueBlob":"x"`), "Parameters.parameter[1].part[3].valueBlob", `a member "valueBlob"`},
		{of(`"_valueHumanName":{"id":"x"}`), "Parameters.parameter[1].part[3]._valueHumanName", "that Parameters do not have"},
		{of(`"valueDate":"1990-02-30"`), "Parameters.parameter[1].part[3].value", "no date"},
		{of(`"valueInteger":"1"`), "Parameters.parameter[1].part[3].value", "no integer"},
		{of(`"valueString":null`), "Parameters.parameter[1].part[3].value", "no string"},
		{of(`"_valueString":"x"`), "Parameters.parameter[1].part[3].value", "should be an object"},
		{of(`"valueHumanName":"x"`), "Parameters.parameter[1].part[3].value", "should be an object"},
		{of(`"valueHumanName":{}`), "Parameters.parameter[1].part[3].value", "should be an object"},
		{of(`"part":[]`), "Parameters.parameter[1].part[3].part", "should be an array"},
		{of(`"part":[{"valueCode":"x"}]`), "Parameters.parameter[1].part[3].part[0]", "without a name"},
		{of(`"part":[{"name":"x","part":[{"name":"y"}]}]`), "Parameters.parameter[1].part[3].part[0].part[0]", "without a value"},
		{of(`"resource":{"resourceType":"Person","id":"a b"}`), "Parameters.parameter[1].part[3].resource.id", "id"},
	} {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			p, err := read(t, c.src)
			f := fault.From(err)
			if f == nil || f.Code != fault.Malformed || p != nil {
				t.Fatalf("%s: %v", c.src, err)
			}
			if len(f.Expression) != 1 || f.Expression[0] != c.place || !strings.Contains(f.Message, c.says) {
				t.Errorf("%s: %q at %q", c.src, f.Message, f.Expression)
			}
		})
	}
}

// TestLimits holds that the work of a patch is bounded.
func TestLimits(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(remove("Patient.active")+",", fhir.MaxPatchOperations)
	if _, err := read(t, parameters(many+remove("Patient.active"))); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("too many operations: %v", err)
	}
	p, err := read(t, parameters(many[:len(many)-1]))
	if err != nil || p.Len() != fhir.MaxPatchOperations {
		t.Fatal(err)
	}
	big := []byte(patient(`"name":[{"text":"` + strings.Repeat("x", fhir.MaxPatchWork/fhir.MaxPatchOperations) + `"}]`))
	if _, err := p.Apply(big); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("too much work: %v", err)
	}
	if _, err := p[:2].Apply(big); err != nil {
		t.Error(err)
	}
	grow, err := read(t, parameters(add("Patient", "language", `"valueCode":"zh"`)))
	if err != nil {
		t.Fatal(err)
	}
	huge := patient(`"id":"` + strings.Repeat("x", fhir.MaxPatched-60) + `"`)
	if _, err := grow.Apply([]byte(huge)); err != nil {
		t.Error(err)
	}
	if _, err := grow.Apply(bytes.Replace([]byte(huge), []byte("xx"), bytes.Repeat([]byte("x"), 50), 1)); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("too large: %v", err)
	}
}
