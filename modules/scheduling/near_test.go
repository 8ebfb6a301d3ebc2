package scheduling_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
)

// town gives the hospitals places, and their departments specialties: lead is in the middle, member 3 km and clinic 30 km away.
func (w *world) town() {
	w.Helper()
	for id, latitude := range map[string]string{"lead": "30.000", "member": "30.027", "clinic": "30.270"} {
		w.put(`{"resourceType":"Location","id":%q,"status":"active","position":{"latitude":%s,"longitude":114.0}}`, id, latitude)
		for name, code := range map[string]string{"heart": "03.04", "eye": "10", "skin": "13"} {
			languages := ""
			if id == "lead" && name == "heart" {
				languages = `"communication":[{"coding":[{"system":"urn:ietf:bcp:47","code":"en"}]}],`
			}
			w.put(`{"resourceType":"HealthcareService","id":"%s-%s","active":true,"name":"%[1]s科",%[3]s"providedBy":{"reference":"Organization/%[2]s"},
				"location":[{"reference":"Location/%[2]s"}],"specialty":[{"coding":[{"system":"urn:yitong:codesystem:department","code":%[4]q}]}]}`, name, id, languages, code)
		}
	}
}

// given are parameters as they are sent in a body.
func (w *world) given(text string) fhir.Node {
	w.Helper()
	tree, err := fhir.Parse([]byte(`{"resourceType":"Parameters","parameter":[` + text + `]}`))
	w.must(err)
	return tree.Root()
}

// finds are the departments that somebody finds, in their order, and the answer as it is sent.
func (w *world) finds(who, id, text string) (refs []string, whole string, err error) {
	w.Helper()
	out, err := w.call(who, id, "", nil, w.given(text))
	if err != nil {
		return nil, "", err
	}
	sent, err := w.ops[id].Out.Write(out)
	w.must(err)
	var answer struct {
		Parameter []struct {
			Part []struct {
				Name      string
				Reference struct{ Reference string } `json:"valueReference"`
			}
		}
	}
	w.must(json.Unmarshal(sent, &answer))
	for _, p := range answer.Parameter {
		for _, part := range p.Part {
			if name := part.Reference.Reference; strings.HasPrefix(name, "HealthcareService/") {
				refs = append(refs, strings.TrimPrefix(name, "HealthcareService/"))
			}
		}
	}
	return refs, string(sent), nil
}

const here = `{"name":"latitude","valueDecimal":30.0},{"name":"longitude","valueDecimal":114.0}`

// TestDepartments: departments are found by illness, specialty, distance, level, language and name, in the order that is asked for.
func TestDepartments(t *testing.T) {
	each(t, func(w *world) {
		w.town()
		for _, at := range []string{"lead", "member", "clinic"} {
			_, err := w.daily(at, "heart", 10, 0, 30)
			w.must(err)
		}
		_, err := w.daily("clinic", "eye", 10, 0, 30)
		w.must(err)
		for i := range 70 { // that nobody can book, and that come first
			w.put(`{"resourceType":"HealthcareService","id":"eye-%d","active":true,"providedBy":{"reference":"Organization/lead"},"specialty":[{"coding":[{"system":"urn:yitong:codesystem:department","code":"10"}]}]}`, i)
		}
		for text, want := range map[string]string{
			`{"name":"disease","valueString":"高血压"},` + here:                                          "heart-lead heart-member heart-clinic",
			`{"name":"disease","valueString":"I10"},` + here:                                          "heart-lead heart-member heart-clinic",
			`{"name":"disease","valueString":"白内障"}`:                                                  "eye-clinic",
			`{"name":"specialty","valueString":"03"},{"name":"km","valueDecimal":5},` + here:          "heart-lead heart-member",
			`{"name":"specialty","valueString":"03"},{"name":"level","valueCode":"2"}`:                "heart-clinic",
			`{"name":"specialty","valueString":"03"},{"name":"language","valueString":"en"}`:          "heart-lead",
			`{"name":"specialty","valueString":"10"},{"name":"specialty","valueString":"03"},` + here: "eye-clinic heart-lead heart-member heart-clinic",
			`{"name":"specialty","valueString":"03"},{"name":"specialty","valueString":"03.01"}`:      "", // the general one, and another
			`{"name":"text","valueString":"eye"}`:                                                     "eye-clinic",
			`{"name":"text","valueString":"医院CLINIC"},` + here:                                        "eye-clinic heart-clinic",
			`{"name":"institution","valueReference":{"reference":"Organization/member"}}`:             "heart-member",
			`{"name":"specialty","valueString":"13"}`:                                                 "",
			`{"name":"specialty","valueString":"13"},{"name":"unbooked","valueBoolean":true},` + here: "skin-lead skin-member skin-clinic",
			`{"name":"price","valueDecimal":12}`:                                                      "",
			`{"name":"price","valueDecimal":12.5},{"name":"disease","valueString":"眼病"}`:              "eye-clinic",
			`{"name":"kind","valueCode":"expert"}`:                                                    "",
		} {
			got, _, err := w.finds("p0", "find-departments", text)
			if err != nil || strings.Join(got, " ") != want {
				t.Errorf("%s finds %v: %v", text, got, err)
			}
		}
		for _, op := range []string{"find-departments", "find-segments"} {
			got, _, err := w.finds("p0", op, `{"name":"specialty","valueString":"10"}`)
			if got = slices.Compact(got); err != nil || len(got) != 1 || got[0] != "eye-clinic" {
				t.Errorf("%s among many finds %v: %v", op, got, err)
			}
		}
		_, sent, err := w.finds("p0", "find-departments", `{"name":"specialty","valueString":"03.04"},`+here)
		w.must(err)
		w.has(sent, []string{`"distance","valueDecimal":3.0`, `"distance","valueDecimal":30.0`, `"price-from","valueDecimal":12.50`, `"valueInstant":"2026-05-12T08:00:00`, `"level","valueCode":"3"`})
		for text, want := range map[string]fault.Code{
			`{"name":"disease","valueString":"没有这种病"}`:                                    fault.Unprocessable,
			`{"name":"latitude","valueDecimal":30}`:                                       fault.Malformed,
			`{"name":"km","valueDecimal":3}`:                                              fault.Malformed,
			here + `,{"name":"km","valueDecimal":0}`:                                      fault.Malformed,
			`{"name":"latitude","valueDecimal":91},{"name":"longitude","valueDecimal":0}`: fault.Malformed,
		} {
			_, _, err := w.finds("p0", "find-departments", text)
			w.want(text, err, want)
		}
	})
}

// TestFindNear: segments are found by what their departments are, in the order of time over all of these, and by the time of day.
func TestFindNear(t *testing.T) {
	each(t, func(w *world) {
		w.town()
		for _, at := range []string{"lead", "member"} {
			_, err := w.daily(at, "heart", 10, 0, 30)
			w.must(err)
		}
		_, err := w.daily("clinic", "eye", 10, 0, 30)
		w.must(err)
		got, sent, err := w.finds("p0", "find-segments", `{"name":"disease","valueString":"冠心病"},`+here)
		w.must(err)
		if len(got) < 4 || slices.Contains(got, "eye-clinic") || !slices.Contains(got[:2], "heart-lead") || !slices.Contains(got[:2], "heart-member") {
			t.Errorf("found %v", got)
		}
		w.has(sent, []string{`"distance","valueDecimal":3.0`, `"kind","valueCode":"general"`, `"cut","valueBoolean":false`})
		_, sent, err = w.finds("p0", "find-segments", `{"name":"disease","valueString":"冠心病"},{"name":"after","valueString":"08:30"}`)
		w.must(err)
		w.has(sent, []string{"T08:30:00"}, `"start","valueInstant":"2026-05-12T08:00:00`)
		got, _, err = w.finds("p0", "find-segments", `{"name":"specialty","valueString":"10"},{"name":"km","valueDecimal":5},`+here)
		if err != nil || len(got) > 0 {
			t.Errorf("30 km away: %v, %v", got, err)
		}
		for _, text := range []string{`{"name":"after","valueString":"8 Uhr"}`, `{"name":"km","valueDecimal":2}`} {
			_, _, err = w.finds("p0", "find-segments", text)
			w.want(text, err, fault.Malformed)
		}
	})
}

// TestFindByClinic: kind and insurance of a clinic stand on its segments.
func TestFindByClinic(t *testing.T) {
	each(t, func(w *world) {
		w.town()
		_, err := w.daily("clinic", "eye", 10, 0, 30)
		w.must(err)
		text := fmt.Sprintf(`{"name":"department","valueReference":{"reference":"HealthcareService/heart-lead"}},{"name":"from","valueDate":"2026-05-01"},{"name":"segment","valueInteger":30},
			{"name":"ahead","valueInteger":7},{"name":"opens","valueString":"07:00"},{"name":"kind","valueCode":"expert"},{"name":"insurance","valueCode":"chronic"},
			{"name":"session","part":[{"name":"from","valueString":"08:00"},{"name":"to","valueString":"09:00"},{"name":"capacity","valueInteger":%d},{"name":"onsite","valueInteger":0},{"name":"day","valueCode":"tue"}]}`, 4)
		_, err = w.call("administrator lead", "open-clinic", "", nil, w.given(text))
		w.must(err)
		for text, want := range map[string]string{
			`{"name":"kind","valueCode":"expert"}`: "heart-lead", `{"name":"insurance","valueCode":"chronic"}`: "heart-lead", `{"name":"kind","valueCode":"general"}`: "eye-clinic",
		} {
			for _, op := range []string{"find-segments", "find-departments"} {
				got, _, err := w.finds("p0", op, text)
				if got = slices.Compact(got); err != nil || len(got) != 1 || got[0] != want {
					t.Errorf("%s of %s finds %v: %v", op, text, got, err)
				}
			}
		}
	})
}

// TestNearIsFor: the policy says who looks for departments.
func TestNearIsFor(t *testing.T) {
	t.Parallel()
	for _, role := range gate.Roles() {
		if got := slices.Contains(policy.Standard().Allowed("departments"), role); got != (role != gate.Insurer) {
			t.Errorf("%s may look for departments: %t", role, got)
		}
	}
}
