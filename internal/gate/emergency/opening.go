package emergency

import (
	"context"
	"time"

	"yitong/internal/bilingual"
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
func (o opening) consent(id identifier) consent {
	return consent{
		ResourceType: "Consent", Meta: keptBy(o.institution), Identifier: []identifier{id}, Status: "active",
		Extension: []extension{{URL: ReasonURL, String: o.reason}},
		Scope:     code(terminology+"consentscope", "patient-privacy"),
		Category:  []concept{code(gate.SystemPermit, gate.PermitEmergency)},
		Patient:   to(o.patient), DateTime: instant(o.from),
		Performer: []reference{to(o.practitioner)}, Organization: []reference{to(o.institution)},
		PolicyRule: concept{Text: "《个人信息保护法》第十三条:紧急情况下为保护自然人的生命健康和财产安全所必需 / Personal Information Protection Law, Art. 13: needed in an emergency to protect life, health or property"},
		Provision: provision{
			Type: "permit", Period: period{instant(o.from), instant(o.until)},
			Actor:   []actor{{inRole(o.role), code(terminology+"v3-ParticipationType", "IRCP"), to(o.practitioner)}},
			Action:  []concept{code(terminology+"consentaction", "access")},
			Purpose: []coding{{terminology + "v3-ActReason", "ETREAT"}},
		},
	}
}

// inRole limits a permit to the role in which somebody acts, if it is in one.
func inRole(role gate.Role) []extension {
	if role == "" {
		return nil
	}
	return []extension{{URL: gate.RoleURL, Code: string(role)}}
}

// review is what the institution has to do.
func (o opening) review(id identifier) task {
	return task{
		ResourceType: "Task", Meta: keptBy(o.institution), Identifier: []identifier{id}, Status: "requested", Intent: "order",
		Code: code(SystemProcess, codeReview), Focus: to(fullConsent), For: to(o.patient),
		AuthoredOn: instant(o.from), LastModified: instant(o.from), Requester: to(o.practitioner), Owner: to(o.institution),
		ReasonCode: concept{Text: o.reason}, Restriction: restriction{period{End: instant(o.due)}},
	}
}

// notice is what the resident is told.
func (o opening) notice(id identifier) communication {
	return tell(o.institution, o.patient, fullConsent, id, o.from, openedWords(o))
}

// tell is a message of an institution to a resident about a use.
func tell(institution, patient, consent string, id identifier, at time.Time, w bilingual.Text) communication {
	return communication{
		ResourceType: "Communication", Meta: keptBy(institution), Identifier: []identifier{id}, Status: "completed",
		Category: []concept{code(terminology+"communication-category", "notification"), code(SystemProcess, codeNotice)},
		Subject:  to(patient), About: []reference{to(consent)}, Sent: instant(at), Recipient: []reference{to(patient)}, Sender: to(institution),
		Payload: []payload{{w.Zh}, {w.En}},
	}
}
