package cases

import (
	"cmp"
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// Names tell what those are called who have a part in cases, as far as a session sees them, each read once.
type Names struct {
	session *gate.Session
	known   map[string]*string
}

// NewNames are those that a session sees.
func NewNames(s *gate.Session) *Names { return &Names{s, map[string]*string{}} }

// Of is what somebody is called: an institution or one of its staff. It is nil for everybody else: residents are read by themselves, so
// that what is masked of them stays masked.
func (n *Names) Of(ctx context.Context, who string) (*string, error) {
	ref := fhir.ParseReference(who).Ref
	if t := ref.Type.String(); ref.ID == "" || t != "Practitioner" && t != "Organization" {
		return nil, nil
	}
	if name, is := n.known[who]; is {
		return name, nil
	}
	v, err := n.session.Read(ctx, ref)
	switch fault.CodeOf(err) {
	case fault.NotFound, fault.Gone, fault.Forbidden:
		n.known[who] = nil
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return nil, fault.Wrap(err, "reading who has a part in a case")
	}
	n.known[who] = some(Called(r))
	return n.known[who], nil
}

// Called is what a person, an institution or a department is called, "" for nothing.
func Called(r fhir.Resource) string {
	name := r.Root.Get("name")
	if name.Str() == "" {
		name = name.First()
	}
	return cmp.Or(r.Root.Get("name").Str(), name.Get("text").Str(), name.Get("family").Str()+name.Get("given").First().Str())
}
