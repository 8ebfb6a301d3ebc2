package terminology

import (
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Library holds code systems and value sets, each read at its first use and kept. It is safe for concurrent use.
type Library struct {
	below *Library                                 // what this one extends, nil for the library of R4
	find  func(kind, url string) (fhir.Node, bool) // reads the resource of a type and url
	rules map[string]func(code string) Answer      // of systems whose codes are told by a rule, by url

	mu          sync.RWMutex
	sets        map[string]*ValueSet
	definitions map[string]*definition
	systems     map[string]*CodeSystem
}

// R4 is the library of FHIR R4's own code systems and value sets, and of the systems that these draw on (the package
// comment tells which). The first use of it unpacks the file, which takes some 10 milliseconds.
func R4() *Library { return r4() }

var r4 = sync.OnceValue(openR4)

func openR4() *Library {
	l := newLibrary(embedded().node)
	l.rules = rules
	return l
}

func newLibrary(find func(kind, url string) (fhir.Node, bool)) *Library {
	return &Library{
		find:        find,
		sets:        map[string]*ValueSet{},
		definitions: map[string]*definition{},
		systems:     map[string]*CodeSystem{},
	}
}

// With is a library that also looks into more for ValueSet and CodeSystem resources, by canonical url without a
// version. What l has completely stays as it is; code systems of which l knows a part, or a rule, may be told in
// full by more. What more gives is kept, so a change of it takes a new library; what it does not have is asked for
// anew. A resource that cannot be read counts as not there. more is called concurrently.
func (l *Library) With(more func(url string) (fhir.Node, bool)) *Library {
	n := newLibrary(func(_, url string) (fhir.Node, bool) { return more(url) })
	n.below = l
	return n
}

// Check tells whether a resource can be read as a ValueSet or CodeSystem, as far as this package asks. The error is a
// *fault.Error, Malformed, with the place at fault.
func Check(n fhir.Node) error {
	var err error
	switch n.Get("resourceType").Str() {
	case "ValueSet":
		_, err = readDefinition(n)
	case "CodeSystem":
		_, err = readCodeSystem(n)
	default:
		err = fault.New(fault.Malformed, "The resource is no ValueSet and no CodeSystem.").At(n.Path())
	}
	return err
}

// ValueSet gives the value set of a canonical, "url" or "url|version"; false when there is none of that version here.
// Every value set of R4 also goes by 4.0.1, by which R4 cites even those that have another version.
func (l *Library) ValueSet(canonical string) (*ValueSet, bool) {
	url, version, _ := strings.Cut(canonical, "|")
	s := l.set(url)
	if s == nil || version != "" && !s.definition.is(version) {
		return nil, false
	}
	return s, true
}

// set gives the value set of a url, nil if there is none.
func (l *Library) set(url string) *ValueSet {
	if s := kept(l, l.sets, url); s != nil {
		return s
	}
	if l.below != nil {
		if s := l.below.set(url); s != nil && s.settled() {
			return s // nothing that more may have can change it
		}
	}
	d := l.definition(url)
	if d == nil {
		return nil
	}
	return keep(l, l.sets, url, &ValueSet{URL: d.url, Version: d.version, library: l, definition: d})
}

// definition gives what a value set is composed of, nil if there is none of that url.
func (l *Library) definition(url string) *definition {
	if d := kept(l, l.definitions, url); d != nil {
		return d
	}
	if l.below != nil {
		if d := l.below.definition(url); d != nil {
			return d
		}
	}
	n, ok := l.find("ValueSet", url)
	if !ok {
		return nil
	}
	d, err := readDefinition(n)
	if err != nil || d.url != url {
		return nil
	}
	d.r4 = l.below == nil
	return keep(l, l.definitions, url, d)
}

// CodeSystem gives the code system of a url, "url" or "url|version"; false when nothing is known of it, or that
// version is not here.
func (l *Library) CodeSystem(url string) (*CodeSystem, bool) {
	if c := l.system(url); c != nil {
		return c, true // first, because R4 has urls with a bar in them, such as that of v2-0006|2.4
	}
	url, version, versioned := strings.Cut(url, "|")
	if !versioned {
		return nil, false
	}
	c := l.system(url)
	return c, c != nil && (c.Version == "" || c.Version == version)
}

// system gives the code system of a url, nil if there is none.
func (l *Library) system(url string) *CodeSystem {
	if c := kept(l, l.systems, url); c != nil {
		return c
	}
	var below *CodeSystem
	if l.below != nil {
		if below = l.below.system(url); below != nil && below.complete {
			return below
		}
	}
	c := l.readSystem(url)
	switch {
	case c == nil && below != nil:
		return below
	case c == nil && l.rules[url] == nil:
		return nil
	case c == nil:
		c = &CodeSystem{URL: url, fold: caseless[url], rule: l.rules[url]}
	case below != nil: // what it adds to a system that is known by its form is never the whole of it
		c.rule, c.complete = below.rule, c.complete && below.rule == nil
	}
	return keep(l, l.systems, url, c)
}

// readSystem reads the code system of a url, nil if there is none with codes.
func (l *Library) readSystem(url string) *CodeSystem {
	n, ok := l.find("CodeSystem", url)
	if !ok {
		return nil
	}
	c, err := readCodeSystem(n)
	if err != nil || c.URL != url || len(c.concepts) == 0 {
		return nil
	}
	return c
}

// kept gives what was kept of a url.
func kept[T any](l *Library, all map[string]*T, url string) *T {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return all[url]
}

// keep keeps what was read of a url, and gives what stays: that which came first.
func keep[T any](l *Library, all map[string]*T, url string, value *T) *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first := all[url]; first != nil {
		return first
	}
	all[strings.Clone(url)] = value
	return value
}
