package oracles

import (
	_ "embed" // the resources written by hand
	"fmt"
	"strings"
	"sync"

	"yitong/internal/app/region"
	"yitong/internal/fhir"
)

// Resource is a resource to evaluate expressions for.
type Resource struct {
	Place int    // in Resources
	Text  string // its JSON, on one line
	root  fhir.Node
}

// String is the type and the place.
func (r *Resource) String() string {
	return fmt.Sprintf("%s %d", r.root.Get("resourceType").Str(), r.Place)
}

//go:embed resources.ndjson
var byHand string

// of each type the region gives so many.
const ofEachType = 2

// Resources are some written by hand, with all that is unusual in JSON, and of each type of the synthetic region a few.
var Resources = sync.OnceValue(func() []*Resource {
	var all []*Resource
	add := func(text string) {
		tree, err := fhir.Parse([]byte(text))
		if err != nil {
			panic(err)
		}
		all = append(all, &Resource{Place: len(all), Text: text, root: tree.Root()})
	}
	for line := range strings.Lines(byHand) {
		add(strings.TrimSpace(line))
	}
	seen := map[string]int{}
	for bundle, err := range region.Make(region.Options{Seed: 1, Residents: 60, Years: 1, Today: region.Day}) {
		if err != nil {
			panic(err)
		}
		tree, err := fhir.Parse(bundle)
		if err != nil {
			panic(err)
		}
		for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
			r := e.Get("resource")
			name := r.Get("resourceType").Str()
			if seen[name]++; seen[name] <= ofEachType {
				add(string(r.Raw()))
			}
		}
	}
	return all
})
