package emergency

import (
	"context"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/gate"
)

// Verdict is what a review finds.
type Verdict string

// The verdicts.
const (
	IsJustified   Verdict = "justified"
	IsUnjustified Verdict = "unjustified"
)

// Review settles the review of a use, which the session must see. An unjustified use ends at once, and the resident is told.
//
// The error is Malformed for another verdict; Unprocessable for a verdict unjustified without a note that says why; NotFound for
// what is no such Task, or is not to be seen; Forbidden for who has made the use, whatever their role, and for programs; Conflict
// for a use that has been reviewed.
func (e *Service) Review(ctx context.Context, session *gate.Session, ref fhir.Ref, verdict Verdict, note string) error {
	switch {
	case verdict != IsJustified && verdict != IsUnjustified:
		return fault.New(fault.Malformed, "verdict is %s or %s.", IsJustified, IsUnjustified).WithIssue("value")
	case note != "" || verdict == IsUnjustified:
		var err error
		if note, err = CheckText("note", note); err != nil {
			return err
		}
	}
	if err := sees(ctx, session, ref); err != nil {
		return err
	}
	s, by := session.Behalf(Process), session.Actor()
	t, ok, err := read(ctx, s, ref.String())
	switch {
	case err != nil:
		return err
	case !ok:
		return noReview(ref)
	case by.Reference == target(t.Root.Get("requester")):
		return fault.New(fault.Forbidden, "You have opened the record yourself; somebody else has to review that.")
	case !person(by):
		return fault.New(fault.Forbidden, "A review is done by a person.")
	case t.Root.Get("status").Str() != "requested":
		return reviewed()
	}
	ops, err := e.settle(ctx, s, t, verdict, note)
	if err != nil {
		return err
	}
	_, err = s.Apply(ctx, ops, nil)
	if c := fault.CodeOf(err); c == fault.Precondition {
		return reviewed()
	}
	return err
}

func reviewed() error {
	return fault.New(fault.Conflict, "This has been reviewed already.")
}

// sees refuses what is no review that the session may see.
func sees(ctx context.Context, session *gate.Session, ref fhir.Ref) error {
	t, ok, err := read(ctx, session, ref.String())
	if err == nil && (!ok || !has(t.Root.Get("code"), SystemProcess, codeReview)) {
		err = noReview(ref)
	}
	return err
}

func noReview(ref fhir.Ref) error {
	return fault.New(fault.NotFound, "There is no review of an emergency access %s.", ref)
}

// has tells whether a concept has a code.
func has(n fhir.Node, system, code string) bool {
	for c := n.Get("coding").First(); c.Exists(); c = c.Next() {
		if c.Get("system").Str() == system && c.Get("code").Str() == code {
			return true
		}
	}
	return false
}

// settle makes what a verdict changes: the Task, and of an unjustified use the Consent and what the resident is told.
func (e *Service) settle(ctx context.Context, s *gate.Session, t kept, verdict Verdict, note string) ([]gate.Op, error) {
	at, judged := draft.Instant(e.now(s)), draft.Code(SystemVerdict, string(verdict))
	found := []output{
		{Type: draft.Concept{Text: "reviewer"}, Reference: reviewer(s.Actor())},
		{Type: draft.Concept{Text: "verdict"}, Concept: &judged},
	}
	if note != "" {
		found = append(found, output{Type: draft.Concept{Text: "note"}, String: note})
	}
	done, err := t.changed(member{"status", "completed"}, member{"businessStatus", judged},
		member{"lastModified", at}, member{"output", found})
	if err != nil || verdict == IsJustified {
		return []gate.Op{done}, err
	}
	c, ok, err := read(ctx, s, target(t.Root.Get("focus")))
	if err != nil || !ok {
		return []gate.Op{done}, err
	}
	ended, err := c.changed(member{"status", "inactive"})
	if err != nil {
		return nil, err
	}
	told, err := e.told(ctx, s, t)
	return []gate.Op{done, ended, told}, err
}

// reviewer refers to who has reviewed, by the record or by their account.
func reviewer(a gate.Actor) *draft.Reference {
	if id, is := strings.CutPrefix(a.Reference, accountPrefix); is {
		return &draft.Reference{Identifier: &draft.Identifier{System: "urn:yitong:account", Value: id}}
	}
	r := draft.To(a.Reference)
	return &r
}

// told is the message to the resident that a use was not justified.
func (e *Service) told(ctx context.Context, s *gate.Session, t kept) (op gate.Op, err error) {
	institution, patient := target(t.Root.Get("owner")), target(t.Root.Get("for"))
	var names [2]string
	for i, name := range []string{target(t.Root.Get("requester")), institution} {
		if names[i], err = nameOf(ctx, s, name); err != nil {
			return op, err
		}
	}
	id := draft.ID(SystemUse, t.Root.Get("identifier").First().Get("value").Str()+"/"+string(IsUnjustified))
	opened := when(t.Root.Get("authoredOn"), e.config.Zone)
	w := closedWords(names, opened, e.config.Complaints)
	return create(s, typeCommunication, fullNotice, "category="+SystemProcess+"|"+codeNotice, id,
		tell(institution, patient, target(t.Root.Get("focus")), id, e.now(s), w))
}
