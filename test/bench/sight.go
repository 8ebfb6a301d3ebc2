package bench

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yitong/internal/app/region"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/label"
	"yitong/internal/gate/policy"
)

const (
	gateOpened = 128 // residents of other institutions whose records permits open to the doctor
	gateEvery  = 10  // one of so many requests of the doctor is about them; one of as many residents has HIV
	gateSelves = 8   // residents who look at their own records
	gateDoctor = "Practitioner/" + region.Centre + "-01"
	gateCentre = "Organization/" + region.Centre
)

// naming are the templates whose searches name a resident, for whom permits count.
var naming = []string{"patient_code", "include", "revinclude"}

// sight is what one actor sees of the record, to draw requests from.
type sight struct {
	actor   gate.Actor
	own     *facts
	opened  *facts // by permits
	paths   []string
	others  []string // paths of what permits open
	queries map[string][]query
}

func newSight(who string, role gate.Role, of gate.Of) *sight {
	of.Actor = who
	actor := gate.Actor{Reference: who, Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)}
	return &sight{actor: actor, own: newFacts(), opened: newFacts(), queries: map[string][]query{}}
}

func (v *sight) learn(r fhir.Resource) {
	v.own.learn(r)
	v.paths = append(v.paths, pathOf(r))
}

func (v *sight) learnOpened(r fhir.Resource) {
	v.opened.learn(r)
	v.others = append(v.others, pathOf(r))
}

func pathOf(r fhir.Resource) string { return "/fhir/" + r.Type.String() + "/" + r.ID }

// path is the nth resource that is read.
func (v *sight) path(n int) string {
	if n%gateEvery == 0 && len(v.others) > 0 {
		return v.others[n/gateEvery%len(v.others)]
	}
	return v.paths[n*7919%len(v.paths)] // a prime, so that neighbours are not read one after the other
}

// draw makes searches of each kind that find something of what the actor sees.
func (v *sight) draw(kinds []string, most int) {
	for _, t := range templates {
		if kinds != nil && !slices.Contains(kinds, t.name) {
			continue
		}
		for n := range most {
			from := v.own
			if n%gateEvery == 0 && slices.Contains(naming, t.name) && len(v.others) > 0 {
				from = v.opened
			}
			if q, ok := t.draw(from); ok {
				v.queries[t.name] = append(v.queries[t.name], q)
			}
		}
	}
}

// about is the resident whom a resource is about, "" for none.
func about(r fhir.Resource) string {
	if r.Type.String() == "Patient" {
		return "Patient/" + r.ID
	}
	if who := subject(r); who != "" {
		return who
	}
	return r.Root.Get("patient").Get("reference").Str()
}

// permits is a transaction of what the region lacks: diagnoses that a permit would have to name, and permits for the doctor. mine
// are the residents of the doctor's centre, open the others whose records are open.
func permits(all []fhir.Resource) (bundle []byte, mine, open []string) {
	bundle = []byte(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	put := func(name, members string) {
		if bundle[len(bundle)-1] == '}' {
			bundle = append(bundle, ',')
		}
		t, id, _ := strings.Cut(name, "/")
		bundle = fmt.Appendf(bundle, `{"resource":{"resourceType":%q,"id":%q,%s},"request":{"method":"PUT","url":%q}}`, t, id, members, name)
	}
	n := 0
	for _, r := range all {
		if r.Type.String() != "Patient" {
			continue
		}
		name, custodian := about(r), keeper(r)
		if n++; n%gateEvery == 0 {
			put("Condition/hiv-"+r.ID, fmt.Sprintf(`"meta":{"extension":[{"url":%q,"valueReference":{"reference":%q}}]},`+
				`"code":{"coding":[{"system":"http://hl7.org/fhir/sid/icd-10","code":"B24"}]},"subject":{"reference":%q}`, gate.Custodian, custodian, name))
		}
		switch {
		case custodian == gateCentre:
			mine = append(mine, name)
		case len(open) < gateOpened:
			open = append(open, name)
			put("Consent/open-"+r.ID, fmt.Sprintf(`"status":"active","patient":{"reference":%q},`+
				`"scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},`+
				`"category":[{"coding":[{"system":"http://loinc.org","code":"59284-0"}]}],"policyRule":{"text":"居民授权"},`+
				`"provision":{"type":"permit","actor":[{"role":{"text":"医师"},"reference":{"reference":%q}}]}`, name, gateDoctor))
		}
	}
	return append(bundle, "]}"...), mine, open
}

// doctorOf sees what the centre answers for, and what permits open; but for what is sensitive.
func doctorOf(all []fhir.Resource, open []string) *sight {
	v := newSight(gateDoctor, gate.Doctor, gate.Of{Institution: gateCentre})
	for _, r := range all {
		switch {
		case !label.Default().Of(r, time.Now()).Empty():
		case keeper(r) == gateCentre:
			v.learn(r)
		case slices.Contains(open, about(r)):
			v.learnOpened(r)
		}
	}
	return v
}

// selves are the residents of whom the record knows most, as they see their own records.
func selves(all []fhir.Resource) (views []*sight) {
	by := map[string][]fhir.Resource{}
	for _, r := range all {
		if name := about(r); name != "" {
			by[name] = append(by[name], r)
		}
	}
	names := slices.SortedFunc(maps.Keys(by), func(x, y string) int { return len(by[y]) - len(by[x]) })
	for _, name := range names[:min(gateSelves, len(names))] {
		v := newSight(name, gate.Resident, gate.Of{Resident: fhir.ParseReference(name).Ref})
		for _, r := range by[name] {
			v.learn(r)
		}
		views = append(views, v)
	}
	return views
}

// guideOf sees who the residents of the centre are, with the ends of their numbers only.
func guideOf(all []fhir.Resource) *sight {
	v := newSight(gateDoctor, gate.Guide, gate.Of{Institution: gateCentre})
	for _, r := range all {
		if r.Type.String() == "Patient" && keeper(r) == gateCentre {
			v.learn(r)
		}
	}
	return v
}

// keeper is the institution that answers for a resource.
func keeper(r fhir.Resource) string {
	to, _ := r.Extended(gate.Custodian)
	return to
}
