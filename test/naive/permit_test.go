package naive

import (
	"fmt"
	"slices"
	"strings"

	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// What the record itself says of resources, as random ones have it.
var (
	withheldLabel  = object{"system": "urn:yitong:label", "code": "withheld"}
	sensitiveLabel = object{"system": actCodes, "code": "PSY"}
)

const actCodes = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

// linked draws which of the Patients that there may be stand for the same resident: the first of some lists the others, and these
// refer to it.
func (d drawer) linked(patients int) map[string][]any {
	links := map[string][]any{}
	link := func(from, to int, ways ...string) {
		name := fmt.Sprintf("Patient/%d", from)
		links[name] = append(links[name], object{"other": object{"reference": fmt.Sprintf("Patient/%d", to)}, "type": pick(d, ways...)})
	}
	for golden := 1; golden+1 <= patients; {
		others := d.below(3)
		for i := range min(others, patients-golden) {
			link(golden, golden+1+i, "seealso", "replaces")
			link(golden+1+i, golden, "refer", "replaced-by")
		}
		golden += 1 + others
	}
	return links
}

// privacy draws a Consent that opens a record.
func (d drawer) privacy() object {
	provision := object{"type": "permit", "actor": some(d, 2, func() any {
		return object{"role": object{"text": "x"}, "reference": object{"reference": pick(d, "Organization/1", "Organization/1", "Organization/2", "Practitioner/part")}}
	})}
	if d.chance(30) {
		provision["class"] = some(d, 2, func() any {
			return object{"system": "http://hl7.org/fhir/resource-types", "code": pick(d, "Observation", "Patient", "Encounter")}
		})
	}
	if d.chance(50) {
		provision["securityLabel"] = []any{pick(d, sensitiveLabel, sensitiveLabel, object{"system": actCodes, "code": "HIV"})}
	}
	return object{
		"status": pick(d, "active", "active", "active", "inactive"), "provision": provision,
		"scope":   object{"coding": []any{object{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": "patient-privacy"}}},
		"patient": object{"reference": d.target(&schema.Element{Targets: []schema.Type{patientType()}})},
	}
}

func patientType() schema.Type {
	t, _ := schema.TypeOf("Patient")
	return t
}

// tells labels a Consent that names classes of sensitive content, or what is withheld, for it would tell of them.
func tells(provision any, meta map[string]any) {
	add := func(label object) {
		if !labeled(meta, label) {
			meta["security"] = append(slices.Clone(list(meta["security"])), label)
		}
	}
	for _, l := range list(member(provision, "securityLabel")) {
		if code := text(member(l, "code")); slices.Contains(sensitive, code) {
			add(object{"system": actCodes, "code": code})
		}
	}
	if text(member(provision, "type")) == "deny" && member(provision, "data") != nil {
		add(withheldLabel)
	}
	for _, inner := range list(member(provision, "provision")) {
		tells(inner, meta)
	}
}

// sensitive are the classes of sensitive content.
var sensitive = []string{"HIV", "STD", "PSY", "SEX", "GDIS"}

// classes are those of a resource, by its labels.
func (res *Resource) classes() (all []string) {
	for _, class := range sensitive {
		if res.labeled(object{"system": actCodes, "code": class}) {
			all = append(all, class)
		}
	}
	return all
}

// within tells whether all of some texts are among others.
func within(some, others []string) bool {
	return !slices.ContainsFunc(some, func(one string) bool { return !slices.Contains(others, one) })
}

// keeps carries over to the meta of a new version what the record itself says of a resource and its writer does not.
func (res *Resource) keeps(meta map[string]any) {
	if to := res.custodian(); to != "" && custodianOf(meta) == "" {
		meta["extension"] = append(list(meta["extension"]), object{"url": gate.Custodian, "valueReference": object{"reference": to}})
	}
	if res.labeled(withheldLabel) && !labeled(meta, withheldLabel) {
		meta["security"] = append(slices.Clone(list(meta["security"])), withheldLabel)
	}
}

func (res *Resource) custodian() string { return custodianOf(res.Body["meta"]) }

func custodianOf(meta any) string {
	for _, e := range list(member(meta, "extension")) {
		if text(member(e, "url")) == gate.Custodian {
			return text(member(member(e, "valueReference"), "reference"))
		}
	}
	return ""
}

func (res *Resource) labeled(label object) bool { return labeled(res.Body["meta"], label) }

func labeled(meta any, label object) bool {
	return slices.ContainsFunc(list(member(meta, "security")), func(l any) bool {
		return text(member(l, "system")) == label["system"] && text(member(l, "code")) == label["code"]
	})
}

// kept are the types about residents; personal of them those about one by one.
func kept(typ string) bool {
	t, _ := schema.TypeOf(typ)
	return slices.ContainsFunc([]gate.Content{gate.People, gate.Clinical, gate.Money, gate.Consents, gate.Shared}, func(c gate.Content) bool { return slices.Contains(c.Types(), t) })
}

func personal(typ string) bool {
	t, _ := schema.TypeOf(typ)
	return kept(typ) && !slices.Contains(gate.Shared.Types(), t)
}

// golden is the Patient that stands for the resident for whom one stands.
func (r *Record) golden(name string) string {
	if p := r.Get("Patient", strings.TrimPrefix(name, "Patient/")); p != nil {
		if to := linksOf(p, "refer", "replaced-by"); len(to) > 0 {
			return to[len(to)-1]
		}
	}
	return name
}

// opening is a permit of the one who searches: for some residents, some types and some labels.
type opening struct {
	types   []string // nil for all
	classes []string // of sensitive content
}

// openings are the permits for a resident, by any of the resident's names.
func (r *Record) openings(name string) (all []opening) {
	for _, res := range r.all {
		provision := res.Body["provision"]
		if res.Type != "Consent" || text(res.Body["status"]) != "active" || text(member(provision, "type")) != "permit" {
			continue
		}
		if scope := list(member(res.Body["scope"], "coding")); len(scope) != 1 || text(member(scope[0], "code")) != "patient-privacy" {
			continue
		}
		if of := text(member(res.Body["patient"], "reference")); r.golden(of) != r.golden(name) {
			continue
		}
		var o opening
		for _, c := range list(member(provision, "class")) {
			o.types = append(o.types, text(member(c, "code")))
		}
		for _, l := range list(member(provision, "securityLabel")) {
			o.classes = append(o.classes, text(member(l, "code")))
		}
		for _, a := range list(member(provision, "actor")) {
			if to := text(member(member(a, "reference"), "reference")); to == "Organization/1" || to == "Practitioner/part" {
				all = append(all, o)
			}
		}
	}
	return all
}

// about are the Patients whom a resource is about.
func (r *Record) about(res *Resource) (names []string) {
	if !personal(res.Type) {
		return nil
	}
	if res.Type == "Patient" {
		return []string{res.Name()}
	}
	ways := r.facts.Compartments["Patient"][res.Type]
	if res.Type == "Device" {
		ways = []string{"patient"}
	}
	for _, name := range ways {
		p := r.facts.parameter(res.Type, name)
		if p == nil {
			continue
		}
		for _, n := range r.find(p, res) {
			for _, at := range pointers(n) {
				if typ, id, ok := at.local(); ok && typ == "Patient" {
					names = append(names, "Patient/"+id)
				}
			}
		}
	}
	return names
}

// opened tells whether permits open a resource, if these residents have been named.
func (r *Record) opened(res *Resource, named []string) bool {
	about := r.about(res)
	return len(about) > 0 && !slices.ContainsFunc(about, func(who string) bool {
		return !slices.ContainsFunc(named, func(name string) bool {
			if who != name && !slices.Contains(r.alsoCalled(name, nil), who) {
				return false
			}
			return slices.ContainsFunc(r.openings(name), func(o opening) bool {
				return !res.labeled(withheldLabel) && within(res.classes(), o.classes) && (o.types == nil || slices.Contains(o.types, res.Type))
			})
		})
	})
}

// lets tells whether a rule lets see a resource of which it is.
func (r *Record) lets(rule gate.Rule, own bool, res *Resource, opened bool) bool {
	if !kept(res.Type) {
		return own
	}
	hidden := rule.Labels != gate.LabelsSelf && res.labeled(withheldLabel) || rule.Labels == gate.LabelsNamed && len(res.classes()) > 0
	unlocks := rule.Permit || rule.Of.ID != ""
	return own && (!hidden || unlocks && opened) || rule.Permit && opened
}

// named are the residents whom a search names, as the one whom its matches are about.
func (r *Record) named(address string) (names []string) {
	path, query, _ := strings.Cut(address, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) == 3 && parts[0] == "Patient" {
		names = append(names, "Patient/"+parts[1])
	}
	types := []string{parts[len(parts)-1]}
	if types[0] == "" || types[0] == "*" {
		types = allTypes()
	}
	for _, pair := range gate.Pairs(query) {
		if pair.Name == "_type" && len(types) > 1 {
			types = strings.Split(pair.Value, ",")
		}
	}
	for _, pair := range gate.Pairs(query) {
		name, modifier, _ := strings.Cut(pair.Name, ":")
		for _, typ := range types {
			p := r.facts.parameter(typ, name)
			if strings.Contains(pair.Name, ".") || p == nil || slices.Contains([]string{"missing", "identifier", "text", "not"}, modifier) {
				continue
			}
			for _, v := range splitAt(pair.Value, ',') {
				kind, id, whole := strings.Cut(strings.TrimPrefix(unescape(v), base+"/"), "/")
				id, _, _ = strings.Cut(id, "/_history/")
				if !whole {
					id = kind
				}
				switch {
				case name == "_id" && typ == "Patient":
				case p.Kind != "reference" || whole && kind != "Patient" || !whole && modifier != "" && modifier != "Patient":
					continue
				case !whole && p.Targets != nil && !slices.Contains(p.Targets, "Patient"):
					continue
				}
				names = append(names, "Patient/"+id)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
