package smart

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
)

// Context is whose resources a scope is about.
type Context string

// The contexts.
const (
	Patient Context = "patient" // those of one resident
	User    Context = "user"    // those that the person may see
	System  Context = "system"  // those that the program's institution may see
)

// Scope is a scope about resources.
type Scope struct {
	Context Context
	Type    schema.Type // 0 for every type
	May     gate.May
	Query   string // search criteria that the resources must meet; "" for none
	old     bool   // it was written as version 1 does
}

// Scopes are what a client asks for or has been given.
type Scopes struct {
	Resources []Scope
	Others    []string // openid, fhirUser, launch …, in their order
}

// Limits of scopes.
const (
	textMost  = 4096 // bytes of all scopes
	queryMost = 512  // bytes of the criteria of one
)

// Scopes that are not about resources.
const (
	OpenID          = "openid"
	Profile         = "profile"
	FHIRUser        = "fhirUser"
	Launch          = "launch"           // the context of an EHR launch
	LaunchPatient   = "launch/patient"   // a resident is chosen
	LaunchEncounter = "launch/encounter" // an encounter is taken from an EHR launch
	OfflineAccess   = "offline_access"   // a refresh token that outlives the session
	OnlineAccess    = "online_access"    // a refresh token as long as the session
)

// Others are the scopes that are not about resources.
func Others() []string {
	return []string{OpenID, Profile, FHIRUser, Launch, LaunchPatient, LaunchEncounter, OfflineAccess, OnlineAccess}
}

// Parse reads scopes that are divided by spaces. The error is Malformed for one that is not known here.
func Parse(text string) (s Scopes, err error) {
	if len(text) > textMost {
		return s, fault.New(fault.Malformed, "The scopes have more than %d bytes.", textMost)
	}
	for word := range strings.FieldsSeq(text) {
		if slices.Contains(Others(), word) {
			if !slices.Contains(s.Others, word) {
				s.Others = append(s.Others, word)
			}
			continue
		}
		one, err := parse(word)
		if err != nil {
			return s, err
		}
		if !slices.Contains(s.Resources, one) {
			s.Resources = append(s.Resources, one)
		}
	}
	return s, nil
}

// Has tells whether a scope that is not about resources is there.
func (s Scopes) Has(other string) bool { return slices.Contains(s.Others, other) }

// parse reads a scope about resources: context/Type.interactions?criteria.
func parse(word string) (s Scope, err error) {
	unknown := fault.New(fault.Malformed, "%q is no scope that is known here. Scopes about resources are such as patient/Observation.rs or user/*.read. 权限范围有误，应形如 patient/Observation.rs。", clip(word))
	before, query, asks := strings.Cut(word, "?")
	context, rest, ok := strings.Cut(before, "/")
	name, letters, ok2 := strings.Cut(rest, ".")
	if s.Context = Context(context); !ok || !ok2 || s.Context != Patient && s.Context != User && s.Context != System {
		return s, unknown
	}
	if name != "*" {
		if s.Type, ok = schema.TypeOf(name); !ok {
			return s, fault.New(fault.Malformed, "%q in the scope %q is not a resource type of FHIR R4. 权限范围中的资源类型有误。", clip(name), clip(word))
		}
	}
	if s.May, s.old = oldNames[letters], oldNames[letters] != 0; !s.old {
		if s.May, ok = interactions(letters); !ok {
			return s, fault.New(fault.Malformed, "%q in the scope %q should be read, write or *, or some of the letters cruds in this order. 权限范围中的操作有误，应为 cruds 中的字母，按此顺序。", clip(letters), clip(word))
		}
	}
	if !asks {
		return s, nil
	}
	return s, s.criteria(query, word)
}

// criteria takes up what stands behind the question mark.
func (s *Scope) criteria(query, word string) error {
	values, err := url.ParseQuery(query)
	switch {
	case s.old:
		return fault.New(fault.Malformed, "%q mixes two versions: criteria stand behind letters such as rs.", clip(word))
	case s.Type == 0:
		return fault.New(fault.Malformed, "%q has criteria but names no resource type.", clip(word))
	case err != nil || len(values) == 0 || len(query) > queryMost:
		return fault.New(fault.Malformed, "The criteria of %q cannot be read; they are search parameters, at most %d bytes.", clip(word), queryMost)
	}
	for name := range values {
		if strings.ContainsAny(name, ".") || strings.HasPrefix(name, "_has") || strings.HasPrefix(name, "_include") || strings.HasPrefix(name, "_revinclude") {
			return fault.New(fault.Malformed, "%q has %q among its criteria; chains, _has and includes are not for scopes.", clip(word), clip(name))
		}
	}
	if s.Query = values.Encode(); len(s.Query) > queryMost {
		return fault.New(fault.Malformed, "The criteria of %q are too long: at most %d bytes, as an address has them.", clip(word), queryMost)
	}
	return nil
}

// oldNames are the interactions of version 1.
var oldNames = map[string]gate.May{
	"read": gate.MayLook, "write": gate.MayCreate | gate.MayUpdate | gate.MayDelete, "*": gate.MayAll,
}

// interactions reads letters in the order cruds.
func interactions(letters string) (may gate.May, ok bool) {
	last := -1
	for _, c := range letters {
		i := strings.IndexRune("cruds", c)
		if i <= last {
			return 0, false
		}
		last = i
		may |= 1 << i
	}
	return may, may != 0
}

func clip(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}

// String is the scope as the client wrote it, with its criteria in one form.
func (s Scope) String() string {
	name, letters := "*", s.May.String()
	if s.Type != 0 {
		name = s.Type.String()
	}
	if s.old {
		for old, may := range oldNames {
			if may == s.May {
				letters = old
			}
		}
	}
	text := string(s.Context) + "/" + name + "." + letters
	if s.Query != "" {
		text += "?" + s.Query
	}
	return text
}

// String is all scopes, divided by spaces.
func (s Scopes) String() string { return strings.Join(s.List(), " ") }

// List is all scopes.
func (s Scopes) List() []string {
	list := slices.Clone(s.Others)
	for _, r := range s.Resources {
		list = append(list, r.String())
	}
	return list
}

// Within tells whether one of the scopes allows at least what this one does.
func (s Scope) Within(most Scopes) bool {
	var may gate.May
	for _, m := range most.Resources {
		if m.Context == s.Context && (m.Type == 0 || m.Type == s.Type) && (m.Query == "" || m.Query == s.Query) {
			may |= m.May
		}
	}
	return s.May&^may == 0
}

// Within leaves of the scopes what others allow at the most. What is only partly allowed is cut down to that part.
func (s Scopes) Within(most Scopes) (allowed Scopes) {
	for _, o := range s.Others {
		if most.Has(o) {
			allowed.Others = append(allowed.Others, o)
		}
	}
	for _, r := range s.Resources {
		allowed.Resources = append(allowed.Resources, r.cut(most)...)
	}
	return allowed
}

// cut gives what others allow of a scope.
func (s Scope) cut(most Scopes) (parts []Scope) {
	if s.Within(most) {
		return []Scope{s}
	}
	for _, m := range most.Resources {
		if m.Context != s.Context || m.Type != 0 && s.Type != 0 && m.Type != s.Type || m.Query != "" && s.Query != "" && m.Query != s.Query {
			continue
		}
		part := Scope{Context: s.Context, Type: cmp.Or(s.Type, m.Type), May: s.May & m.May, Query: cmp.Or(s.Query, m.Query)}
		if part.May != 0 && !slices.Contains(parts, part) {
			parts = append(parts, part)
		}
	}
	return parts
}

// Rules are what the scopes allow at the gate. patient is the resident whom patient/ scopes are about; without one they
// allow nothing. What is about nobody's health, such as who works where, is not part of a resident's record: patient/ scopes
// that name it let look at all of it.
func (s Scopes) Rules(patient fhir.Ref) (rules []gate.Rule) {
	for _, r := range s.Resources {
		if r.Context != Patient {
			rules = append(rules, gate.Rule{Type: r.Type, May: r.May, Query: r.Query})
			continue
		}
		if patient == (fhir.Ref{}) {
			continue
		}
		for _, rule := range gate.About(patient, r.May) {
			if rule.Query = r.Query; r.Type == 0 || r.Type == rule.Type {
				rules = append(rules, rule)
			}
		}
		for _, t := range gate.PublicTypes() {
			if look := r.May & gate.MayLook; look != 0 && (r.Type == 0 || r.Type == t) {
				rules = append(rules, gate.Rule{Type: t, May: look, Query: r.Query})
			}
		}
	}
	return rules
}
