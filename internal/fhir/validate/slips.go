package validate

import "strings"

// slip is an invariant of R4 that does not say what it means to.
type slip struct {
	wrong string // the expression as published; an expression that differs is left alone
	right string // what is evaluated instead
	why   string

	native func(*walk, value) bool // instead of right
}

// slips are the invariants whose published expressions refuse what their own words allow, or cannot be evaluated. Those that
// only let too much pass are left as published: what R4 lets pass, we do.
var slips = map[string]slip{
	"app-4": {
		wrong: "Appointment.cancelationReason.exists() implies (Appointment.status='no-show' or Appointment.status='cancelled')",
		right: "cancelationReason.exists() implies (status = 'noshow' or status = 'cancelled')",
		why:   "the code of Appointment.status is noshow",
	},
	"con-3": {
		wrong: "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.select($this='problem-list-item').empty()",
		right: "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(code = 'problem-list-item').empty()",
		why:   "a CodeableConcept is compared with a code, and select gives something for every category",
	},
	"sdf-8": {
		wrong: `(%resource.kind = 'logical' or element.first().path = %resource.type) and element.tail().all(path.startsWith(%resource.snapshot.element.first().path&'.'))`,
		why:   "all elements are gone through for each",

		native: func(w *walk, x value) bool {
			first := x.n.Get("element").First().Get("path").Str()
			return (w.logical() || first == w.self.Get("type").Str()) && pathsBelow(x.n, first)
		},
	},
	"sdf-8a": {
		wrong: `(%resource.kind = 'logical' or element.first().path.startsWith(%resource.type)) and (element.tail().empty() or element.tail().all(path.startsWith(%resource.differential.element.first().path.replaceMatches('\\..*','')&'.')))`,
		why:   "all elements are gone through for each",

		native: func(w *walk, x value) bool {
			first := x.n.Get("element").First().Get("path").Str()
			root, _, _ := strings.Cut(first, ".")
			return (w.logical() || strings.HasPrefix(first, w.self.Get("type").Str())) && pathsBelow(x.n, root)
		},
	},
	"que-7": {
		wrong: "operator = 'exists' implies (answer is Boolean)",
		right: "operator = 'exists' implies (answer is boolean)",
		why:   "the answer is FHIR's boolean",
	},
	"dom-3": {
		wrong: "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()",
		why:   "as() takes one item only, and the text is searched anew for each contained resource",

		native: containedAreReferred,
	},
	"tim-9": {
		wrong: "offset.empty() or (when.exists() and ((when in ('C' | 'CM' | 'CD' | 'CV')).not()))",
		right: "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())",
		why:   "in takes one item only, and there may be several times of day",
	},
	"csd-1": {
		wrong: "concept.code.combine($this.descendants().concept.code).isDistinct()",
		why:   "the codes of contained resources, and of the first level twice, are counted",

		native: distinct("concept", "code"),
	},
	"que-2": {
		wrong: "descendants().linkId.isDistinct()",
		why:   "the items of contained questionnaires are counted",

		native: distinct("item", "linkId"),
	},
	"bdl-7": {
		wrong: "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl&resource.meta.versionId).isDistinct()",
		right: "(type = 'history') or entry.where(fullUrl.exists()).select(fullUrl & ' ' & resource.meta.versionId).isDistinct()",
		why:   "version 11 of …/1 is taken for version 1 of …/11",
	},
	"ref-1": {
		wrong: "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))",
		why:   "a reference to the resource around, or none at all, gives nothing",

		native: referredAreContained,
	},
	"cnt-3": {
		wrong: "(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (code.empty() or code = '1') and (value.empty() or value.hasValue().not() or value.toString().contains('.').not())",
		right: "(code.exists() or value.empty()) and (system.empty() or system = %ucum) and (code.empty() or code = '1') and (value.empty() or value.hasValue().not() or value = value.truncate())",
		why:   "1.0 is a whole number",
	},
}

// undecided are the invariants of R4 that compare what may not be comparable (dates of different precision, quantities of
// different dimensions), or look into what need not be there. Where they give nothing, nothing is known to be wrong. Every
// other invariant has to give true (R4, ElementDefinition.constraint.expression).
var undecided = map[string]bool{
	"bdl-8": true, "md-1": true, "mdd-1": true, "per-1": true, "ras-2": true, "rng-2": true, "vs-1": true, "inv-1": true,
}

// namesPattern is the rule about names that all canonical resources have under keys of their own (cnl-0, vsd-0, …). A name
// may be left away.
const namesPattern = "name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"

// contexts are elements on which HL7's own resources of R4 carry extensions whose definitions name narrower ones.
var contexts = map[string][]string{
	coreBase + "structuredefinition-fhir-type":         {"ElementDefinition.type"},
	coreBase + "structuredefinition-normative-version": {"DomainResource", "ElementDefinition"},
	coreBase + "regex":                     {"ElementDefinition.type"},
	coreBase + "translation":               {"ValueSet.expansion.contains"},
	coreBase + "valueset-concept-comments": {"CodeSystem.concept"},
}
