package search

import (
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Named calls do with every resource of a type that a criterion names, by a reference, as a compartment or by _id. said tells
// that whoever meets the criterion is about that resource itself, or is it: that it is named neither in a chain or _has, nor
// by :not.
func (c *Criterion) Named(of schema.Type, do func(ref fhir.Ref, said bool)) {
	c.named(of, !c.not, do)
}

func (c *Criterion) named(of schema.Type, said bool, do func(fhir.Ref, bool)) {
	if c.In != nil {
		for _, ref := range c.In.Refs {
			if ref.Type == of {
				do(ref, said)
			}
		}
		return
	}
	for _, step := range c.Chain {
		step.Criterion.named(of, false, do)
	}
	if c.Has != nil {
		c.Has.Criterion.named(of, false, do)
	}
	if c.Type == of {
		refs, _ := c.IDs()
		for _, ref := range refs {
			do(ref, said)
		}
	}
	for _, v := range c.values {
		if r, is := v.(*referenceValue); is {
			for _, ref := range r.refs {
				if ref.Type == of {
					do(ref, said)
				}
			}
		}
	}
}

// Only are resources of a type, one of which whatever meets the criterion refers to, or is; false for a criterion that lets others in, too.
func (c *Criterion) Only(of schema.Type) (refs []fhir.Ref, is bool) {
	if refs, is = c.IDs(); !is {
		refs, is = c.plainRefs()
	}
	return refs, is && !slices.ContainsFunc(refs, func(ref fhir.Ref) bool { return ref.Type != of })
}

// Widened is the criterion with the other names of each resource that it refers to, or as whose compartment it stands, at every
// step. Criteria on _id mean the one name only. The criterion itself stays as it is.
func (c *Criterion) Widened(names map[fhir.Ref][]fhir.Ref) *Criterion {
	if len(names) == 0 {
		return c
	}
	w := *c
	if c.In != nil {
		in := *c.In
		in.Refs = widened(in.Refs, names)
		w.In = &in
	}
	w.Chain = slices.Clone(c.Chain)
	for i, step := range w.Chain {
		w.Chain[i].Criterion = step.Criterion.Widened(names)
	}
	if c.Has != nil {
		has := *c.Has
		has.Criterion = has.Criterion.Widened(names)
		w.Has = &has
	}
	w.values = slices.Clone(c.values)
	for i, v := range w.values {
		if r, is := v.(*referenceValue); is && r.version == 0 {
			w.values[i] = &referenceValue{refs: widened(r.refs, names), text: r.text}
		}
	}
	return &w
}

// widened are resources with their other names behind them.
func widened(refs []fhir.Ref, names map[fhir.Ref][]fhir.Ref) (all []fhir.Ref) {
	for _, ref := range refs {
		for _, name := range append([]fhir.Ref{ref}, names[ref]...) {
			if !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	return all
}

// Uses calls do with every parameter that decides about a criterion, and the type of which it is: also with those by which something
// is in a compartment.
func (c *Criterion) Uses(do func(of schema.Type, p *Parameter)) {
	if c.In != nil {
		for _, p := range c.In.Params {
			do(c.Type, p)
		}
	}
	if c.Param != nil {
		do(c.Type, c.Param)
	}
	for _, step := range c.Chain {
		step.Criterion.Uses(do)
	}
	if c.Has != nil {
		do(c.Has.Type, c.Has.Param)
		c.Has.Criterion.Uses(do)
	}
}

// Repeats calls do with the elements of other resources that a criterion reads where references repeat them: their identifier
// by :identifier, their name by :text, which is about the display.
func (c *Criterion) Repeats(do func(of schema.Type, element string)) {
	for _, step := range c.Chain {
		step.Criterion.Repeats(do)
	}
	if c.Has != nil {
		c.Has.Criterion.Repeats(do)
	}
	for _, v := range c.values {
		element := ""
		switch v.(type) {
		case identifierValue:
			element = "identifier"
		case textValue:
			element = "name"
		}
		if element == "" || c.Param.Kind != Reference {
			continue
		}
		targets := c.Param.Targets
		if targets == nil {
			targets = schema.Types()
		}
		for _, t := range targets {
			do(t, element)
		}
	}
}

// Identifies tells whether a criterion asks for one resource by what identifies it.
func (c *Criterion) Identifies() bool {
	return c.Param != nil && !c.Deep() && !c.not && c.missing == nil && (c.Param.Name == "identifier" || c.Param.Name == "_id")
}
