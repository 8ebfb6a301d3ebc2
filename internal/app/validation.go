package app

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// Validation says what becomes of resources that break rules.
type Validation struct {
	Validate    string            `help:"What becomes of resources that break rules of FHIR R4 or of the profiles that they name: strict refuses them, warn takes them and tells the writer, off does not look." enum:"strict,warn,off" default:"strict"`
	ValidateFor map[string]string `help:"The same for single types, clients, or types of a client: Basic=off;client:lab=warn;client:lab/Observation=strict. What is told of a client counts more. Clients are those that are registered; without accounts they are serve, import and demo." placeholder:"WHAT=MODE" mapsep:";"`
}

// rules are the settings as the gate takes them. The error is Malformed for what names no mode, type or client.
func (v Validation) rules() (*gate.Validation, error) {
	all, err := modeOf("--validate", cmp.Or(v.Validate, "strict"))
	if err != nil {
		return nil, err
	}
	made := &gate.Validation{Rules: gate.Rules{Mode: all, Types: map[schema.Type]gate.Mode{}}, Clients: map[string]gate.Rules{}}
	for _, what := range slices.Sorted(maps.Keys(v.ValidateFor)) { // types before clients, clients before their types
		mode, err := modeOf(what, v.ValidateFor[what])
		if err != nil {
			return nil, err
		}
		if client, ok := strings.CutPrefix(what, "client:"); ok {
			err = ofClient(made, client, mode)
		} else {
			err = ofType(made.Rules, what, mode)
		}
		if err != nil {
			return nil, err
		}
	}
	return made, nil
}

// ofClient sets the mode of a client, or of one type of it, where everything else stays as it is for everybody.
func ofClient(v *gate.Validation, what string, mode gate.Mode) error {
	client, name, one := strings.Cut(what, "/")
	if client == "" {
		return fault.New(fault.Malformed, "--validate-for names no client after client:.")
	}
	if !one {
		v.Clients[client] = gate.Rules{Mode: mode, Types: map[schema.Type]gate.Mode{}}
		return nil
	}
	if _, known := v.Clients[client]; !known {
		v.Clients[client] = gate.Rules{Mode: v.Rules.Mode, Types: maps.Clone(v.Rules.Types)}
	}
	return ofType(v.Clients[client], name, mode)
}

func ofType(r gate.Rules, name string, mode gate.Mode) error {
	t, ok := schema.TypeOf(name)
	if !ok {
		return fault.New(fault.Malformed, "%q in --validate-for is not a resource type of FHIR R4. A client is named as client:ID.", name)
	}
	r.Types[t] = mode
	return nil
}

func modeOf(what, name string) (gate.Mode, error) {
	mode, ok := gate.ModeOf(name)
	if !ok {
		return mode, fault.New(fault.Malformed, "%s has the mode %q; it should be strict, warn or off.", what, name)
	}
	return mode, nil
}
