package process_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"yitong/internal/process"
)

// The lines that a diagram may have, by the grammar of Mermaid's state diagrams: names without dashes, texts without what ends one.
var (
	stateLine = regexp.MustCompile(`^    state "([^":;#<>{}\[\]()%]+)" as (s_[a-z0-9_]+)$`)
	edgeLine  = regexp.MustCompile(`^    (\[\*\]|s_[a-z0-9_]+) --> (s_[a-z0-9_]+) : ([^":;#<>{}\[\]()%]+) \(([^":;#<>{}\[\]()%]+)\)$`)
	endLine   = regexp.MustCompile(`^    (s_[a-z0-9_]+) --> \[\*\]$`)
)

// TestMermaid: every line of a diagram has one of the forms of the grammar, and it has exactly the states and moves of the table.
func TestMermaid(t *testing.T) {
	t.Parallel()
	odd := asked(1)
	odd.States[0].Words = words("待\"答:复;", "Open [x] #1\n--> y")
	odd.Moves[0].Words.En = "Ask: (now)"
	odd.Parties[0].Words.En = `"Inst", {x}`
	for _, p := range []*process.Process{process.Delegation(), asked(1), odd} {
		drawn := map[string]bool{}
		states, edges := map[string]bool{}, map[string]bool{}
		head, rest, _ := strings.Cut(p.Mermaid(), "\n")
		if head != "stateDiagram-v2" || !strings.HasSuffix(rest, "\n") {
			t.Errorf("it begins with %q and ends otherwise than with a line", head)
		}
		for line := range strings.SplitSeq(strings.TrimSuffix(rest, "\n"), "\n") {
			if drawn[line] {
				t.Errorf("twice: %s", line)
			}
			drawn[line] = true
			if m := stateLine.FindStringSubmatch(line); m != nil {
				states[m[2]] = true
			} else if m := edgeLine.FindStringSubmatch(line); m != nil {
				edges[m[1]+">"+m[2]+":"+m[3]] = true
				if !states[m[2]] || m[1] != "[*]" && !states[m[1]] {
					t.Errorf("%s: a state that was not said before", line)
				}
			} else if m := endLine.FindStringSubmatch(line); m == nil || !states[m[1]] {
				t.Errorf("no line of a state diagram: %q", line)
			}
		}
		want := 0
		for i := range p.Moves {
			want += max(1, len(p.Moves[i].From)) * len(p.Moves[i].To)
		}
		if len(states) != len(p.States) || len(edges) != want {
			t.Errorf("%s: %d states and %d moves are drawn of %d and %d", p.Code, len(states), len(edges), len(p.States), want)
		}
	}
}

// TestClockInDiagram: the clock's move says so, and by which rule.
func TestClockInDiagram(t *testing.T) {
	t.Parallel()
	if text := asked(1).Mermaid(); !strings.Contains(text, "s_open --> s_escalated : Escalate 上报 (⏰ clock 时钟 a-day)\n") {
		t.Error(text)
	}
}

// TestPage: a page tells every party, state, move, field and notice, in tables whose rows have their columns.
func TestPage(t *testing.T) {
	t.Parallel()
	spoiled := asked(1)
	spoiled.States[0].Doc = "a|b\nc"
	for _, p := range []*process.Process{process.Delegation(), asked(1), spoiled} {
		page := p.Page()
		columns := 0
		for line := range strings.SplitSeq(page, "\n") {
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if !strings.HasPrefix(line, "|") {
				n = 0
			} else if columns > 0 && n != columns {
				t.Errorf("%d cells, not %d: %s", n-1, columns-1, line)
			}
			columns = n
		}
		var want []string
		for _, s := range p.States {
			want = append(want, fmt.Sprintf("| `%s` | %s %s |", s.Code, s.Words.Zh, s.Words.En), s.Status)
		}
		for _, m := range p.Moves {
			want = append(want, fmt.Sprintf("| `%s` | %s %s |", m.Code, m.Words.Zh, m.Words.En))
			for _, f := range m.Needs.Fields {
				want = append(want, fmt.Sprintf("| `%s` | %s %s |", f.Name, f.Words.Zh, f.Words.En))
			}
			for _, tell := range m.Tells {
				want = append(want, tell.Text.Zh)
			}
		}
		for _, text := range append(want, p.Mermaid()) {
			if !strings.Contains(page, text) {
				t.Errorf("%s: the page does not tell %q", p.Code, text)
			}
		}
	}
	newer := asked(2)
	newer.Doc = "The second."
	pages := process.Pages([]*process.Process{asked(1), newer, process.Delegation()})
	if len(pages) != 2 || !strings.Contains(pages["processes/asked.md"], "The second.") {
		t.Errorf("%d pages", len(pages))
	}
}
