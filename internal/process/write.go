package process

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// write makes a move stand: the Task, what is changed and made beside it, who has moved, what people are told, and the clock.
func (e *Engine) write(ctx context.Context, s *gate.Session, c *Case, m *Move, as part, once *gate.Idempotency) (gate.Result, error) {
	results, err := e.writes(ctx, s, c, m, as, nil, once)
	return first(results), err
}

// writes is write behind other ops, and gives back all results.
func (e *Engine) writes(ctx context.Context, s *gate.Session, c *Case, m *Move, as part, before []gate.Op, once *gate.Idempotency) ([]gate.Result, error) {
	to := c.Process.State(c.to)
	due, err := e.due(ctx, s, c, to)
	if err != nil {
		return nil, err
	}
	since := c.Entered()
	c.enter(m, to, as, due)
	ops, err := c.ops()
	if err != nil {
		return nil, err
	}
	signed, err := c.signed(m, as)
	if err != nil {
		return nil, err
	}
	ops = append(append(before[:len(before):len(before)], ops...), signed)
	for _, t := range m.Tells {
		who := c.Party(t.Party)
		if e.config.Tell == nil || !who.exists() {
			continue
		}
		told, err := e.config.Tell(Told{t, c.Process, who, c.ref(), c.Resident(), c.Now, c.task.Node().Get("meta").Get("security").Raw()})
		if err != nil {
			return nil, err
		}
		ops = append(ops, told)
	}
	var jobs []gate.Job
	if !due.IsZero() && to.Late != "" {
		jobs = append(jobs, alarm(c.ref(), due))
	}
	results, err := e.commit(ctx, s, c, ops, jobs, once)
	if f := fault.From(err); err != nil && c.taken != "" && f.Code == fault.Conflict && f.Issue == "duplicate" {
		return nil, fault.New(fault.Conflict, "%s", c.taken).WithIssue("duplicate").Because(err)
	}
	if err != nil {
		return nil, err
	}
	if !results[0].Replayed && c.state != "" && c.state != c.to {
		e.meter.left(c.Process.Code, c.state, c.Now.Sub(since))
	}
	return results, nil
}

func (c *Case) ref() fhir.Ref { return fhir.Ref{Type: typeTask, ID: c.id} }

// forget takes out that a row of rule data was used, to note it behind the others or not any more.
func (c *Case) forget(row string) {
	all := c.task.Extension()
	for i := all.Len() - 1; i >= 0; i-- {
		if e := all.At(i); e.URL() == rule.UsedURL && e.ValueString() == row {
			all.Remove(i)
		}
	}
}

// answerFor lets the institution that has a part answer for a case that no institution has begun.
func (c *Case) answerFor() {
	for _, e := range c.task.Meta().Extension().All() {
		if e.URL() == gate.Custodian {
			return
		}
	}
	for _, p := range c.Process.Parties {
		if who := c.Party(p.Name); who.institution() {
			e := c.task.Meta().Extension().Add()
			e.SetURL(gate.Custodian)
			e.ValueReference().SetReference(who.Reference)
			return
		}
	}
}

// Last is how a case came to its state.
type Last struct {
	Move, From string
	Who        Who
}

func (c *Case) last() (l Last) { return lastOf(c.task) }

func lastOf(t r4.Task) (l Last) {
	for _, e := range t.Extension().All() {
		if e.URL() != ExtensionMove {
			continue
		}
		for _, part := range e.Extension().All() {
			switch part.URL() {
			case "move":
				l.Move = part.ValueCode()
			case "from":
				l.From = part.ValueCode()
			case "who":
				l.Who = whoOf(part.ValueReference())
			}
		}
	}
	return l
}

// ops are what is written of the case itself: first the Task.
func (c *Case) ops() (ops []gate.Op, err error) {
	if c.err != nil {
		return nil, c.err
	}
	text, err := c.task.Bytes()
	if err != nil {
		return nil, err
	}
	op, err := put(c.ref(), c.number, text)
	if err != nil {
		return nil, err
	}
	ops = append(ops, op)
	for _, d := range c.drafts {
		if !d.edited {
			continue
		}
		if d.version == 0 {
			if err := d.doc.Set([]fhir.Step{{Name: "id"}}, fhir.Quote(d.Ref.ID)); err != nil {
				return nil, err
			}
		}
		if d.version == 0 && slices.Contains(c.Process.Makes, d.Ref.Type) {
			if err := d.doc.Set([]fhir.Step{{Name: "meta"}, {Name: "tag"}}, raw([]draft.Coding{draft.Coded(SystemProcess, c.Process.Code)})); err != nil {
				return nil, err
			}
		}
		op, err := put(d.Ref, d.version, d.doc.Bytes())
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// put is the op that writes a resource which must be in a version; 0 for one that is new.
func put(ref fhir.Ref, version int64, text []byte) (gate.Op, error) {
	r, err := fhir.ParseResource(text)
	return gate.Op{Kind: gate.Update, Type: ref.Type, ID: ref.ID, Resource: r, IfVersion: version, IfAbsent: version == 0}, err
}

// signed is the Provenance of a move: who has made which, as what, on whose behalf, of which version of the Task.
func (c *Case) signed(m *Move, as part) (gate.Op, error) {
	type (
		reference map[string]any
		coding    struct {
			System string `json:"system"`
			Code   string `json:"code"`
		}
		concept struct {
			Coding []coding `json:"coding"`
		}
	)
	to := func(name string) reference {
		if recorded(name) {
			return reference{"reference": name}
		}
		return reference{"identifier": map[string]string{"system": SystemActor, "value": name}}
	}
	agent := map[string]any{"type": concept{[]coding{{SystemProcess, c.Process.Code}}}, "who": to(c.Actor.Reference)}
	if c.Actor.Role != "" {
		agent["role"] = []concept{{[]coding{{SystemRole, string(c.Actor.Role)}}}}
	}
	switch {
	case as.away:
		agent["onBehalfOf"] = to(as.reference)
	case c.Actor.Institution != "":
		agent["onBehalfOf"] = to(c.Actor.Institution)
	}
	meta := map[string]any{}
	var labels []coding // who may not see the case may not see that there is one
	for _, l := range c.task.Meta().Security().All() {
		labels = append(labels, coding{l.System(), l.Code()})
	}
	if labels != nil {
		meta["security"] = labels
	}
	text, err := json.Marshal(map[string]any{
		"resourceType": "Provenance", "id": c.newID(), "meta": meta, "recorded": draft.Instant(c.Now), "agent": []any{agent},
		"target":   []reference{{"reference": c.ref().String() + "/_history/" + strconv.FormatInt(c.number+1, 10)}},
		"activity": concept{[]coding{{systemState(c.Process.Code), m.Code}}},
	})
	if err != nil {
		return gate.Op{}, fault.Wrap(err, "signing a move")
	}
	r, err := fhir.ParseResource(text)
	return gate.Op{Kind: gate.Update, Type: typeProvenance, ID: r.ID, Resource: r, IfAbsent: true}, err
}
