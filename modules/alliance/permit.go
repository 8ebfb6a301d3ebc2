package alliance

import (
	"encoding/json"
	"time"

	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/gate/label"
	"yitong/internal/process"
)

const (
	// permitMost is how long a permit stands if nobody closes the case: longer than it takes to come ([timeMost]) and to treat by any rule.
	permitMost = 180 * 24 * time.Hour
	// permitBehind is how long it stands behind the last day of follow-up.
	permitBehind = 30 * 24 * time.Hour
)

type actor struct {
	Extension []draft.Extension `json:"extension"`
	Role      draft.Concept     `json:"role"`
	Reference draft.Reference   `json:"reference"`
}

type provision struct {
	Type   string            `json:"type"`
	Period map[string]string `json:"period"`
	Actor  []actor           `json:"actor"`
	Class  []draft.Coding    `json:"class,omitempty"`
	Labels []draft.Coding    `json:"securityLabel,omitempty"`
}

// lasts is until when a permit stands that is given now.
func lasts(c *process.Case) time.Time {
	end := c.Now.Add(permitMost)
	for _, day := range followUps(c) {
		if last := endOf(day, c.Now.Location()).Add(permitBehind); last.After(end) {
			end = last
		}
	}
	return end
}

// open lets the office that is asked, and the doctor who is to take the patient over, see the record from now on, and nobody who was
// asked before. If the letter is sensitive they see what is of its classes; as long as nobody is asked, one's own office sees such letters.
func open(c *process.Case) error {
	to := func(who, at string, role gate.Role) actor {
		return actor{
			[]draft.Extension{{URL: gate.RoleURL, Code: string(role)}, {URL: gate.AtURL, Reference: &draft.Reference{Reference: at}}},
			draft.Code("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"), draft.To(who),
		}
	}
	letter, _ := c.Read(kept(c, inLetter))
	p := provision{
		Type: "permit", Period: map[string]string{"start": c.Now.Format(time.RFC3339), "end": lasts(c).Format(time.RFC3339)}, Labels: labelsOf(label.Carried(letter)),
	}
	if at := c.Party(receiving).Reference; at != "" {
		p.Actor = append(p.Actor, to(at, at, gate.Office))
	} else {
		home := c.Party(sending).Reference
		p.Actor, p.Class = append(p.Actor, to(home, home, gate.Office)), []draft.Coding{draft.Coded("http://hl7.org/fhir/resource-types", typeComposition.String())}
	}
	if d := c.Party(doctor); d.Reference != "" {
		p.Actor = append(p.Actor, to(d.Reference, d.At, gate.Doctor))
	}
	text, err := json.Marshal(map[string]any{
		"resourceType": "Consent", "status": "active",
		"scope":    draft.Code("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
		"category": []draft.Concept{draft.Code(gate.SystemPermit, gate.PermitProcess)},
		"patient":  draft.To(c.Resident()), "dateTime": c.Now.Format(time.RFC3339),
		"policyRule": draft.Concept{Text: "转诊期间查阅（医疗联合体管理办法）"},
		"provision":  p,
	})
	if err != nil {
		return err
	}
	if err := shut(c); err != nil {
		return err
	}
	c.InputReference(inPermit, c.Create(typeConsent, text).Ref.String())
	return nil
}

// opening is what has to be read for [open].
func opening(c *process.Case) []string { return []string{kept(c, inPermit), kept(c, inLetter)} }

// shut ends the permit that stands, if there is one.
func shut(c *process.Case) error {
	before := kept(c, inPermit)
	if before == "" {
		return nil
	}
	consent, err := r4.AsConsent(c.Edit(before).Doc())
	if err != nil {
		return err
	}
	consent.SetStatus("inactive")
	return nil
}
