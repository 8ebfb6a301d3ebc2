package process

import (
	"fmt"
	"regexp"
	"slices"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// codes are those of processes, states, moves and parties.
var codes = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

// statuses are those of R4 that a state can have.
var statuses = []string{"requested", "received", "accepted", "ready", "in-progress", "on-hold", "completed", "rejected", "failed", "cancelled"}

// Check refuses a table that makes no sense: names that are not there or are there twice, states that no case comes to or leaves
// again, an end that is none, moves that nobody can make. The error says what to mend.
func (p *Process) Check() error {
	c := checking{process: p}
	c.named("process", p.Code, p.Words, p.Doc)
	if p.Version < 1 {
		c.say("its version is %d; the first is 1", p.Version)
	}
	for _, party := range p.Parties {
		if c.named("party", party.Name, party.Words, "-"); party.Name == Resident {
			c.say("the party %s is there in every process", Resident)
		}
		if !slices.Contains([]Kind{"", Person, Institution, Holders}, party.Only) {
			c.say("the party %s is of the kind %q, which there is not", party.Name, party.Only)
		}
	}
	for _, k := range p.Keeps {
		c.named("kept", k.Name, k.Words, "-")
	}
	for i := range p.States {
		c.state(&p.States[i])
	}
	for i := range p.Moves {
		c.move(&p.Moves[i])
	}
	c.connected()
	if p.Upgrade != nil {
		for _, to := range p.Upgrade.States {
			c.known("the upgrade leads to", to)
		}
	}
	return c.err
}

// checking looks through a table and keeps the first thing that is wrong.
type checking struct {
	process *Process
	names   []string
	err     error
}

func (c *checking) say(format string, args ...any) {
	if c.err == nil {
		c.err = fault.Wrap(nil, "process "+c.process.Code+": "+fmt.Sprintf(format, args...))
	}
}

func (c *checking) named(what, code string, words bilingual.Text, doc string) {
	if !codes.MatchString(code) {
		c.say("the %s %q is not of small letters, digits and dashes", what, code)
	}
	if words.Zh == "" || words.En == "" || doc == "" {
		c.say("the %s %s lacks its name in Chinese or English, or what it is", what, code)
	}
	if name := what + " " + code; slices.Contains(c.names, name) {
		c.say("there are two of the %s", name)
	} else {
		c.names = append(c.names, name)
	}
}

func (c *checking) known(what, state string) {
	if c.process.State(state) == nil {
		c.say("%s %q, which is no state", what, state)
	}
}

func (c *checking) party(what, name string) {
	if name != Resident && !slices.ContainsFunc(c.process.Parties, func(p Party) bool { return p.Name == name }) {
		c.say("%s %q, which is no party", what, name)
	}
}

func (c *checking) state(s *State) {
	c.named("state", s.Code, s.Words, s.Doc)
	if !slices.Contains(statuses, s.Status) {
		c.say("the state %s has the status %q, which is none of Task", s.Code, s.Status)
	}
	if !s.Final() {
		c.party("the owner of "+s.Code+" is", s.Owner)
	}
	if s.Keeps && s.Within != "" {
		c.say("the state %s keeps the deadline of the one before, and has one of its own", s.Code)
	}
	if s.Hurried != "" && s.Within == "" {
		c.say("the state %s has a deadline for a green channel, and none beside", s.Code)
	}
	if s.Final() && (s.Within != "" || s.Late != "" || s.Keeps) {
		c.say("the state %s has no owner, so a case ends there; then it has no deadline", s.Code)
	}
	if m := c.process.Move(s.Late); s.Late != "" && (m == nil || !m.from(s.Code)) {
		c.say("when it is late in %s the clock makes %q, which is no move from there", s.Code, s.Late)
	}
}

func (c *checking) move(m *Move) {
	c.named("move", m.Code, m.Words, m.Doc)
	if m.Code == upgradeMove || m.Code == recountMove {
		c.say("the move %s is the engine's own", m.Code)
	}
	if len(m.To) == 0 {
		c.say("the move %s leads nowhere", m.Code)
	}
	for _, to := range m.To {
		c.known("the move "+m.Code+" leads to", to)
	}
	byClock := false
	for _, from := range m.From {
		c.known("the move "+m.Code+" begins at", from)
		s := c.process.State(from)
		if s != nil && s.Final() {
			c.say("the move %s begins at %s, where a case has ended", m.Code, from)
		}
		byClock = byClock || s != nil && s.Late == m.Code
	}
	for _, by := range m.By {
		c.party("the move "+m.Code+" is made by", by.Party)
		for _, r := range by.Roles {
			if !r.Known() {
				c.say("the move %s is for the role %q, which there is not", m.Code, r)
			}
		}
		if len(by.Roles) == 0 {
			c.say("the move %s is for the party %s in no role", m.Code, by.Party)
		}
	}
	if m.Happens && (len(m.By) > 0 || byClock) {
		c.say("the move %s happens elsewhere, and somebody makes it", m.Code)
	}
	if len(m.By) == 0 && !byClock && !m.Happens {
		c.say("nobody can make the move %s", m.Code)
	}
	if m.Decide == nil || m.Needs == nil {
		c.say("the move %s decides nothing: declare it by process.Make", m.Code)
	}
	for _, t := range m.Tells {
		c.party("the move "+m.Code+" tells", t.Party)
		if t.Text.Zh == "" || t.Text.En == "" {
			c.say("the move %s tells %s nothing in one of the languages", m.Code, t.Party)
		}
	}
}

// connected looks whether every state can be come to, and an end be reached from it.
func (c *checking) connected() {
	p := c.process
	reached := map[string]bool{}
	for more := true; more; {
		more = false
		for i := range p.Moves {
			m := &p.Moves[i]
			if !m.Begins() && !slices.ContainsFunc(m.From, func(s string) bool { return reached[s] }) {
				continue
			}
			for _, to := range m.To {
				more = more || !reached[to]
				reached[to] = true
			}
		}
	}
	ends := map[string]bool{}
	for i := range p.States {
		ends[p.States[i].Code] = p.States[i].Final()
	}
	for more := true; more; {
		more = false
		for i := range p.Moves {
			m := &p.Moves[i]
			if !slices.ContainsFunc(m.To, func(s string) bool { return ends[s] }) {
				continue
			}
			for _, from := range m.From {
				more = more || !ends[from]
				ends[from] = true
			}
		}
	}
	for i := range p.States {
		code := p.States[i].Code
		if !reached[code] {
			c.say("no case comes to the state %s", code)
		}
		if !ends[code] {
			c.say("from the state %s no end can be reached", code)
		}
	}
}
