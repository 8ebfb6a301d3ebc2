package sign

import (
	"encoding/json"
	"time"

	"yitong/internal/fhir/draft"
	"yitong/internal/gate"
)

// Process is the process that the Provenances of signatures belong to.
const Process = "signature"

// systemProcess is the code system of what processes own.
const systemProcess = "urn:yitong:process"

// Owned says that the Provenances of signatures made here are written by this process alone. Those that clients write
// with signatures of their own are theirs.
func Owned() []gate.Ownership {
	return []gate.Ownership{{
		Process: Process, Type: typeProvenance, Query: "agent-type=" + systemProcess + "|" + Process, By: "[type]/[id]/$sign",
	}}
}

// The Provenance of a signature, as far as it goes (R4).
type (
	agent struct {
		Type   draft.Concept   `json:"type"`
		Who    draft.Reference `json:"who"`
		Behalf draft.Reference `json:"onBehalfOf"`
	}
	signature struct {
		Type         []draft.Coding  `json:"type"`
		When         string          `json:"when"`
		Who          draft.Reference `json:"who"`
		Behalf       draft.Reference `json:"onBehalfOf"`
		TargetFormat string          `json:"targetFormat"`
		Format       string          `json:"sigFormat"`
		Data         []byte          `json:"data"`
	}
	resource struct {
		ResourceType string            `json:"resourceType"`
		Meta         draft.Meta        `json:"meta"`
		Target       []draft.Reference `json:"target"`
		Recorded     string            `json:"recorded"`
		Agent        []agent           `json:"agent"`
		Signature    []signature       `json:"signature"`
	}
)

// provenance is the Provenance of a signature of a version. The institution of the signer answers for it.
func provenance(o Owner, name, why string, der []byte, at time.Time) []byte {
	who, behalf := draft.Named(o.Practitioner, o.Name), draft.Named(o.Institution, o.At)
	when := draft.Instant(at)
	display, _, _ := purpose(why) // it has been looked at
	text, err := json.Marshal(resource{
		ResourceType: "Provenance", Meta: gate.KeptBy(o.Institution),
		Target: []draft.Reference{{Reference: name}}, Recorded: when,
		Agent: []agent{{draft.Code(systemProcess, Process), who, behalf}},
		Signature: []signature{{
			Type: []draft.Coding{{System: SystemPurpose, Code: why, Display: display}}, When: when, Who: who, Behalf: behalf,
			TargetFormat: FormatTarget, Format: FormatSignature, Data: der,
		}},
	})
	if err != nil {
		panic(err) // strings and bytes can be written
	}
	return text
}
