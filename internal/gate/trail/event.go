package trail

import "yitong/internal/fhir/draft"

// AuditEvent, as far as it goes here.
type (
	auditEvent struct {
		ResourceType string            `json:"resourceType"`
		ID           string            `json:"id"`
		Text         *draft.Narrative  `json:"text,omitempty"`
		Extension    []draft.Extension `json:"extension,omitempty"`
		Type         draft.Coding      `json:"type"`
		Subtype      []draft.Coding    `json:"subtype"`
		Action       string            `json:"action"`
		Recorded     string            `json:"recorded"`
		Outcome      string            `json:"outcome"`
		OutcomeDesc  string            `json:"outcomeDesc,omitempty"`
		Purpose      []draft.Concept   `json:"purposeOfEvent,omitempty"`
		Agent        []agent           `json:"agent"`
		Source       source            `json:"source"`
		Entity       []entity          `json:"entity,omitempty"`
	}
	agent struct {
		Type      *draft.Concept   `json:"type,omitempty"`
		Role      []draft.Concept  `json:"role,omitempty"`
		Who       *draft.Reference `json:"who,omitempty"`
		Requestor bool             `json:"requestor"`
		Policy    []string         `json:"policy,omitempty"`
		Network   *network         `json:"network,omitempty"`
	}
	network struct {
		Address string `json:"address"`
		Type    string `json:"type"`
	}
	source struct {
		Site     string          `json:"site,omitempty"`
		Observer draft.Reference `json:"observer"`
		Type     []draft.Coding  `json:"type"`
	}
	entity struct {
		What      *draft.Reference `json:"what,omitempty"`
		Type      *draft.Coding    `json:"type,omitempty"`
		Role      *draft.Coding    `json:"role,omitempty"`
		Lifecycle *draft.Coding    `json:"lifecycle,omitempty"`
		Query     string           `json:"query,omitempty"`
		Detail    []detail         `json:"detail,omitempty"`
	}
	detail struct {
		Type  string `json:"type"`
		Value string `json:"valueString"`
	}
)
