package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
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
		Security    *securityPart  `json:"security,omitempty"`
		Resource    []resourcePart `json:"resource"`
		Interaction []codePart     `json:"interaction"`
		Compartment []string       `json:"compartment"`

		Operation []operationPart `json:"operation"`
		Extension []extensionPart `json:"extension,omitempty"`
	}
	resourcePart struct {
		Type              string     `json:"type"`
		SupportedProfile  []string   `json:"supportedProfile,omitempty"`
		Interaction       []codePart `json:"interaction"`
		Versioning        string     `json:"versioning"`
		ReadHistory       bool       `json:"readHistory"`
		UpdateCreate      bool       `json:"updateCreate"`
		ConditionalCreate bool       `json:"conditionalCreate"`
		ConditionalRead   string     `json:"conditionalRead"`
		ConditionalUpdate bool       `json:"conditionalUpdate"`
		ConditionalDelete string     `json:"conditionalDelete"`
		ReferencePolicy   []string   `json:"referencePolicy"`

		SearchInclude    []string        `json:"searchInclude,omitempty"`
		SearchRevInclude []string        `json:"searchRevInclude,omitempty"`
		SearchParam      []searchParam   `json:"searchParam"`
		Operation        []operationPart `json:"operation,omitempty"`
		Extension        []topicPart     `json:"extension,omitempty"`
	}
	searchParam struct {
		Name string `json:"name"`
		Type string `json:"type"`
	}
	operationPart struct {
		Name       string `json:"name"`
		Definition string `json:"definition"`
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
		FHIRVersion:    schema.Version, Format: []string{"json", mediaFHIR}, PatchFormat: []string{mediaFHIR, mediaPatch},
		Rest: []restPart{{Mode: "server", Security: s.config.Security.part(), Interaction: system, Operation: s.operations(0, levelSystemOperation), Extension: s.sockets(r.base)}},
	}
	table := r.session.Parameters()
	reverse := revIncludes(r)
	for _, t := range schema.Types() {
		part := resourcePart{
			Type: t.String(), SupportedProfile: s.config.Profiles[t.String()], Interaction: instance, Versioning: "versioned-update", ReadHistory: true, UpdateCreate: true,
			ConditionalCreate: true, ConditionalRead: "full-support", ConditionalUpdate: true, ConditionalDelete: "single",
			ReferencePolicy: policy, SearchRevInclude: reverse[t],
		}
		part.searchable(table, t)
		part.audited(r)
		s.subscribed(&part)
		part.Operation = s.operations(t, levelTypeOperation, levelInstanceOperation)
		c.Rest[0].Resource = append(c.Rest[0].Resource, part)
		if len(table.Members(t)) > 0 {
			c.Rest[0].Compartment = append(c.Rest[0].Compartment, "http://hl7.org/fhir/CompartmentDefinition/"+strings.ToLower(t.String()[:1])+t.String()[1:])
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		return nil, fault.Wrap(err, "writing the CapabilityStatement")
	}
	return &response{status: http.StatusOK, resource: text}, nil
}

// searchable tells by what a type is searched.
func (c *resourcePart) searchable(table *search.Table, t schema.Type) {
	for _, name := range table.Names(t) {
		p := table.Lookup(t, name)
		c.SearchParam = append(c.SearchParam, searchParam{Name: name, Type: p.Kind.String()})
		if p.Kind == search.Reference {
			c.SearchInclude = append(c.SearchInclude, t.String()+":"+name)
		}
	}
}

// audited tells of a type that is only read, from the trail, what is left of the rest.
func (c *resourcePart) audited(r *request) {
	t, _ := schema.TypeOf(c.Type)
	parameters, is := r.session.Audits(t)
	if !is {
		return
	}
	c.Interaction = []codePart{{"read"}, {"vread"}, {"search-type"}}
	c.ReadHistory, c.UpdateCreate, c.ConditionalCreate, c.ConditionalUpdate = false, false, false, false
	c.ConditionalDelete, c.SearchInclude, c.SearchRevInclude = "not-supported", nil, nil
	c.SearchParam = slices.DeleteFunc(c.SearchParam, func(p searchParam) bool { return !slices.Contains(parameters, p.Name) })
}

// operations are those that are offered at some levels of a type, or of the system.
func (s *Server) operations(t schema.Type, levels ...level) (parts []operationPart) {
	for _, x := range s.table {
		part := operationPart{x.operation, x.canonical}
		if slices.Contains(levels, x.level) && (x.types == nil || slices.Contains(x.types, t.String())) && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// revIncludes are, for every type, the parameters by which others refer to it. Those that may refer to any type are not
// listed with each.
func revIncludes(r *request) map[schema.Type][]string {
	all, table := map[schema.Type][]string{}, r.session.Parameters()
	for _, t := range schema.Types() {
		if _, only := r.session.Audits(t); only {
			continue
		}
		for _, name := range table.Names(t) {
			for _, target := range table.Lookup(t, name).Targets {
				all[target] = append(all[target], t.String()+":"+name)
			}
		}
	}
	return all
}

// offeredCodes are the codes of the interactions with the system and with resources.
func (s *Server) offeredCodes() (system, instance []codePart) {
	for _, x := range s.table {
		part := codePart{x.code}
		switch x.level {
		case levelMetadata, levelCompartment, levelCompartmentSearch, levelSystemOperation, levelTypeOperation, levelInstanceOperation: // told otherwise
		case levelSystem, levelSystemHistory, levelSystemSearch:
			if !slices.Contains(system, part) {
				system = append(system, part)
			}
		default:
			if !slices.Contains(instance, part) {
				instance = append(instance, part)
			}
		}
	}
	return system, instance
}
