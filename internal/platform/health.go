package platform

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/module"
)

// State is how a part does.
type State string

// The states, from the best to the worst.
const (
	OK   State = "ok"
	Warn State = "warn" // it works, and somebody should look
	Down State = "down" // it does not do what it is for
)

// Codes implements [form.Coded].
func (State) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(OK), Words: bilingual.Text{Zh: "正常", En: "Well"}},
		{Code: string(Warn), Words: bilingual.Text{Zh: "需关注", En: "Look at it"}},
		{Code: string(Down), Words: bilingual.Text{Zh: "异常", En: "Down"}},
	}
}

// badness orders states.
func (s State) badness() int { return slices.Index([]State{OK, Warn, Down}, s) }

// worse is the worse of two states.
func worse(a, b State) State {
	if b.badness() > a.badness() {
		return b
	}
	return a
}

// Group is what belongs together.
type Group string

// The groups.
const (
	OfServer  Group = "server"
	OfRecord  Group = "record"
	OfWork    Group = "work"
	OfTrail   Group = "trail"
	OfOutside Group = "outside"
)

// Codes implements [form.Coded].
func (Group) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(OfServer), Words: bilingual.Text{Zh: "本服务器", En: "This server"}},
		{Code: string(OfRecord), Words: bilingual.Text{Zh: "数据库与变更流", En: "Database and feed"}},
		{Code: string(OfWork), Words: bilingual.Text{Zh: "后台工作", En: "Work beside requests"}},
		{Code: string(OfTrail), Words: bilingual.Text{Zh: "访问留痕", En: "Trail"}},
		{Code: string(OfOutside), Words: bilingual.Text{Zh: "对外送达", En: "What leaves the platform"}},
	}
}

// Name is the name of a part, its own for ever. Of those of which there are several it is what they begin with.
type Name string

// Part is a part of the platform and how it does.
type Part struct {
	Group Group
	Name  Name
	Words bilingual.Text
	State State
	Since time.Time // the state is this one, as far as this server knows
	Facts []Fact
	Says  bilingual.Text // what is not well; empty where all is
	Do    bilingual.Text // what to do about it
}

// Health is how all parts do, the worst first.
type Health struct {
	At    time.Time
	Parts []Part
}

// State is the worst of all.
func (h Health) State() State {
	state := OK
	for _, p := range h.Parts {
		state = worse(state, p.State)
	}
	return state
}

// Memory knows since when parts have been in their states.
type Memory struct {
	mu    sync.Mutex
	stood map[Name]stood
}

type stood struct {
	state State
	since time.Time
}

// Note takes up how parts do at an instant, and tells of each since when.
func (m *Memory) Note(parts []Part, at time.Time) Health {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := make(map[Name]stood, len(parts)) // what is gone is forgotten
	for i, p := range parts {
		s, known := m.stood[p.Name]
		if !known || s.state != p.State {
			s = stood{p.State, at}
		}
		now[p.Name], parts[i].Since = s, s.since
	}
	m.stood = now
	slices.SortStableFunc(parts, func(a, b Part) int { return cmp.Compare(b.State.badness(), a.State.badness()) })
	return Health{at, parts}
}

type healthTold struct {
	State State      `name:"state" zh:"总体状况" en:"State of the whole"`
	At    time.Time  `name:"at" zh:"检查时间" en:"When"`
	Parts []partTold `name:"part" zh:"部分" en:"Part" most:"*"`
}

type partTold struct {
	Group Group      `name:"group" zh:"分组" en:"Group"`
	Name  string     `name:"name" zh:"代码" en:"Code"`
	Words string     `name:"words" zh:"名称" en:"What it is called"`
	State State      `name:"state" zh:"状况" en:"State"`
	Since time.Time  `name:"since" zh:"自" en:"Since" doc:"As far as the server that answers knows."`
	Says  *string    `name:"says" zh:"问题" en:"What is not well"`
	Do    *string    `name:"do" zh:"处理办法" en:"What to do"`
	Facts []factTold `name:"fact" zh:"测量值" en:"What was measured" most:"*"`
}

type factTold struct {
	Words string     `name:"words" zh:"名称" en:"What it is called"`
	Value *string    `name:"value" zh:"值" en:"Value"`
	At    *time.Time `name:"at" zh:"时间" en:"Instant"`
}

func (d desk) health(ctx context.Context, c *module.Call, _ nothing) (healthTold, error) {
	h, language := d.server.Health(ctx), c.Language
	out := healthTold{State: h.State(), At: h.At}
	for _, p := range h.Parts {
		one := partTold{
			Group: p.Group, Name: string(p.Name), Words: p.Words.In(language), State: p.State, Since: p.Since,
			Says: some(p.Says.In(language)), Do: some(p.Do.In(language)),
		}
		for _, f := range p.Facts {
			told := factTold{Words: f.Words.In(language), Value: some(f.Value.In(language))}
			if !f.At.IsZero() {
				told.At = &f.At
			}
			one.Facts = append(one.Facts, told)
		}
		out.Parts = append(out.Parts, one)
	}
	return out, nil
}
