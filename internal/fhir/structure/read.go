package structure

import (
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Limits of a definition.
const (
	MaxElements    = 10_000    // of a differential, and of a snapshot; those of HL7 have some hundreds at most
	MaxDepth       = 32        // parts of a path, and slashes in the names of slices
	MaxCardinality = 1<<31 - 1 // as min, max or maxLength, which are 32-bit integers
)

// The derivations of a definition that has a base.
const (
	Specialization = "specialization" // a type
	Profile        = "constraint"     // a profile, or the definition of an extension
)

// Read reads a StructureDefinition and generates its snapshot from its differential; one that it brings along is not
// looked at. l has the definitions that it needs.
//
// The error is Unprocessable if the definition or one that it needs breaks a rule, and names definition, element and
// what to mend; TooLarge above the limits; never NotFound, because a base that is missing makes the definition unfit.
func Read(n fhir.Node, l *Library) (*Definition, error) {
	k := lookup{library: l}
	if url := n.Get("url").Str(); url != "" {
		k.chain = []string{url}
	}
	return k.read(n)
}

func (k lookup) read(n fhir.Node) (*Definition, error) {
	d, err := header(n)
	if err != nil {
		return nil, err
	}
	elements := n.Get("differential").Get("element")
	first := elements.Item(0).Get("path").Str()
	if first == "" {
		return nil, fault.New(fault.Unprocessable, "StructureDefinition %s has no differential with elements, from "+
			"which its snapshot is generated. Add one; its first element is the root.", d.URL).At(n.Path())
	}
	root, _, _ := strings.Cut(first, ".")
	g := &generator{lookup: k, def: d, specializes: d.Derivation != Profile}
	base, err := g.base(root)
	if err != nil {
		return nil, err
	}
	if elements.Len() > MaxElements {
		return nil, g.tooLarge()
	}
	list := make([]fhir.Node, 0, elements.Len())
	for e := elements.First(); e.Exists(); e = e.Next() {
		list = append(list, e)
	}
	c, err := changes(d.URL, root, list)
	if err != nil {
		return nil, err
	}
	g.baseRoot = base
	if d.root, err = g.merge(base, c, place{}); err != nil {
		return nil, err
	}
	if d.Elements = d.root.list(nil); len(d.Elements) > MaxElements {
		return nil, g.tooLarge()
	}
	return d, nil
}

// header reads what a definition says about itself.
func header(n fhir.Node) (*Definition, error) {
	if n.Get("resourceType").Str() != "StructureDefinition" {
		return nil, fault.New(fault.Unprocessable, "The resource is no StructureDefinition. Send one.").At(n.Path())
	}
	d := &Definition{
		URL: n.Get("url").Str(), Version: n.Get("version").Str(), Name: n.Get("name").Str(),
		Kind: n.Get("kind").Str(), Type: n.Get("type").Str(),
		Base: n.Get("baseDefinition").Str(), Derivation: n.Get("derivation").Str(),
		Abstract: n.Get("abstract").Kind() == fhir.True,
	}
	for c := n.Get("context").First(); c.Exists(); c = c.Next() {
		d.Context = append(d.Context, Context{c.Get("type").Str(), c.Get("expression").Str()})
	}
	for c := n.Get("contextInvariant").First(); c.Exists(); c = c.Next() {
		d.ContextInvariants = append(d.ContextInvariants, c.Str())
	}
	var wrong string
	switch {
	case d.URL == "":
		wrong = "url is missing"
	case d.Type == "":
		wrong = "type is missing"
	case d.Derivation != "" && d.Derivation != Specialization && d.Derivation != Profile:
		wrong = "derivation is neither specialization nor constraint"
	case d.Derivation != "" && d.Base == "":
		wrong = "baseDefinition is missing, and derivation says that there is one"
	case d.Derivation == "" && d.Base != "":
		wrong = "derivation is missing, and baseDefinition says that there is one"
	default:
		return d, nil
	}
	return nil, fault.New(fault.Unprocessable, "StructureDefinition %s: %s.", d.URL, wrong).At(n.Path())
}

// base gives the root of the base's snapshot, under the name that the elements of the definition have; nil if it has no
// base.
func (g *generator) base(root string) (*node, error) {
	d := g.def
	if d.Base == "" {
		return nil, nil
	}
	base, err := g.definition(d.Base)
	if err != nil {
		return nil, g.needs(err, "its base %s", d.Base)
	}
	if d.Derivation == Profile && base.Type != d.Type {
		return nil, fault.New(fault.Unprocessable, "StructureDefinition %s is for the type %s and its base %s for %s. "+
			"A profile is for the type of its base.", d.URL, d.Type, d.Base, base.Type)
	}
	if d.Derivation == Profile && root != base.root.name {
		return nil, unfit(d.URL, root, "its path begins with %s, and must begin with %s.", root, base.root.name)
	}
	if root == base.root.name {
		return base.root, nil
	}
	renamed := *base.root
	renamed.name = root
	return &renamed, nil
}

// needs says that a definition is unfit because another is.
func (g *generator) needs(err error, format string, args ...any) error {
	f := *fault.From(err)
	if f.Code == fault.NotFound {
		f.Code = fault.Unprocessable
	}
	if f.Code != fault.Unprocessable {
		return err
	}
	about := slices.Concat([]any{g.def.URL}, args, []any{f.Message})
	return fault.New(f.Code, "StructureDefinition %s needs "+format+". %s", about...).Because(err)
}
