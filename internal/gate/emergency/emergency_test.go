package emergency_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
)

// rules are some that are in order.
func rules() emergency.Rules {
	return emergency.Rules{
		Lasts: 8 * time.Hour, Review: 24 * time.Hour, Open: 5, Window: 720 * time.Hour, Visit: 48 * time.Hour, Night: emergency.Hours{From: 22, To: 6},
		Patterns: map[emergency.Pattern]emergency.Threshold{
			emergency.Unjustified: {From: 1, Severity: 5}, emergency.Unvisited: {From: 3, Severity: 3}, emergency.Repeated: {From: 3, Severity: 4},
			emergency.AtNight: {From: 2, Severity: 1}, emergency.Many: {From: 6, Severity: 2},
		},
		Complaints: bilingual.Text{Zh: "医务处", En: "the office"},
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	if err := rules().Check(); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*emergency.Rules){
		"emergency.lasts":            func(r *emergency.Rules) { r.Lasts = 100 * time.Hour },
		"emergency.review":           func(r *emergency.Rules) { r.Review = 25 * time.Hour },
		"emergency.window":           func(r *emergency.Rules) { r.Window = 0 },
		"emergency.visit":            func(r *emergency.Rules) { r.Visit = -time.Hour },
		"emergency.open":             func(r *emergency.Rules) { r.Open = 0 },
		"emergency.night":            func(r *emergency.Rules) { r.Night.To = 24 },
		"from one hour to another":   func(r *emergency.Rules) { r.Night.To = 22 },
		"emergency.complaints":       func(r *emergency.Rules) { r.Complaints.En = "" },
		`"often"`:                    func(r *emergency.Rules) { r.Patterns["often"] = emergency.Threshold{From: 1, Severity: 1} },
		"emergency.patterns.many":    func(r *emergency.Rules) { delete(r.Patterns, emergency.Many) },
		"emergency.patterns.night":   func(r *emergency.Rules) { r.Patterns[emergency.AtNight] = emergency.Threshold{From: 1, Severity: 11} },
		"emergency.patterns.unvisit": func(r *emergency.Rules) { r.Patterns[emergency.Unvisited] = emergency.Threshold{Severity: 1} },
	} {
		r := rules()
		change(&r)
		if f := fault.From(r.Check()); f == nil || f.Code != fault.Malformed || !strings.Contains(f.Message, says) {
			t.Errorf("the check says %v, want %q", f, says)
		}
	}
}

func TestCheckText(t *testing.T) {
	t.Parallel()
	for text, good := range map[string]bool{
		"患者昏迷送医,家属不在":                    true,
		"  unconscious, no relatives\n":  true,
		"患者昏迷":                           false,
		"":                               false,
		strings.Repeat("急", 40):          false,
		strings.Repeat("测试", 40):         false,
		strings.Repeat("abcd ", 40):      false,
		"AaBbCcDd AaBbCcDd":              false, // the same four letters
		"!!!???……——。。。,,,###":            false,
		"                         ":      false,
		"患者昏迷送医\x00家属不在":                 false,
		strings.Repeat("患者昏迷送医家属不在", 50): true,
		strings.Repeat("患者昏迷送医家属不在", 50) + "急": false,
		"急救 120 送来,血压 60/40":                   true,
	} {
		got, err := emergency.CheckText("reason", text)
		if (err == nil) != good || good && got != strings.TrimSpace(text) {
			t.Errorf("%q: %q, %v", text, got, err)
		}
		if err != nil && (fault.CodeOf(err) != fault.Unprocessable || text != "" && strings.Contains(err.Error(), text)) {
			t.Errorf("%q is refused with %v", text, err)
		}
	}
}

// TestOwned: every category of permits has one owner, whatever else a Consent says, and every code that emergency access uses.
func TestOwned(t *testing.T) {
	t.Parallel()
	parser := search.Parser{Table: search.R4(time.UTC)}
	for resource, want := range map[string]string{
		`{"resourceType":"Consent","category":[{"coding":[{"system":"urn:yitong:permit","code":"emergency"}]}]}`:                                      "emergency",
		`{"resourceType":"Consent","category":[{"text":"x"},{"coding":[{"system":"x","code":"y"},{"system":"urn:yitong:permit","code":"process"}]}]}`: "any",
		`{"resourceType":"Consent","category":[{"coding":[{"system":"urn:yitong:permit","code":"duty"}]}]}`:                                           "duty",
		`{"resourceType":"Consent","category":[{"coding":[{"system":"urn:yitong:permit","code":"x"}]}]}`:                                              "none",
		`{"resourceType":"Consent","category":[{"coding":[{"system":"urn:yitong:permit"}]}]}`:                                                         "none",
		`{"resourceType":"Consent","category":[{"coding":[{"system":"urn:x","code":"emergency"}]}]}`:                                                  "",
		`{"resourceType":"Consent"}`: "",
		`{"resourceType":"Task","code":{"coding":[{"system":"urn:yitong:process","code":"emergency-review"}]}}`:                "emergency",
		`{"resourceType":"Task","code":{"coding":[{"system":"urn:yitong:process","code":"export"}]}}`:                          "",
		`{"resourceType":"Communication","category":[{"coding":[{"system":"urn:yitong:process","code":"emergency-notice"}]}]}`: "emergency",
		`{"resourceType":"Communication"}`: "",
	} {
		r, err := fhir.ParseResource([]byte(resource))
		if err != nil {
			t.Fatal(err)
		}
		var owners []string
		for _, o := range emergency.Owned() {
			pairs := gate.Pairs(o.Query)
			all, _, err := parser.Criteria(o.Type, pairs)
			if err != nil {
				t.Fatal(err)
			}
			if o.Type == r.Type && !slices.ContainsFunc(all, func(c *search.Criterion) bool { return !c.Matches(r, time.Time{}) }) {
				owners = append(owners, cmp.Or(o.Process, "any"))
			}
		}
		if got := strings.Join(owners, " "); got != want {
			t.Errorf("%s belongs to %q, want %q", resource, got, want)
		}
	}
}

var patient, _ = schema.TypeOf("Patient")

// at is a use of a practitioner for a resident at an hour of a day, that has been reviewed and found good, with a visit.
func at(who, resident string, hour int, change ...func(*emergency.Made)) emergency.Made {
	m := emergency.Made{
		Practitioner: "Practitioner/" + who, Institution: "Organization/a", Resident: fhir.Ref{Type: patient, ID: resident},
		At: time.Date(2026, 5, 4, hour, 0, 0, 0, time.UTC), Reviewed: true, Visited: true,
	}
	m.Due = m.At.Add(24 * time.Hour)
	for _, c := range change {
		c(&m)
	}
	return m
}

func unjustified(m *emergency.Made) { m.Unjustified = true }
func unvisited(m *emergency.Made)   { m.Visited = false }
func unreviewed(m *emergency.Made)  { m.Reviewed = false }
func elsewhere(m *emergency.Made)   { m.Institution = "Organization/b" }

// TestConducts: what uses come to, as name: counts; patterns; severity.
func TestConducts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 5, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		uses []emergency.Made
		want []string
	}{
		"none":        {nil, nil},
		"a good one":  {[]emergency.Made{at("w", "1", 12)}, []string{"w: uses 1, open 0, overdue 0, often 0; [] 0"}},
		"unjustified": {[]emergency.Made{at("w", "1", 12, unjustified)}, []string{"w: uses 1, open 0, overdue 0, often 0; [unjustified] 5"}},
		"nights":      {[]emergency.Made{at("w", "1", 22), at("w", "2", 5), at("w", "3", 6), at("w", "4", 21)}, []string{"w: uses 4, open 0, overdue 0, often 0; [night] 1"}},
		"one night":   {[]emergency.Made{at("w", "1", 22), at("w", "2", 6)}, []string{"w: uses 2, open 0, overdue 0, often 0; [] 0"}},
		"one resident": {[]emergency.Made{at("w", "1", 12), at("w", "1", 13), at("w", "1", 14), at("w", "2", 14), at("w", "2", 15)},
			[]string{"w: uses 5, open 0, overdue 0, often 2; [repeated] 4"}},
		"one of several people": {[]emergency.Made{at("w", "1", 12), at("w", "1", 13), at("x", "1", 14)},
			[]string{"w: uses 2, open 0, overdue 0, often 1; [] 0", "x: uses 1, open 0, overdue 0, often 0; [] 0"}},
		"strangers": {[]emergency.Made{at("w", "1", 12, unvisited), at("w", "2", 12, unvisited), at("w", "3", 12, unvisited, elsewhere)},
			[]string{"w: uses 3, open 0, overdue 0, often 0; [unvisited] 3"}},
		"reviews": {[]emergency.Made{at("w", "1", 11, unreviewed), at("w", "2", 12, unreviewed), at("w", "3", 13, unreviewed), at("w", "4", 14)},
			[]string{"w: uses 4, open 3, overdue 2, often 0; [] 0"}},
		"many, and the worst first": {[]emergency.Made{
			at("w", "1", 12), at("w", "2", 12), at("w", "3", 12), at("w", "4", 12), at("w", "5", 12), at("w", "6", 12),
			at("x", "1", 12, unjustified), at("y", "1", 12), at("z", "1", 12), at("z", "2", 12),
		}, []string{"x: uses 1, open 0, overdue 0, often 0; [unjustified] 5", "w: uses 6, open 0, overdue 0, often 0; [many] 2",
			"z: uses 2, open 0, overdue 0, often 0; [] 0", "y: uses 1, open 0, overdue 0, often 0; [] 0"}},
	} {
		var got []string
		for _, c := range rules().Conducts(c.uses, now) {
			got = append(got, fmt.Sprintf("%s: uses %d, open %d, overdue %d, often %d; %v %d", strings.TrimPrefix(c.Practitioner, "Practitioner/"),
				c.Counts[emergency.Many], c.Open, c.Overdue, len(c.Often), c.Patterns, c.Severity))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestConductsOfAnyUses: no use is lost or counted twice, a line stands for each practitioner, the worst first, whatever the
// order of the uses; and one use more makes nobody look better.
func TestConductsOfAnyUses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) emergency.Made {
			m := at(rapid.SampledFrom([]string{"v", "w", "x"}).Draw(t, "who"), rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "resident"), rapid.IntRange(0, 23).Draw(t, "hour"))
			m.Reviewed, m.Unjustified, m.Visited = rapid.Bool().Draw(t, "reviewed"), rapid.Bool().Draw(t, "unjustified"), rapid.Bool().Draw(t, "visited")
			return m
		})
		uses := rapid.SliceOfN(one, 0, 30).Draw(t, "uses")
		now := time.Date(2026, 5, 5, rapid.IntRange(0, 23).Draw(t, "now"), 0, 0, 0, time.UTC)
		all := rules().Conducts(uses, now)
		sum, severity := 0, map[string]int{}
		for i, c := range all {
			sum += c.Counts[emergency.Many]
			if _, twice := severity[c.Practitioner]; twice || c.Overdue > c.Open || i > 0 && all[i-1].Severity < c.Severity {
				t.Fatalf("line %d is %+v", i, c)
			}
			severity[c.Practitioner] = c.Severity
			for p, n := range c.Counts {
				if n > c.Counts[emergency.Many] || slices.Contains(c.Patterns, p) != (n >= rules().Patterns[p].From) {
					t.Fatalf("%d of %s: %+v", n, p, c)
				}
			}
		}
		if sum != len(uses) {
			t.Fatalf("%d of %d uses are counted", sum, len(uses))
		}
		slices.Reverse(uses)
		if other := rules().Conducts(uses, now); fmt.Sprint(other) != fmt.Sprint(all) {
			t.Fatalf("in another order: %v, not %v", other, all)
		}
		for _, c := range rules().Conducts(append(uses, one.Draw(t, "more")), now) {
			if c.Severity < severity[c.Practitioner] {
				t.Fatalf("one more use makes %s look better", c.Practitioner)
			}
		}
	})
}
