package smart_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"yitong/internal/account/smart"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

func parse(t interface{ Fatal(...any) }, text string) smart.Scopes {
	s, err := smart.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                    "",
		"  openid   fhirUser ":                "openid fhirUser",
		"openid openid patient/*.rs openid":   "openid patient/*.rs",
		"patient/Observation.rs launch":       "launch patient/Observation.rs",
		"patient/*.read user/Patient.write":   "patient/*.read user/Patient.write",
		"system/*.*":                          "system/*.*",
		"user/Encounter.cruds":                "user/Encounter.cruds",
		"patient/Observation.rs?category=lab": "patient/Observation.rs?category=lab",
		"patient/Observation.r?code=http://loinc.org|1-8&category=x":                                                      "patient/Observation.r?category=x&code=http%3A%2F%2Floinc.org%7C1-8",
		"patient/Observation.rs?category=http%3A%2F%2Fx%7Claboratory patient/Observation.rs?category=http://x|laboratory": "patient/Observation.rs?category=http%3A%2F%2Fx%7Claboratory",
		strings.Join(smart.Others(), " "):                                                                                 strings.Join(smart.Others(), " "),
	} {
		if got := parse(t, text).String(); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	for _, text := range []string{
		"email", "OpenID", "patient", "patient/", "patient/Observation", "patient/Observation.", "patient/.rs", "Patient/Observation.rs", "practitioner/*.rs",
		"patient/observation.rs", "patient/Nothing.rs", "patient/Observation.sr", "patient/Observation.rr", "patient/Observation.x", "patient/Observation.Read",
		"patient/Observation.rs?", "patient/*.rs?category=x", "patient/Observation.read?category=x", "patient/Observation.rs?_has:Group:member:_id=1",
		"patient/Observation.rs?subject.name=x", "patient/Observation.rs?_include=Observation:subject", "patient/Observation.rs?%zz=1", "patient/Observation.rs?code=%zz",
		"patient/Observation.rs?x=" + strings.Repeat("x", 600), strings.Repeat("openid ", 1000), "patient/Observation/x.rs", "launch/practitioner", "patient/**.rs",
	} {
		s, err := smart.Parse(text)
		if fault.CodeOf(err) != fault.Malformed || len(err.Error()) > 400 {
			t.Errorf("%.80q is %q, %v", text, s, err)
		}
	}
}

func TestWithin(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{ // asked, at most, given
		{"patient/Observation.rs", "patient/*.cruds", "patient/Observation.rs"},
		{"patient/*.cruds", "patient/Observation.rs patient/Condition.r", "patient/Observation.rs patient/Condition.r"},
		{"patient/Observation.cruds", "patient/*.r patient/Observation.s", "patient/Observation.r patient/Observation.s"},
		{"patient/Observation.rs", "patient/*.r patient/Observation.s", "patient/Observation.rs"},
		{"patient/Observation.rs", "user/*.cruds system/*.cruds", ""},
		{"patient/Observation.read", "patient/*.read", "patient/Observation.read"},
		{"patient/*.write", "patient/*.read", ""},
		{"patient/*.*", "patient/*.read", "patient/*.rs"},
		{"patient/Observation.rs", "patient/Observation.rs?category=laboratory", "patient/Observation.rs?category=laboratory"},
		{"patient/Observation.rs?category=laboratory", "patient/Observation.rs", "patient/Observation.rs?category=laboratory"},
		{"patient/Observation.rs?category=vital-signs", "patient/Observation.rs?category=laboratory", ""},
		{"patient/*.rs", "patient/Observation.rs?category=laboratory", "patient/Observation.rs?category=laboratory"},
		{"openid launch patient/*.rs", "openid user/*.rs", "openid"},
	} {
		if got := parse(t, c[0]).Within(parse(t, c[1])).String(); got != c[2] {
			t.Errorf("%q within %q is %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

// drawn are some scopes.
func drawn(t *rapid.T, name string) smart.Scopes {
	one := rapid.Custom(func(t *rapid.T) string {
		context := rapid.SampledFrom([]string{"patient", "user", "system"}).Draw(t, "context")
		kind := rapid.SampledFrom([]string{"*", "Observation", "Condition", "Patient"}).Draw(t, "type")
		may := rapid.SampledFrom([]string{"read", "write", "*", "rs", "r", "s", "cruds", "cud", "u"}).Draw(t, "may")
		query := ""
		if kind != "*" && len(may) < 5 && !slices.Contains([]string{"read", "*"}, may) {
			query = rapid.SampledFrom([]string{"", "?category=a", "?category=b"}).Draw(t, "query")
		}
		return context + "/" + kind + "." + may + query
	})
	other := rapid.SampledFrom(smart.Others())
	return parse(t, strings.Join(rapid.SliceOfN(rapid.OneOf(one, other), 0, 6).Draw(t, name), " "))
}

// TestScopesProperties: what is cut allows no more than either side, and cutting again changes nothing.
func TestScopesProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		asked, most := drawn(t, "asked"), drawn(t, "most")
		if again := parse(t, asked.String()); again.String() != asked.String() {
			t.Fatalf("%q is read as %q", asked, again)
		}
		given := asked.Within(most)
		for _, s := range given.Resources {
			if !s.Within(most) || !s.Within(asked) {
				t.Fatalf("%q within %q gives %q", asked, most, s)
			}
		}
		for _, o := range given.Others {
			if !most.Has(o) || !asked.Has(o) {
				t.Fatalf("%q within %q gives %q", asked, most, o)
			}
		}
		if again := given.Within(most); again.String() != given.String() {
			t.Fatalf("%q within %q gives %q, then %q", asked, most, given, again)
		}
		if same := asked.Within(asked); same.String() != asked.String() {
			t.Fatalf("%q within itself gives %q", asked, same)
		}
		for _, s := range asked.Resources { // what fits as a whole is given as a whole
			if s.Within(most) && !s.Within(given) {
				t.Fatalf("%q within %q lacks %q: %q", asked, most, s, given)
			}
		}
	})
}

func TestRules(t *testing.T) {
	t.Parallel()
	observation, _ := schema.TypeOf("Observation")
	patient, _ := schema.TypeOf("Patient")
	li := fhir.Ref{Type: patient, ID: "li"}
	s := parse(t, "openid patient/Observation.rs?category=laboratory user/Patient.cruds")
	rules := s.Rules(li)
	want := []gate.Rule{
		{Type: observation, May: gate.MayLook, Query: "category=laboratory", Of: li},
		{Type: patient, May: gate.MayAll},
	}
	if !reflect.DeepEqual(rules, want) {
		t.Errorf("got %v, want %v", rules, want)
	}
	if rules := s.Rules(fhir.Ref{}); !reflect.DeepEqual(rules, want[1:]) {
		t.Errorf("without a resident: %v", rules)
	}
	for _, r := range parse(t, "patient/*.cruds").Rules(li) {
		if r.Of != li && (r.May&^gate.MayLook != 0 || !slices.Contains(gate.PublicTypes(), r.Type)) {
			t.Errorf("patient/ allows %v", r)
		}
	}
}

// FuzzParse reads anything; what it takes, it takes again in its own words.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"openid", "patient/Observation.rs?category=laboratory", "user/*.read system/Patient.*", "patient/Observation.rs?code=a%26b&code=c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := smart.Parse(text)
		if err != nil {
			if fault.CodeOf(err) != fault.Malformed {
				t.Fatal(err)
			}
			return
		}
		again, err := smart.Parse(s.String())
		if err != nil && len(s.String()) <= 4096 {
			t.Fatalf("%q is written as %q: %v", text, s, err)
		}
		if err == nil && again.String() != s.String() {
			t.Fatalf("%q is written as %q, then as %q", text, s, again)
		}
		for _, one := range s.Resources {
			if w := one.Sentence(); w.Chinese == "" || w.English == "" {
				t.Fatalf("%q has no words", one)
			}
		}
	})
}
