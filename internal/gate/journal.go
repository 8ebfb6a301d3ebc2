package gate

import (
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fhir"
	"yitong/internal/store"
)

// journal is what the trail is to tell of a session since it last did. One request at a time writes it.
type journal struct {
	doing    Doing
	saw      []told
	of       []string
	at       map[string]int // the places of these, if there are many
	by       []string
	parts    strings.Builder // of a bundle, as far as there is room, each behind a line feed
	more     int             // parts for which there was none
	part     string          // the newest
	partOf   []string        // the residents whom it is about
	apart    []byte          // lines of parts that were denied, or whose targets are not there
	count    int64
	masked   map[string][]fhir.Ref // whom versions are about of which not all is shown
	body     []byte                // that was read last, as resource
	resource fhir.Resource
	wrote    bool // transactions have left lines of their own
	parted   bool // one of the parts failed
}

// told is a version, and the places in the list of residents of those whom it is about.
type told struct {
	name string
	of   []int
}

// each are what was told, each once, as a [trail.Record] has them.
func (j *journal) each(all []told) []string {
	names := make([]string, 0, len(all))
	var known map[string]bool
	if len(all) > 1 {
		known = make(map[string]bool, len(all))
	}
	for _, t := range all {
		if known[t.name] {
			continue
		}
		if known != nil {
			known[t.name] = true
		}
		if len(j.of) > 1 && !strings.HasPrefix(t.name, "Patient/") {
			for i, at := range t.of {
				t.name += " ,"[min(i, 1):][:1] + strconv.Itoa(at)
			}
		}
		names = append(names, t.name)
	}
	return names
}

// read notes a resource that has been read of a body, so that it need not be once more.
func (j *journal) read(body fhir.Body, r fhir.Resource) {
	if j != nil {
		j.body, j.resource = body.Bytes, r
	}
}

// masking notes whom a version is about of which not all is shown.
func (j *journal) masking(v store.Version, of []fhir.Ref) {
	if j != nil {
		if j.masked == nil {
			j.masked = map[string][]fhir.Ref{}
		}
		j.masked[named(v)] = of
	}
}

// about notes residents, and tells their places.
func (j *journal) about(refs ...fhir.Ref) (places []int) {
	for _, ref := range refs {
		name := ref.String()
		at := j.place(name)
		if j.part != "" && !slices.Contains(j.partOf, name) && len(j.partOf) < partMost {
			j.partOf = append(j.partOf, name)
		}
		if !slices.Contains(places, at) {
			places = append(places, at)
		}
	}
	return places
}

// fewMost is of how many residents each is looked at to find one, before their places are kept.
const fewMost = 8

// place is that of a resident, who is noted if that has not been done before.
func (j *journal) place(name string) int {
	at, known := j.at[name]
	if j.at == nil {
		at = slices.Index(j.of, name)
		known = at >= 0
	}
	if known {
		return at
	}
	j.of = append(j.of, name)
	if len(j.of) == fewMost {
		j.at = map[string]int{}
		for i, of := range j.of {
			j.at[of] = i
		}
	} else if j.at != nil {
		j.at[name] = len(j.of) - 1
	}
	return len(j.of) - 1
}
