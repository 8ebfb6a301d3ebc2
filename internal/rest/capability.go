package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// The parts of a CapabilityStatement that are told here (R4, 2.5).
type (
	capabilityStatement struct {
		ResourceType   string         `json:"resourceType"`
		Status         string         `json:"status"`
		Date           string         `json:"date"`
		Kind           string         `json:"kind"`
		Software       map[string]any `json:"software"`
		Implementation map[string]any `json:"implementation"`
		FHIRVersion    string         `json:"fhirVersion"`
		Format         []string       `json:"format"`
		PatchFormat    []string       `json:"patchFormat"`
		Rest           []restPart     `json:"rest"`
	}
	restPart struct {
		Mode        string         `json:"mode"`
		Resource    []resourcePart `json:"resource"`
		Interaction []codePart     `json:"interaction"`
	}
	resourcePart struct {
		Type              string     `json:"type"`
		Interaction       []codePart `json:"interaction"`
		Versioning        string     `json:"versioning"`
		ReadHistory       bool       `json:"readHistory"`
		UpdateCreate      bool       `json:"updateCreate"`
		ConditionalCreate bool       `json:"conditionalCreate"`
		ConditionalRead   string     `json:"conditionalRead"`
		ConditionalUpdate bool       `json:"conditionalUpdate"`
		ConditionalDelete string     `json:"conditionalDelete"`
		ReferencePolicy   []string   `json:"referencePolicy"`
	}
	codePart struct {
		Code string `json:"code"`
	}
)

// capabilities answers with what the table of interactions offers.
func (s *Server) capabilities(r *request) (*response, error) {
	if err := r.accept("mode"); err != nil {
		return nil, err
	}
	if mode := r.query.Get("mode"); mode != "" && mode != "full" {
		return nil, fault.New(fault.NotSupported, "The mode %q is not offered; full is.", clip(mode))
	}
	system, instance := s.offeredCodes()
	policy := []string{"literal", "logical"}
	if s.config.References {
		policy = append(policy, "enforced")
	}
	c := capabilityStatement{
		ResourceType: "CapabilityStatement", Status: "active", Date: s.started.UTC().Format(time.RFC3339), Kind: "instance",
		Software:       map[string]any{"name": "Yitong", "version": s.config.Version},
		Implementation: map[string]any{"description": "Yitong, a regional health record", "url": r.base},
		FHIRVersion:    schema.Version, Format: []string{"json", mediaFHIR}, PatchFormat: []string{mediaPatch},
		Rest: []restPart{{Mode: "server", Interaction: system}},
	}
	for _, t := range schema.Types() {
		c.Rest[0].Resource = append(c.Rest[0].Resource, resourcePart{
			Type: t.String(), Interaction: instance, Versioning: "versioned-update", ReadHistory: true, UpdateCreate: true,
			ConditionalCreate: true, ConditionalRead: "full-support", ConditionalUpdate: true, ConditionalDelete: "single",
			ReferencePolicy: policy,
		})
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fault.Wrap(err, "writing the CapabilityStatement")
	}
	return &response{status: http.StatusOK, resource: text}, nil
}

// offeredCodes are the codes of the interactions with the system and with resources.
func (s *Server) offeredCodes() (system, instance []codePart) {
	for _, x := range s.table {
		part := codePart{x.code}
		switch x.level {
		case levelMetadata:
		case levelSystem, levelSystemHistory:
			system = append(system, part)
		default:
			if !slices.Contains(instance, part) {
				instance = append(instance, part)
			}
		}
	}
	return system, instance
}
