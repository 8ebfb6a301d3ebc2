package process

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/r4"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// raw is a value as JSON, in which signs of HTML stand as they are. What every move writes is put together so and set at once: each edit of a
// Task by its view reads the text anew.
func raw(value any) []byte {
	var text bytes.Buffer
	to := json.NewEncoder(&text)
	to.SetEscapeHTML(false)
	_ = to.Encode(value) // of texts alone, which always can be
	return bytes.TrimRight(text.Bytes(), "\n")
}

// raw is the reference to somebody.
func (w Who) raw() *draft.Reference {
	switch {
	case w.Role != "":
		return &draft.Reference{Identifier: &draft.Identifier{System: SystemRole, Value: string(w.Role)}}
	case !recorded(w.Reference):
		return &draft.Reference{Identifier: &draft.Identifier{System: SystemActor, Value: w.Reference}}
	case w.At == "":
		return &draft.Reference{Reference: w.Reference}
	}
	at := []draft.Extension{{URL: ExtensionAt, Reference: &draft.Reference{Reference: w.At}}}
	return &draft.Reference{Reference: w.Reference, Extension: at}
}

// put writes a reference to somebody.
func (w Who) put(to r4.Reference) { to.SetRaw(raw(w.raw())) }

// status says where a case is, for whom it is to act, and which institutions have a part or have acted, in words by which an index finds it.
func (c *Case) status(m *Move, to *State, as part) draft.Concept {
	all := draft.Concept{Coding: []draft.Coding{{System: systemState(c.Process.Code), Code: to.Code, Display: to.Words.Zh}}}
	if !to.Final() {
		name := c.Party(to.Owner).toDo()
		all.Coding = append(all.Coding, draft.Coded(SystemToDo, name), draft.Coded(SystemToDo, name+"/"+c.Process.Code))
		if c.movable {
			all.Coding = append(all.Coding, draft.Coded(SystemDeadline, provisional))
		}
	}
	return draft.Concept{Coding: slices.Concat(all.Coding, c.parts(to), c.acts(m, as))}
}

// acts say which moves institutions have made in a case.
func (c *Case) acts(m *Move, as part) (all []draft.Coding) {
	for _, coding := range c.task.BusinessStatus().Coding().All() {
		if coding.System() == SystemActed {
			all = append(all, draft.Coded(SystemActed, coding.Code()))
		}
	}
	now := draft.Coded(SystemActed, parted(m.Code, as.institutionOf, c.Process.Code))
	if as.institutionOf != "" && !slices.Contains(all, now) {
		all = append(all, now)
	}
	return all
}

// parts say which institutions have a part in a case, and in what; and which people have for one.
func (c *Case) parts(to *State) (all []draft.Coding) {
	var marks []string
	if !to.Final() && c.Process.Marks != nil {
		marks = c.Process.Marks(c, to)
	}
	for _, p := range c.Process.Parties {
		who := c.Party(p.Name)
		if who.At != "" {
			all = append(all, draft.Coded(SystemPart, parted(p.Name, who.toDo(), c.Process.Code)))
		}
		if !who.institution() {
			continue
		}
		for _, word := range append([]string{c.Process.Code}, marks...) {
			all = append(all, draft.Coded(SystemPart, parted(p.Name, who.Reference, word)))
		}
	}
	return all
}

// extensions are those of a Task in its new state: how it came there stands behind what is kept, and the rows that were used last.
func (c *Case) extensions(m *Move, to *State) (all []json.RawMessage) {
	entered := c.Entered()
	if to.Code != c.state {
		entered = c.Now
	}
	for e := c.task.Node().Get("extension").First(); e.Exists(); e = e.Next() {
		switch url := e.Get("url").Str(); {
		case url == ExtensionMove, url == ExtensionEntered:
		case url == gate.ReservationURL && to.Final():
		case url == rule.UsedURL && slices.Contains(c.rules, e.Get("valueString").Str()): // it is noted behind the others
		default:
			all = append(all, e.Raw())
		}
	}
	how := []draft.Extension{{URL: "move", Code: m.Code}}
	if c.state != "" {
		how = append(how, draft.Extension{URL: "from", Code: c.state})
	}
	how = append(how, draft.Extension{URL: "who", Reference: Who{Reference: c.Actor.Reference}.raw()})
	all = append(all, raw(draft.Extension{URL: ExtensionEntered, Instant: draft.Instant(entered)}), raw(draft.Extension{URL: ExtensionMove, Extension: how}))
	var noted []string
	for _, row := range c.rules {
		if !slices.Contains(noted, row) {
			noted = append(noted, row)
			all = append(all, raw(draft.Extension{URL: rule.UsedURL, String: row}))
		}
	}
	return all
}

// enter brings the Task to its new state.
func (c *Case) enter(m *Move, to *State, as part, due time.Time) {
	t, owner := c.task, c.Party(to.Owner)
	t.SetStatus(to.Status)
	t.BusinessStatus().SetRaw(raw(c.status(m, to, as)))
	t.SetLastModified(draft.Instant(c.Now))
	switch {
	case to.Final():
		t.Owner().Remove()
	case owner.exists():
		owner.put(t.Owner())
	default:
		c.fail(fault.Wrap(nil, "process "+c.Process.Code+": in "+to.Code+" it is for "+to.Owner+" to act, and nobody is that"))
	}
	switch {
	case !due.IsZero():
		t.Restriction().Period().SetEnd(draft.Instant(due))
	case to.Code != c.state:
		t.Restriction().Period().Remove()
	}
	t.Child("extension").SetRaw(raw(c.extensions(m, to)))
	c.answerFor()
}
