package search

// orderOf is the parameter of a type's clinical date: the instant of care by which clinicians want its resources, the
// newest first. Every index entry of a resource carries it, so that any search for the type comes in this order. Types
// that are not here come in the order of their creation.
var orderOf = map[string]string{
	"AdverseEvent": "date", "AllergyIntolerance": "date", "Appointment": "date", "CarePlan": "date", "ClinicalImpression": "date",
	"Communication": "sent", "Composition": "date", "Condition": "onset-date", "Consent": "date", "DiagnosticReport": "date",
	"DocumentReference": "date", "Encounter": "date", "EpisodeOfCare": "date", "Flag": "date", "Goal": "start-date",
	"ImagingStudy": "started", "Immunization": "date", "List": "date", "MedicationAdministration": "effective-time",
	"MedicationDispense": "whenhandedover", "MedicationRequest": "authoredon", "MedicationStatement": "effective",
	"Observation": "date", "Procedure": "date", "QuestionnaireResponse": "authored", "RiskAssessment": "date",
	"ServiceRequest": "authored", "Slot": "start", "Specimen": "collected", "Task": "authored-on",
}

// short bounds what counts as a short time of care, in microseconds. The longer ones have lists of their own, so that a
// list can be entered at a date.
const short = 32 * 24 * 3600 * 1_000_000

// compounds are the parameters that are looked up together with a patient: what is asked of one person's record, thousands
// of times a minute.
var compounds = map[string][]string{
	"Observation": {"code", "category"}, "Condition": {"code", "clinical-status"}, "MedicationRequest": {"code", "status"},
	"Encounter": {"type", "status"}, "DiagnosticReport": {"code", "status"},
}

// measured is the composite of a code and a quantity by which a type is looked up: the HbA1c above 7, in the order of the
// quantity.
var measured = map[string]string{"Observation": "code-value-quantity"}

// contained are the parameters that :contains can be answered for from an index.
var contained = map[string][]string{
	"HealthcareService": {"name"}, "Location": {"name"}, "Organization": {"name"}, "Patient": {"name"}, "Practitioner": {"name"},
}
