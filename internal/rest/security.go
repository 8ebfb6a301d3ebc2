package rest

// Security says how clients are let in.
type Security struct {
	Authorize, Token, Introspect, Revoke string // addresses of OAuth 2
}

// securityPart is what a CapabilityStatement tells of it (R4; SMART App Launch 1, 5.0.3, for clients that do not read
// .well-known/smart-configuration).
type securityPart struct {
	Extension   []extensionPart `json:"extension"`
	CORS        bool            `json:"cors"`
	Service     []servicePart   `json:"service"`
	Description string          `json:"description"`
}

type servicePart struct {
	Coding []codingPart `json:"coding"`
}

type codingPart struct {
	System string `json:"system"`
	Code   string `json:"code"`
}

type extensionPart struct {
	URL       string          `json:"url"`
	ValueURI  string          `json:"valueUri,omitempty"`
	Extension []extensionPart `json:"extension,omitempty"`
}

func (s *Security) part() *securityPart {
	if s == nil {
		return nil
	}
	addresses := extensionPart{URL: "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris", Extension: []extensionPart{
		{URL: "authorize", ValueURI: s.Authorize}, {URL: "token", ValueURI: s.Token},
		{URL: "introspect", ValueURI: s.Introspect}, {URL: "revoke", ValueURI: s.Revoke},
	}}
	return &securityPart{
		Extension: []extensionPart{addresses}, CORS: true,
		Service:     []servicePart{{[]codingPart{{"http://terminology.hl7.org/CodeSystem/restful-security-service", "SMART-on-FHIR"}}}},
		Description: "OAuth 2.1 as SMART App Launch 2.2 uses it: .well-known/smart-configuration tells the rest.",
	}
}
