package proptest

import (
	"fmt"
	"slices"

	"yitong/internal/process"
)

// cover is what all walks together have come to.
type cover struct {
	states  map[string]int
	moves   map[string]int
	refused map[string]string // the last refusal of a move that the table lets somebody make
}

// goal is a move that none has made, or one that leads to where none has come; "" for none.
func (c *cover) goal(p *process.Process) string {
	for _, m := range p.Moves {
		if c.moves[m.Code] == 0 && !m.Begins() {
			return m.Code
		}
	}
	for _, s := range p.States {
		for _, m := range p.Moves {
			if c.states[s.Code] == 0 && slices.Contains(m.To, s.Code) && !m.Begins() {
				return m.Code
			}
		}
	}
	return ""
}

// missing says which states no walk has come to, and which moves none has made, and why not.
func (c *cover) missing(p *process.Process) (all []string) {
	for _, s := range p.States {
		if c.states[s.Code] > 0 {
			continue
		}
		text := "no walk has come to the state " + s.Code
		for _, m := range p.Moves {
			if slices.Contains(m.To, s.Code) {
				text += fmt.Sprintf("; %s, which leads there, was made %d times%s", m.Code, c.moves[m.Code], c.why(m.Code))
			}
		}
		all = append(all, text)
	}
	for _, m := range p.Moves {
		if c.moves[m.Code] == 0 {
			all = append(all, "no walk has made the move "+m.Code+c.why(m.Code))
		}
	}
	return all
}

// why tells of the last refusal of a move, if there was one.
func (c *cover) why(move string) string {
	if c.refused[move] == "" {
		return ""
	}
	return "; last refused: " + c.refused[move]
}
