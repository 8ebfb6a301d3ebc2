package process

import (
	"context"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// upgradeMove is the code under which an upgrade stands on record.
const upgradeMove = "upgrade"

// BringOver brings a case to the newest version of its process, step by step, where each version says to which of its states those of
// the one before lead. It is on record as a move. The error is Conflict for a case that has ended or is on the newest version, or where
// a version between says nothing of the case's state; Precondition where ifVersion, if it is not 0, is not the newest of the Task.
func (e *Engine) BringOver(ctx context.Context, s *gate.Session, ref fhir.Ref, ifVersion int64, once *gate.Idempotency) (made gate.Result, err error) {
	if once != nil {
		if past, err := s.Behalf("").Answered(ctx, once); err != nil || len(past) > 0 {
			return first(past), err
		}
	}
	c, err := e.load(ctx, s, ref)
	if err == nil {
		err = c.in(ifVersion)
	}
	if err != nil {
		return made, err
	}
	newest, state := e.newest[c.Process.Code], c.state
	switch {
	case c.Process.State(state).Final():
		return made, fault.New(fault.Conflict, "%s has ended; it stays as it is.", ref)
	case c.Process == newest:
		return made, fault.New(fault.Conflict, "%s is on version %d already, the newest.", ref, newest.Version)
	}
	for n := c.Process.Version + 1; n <= newest.Version; n++ {
		p := e.version(c.Process.Code, n)
		if p == nil || p.Upgrade == nil || p.Upgrade.States[state] == "" {
			return made, fault.New(fault.Conflict, "Version %d of %s does not say where the state %s of the version before leads; the case stays on version %d.", n, c.Process.Code, state, c.Process.Version)
		}
		state = p.Upgrade.States[state]
	}
	c.Process, c.to, c.brought = newest, state, true
	c.task.SetInstantiatesCanonical(newest.Canonical())
	m := Move{Code: upgradeMove, Words: bilingual.Text{Zh: "转入新版流程", En: "Brought to a newer version"}, To: []string{state}}
	return e.write(ctx, s, c, &m, part{}, once)
}

// version is a version of a process, nil for one that this server does not know.
func (e *Engine) version(code string, number int) *Process {
	p := Process{Code: code, Version: number}
	return e.all[p.Canonical()]
}
