package alliance

import (
	"encoding/json"
	"html"
	"strings"

	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/process"
)

// Names of what a case keeps. They are stored: never rename them.
const (
	inQuestion     = "question"
	inAssessment   = "assessment"
	inLetter       = "letter"
	inRequest      = "request"
	inPermit       = "permit"
	inPost         = "post"
	inTime         = "time"
	inVisit        = "visit" // behind its time
	inBring        = "bring" // behind the time for which it counts
	inAsked        = "asked" // the institutions since the letter, in order
	inConsent      = "consent"
	inSignature    = "signature"
	inOpinion      = "opinion"
	inFollowUp     = "follow-up" // the days since the letter, in order
	inPlan         = "plan"
	outSummary     = "summary"
	outFollowUp    = "followed-up"
	outAppropriate = "appropriate"
	outConclusion  = "conclusion"
	outReason      = "reason"
)

var (
	typeComposition, _    = schema.TypeOf("Composition")
	typeServiceRequest, _ = schema.TypeOf("ServiceRequest")
	typeConsent, _        = schema.TypeOf("Consent")
	typeCondition, _      = schema.TypeOf("Condition")
	typeCarePlan, _       = schema.TypeOf("CarePlan")
)

const loinc = "http://loinc.org"

// letter is what a referral letter says.
type letter struct {
	Title, Reason, History, Findings, Question string
	Attached                                   []form.Reference
}

// section is one of a Composition: readable by a person, and what it is made of.
type section struct {
	Title string            `json:"title"`
	Code  draft.Concept     `json:"code"`
	Text  *draft.Narrative  `json:"text,omitempty"`
	Entry []draft.Reference `json:"entry,omitempty"`
}

// sections are those of the letter, without the empty ones; the codes are LOINC's.
func (l letter) sections() (all []section) {
	said := func(title, code, text string) {
		if text != "" {
			div := `<div xmlns="http://www.w3.org/1999/xhtml"><p>` + strings.ReplaceAll(html.EscapeString(text), "\n", "<br/>") + `</p></div>`
			all = append(all, section{Title: title, Code: draft.Code(loinc, code), Text: &draft.Narrative{Status: "generated", Div: div}})
		}
	}
	said("转诊原因", "42349-1", l.Reason)
	said("病史", "10164-2", l.History)
	said("检查所见", "29545-1", l.Findings)
	said("转诊目的", "18776-5", l.Question)
	for _, s := range []struct {
		title, code string
		types       []string
	}{
		{"用药", "10160-0", []string{"MedicationRequest", "MedicationStatement"}},
		{"过敏", "48765-2", []string{"AllergyIntolerance"}},
		{"检查检验结果", "30954-2", []string{"Observation", "DiagnosticReport", "ImagingStudy"}},
		{"诊断与操作", "11450-4", []string{"Condition", "Procedure"}},
	} {
		one := section{Title: s.title, Code: draft.Code(loinc, s.code)}
		for _, ref := range l.Attached {
			for _, name := range s.types {
				if ref.Ref().Type.String() == name {
					one.Entry = append(one.Entry, draft.To(string(ref)))
				}
			}
		}
		if one.Entry != nil {
			all = append(all, one)
		}
	}
	return all
}

// write makes the letter and what is asked of whom, and leads the case to the department. A letter that was written before is replaced.
func write(c *process.Case, to department, l letter) error {
	if err := theirs(c, l.Attached); err != nil {
		return err
	}
	body := map[string]any{
		"resourceType": "Composition", "status": "final", "type": draft.Concept{Coding: []draft.Coding{draft.Coded(loinc, "57133-1")}, Text: l.Title}, "title": l.Title,
		"subject": draft.To(c.Resident()), "date": c.Now.Format("2006-01-02T15:04:05Z07:00"), "author": []draft.Reference{draft.To(c.Actor.Reference)},
		"custodian": draft.To(c.Actor.Institution), "section": l.sections(),
	}
	if labels := labelsOf(sensitive(c, l.Attached)); labels != nil {
		body["meta"] = map[string]any{"security": labels}
	}
	if before := kept(c, inLetter); before != "" {
		body["relatesTo"] = []any{map[string]any{"code": "replaces", "targetReference": draft.To(before)}}
	}
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	written := c.Create(typeComposition, text)
	asked := map[string]any{
		"resourceType": "ServiceRequest", "status": "draft", "intent": "order", "priority": c.Task().Priority(),
		"category": []draft.Concept{{Coding: []draft.Coding{draft.Coded("http://snomed.info/sct", "3457005")}, Text: l.Title}},
		"subject":  draft.To(c.Resident()), "authoredOn": c.Now.Format("2006-01-02T15:04:05Z07:00"),
		"requester": draft.To(c.Party(initiator).Reference), "performer": []draft.Reference{draft.To(to.institution), draft.To(to.service)},
		"supportingInfo": []draft.Reference{draft.To(written.Ref.String())},
	}
	if about := c.Task().Focus().Reference(); strings.HasPrefix(about, "Encounter/") {
		asked["encounter"] = draft.To(about)
	} else {
		asked["reasonReference"] = []draft.Reference{draft.To(about)}
	}
	if text, err = json.Marshal(asked); err != nil {
		return err
	}
	asking := c.Create(typeServiceRequest, text)
	requestIs(c, "revoked") // the one before
	c.InputReference(inLetter, written.Ref.String())
	c.InputReference(inRequest, asking.Ref.String())
	c.InputReference(inAsked, to.service)
	return nil
}

// requestIs sets the status of what is asked, if anything is yet.
func requestIs(c *process.Case, status string) {
	if before := kept(c, inRequest); before != "" {
		if r, err := r4.AsServiceRequest(c.Edit(before).Doc()); err == nil {
			r.SetStatus(status)
		}
	}
}

// chain are the departments that were asked with the letter that stands, in order.
func chain(c *process.Case) (list []string) {
	for _, in := range sinceLetter(c) {
		if in.Type().Text() == inAsked {
			list = append(list, in.ValueReference().Reference())
		}
	}
	return list
}

// sinceLetter is what a case keeps since the letter that stands was written.
func sinceLetter(c *process.Case) (list []r4.TaskInput) {
	for _, in := range c.Task().Input().All() {
		if in.Type().Text() == inLetter {
			list = nil
		}
		list = append(list, in)
	}
	return list
}
