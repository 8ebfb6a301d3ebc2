package r4_test

import (
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
)

func buildPatient() r4.Patient {
	p := r4.NewPatient()
	p.SetID("p1")
	p.SetActive(true)
	id := p.Identifier().Add()
	id.SetSystem("urn:oid:2.16.156.10011.1.3")
	id.SetValue("110101198405060012")
	kind := id.Type().Coding().Add()
	kind.SetSystem("http://terminology.hl7.org/CodeSystem/v2-0203")
	kind.SetCode("NI")
	name := p.Name().Add()
	name.SetText("李晓明")
	name.SetFamily("李")
	name.Given().Add("晓明")
	p.SetGender("male")
	p.SetBirthDate("1984-05-06")
	phone := p.Telecom().Add()
	phone.SetSystem("phone")
	phone.SetUse("mobile")
	phone.SetValue("13800000000")
	home := p.Address().Add()
	home.SetUse("home")
	home.Line().Add("永安路 5 号")
	home.SetDistrict("东城区")
	home.SetCity("北京市")
	home.SetPostalCode("100010")
	home.SetCountry("CN")
	p.ManagingOrganization().SetReference("Organization/o1")
	return p
}

func buildObservation() r4.Observation {
	o := r4.NewObservation()
	o.SetStatus("final")
	o.Code().SetText("血压")
	o.Subject().SetReference("Patient/p1")
	o.SetEffectiveDateTime("2026-03-01T08:30:00+08:00")
	for _, x := range [...]struct{ code, value string }{{"8480-6", "128"}, {"8462-4", "82.0"}} {
		part := o.Component().Add()
		coding := part.Code().Coding().Add()
		coding.SetSystem("http://loinc.org")
		coding.SetCode(x.code)
		part.ValueQuantity().SetValue(x.value)
		part.ValueQuantity().SetUnit("mmHg")
	}
	return o
}

func TestBuild(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   interface{ Bytes() ([]byte, error) }
		want string
	}{
		{buildPatient(), `{"resourceType":"Patient","id":"p1","active":true,
"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"110101198405060012",
"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"NI"}]}}],
"name":[{"text":"李晓明","family":"李","given":["晓明"]}],"gender":"male","birthDate":"1984-05-06",
"telecom":[{"system":"phone","use":"mobile","value":"13800000000"}],
"address":[{"use":"home","line":["永安路 5 号"],"district":"东城区","city":"北京市","postalCode":"100010","country":"CN"}],
"managingOrganization":{"reference":"Organization/o1"}}`},
		{buildObservation(), `{"resourceType":"Observation","status":"final","code":{"text":"血压"},
"subject":{"reference":"Patient/p1"},"effectiveDateTime":"2026-03-01T08:30:00+08:00",
"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
"valueQuantity":{"value":128,"unit":"mmHg"}},
{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":82.0,"unit":"mmHg"}}]}`},
	} {
		got, err := c.of.Bytes()
		if want := strings.ReplaceAll(c.want, "\n", ""); err != nil || string(got) != want {
			t.Errorf("built %s, %v\nwant  %s", got, err, want)
		}
	}
}

func BenchmarkBuildPatient(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		buildPatient()
	}
}

func BenchmarkReadPatient(b *testing.B) {
	p := buildPatient()
	b.ReportAllocs()
	for b.Loop() {
		if p.Name().At(0).Family() == "" || p.BirthDate() == "" {
			b.Fatal("nothing read")
		}
	}
}

func patient(t *testing.T, text string) r4.Patient {
	t.Helper()
	doc, err := fhir.NewDoc([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p, err := r4.AsPatient(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What stands beside an item stays with it.
func TestStringsAndWhatStandsBeside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, before, after string
		edit                func(r4.Strings)
	}{
		{"remove the first", `"given":["a","b"],"_given":[null,{"id":"x"}]`, `"given":["b"],"_given":[{"id":"x"}]`,
			func(s r4.Strings) { s.Remove(0) }},
		{"remove the one with an extension", `"given":["a","b"],"_given":[null,{"id":"x"}]`, `"given":["a"]`,
			func(s r4.Strings) { s.Set(1, "") }},
		{"remove the last value", `"given":[null,"b"],"_given":[{"id":"x"}]`, `"_given":[{"id":"x"}]`,
			func(s r4.Strings) { s.Remove(1) }},
		{"add behind one without value", `"_given":[{"id":"x"}]`, `"_given":[{"id":"x"}],"given":[null,"c"]`,
			func(s r4.Strings) { s.Add("", "c") }},
		{"add behind a longer array", `"given":["a"],"_given":[null,null,{"id":"x"}]`,
			`"given":["a",null,null,"c"],"_given":[null,null,{"id":"x"}]`, func(s r4.Strings) { s.Add("c") }},
		{"set one without value", `"given":[null,"b"],"_given":[{"id":"x"}]`, `"given":["a","b"],"_given":[{"id":"x"}]`,
			func(s r4.Strings) { s.Set(0, "a") }},
		{"set what is there", `"given":["\u0061"]`, `"given":["\u0061"]`, func(s r4.Strings) { s.Set(0, "a") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := patient(t, `{"resourceType":"Patient","name":[{"family":"李",`+c.before+`}]}`)
			c.edit(p.Name().At(0).Given())
			got, err := p.Bytes()
			if want := `{"resourceType":"Patient","name":[{"family":"李",` + c.after + `}]}`; err != nil || string(got) != want {
				t.Errorf("got  %s, %v\nwant %s", got, err, want)
			}
		})
	}
}

func TestStringsSkipsPlacesWithoutValue(t *testing.T) {
	t.Parallel()
	p := patient(t, `{"resourceType":"Patient","name":[{"given":[null,"b",null,"d"],"_given":[{"id":"x"}]}]}`)
	got := ""
	for i, v := range p.Name().At(0).Given().All() {
		got += string(rune('0'+i)) + v
	}
	if got != "1b3d" {
		t.Errorf("read %s", got)
	}
}

func TestContained(t *testing.T) {
	t.Parallel()
	p := patient(t, `{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o"}]}`)
	if _, err := r4.PractitionerOf(p.Contained().At(0)); err == nil {
		t.Error("an Organization was taken for a Practitioner")
	}
	o, err := r4.OrganizationOf(p.Contained().At(0))
	if err != nil {
		t.Fatal(err)
	}
	o.SetName("社区卫生服务中心")
	const want = `{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"社区卫生服务中心"}]}`
	if got, err := p.Bytes(); err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
	if _, err := r4.AsObservation(p.Doc()); err == nil {
		t.Error("a Patient was taken for an Observation")
	}
}
