package emergency

import (
	"context"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
)

// Resident says who is meant: by a Patient, or by an identifier that must be known exactly.
type Resident struct {
	Patient       string // Patient/…
	System, Value string // of an identifier
}

// namesMost bounds the Patients that have an identifier in common.
const namesMost = 64

// found is a resident: the Patient by which they were named, and the one that stands for them.
type found struct{ patient, golden fhir.Ref }

// resident finds who is meant in the whole record. The error is NotFound if there is nobody, Conflict if an identifier is that of
// several people.
func resident(ctx context.Context, s *gate.Session, who Resident) (found, error) {
	if who.Patient != "" {
		return byPatient(ctx, s, who.Patient)
	}
	if who.System == "" || who.Value == "" {
		return found{}, fault.New(fault.Malformed, "Say who the resident is: by patient, a reference such as Patient/1, or by identifier, its system and its value with a bar between them.").WithIssue("required")
	}
	exact := search.Pair{Name: "identifier", Value: search.Escape(who.System) + "|" + search.Escape(who.Value)}
	patients, all, err := find(ctx, s, typePatient, namesMost, exact)
	if err != nil {
		return found{}, err
	}
	var one found
	var names []string
	for _, p := range patients {
		names = append(names, "Patient/"+p.ID)
	}
	for _, p := range patients {
		is := found{fhir.Ref{Type: p.Type, ID: p.ID}, gate.Golden(p)}
		switch {
		case one.golden == (fhir.Ref{}):
			one = is
		case is.golden != one.golden:
			return found{}, several(names)
		default:
			one.patient = one.golden
		}
	}
	switch {
	case one.golden == (fhir.Ref{}):
		return found{}, nobodyIs()
	case !all:
		return found{}, several(names)
	}
	return one, nil
}

func byPatient(ctx context.Context, s *gate.Session, name string) (found, error) {
	if local(name).Type != typePatient {
		return found{}, fault.New(fault.Malformed, "patient is a reference to a Patient of this record, such as Patient/1.").WithIssue("value")
	}
	p, ok, err := read(ctx, s, name)
	if err == nil && !ok {
		err = nobodyIs()
	}
	return found{local(name), gate.Golden(p.Resource)}, err
}

func nobodyIs() error {
	return fault.New(fault.NotFound, "There is no such resident in the record. Compare what you have sent with the document.")
}

// namedMost bounds the Patients that are named where several have an identifier.
const namedMost = 8

func several(names []string) error {
	return fault.New(fault.Conflict, "Several Patients have this identifier, and nobody has said yet that they are one person: %s. Name one by patient; each is opened by itself.",
		strings.Join(names[:min(len(names), namedMost)], ", ")).WithIssue("multiple-matches")
}
