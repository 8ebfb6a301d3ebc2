package cases

import (
	"cmp"
	"context"
	"slices"

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
	err := n.Read(ctx, who)
	return n.known[who], err
}

// Read reads what some are called together, ahead of [Names.Of].
func (n *Names) Read(ctx context.Context, all ...string) error {
	var unknown []string
	for _, who := range all {
		ref := fhir.ParseReference(who).Ref
		if t := ref.Type.String(); ref.ID == "" || t != "Practitioner" && t != "Organization" {
			continue
		}
		if _, is := n.known[who]; !is && !slices.Contains(unknown, who) {
			unknown = append(unknown, who)
		}
	}
	for page := range slices.Chunk(unknown, gate.ReadsMost) {
		var refs []fhir.Ref
		for _, who := range page {
			refs = append(refs, fhir.ParseReference(who).Ref)
		}
		seen, err := n.session.Reads(ctx, refs)
		if err != nil {
			return err
		}
		for i, v := range seen {
			if n.known[page[i]] = nil; !v.Exists() {
				continue
			}
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading who has a part in a case")
			}
			n.known[page[i]] = some(Called(r))
		}
	}
	return nil
}

// Called is what a person, an institution or a department is called, "" for nothing.
func Called(r fhir.Resource) string {
	name := r.Root.Get("name")
	if name.Str() == "" {
		name = name.First()
	}
	return cmp.Or(r.Root.Get("name").Str(), name.Get("text").Str(), name.Get("family").Str()+name.Get("given").First().Str())
}
