package gate

import (
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/validate"
)

// Mode says what becomes of a resource that breaks the rules of FHIR or of its profiles.
type Mode uint8

// The modes.
const (
	Off    Mode = iota // nobody looks
	Warn               // it is taken, and the writer is told
	Strict             // it is refused
)

// ModeOf is the mode of a name: off, warn or strict.
func ModeOf(name string) (Mode, bool) {
	for m, n := range []string{"off", "warn", "strict"} {
		if n == name {
			return Mode(m), true
		}
	}
	return Off, false
}

// Validation says which resources are validated before they enter the record, and by what.
type Validation struct {
	By      func() *validate.Validator // the one that knows the newest definitions
	Rules   Rules                      // for everybody
	Clients map[string]Rules           // for clients by their ids, instead
}

// Rules say how resources are validated.
type Rules struct {
	Mode  Mode                 // of all types but these
	Types map[schema.Type]Mode // of single types
}

func (r Rules) mode(t schema.Type) Mode {
	if m, ok := r.Types[t]; ok {
		return m
	}
	return r.Mode
}

// mode is how resources of a type are validated that an actor writes.
func (v *Validation) mode(a Actor, t schema.Type) Mode {
	if r, ok := v.Clients[a.Client]; ok && a.Client != "" {
		return r.mode(t)
	}
	return v.Rules.mode(t)
}

// validate checks a resource as it will be kept. It gives what the writer is to be told; the error is Unprocessable, with an
// issue for each breach.
func (s *Session) validate(ctx context.Context, r fhir.Resource) ([]fault.Issue, error) {
	v := s.gate.config.Validation
	if v == nil {
		return nil, nil
	}
	mode := v.mode(s.actor, r.Type)
	if mode == Off {
		return nil, nil
	}
	issues := issuesOf(v.By().Resource(r.Root, validate.Options{Errors: true, Kept: true, Done: ctx.Done()}))
	if ctx.Err() != nil {
		return nil, fault.New(fault.Unavailable, "The request was given up.").Because(ctx.Err())
	}
	if len(issues) == 0 || mode == Warn {
		return issues, nil
	}
	f := fault.New(fault.Unprocessable, "The resource breaks rules of FHIR R4 or of its profiles: %s", issues[0].English)
	f.Expression, f.Issues = []string{issues[0].Expression}, issues
	return nil, f.WithIssue(issues[0].Type)
}

// Validate says what is wrong with a resource and what is worth knowing about it; besides its own profiles it has to conform
// to those that are named. Resources of the record that it refers to are looked at where a rule asks for it. The error is
// NotSupported where the record validates nothing.
func (s *Session) Validate(ctx context.Context, r fhir.Resource, profiles []string) ([]fault.Issue, error) {
	v := s.gate.config.Validation
	if v == nil {
		return nil, fault.New(fault.NotSupported, "This server validates nothing.")
	}
	resolve := func(reference string) (fhir.Node, bool) {
		to := fhir.ParseReference(reference)
		if to.Kind != fhir.ReferenceLocal {
			return fhir.Node{}, false
		}
		found, err := s.Read(ctx, to.Ref)
		if err != nil {
			return fhir.Node{}, false
		}
		there, err := fhir.ParseResource(found.Body.Bytes)
		return there.Root, err == nil
	}
	issues := issuesOf(v.By().Resource(r.Root, validate.Options{Profiles: profiles, Resolve: resolve, Done: ctx.Done()}))
	if ctx.Err() != nil {
		return nil, fault.New(fault.Unavailable, "The request was given up.").Because(ctx.Err())
	}
	return issues, nil
}

// Env is what expressions about a resource are evaluated with.
func (s *Session) Env(n fhir.Node) *fhirpath.Env {
	if v := s.gate.config.Validation; v != nil {
		return v.By().Env(n)
	}
	return &fhirpath.Env{Resource: n, Root: n}
}

func issuesOf(found []validate.Issue) (issues []fault.Issue) {
	for _, i := range found {
		issues = append(issues, fault.Issue{
			Severity: string(i.Severity), Type: i.Code, Rule: i.Rule, English: i.English, Chinese: i.Chinese, Expression: i.Place(),
		})
	}
	return issues
}
