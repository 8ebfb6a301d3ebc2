package policy_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
)

// TestMatrix: the page that people approve of is what the policy says.
func TestMatrix(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/reference/access.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(page) != policy.Standard().Page() {
		t.Error("docs/reference/access.md is not what policy.yaml says. Look at what changes, and run: go run ./cmd/yitong docs")
	}
}

func standard(t *testing.T) string {
	text, err := os.ReadFile("policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRefused: what a policy leaves open, or gets wrong, is told with the place.
func TestRefused(t *testing.T) {
	t.Parallel()
	text := standard(t)
	for name, c := range map[string]struct{ old, new, says string }{
		"no YAML":              {"roles:", "roles: [", "cannot be read"},
		"an unknown word":      {"{for: trail machinery, may: none}", "{for: trail machinery, mai: none}", "mai"},
		"an unknown role":      {"  nurse: *clinician", "  nourse: *clinician", "nourse"},
		"a role less":          {"  nurse: *clinician", "", "13 roles"},
		"an unknown type":      {"{for: Claim ClaimResponse, may: rs", "{for: Clam, may: rs", `"Clam"`},
		"a type undecided":     {"{for: money trail machinery, may: none}\n", "{for: trail machinery, may: none}\n", "Account"},
		"an unknown act":       {"{for: Consent, may: crus, of:", "{for: Consent, may: crusx, of:", "crusx"},
		"an unknown criterion": {"payor=%institution", "payer=%institution", "payer"},
		"a chain":              {"payor=%institution", "patient.name=x", "chains"},
		"an unknown variable":  {`of: "%patient", labels: self}`, `of: "%patients", labels: self}`, "%patient"},
		"unknown labels":       {"labels: self}", "labels: none}", "labels"},
		"an unknown element":   {"hide: photo contact", "hide: foto", "foto"},
		"a mandatory element":  {"{for: Coverage, may: rs, where: \"-custodian=%institution\", mask: identifier subscriberId}", "{for: Coverage, may: rs, where: \"-custodian=%institution\", hide: status}", "status"},
		"masks and writes":     {"{for: Patient, may: rs, where", "{for: Patient, may: crus, where", "only read and search"},
		"a needless permit":    {"{for: directory conformance, may: rs}", "{for: directory conformance, may: rs, permit: true}", "no where"},
		"an operation more":    {"fhirpath: allow,", "fhirpath: allow, erase: deny,", "erase"},
		"a wrong decision":     {"fhirpath: allow,", "fhirpath: perhaps,", "perhaps"},
		"a long emergency":     {"lasts: 8h ", "lasts: 800h ", "emergency.lasts"},
		"a pattern less":       {"    night:       {from: 5, severity: 1}\n", "", "emergency.patterns.night"},
		"a pattern unknown":    {"    repeated:    {from", "    often: {from: 1, severity: 1}\n    repeated:    {from", `"often"`},
		"nobody to turn to":    {"    en: the medical", "    # the medical", "emergency.complaints"},
		"no limits of exports": {"export: {most", "# export: {most", "most of export"},
		"exports without end":  {"lasts: 720h", "lasts: 87600h", "lasts of export"},
		"nothing":              {text, "", "cannot be read"},
		"too much":             {"roles:", strings.Repeat("#", 1<<20) + "\nroles:", "bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(text, c.old) {
				t.Fatalf("the policy has no %q", c.old)
			}
			_, err := policy.Read([]byte(strings.Replace(text, c.old, c.new, 1)))
			if f := fault.From(err); err == nil || f.Code != fault.Malformed || !strings.Contains(f.Message, c.says) {
				t.Errorf("got %v, want it to say %q", err, c.says)
			}
		})
	}
}

// TestNobodyIsNowhere: rules about one's institution or resident let nothing be done by whom has none.
func TestNobodyIsNowhere(t *testing.T) {
	t.Parallel()
	for _, role := range gate.Roles() {
		for _, r := range policy.Standard().Rules(role, gate.Of{}) {
			if r.Query == "" && r.Of == (fhir.Ref{}) && !slices.Contains(gate.PublicTypes(), r.Type) || strings.Contains(r.Query, "%") {
				t.Errorf("%s, who is nobody, may %s", role, r)
			}
		}
	}
}

// TestTypesHaveContent: every type is of exactly one kind.
func TestTypesHaveContent(t *testing.T) {
	t.Parallel()
	times := map[schema.Type]int{}
	for _, content := range gate.Contents() {
		for _, typ := range content.Types() {
			times[typ]++
		}
	}
	for _, typ := range schema.Types() {
		if times[typ] != 1 {
			t.Errorf("%s is of %d kinds of content", typ, times[typ])
		}
	}
}

// TestNamedTypes: a rule that names a type counts in the place of the role's rules for its kind.
func TestNamedTypes(t *testing.T) {
	t.Parallel()
	practitioner, _ := schema.TypeOf("Practitioner")
	var rules []gate.Rule
	for _, r := range policy.Standard().Rules(gate.Resident, gate.Of{}) {
		if r.Type == practitioner {
			rules = append(rules, r)
		}
	}
	if len(rules) != 1 || len(rules[0].Hide) == 0 {
		t.Errorf("residents see Practitioners by %+v", rules)
	}
}
