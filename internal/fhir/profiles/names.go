package profiles

// Canonicals of the profiles.
const (
	Resident           = "urn:yitong:profile:resident"
	Institution        = "urn:yitong:profile:institution"
	Site               = "urn:yitong:profile:site"
	Practitioner       = "urn:yitong:profile:practitioner"
	PractitionerRole   = "urn:yitong:profile:practitioner-role"
	Encounter          = "urn:yitong:profile:encounter"
	Condition          = "urn:yitong:profile:condition"
	Observation        = "urn:yitong:profile:observation"
	ObservationLab     = "urn:yitong:profile:observation-lab"
	DiagnosticReport   = "urn:yitong:profile:diagnostic-report"
	MedicationRequest  = "urn:yitong:profile:medication-request"
	MedicationDispense = "urn:yitong:profile:medication-dispense"
	Procedure          = "urn:yitong:profile:procedure"
	AllergyIntolerance = "urn:yitong:profile:allergy-intolerance"
	Immunization       = "urn:yitong:profile:immunization"
	ServiceRequest     = "urn:yitong:profile:service-request"
	DocumentReference  = "urn:yitong:profile:document-reference"
	Composition        = "urn:yitong:profile:composition"
	Appointment        = "urn:yitong:profile:appointment"
	Consent            = "urn:yitong:profile:consent"
	Task               = "urn:yitong:profile:task"
)

// Canonicals of the extensions.
const (
	EthnicGroup     = "urn:yitong:extension:ethnic-group"     // valueCoding, of a Patient
	SlotShare       = "urn:yitong:extension:slot-share"       // valueCode, of a Slot or an Appointment
	TraceCode       = "urn:yitong:extension:trace-code"       // valueString, one for each package
	RecognitionMark = "urn:yitong:extension:recognition-mark" // valueString, such as 鄂HR
)

// Systems of codes: of the platform, and of GB/T 3304.
const (
	IdentityDocuments  = "urn:yitong:codesystem:identity-document"
	Departments        = "urn:yitong:codesystem:department"
	SlotShares         = "urn:yitong:codesystem:slot-share"
	InstitutionClasses = "urn:yitong:codesystem:institution-class"
	HospitalLevels     = "urn:yitong:codesystem:hospital-level"
	AllianceRoles      = "urn:yitong:codesystem:alliance-role"
	EthnicGroups       = "urn:oid:2.16.156.10011.2.3.3.3"
)

// Systems of identifiers. OIDs below 2.16.156.10011 are the national health sector's (WS/T 500); for the others no
// system of that kind is known.
const (
	CitizenID                = "urn:oid:2.16.156.10011.1.3"                      // 居民身份证号码, GB 11643
	HealthRecord             = "urn:oid:2.16.156.10011.1.2"                      // 居民健康档案编号
	CreditCode               = "urn:oid:2.16.156.10011.1.5"                      // 统一社会信用代码, GB 32100
	BirthCertificate         = "urn:yitong:identifier:birth-certificate"         // 出生医学证明编号
	InstitutionRegistration  = "urn:yitong:identifier:institution-registration"  // 医疗机构登记号, WS 218
	PracticeLicence          = "urn:yitong:identifier:practice-licence"          // 执业证书编码
	QualificationCertificate = "urn:yitong:identifier:qualification-certificate" // 医师资格证书编码
)
