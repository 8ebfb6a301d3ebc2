package gate

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"yitong/internal/fhir/schema"
)

// Content is what resources of a type are about. Every type is of one kind, and policies speak of kinds.
type Content string

// The kinds of content.
const (
	Directory   Content = "directory"   // who offers what where
	Conformance Content = "conformance" // codes, forms and definitions
	People      Content = "people"      // who residents are
	Clinical    Content = "clinical"    // residents' health and care
	Money       Content = "money"       // what care costs, and who pays
	Consents    Content = "consent"     // what residents have agreed to
	Shared      Content = "shared"      // several residents at once
	Trail       Content = "trail"       // who has looked
	Machinery   Content = "machinery"   // between machines
)

var contents = map[Content]string{
	Directory: "Organization OrganizationAffiliation Location Practitioner PractitionerRole HealthcareService Endpoint " +
		"Schedule Slot InsurancePlan Medication MedicationKnowledge Substance",
	Conformance: "CodeSystem ValueSet ConceptMap NamingSystem StructureDefinition StructureMap SearchParameter " +
		"OperationDefinition CompartmentDefinition CapabilityStatement TerminologyCapabilities ImplementationGuide " +
		"GraphDefinition MessageDefinition ExampleScenario Questionnaire PlanDefinition ActivityDefinition Library Measure " +
		"ChargeItemDefinition EventDefinition ObservationDefinition SpecimenDefinition DeviceDefinition",
	People: "Patient RelatedPerson",
	Money: "Account ChargeItem Claim ClaimResponse Contract Coverage CoverageEligibilityRequest CoverageEligibilityResponse " +
		"EnrollmentRequest EnrollmentResponse ExplanationOfBenefit Invoice PaymentNotice PaymentReconciliation",
	Consents:  "Consent",
	Shared:    "Group Person Linkage MeasureReport",
	Trail:     "AuditEvent",
	Machinery: "Subscription Parameters OperationOutcome",
	Clinical: "AdverseEvent AllergyIntolerance Appointment AppointmentResponse Basic Binary BiologicallyDerivedProduct " +
		"BodyStructure Bundle CarePlan CareTeam CatalogEntry ClinicalImpression Communication CommunicationRequest Composition " +
		"Condition DetectedIssue Device DeviceMetric DeviceRequest DeviceUseStatement DiagnosticReport DocumentManifest " +
		"DocumentReference EffectEvidenceSynthesis Encounter EpisodeOfCare Evidence EvidenceVariable FamilyMemberHistory Flag " +
		"Goal GuidanceResponse ImagingStudy Immunization ImmunizationEvaluation ImmunizationRecommendation List Media " +
		"MedicationAdministration MedicationDispense MedicationRequest MedicationStatement MedicinalProduct " +
		"MedicinalProductAuthorization MedicinalProductContraindication MedicinalProductIndication MedicinalProductIngredient " +
		"MedicinalProductInteraction MedicinalProductManufactured MedicinalProductPackaged MedicinalProductPharmaceutical " +
		"MedicinalProductUndesirableEffect MessageHeader MolecularSequence NutritionOrder Observation Procedure Provenance " +
		"QuestionnaireResponse RequestGroup ResearchDefinition ResearchElementDefinition ResearchStudy ResearchSubject " +
		"RiskAssessment RiskEvidenceSynthesis ServiceRequest Specimen SubstanceNucleicAcid SubstancePolymer SubstanceProtein " +
		"SubstanceReferenceInformation SubstanceSourceMaterial SubstanceSpecification SupplyDelivery SupplyRequest Task " +
		"TestReport TestScript VerificationResult VisionPrescription",
}

// Types are the types of that kind.
func (c Content) Types() (types []schema.Type) {
	for name := range strings.FieldsSeq(contents[c]) {
		t, known := schema.TypeOf(name)
		if !known {
			panic("gate: no type " + name) // the lists above are wrong
		}
		types = append(types, t)
	}
	return types
}

// contentOf is the kind of a type.
func contentOf(t schema.Type) Content { return byType()[t] }

var byType = sync.OnceValue(func() map[schema.Type]Content {
	of := map[schema.Type]Content{}
	for c := range contents {
		for _, t := range c.Types() {
			of[t] = c
		}
	}
	return of
})

// Contents are all kinds, in a steady order.
func Contents() []Content { return slices.Sorted(maps.Keys(contents)) }

// PublicTypes are the types whose resources are about nobody's health.
func PublicTypes() []schema.Type { return slices.Concat(Directory.Types(), Conformance.Types()) }

// kept tells whether an institution answers for each resource of a type: for all that is about residents.
func kept(t schema.Type) bool {
	switch contentOf(t) {
	case Directory, Conformance, Trail, Machinery:
		return false
	}
	return true
}

// answeredFor tells whether resources of a type name the institution that answers for them: all that are about residents, and of
// the directory those that do not say whose they are in another way.
func answeredFor(t schema.Type) bool { return kept(t) || ownDirectory()[t] }

var ownDirectory = sync.OnceValue(func() map[schema.Type]bool {
	is := map[schema.Type]bool{}
	for _, name := range []string{"Practitioner", "Schedule", "Slot", "Medication", "Substance"} {
		t, _ := schema.TypeOf(name)
		is[t] = true
	}
	return is
})

// personal tells whether each resource of a type is about one resident only, if it is about any.
func personal(t schema.Type) bool { return kept(t) && contentOf(t) != Shared }
