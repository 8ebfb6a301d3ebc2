package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
)

// Page is the matrix with what its reader needs to know, as docs/reference/access.md.
func (p *Policy) Page() string {
	return `# Who may see and do what

Drawn from internal/gate/policy/policy.yaml by ` + "`yitong docs`" + `: for each role and type of resource what it may do: c create, r read,
u update, d delete, s search. A number leads to the limits below the table; a dash is a decided no. What an institution keeps of a
resident is open to others by a permit alone ([access.md](../access.md)).

` + p.Matrix() + p.exception() + "\n" + p.export.String() + "\n"
}

// exception says how emergency access goes.
func (p *Policy) exception() string {
	var b strings.Builder
	e := p.emergency
	fmt.Fprintf(&b, "\n## Emergency access\n\nA permit lasts %s; the resident is told at once, and the institution reviews the use within %s. "+
		"One practitioner has at most %d records open in this way at a time. `$emergency-uses` lists, of the last %d days unless others are asked for, "+
		"the uses of each practitioner and the patterns that they make (night: %d:00 to %d:00; unvisited: no visit to the institution within %s):\n\n| pattern | from uses | severity |\n|---|---|---|\n",
		hours(e.Lasts), hours(e.Review), e.Open, e.Window/(24*time.Hour), e.Night.From, e.Night.To, hours(e.Visit))
	for _, name := range emergency.Patterns() {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", name, e.Patterns[name].From, e.Patterns[name].Severity)
	}
	return b.String()
}

func hours(d time.Duration) string { return fmt.Sprintf("%g hours", d.Hours()) }

// Matrix is the policy as a table of Markdown, a line for each type, a column for each role, with the limits as notes.
func (p *Policy) Matrix() string {
	var b strings.Builder
	notes := []string{}
	note := func(text string) int {
		if i := slices.Index(notes, text); i >= 0 {
			return i + 1
		}
		notes = append(notes, text)
		return len(notes)
	}
	b.WriteString("| content | type |")
	for _, who := range gate.Roles() {
		fmt.Fprintf(&b, " %s |", who)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(gate.Roles())) + "\n")
	for _, content := range gate.Contents() {
		types := content.Types()
		slices.SortFunc(types, func(a, b schema.Type) int { return strings.Compare(a.String(), b.String()) })
		for _, t := range types {
			fmt.Fprintf(&b, "| %s | %s |", content, t)
			for _, who := range gate.Roles() {
				fmt.Fprintf(&b, " %s |", p.cell(who, t, note))
			}
			b.WriteString("\n")
		}
	}
	for _, operation := range p.Operations() {
		fmt.Fprintf(&b, "| operation | $%s |", operation)
		for _, who := range gate.Roles() {
			decision := "–"
			if slices.Contains(p.roles[who].operations, operation) {
				decision = "yes"
			}
			fmt.Fprintf(&b, " %s |", decision)
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
	for i, text := range notes {
		fmt.Fprintf(&b, "%d. %s\n", i+1, text)
	}
	return b.String()
}

// cell is what a role may do with a type.
func (p *Policy) cell(who gate.Role, t schema.Type, note func(string) int) string {
	var parts []string
	for _, one := range p.roles[who].rules {
		if one.May == gate.MayNothing || !slices.Contains(one.types, t) {
			continue
		}
		part := one.May.String()
		if limits := one.limits(t); limits != "" {
			part += fmt.Sprintf(" [%d]", note(limits))
		}
		parts = append(parts, part)
	}
	if parts == nil {
		return "–"
	}
	return strings.Join(parts, ", ")
}

// limits says in words what a rule is limited to.
func (r rule) limits(t schema.Type) string {
	var words []string
	if r.mine {
		words = append(words, "what is about the resident (%patient)")
	}
	if r.Query != "" {
		words = append(words, "what meets `"+r.Query+"`")
	}
	if r.Permit {
		words = append(words, "or what a permit opens")
	}
	if !slices.Contains(gate.PublicTypes(), t) && r.Labels != gate.LabelsSelf {
		words = append(words, map[gate.Labels]string{
			gate.LabelsNamed: "not what has a sensitive label, unless a permit names it", gate.LabelsAll: "not what the resident withholds",
		}[r.Labels])
	}
	if len(r.Hide) > 0 {
		words = append(words, "without "+strings.Join(r.Hide, ", "))
	}
	if len(r.Mask) > 0 {
		words = append(words, "masked: "+strings.Join(r.Mask, ", "))
	}
	return strings.Join(words, "; ")
}
