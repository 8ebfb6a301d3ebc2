package structure

import (
	"strings"

	"yitong/internal/fhir"
)

// Many is the Max of elements that may repeat without limit: "*".
const Many = -1

// Definition is a StructureDefinition with its snapshot. It is shared by all callers, who leave it as it is.
type Definition struct {
	URL, Version, Name, Kind, Type string
	Base                           string // canonical of the base, "" for Element and Resource
	Derivation                     string // "specialization", "constraint" or ""
	Abstract                       bool
	Context                        []Context  // where an extension may stand
	ContextInvariants              []string   // FHIRPath that must hold where an extension stands
	Elements                       []*Element // the snapshot, in order; the first is the root

	root *node
}

// Context is a place where an extension may stand.
type Context struct {
	Type       string // "element", "extension" or "fhirpath"
	Expression string // what it is depends on Type
}

// Element is an ElementDefinition of a snapshot: all that holds for one element.
type Element struct {
	ID        string // such as Observation.component:systolic.value[x]
	Path      string // such as Observation.component.value[x]
	SliceName string
	Min       int
	Max       int // or Many
	Base      Base
	// ContentReference is the path, within the type, of the element whose content this one has; "" if none.
	ContentReference string
	Types            []TypeRef
	// Fixed, Pattern, MinValue and MaxValue are the zero Node where there is none. The type names beside them are those
	// of FHIR: "code" for fixedCode.
	Fixed, Pattern, MinValue, MaxValue                 fhir.Node
	FixedType, PatternType, MinValueType, MaxValueType string
	MaxLength                                          int // in characters; 0 for no limit
	Constraints                                        []Constraint
	Binding                                            *Binding // nil if none
	Slicing                                            *Slicing // nil if none
	Modifier, Summary, MustSupport                     bool
	Regex                                              string // of the values of a primitive type: at its element value

	conditions []string    // keys of constraints that this element is part of
	rest       []fhir.Node // the members for people, as written
}

// Base is where and with what cardinality the type that first had the element defines it.
type Base struct {
	Path     string
	Min, Max int // Max may be Many
}

// TypeRef is one type that an element may have.
type TypeRef struct {
	Code        string   // "code", "Reference", "BackboneElement": the FHIR type, also where HL7 names one of FHIRPath
	Profiles    []string // canonicals, one of which the value conforms to
	Targets     []string // canonicals, one of which the target of a Reference or canonical conforms to
	Aggregation []string // "contained", "referenced", "bundled"
	Versioning  string   // "either", "independent", "specific" or ""

	system string // FHIRPath's type where the file names one
	regex  string
}

// Constraint is a FHIRPath rule of an element.
type Constraint struct {
	Key        string
	Severity   string // "error" or "warning"
	Expression string
	Source     string // canonical of the definition that first states the rule
	Human      string // the rule in words; "" for the ones of HL7
}

// Binding says which codes an element has.
type Binding struct {
	Strength    string // "required", "extensible", "preferred" or "example"
	ValueSet    string // canonical; "" if only words tell
	MaxValueSet string // canonical that limits a weaker binding (extension elementdefinition-maxValueSet); "" if none
}

// Slicing says how the slices of an element are told apart.
type Slicing struct {
	Discriminators []Discriminator
	Ordered        bool
	Rules          string // "closed", "open" or "openAtEnd"
}

// Discriminator is a value by which slices differ.
type Discriminator struct {
	Type string // "value", "exists", "pattern", "type" or "profile"
	Path string // restricted FHIRPath from the element
}

// node is an element of a snapshot with what lies below it. Nodes are never changed once they are made; those that a
// derived definition leaves alone are shared with its base.
type node struct {
	el       *Element
	name     string // the last part of the path
	children []*node
	slices   []*node // of this element; they may be sliced again
}

// place is the element that a node is put below.
type place struct{ id, path string }

func placeOf(e *Element) place { return place{e.ID, e.Path} }

// of gives the id and path of an element of that name and slice.
func (p place) of(name, slice string) place {
	if p.path == "" {
		return place{name, name}
	}
	at := place{p.id + "." + name, p.path + "." + name}
	if slice != "" {
		at.id += ":" + slice
	}
	return at
}

// list appends the elements in the order of a snapshot: an element, what is below it, its slices.
func (n *node) list(to []*Element) []*Element {
	to = append(to, n.el)
	for _, c := range n.children {
		to = c.list(to)
	}
	for _, s := range n.slices {
		to = s.list(to)
	}
	return to
}

// find gives the unsliced element of a path, nil if there is none.
func (n *node) find(path string) *node {
	if n.el.Path == path {
		return n
	}
	for _, c := range n.children {
		if path == c.el.Path || strings.HasPrefix(path, c.el.Path+".") {
			return c.find(path)
		}
	}
	return nil
}
