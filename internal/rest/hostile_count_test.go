package rest_test

import (
	"fmt"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// tooMany is one more than is counted where each resource has to be looked at (docs/search.md).
const tooMany = 10_001

// crowd is many resources.
type crowd struct {
	row    string   // with a place for a number
	hidden []string // from these roles
}

// crowds are many resources that somebody does not see, by what hides them.
var crowds = map[string]crowd{
	"kept by a": {
		`{"resourceType":"Observation","id":"h%[1]d","meta":{` + keptBy("a") + `},"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/px"},"performer":[{"reference":"Practitioner/b"}]}`,
		[]string{"doctor", "pharmacist", "technician", "office", "cdc", "system", "resident", "proxy", "guide", "insurer", "operator", "nobody"},
	},
	"people of a": {
		`{"resourceType":"Patient","id":"h%[1]d","meta":{` + keptBy("a") + `},"gender":"male","generalPractitioner":[{"reference":"Practitioner/b"}]}`,
		[]string{"doctor", "office", "system", "resident", "guide", "nobody"},
	},
}

// counts are the requests that count, or that stop where too much would have to be looked at.
var counts = []string{
	"Observation?_summary=count", "Observation?_total=accurate&_count=1", "Observation?_total=estimate&_count=1", "Observation?code=8867-4&_summary=count", "Observation?code=http://loinc.org|8867-4&_total=accurate", "Observation?status=final&_summary=count",
	"Observation?code:not=x&_summary=count", "Observation?code=8867-4&status=final&_summary=count", "Observation?patient=Patient/pb&_summary=count", "Observation?patient=Patient/pb&code=8867-4&_total=accurate", "Observation?subject=Patient/pb&_summary=count",
	"Observation?-custodian=Organization/b&_summary=count", "Observation?-custodian:not=Organization/b&_summary=count", "Patient/pb/Observation?_summary=count", "Patient/pb/*?_summary=count", "Observation?_security:not=x&_summary=count",
	"Observation?_lastUpdated=gt2000&_summary=count", "Observation?performer=Practitioner/b&_summary=count", "Practitioner/b/Observation?_summary=count", "Observation?subject:Patient.gender=male&_summary=count", "Observation?performer.name=b&_summary=count",
	"Patient?_has:Observation:subject:code=8867-4&_summary=count", "Practitioner?_has:Observation:performer:code=none&_summary=count", "?_type=Observation,Patient&_total=accurate", "?_type=Observation,Patient&_summary=count",
	"Observation?code=8867-4", "Observation?_sort=date&_count=1", "Observation?_sort=-date&code=8867-4&_count=2", "Observation?_sort=_lastUpdated&_count=1", "Observation?identifier=none&_summary=count", "Observation?value-string=none&_summary=count", "Observation?code=none&_summary=count",
	"Patient?_summary=count", "Patient?gender=male&_summary=count", "Patient?gender=male&_total=accurate&_count=1", "Patient?general-practitioner=Practitioner/b&_summary=count",
	"Patient?gender:not=female&_summary=count", "Patient?_sort=gender&_count=1", "Patient?-custodian:not=Organization/b&_summary=count", "Observation?subject:Patient.gender=male&status=final&_total=accurate", "Patient?organization:missing=true&_summary=count",
}

// TestHostileCounts: neither a count nor its refusal depends on how many resources there are that are hidden from who counts.
func TestHostileCounts(t *testing.T) {
	t.Parallel()
	for name, c := range crowds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := c.twins(t)
			if a := (asked{method: "GET", address: "/Observation?_summary=count"}); name == "kept by a" && !w.differs(insider, a) {
				t.Errorf("who may see them is told nothing by %s", a)
			}
			for _, who := range c.hidden {
				for _, query := range counts {
					w.same(who, asked{method: "GET", address: "/" + query})
				}
			}
		})
	}
}

// twins are two servers of which one has the crowd.
func (c crowd) twins(t *testing.T) twins {
	s := usualStory()
	s.plain = append(s.plain[:len(s.plain):len(s.plain)], `{"resourceType":"Patient","id":"px","meta":{`+keptBy("a")+`},"gender":"male"}`,
		`{"resourceType":"Observation","id":"o2","META","status":"amended","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/pb"}}`)
	with := databases["sqlite"](t)
	w := twins{t, s.told(t, with, false), s.told(t, databases["sqlite"](t), false)}
	c.gather(t, gate.New(with, gate.Config{Zone: shanghai}))
	return w
}

// gather writes them.
func (c crowd) gather(t *testing.T, g *gate.Gate) {
	s := g.Session(gate.Actor{Reference: "Device/x", Access: gate.Whole()})
	const batch = 1000
	var ops []gate.Op
	for i := range tooMany {
		r, err := fhir.ParseResource(fmt.Appendf(nil, c.row, i))
		if err != nil {
			t.Fatal(err)
		}
		if ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}); len(ops) == batch || i == tooMany-1 {
			if _, err := s.Apply(t.Context(), ops, nil); err != nil {
				t.Fatal(err)
			}
			ops = nil
		}
	}
}
