package gate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

// coding is a coding of a code system.
func coding(system, code string) string { return fmt.Sprintf(`{"system":%q,"code":%q}`, system, code) }

const (
	scopes   = "http://terminology.hl7.org/CodeSystem/consentscope"
	kinds    = "http://hl7.org/fhir/resource-types"
	acts     = "http://terminology.hl7.org/CodeSystem/consentaction"
	policies = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
)

// privacy is the members of an active Consent for the privacy of a resident, with the members of its provision.
func privacy(patient, provision string) string { return agreed("patient-privacy", patient, provision) }

func agreed(scope, patient, provision string) string {
	return fmt.Sprintf(`,"status":"active","scope":{"coding":[%s]},"patient":{"reference":"Patient/%s"},"provision":{%s}`, coding(scopes, scope), patient, provision)
}

// opens is the members of a provision that opens the record to somebody, withholds those of one that withholds.
func opens(to ...string) string {
	for i := range to {
		to[i] = fmt.Sprintf(`{"reference":{"reference":%q}}`, to[i])
	}
	return `"type":"permit","actor":[` + strings.Join(to, ",") + `]`
}

// meantAt is the extension of an actor who is meant where they work for an institution.
func meantAt(id string) string {
	return fmt.Sprintf(`"extension":[{"url":%q,"valueReference":{"reference":"Organization/%s"}}]`, gate.AtURL, id)
}

func withholds(what ...string) string {
	for i := range what {
		what[i] = fmt.Sprintf(`{"meaning":"instance","reference":{"reference":%q}}`, what[i])
	}
	return `"type":"deny","data":[` + strings.Join(what, ",") + `]`
}

// TestConsentsOpen: what each kind of Consent opens to a doctor of b who asks for a resident of a.
func TestConsentsOpen(t *testing.T) {
	const whole, classed = "oa", "hiv oa"
	at := func(d time.Duration) string { return noon.Add(d).Format(time.RFC3339) }
	period := func(start, end string) string {
		parts := []string{}
		if start != "" {
			parts = append(parts, fmt.Sprintf(`"start":%q`, start))
		}
		if end != "" {
			parts = append(parts, fmt.Sprintf(`"end":%q`, end))
		}
		return opens("Organization/b") + `,"period":{` + strings.Join(parts, ",") + "}"
	}
	category := func(code string) string { return `,"category":[{"coding":[` + coding(gate.SystemPermit, code) + `]}]` }
	for name, c := range map[string]struct {
		consent      string
		observations string // that are seen, of oa and hiv
		conditions   bool
	}{
		"nothing":                     {"", "", false},
		"to the institution":          {privacy("pa", opens("Organization/b")), whole, true},
		"to the person":               {privacy("pa", opens("Practitioner/b")), whole, true},
		"to the person there":         {privacy("pa", strings.Replace(opens("Practitioner/b"), `{"reference":{`, `{`+meantAt("b")+`,"reference":{`, 1)), whole, true},
		"to the person elsewhere":     {privacy("pa", strings.Replace(opens("Practitioner/b"), `{"reference":{`, `{`+meantAt("c")+`,"reference":{`, 1)), "", false},
		"to both":                     {privacy("pa", opens("Organization/b", "Practitioner/b")), whole, true},
		"to others":                   {privacy("pa", opens("Organization/c", "Practitioner/c")), "", false},
		"to the second of two":        {privacy("pa", opens("Organization/c", "Practitioner/b")), whole, true},
		"of the version":              {privacy("pa/_history/1", opens("Organization/b")), whole, true},
		"a class of resources":        {privacy("pa", opens("Organization/b")+`,"class":[`+coding(kinds, "Observation")+`]`), whole, false},
		"two classes":                 {privacy("pa", opens("Organization/b")+`,"class":[`+coding(kinds, "Condition")+`,`+coding(kinds, "Encounter")+`]`), "", true},
		"a class of sensitive ones":   {privacy("pa", opens("Organization/b")+`,"securityLabel":[`+coding(policies, "HIV")+`]`), classed, true},
		"another sensitive class":     {privacy("pa", opens("Organization/b")+`,"securityLabel":[`+coding(policies, "PSY")+`]`), whole, true},
		"both classes":                {privacy("pa", opens("Organization/b")+`,"class":[`+coding(kinds, "Observation")+`],"securityLabel":[`+coding(policies, "HIV")+`]`), classed, false},
		"to be accessed":              {privacy("pa", opens("Organization/b")+`,"action":[{"coding":[`+coding(acts, "access")+`]}]`), whole, true},
		"now":                         {privacy("pa", period(at(-time.Hour), at(time.Hour))), whole, true},
		"from now":                    {privacy("pa", period(at(0), "")), whole, true},
		"from later":                  {privacy("pa", period(at(time.Second), "")), "", false},
		"until now":                   {privacy("pa", period("", at(-time.Second))), "", false},
		"until today":                 {privacy("pa", period("", "2026-05-04")), whole, true},
		"until yesterday":             {privacy("pa", period("", "2026-05-03")), "", false},
		"from tomorrow":               {privacy("pa", period("2026-05-05", "")), "", false},
		"this year":                   {privacy("pa", period("2026", "2026")), whole, true},
		"an end before the start":     {privacy("pa", period("2026-06", "2026-05")), "", false},
		"no period to be read":        {privacy("pa", period("soon", "")), "", false},
		"of a process":                {privacy("pa", opens("Organization/b")) + category(gate.PermitProcess), whole, true},
		"of a duty":                   {privacy("pa", opens("Organization/b")) + category(gate.PermitDuty), whole, true},
		"of an emergency":             {privacy("pa", opens("Practitioner/b")) + category(gate.PermitEmergency), classed, true},
		"an emergency with classes":   {privacy("pa", opens("Practitioner/b")+`,"class":[`+coding(kinds, "Observation")+`]`) + category(gate.PermitEmergency), classed, true},
		"an emergency of others":      {privacy("pa", opens("Practitioner/c")) + category(gate.PermitEmergency), "", false},
		"of somebody else":            {privacy("pb", opens("Organization/b")), "", false},
		"not active":                  {strings.Replace(privacy("pa", opens("Organization/b")), "active", "proposed", 1), "", false},
		"withdrawn":                   {strings.Replace(privacy("pa", opens("Organization/b")), "active", "inactive", 1), "", false},
		"another scope":               {agreed("research", "pa", opens("Organization/b")), "", false},
		"another system's scope":      {strings.Replace(privacy("pa", opens("Organization/b")), scopes, "urn:x", 1), "", false},
		"two scopes":                  {strings.Replace(privacy("pa", opens("Organization/b")), `"coding":[`, `"coding":[`+coding(scopes, "treatment")+",", 1), "", false},
		"no provision":                {strings.Replace(privacy("pa", ""), `,"provision":{}`, "", 1), "", false},
		"an empty provision":          {privacy("pa", ""), "", false},
		"provisions":                  {strings.Replace(privacy("pa", ""), `{}`, "[{"+opens("Organization/b")+"}]", 1), "", false},
		"no actor":                    {privacy("pa", `"type":"permit"`), "", false},
		"an actor elsewhere":          {privacy("pa", opens("https://example.org/Organization/b")), "", false},
		"an actor by number":          {privacy("pa", `"type":"permit","actor":[{"reference":{"identifier":{"value":"b"}}}]`), "", false},
		"one actor elsewhere of two":  {privacy("pa", opens("Organization/b", "https://example.org/Organization/b")), "", false},
		"a provision inside":          {privacy("pa", opens("Organization/b")+`,"provision":[{"type":"deny"}]`), "", false},
		"a code":                      {privacy("pa", opens("Organization/b")+`,"code":[{"text":"x"}]`), "", false},
		"the period of data":          {privacy("pa", opens("Organization/b")+`,"dataPeriod":{"end":"2020"}`), "", false},
		"single resources":            {privacy("pa", opens("Organization/b")+`,"data":[{"reference":{"reference":"Observation/oa"}}]`), "", false},
		"a purpose":                   {privacy("pa", opens("Organization/b")+`,"purpose":[`+coding("http://terminology.hl7.org/CodeSystem/v3-ActReason", "HMARKT")+`]`), "", false},
		"another action":              {privacy("pa", opens("Organization/b")+`,"action":[{"coding":[`+coding(acts, "disclose")+`]}]`), "", false},
		"a class of documents":        {privacy("pa", opens("Organization/b")+`,"class":[`+coding("urn:ietf:rfc:3986", "Observation")+`]`), "", false},
		"an unknown class":            {privacy("pa", opens("Organization/b")+`,"class":[`+coding(kinds, "Observations")+`]`), "", false},
		"another label":               {privacy("pa", opens("Organization/b")+`,"securityLabel":[`+coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "R")+`]`), "", false},
		"a class of another system":   {privacy("pa", opens("Organization/b")+`,"securityLabel":[`+coding("urn:x", "HIV")+`]`), "", false},
		"no type of provision":        {privacy("pa", strings.Replace(opens("Organization/b"), `"type":"permit",`, "", 1)), "", false},
		"an unknown type":             {privacy("pa", strings.Replace(opens("Organization/b"), "permit", "allow", 1)), "", false},
		"denied":                      {privacy("pa", strings.Replace(opens("Organization/b"), "permit", "deny", 1)), "", false},
		"no patient":                  {strings.Replace(privacy("pa", opens("Organization/b")), "Patient/pa", "Group/pa", 1), "", false},
		"a modifier":                  {privacy("pa", opens("Organization/b")) + `,"modifierExtension":[{"url":"urn:not","valueBoolean":true}]`, "", false},
		"a modifier of the provision": {privacy("pa", opens("Organization/b")+`,"modifierExtension":[{"url":"urn:not","valueBoolean":true}]`), "", false},
		"an actor with a modifier":    {privacy("pa", strings.Replace(opens("Organization/b"), `[{`, `[{"modifierExtension":[{"url":"urn:not","valueBoolean":true}],`, 1)), "", false},
	} {
		t.Run(name, func(t *testing.T) {
			eachRegion(t, func(r region) {
				if c.consent != "" {
					r.put(update("Consent", "c", c.consent))
				}
				b := r.staff(gate.Doctor, "b")
				var want []string
				for id := range strings.FieldsSeq(c.observations) {
					want = append(want, "Observation/"+id)
				}
				if want == nil && !c.conditions { // otherwise a permit is there, for others
					r.refuses(b, "Observation?subject=Patient/pa", fault.Forbidden)
				} else {
					r.finds(b, "Observation?subject=Patient/pa", want...)
				}
				if c.conditions {
					r.finds(b, "Condition?patient=pa", "Condition/ca")
				} else if got, err := r.found(b, "Condition?patient=pa"); len(got) > 0 {
					r.Errorf("finds %q, %v", got, err)
				}
				for _, id := range []string{"oa", "hiv"} {
					seen := map[bool]fault.Code{true: "", false: fault.NotFound}[strings.Contains(c.observations, id)]
					if got := r.sees(b, "Observation/"+id); got != seen {
						r.Errorf("%s: %q, want %q", id, got, seen)
					}
				}
				r.finds(b, "Observation?", "Observation/ob") // nobody has been named
			}, func(c *gate.Config) { c.References = false })
		})
	}
}

// TestMeaningless: whoever writes a Consent that opens nothing is told.
func TestMeaningless(t *testing.T) {
	for name, c := range map[string]struct {
		consent string
		told    bool
	}{
		"understood":      {privacy("pa", opens("Organization/b")), false},
		"not active":      {strings.Replace(privacy("pa", `"type":"permit"`), "active", "draft", 1), false},
		"another scope":   {agreed("research", "pa", `"type":"permit"`), false},
		"no actor":        {privacy("pa", `"type":"permit"`), true},
		"a provision":     {privacy("pa", opens("Organization/b")+`,"provision":[{"type":"deny"}]`), true},
		"a deny of all":   {privacy("pa", `"type":"deny"`), true},
		"a deny of some":  {privacy("pa", withholds("Observation/oa")+`,"actor":[{"reference":{"reference":"Organization/b"}}]`), true},
		"a deny for long": {privacy("pa", withholds("Observation/oa")+`,"period":{"end":"2030"}`), true},
		"a class":         {privacy("pa", opens("Organization/b")+`,"class":[`+coding("urn:x", "Observation")+`]`), true},
		"no type":         {privacy("pa", strings.Replace(opens("Organization/b"), `"type":"permit",`, "", 1)), true},
	} {
		t.Run(name, func(t *testing.T) {
			eachRegion(t, func(r region) {
				results, err := r.whole.Apply(r.Context(), []gate.Op{create("Consent", c.consent)}, nil)
				if err != nil {
					r.Fatal(err)
				}
				told := len(results[0].Issues) > 0
				if told != c.told || told && (results[0].Issues[0].Severity != "warning" || results[0].Issues[0].Chinese == "") {
					r.Errorf("the writer is told %+v", results[0].Issues)
				}
			})
		})
	}
}
