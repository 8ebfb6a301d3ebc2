package bench

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"yitong/internal/fhir"
	"yitong/internal/fhir/fold"
)

// facts are what is known of the data, for searches to be made that must find something.
type facts struct {
	rand       *rand.Rand
	codes      map[string]int    // Observations by system|code
	conditions map[string]int    // Conditions likewise
	classes    map[string]int    // Encounters by class
	patients   map[string]string // an identifier of each
	people     sample[person]
	measured   sample[measured] // Observations
	quantities sample[measured] // those with a quantity
	units      sample[measured] // those whose quantity has a unit of conversions
	ill        sample[string]   // Patients with a Condition
	treated    sample[string]   // Patients with an Encounter that names who took part
	observed   sample[string]   // Patients with an Observation that names its Encounter
}

// person is a Patient.
type person struct {
	identifier string // system|value
	prefix     string // how the name begins, as somebody would type it
	pinyin     string // "" if the name is not Chinese
}

// measured is an Observation.
type measured struct {
	patient string // Patient/id
	code    string // system|code
	date    string
	value   float64
	unit    string
}

// sample keeps some of many, each as likely as any other.
type sample[T any] struct {
	kept []T
	seen int
}

const sampleMost = 4096

func (s *sample[T]) add(r *rand.Rand, v T) {
	s.seen++
	if len(s.kept) < sampleMost {
		s.kept = append(s.kept, v)
	} else if i := r.IntN(s.seen); i < sampleMost {
		s.kept[i] = v
	}
}

func newFacts() *facts {
	return &facts{
		rand: rand.New(rand.NewPCG(3, 4)), codes: map[string]int{}, conditions: map[string]int{}, classes: map[string]int{},
		patients: map[string]string{},
	}
}

// learn takes up a resource.
func (f *facts) learn(r fhir.Resource) {
	switch r.Type.String() {
	case "Patient":
		f.patient(r)
	case "Observation":
		f.observation(r)
	case "Condition":
		for _, code := range codings(r.Root.Get("code").Get("coding")) {
			f.conditions[code]++
		}
		if who := subject(r); who != "" {
			f.ill.add(f.rand, who)
		}
	case "Encounter":
		class := r.Root.Get("class")
		f.classes[class.Get("system").Str()+"|"+class.Get("code").Str()]++
		took := r.Root.Get("participant").Item(0).Get("individual").Get("reference").Str()
		if who := subject(r); who != "" && fhir.ParseReference(took).Kind == fhir.ReferenceLocal {
			f.treated.add(f.rand, who)
		}
	}
}

// subject is the Patient that a resource is about, "" for none.
func subject(r fhir.Resource) string {
	who := r.Root.Get("subject").Get("reference").Str()
	if !strings.HasPrefix(who, "Patient/") {
		return ""
	}
	return who
}

// codings are the codes of a concept as system|code, each once.
func codings(list fhir.Node) (codes []string) {
	for c := list.First(); c.Exists(); c = c.Next() {
		code := c.Get("system").Str() + "|" + c.Get("code").Str()
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}

func (f *facts) patient(r fhir.Resource) {
	var p person
	for id := r.Root.Get("identifier").First(); id.Exists() && p.identifier == ""; id = id.Next() {
		if id.Get("system").Str() != "" && id.Get("value").Str() != "" {
			p.identifier = id.Get("system").Str() + "|" + id.Get("value").Str()
		}
	}
	name := r.Root.Get("name").Item(0)
	family := name.Get("family").Str()
	whole := []rune(family + name.Get("given").Item(0).Str())
	if family == "" || p.identifier == "" {
		return
	}
	if unicode.Is(unicode.Han, whole[0]) {
		p.prefix, p.pinyin = string(whole[:min(2, len(whole))]), fold.Readings(string(whole))[0]
	} else {
		p.prefix = string([]rune(family)[:min(4, len([]rune(family)))])
	}
	f.people.add(f.rand, p)
	f.patients["Patient/"+r.ID] = p.identifier
}

func (f *facts) observation(r fhir.Resource) {
	codes := codings(r.Root.Get("code").Get("coding"))
	for _, code := range codes {
		f.codes[code]++
	}
	o := measured{patient: subject(r), date: r.Root.Get("effectiveDateTime").Str()}
	if len(codes) == 0 || o.patient == "" || len(o.date) < len("2006-01-02") {
		return
	}
	o.code = codes[0]
	f.measured.add(f.rand, o)
	if fhir.ParseReference(r.Root.Get("encounter").Get("reference").Str()).Kind == fhir.ReferenceLocal {
		f.observed.add(f.rand, o.patient)
	}
	q := r.Root.Get("valueQuantity")
	value, err := strconv.ParseFloat(string(q.Get("value").Raw()), 64)
	if err != nil || value <= 0 {
		return
	}
	o.value, o.unit = value, q.Get("code").Str()
	f.quantities.add(f.rand, o)
	if _, known := conversions[o.unit]; known && q.Get("system").Str() == ucumSystem {
		f.units.add(f.rand, o)
	}
}

const ucumSystem = "http://unitsofmeasure.org"

// conversions are units in which somebody else would give a quantity, and what to multiply it with.
var conversions = map[string]struct {
	unit   string
	factor float64
}{
	"kg": {"g", 1000}, "cm": {"m", .01}, "mm[Hg]": {"kPa", .1333224}, "/min": {"/h", 60}, "mmol/L": {"umol/L", 1000},
	"mg/dL": {"g/L", .01}, "g/dL": {"g/L", 10}, "mL": {"L", .001},
}

// rare are the codes that the fewest Observations have, of every four one.
func (f *facts) rare() []string {
	codes := slices.Sorted(maps.Keys(f.codes))
	slices.SortStableFunc(codes, func(a, b string) int { return f.codes[a] - f.codes[b] })
	return codes[:(len(codes)+3)/4]
}
