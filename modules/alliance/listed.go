package alliance

import (
	"context"
	"net/url"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// statisticsCase is a case that a figure counts, as far as who asks knows of it. It tells of no resident: who may read the case, reads that
// there.
type statisticsCase struct {
	Case      *form.Reference `name:"case" zh:"转诊" en:"Referral" types:"Task" doc:"Left out where one may not read it."`
	Process   string          `name:"process" zh:"流程" en:"Process"`
	Direction string          `name:"direction" zh:"方向" en:"Direction" doc:"up or down."`
	State     *string         `name:"state" zh:"状态" en:"State" doc:"Left out where the institution has no part in the case any more."`
	Zh        *string         `name:"zh" zh:"状态名称" en:"Name of the state in Chinese"`
	En        *string         `name:"en" zh:"状态英文名称" en:"Name of the state in English"`
	Begun     time.Time       `name:"begun" zh:"发起时间" en:"When it was begun"`
	Due       *time.Time      `name:"due" zh:"办理期限" en:"By when somebody must act"`
	Ended     *time.Time      `name:"ended" zh:"办结时间" en:"When it ended"`
	From      *form.Named     `name:"from" zh:"转出机构" en:"Referring institution"`
	To        *form.Named     `name:"to" zh:"接收机构" en:"Institution that is asked"`
	Minutes   *int            `name:"minutes" zh:"该步骤用时（分钟）" en:"Minutes that the step took"`
}

// query is by which the operation lists the cases of a figure, nil where it has none.
func (of span) query(f tallied) *string {
	if f.Count == 0 {
		return nil
	}
	asked := url.Values{"figure": {f.Code}, "since": {string(of.since)}, "until": {string(of.until)}}
	if of.institution != "" {
		asked.Set("institution", of.institution)
	}
	text := asked.Encode()
	return &text
}

// listed are cases as a session may know them.
func listed(ctx context.Context, s *gate.Session, names *cases.Names, all []listing) (out []statisticsCase, err error) {
	var ids, places []string
	for _, f := range all {
		if places = append(places, f.sending, f.receiving); f.ref.ID != "" {
			ids = append(ids, f.ref.ID)
		}
	}
	open, err := readable(ctx, s, ids)
	if err != nil {
		return nil, err
	}
	if err := names.Read(ctx, places...); err != nil {
		return nil, err
	}
	named := func(who string) (*form.Named, error) {
		if who == "" {
			return nil, nil
		}
		called, err := names.Of(ctx, who)
		one := &form.Named{Reference: form.Reference(who)}
		if called != nil {
			one.Display = *called
		}
		return one, err
	}
	for _, f := range all {
		one := statisticsCase{
			Process: f.Process, Direction: way(f.Process), State: some(f.State), Begun: f.Begun, Due: when(f.Due), Ended: when(f.End), Minutes: f.minutes,
		}
		if f.State != "" {
			words := stateWords(f.State)
			one.Zh, one.En = &words.Zh, &words.En
		}
		if open[f.ref.ID] {
			ref := form.Reference(f.ref.String())
			one.Case = &ref
		}
		if one.From, err = named(f.sending); err == nil {
			one.To, err = named(f.receiving)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// readableMost is of how many cases it is asked at once which of them a session may read.
const readableMost = 400

// readable are those of some Tasks that a session may read. The trail tells of them.
func readable(ctx context.Context, s *gate.Session, ids []string) (map[string]bool, error) {
	slices.Sort(ids)
	open := map[string]bool{}
	for some := range slices.Chunk(slices.Compact(ids), readableMost) {
		_, err := cases.Each(ctx, s, typeTask, readableMost, []search.Pair{{Name: "_id", Value: anyOf(some)}}, func(r fhir.Resource) bool {
			open[r.ID] = true
			return true
		})
		if err != nil {
			return nil, err
		}
	}
	return open, nil
}
