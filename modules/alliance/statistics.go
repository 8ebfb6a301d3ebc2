package alliance

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/process"
)

const (
	statisticsMost  = 5000 // cases that are counted, those begun last
	statisticsUsual = 90   // days
	statisticsSteps = 500  // cases whose steps are timed, those begun last
	stepsMost       = 5000 // moves of a hundred of these that are looked at

	institutionsMost = 1000 // that are told
)

type counting struct {
	Since       *form.Date      `name:"since" zh:"起始日期" en:"First day" doc:"On which cases that count were begun; left out for 90 days up to the last."`
	Until       *form.Date      `name:"until" zh:"截止日期" en:"Last day" doc:"Left out for today."`
	Institution *form.Reference `name:"institution" zh:"机构" en:"Institution" types:"Organization" doc:"Whose cases alone count; regulators may say it, for an office it is its own."`
	Figure      *string         `name:"figure" zh:"指标代码" en:"Figure" bytes:"60" doc:"The code of the figure whose cases are listed."`
}

type statistics struct {
	At           time.Time           `name:"at" zh:"统计时间" en:"When it was counted"`
	Since        form.Date           `name:"since" zh:"起始日期" en:"First day"`
	Until        form.Date           `name:"until" zh:"截止日期" en:"Last day"`
	Whole        bool                `name:"whole" zh:"是否全部" en:"Whether all was counted" doc:"If not, these are the 5000 cases begun last. How long steps take is told of the 500 begun last."`
	Figures      []statisticsFigure  `name:"figure" zh:"指标" en:"Figures" most:"100"`
	Institutions []statisticsOfPlace `name:"institution" zh:"机构" en:"By institution" most:"1000"`
	Cases        []statisticsCase    `name:"case" zh:"转诊" en:"Referrals" most:"20000" doc:"That the figure which is asked for counts, those begun last first; of a step each time that a case was there."`
}

type statisticsFigure struct {
	Code    string  `name:"code" zh:"代码" en:"Code"`
	Zh      string  `name:"zh" zh:"中文名称" en:"Name in Chinese"`
	En      string  `name:"en" zh:"英文名称" en:"Name in English"`
	Count   int     `name:"count" zh:"数量" en:"How many"`
	Of      *int    `name:"of" zh:"总数" en:"Of how many"`
	Minutes *int    `name:"minutes" zh:"用时中位数（分钟）" en:"Median time in minutes"`
	Ninth   *int    `name:"p90" zh:"用时第 90 百分位数（分钟）" en:"Minutes in which nine of ten are done"`
	Query   *string `name:"query" zh:"检索条件" en:"Criteria" doc:"By which this operation lists the cases counted. Left out where there are none."`
}

type statisticsOfPlace struct {
	Institution form.Named `name:"institution" zh:"机构" en:"Institution"`
	Up          int        `name:"up" zh:"上转数" en:"That it referred up"`
	Down        int        `name:"down" zh:"下转数" en:"That it referred down"`
	Decided     int        `name:"decided" zh:"接收审核数" en:"On which it decided as the one that is asked"`
	Accepted    int        `name:"accepted" zh:"同意接收数" en:"That it took"`
	Minutes     *int       `name:"minutes" zh:"办结用时中位数（分钟）" en:"Median time to the end of those that it referred, in minutes"`
}

// span is which cases count.
type span struct {
	institution  string // "" for all
	since, until form.Date
	from, to     time.Time
}

func (d desk) spanOf(s *gate.Session, in counting) (of span, err error) {
	now, actor := s.Now().In(d.engine.Zone()), s.Actor()
	of.until = form.Date(now.Format(time.DateOnly))
	if in.Until != nil {
		of.until = *in.Until
	}
	last := of.until.Time(now.Location())
	of.since = form.Date(last.AddDate(0, 0, 1-statisticsUsual).Format(time.DateOnly))
	if in.Since != nil {
		of.since = *in.Since
	}
	of.from, of.to = of.since.Time(now.Location()), last.AddDate(0, 0, 1)
	if !of.from.Before(of.to) {
		return of, fault.New(fault.Unprocessable, "The first day is behind the last. 起始日期不能晚于截止日期。").WithIssue("value")
	}
	if in.Institution != nil {
		of.institution = string(*in.Institution)
	}
	if actor.Role == gate.Regulator {
		return of, nil
	}
	if actor.Institution == "" || of.institution != "" && of.institution != actor.Institution {
		return of, fault.New(fault.Forbidden, "An office has the figures of its own institution. 只能查看本机构的统计。")
	}
	of.institution = actor.Institution
	return of, nil
}

// among are the criteria of the cases that count.
func (of span) among() []search.Pair {
	pairs := []search.Pair{{Name: "authored-on", Value: "ge" + of.from.Format(time.RFC3339)}, {Name: "authored-on", Value: "lt" + of.to.Format(time.RFC3339)}}
	if of.institution == "" {
		return append(pairs, search.Pair{Name: "code", Value: anyOf([]string{process.SystemProcess + "|" + CodeUp, process.SystemProcess + "|" + CodeDown})})
	}
	var words []string
	for _, code := range directions {
		words = append(words, process.PartOf(sending, of.institution, code), process.PartOf(receiving, of.institution, code))
		for _, move := range decisions {
			words = append(words, process.ActedBy(move, of.institution, code))
		}
	}
	return append(pairs, search.Pair{Name: "business-status", Value: anyOf(words)})
}

// statistics counts the cases of an office's institution, or for a regulator of all, and lists those that a figure counts.
func (d desk) statistics(ctx context.Context, c *module.Call, in counting) (out statistics, err error) {
	of, err := d.spanOf(c.Session, in)
	if err != nil {
		return out, err
	}
	if in.Figure != nil && !isFigure(*in.Figure) {
		return out, fault.New(fault.Unprocessable, "There is no such figure; the answer without it names those that there are. 没有这项指标。").WithIssue("value")
	}
	platform := c.Session.Behalf("").Unseen()
	var all []referral
	whole, err := cases.Each(ctx, platform, typeTask, statisticsMost, append(of.among(), search.Pair{Name: "_sort", Value: "-authored-on"}), func(r fhir.Resource) bool {
		f := referralOf(r)
		if of.institution != "" {
			f = f.knownTo(of.institution)
		}
		all = append(all, f)
		return true
	})
	if err != nil {
		return out, err
	}
	back, known, err := of.downs(ctx, platform)
	if err != nil {
		return out, err
	}
	took, err := stays(ctx, platform, all[:min(len(all), statisticsSteps)])
	if err != nil {
		return out, err
	}
	out = statistics{At: c.Session.Now().In(d.engine.Zone()), Since: of.since, Until: of.until, Whole: whole && known}
	names := cases.NewNames(c.Session)
	for _, one := range append(figuresOf(all, back), timesOf(took)...) {
		one.Query = of.query(one)
		out.Figures = append(out.Figures, one.statisticsFigure)
		if in.Figure == nil || *in.Figure != one.Code {
			continue
		}
		if out.Cases, err = listed(ctx, c.Session, names, one.cases); err != nil {
			return out, err
		}
	}
	places := placesOf(all)
	told := slices.DeleteFunc(slices.Sorted(maps.Keys(places)), func(who string) bool { return of.institution != "" && who != of.institution })
	told = told[:min(len(told), institutionsMost)]
	if err := names.Read(ctx, told...); err != nil {
		return out, err
	}
	for _, who := range told {
		p := places[who]
		called, err := names.Of(ctx, who)
		if err != nil {
			return out, err
		}
		if p.Institution.Reference = form.Reference(who); called != nil {
			p.Institution.Display = *called
		}
		out.Institutions = append(out.Institutions, p.statisticsOfPlace)
	}
	return out, nil
}

// downs are the referrals back that were begun behind the last day: somebody who was referred up within the days may have gone back since.
// whole is false where there are too many to look at.
func (of span) downs(ctx context.Context, platform *gate.Session) (all []referral, whole bool, err error) {
	now := platform.Now()
	if !of.to.Before(now) {
		return nil, true, nil
	}
	of.from, of.to = of.to, now
	whole, err = cases.Each(ctx, platform, typeTask, statisticsMost, append(of.among(), search.Pair{Name: "code", Value: process.SystemProcess + "|" + CodeDown}), func(r fhir.Resource) bool {
		all = append(all, referralOf(r))
		return true
	})
	if fault.CodeOf(err) == fault.Unprocessable { // too costly
		return nil, false, nil
	}
	return all, whole, err
}

// counted is an institution with how long it took.
type counted struct {
	statisticsOfPlace
	minutes []int
}

// placesOf are the institutions that referred, or decided.
func placesOf(all []referral) map[string]*counted {
	places := map[string]*counted{}
	at := func(who string) *counted {
		if places[who] == nil {
			places[who] = &counted{}
		}
		return places[who]
	}
	for _, f := range all {
		if f.sending != "" {
			p := at(f.sending)
			if f.Process == CodeUp {
				p.Up++
			} else {
				p.Down++
			}
			if !f.Open {
				p.minutes = append(p.minutes, int(f.End.Sub(f.Begun)/time.Minute))
			}
		}
		decided := map[string]bool{} // and whether it took the patient
		for _, a := range f.acts {
			if slices.Contains(decisions, a.move) {
				decided[a.institution] = decided[a.institution] || slices.Contains(takings, a.move)
			}
		}
		for who, took := range decided {
			at(who).Decided++
			if took {
				at(who).Accepted++
			}
		}
	}
	for _, p := range places {
		p.Minutes, _ = cases.Times(p.minutes)
	}
	return places
}

// step is a move of a case, as its Provenance tells it.
type step struct {
	version int64
	move    string
	at      time.Time
}

// stays are how many minutes cases were in each state that they have left.
func stays(ctx context.Context, s *gate.Session, of []referral) (took map[string][]listing, err error) {
	took = map[string][]listing{}
	tables := map[string]*process.Process{CodeUp: Up(), CodeDown: Down()}
	for some := range slices.Chunk(slices.DeleteFunc(slices.Clone(of), func(f referral) bool { return f.ref.ID == "" }), 100) {
		var targets []string
		moves := map[string][]step{}
		for _, f := range some {
			targets = append(targets, f.ref.String())
		}
		_, err := cases.Each(ctx, s, typeProvenance, stepsMost, []search.Pair{{Name: "target", Value: anyOf(targets)}}, func(r fhir.Resource) bool {
			coding := r.Root.Get("activity").Get("coding").First()
			target := fhir.ParseReference(r.Root.Get("target").First().Get("reference").Str())
			if r.Root.Get("agent").First().Get("type").Get("coding").First().Get("system").Str() == process.SystemProcess {
				of := target.Ref.String()
				moves[of] = append(moves[of], step{target.Version, coding.Get("code").Str(), instant(r.Root.Get("recorded").Str())})
			}
			return true
		})
		if err != nil {
			return nil, err
		}
		for _, f := range some {
			timed(took, f, tables[f.Process], moves[f.ref.String()])
		}
	}
	return took, nil
}

// timed adds the minutes of a case in each state that it has left, by its moves.
func timed(took map[string][]listing, f referral, table *process.Process, moves []step) {
	slices.SortFunc(moves, func(a, b step) int { return cmp.Compare(a.version, b.version) })
	moves = slices.DeleteFunc(moves, func(one step) bool { return table.Move(one.move) == nil })
	state, since := "", time.Time{}
	for i, one := range moves {
		var next *process.Move
		if i+1 < len(moves) {
			next = table.Move(moves[i+1].move)
		}
		to := ledTo(table.Move(one.move), next, f.State)
		if to == state {
			continue
		}
		if state != "" {
			minutes := int(one.at.Sub(since) / time.Minute)
			took[state] = append(took[state], listing{f, &minutes})
		}
		state, since = to, one.at
	}
}

// ledTo is the state to which a move led, of several that from which the next one was made, or in which the case is now.
func ledTo(m, next *process.Move, now string) string {
	at := slices.IndexFunc(m.To, func(to string) bool { return next != nil && slices.Contains(next.From, to) || next == nil && to == now })
	return m.To[max(at, 0)]
}
