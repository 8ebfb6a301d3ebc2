package fhir

import (
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
)

// Ref names a resource of this record. The zero Ref names none.
type Ref struct {
	Type schema.Type
	ID   string
}

func (r Ref) String() string { return r.Type.String() + "/" + r.ID }

// ReferenceKind tells how a reference names its target.
type ReferenceKind uint8

// The kinds of references.
const (
	ReferenceOther       ReferenceKind = iota // absolute, urn:uuid:, urn:oid:, or no form that FHIR knows
	ReferenceLocal                            // Type/id or Type/id/_history/version
	ReferenceConditional                      // Type?criteria, to be resolved in a transaction
	ReferenceContained                        // #id
)

// Reference is a Reference.reference taken apart (R4, 2.3.0.1).
type Reference struct {
	Kind    ReferenceKind
	Ref     Ref         // local
	Version int64       // local, 0 if none is named
	Type    schema.Type // conditional
	Query   string      // conditional
}

// ParseReference takes a reference apart. Text of no known form is ReferenceOther.
func ParseReference(s string) Reference {
	if strings.HasPrefix(s, "#") {
		return Reference{Kind: ReferenceContained}
	}
	if name, query, ok := strings.Cut(s, "?"); ok {
		if t, known := schema.TypeOf(name); known {
			return Reference{Kind: ReferenceConditional, Type: t, Query: query}
		}
		return Reference{}
	}
	name, rest, ok := strings.Cut(s, "/")
	t, known := schema.TypeOf(name)
	if !ok || !known {
		return Reference{}
	}
	id, version, versioned := strings.Cut(rest, "/_history/")
	r := Reference{Kind: ReferenceLocal, Ref: Ref{t, id}}
	if !ValidID(id) {
		return Reference{}
	}
	if versioned {
		v, err := ParseVersion(version)
		if err != nil {
			return Reference{}
		}
		r.Version = v
	}
	return r
}

// Absolute tells whether text begins with a scheme, such as http: or urn:, and so is no relative reference.
func Absolute(text string) bool {
	scheme, rest, ok := strings.Cut(text, ":")
	if _, slip := schema.TypeOf(scheme); !ok || slip || rest == "" || scheme == "" {
		return false
	}
	for i := range len(scheme) {
		switch c := scheme[i] | 0x20; {
		case 'a' <= c && c <= 'z':
		case i > 0 && strings.IndexByte("0123456789+-.", scheme[i]) >= 0:
		default:
			return false
		}
	}
	return true
}

// ValidID tells whether s is an id of FHIR: 1 to 64 of A-Z a-z 0-9 - . (R4, 2.24.0.1).
func ValidID(s string) bool {
	if len(s) == 0 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '.':
		default:
			return false
		}
	}
	return true
}

// ParseVersion reads a version id of this record, an integer from 1.
func ParseVersion(s string) (int64, error) {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 1 || strconv.FormatInt(v, 10) != s {
		return 0, fault.New(fault.NotFound, "There is no version %q; versions of this record are whole numbers from 1.", clip([]byte(s)))
	}
	return v, nil
}
