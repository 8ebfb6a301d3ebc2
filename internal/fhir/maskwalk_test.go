package fhir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fhir/schema"
)

// secrets are what must not be seen in the property tests: by kind of data, with what is seen instead.
var secrets = map[string]string{"name": "张无忌", "number": "11010519491231002X", "phone": "13800138000", "mail": "wuji.zhang@example.cn", "day": "1956-12-31"}

// drawHidden draws a value for a masked element, which may be of a shape that R4 does not know, with a secret in it.
func drawHidden(t *rapid.T, element string, depth int) string {
	secret := func() string {
		text := rapid.SampledFrom([]string{secrets["name"], secrets["number"], secrets["phone"], secrets["mail"], secrets["day"]}).Draw(t, "secret")
		if rapid.Bool().Draw(t, "escaped") {
			return strings.ReplaceAll(fmt.Sprintf("%+q", text), `\U000`, `\u`)
		}
		return `"` + text + `"`
	}
	members := map[string][]string{
		"name": {"text", "family", "given", "prefix", "suffix", "use", "extension", "_family", "period"}, "identifier": {"value", "use", "assigner", "_value", "extension"},
		"telecom": {"value", "use", "rank", "system", "extension"}, "address": {"text", "line", "postalCode", "use", "type", "_line"},
		"birthDate": {"extension"}, "subject": {"display", "identifier", "_display", "Display"},
	}[element]
	switch k := rapid.IntRange(0, 9).Draw(t, "shape"); {
	case k == 0:
		return "null"
	case k == 1:
		return secret()
	case k < 5 && depth > 0:
		var items []string
		for range rapid.IntRange(0, 3).Draw(t, "items") {
			items = append(items, drawHidden(t, element, depth-1))
		}
		return "[" + strings.Join(items, " ,") + "]"
	}
	var list []string
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(members), 0, 4, rapid.ID).Draw(t, "members") {
		value := secret()
		switch {
		case name == "system":
			value = rapid.SampledFrom([]string{`"phone"`, `"email"`, `"url"`, `"fax"`}).Draw(t, "system")
		case depth > 0 && rapid.IntRange(0, 3).Draw(t, "nested") == 0:
			value = drawHidden(t, element, depth-1)
		case rapid.Bool().Draw(t, "list"):
			value = "[" + value + ", null]"
		}
		list = append(list, `"`+name+`" :`+value)
	}
	return "{" + strings.Join(list, ",") + "}"
}

var maskedElements = []string{"name", "identifier", "telecom", "address", "birthDate"}

// drawMasked draws a Patient with secrets in what is masked, and other things around it.
func drawMasked(t *rapid.T) (text string, others []string) {
	members := []string{`"resourceType":"Patient"`}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(maskedElements), 0, 5, rapid.ID).Draw(t, "masked") {
		members = append(members, `"`+name+`": `+drawHidden(t, name, 3))
		if rapid.Bool().Draw(t, "beside") {
			members = append(members, `"_`+name+`":`+drawHidden(t, name, 1))
		}
	}
	for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"gender", "active", "maritalStatus", "communication", "photo"}), 0, 4, rapid.ID).Draw(t, "others") {
		others = append(others, `"`+name+`":`+drawJSON(t, 2))
	}
	if rapid.Bool().Draw(t, "meta") {
		members = append(members, `"meta":`+drawMeta(t))
	}
	if rapid.Bool().Draw(t, "unknown") {
		members = append(members, `"nickname":"`+secrets["name"]+`"`)
	}
	if rapid.Bool().Draw(t, "text") {
		members = append(members, `"text":{"div":"`+secrets["name"]+`"}`)
	}
	all := rapid.Permutation(slices.Concat(members, others)).Draw(t, "order")
	return "{" + strings.Join(all, rapid.SampledFrom([]string{",", " ,\n"}).Draw(t, "comma")) + "}", others
}

// drawHolder puts a Patient into another resource, with a reference to it.
func drawHolder(t *rapid.T, patient string) string {
	switch rapid.IntRange(0, 3).Draw(t, "in") {
	case 0:
		return fmt.Sprintf(`{"text":{"div":%q},"resourceType":"Observation","contained":[null,%s],"subject":%s}`, secrets["name"], patient, drawHidden(t, "subject", 2))
	case 1:
		return fmt.Sprintf(`{"resourceType":"Bundle","entry":[{"resource":%s},{"resource":{"resourceType":"Basic","subject":%s}}]}`, patient, drawHidden(t, "subject", 1))
	case 2:
		return fmt.Sprintf(`{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Bundle","entry":{"resource":%s}}}]}`, patient)
	}
	return patient
}

// TestMaskHides: wherever and however a secret stands in what is masked, it is not seen; what is seen is JSON, a resource,
// the rest of it is as it was, and masking it again changes nothing.
func TestMaskHides(t *testing.T) {
	t.Parallel()
	masks := []Masks{
		masksOf(t, "Patient +name,identifier,telecom,address,birthDate"), masksOf(t, "Patient -name,telecom,birthDate +identifier,address"),
		masksOf(t, "Patient -name,identifier,telecom,address,birthDate"),
	}
	rapid.Check(t, func(t *rapid.T) {
		m := rapid.SampledFrom(masks).Draw(t, "masks")
		patient, others := drawMasked(t)
		whole := drawHolder(t, patient)
		seen, err := m.Of([]byte(whole))
		if err != nil {
			t.Fatalf("%s: %v", whole, err)
		}
		if r, err := ParseResource(seen); err != nil || !json.Valid(seen) {
			t.Fatalf("%s becomes %s: %v", whole, seen, err)
		} else {
			hides(t, r.Root)
		}
		for _, other := range others {
			if !bytes.Contains(seen, []byte(other)) {
				t.Fatalf("%s becomes %s, without %s", whole, seen, other)
			}
		}
		if again, err := m.Of(seen); err != nil || !bytes.Equal(again, seen) {
			t.Fatalf("%s becomes %s, and then %s, %v", whole, seen, again, err)
		}
	})
}

func hides(t *rapid.T, n Node) {
	for i := range n.t.nodes {
		v := Node{n.t, uint32(i)}
		for _, secret := range secrets {
			if strings.Contains(v.Str(), secret) {
				t.Fatalf("%s says %s in %s", v.Path(), secret, n.Raw())
			}
		}
	}
}

// TestSpreadMasked: of strange resources of every type, with everything masked or else hidden that can be, what is seen is a
// resource of which the rest is as it was.
func TestSpreadMasked(t *testing.T) {
	t.Parallel()
	all := Masks{}
	for _, of := range schema.Types() {
		var hide, mask []string
		for _, el := range of.Shape().Elements {
			switch {
			case maskings[el.Type] != nil || el.Kind == schema.Reference:
				mask = append(mask, el.Name)
			case !el.Required && !el.Modifier && el.Name != "id" && el.Name != "meta" && el.Name != "contained":
				hide = append(hide, el.Name)
			}
		}
		m, err := NewMask(of, hide, mask)
		if err != nil {
			t.Fatal(err)
		}
		all[of] = m
	}
	for _, s := range samples() {
		r, err := ParseResource(s.Text)
		if err != nil {
			t.Fatal(err)
		}
		whole := r.Body("x", nil).Render(1, time.Unix(0, 0))
		seen, err := all.Of(whole)
		if err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		part, err := ParseResource(seen)
		if err != nil || part.ID != "x" || part.Type != s.Type {
			t.Fatalf("%s becomes %s: %v", s.Name, seen, err)
		}
		again, err := all.Of(seen)
		if err != nil || !bytes.Equal(again, seen) {
			t.Errorf("%s becomes %s, and again %s, %v", s.Name, seen, again, err)
		}
		for c := part.Root.First(); c.Exists(); c = c.Next() {
			el, ok := s.Type.Shape().Element(c.Name())
			switch {
			case !ok && string(c.Name()) != "resourceType" && c.Name()[0] != '_':
				t.Errorf("%s keeps %s", s.Name, c.Name())
			case ok && el.Kind == schema.Primitive && maskings[el.Type] == nil && !bytes.Equal(r.Root.Get(el.Name).Raw(), c.Raw()) && el.Name != "id":
				t.Errorf("%s changes %s", s.Name, c.Name())
			}
		}
	}
}

// TestMaskDeep: resources inside each other, as deep as they are read, take no longer than others of their size.
func TestMaskDeep(t *testing.T) {
	t.Parallel()
	m := masksOf(t, "Patient +name")
	text := `{"resourceType":"Patient","name":[{"text":"张三"}]}`
	for range (MaxDepth - 4) / 5 {
		text = `{"resourceType":"Observation","text":{},"subject":{"reference":"Patient/1"},"contained":[{"resourceType":"Bundle","entry":[{"resource":` + text + `}]}]}`
	}
	tree, err := Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w := masker{masks: m}
	observation, _ := schema.TypeOf("Observation")
	w.resource(tree.Root(), observation)
	if got, most := len(w.part.out), 2*len(`[{"text":"张**"}]`); got > most { // once, and again because of the narratives
		t.Errorf("the innermost name is written in %d bytes, more than %d", got, most)
	}
}

// FuzzMask: whatever is read as a resource can be masked, the result is one, and it stays so.
func FuzzMask(f *testing.F) {
	for _, s := range []string{
		wholePatient,
		`{"resourceType":"Patient","name":[{"given":[null]},[[]],"x"],"_name":[null],"contact":{"name":{}},"meta":{"security":{}}}`,
		`{"resourceType":"Observation","subject":[{"display":"x"},{"reference":"#p"}],"contained":{"resourceType":"Patient","id":"p"},"text":1}`,
		`{"resourceType":"Bundle","link":{"url":"Patient?name=x"},"entry":[{"resource":{"resourceType":"Patient","meta":1,"birthDate":"19"}},[1]]}`,
		`{"resourceType":"QuestionnaireResponse","item":[{"answer":{"item":{"text":"x"}},"_text":[{"extension":{"valueReference":{"display":"x"}}}]}]}`,
	} {
		f.Add([]byte(s))
	}
	masks := masksOf(f, "Patient -contact.name,extension.value +name,identifier,telecom,address,birthDate,managingOrganization,deceasedDateTime;"+
		"QuestionnaireResponse -item.answer +item.text;Practitioner -name,identifier;Bundle +identifier")
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := ParseResource(text); err != nil {
			return
		}
		seen, err := masks.Of(text)
		if err != nil || !json.Valid(seen) {
			t.Fatalf("%s becomes %s, %v", text, seen, err)
		}
		if again, err := masks.Of(seen); err != nil || !bytes.Equal(again, seen) {
			t.Fatalf("%s becomes %s, and then %s, %v", text, seen, again, err)
		}
	})
}
