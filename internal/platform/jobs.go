package platform

import (
	"context"
	"regexp"
	"strconv"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/module"
)

// JobState is how a job stands.
type JobState string

// The states.
const (
	JobDead     JobState = "dead"     // it is not tried any more
	JobRetrying JobState = "retrying" // it has failed and is tried again
	JobRunning  JobState = "running"
	JobWaiting  JobState = "waiting"
	JobDone     JobState = "done"
)

// Codes implements [form.Coded].
func (JobState) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(JobDead), Words: bilingual.Text{Zh: "已放弃", En: "given up"}},
		{Code: string(JobRetrying), Words: bilingual.Text{Zh: "重试中", En: "tried again"}},
		{Code: string(JobRunning), Words: bilingual.Text{Zh: "执行中", En: "at work"}},
		{Code: string(JobWaiting), Words: bilingual.Text{Zh: "等待", En: "waiting"}},
		{Code: string(JobDone), Words: bilingual.Text{Zh: "已完成", En: "done"}},
	}
}

// words are what a state is called.
func (s JobState) words() bilingual.Text {
	for _, c := range s.Codes() {
		if c.Code == string(s) {
			return c.Words
		}
	}
	return bilingual.Text{}
}

// Job is a job in the queue.
type Job struct {
	Number            int64
	ID, Kind          string
	State             JobState
	Attempt, Attempts int
	Due               time.Time // when it is tried next, or was last
	Error             string    // of the last attempt
}

// Pile are the jobs of a kind in a state.
type Pile struct {
	Kind  string
	State JobState
	Count int
	Due   time.Time // of the first of them
}

// Sought says which jobs are looked for.
type Sought struct {
	State JobState // "" for all that are not done
	Kind  string   // "" for any
	Below int64    // the number that theirs lie below, 0 for any
	Most  int
}

const pageMost = 50 // jobs of a page

type jobsAsked struct {
	State *JobState `name:"state" zh:"状态" en:"State" doc:"Left out for all that are not done."`
	Kind  *string   `name:"kind" zh:"类型" en:"Kind" bytes:"100"`
	Page  *string   `name:"page" zh:"续页标记" en:"Where the page begins" bytes:"20" doc:"The next of the page before."`
}

type jobsTold struct {
	Jobs  []jobTold  `name:"job" zh:"作业" en:"Job" most:"*"`
	Piles []pileTold `name:"pile" zh:"统计" en:"Count" most:"*" doc:"Of all that are not done, by kind and state."`
	Next  *string    `name:"next" zh:"续页标记" en:"Where the next page begins"`
}

type jobTold struct {
	Number   string    `name:"number" zh:"编号" en:"Number"`
	ID       string    `name:"id" zh:"标识" en:"Identity" doc:"The same in every attempt."`
	Kind     string    `name:"kind" zh:"类型" en:"Kind"`
	State    JobState  `name:"state" zh:"状态" en:"State"`
	Attempt  int       `name:"attempt" zh:"已尝试" en:"Attempts so far"`
	Attempts int       `name:"attempts" zh:"最多尝试" en:"Attempts at most"`
	Due      time.Time `name:"due" zh:"下次执行" en:"Next attempt" doc:"Of one that is not tried any more: when it was to be tried last."`
	Error    *string   `name:"error" zh:"最近错误" en:"Last error" bytes:"8192"`
}

type pileTold struct {
	Kind  string   `name:"kind" zh:"类型" en:"Kind"`
	State JobState `name:"state" zh:"状态" en:"State"`
	Count int      `name:"count" zh:"数量" en:"How many"`
}

func (d desk) jobs(ctx context.Context, _ *module.Call, in jobsAsked) (out jobsTold, err error) {
	s := Sought{Kind: of(in.Kind), Most: pageMost}
	if in.State != nil {
		s.State = *in.State
	}
	if in.Page != nil {
		if s.Below, err = numbered("page", *in.Page); err != nil {
			return out, err
		}
	}
	list, err := d.server.Jobs(ctx, s)
	if err != nil {
		return out, err
	}
	for _, j := range list {
		out.Jobs = append(out.Jobs, jobTold{strconv.FormatInt(j.Number, 10), j.ID, j.Kind, j.State, j.Attempt, j.Attempts, j.Due, some(discreet(j.Error))})
	}
	if len(list) == pageMost {
		out.Next = &out.Jobs[len(list)-1].Number
	}
	piles, err := d.server.Piles(ctx)
	for _, p := range piles {
		out.Piles = append(out.Piles, pileTold{p.Kind, p.State, p.Count})
	}
	return out, err
}

type againAsked struct {
	Number string `name:"number" zh:"编号" en:"Number" bytes:"20"`
}

type againTold struct {
	State JobState `name:"state" zh:"原状态" en:"How it stood"`
	Again bool     `name:"again" zh:"已放回队列" en:"It was put back" doc:"Only a job that was not tried any more is."`
}

func (d desk) again(ctx context.Context, _ *module.Call, in againAsked) (out againTold, err error) {
	number, err := numbered("number", in.Number)
	if err != nil {
		return out, err
	}
	state, err := d.server.Again(ctx, number)
	switch fault.CodeOf(err) {
	case fault.NotFound:
		return out, fault.New(fault.NotFound, "There is no job %d. 没有编号为 %[1]d 的作业。", number).Because(err)
	case fault.Conflict:
		return out, fault.New(fault.Conflict, "An equal job waits already; job %d stays as it is. 已有相同的作业在等待，作业 %[1]d 保持不变。", number).Because(err)
	}
	return againTold{state, state == JobDead}, err
}

func numbered(name, text string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Malformed, "%s is a whole number as $platform-jobs tells it. %[1]s 应为 $platform-jobs 给出的编号。", name).WithIssue("value")
	}
	return n, nil
}

const errorMost = 400 // characters that are told of what went wrong

// query is what an address may have that is secret: a gateway's key.
var query = regexp.MustCompile(`(?i)([a-z][a-z0-9+.-]*://[^\s"'?]*\?)[^\s"']*`)

// personal is what may tell of a person: numbers of six digits and more, and addresses for e-mail; identities of resources, which it
// names first, do not.
var personal = regexp.MustCompile(`([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|[0-9]{6,}[Xx]?|[^\s@"'<>(),;]+@[A-Za-z0-9.-]*[A-Za-z0-9]`)

// discreet is an error of a job without what may tell of a person, and without secrets in addresses.
func discreet(text string) string {
	text = query.ReplaceAllString(text, "$1…")
	text = personal.ReplaceAllStringFunc(text, func(found string) string {
		if personal.FindStringSubmatch(found)[1] != "" {
			return found
		}
		return "…"
	})
	if runes := []rune(text); len(runes) > errorMost {
		return string(runes[:errorMost]) + "…"
	}
	return text
}
