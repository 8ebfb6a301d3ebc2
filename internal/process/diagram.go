package process

import (
	"fmt"
	"slices"
	"strings"
)

// Mermaid draws the table as a state diagram of Mermaid (stateDiagram-v2): states and moves by their names in English and Chinese, moves
// by whom, the moves of the clock by the deadline that has passed. It is the same text for the same table.
func (p *Process) Mermaid() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	for i := range p.States {
		s := &p.States[i]
		fmt.Fprintf(&b, "    state \"%s %s\" as %s\n", label(s.Words.En), label(s.Words.Zh), node(s.Code))
	}
	for i := range p.Moves {
		m := &p.Moves[i]
		for _, to := range m.To {
			if m.Begins() {
				p.edge(&b, "[*]", node(to), m, "")
			}
			for _, from := range m.From {
				p.edge(&b, node(from), node(to), m, from)
			}
		}
	}
	for i := range p.States {
		if p.States[i].Final() {
			fmt.Fprintf(&b, "    %s --> [*]\n", node(p.States[i].Code))
		}
	}
	return b.String()
}

// edge draws a move from one state to another.
func (p *Process) edge(b *strings.Builder, from, to string, m *Move, state string) {
	var by []string
	for _, one := range m.By {
		if w := label(p.partyWords(one.Party)); !slices.Contains(by, w) {
			by = append(by, w)
		}
	}
	if s := p.State(state); s != nil && s.Late == m.Code {
		by = append(by, "⏰ "+label(strings.TrimSpace("clock 时钟 "+s.Within)))
	}
	if m.Happens {
		by = append(by, "elsewhere 其他业务")
	}
	fmt.Fprintf(b, "    %s --> %s : %s %s (%s)\n", from, to, label(m.Words.En), label(m.Words.Zh), strings.Join(by, ", "))
}

// node is a state's name in a diagram, which may have no dashes, and be no word of the diagram's own.
func node(code string) string { return "s_" + strings.ReplaceAll(code, "-", "_") }

// label is a text without what has a meaning in diagrams.
func label(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if strings.ContainsRune("\":;#<>{}[]()%\n\r", r) {
			return ' '
		}
		return r
	}, text)), " ")
}

// partyWords are what a party is called, in both languages.
func (p *Process) partyWords(name string) string {
	if name == Resident {
		return "Resident 居民"
	}
	for _, party := range p.Parties {
		if party.Name == name {
			return party.Words.Both()
		}
	}
	return name
}
