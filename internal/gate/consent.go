package gate

import (
	"fmt"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate/label"
	"yitong/internal/store"
)

var typeConsent, _ = schema.TypeOf("Consent")

// Codes of Consents that make permits.
const (
	// SystemPermit is the code system of Consent.category that says what a permit follows from. Consents with such a category
	// are written by the platform alone; a resident's own has none.
	SystemPermit = "urn:yitong:permit"
	// PermitProcess is a permit that a process gives for as long as it lasts: a visit opens the record to that clinic.
	PermitProcess = "process"
	// PermitDuty is a permit by a public-health duty; no consent is needed for it (PIPL Art. 13).
	PermitDuty = "duty"
	// PermitEmergency is a permit that somebody who treats has taken in an emergency (PIPL Art. 13).
	PermitEmergency = "emergency"
	// RoleURL names the extension of Consent.provision.actor by which a permit is for one role of a person, as valueCode.
	RoleURL = "urn:yitong:role"
	// AtURL names the extension of Consent.provision.actor by which a permit is for a person where they work for one institution, as
	// valueReference.
	AtURL = "urn:yitong:at"

	systemScope      = "http://terminology.hl7.org/CodeSystem/consentscope"
	scopePrivacy     = "patient-privacy"
	systemTypes      = "http://hl7.org/fhir/resource-types"
	systemAction     = "http://terminology.hl7.org/CodeSystem/consentaction"
	systemPurpose    = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
	permitsOfConsent = 20 // grantees that one Consent names
	withheldMost     = 50 // resources that one Consent withholds
)

// meaning is what a Consent means to the gate: whom it opens the record to, and which resources it withholds.
type meaning struct {
	permits  []Permit
	withheld []fhir.Ref
	issues   []fault.Issue // why it means less than its writer may think
}

// readConsent reads a Consent for the privacy of a resident (scope patient-privacy) that is active. What it opens must be clear:
// one provision without provisions inside, of type permit, for the actors whom it names, in its period, of the classes of
// resources in provision.class, with the classes of sensitive content in provision.securityLabel; nothing else may limit it.
// A provision of type deny withholds the single resources in its data from everybody but in an emergency. Consents that say
// anything else open nothing, and whoever writes one is told.
func readConsent(r fhir.Resource, zone *time.Location) (m meaning) {
	n := r.Root.Get("provision")
	if r.Root.Get("status").Str() != "active" || !coded(r.Root.Get("scope"), systemScope, scopePrivacy) || !n.Exists() {
		return m
	}
	patient := fhir.ParseReference(r.Root.Get("patient").Get("reference").Str())
	switch {
	case r.Root.Get("scope").Get("coding").Len() != 1:
		return m.nothing(r.Root.Get("scope"), "its scope has several codes", "其范围（scope）有多个编码")
	case modified(r.Root) || modified(n):
		return m.turned(n)
	case patient.Kind != fhir.ReferenceLocal || patient.Ref.Type != typePatient:
		return m.nothing(r.Root, "it does not say for which Patient of this record it is", "它没有指明本平台中的居民（Patient）")
	}
	for _, name := range []string{"provision", "code", "dataPeriod"} {
		if n.Get(name).Exists() {
			return m.nothing(n.Get(name), "provision."+name+" is not understood here, and what limits it must be", "此处不支持 provision."+name+"，而限制条件必须能被理解")
		}
	}
	switch n.Get("type").Str() {
	case "deny":
		return m.withhold(n)
	case "permit":
		base := Permit{Patient: patient.Ref.String(), Until: store.ForEver, Kind: categoryOf(r)}
		base.Emergency = base.Kind == PermitEmergency
		return m.open(n, base, zone)
	}
	return m.nothing(n, "provision.type is neither permit nor deny", "provision.type 既不是 permit 也不是 deny")
}

// open reads a provision of type permit.
func (m meaning) open(n fhir.Node, base Permit, zone *time.Location) meaning {
	if n.Get("data").Exists() {
		return m.nothing(n.Get("data"), "single resources cannot be opened; name classes of resources in provision.class", "不能只开放单个资源；请在 provision.class 中写明资源类别")
	}
	if m := base.limit(n, zone); m != nil {
		return *m
	}
	for a := range items(n.Get("actor")) {
		if modified(a) {
			return m.turned(a)
		}
		if !receives(a) {
			return m.nothing(a, fmt.Sprintf("the role of an actor is that of somebody to whom is opened, one of %v", recipients), fmt.Sprintf("被授权者的角色须为 %v 之一", recipients))
		}
		p, named := base.to(a.Get("reference"))
		if !named || len(m.permits) == permitsOfConsent {
			return m.nothing(a,
				fmt.Sprintf("each of at most %d actors is named by a reference to somebody of this record, or, if it is a resident, by the number of a document", permitsOfConsent),
				fmt.Sprintf("每个被授权者（至多 %d 个）须引用本平台中的人员或机构，居民也可用证件号码指明", permitsOfConsent))
		}
		p.Role, p.At = roleOf(a), atOf(a)
		m.permits = append(m.permits, p)
	}
	if len(m.permits) == 0 {
		return m.nothing(n, "provision.actor does not say to whom", "provision.actor 没有指明授权给谁")
	}
	return m
}

// roleOf is the role in which an actor is meant, "" for any.
func roleOf(actor fhir.Node) (role Role) {
	for e := range items(actor.Get("extension")) {
		if e.Get("url").Str() == RoleURL {
			role = Role(e.Get("valueCode").Str())
		}
	}
	return role
}

// atOf is the institution for which an actor is meant, "" for any.
func atOf(actor fhir.Node) (institution string) {
	for e := range items(actor.Get("extension")) {
		if e.Get("url").Str() == AtURL {
			institution = e.Get("valueReference").Get("reference").Str()
		}
	}
	return institution
}

// to is the permit to whom a reference names; false if it names nobody.
func (p Permit) to(n fhir.Node) (Permit, bool) {
	ref, id := fhir.ParseReference(n.Get("reference").Str()), n.Get("identifier")
	switch {
	case ref.Kind == fhir.ReferenceLocal:
		p.Grantee = ref.Ref.String()
	case id.Get("system").Str() != "" && id.Get("value").Str() != "":
		p.number = search.Escape(id.Get("system").Str()) + "|" + search.Escape(id.Get("value").Str())
	}
	return p, p.Grantee+p.number != ""
}

// turned is the meaning of a Consent that something may turn around.
func (m meaning) turned(at fhir.Node) meaning {
	return m.nothing(at, "it has a modifierExtension, which may turn what it says around", "它带有 modifierExtension，可能改变其含义")
}

// nothing is the meaning of a Consent that is not understood.
func (meaning) nothing(at fhir.Node, english, chinese string) meaning {
	return meaning{issues: []fault.Issue{{
		Severity: "warning", Type: "not-supported", Expression: at.Path(),
		English: "The Consent opens and withholds nothing: " + english + ".", Chinese: "该同意书不产生任何授权：" + chinese + "。",
	}}}
}

// tellsOf are the labels of a Consent that would tell what is hidden: it names sensitive classes, or what the resident withholds.
func tellsOf(r fhir.Resource, had labels) (list []fhir.Coding) {
	if r.Type != typeConsent {
		return nil
	}
	var walk func(n fhir.Node)
	walk = func(n fhir.Node) {
		for c := range items(n.Get("securityLabel")) {
			class := label.Class(c.Get("code").Str())
			if slices.Contains(label.Classes(), class) && !had.classes.Has(class) {
				list = append(list, fhir.Coding{System: label.System, Code: string(class)})
				had.classes.Add(class)
			}
		}
		if n.Get("type").Str() == "deny" && n.Get("data").Exists() && !had.withheld {
			list = append(list, withheldLabel)
			had.withheld = true
		}
		for inner := range items(n.Get("provision")) {
			walk(inner)
		}
	}
	walk(r.Root.Get("provision"))
	return list
}

// withhold reads a provision of type deny.
func (m meaning) withhold(n fhir.Node) meaning {
	for _, name := range []string{"actor", "class", "securityLabel", "action", "purpose", "period"} {
		if n.Get(name).Exists() {
			return m.nothing(n.Get(name), "what is denied is withheld from everybody, for as long as the Consent is active; provision."+name+" would limit that", "被隐藏的内容在同意书有效期间对所有人隐藏；不能用 provision."+name+" 限制")
		}
	}
	for d := range items(n.Get("data")) {
		ref := fhir.ParseReference(d.Get("reference").Get("reference").Str())
		if ref.Kind != fhir.ReferenceLocal || len(m.withheld) == withheldMost {
			return m.nothing(d, fmt.Sprintf("each of at most %d resources to be withheld is named by a reference in this record", withheldMost), fmt.Sprintf("每个要隐藏的资源（至多 %d 个）须引用本平台中的资源", withheldMost))
		}
		if !slices.Contains(m.withheld, ref.Ref) {
			m.withheld = append(m.withheld, ref.Ref)
		}
	}
	if len(m.withheld) == 0 {
		return m.nothing(n, "provision.data does not say which resources are withheld; nobody sees others without a permit anyway", "provision.data 没有指明要隐藏哪些资源；其他内容未经授权本来就不可见")
	}
	return m
}

// limit reads what a provision is limited to; not nil if that is not understood.
func (p *Permit) limit(n fhir.Node, zone *time.Location) *meaning {
	fail := func(at fhir.Node, english, chinese string) *meaning {
		m := meaning{}.nothing(at, english, chinese)
		return &m
	}
	for c := range items(n.Get("class")) {
		t, known := schema.TypeOf(c.Get("code").Str())
		if !known || c.Get("system").Str() != systemTypes {
			return fail(c, "a class is a resource type, of system "+systemTypes, "类别须为资源类型，编码系统为 "+systemTypes)
		}
		p.Types = append(p.Types, t)
	}
	for c := range items(n.Get("securityLabel")) {
		class := label.Class(c.Get("code").Str())
		if c.Get("system").Str() != label.System || !slices.Contains(label.Classes(), class) {
			return fail(c, fmt.Sprintf("a security label is one of %v, of system %s", label.Classes(), label.System), fmt.Sprintf("敏感类别须为 %v 之一，编码系统为 %s", label.Classes(), label.System))
		}
		p.Classes.Add(class)
	}
	for c := range items(n.Get("action")) {
		if !coded(c, systemAction, "access") {
			return fail(c, "the action that a permit is for is access", "授权的动作须为 access")
		}
	}
	for c := range items(n.Get("purpose")) {
		if c.Get("system").Str() != systemPurpose || !slices.Contains(purposes, c.Get("code").Str()) && (p.Kind != PermitDuty || c.Get("code").Str() != "PUBHLTH") {
			return fail(c, fmt.Sprintf("the purpose of a permit is one of %v, of system %s", purposes, systemPurpose), fmt.Sprintf("授权目的须为 %v 之一，编码系统为 %s", purposes, systemPurpose))
		}
	}
	period := n.Get("period")
	for name, at := range map[string]*time.Time{"start": &p.From, "end": &p.Until} {
		text := period.Get(name).Str()
		if text == "" {
			continue
		}
		start, end, err := fhir.ParsePeriod(text, zone)
		if err != nil {
			return fail(period.Get(name), "its period cannot be read", "无法识别授权期限")
		}
		if *at = start; name == "end" {
			*at = end
		}
	}
	return nil
}

// purposes are those for which a permit can be: treatment, in an emergency too. One by a duty can be for public health.
var purposes = []string{"TREAT", "ETREAT"}

// recipients are the roles of an actor to whom something is opened; others say whose data it is about
// (http://terminology.hl7.org/CodeSystem/v3-ParticipationType).
var recipients = []string{"IRCP", "PRCP"}

// receives tells whether an actor's role is that of somebody to whom is opened, as far as it has a code.
func receives(actor fhir.Node) bool {
	for c := range items(actor.Get("role").Get("coding")) {
		if !slices.Contains(recipients, c.Get("code").Str()) {
			return false
		}
	}
	return true
}

// modified tells whether something that is not understood may turn what an element says around (R4, 2.1.0.1).
func modified(n fhir.Node) bool {
	return n.Get("modifierExtension").Exists() || n.Get("implicitRules").Exists()
}

// categoryOf is what the permits of a Consent follow from, "" for the resident's own wish.
func categoryOf(r fhir.Resource) string {
	for c := range items(r.Root.Get("category")) {
		for coding := range items(c.Get("coding")) {
			if coding.Get("system").Str() == SystemPermit {
				return coding.Get("code").Str()
			}
		}
	}
	return ""
}

// coded tells whether a CodeableConcept has a code.
func coded(n fhir.Node, system, code string) bool {
	for c := range items(n.Get("coding")) {
		if c.Get("system").Str() == system && c.Get("code").Str() == code {
			return true
		}
	}
	return false
}

// items are the items of an array; of what is none there are none.
func items(n fhir.Node) func(yield func(fhir.Node) bool) {
	return func(yield func(fhir.Node) bool) {
		if n.Kind() != fhir.Array {
			return
		}
		for item := n.First(); item.Exists() && yield(item); item = item.Next() {
		}
	}
}
