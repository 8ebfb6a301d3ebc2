package process

import (
	"cmp"
	"fmt"
	"strings"

	"yitong/internal/form"
)

// Pages are the pages of processes for the reference, by their paths in it; of several versions of one process that of the newest.
func Pages(processes []*Process) map[string]string {
	newest := map[string]*Process{}
	for _, p := range processes {
		if n := newest[p.Code]; n == nil || n.Version < p.Version {
			newest[p.Code] = p
		}
	}
	pages := map[string]string{}
	for code, p := range newest {
		pages["processes/"+code+".md"] = p.Page()
	}
	return pages
}

// Page tells what the process is, in Markdown, from its declaration: what it is for and by which rules, its diagram, who has a part, its
// states with who is to act until when, and its moves with who may make them, what they need and who is told.
func (p *Process) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s (%s)\n\nDrawn from its declaration by `yitong docs`.\n\n%s\n\n", p.Words.En, p.Words.Zh, p.Doc)
	source := strings.TrimSuffix(cmp.Or(p.Source, "the platform's own rules"), ".")
	fmt.Fprintf(&b, "Code `%s`, version %d of the table. Source: %s.", p.Code, p.Version, source)
	if len(p.Mission) > 0 {
		fmt.Fprintf(&b, " Missions %s.", strings.Join(p.Mission, ", "))
	}
	if len(p.Focus) > 0 {
		b.WriteString(" A case is about:")
		for i, t := range p.Focus {
			fmt.Fprintf(&b, "%s %s", []string{"", ","}[min(i, 1)], t)
		}
		b.WriteString(".")
	}
	fmt.Fprintf(&b, "\n\n```mermaid\n%s```\n", p.Mermaid())
	section(&b, "Parties", "party", "name", "名称")
	for _, party := range p.Parties {
		cells(&b, code(party.Name), party.Words.En, party.Words.Zh)
	}
	if p.involves(Resident) {
		words := p.PartyWords(Resident)
		cells(&b, code(Resident), words.En, words.Zh)
	}
	p.states(&b)
	p.moves(&b)
	p.forms(&b)
	return b.String()
}

// involves tells whether a party owns a state, makes a move or is told of one.
func (p *Process) involves(party string) bool {
	for i := range p.States {
		if p.States[i].Owner == party {
			return true
		}
	}
	for i := range p.Moves {
		for _, by := range p.Moves[i].By {
			if by.Party == party {
				return true
			}
		}
		for _, t := range p.Moves[i].Tells {
			if t.Party == party {
				return true
			}
		}
	}
	return false
}

func (p *Process) states(b *strings.Builder) {
	section(b, "States", "state", "name", "what it is", "for whom to act", "until", "when late", "Task.status")
	for i := range p.States {
		s := &p.States[i]
		until, late := "", ""
		switch {
		case s.Within != "":
			until = "by the rule " + code(s.Within)
			if s.Hurried != "" {
				until += ", in a green channel " + code(s.Hurried)
			}
		case s.Keeps:
			until = "as in the state before"
		case s.Late != "":
			until = "as a move has set"
		}
		if s.Late != "" {
			late = "the clock makes " + code(s.Late)
		} else if until != "" {
			late = "shown as overdue"
		}
		owner := code(s.Owner)
		if s.Final() {
			owner = "nobody: it has ended"
		}
		cells(b, code(s.Code), s.Words.Both(), s.Doc, owner, until, late, s.Status)
	}
}

func (p *Process) moves(b *strings.Builder) {
	section(b, "Moves", "move", "name", "what it does", "who", "from", "to", "needs", "who is told")
	for i := range p.Moves {
		m := &p.Moves[i]
		var by, tells, needs []string
		for _, one := range m.By {
			var roles []string
			for _, r := range one.Roles {
				roles = append(roles, string(r))
			}
			by = append(by, code(one.Party)+" as "+strings.Join(roles, ", "))
		}
		for j := range p.States {
			if p.States[j].Late == m.Code {
				by = append(by, "the clock, when late in "+code(p.States[j].Code))
			}
		}
		if m.Happens {
			by = append(by, "what happens elsewhere")
		}
		for _, t := range m.Tells {
			urgent := map[bool]string{true: ", urgently"}[t.Urgent]
			tells = append(tells, code(t.Party)+urgent+": "+t.Text.Both())
		}
		if m.Needs != nil {
			for _, x := range m.Needs.Fields {
				needs = append(needs, code(x.Name))
			}
		}
		from := "begins a case"
		if !m.Begins() {
			from = code(m.From...)
		}
		who, told := strings.Join(by, "; "), strings.Join(tells, "; ")
		cells(b, code(m.Code), m.Words.Both(), m.Doc, who, from, code(m.To...), strings.Join(needs, ", "), told)
	}
}

// forms tell what the moves need that need anything.
func (p *Process) forms(b *strings.Builder) {
	for i := range p.Moves {
		m := &p.Moves[i]
		if m.Needs == nil || len(m.Needs.Fields) == 0 {
			continue
		}
		section(b, "What "+code(m.Code)+" needs", "field", "name", "type", "how often", "what it is")
		fields(b, "", m.Needs)
	}
}

// fields are the rows of a form, and of the forms that are parts of it.
func fields(b *strings.Builder, within string, f *form.Form) {
	for _, x := range f.Fields {
		kind := string(x.Kind)
		if len(x.Targets) > 0 {
			var names []string
			for _, t := range x.Targets {
				names = append(names, t.String())
			}
			kind += " to " + strings.Join(names, ", ")
		}
		if x.Kind == form.KindText {
			kind += fmt.Sprintf(", %d bytes at most", x.Bytes)
		}
		doc := x.Doc
		for _, c := range x.Codes {
			doc += fmt.Sprintf(" %s: %s.", code(c.Code), c.Words.Both())
		}
		cells(b, code(within+x.Name), x.Words.Both(), kind, x.Times(), strings.TrimSpace(doc))
		if x.Part != nil {
			fields(b, within+x.Name+".", x.Part)
		}
	}
}

// section begins a table under a heading.
func section(b *strings.Builder, heading string, columns ...string) {
	fmt.Fprintf(b, "\n## %s\n\n", heading)
	cells(b, columns...)
	b.WriteString("|" + strings.Repeat("---|", len(columns)) + "\n")
}

// cells writes a row of a table.
func cells(b *strings.Builder, texts ...string) {
	for _, t := range texts {
		b.WriteString("| " + strings.ReplaceAll(strings.Join(strings.Fields(t), " "), "|", `\|`) + " ")
	}
	b.WriteString("|\n")
}

// code marks names as such; "" for none.
func code(names ...string) string {
	var all []string
	for _, n := range names {
		if n != "" {
			all = append(all, "`"+n+"`")
		}
	}
	return strings.Join(all, ", ")
}
