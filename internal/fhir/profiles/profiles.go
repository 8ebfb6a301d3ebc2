package profiles

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/structure"
)

//go:embed definitions/*.json
var files embed.FS

// kinds are the resource types of the definitions, in the order in which a server may publish them: what others name
// comes first.
var kinds = []string{"CodeSystem", "ValueSet", "StructureDefinition"}

// definitions are the embedded files, in the order of kinds and then of canonicals, and by canonical.
type definitions struct {
	all   []fhir.Resource
	byURL map[string]fhir.Node
}

var embedded = sync.OnceValue(func() definitions {
	d := definitions{byURL: map[string]fhir.Node{}}
	list, err := files.ReadDir("definitions")
	must(err)
	for _, file := range list {
		text, err := files.ReadFile("definitions/" + file.Name())
		must(err)
		r, err := fhir.ParseResource(text)
		must(err)
		d.all = append(d.all, r)
		d.byURL[r.Root.Get("url").Str()] = r.Root
	}
	slices.SortFunc(d.all, func(a, b fhir.Resource) int {
		if order := slices.Index(kinds, a.Type.String()) - slices.Index(kinds, b.Type.String()); order != 0 {
			return order
		}
		return strings.Compare(a.Root.Get("url").Str(), b.Root.Get("url").Str())
	})
	return d
})

// must stops the program where a file that is part of it cannot be read.
func must(err error) {
	if err != nil {
		panic("profiles: " + err.Error())
	}
}

// Resources gives all definitions, the StructureDefinitions with generated snapshots: code systems, value sets, then
// extensions and profiles, each in the order of their canonicals. It is what a server publishes. Callers share them and
// leave them as they are. The error is Internal: a defect of a definition.
func Resources() ([]fhir.Resource, error) { return published() }

var published = sync.OnceValues(func() ([]fhir.Resource, error) {
	library := structure.R4().With(Definition)
	all := slices.Clone(embedded().all)
	for i, r := range all {
		if r.Type.String() != "StructureDefinition" {
			continue
		}
		text, err := structure.Snapshot(r.Root, library)
		if err != nil {
			return nil, fault.Wrap(err, "making the snapshot of "+r.Root.Get("url").Str())
		}
		if all[i], err = fhir.ParseResource(text); err != nil {
			return nil, fault.Wrap(err, "reading the snapshot of "+r.Root.Get("url").Str())
		}
	}
	return all, nil
})

// ByType gives the canonicals of the profiles of each resource type, with their versions.
func ByType() map[string][]string {
	byType := map[string][]string{}
	for _, r := range embedded().all {
		if r.Root.Get("kind").Str() == "resource" {
			of := r.Root.Get("type").Str()
			byType[of] = append(byType[of], r.Root.Get("url").Str()+"|"+r.Root.Get("version").Str())
		}
	}
	return byType
}

// Definition gives the StructureDefinition of a canonical, "url" or "url|version", as written, without a snapshot;
// false when there is none here. It is for [structure.Library.With].
func Definition(canonical string) (fhir.Node, bool) {
	n, ok := find(canonical)
	if !ok || n.Get("resourceType").Str() != "StructureDefinition" {
		return fhir.Node{}, false
	}
	return n, true
}

// Terms gives the CodeSystem or ValueSet of a canonical, "url" or "url|version"; false when there is none here. It is
// for terminology.Library.With.
func Terms(canonical string) (fhir.Node, bool) {
	n, ok := find(canonical)
	if !ok || n.Get("resourceType").Str() == "StructureDefinition" {
		return fhir.Node{}, false
	}
	return n, true
}

// find gives the definition of a canonical, of any type.
func find(canonical string) (fhir.Node, bool) {
	url, version, versioned := strings.Cut(canonical, "|")
	n, ok := embedded().byURL[url]
	if !ok || versioned && n.Get("version").Str() != version {
		return fhir.Node{}, false
	}
	return n, true
}
