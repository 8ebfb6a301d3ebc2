package platform

import (
	"context"
	"fmt"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/module"
	"yitong/internal/notice"
)

// given is a server that answers as it is told.
type given struct {
	jobs  []Job
	state JobState
	err   error
	asked Sought
	sent  []notice.Sent
}

// Health implements [Server].
func (g *given) Health(context.Context) Health {
	m := well()
	m.Clock = time.Hour
	return new(Memory).Note(Judge(m), now)
}

// Jobs implements [Server].
func (g *given) Jobs(_ context.Context, s Sought) ([]Job, error) { g.asked = s; return g.jobs, g.err }

// Piles implements [Server].
func (g *given) Piles(context.Context) ([]Pile, error) { return []Pile{{"k", JobDead, 2, now}}, nil }

// Again implements [Server].
func (g *given) Again(context.Context, int64) (JobState, error) { return g.state, g.err }

// Settings implements [Server].
func (g *given) Settings() []Setting {
	return []Setting{{Name: "db", Value: "postgres://a:secret@b/c", Secret: true, From: ByEnvironment, Help: bilingual.Text{Zh: "数据库", En: "Database"}}, {Name: "addr", Value: "x", From: ByFlag}}
}

// Outbox implements [Server].
func (g *given) Outbox(context.Context, string) ([]notice.Sent, error) { return g.sent, nil }

// TestHealthInWords: the answer is in the language that was asked for.
func TestHealthInWords(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{bilingual.Chinese: "时钟", bilingual.English: "Clock"} {
		out, err := desk{&given{}}.health(t.Context(), &module.Call{Language: language}, nothing{})
		if err != nil || out.State != Down || out.Parts[0].Words != want || of(out.Parts[0].Do) == "" {
			t.Errorf("%s: %+v %v", language, out.Parts[0], err)
		}
	}
}

// TestJobsByPages: a full page names where the next begins, one that is not full is the last.
func TestJobsByPages(t *testing.T) {
	t.Parallel()
	g := &given{}
	for i := range pageMost {
		g.jobs = append(g.jobs, Job{Number: int64(100 - i), Kind: "k", State: JobDead, Error: "for 13900000003"})
	}
	dead, kind, page := JobDead, "k", "101"
	out, err := desk{g}.jobs(t.Context(), &module.Call{}, jobsAsked{&dead, &kind, &page})
	if err != nil || of(out.Next) != fmt.Sprint(101-pageMost) || of(out.Jobs[0].Error) != "for …" || len(out.Piles) != 1 || out.Piles[0].Count != 2 {
		t.Errorf("%+v %v", out, err)
	}
	if want := (Sought{JobDead, "k", 101, pageMost}); g.asked != want {
		t.Errorf("asked for %+v", g.asked)
	}
	g.jobs = g.jobs[:3]
	if out, err := (desk{g}).jobs(t.Context(), &module.Call{}, jobsAsked{}); err != nil || out.Next != nil {
		t.Errorf("%+v %v", out, err)
	}
	for _, page := range []string{"x", "0", "-3", "99999999999999999999"} {
		if _, err := (desk{g}).jobs(t.Context(), &module.Call{}, jobsAsked{Page: &page}); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("the page %s: %v", page, err)
		}
	}
}

// TestAgain: only a job that is not tried any more is put back; a refusal says what it is about.
func TestAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state JobState
		err   error
		again bool
		code  fault.Code
	}{
		{JobDead, nil, true, ""}, {JobWaiting, nil, false, ""}, {JobDone, nil, false, ""},
		{"", fault.New(fault.NotFound, "x"), false, fault.NotFound}, {"", fault.New(fault.Conflict, "x"), false, fault.Conflict},
	} {
		out, err := desk{&given{state: c.state, err: c.err}}.again(t.Context(), &module.Call{}, againAsked{"7"})
		if fault.CodeOf(err) != c.code || out.Again != c.again || c.code != "" && fault.From(err).Message == "x" {
			t.Errorf("%+v: %+v %v", c, out, err)
		}
	}
	if _, err := (desk{&given{}}).again(t.Context(), &module.Call{}, againAsked{"seven"}); fault.CodeOf(err) != fault.Malformed {
		t.Error(err)
	}
}

// TestSecretsAreNotTold: of a secret it is told that it is set, and nothing else.
func TestSecretsAreNotTold(t *testing.T) {
	t.Parallel()
	out, err := desk{&given{}}.settings(t.Context(), &module.Call{Language: bilingual.Chinese}, nothing{})
	if err != nil || out.Settings[0].Value != nil || !out.Settings[0].Set || out.Settings[0].Help != "数据库" || of(out.Settings[1].Value) != "x" {
		t.Errorf("%+v %v", out, err)
	}
}

// TestOutboxByPages: what has not gone yet has neither text nor address; a full page names the next.
func TestOutboxByPages(t *testing.T) {
	t.Parallel()
	g := &given{}
	for i := range notice.OutboxMost {
		g.sent = append(g.sent, notice.Sent{ID: fmt.Sprint(i), Made: now, Channel: notice.SMS, State: "ready"})
	}
	out, err := desk{g}.outbox(t.Context(), &module.Call{}, outboxAsked{})
	if err != nil || of(out.Next) != fmt.Sprint(notice.OutboxMost-1) || out.Messages[0].Text != nil || out.Messages[0].To != nil {
		t.Errorf("%+v %v", out.Next, err)
	}
	g.sent = g.sent[1:]
	if out, err = (desk{g}).outbox(t.Context(), &module.Call{}, outboxAsked{}); err != nil || out.Next != nil {
		t.Errorf("%+v %v", out.Next, err)
	}
}
