package trail

// AuditEvent, as far as it goes here.
type (
	auditEvent struct {
		ResourceType string      `json:"resourceType"`
		ID           string      `json:"id"`
		Text         *text       `json:"text,omitempty"`
		Extension    []extension `json:"extension,omitempty"`
		Type         coding      `json:"type"`
		Subtype      []coding    `json:"subtype"`
		Action       string      `json:"action"`
		Recorded     string      `json:"recorded"`
		Outcome      string      `json:"outcome"`
		OutcomeDesc  string      `json:"outcomeDesc,omitempty"`
		Purpose      []concept   `json:"purposeOfEvent,omitempty"`
		Agent        []agent     `json:"agent"`
		Source       source      `json:"source"`
		Entity       []entity    `json:"entity,omitempty"`
	}
	text struct {
		Status string `json:"status"`
		Div    string `json:"div"`
	}
	extension struct {
		URL   string `json:"url"`
		Value string `json:"valueString"`
	}
	coding struct {
		System string `json:"system"`
		Code   string `json:"code"`
	}
	concept struct {
		Coding []coding `json:"coding"`
	}
	identifier struct {
		System string `json:"system"`
		Value  string `json:"value"`
	}
	reference struct {
		Reference  string      `json:"reference,omitempty"`
		Identifier *identifier `json:"identifier,omitempty"`
		Display    string      `json:"display,omitempty"`
	}
	agent struct {
		Type      *concept   `json:"type,omitempty"`
		Role      []concept  `json:"role,omitempty"`
		Who       *reference `json:"who,omitempty"`
		Requestor bool       `json:"requestor"`
		Policy    []string   `json:"policy,omitempty"`
		Network   *network   `json:"network,omitempty"`
	}
	network struct {
		Address string `json:"address"`
		Type    string `json:"type"`
	}
	source struct {
		Site     string    `json:"site,omitempty"`
		Observer reference `json:"observer"`
		Type     []coding  `json:"type"`
	}
	entity struct {
		What      *reference `json:"what,omitempty"`
		Type      *coding    `json:"type,omitempty"`
		Role      *coding    `json:"role,omitempty"`
		Lifecycle *coding    `json:"lifecycle,omitempty"`
		Query     string     `json:"query,omitempty"`
		Detail    []detail   `json:"detail,omitempty"`
	}
	detail struct {
		Type  string `json:"type"`
		Value string `json:"valueString"`
	}
)
