package sign

import (
	"encoding/json"
	"time"

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
	reference struct {
		Reference string `json:"reference"`
		Display   string `json:"display,omitempty"`
	}
	coding struct {
		System  string `json:"system"`
		Code    string `json:"code"`
		Display string `json:"display,omitempty"`
	}
	concept struct {
		Coding []coding `json:"coding"`
	}
	agent struct {
		Type   concept   `json:"type"`
		Who    reference `json:"who"`
		Behalf reference `json:"onBehalfOf"`
	}
	signature struct {
		Type         []coding  `json:"type"`
		When         string    `json:"when"`
		Who          reference `json:"who"`
		Behalf       reference `json:"onBehalfOf"`
		TargetFormat string    `json:"targetFormat"`
		Format       string    `json:"sigFormat"`
		Data         []byte    `json:"data"`
	}
	extension struct {
		URL       string    `json:"url"`
		Reference reference `json:"valueReference"`
	}
	meta struct {
		Extension []extension `json:"extension"`
	}
	resource struct {
		ResourceType string      `json:"resourceType"`
		Meta         meta        `json:"meta"`
		Target       []reference `json:"target"`
		Recorded     string      `json:"recorded"`
		Agent        []agent     `json:"agent"`
		Signature    []signature `json:"signature"`
	}
)

// provenance is the Provenance of a signature of a version. The institution of the signer answers for it.
func provenance(o Owner, name, why string, der []byte, at time.Time) []byte {
	who, behalf := reference{o.Practitioner, o.Name}, reference{o.Institution, o.At}
	when := at.Format("2006-01-02T15:04:05.000000Z07:00")
	display, _, _ := purpose(why) // it has been looked at
	text, err := json.Marshal(resource{
		ResourceType: "Provenance", Meta: meta{[]extension{{gate.Custodian, reference{Reference: o.Institution}}}},
		Target: []reference{{Reference: name}}, Recorded: when,
		Agent: []agent{{concept{[]coding{{systemProcess, Process, ""}}}, who, behalf}},
		Signature: []signature{{
			Type: []coding{{SystemPurpose, why, display}}, When: when, Who: who, Behalf: behalf,
			TargetFormat: FormatTarget, Format: FormatSignature, Data: der,
		}},
	})
	if err != nil {
		panic(err) // strings and bytes can be written
	}
	return text
}
