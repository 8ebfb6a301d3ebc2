package emergency

import (
	"encoding/json"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
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
	reference struct {
		Reference  string      `json:"reference,omitempty"`
		Identifier *identifier `json:"identifier,omitempty"`
	}
	identifier struct {
		System string `json:"system"`
		Value  string `json:"value"`
	}
	coding struct {
		System string `json:"system"`
		Code   string `json:"code"`
	}
	concept struct {
		Coding []coding `json:"coding,omitempty"`
		Text   string   `json:"text,omitempty"`
	}
	period struct {
		Start string `json:"start,omitempty"`
		End   string `json:"end"`
	}
	extension struct {
		URL       string     `json:"url"`
		String    string     `json:"valueString,omitempty"`
		Code      string     `json:"valueCode,omitempty"`
		Reference *reference `json:"valueReference,omitempty"`
	}
	meta struct {
		Extension []extension `json:"extension"`
	}
	consent struct {
		ResourceType string       `json:"resourceType"`
		Meta         meta         `json:"meta"`
		Extension    []extension  `json:"extension"`
		Identifier   []identifier `json:"identifier"`
		Status       string       `json:"status"`
		Scope        concept      `json:"scope"`
		Category     []concept    `json:"category"`
		Patient      reference    `json:"patient"`
		DateTime     string       `json:"dateTime"`
		Performer    []reference  `json:"performer"`
		Organization []reference  `json:"organization"`
		PolicyRule   concept      `json:"policyRule"`
		Provision    provision    `json:"provision"`
	}
	provision struct {
		Type    string    `json:"type"`
		Period  period    `json:"period"`
		Actor   []actor   `json:"actor"`
		Action  []concept `json:"action"`
		Purpose []coding  `json:"purpose"`
	}
	actor struct {
		Extension []extension `json:"extension,omitempty"`
		Role      concept     `json:"role"`
		Reference reference   `json:"reference"`
	}
	communication struct {
		ResourceType string       `json:"resourceType"`
		Meta         meta         `json:"meta"`
		Identifier   []identifier `json:"identifier"`
		Status       string       `json:"status"`
		Category     []concept    `json:"category"`
		Subject      reference    `json:"subject"`
		About        []reference  `json:"about"`
		Sent         string       `json:"sent"`
		Recipient    []reference  `json:"recipient"`
		Sender       reference    `json:"sender"`
		Payload      []payload    `json:"payload"`
	}
	payload struct {
		Content string `json:"contentString"`
	}
	task struct {
		ResourceType string       `json:"resourceType"`
		Meta         meta         `json:"meta"`
		Identifier   []identifier `json:"identifier"`
		Status       string       `json:"status"`
		Intent       string       `json:"intent"`
		Code         concept      `json:"code"`
		Focus        reference    `json:"focus"`
		For          reference    `json:"for"`
		AuthoredOn   string       `json:"authoredOn"`
		LastModified string       `json:"lastModified"`
		Requester    reference    `json:"requester"`
		Owner        reference    `json:"owner"`
		ReasonCode   concept      `json:"reasonCode"`
		Restriction  restriction  `json:"restriction"`
	}
	restriction struct {
		Period period `json:"period"`
	}
	output struct {
		Type      concept    `json:"type"`
		String    string     `json:"valueString,omitempty"`
		Concept   *concept   `json:"valueCodeableConcept,omitempty"`
		Reference *reference `json:"valueReference,omitempty"`
	}
)

// to refers to something.
func to(name string) reference { return reference{Reference: name} }

// code is a concept of one code.
func code(system, code string) concept { return concept{Coding: []coding{{system, code}}} }

// keptBy is the meta of what an institution answers for, whoever writes it.
func keptBy(institution string) meta {
	of := to(institution)
	return meta{Extension: []extension{{URL: gate.Custodian, Reference: &of}}}
}

// instant is how times are written: by the region's clocks, to the microsecond.
func instant(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000Z07:00") }

// written is a resource as an op takes it.
func written(resource any) (fhir.Resource, error) {
	text, err := json.Marshal(resource)
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a resource")
	}
	return fhir.ParseResource(text)
}

// create is the op that makes a resource on the condition that there is none of its kind with its identifier. full is the name
// by which others of the transaction refer to it.
func create(s *gate.Session, t schema.Type, full, kind string, id identifier, resource any) (op gate.Op, err error) {
	op = gate.Op{Kind: gate.Create, Type: t, FullURL: full}
	if op.Match, err = s.Criteria(t, query("identifier", id.System+"|"+id.Value)+"&"+kind); err == nil {
		op.Resource, err = written(resource)
	}
	return op, err
}
