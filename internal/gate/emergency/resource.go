package emergency

import (
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// Codes of the resources of emergency access.
const (
	// SystemProcess is the code system of what processes own.
	SystemProcess = "urn:yitong:process"
	// SystemUse is the system of the identifiers of uses: the practitioner and the number of the use.
	SystemUse = "urn:yitong:emergency"
	// SystemVerdict is the code system of what a review finds.
	SystemVerdict = "urn:yitong:verdict"
	// ReasonURL names the extension of a Consent that says why it was needed, as valueString.
	ReasonURL = "urn:yitong:reason"

	codeReview = "emergency-review"
	codeNotice = "emergency-notice"

	terminology = "http://terminology.hl7.org/CodeSystem/"
)

var (
	typeConsent, _       = schema.TypeOf("Consent")
	typeCommunication, _ = schema.TypeOf("Communication")
	typeEncounter, _     = schema.TypeOf("Encounter")
	typePatient, _       = schema.TypeOf("Patient")
	typePractitioner, _  = schema.TypeOf("Practitioner")
	typeTask, _          = schema.TypeOf("Task")
)

// The resources that are written here, as far as they go (R4).
type (
	consent struct {
		ResourceType string             `json:"resourceType"`
		Meta         draft.Meta         `json:"meta"`
		Extension    []draft.Extension  `json:"extension"`
		Identifier   []draft.Identifier `json:"identifier"`
		Status       string             `json:"status"`
		Scope        draft.Concept      `json:"scope"`
		Category     []draft.Concept    `json:"category"`
		Patient      draft.Reference    `json:"patient"`
		DateTime     string             `json:"dateTime"`
		Performer    []draft.Reference  `json:"performer"`
		Organization []draft.Reference  `json:"organization"`
		PolicyRule   draft.Concept      `json:"policyRule"`
		Provision    provision          `json:"provision"`
	}
	provision struct {
		Type    string          `json:"type"`
		Period  draft.Period    `json:"period"`
		Actor   []actor         `json:"actor"`
		Action  []draft.Concept `json:"action"`
		Purpose []draft.Coding  `json:"purpose"`
	}
	actor struct {
		Extension []draft.Extension `json:"extension,omitempty"`
		Role      draft.Concept     `json:"role"`
		Reference draft.Reference   `json:"reference"`
	}
	communication struct {
		ResourceType string             `json:"resourceType"`
		Meta         draft.Meta         `json:"meta"`
		Identifier   []draft.Identifier `json:"identifier"`
		Status       string             `json:"status"`
		Category     []draft.Concept    `json:"category"`
		Subject      draft.Reference    `json:"subject"`
		About        []draft.Reference  `json:"about"`
		Sent         string             `json:"sent"`
		Recipient    []draft.Reference  `json:"recipient"`
		Sender       draft.Reference    `json:"sender"`
		Payload      []payload          `json:"payload"`
	}
	payload struct {
		Content string `json:"contentString"`
	}
	task struct {
		ResourceType string             `json:"resourceType"`
		Meta         draft.Meta         `json:"meta"`
		Identifier   []draft.Identifier `json:"identifier"`
		Status       string             `json:"status"`
		Intent       string             `json:"intent"`
		Code         draft.Concept      `json:"code"`
		Focus        draft.Reference    `json:"focus"`
		For          draft.Reference    `json:"for"`
		AuthoredOn   string             `json:"authoredOn"`
		LastModified string             `json:"lastModified"`
		Requester    draft.Reference    `json:"requester"`
		Owner        draft.Reference    `json:"owner"`
		ReasonCode   draft.Concept      `json:"reasonCode"`
		Restriction  restriction        `json:"restriction"`
	}
	restriction struct {
		Period draft.Period `json:"period"`
	}
	output struct {
		Type      draft.Concept    `json:"type"`
		String    string           `json:"valueString,omitempty"`
		Concept   *draft.Concept   `json:"valueCodeableConcept,omitempty"`
		Reference *draft.Reference `json:"valueReference,omitempty"`
	}
)

// create is the op that makes a resource on the condition that there is none of its kind with its identifier. full is the name
// by which others of the transaction refer to it.
func create(s *gate.Session, t schema.Type, full, kind string, id draft.Identifier, resource any) (op gate.Op, err error) {
	op = gate.Op{Kind: gate.Create, Type: t, FullURL: full}
	if op.Match, err = s.Criteria(t, query("identifier", id.System+"|"+id.Value)+"&"+kind); err == nil {
		op.Resource, err = draft.Resource(resource)
	}
	return op, err
}
