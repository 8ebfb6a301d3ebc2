package module

import (
	"encoding/json"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// definitionPrefix begins the ids of the definitions of the platform's own operations.
const definitionPrefix = "yitong-"

// Definitions are the OperationDefinitions of all operations that do not go by somebody else's.
func (s *Set) Definitions() (all []fhir.Resource, err error) {
	for _, o := range s.Operations() {
		if o.Canonical != "" {
			continue
		}
		text, err := json.Marshal(o.definition())
		if err != nil {
			return nil, fault.Wrap(err, "writing an OperationDefinition")
		}
		r, err := fhir.ParseResource(text)
		if err != nil {
			return nil, fault.Wrap(err, "writing the OperationDefinition of "+o.Name)
		}
		all = append(all, r)
	}
	return all, nil
}

// definition is an operation as R4 describes it.
func (o Operation) definition() map[string]any {
	types := []string{"Resource"}
	if o.Types != nil {
		types = nil
		for _, t := range o.Types {
			types = append(types, t.String())
		}
	}
	d := map[string]any{
		"resourceType": "OperationDefinition", "id": definitionPrefix + o.id(), "url": o.Definition(), "name": o.computable(),
		"title": o.Words.Both(), "status": "active", "kind": "operation", "publisher": "Yitong",
		"description": o.Doc, "affectsState": !o.Reads, "code": o.Name,
		"system": o.Levels&System != 0, "type": o.Levels&OfType != 0, "instance": o.Levels&Instance != 0,
	}
	if o.Levels&(OfType|Instance) != 0 {
		d["resource"] = types
	}
	var parameters []map[string]any
	if o.In != nil {
		parameters = o.In.Definition("in")
	}
	if o.Out != nil {
		parameters = append(parameters, o.Out.Definition("out")...)
	} else if o.Do != nil {
		parameters = append(parameters, map[string]any{
			"name": "return", "use": "out", "min": 1, "max": "1", "type": o.returns(), "documentation": "The answer is this resource.",
		})
	}
	if parameters != nil {
		d["parameter"] = parameters
	}
	return d
}

// returns is the type of the resource that the operation answers with.
func (o Operation) returns() string {
	if o.Returns != 0 {
		return o.Returns.String()
	}
	return "Resource"
}
