package structure

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"io"
	"slices"
	"strings"
	"sync"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// official is where HL7's definitions have their canonicals.
const official = "http://hl7.org/fhir/StructureDefinition/"

// MaxChain is the most definitions that may need each other in a row: bases, and types of elements that are gone into.
const MaxChain = 32

//go:embed definitions.json.gz
var compressed []byte

// Library finds definitions. It may be used by many goroutines at once.
type Library struct {
	lines  map[string][]byte // the embedded definitions, by canonical; of R4 only
	under  *Library          // where to look first; nil for R4
	more   func(url string) (fhir.Node, bool)
	ready  sync.Map // canonical → *Definition
	common commonRules
}

// commonRules are the constraints that every element, and every extension, has.
type commonRules struct{ element, extension []Constraint }

var r4 = sync.OnceValue(open)

// R4 gives the definitions of HL7. The first call decompresses them; each is read, and its snapshot generated, when it
// is first asked for, and then kept.
func R4() *Library { return r4() }

// open reads the embedded file. It is part of the program: a fault in it is a panic.
func open() *Library {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		panic(err)
	}
	l := &Library{lines: map[string][]byte{}}
	for line := range bytes.Lines(text) {
		url, ok := bytes.CutPrefix(line, []byte(`{"url":"`))
		end := bytes.IndexByte(url, '"')
		if !ok || end < 0 {
			panic("structure: a line of definitions.json.gz does not begin with its url")
		}
		l.lines[string(url[:end])] = line
	}
	l.common.element = l.rootConstraints("Element")
	l.common.extension = append(slices.Clip(l.common.element), l.rootConstraints("Extension")...)
	return l
}

// rootConstraints reads what the differential of an embedded type says about the type as a whole.
func (l *Library) rootConstraints(name string) []Constraint {
	n, _ := l.embedded(official + name)
	var e Element
	r := reader{source: official + name}
	r.constraints(&e, n.Get("differential").Get("element").Item(0).Get("constraint"))
	return e.Constraints
}

// With gives a library that also finds what more gives: StructureDefinitions that somebody keeps elsewhere. Those of
// the library itself come first. more is called with the canonical as asked for, and once more without its version if
// it has one and nothing was found; it may be called by many goroutines at once. What has been read is kept, so when
// definitions have changed, make a new library: that costs nothing.
func (l *Library) With(more func(url string) (fhir.Node, bool)) *Library {
	return &Library{under: l, more: more, common: l.common}
}

// URLs gives the canonicals of the embedded definitions, in order.
func (l *Library) URLs() []string {
	for l.under != nil {
		l = l.under
	}
	urls := make([]string, 0, len(l.lines))
	for url := range l.lines {
		urls = append(urls, url)
	}
	slices.Sort(urls)
	return urls
}

// Definition gives the definition of a canonical, with or without "|version", or of a bare type name such as "Patient".
// Its error is NotFound if nobody has it, else as that of [Read].
func (l *Library) Definition(canonical string) (*Definition, error) {
	return lookup{library: l}.definition(canonical)
}

// lookup is a search that remembers for which definitions it is made, so that a cycle ends.
type lookup struct {
	library *Library
	chain   []string
}

func (k lookup) definition(canonical string) (*Definition, error) {
	if canonical != "" && !strings.ContainsAny(canonical, ":/|") {
		canonical = official + canonical
	}
	if d, ok := k.library.kept(canonical); ok {
		return d, nil
	}
	if slices.Contains(k.chain, canonical) {
		return nil, fault.New(fault.Unprocessable, "The definitions %s need each other in a circle. "+
			"Give one of them another base.", strings.Join(append(k.chain, canonical), " → "))
	}
	if len(k.chain) >= MaxChain {
		return nil, fault.New(fault.Unprocessable, "More than %d definitions need each other in a row, "+
			"from %s to %s. Use a base that is nearer to the type.", MaxChain, k.chain[0], canonical)
	}
	n, owner, ok := k.library.find(canonical)
	if !ok {
		return nil, fault.New(fault.NotFound, "There is no StructureDefinition %s. "+
			"Mend the canonical, or add the definition.", canonical)
	}
	if owner.under != nil && n.Get("derivation").Str() == Specialization {
		return nil, fault.New(fault.Unprocessable, "%s defines a type of its own. Those of R4 are fixed: "+
			"constrain one of them (derivation constraint).", canonical)
	}
	d, err := lookup{owner, append(slices.Clip(k.chain), canonical)}.read(n)
	if err != nil {
		return nil, err
	}
	kept, _ := owner.ready.LoadOrStore(canonical, d)
	return kept.(*Definition), nil
}

// kept gives a definition that has been read before.
func (l *Library) kept(canonical string) (*Definition, bool) {
	for ; l != nil; l = l.under {
		if d, ok := l.ready.Load(canonical); ok {
			return d.(*Definition), true
		}
	}
	return nil, false
}

// find gives a StructureDefinition as JSON, and the library that it belongs to.
func (l *Library) find(canonical string) (fhir.Node, *Library, bool) {
	if l.under == nil {
		n, ok := l.embedded(canonical)
		return n, l, ok
	}
	if n, owner, ok := l.under.find(canonical); ok {
		return n, owner, true
	}
	url, version, versioned := strings.Cut(canonical, "|")
	n, ok := l.more(canonical)
	if !ok && versioned {
		n, ok = l.more(url)
	}
	if !ok || n.Get("url").Str() != url || versioned && n.Get("version").Str() != version {
		return fhir.Node{}, nil, false
	}
	return n, l, true
}

func (l *Library) embedded(canonical string) (fhir.Node, bool) {
	url, version, versioned := strings.Cut(canonical, "|")
	line, ok := l.lines[url]
	if !ok {
		return fhir.Node{}, false
	}
	tree, err := fhir.Parse(line)
	if err != nil {
		panic("structure: " + url + ": " + err.Error())
	}
	n := tree.Root()
	return n, !versioned || n.Get("version").Str() == version
}

// derives tells whether one canonical is the other, or stands above it in the chain of bases. known is false if that
// chain leads to a definition that nobody has.
func (k lookup) derives(canonical, from string) (is, known bool) {
	from, _, _ = strings.Cut(from, "|")
	for range MaxChain {
		if canonical == "" {
			return false, true
		}
		if url, _, _ := strings.Cut(canonical, "|"); url == from {
			return true, true
		}
		if d, ok := k.library.kept(canonical); ok {
			canonical = d.Base
			continue
		}
		n, _, ok := k.library.find(canonical)
		if !ok {
			return false, false
		}
		canonical = n.Get("baseDefinition").Str()
	}
	return false, false
}
