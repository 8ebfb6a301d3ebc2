package scheduling

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/form"
	"yitong/internal/module"
)

// drawsShown is how many draws of a clinic are listed, the latest first.
const drawsShown = 60

type (
	ofDraw struct {
		Day *form.Date `name:"day" zh:"就诊日期" en:"Day" doc:"With its entries, once they are fixed. Where it is left out, the draws of the clinic are listed without them."`
		All *bool      `name:"all" zh:"全部报名" en:"All entries" doc:"For who draws once more. Else of the entries those are told that got a place, and one's own."`
	}
	draws struct {
		Draws []shownDraw `name:"draw" zh:"抽签" en:"Draw" most:"*"`
	}
	shownDraw struct {
		Day        form.Date  `name:"day" zh:"就诊日期" en:"Day"`
		State      drawState  `name:"state" zh:"状态" en:"State"`
		Enters     time.Time  `name:"enters" zh:"报名开始" en:"Can be entered from"`
		Opens      time.Time  `name:"opens" zh:"抽签时间" en:"Is drawn at"`
		Commitment string     `name:"commitment" zh:"种子承诺（SM3）" en:"Commitment: SM3 of the seed" doc:"Published before anybody enters."`
		Seed       *string    `name:"seed" zh:"种子" en:"Seed" doc:"32 bytes in hex, once it is revealed."`
		Count      int        `name:"count" zh:"报名数" en:"Entries" doc:"Known once they are fixed."`
		Entries    []shownLot `name:"entry" zh:"报名" en:"Entry" most:"*" doc:"In the order of SM3(seed ‖ id)."`
	}
	shownLot struct {
		ID     string          `name:"id" zh:"报名号" en:"Id"`
		Rank   int             `name:"rank" zh:"顺序" en:"Rank"`
		Slot   *form.Reference `name:"slot" zh:"时段" en:"Time" types:"Slot" doc:"What it got."`
		Number *int            `name:"number" zh:"号" en:"Place"`
		Mine   *bool           `name:"mine" zh:"本人" en:"One's own"`
	}
)

type drawState string

// Codes implements [form.Coded].
func (drawState) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: drawOpen, Words: bilingual.Text{Zh: "待抽签", En: "To be drawn"}}, {Code: drawClosed, Words: bilingual.Text{Zh: "报名截止", En: "Closed"}},
		{Code: drawRevealed, Words: bilingual.Text{Zh: "抽签中", En: "Being drawn"}}, {Code: drawDone, Words: bilingual.Text{Zh: "已抽签", En: "Drawn"}},
	}
}

// draws shows the draws of a clinic to everybody: what was promised before, and what came of it. It names nobody.
func (d Desk) draws(ctx context.Context, c *module.Call, in ofDraw) (out draws, err error) {
	s := c.Session.Behalf(Process)
	if in.Day != nil {
		w, err := d.draw(ctx, s, drawRef(c.Ref, string(*in.Day)))
		if code := fault.CodeOf(err); code == fault.NotFound || code == fault.Gone {
			err = fault.New(fault.NotFound, "There is no draw of %s on %s. 该门诊当日不抽签。", c.Ref, *in.Day)
		}
		if err != nil {
			return out, err
		}
		one := w.shown()
		one.Entries, err = d.entered(ctx, c, w, in.All != nil && *in.All)
		out.Draws = []shownDraw{one}
		return out, err
	}
	clinic, err := d.read(ctx, s, c.Ref.String())
	if err != nil {
		return out, err
	}
	if !tagged(clinic, tagClinic) {
		return out, fault.New(fault.Unprocessable, "%s is no clinic that is booked here. 该门诊不在本平台预约。", c.Ref)
	}
	today := s.Now().In(d.Zone)
	var ids []string
	for ahead := -drawsShown / 2; ahead <= waitAhead; ahead++ {
		ids = append(ids, drawRef(c.Ref, today.AddDate(0, 0, ahead).Format(time.DateOnly)).ID)
	}
	_, err = cases.EachVersion(ctx, s, typeList, len(ids), []search.Pair{{Name: "_id", Value: strings.Join(ids, ",")}}, func(r fhir.Resource, version int64) bool {
		if w, is := drawOf(r, version, d.Zone); is {
			out.Draws = append(out.Draws, w.shown())
		}
		return true
	})
	slices.SortFunc(out.Draws, func(a, b shownDraw) int { return strings.Compare(string(b.Day), string(a.Day)) })
	return out, err
}

func (w draw) shown() shownDraw {
	one := shownDraw{Day: form.Date(w.day), State: drawState(w.state), Enters: w.enters, Opens: w.opens, Commitment: w.commitment, Count: len(w.entries)}
	if w.seed != "" {
		one.Seed = &w.seed
	}
	return one
}
