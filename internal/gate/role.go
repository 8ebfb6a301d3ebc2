package gate

import (
	"slices"
	"strings"
	"sync"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
)

// Role is what somebody is to the platform (mission F4, F7). A person can have several and acts in one at a time.
type Role string

// The roles.
const (
	Resident      Role = "resident"      // 居民: for themselves
	Proxy         Role = "proxy"         // 代办人: a guardian or relative, for one resident
	Guide         Role = "guide"         // 导办员: assists at the window and on the phone
	Doctor        Role = "doctor"        // 医师
	Nurse         Role = "nurse"         // 护士
	Pharmacist    Role = "pharmacist"    // 药师
	Technician    Role = "technician"    // 医技人员
	Office        Role = "office"        // 机构管理处: referrals, consultations, filing for an institution
	Administrator Role = "administrator" // 机构管理员: the staff, places and services of an institution
	Insurer       Role = "insurer"       // 医保经办
	Regulator     Role = "regulator"     // 监管
	CDC           Role = "cdc"           // 疾控
	System        Role = "system"        // 机构系统: the feed of an institution or a third-party platform
	Operator      Role = "operator"      // 平台运维: runs the platform and sees no clinical content
)

// Roles are all roles.
func Roles() []Role {
	return []Role{Resident, Proxy, Guide, Doctor, Nurse, Pharmacist, Technician, Office, Administrator, Insurer, Regulator, CDC, System, Operator}
}

// Known tells whether there is such a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Clinical tells whether the role treats residents, and so sees records.
func (r Role) Clinical() bool {
	return slices.Contains([]Role{Doctor, Nurse, Pharmacist, Technician, Office}, r)
}

// Placed tells whether the role is held at an institution.
func (r Role) Placed() bool { return !slices.Contains([]Role{Resident, Proxy, Operator}, r) }

// Types whose resources are about nobody's health: who offers what where, and what the codes and forms of the platform are.
const (
	directory = "Organization OrganizationAffiliation Location Practitioner PractitionerRole HealthcareService Endpoint " +
		"Schedule Slot InsurancePlan Medication MedicationKnowledge Substance"
	conformance = "CodeSystem ValueSet ConceptMap NamingSystem StructureDefinition StructureMap SearchParameter " +
		"OperationDefinition CompartmentDefinition CapabilityStatement TerminologyCapabilities ImplementationGuide " +
		"GraphDefinition MessageDefinition ExampleScenario Questionnaire PlanDefinition ActivityDefinition Library Measure " +
		"ChargeItemDefinition EventDefinition ObservationDefinition SpecimenDefinition DeviceDefinition"
)

// Of whom a role of a person at an institution is.
type Of struct {
	Institution string   // such as Organization/…; "" for none
	Resident    fhir.Ref // of a resident, and of a proxy whom it acts for
}

// Rules are what a role may do: whatever is not named here is denied. Who treats residents sees the whole region's records
// as yet; what narrows that to their own institution and to permits comes on top of it.
func (r Role) Rules(of Of) []Rule {
	rules := slices.Concat(on(directory, MayLook), on(conformance, MayLook))
	switch {
	case r == Resident || r == Proxy:
		rules = append(rules, About(of.Resident, MayLook)...)
	case r == Guide:
		rules = slices.Concat(rules, on("Patient RelatedPerson Coverage", MayLook), on("Appointment AppointmentResponse", MayAll&^MayDelete))
	case r.Clinical():
		rules = slices.Concat(rules, on(clinical(), MayAll&^MayDelete))
	case r == Administrator:
		rules = slices.Concat(rules, on("Schedule Slot", MayAll&^MayDelete), on("Practitioner", MayCreate), of.own())
	case r == System:
		rules = slices.Concat(rules, on(clinical(), MayAll&^MayDelete), on("Schedule Slot Practitioner", MayAll&^MayDelete), of.own())
	case r == Operator:
		rules = slices.Concat(rules, on(conformance, MayAll), on("Organization OrganizationAffiliation Location Endpoint", MayAll&^MayDelete))
	}
	return rules
}

// own lets write what one's own institution has: who holds which post there, its places, services and addresses. Posts make
// roles, and addresses lead data somewhere, so nobody writes those of others. Schedules and Slots do not say whose they are.
func (o Of) own() (rules []Rule) {
	if o.Institution == "" {
		return nil
	}
	for _, r := range on("PractitionerRole Location HealthcareService Endpoint", MayAll&^MayDelete) {
		r.Query = "organization=" + o.Institution
		rules = append(rules, r)
	}
	return rules
}

// shared are types of a resident's compartment whose resources are about several people, or about those who looked.
const shared = "Group Person Schedule AuditEvent"

// About lets do something with what is about one resident: what is in their compartment and about nobody else. For no
// resident it lets do nothing.
func About(resident fhir.Ref, may May) (rules []Rule) {
	if resident == (fhir.Ref{}) {
		return nil
	}
	apart := strings.Fields(shared)
	for _, t := range schema.Types() {
		if !slices.Contains(apart, t.String()) {
			rules = append(rules, Rule{Type: t, May: may, Of: resident})
		}
	}
	return rules
}

// on is a rule for each of some types.
func on(types string, may May) (rules []Rule) {
	for name := range strings.FieldsSeq(types) {
		t, known := schema.TypeOf(name)
		if !known {
			panic("gate: no type " + name) // the lists above are wrong
		}
		rules = append(rules, Rule{Type: t, May: may})
	}
	return rules
}

// clinical are the types whose resources are about residents, their care and what it costs. The trail is nobody's to write.
func clinical() string {
	var names []string
	others := strings.Fields(directory + " " + conformance + " AuditEvent Subscription")
	for _, t := range schema.Types() {
		if !slices.Contains(others, t.String()) {
			names = append(names, t.String())
		}
	}
	return strings.Join(names, " ")
}

// PublicTypes are the types whose resources are about nobody's health.
func PublicTypes() []schema.Type { return public() }

var public = sync.OnceValue(func() (types []schema.Type) {
	for name := range strings.FieldsSeq(directory + " " + conformance) {
		t, _ := schema.TypeOf(name)
		types = append(types, t)
	}
	return types
})
