package alliance

import (
	"encoding/json"
	"time"

	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// permitMost is how long a permit stands if nobody closes the case: the longest that all deadlines together can be.
const permitMost = 90 * 24 * time.Hour

type actor struct {
	Extension []map[string]string `json:"extension"`
	Role      concept             `json:"role"`
	Reference reference           `json:"reference"`
}

// open lets the office that is asked, and the doctor who is to take the patient over, see the record from now on, and nobody who was
// asked before.
func open(c *process.Case) error {
	to := func(who string, role gate.Role) actor {
		return actor{
			[]map[string]string{{"url": gate.RoleURL, "valueCode": string(role)}},
			concept{Coding: []coding{{"http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP"}}}, reference{who},
		}
	}
	actors := []actor{to(c.Party(receiving).Reference, gate.Office)}
	if d := c.Party(doctor); d.Reference != "" {
		actors = append(actors, to(d.Reference, gate.Doctor))
	}
	text, err := json.Marshal(map[string]any{
		"resourceType": "Consent", "status": "active",
		"scope":    concept{Coding: []coding{{"http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"}}},
		"category": []concept{{Coding: []coding{{gate.SystemPermit, gate.PermitProcess}}}},
		"patient":  reference{c.Resident()}, "dateTime": c.Now.Format(time.RFC3339),
		"policyRule": concept{Text: "转诊期间查阅（医疗联合体管理办法）"},
		"provision": map[string]any{
			"type": "permit", "period": map[string]string{"start": c.Now.Format(time.RFC3339), "end": c.Now.Add(permitMost).Format(time.RFC3339)},
			"actor": actors,
		},
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
