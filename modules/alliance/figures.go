package alliance

import (
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/process"
)

// decisions are the moves by which the institution that is asked decides.
var decisions = []string{"accept", "accept-visit", "forward", "reject"}

// takings are those of them by which it takes the patient.
var takings = []string{"accept", "accept-visit"}

// figure is a number of cases.
type figure struct {
	code  string
	words bilingual.Text
	is    func(referral) bool
	of    func(referral) bool // among which it is counted; nil for no share
}

// The codes of figures beside those of [figures].
const (
	figureBack = "went-back"
	figureStep = "step-" // and a state
)

// figures are those of the statistics, but how long steps take.
func figures() []figure {
	words := func(zh, en string) bilingual.Text { return bilingual.Text{Zh: zh, En: en} }
	begun := func(referral) bool { return true }
	decided := func(f referral) bool { return f.acted(decisions...) }
	ended := func(state string) func(referral) bool { return func(f referral) bool { return f.State == state } }
	judged := func(f referral) bool { return f.fitness != "" }
	fits := func(x Fitness) func(referral) bool { return func(f referral) bool { return f.fitness == x } }
	return []figure{
		{"begun-up", words("发起上转", "Referrals up"), func(f referral) bool { return f.Process == CodeUp }, nil},
		{"begun-down", words("发起下转", "Referrals down"), func(f referral) bool { return f.Process == CodeDown }, nil},
		{"green-channel", words("绿色通道", "By the green channel"), func(f referral) bool { return f.urgency == string(Green) }, begun},
		{"accepted", words("接收机构同意", "Taken by the one that was asked"), func(f referral) bool { return f.acted(takings...) }, decided},
		{"forwarded", words("继续上转", "Forwarded up"), func(f referral) bool { return f.acted("forward") }, decided},
		{"returned", words("被管理处退回", "Returned by an office"), func(f referral) bool { return f.acted("reject", "reject-sending") }, begun},
		{"completed", words("已完成", "Completed"), ended(stateCompleted), begun},
		{"refused", words("居民不同意", "Refused by residents"), ended(stateRefused), begun},
		{"no-show", words("未到", "Did not come"), ended(stateNoShow), begun},
		{"turned-away", words("到院未收治", "Came, and were not admitted"), ended(stateTurnedAway), begun},
		{"appropriate", words("转诊合适", "Appropriate"), fits(Fits), judged},
		{"appropriate-in-part", words("转诊部分合适", "Appropriate in part"), fits(FitsPart), judged},
		{"not-appropriate", words("转诊不合适", "Not appropriate"), fits(Unfit), judged},
	}
}

// tallied is a figure with the cases that it counts.
type tallied struct {
	statisticsFigure
	cases []listing
}

// listing is a case, or of a step how long it was there.
type listing struct {
	referral
	minutes *int
}

func (t *tallied) add(f referral, minutes *int) {
	t.cases = append(t.cases, listing{f, minutes})
	t.Count++
}

// figuresOf counts the cases; back are referrals back that were begun later. It is pure.
func figuresOf(all, back []referral) (out []tallied) {
	for _, x := range figures() {
		one := tallied{statisticsFigure: statisticsFigure{Code: x.code, Zh: x.words.Zh, En: x.words.En}}
		total := 0
		for _, f := range all {
			if x.is(f) {
				one.add(f, nil)
			}
			if x.of != nil && x.of(f) {
				total++
			}
		}
		if x.of != nil {
			one.Of = &total
		}
		out = append(out, one)
	}
	return append(out, backOf(all, back))
}

// backOf is the return rate: of the residents' referrals up that are completed, those behind which one down was begun.
func backOf(all, later []referral) tallied {
	down := map[string]time.Time{} // the last of each resident
	for _, f := range slices.Concat(all, later) {
		if f.Process == CodeDown && f.resident != "" && f.Begun.After(down[f.resident]) {
			down[f.resident] = f.Begun
		}
	}
	one, total := tallied{statisticsFigure: statisticsFigure{Code: figureBack, Zh: "上转完成后下转", En: "Referred back after a completed referral up"}}, 0
	for _, f := range all {
		if f.Process == CodeUp && f.State == stateCompleted {
			if total++; down[f.resident].After(f.Begun) {
				one.add(f, nil)
			}
		}
	}
	one.Of = &total
	return one
}

// timesOf are how long the steps took, in the order of the states.
func timesOf(took map[string][]listing) (out []tallied) {
	for _, s := range states() {
		stays := took[s.Code]
		if len(stays) == 0 {
			continue
		}
		one := tallied{statisticsFigure: statisticsFigure{Code: figureStep + s.Code, Zh: s.Words.Zh, En: s.Words.En, Count: len(stays)}, cases: stays}
		var minutes []int
		for _, at := range stays {
			minutes = append(minutes, *at.minutes)
		}
		one.Minutes, one.Ninth = cases.Times(minutes)
		out = append(out, one)
	}
	return out
}

// isFigure tells whether there is a figure of that code.
func isFigure(code string) bool {
	step, is := strings.CutPrefix(code, figureStep)
	return code == figureBack || slices.ContainsFunc(figures(), func(x figure) bool { return x.code == code }) ||
		is && slices.ContainsFunc(states(), func(s process.State) bool { return s.Code == step })
}
