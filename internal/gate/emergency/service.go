package emergency

import (
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

// Config says how a service works.
type Config struct {
	Rules
	Zone *time.Location // of the texts for people and of what is night; nil: UTC
}

// Service is emergency access to a record. It keeps nothing itself.
type Service struct{ config Config }

// New makes the service of a region, whose rules have been checked.
func New(config Config) *Service {
	if config.Zone == nil {
		config.Zone = time.UTC
	}
	return &Service{config}
}

// now is the instant by the gate's clock, as exactly as the record writes it.
func (e *Service) now(s *gate.Session) time.Time {
	return s.Now().In(e.config.Zone).Truncate(time.Microsecond)
}

// practitioner is who may open a record: a person who is known in the record, at an institution.
func practitioner(a gate.Actor) (string, error) {
	if local(a.Reference).Type != typePractitioner || a.Institution == "" {
		return "", fault.New(fault.Forbidden, "A record is opened in an emergency by a person who treats at an institution, and is known in the record as a Practitioner; you are not.")
	}
	return a.Reference, nil
}

// person tells whether somebody, and not a program, acts.
func person(a gate.Actor) bool {
	return local(a.Reference).Type == typePractitioner || strings.HasPrefix(a.Reference, accountPrefix)
}

// accountPrefix stands before the id of an account of whom the record knows nothing.
const accountPrefix = "Person/"
