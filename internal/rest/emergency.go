package rest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate/emergency"
)

// emergencyAccess answers Patient/$emergency-access: it opens the record of a resident to the practitioner who asks, for a
// reason. The resident is named by the address, by patient or by identifier (system|value). It takes a body only: addresses are logged
// on the way.
func (s *Server) emergencyAccess(r *request) (*response, error) {
	a, err := r.argumentsOfBody("patient", "identifier", "reason")
	if err != nil {
		return nil, err
	}
	who, err := r.whom(a)
	if err != nil {
		return nil, err
	}
	reason, err := a.one("reason")
	if err != nil {
		return nil, err
	}
	opened, err := s.opening.Open(r, r.session, who, reason)
	if err != nil {
		return nil, err
	}
	return answer(
		parameter{Name: "patient", Reference: refer(opened.Patient)}, parameter{Name: "consent", Reference: refer(opened.Consent)},
		parameter{Name: "task", Reference: refer(opened.Task)}, parameter{Name: "until", Instant: opened.Until.Format(time.RFC3339Nano)},
	)
}

// whom reads which resident is meant.
func (r *request) whom(a *arguments) (who emergency.Resident, err error) {
	if who.Patient, err = r.referred(a, "patient"); err != nil {
		return who, err
	}
	text, err := a.one("identifier")
	if err != nil {
		return who, err
	}
	who.System, who.Value, _ = strings.Cut(text, "|")
	if n := r.parameter("identifier").Get("valueIdentifier"); n.Exists() {
		who.System, who.Value = n.Get("system").Str(), n.Get("value").Str()
	}
	ways := 0
	for _, is := range []bool{r.ref.ID != "", who.Patient != "", who.System+who.Value != ""} {
		if is {
			ways++
		}
	}
	if ways != 1 {
		return who, fault.New(fault.Malformed, "Name the resident in one way: by the address (Patient/1/$emergency-access), by patient, or by identifier.").WithIssue("required")
	}
	if r.ref.ID != "" {
		who.Patient = r.ref.String()
	}
	return who, nil
}

// emergencyReview answers Task/[id]/$emergency-review: it settles whether a use of emergency access was justified.
func (s *Server) emergencyReview(r *request) (*response, error) {
	a, err := r.argumentsOfBody("verdict", "note")
	if err != nil {
		return nil, err
	}
	verdict, err := a.one("verdict")
	if err != nil {
		return nil, err
	}
	note, err := a.one("note")
	if err != nil {
		return nil, err
	}
	if err := s.opening.Review(r, r.session, r.ref, emergency.Verdict(verdict), note); err != nil {
		return nil, err
	}
	return answer(parameter{Name: "task", Reference: refer(r.ref.String())}, parameter{Name: "verdict", Code: verdict})
}

// emergencyUses answers $emergency-uses: who has used emergency access how, since an instant, at an institution; patterns that
// look like abuse first.
func (s *Server) emergencyUses(r *request) (*response, error) {
	a, err := r.arguments("_since", "institution")
	if err != nil {
		return nil, err
	}
	text, err := a.one("_since")
	if err != nil {
		return nil, err
	}
	var since time.Time
	if text != "" {
		if since, _, err = fhir.ParsePeriod(text, s.config.Zone); err != nil {
			return nil, err
		}
	}
	institution, err := a.one("institution")
	if err != nil {
		return nil, err
	}
	report, err := s.opening.Uses(r, r.session, since, institution)
	if err != nil {
		return nil, err
	}
	all := []parameter{
		{Name: "since", Instant: report.Since.Format(time.RFC3339Nano)}, {Name: "until", Instant: report.Until.Format(time.RFC3339Nano)},
		{Name: "whole", Boolean: &report.Whole},
	}
	for _, c := range report.Who {
		all = append(all, parameter{Name: "practitioner", Part: conduct(c)})
	}
	return answer(all...)
}

// conduct writes what the uses of one practitioner come to.
func conduct(c emergency.Conduct) []parameter {
	parts := []parameter{{Name: "reference", Reference: &referenceTo{c.Practitioner, c.Name}}, {Name: "severity", Integer: &c.Severity}}
	for _, p := range c.Patterns {
		parts = append(parts, parameter{Name: "pattern", Code: string(p)})
	}
	for _, name := range c.Institutions {
		parts = append(parts, parameter{Name: "institution", Reference: refer(name)})
	}
	count := func(name string, n int) { parts = append(parts, parameter{Name: name, Integer: &n}) }
	for _, p := range emergency.Patterns() {
		if p == emergency.Many {
			count("uses", c.Counts[p])
		} else {
			count(string(p), c.Counts[p])
		}
	}
	count("open", c.Open)
	count("overdue", c.Overdue)
	for _, o := range c.Often {
		parts = append(parts, parameter{Name: "resident", Part: []parameter{
			{Name: "reference", Reference: &referenceTo{o.Resident.String(), o.Masked}}, {Name: "uses", Integer: &o.Times},
		}})
	}
	return parts
}

// argumentsOfBody reads the arguments of an operation that takes them in its body only, as Parameters.
func (r *request) argumentsOfBody(names ...string) (*arguments, error) {
	if err := r.accept(); err != nil {
		return nil, err
	}
	a, err := r.arguments(names...)
	if err == nil && a.resources["resource"].Exists() {
		err = fault.New(fault.Malformed, "The operation $%s takes Parameters: %s.", r.operation, strings.Join(names, ", "))
	}
	return a, err
}

// parameter is the parameter of a name in the body.
func (r *request) parameter(name string) fhir.Node {
	for p := r.body.node.Get("parameter").First(); p.Exists(); p = p.Next() {
		if p.Get("name").Str() == name {
			return p
		}
	}
	return fhir.Node{}
}

// referred is what a parameter refers to, as a Reference or as a text; "" if it is not given.
func (r *request) referred(a *arguments, name string) (string, error) {
	if n := r.parameter(name).Get("valueReference").Get("reference"); n.Exists() {
		return n.Str(), nil
	}
	return a.one(name)
}

// The parts of Parameters that operations answer with.
type (
	parameters struct {
		ResourceType string      `json:"resourceType"`
		Parameter    []parameter `json:"parameter"`
	}
	parameter struct {
		Name      string       `json:"name"`
		Reference *referenceTo `json:"valueReference,omitempty"`
		Instant   string       `json:"valueInstant,omitempty"`
		Code      string       `json:"valueCode,omitempty"`
		Integer   *int         `json:"valueInteger,omitempty"`
		Boolean   *bool        `json:"valueBoolean,omitempty"`
		Part      []parameter  `json:"part,omitempty"`
	}
	referenceTo struct {
		Reference string `json:"reference"`
		Display   string `json:"display,omitempty"`
	}
)

func refer(name string) *referenceTo { return &referenceTo{Reference: name} }

// answer is a response of Parameters.
func answer(list ...parameter) (*response, error) {
	text, err := json.Marshal(parameters{"Parameters", list})
	if err != nil {
		return nil, fault.Wrap(err, "writing Parameters")
	}
	return &response{status: http.StatusOK, resource: text}, nil
}
