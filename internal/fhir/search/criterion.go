package search

import (
	"slices"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// value is what one alternative of a criterion asks for.
type value interface {
	// matches tells whether one value of a resource is what is asked for.
	matches(at *path, n fhir.Node) bool
}

// Criterion is one thing that a search asks for. It is of exactly one kind: a parameter with values, :missing, a chain,
// a _has, or membership of a compartment.
type Criterion struct {
	Type  schema.Type
	Param *Parameter // of values, :missing and chains

	values  []value
	not     bool  // no value may match
	missing *bool // whether there must be none
	zone    *time.Location

	Chain []Step // where a chain may go on
	Has   *Has   // who must refer here
	In    *In    // the compartment
	Name  string // as it was given, for messages
}

// Step is a chain's next step: what must hold for a resource of the type.
type Step struct {
	Type      schema.Type
	Criterion *Criterion
}

// Has asks for resources to which one of a type refers, by the parameter, that meets the criterion.
type Has struct {
	Type      schema.Type
	Param     *Parameter
	Criterion *Criterion
}

// In asks for what refers to any of some resources by any of the parameters; with Self these resources are in as well. Several
// are one that stands in the record under several names.
type In struct {
	Refs   []fhir.Ref
	Params []*Parameter
	Self   bool
}

// Deep tells whether other resources decide whether one meets the criterion.
func (c *Criterion) Deep() bool { return c.Chain != nil || c.Has != nil }

// Matches tells whether a resource that was last changed at that time meets the criterion. Deep criteria are not its
// business.
func (c *Criterion) Matches(r fhir.Resource, updated time.Time) bool {
	switch {
	case c.In != nil:
		return c.In.holds(r)
	case c.missing != nil:
		return c.Param.present(r, c.zone) != *c.missing
	case c.not:
		return !slices.ContainsFunc(c.values, func(v value) bool { return c.found(r, v) })
	}
	return slices.ContainsFunc(c.values, func(v value) bool {
		if d, ok := v.(*dateValue); ok && c.Param.Name == "_lastUpdated" {
			micros := updated.UnixMicro()
			return d.holds(period{micros, micros + 1}) != (d.prefix == "ne")
		}
		return c.found(r, v) != unequal(v)
	})
}

// found tells whether any value of the resource is what is asked for.
func (c *Criterion) found(r fhir.Resource, v value) bool {
	if m, ok := v.(*compositeValue); ok {
		return m.found(c.Param, r, c.zone)
	}
	return !c.Param.each(r, func(at *path, n fhir.Node) bool { return !v.matches(at, n) })
}

// unequal tells whether the prefix is ne.
func unequal(v value) bool {
	switch v := v.(type) {
	case *dateValue:
		return v.prefix == "ne"
	case *numberValue:
		return v.prefix == "ne"
	}
	return false
}

func (in *In) holds(r fhir.Resource) bool {
	if in.Self && slices.Contains(in.Refs, fhir.Ref{Type: r.Type, ID: r.ID}) {
		return true
	}
	is := false
	for _, p := range in.Params {
		p.Referred(r, func(ref fhir.Ref) { is = is || slices.Contains(in.Refs, ref) })
	}
	return is
}

// compositeValue asks for values in the same element.
type compositeValue struct{ values []value }

func (v *compositeValue) matches(*path, fhir.Node) bool { return false }

func (v *compositeValue) found(p *Parameter, r fhir.Resource, zone *time.Location) bool {
	return !p.each(r, func(_ *path, n fhir.Node) bool {
		for i, c := range p.components {
			is := !c.below(r.Root, n, func(at *path, n fhir.Node) bool { return !v.values[i].matches(at, n) })
			if is == unequal(v.values[i]) || !is && !c.under(r.Root, n, zone) {
				return true
			}
		}
		return false
	})
}
