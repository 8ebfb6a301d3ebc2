package rest

import (
	"context"
	"encoding/json"
	"net/http"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
)

// mediaLines is the type of resources, one a line.
const mediaLines = "application/fhir+ndjson"

// exportRequest answers $export-request: the Task of a new request for an export, which somebody else decides about.
func (s *Server) exportRequest(r *request) (*response, error) {
	a, err := r.arguments(export.Parameters()...)
	if err != nil {
		return nil, err
	}
	made, err := s.exports.Ask(r, r.session, a.texts, r.idempotency())
	if err != nil {
		return nil, err
	}
	return r.result(made, "representation")
}

// exportDecide answers Task/id/$export-decide: the Task with the decision.
func (s *Server) exportDecide(r *request) (*response, error) {
	a, err := r.arguments("decision", "reason")
	if err != nil {
		return nil, err
	}
	d, err := export.ReadDecision(a.texts)
	if err != nil {
		return nil, err
	}
	v, err := s.exports.Decide(r, r.session, r.ref, d)
	if err != nil {
		return nil, err
	}
	return r.result(gate.Result{Event: gate.Updated, Version: v}, "representation")
}

// export answers Task/id/$export: what was approved, as the session sees it, one resource a line.
func (s *Server) export(r *request) (*response, error) {
	if r.place != "" {
		return nil, fault.New(fault.NotSupported, "An export has many lines, which no entry can hold. Send it by itself.")
	}
	if _, err := r.arguments(); err != nil {
		return nil, err
	}
	run, err := s.exports.Begin(r, r.session, r.ref)
	if err != nil {
		return nil, err
	}
	return &response{status: http.StatusOK, parts: lines{run}}, nil
}

// lines are the parts of an export.
type lines struct{ *export.Run }

// Next implements [parts].
func (l lines) Next(ctx context.Context) ([]byte, error) {
	piece, err := l.Run.Next(ctx)
	return piece.Lines, err
}

// exportMark answers $export-mark: from which request a line comes that has been found somewhere, by the code that it has in
// meta.tag with the system urn:yitong:export.
func (s *Server) exportMark(r *request) (*response, error) {
	a, err := r.arguments("code")
	if err != nil {
		return nil, err
	}
	code, err := a.one("code")
	if err != nil {
		return nil, err
	}
	t, err := s.exports.Trace(r, r.session, code)
	if err != nil {
		return nil, err
	}
	type value struct {
		Name      string            `json:"name"`
		Text      string            `json:"valueString,omitempty"`
		Number    int               `json:"valueInteger,omitempty"`
		Instant   string            `json:"valueInstant,omitempty"`
		Reference map[string]string `json:"valueReference,omitempty"`
	}
	all := []value{
		{Name: "request", Reference: map[string]string{"reference": t.Task.String()}}, {Name: "run", Number: t.Run},
		{Name: "began", Instant: t.Began.UTC().Format(fhir.InstantLayout)}, {Name: "requester", Text: t.Requester},
		{Name: "recipient", Text: t.Recipient}, {Name: "purpose", Text: t.Purpose},
	}
	if t.At != "" {
		all = append(all, value{Name: "institution", Text: t.At})
	}
	text, err := json.Marshal(map[string]any{"resourceType": "Parameters", "parameter": all})
	if err != nil {
		return nil, fault.Wrap(err, "writing Parameters")
	}
	return &response{status: http.StatusOK, resource: text}, nil
}
