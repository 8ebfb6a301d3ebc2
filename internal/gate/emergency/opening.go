package emergency

import (
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fhir/draft"
	"yitong/internal/gate"
)

// opening is a use that is about to be made.
type opening struct {
	practitioner, institution, patient string
	role                               gate.Role // in which the practitioner acts; the permit is for no other
	reason                             string
	number                             int // among the uses of the practitioner
	from, until, due                   time.Time
	names                              [2]string // of the practitioner and the institution, as residents know them; "" if they have none
	complaints                         bilingual.Text
}

// The names by which the resources of one use refer to each other before they have ids.
const (
	fullConsent = "urn:uuid:5a1f0e52-7c0f-4c57-9f0e-0d7f6e2b4a01"
	fullTask    = "urn:uuid:5a1f0e52-7c0f-4c57-9f0e-0d7f6e2b4a02"
	fullNotice  = "urn:uuid:5a1f0e52-7c0f-4c57-9f0e-0d7f6e2b4a03"
)

// write makes the resources of the use, all or none. quicker tells that another request has made one of this number meanwhile.
func (o opening) write(ctx context.Context, s *gate.Session) (opened Opened, quicker bool, err error) {
	ops := make([]gate.Op, 3)
	id := identifierOf(o.practitioner, o.number)
	consent, notice, review := o.consent(id), o.notice(id), o.review(id)
	if ops[0], err = create(s, typeConsent, fullConsent, "category="+gate.SystemPermit+"|"+gate.PermitEmergency, id, consent); err != nil {
		return opened, false, err
	}
	if ops[1], err = create(s, typeTask, fullTask, "code="+SystemProcess+"|"+codeReview, id, review); err != nil {
		return opened, false, err
	}
	if ops[2], err = create(s, typeCommunication, fullNotice, "category="+SystemProcess+"|"+codeNotice, id, notice); err != nil {
		return opened, false, err
	}
	results, err := s.Apply(ctx, ops, nil)
	if err != nil {
		return opened, false, err
	}
	opened = Opened{Patient: o.patient, Consent: results[0].Version.Ref.String(), Task: results[1].Version.Ref.String(), Until: o.until}
	return opened, results[0].Event == gate.Found, nil
}

// consent is what the permit follows from.
func (o opening) consent(id draft.Identifier) consent {
	return consent{
		ResourceType: "Consent", Meta: gate.KeptBy(o.institution), Identifier: []draft.Identifier{id}, Status: "active",
		Extension: []draft.Extension{{URL: ReasonURL, String: o.reason}},
		Scope:     draft.Code(terminology+"consentscope", "patient-privacy"),
		Category:  []draft.Concept{draft.Code(gate.SystemPermit, gate.PermitEmergency)},
		Patient:   draft.To(o.patient), DateTime: draft.Instant(o.from),
		Performer: []draft.Reference{draft.To(o.practitioner)}, Organization: []draft.Reference{draft.To(o.institution)},
		PolicyRule: draft.Concept{Text: "《个人信息保护法》第十三条:紧急情况下为保护自然人的生命健康和财产安全所必需 / Personal Information Protection Law, Art. 13: needed in an emergency to protect life, health or property"},
		Provision: provision{
			Type: "permit", Period: draft.Period{Start: draft.Instant(o.from), End: draft.Instant(o.until)},
			Actor:   []actor{{inRole(o.role), draft.Code(terminology+"v3-ParticipationType", "IRCP"), draft.To(o.practitioner)}},
			Action:  []draft.Concept{draft.Code(terminology+"consentaction", "access")},
			Purpose: []draft.Coding{draft.Coded(terminology+"v3-ActReason", "ETREAT")},
		},
	}
}

// inRole limits a permit to the role in which somebody acts, if it is in one.
func inRole(role gate.Role) []draft.Extension {
	if role == "" {
		return nil
	}
	return []draft.Extension{{URL: gate.RoleURL, Code: string(role)}}
}

// review is what the institution has to do.
func (o opening) review(id draft.Identifier) task {
	return task{
		ResourceType: "Task", Meta: gate.KeptBy(o.institution), Identifier: []draft.Identifier{id}, Status: "requested", Intent: "order",
		Code: draft.Code(SystemProcess, codeReview), Focus: draft.To(fullConsent), For: draft.To(o.patient),
		AuthoredOn: draft.Instant(o.from), LastModified: draft.Instant(o.from), Requester: draft.To(o.practitioner), Owner: draft.To(o.institution),
		ReasonCode: draft.Concept{Text: o.reason}, Restriction: restriction{draft.Period{End: draft.Instant(o.due)}},
	}
}

// notice is what the resident is told.
func (o opening) notice(id draft.Identifier) communication {
	return tell(o.institution, o.patient, fullConsent, id, o.from, openedWords(o))
}

// tell is a message of an institution to a resident about a use.
func tell(institution, patient, consent string, id draft.Identifier, at time.Time, w bilingual.Text) communication {
	return communication{
		ResourceType: "Communication", Meta: gate.KeptBy(institution), Identifier: []draft.Identifier{id}, Status: "completed",
		Category: []draft.Concept{draft.Code(terminology+"communication-category", "notification"), draft.Code(SystemProcess, codeNotice)},
		Subject:  draft.To(patient), About: []draft.Reference{draft.To(consent)}, Sent: draft.Instant(at), Recipient: []draft.Reference{draft.To(patient)}, Sender: draft.To(institution),
		Payload: []payload{{w.Zh}, {w.En}},
	}
}
