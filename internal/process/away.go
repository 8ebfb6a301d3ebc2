package process

import (
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir/draft"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// delegation is the code of the process by which somebody who is away lets another act.
const delegation = "delegation"

// staff are the roles that stand in for each other.
var staff = []gate.Role{gate.Doctor, gate.Nurse, gate.Pharmacist, gate.Technician, gate.Office, gate.Administrator, gate.Insurer, gate.Regulator, gate.CDC}

const (
	awayMost   = 92 * 24 * time.Hour // that one delegation lasts
	standsMost = 200                 // delegations to somebody that are looked at
)

type delegating struct {
	StandIn form.Reference `name:"stand-in" zh:"代理人" en:"Stand-in" types:"Practitioner" doc:"Who acts meanwhile: somebody with the same role at the same institution."`
	From    *time.Time     `name:"from" zh:"开始" en:"From" doc:"From when on; left out for at once."`
	Until   time.Time      `name:"until" zh:"结束" en:"Until" doc:"Until when, at most 92 days ahead."`
	Why     *string        `name:"why" zh:"原因" en:"Why" bytes:"500" doc:"Shown to who stands in."`
}

// Delegation is the process by which somebody who is away lets another make their moves: somebody with the same role at the same
// institution, who then acts as themselves on the other's behalf. It ends by itself.
func Delegation() *Process {
	return &Process{
		Code: delegation, Version: 1, Words: bilingual.Text{Zh: "离岗代理", En: "Delegation while away"},
		Doc:     "Who is away lets somebody with the same role at the same institution make their moves, until a time.",
		Parties: []Party{{"absent", bilingual.Text{Zh: "离岗人", En: "Who is away"}, Person}, {"stand-in", bilingual.Text{Zh: "代理人", En: "Stand-in"}, Person}, {"institution", bilingual.Text{Zh: "机构", En: "Institution"}, Institution}},
		States: []State{
			{Code: "active", Words: bilingual.Text{Zh: "代理中", En: "Active"}, Doc: "The stand-in may make the moves of who is away.", Owner: "stand-in", Status: "in-progress", Late: "run-out"},
			{Code: "ended", Words: bilingual.Text{Zh: "已结束", En: "Ended"}, Doc: "It is over.", Status: "completed"},
		},
		Moves: []Move{
			Make(Move{Code: "delegate", Words: bilingual.Text{Zh: "委托代理", En: "Delegate"}, Doc: "Let somebody act while one is away.",
				To: []string{"active"}, By: []By{{"absent", staff}},
				Tells: []Tell{{Party: "stand-in", Text: bilingual.Text{Zh: "同事请您在其离岗期间代为处理工作。", En: "A colleague asks you to act for them while they are away."}}},
			}, delegate),
			Make(Move{Code: "end", Words: bilingual.Text{Zh: "结束代理", En: "End"}, Doc: "End it before its time: who is back, or who does not stand in any more.",
				From: []string{"active"}, To: []string{"ended"}, By: []By{{"absent", staff}, {"stand-in", staff}},
			}, func(*Case, struct{}) error { return nil }),
			Make(Move{Code: "run-out", Words: bilingual.Text{Zh: "到期", En: "Run out"}, Doc: "Its time is over.",
				From: []string{"active"}, To: []string{"ended"},
			}, func(*Case, struct{}) error { return nil }),
		},
	}
}

func delegate(c *Case, in delegating) error {
	from := c.Now
	if in.From != nil && in.From.After(from) {
		from = *in.From
	}
	switch {
	case !in.Until.After(from) || in.Until.After(c.Now.Add(awayMost)):
		return fault.New(fault.Unprocessable, "It ends after it begins, and within %d days.", int(awayMost.Hours()/24)).WithIssue("value")
	case string(in.StandIn) == c.Actor.Reference:
		return fault.New(fault.Unprocessable, "Nobody stands in for themselves.").WithIssue("value")
	}
	c.Set("absent", Who{Reference: c.Actor.Reference})
	c.Set("stand-in", Who{Reference: string(in.StandIn)})
	c.Set("institution", Who{Reference: c.Actor.Institution})
	c.Input("role", string(c.Actor.Role))
	c.Input("from", draft.Instant(from))
	c.Due(in.Until.In(c.Now.Location()))
	if in.Why != nil {
		c.Note(*in.Why)
	}
	return nil
}

// stands refuses a delegation to somebody who has not the role at the institution: they could make no move.
func (e *Engine) stands(ctx context.Context, c *Case) error {
	if c.Process.Code != delegation || e.config.Stands == nil {
		return nil
	}
	who := c.Party("stand-in").Reference
	is, err := e.config.Stands(ctx, who, c.Actor.Role, c.Actor.Institution)
	if err == nil && !is {
		err = fault.New(fault.Unprocessable, "%s does not act as %s at %s, as a stand-in must. 代理人须在同一机构具有同一角色。", who, c.Actor.Role, c.Actor.Institution).WithIssue("value")
	}
	return err
}

// standsInFor are those who are away and for whom an actor stands in now.
func (e *Engine) standsInFor(ctx context.Context, s *gate.Session) (all []self, err error) {
	a := s.Actor()
	if a.Institution == "" || !recorded(a.Reference) {
		return nil, nil
	}
	unseen := s.Behalf(delegation).Unseen()
	found, err := e.find(ctx, unseen, standsMost, search.Pair{Name: "code", Value: SystemProcess + "|" + delegation},
		search.Pair{Name: "owner", Value: a.Reference}, search.Pair{Name: "-custodian", Value: a.Institution})
	if err != nil {
		return nil, err
	}
	cases, err := e.casesOf(unseen, found)
	for _, c := range cases {
		in := map[string]string{}
		for _, i := range c.task.Input().All() {
			in[i.Type().Text()] = i.ValueString()
		}
		if c.Late() || c.Now.Before(instant(in["from"])) || in["role"] != string(a.Role) || c.Party("institution").Reference != a.Institution {
			continue
		}
		all = append(all, self{reference: c.Party("absent").Reference, institution: a.Institution, role: a.Role, away: true})
	}
	return all, err
}
