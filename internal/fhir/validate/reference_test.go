package validate

import (
	"fmt"
	"testing"

	"yitong/internal/fhir"
)

// What a reference leads to is looked at where a profile says how it has to be, by the caller's help or in the
// bundle.
func TestTargetsOutside(t *testing.T) {
	t.Parallel()
	v := define(t, profile("named", "Patient", `Patient.name "min":1`),
		profile("p", "Observation", `Observation.subject "type":[{"code":"Reference","targetProfile":["http://x/named"]}]`))
	outside := map[string]fhir.Node{}
	for name, members := range map[string]string{
		"named":   `"name":[{"id":"i","text":"a"}]`,
		"unnamed": `"active":true`,
		"wrong":   `"name":[{"text":"a"}],"gender":"x"`,
		"torn":    `"name":[{"text":"a"}],"managingOrganization":{"reference":"#o"}`,
		"self":    `"name":[{"text":"a"}],"link":[{"other":{"reference":"Patient/self"},"type":"seealso"}]`,
		"container": `"name":[{"text":"a"}],"contained":[{"resourceType":"Organization","id":"o","name":"x"}],
			"managingOrganization":{"reference":"#o"}`,
	} {
		outside["Patient/"+name] = parse(t, patient(members))
	}
	outside["Patient/other"] = parse(t, `{"resourceType":"Group","type":"person","actual":false}`)
	asked := 0
	resolve := func(reference string) (fhir.Node, bool) { asked++; n, ok := outside[reference]; return n, ok }
	for name, want := range map[string]string{"named": "", "container": "", "self": "", "missing": "",
		"unnamed": "target Observation.subject", "wrong": "target Observation.subject", "other": "target Observation.subject",
		"torn": "target Observation.subject"} {
		n := parse(t, `{"resourceType":"Observation","status":"final","code":{"text":"x"},
			"contained":[{"resourceType":"Organization","id":"p","name":"x"}],"performer":[{"id":"i","reference":"#p"}],
			"subject":{"reference":"Patient/`+name+`"}}`)
		expect(t, name, v.Resource(n, Options{Profiles: []string{"http://x/p"}, Resolve: resolve}), want)
	}
	if asked == 0 {
		t.Error("the caller was not asked")
	}
	asked = 0
	typed := New(v.library, v.terms).Resource(parse(t, validResource(t, "Patient")), Options{Resolve: resolve})
	if asked != 0 || errorsOf(typed) != nil {
		t.Errorf("the caller was asked %d times, though no rule depends on a target:%s", asked, told(typed))
	}
	for name, want := range map[string]string{
		`"name":[{"text":"b"}]`: "", `"active":true`: "target Bundle.entry[0].resource.subject",
	} {
		n := parse(t, `{"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://example.org/Observation/o",
			"resource":{"resourceType":"Observation","id":"o","meta":{"profile":["http://x/p"]},"status":"final",
			"code":{"text":"x"},"subject":{"reference":"Patient/named"}}},
			{"fullUrl":"http://example.org/Patient/named","resource":`+patient(name)+`}]}`)
		expect(t, name+" in the bundle", v.Resource(n, Options{Resolve: resolve}), want) // that of the bundle counts
	}
}

// References in a Bundle are resolved by fullUrl, and relative ones by the base of the fullUrl around (R4,
// bundle.html#references).
func TestReferencesInBundles(t *testing.T) {
	t.Parallel()
	v := define(t, profile("named", "Patient", `Patient.name "min":1`), profile("p", "Basic",
		`Basic.subject "type":[{"code":"Reference","targetProfile":["http://x/named"],"aggregation":["bundled"]}]`))
	for reference, found := range map[string]bool{
		"http://a.org/Patient/1":                        true,
		"http://a.org/Patient/1/_history/3":             true,
		"Patient/1":                                     true,
		"urn:uuid:3c9e0ad2-4dfd-4c8f-9d7d-8f4f0c1b4a11": true,
		"http://b.org/Patient/1":                        false,
		"Patient/2":                                     false, // is of b.org
		"http://b.org/Patient/2":                        true,
		"Patient/3":                                     false,
		"urn:uuid:3c9e0ad2-4dfd-4c8f-9d7d-8f4f0c1b4a12": false,
	} {
		const named = `"resource":{"resourceType":"Patient","name":[{"text":"a"}]}`
		text := fmt.Sprintf(`{"resourceType":"Bundle","type":"collection","entry":[
			{"fullUrl":"http://a.org/Basic/1","resource":{"resourceType":"Basic","meta":{"profile":["http://x/p"]},
				"code":{"text":"x"},"subject":{"reference":%q}}},
			{"fullUrl":"http://a.org/Patient/1",%s},{"fullUrl":"http://b.org/Patient/2",%[2]s},
			{"fullUrl":"urn:uuid:3c9e0ad2-4dfd-4c8f-9d7d-8f4f0c1b4a11",%[2]s}]}`, reference, named)
		issues := v.Resource(parse(t, text), Options{})
		if missed := has(issues, Error, "target", "Bundle.entry[0].resource.subject.reference"); missed == found {
			t.Errorf("%s is found: %t, want %t%s", reference, !missed, found, told(errorsOf(issues)))
		}
	}
}

// Targets that lead to each other end, whether they conform or not.
func TestCirclesOfTargets(t *testing.T) {
	t.Parallel()
	v := define(t, profile("p", "Patient", `Patient.name "min":1`,
		`Patient.link.other "type":[{"code":"Reference","targetProfile":["http://x/p"]}]`))
	for _, circle := range []string{"a", "ab", "abc", "abcdefghij"} {
		around := map[string]fhir.Node{}
		for i := range circle {
			around["Patient/"+circle[i:i+1]] = parse(t, patient(fmt.Sprintf(`"name":[{"text":"a"}],
				"link":[{"other":{"reference":"Patient/%c"},"type":"seealso"}]`, circle[(i+1)%len(circle)])))
		}
		o := Options{Profiles: []string{"http://x/p"}, Resolve: func(reference string) (fhir.Node, bool) {
			n, ok := around[reference]
			return n, ok
		}}
		expect(t, circle, v.Resource(around["Patient/a"], o), "")
		if circle == "a" {
			continue
		}
		around["Patient/b"] = parse(t, patient(`"link":[{"other":{"reference":"Patient/a"},"type":"seealso"}]`))
		expect(t, circle+" without a name", v.Resource(around["Patient/a"], o), "target Patient.link[0].other")
	}
}
