package gate

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// Author is who made a version of a resource, as far as the session may know. Names and references are "" where they are not for it.
type Author struct {
	Number   int64
	Made     time.Time
	Who      string // reference, such as Practitioner/…
	Name     string
	Own      bool // it is the session's own person
	Platform bool // it is nobody, but the platform itself

	Line        Line
	Role        Role   // as what; "" for none
	Institution string // for which, such as Organization/…
	At          string // name of that
	Client      string // id of the program; "" for none
	Process     string // on whose behalf; "" for none
	Do          string // the interaction, or an operation such as $move
}

// Line is what the trail has on a version.
type Line string

// The kinds. Of a version without a line it is known who has made it, and nothing else.
const (
	LineKept   Line = "kept"
	LineErased Line = "erased" // the version is older than what the trail is kept for
	LineNone   Line = "none"   // there is none, such as for what came from a backup or before there was a trail
)

// AuthorsOf are who made the versions of a resource below a number, 0 for the newest, newest first and at most so many; next is where
// to go on, 0 at the end. The errors, and the versions that are left out, are those of [Session.History].
func (s *Session) AuthorsOf(ctx context.Context, ref fhir.Ref, before int64, most int) (authors []Author, next int64, err error) {
	q := History{Type: ref.Type, ID: ref.ID, Count: most}
	if before > 0 {
		q.Before = store.Mark{Updated: s.Now(), Number: before}
	}
	v, err := s.view(ctx, s.gate.db)
	if err == nil {
		err = v.mayFollow(ctx, q)
	}
	if err != nil {
		return nil, 0, err
	}
	page, err := v.history(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	var written []trail.Written
	for _, p := range page.Versions {
		if err := s.tell(p.Version); err != nil {
			return nil, 0, err
		}
		written = append(written, trail.Written{Number: p.Number, Who: p.Author, At: p.Updated})
	}
	finder := trail.Finder{DB: s.gate.db, Hasher: s.gate.hasher}
	lines, err := finder.Writes(ctx, ref.String(), written)
	if err != nil {
		return nil, 0, err
	}
	names, err := v.namesOf(ctx, page.Versions, lines)
	if err != nil {
		return nil, 0, err
	}
	for _, p := range page.Versions {
		authors = append(authors, v.author(p.Version, lines, names))
	}
	if page.Next != nil {
		next = page.Next.Number
	}
	return authors, next, nil
}

// author is who made a version.
func (v *view) author(version store.Version, lines map[int64]trail.Record, names map[string]string) Author {
	a := Author{Number: version.Number, Made: version.Updated, Line: LineKept}
	a.Own = version.Author != "" && version.Author == v.actor.Reference
	line, is := lines[version.Number]
	if !is {
		a.Line = LineNone
		if _, before, err := trail.Kept(trail.Retentions(), v.Now()); err == nil && version.Updated.Before(before) {
			a.Line = LineErased
		}
	}
	a.Role, a.Client, a.Process, a.Do = Role(line.As), line.Client, line.Process, line.Do
	a.Platform = is && line.As == "" && !isPerson(version.Author)
	if name, seen := names[version.Author]; seen && !a.Platform {
		a.Who, a.Name = version.Author, name
	}
	if a.Role == Proxy && !a.Own { // whose own record is nobody's here
		a.Who = ""
	}
	if name, seen := names[line.For]; seen {
		a.Institution, a.At = line.For, name
	}
	return a
}

// isPerson tells whether an author is somebody, and not the platform or a program.
func isPerson(author string) bool {
	kind, _, _ := strings.Cut(author, "/")
	return slices.Contains([]string{"Person", "Practitioner", "Patient", "RelatedPerson"}, kind)
}

// namesOf are how those are called who have made versions, and the institutions for which, as far as the actor sees them: of residents
// those whose record is open. A resident knows who acts for them, too.
func (v *view) namesOf(ctx context.Context, versions []store.Past, lines map[int64]trail.Record) (map[string]string, error) {
	var refs []fhir.Ref
	proxies := map[string]bool{}
	note := func(text string) {
		if ref := fhir.ParseReference(text); ref.Kind == fhir.ReferenceLocal && !slices.Contains(refs, ref.Ref) {
			refs = append(refs, ref.Ref)
		}
	}
	for _, p := range versions {
		line := lines[p.Number]
		note(p.Author)
		note(line.For)
		mine := func(of string) bool {
			return slices.ContainsFunc(v.ofs(), func(me fhir.Ref) bool { return me.String() == of })
		}
		if line.As == string(Proxy) && v.actor.Role == Resident && slices.ContainsFunc(line.Of, mine) {
			proxies[p.Author] = true
		}
	}
	names := map[string]string{}
	if refs == nil {
		return names, nil
	}
	heads, err := v.gate.db.Heads(ctx, refs)
	if err != nil {
		return nil, err
	}
	for _, head := range heads {
		name := head.Ref.String()
		shown := head
		if !proxies[name] {
			if shown, err = v.seenWithin(ctx, v.gate.db, head, MayRead); err != nil {
				return nil, err
			}
		}
		if shown.Live() {
			if names[name], err = nameIn(shown); err != nil {
				return nil, err
			}
		}
	}
	return names, nil
}
