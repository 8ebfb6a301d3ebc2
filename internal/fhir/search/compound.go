package search

import (
	"slices"

	"yitong/internal/fhir"
)

// Bare is where the resources stand that have the code of a criterion in whatever system, beside those that have it in the system
// that is asked for: if there are as many, these are the same. It is false if no system is asked for.
func (t *Table) Bare(code *Criterion) (any, asked Access, is bool) {
	if code.Param == nil || code.Deep() || len(code.values) != 1 {
		return any, asked, false
	}
	v, token := code.values[0].(*tokenValue)
	if !token || v.anySystem || v.noCode {
		return any, asked, false
	}
	any.Spans = t.list(code.Type, nil, code.Param.ID, FormCode, v.code)
	asked.Spans = t.list(code.Type, nil, code.Param.ID, FormSystemCode, join(v.system, v.code))
	return any, asked, true
}

// Compound is where the resources stand that are about the patients of one criterion, or kept by its custodians, and have the codes
// of another; or that are kept by the custodians of one and refer to the patients of another. It is false if these two are not kept
// together.
func (t *Table) Compound(patient, code *Criterion) (a Access, ok bool) {
	if a, ok := t.keptAbout(patient, code); ok {
		return a, true
	}
	if patient.Param == nil || code.Param == nil || !code.Param.compound || patient.Deep() || code.Deep() || code.not {
		return a, false
	}
	whose := map[string]string{"patient": "Patient", "subject": "Patient", "-custodian": "Organization"}[patient.Param.Name]
	for _, who := range patient.values {
		ref, is := who.(*referenceValue)
		if !is || len(ref.refs) == 0 {
			return Access{}, false
		}
		for _, v := range code.values {
			token, is := v.(*tokenValue)
			if !is || token.noCode {
				return Access{}, false
			}
			for _, r := range ref.refs {
				if r.Type.String() != whose {
					return Access{}, false
				}
				a.Spans = t.list(code.Type, a.Spans, code.Param.ID, FormCompound, r.String()+"|"+token.code)
				a.Exact = whose == "Organization" && !slices.ContainsFunc(code.Param.paths, func(p path) bool { return !p.coded() || p.folded() })
			}
		}
	}
	a.Exact = a.Exact && len(patient.values) == 1 && len(code.values) == 1 // but for the system of the code, see Bare
	return a, len(a.Spans) > 0 && len(a.Spans) <= 64
}

// keptMost bounds the lists of what some custodians keep about some residents.
const keptMost = 256

// keptAbout is where the resources stand that are kept by the custodians of one criterion and refer to what another one names, among
// that Patients; false if they are not kept together.
func (t *Table) keptAbout(custodian, who *Criterion) (a Access, ok bool) {
	if custodian.Param == nil || custodian.Param.Name != "-custodian" {
		return a, false
	}
	keepers, plain := custodian.plainRefs()
	refs, also := who.plainRefs()
	if !plain || !also || !slices.ContainsFunc(refs, func(r fhir.Ref) bool { return r.Type.String() == "Patient" }) {
		return a, false
	}
	for _, ref := range refs {
		if ref.Type.String() != "Patient" {
			a.Spans = t.list(who.Type, a.Spans, t.whole[who.Type], FormReference, ref.String())
			continue
		}
		for _, keeper := range keepers {
			a.Spans = t.list(who.Type, a.Spans, t.whole[who.Type], FormCompound, keeper.String()+"|"+ref.String())
		}
	}
	return a, len(a.Spans) <= keptMost
}

// plainRefs are the resources of this record that a criterion names by references, or as compartments in which nothing else stands;
// false if it asks for anything beside.
func (c *Criterion) plainRefs() (refs []fhir.Ref, ok bool) {
	if c.In != nil {
		return c.In.Refs, !c.In.Self
	}
	if c.Param == nil || c.Param.Kind != Reference || c.Deep() || c.not || c.missing != nil {
		return nil, false
	}
	for _, v := range c.values {
		r, is := v.(*referenceValue)
		if !is || r.text != "" {
			return nil, false
		}
		refs = append(refs, r.refs...)
	}
	return refs, len(refs) > 0
}
