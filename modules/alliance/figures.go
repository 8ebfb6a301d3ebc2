package alliance

import (
	"net/url"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/cases"
	"yitong/internal/process"
)

// decisions are the moves by which the institution that is asked decides.
var decisions = []string{"accept", "forward", "reject"}

// figure is a number of cases.
type figure struct {
	code  string
	words bilingual.Text
	is    func(referral) bool
	of    func(referral) bool // among which it is counted; nil for no share
	query string              // beside those of the time; "" where no search finds them
}

func inEither(state string) string {
	return anyCode() + "&business-status=" + process.SystemProcess + ":" + CodeUp + "|" + state + "," + process.SystemProcess + ":" + CodeDown + "|" + state
}

func anyCode() string {
	return codeIs(CodeUp) + "," + process.SystemProcess + "|" + CodeDown
}

func codeIs(code string) string { return "code=" + process.SystemProcess + "|" + code }

// figures are those of the statistics, but how long steps take.
func figures() []figure {
	words := func(zh, en string) bilingual.Text { return bilingual.Text{Zh: zh, En: en} }
	begun := func(referral) bool { return true }
	decided := func(f referral) bool { return f.acted(decisions...) }
	ended := func(state string) func(referral) bool { return func(f referral) bool { return f.State == state } }
	judged := func(f referral) bool { return f.fitness != "" }
	fits := func(x Fitness) func(referral) bool { return func(f referral) bool { return f.fitness == x } }
	return []figure{
		{"begun-up", words("发起上转", "Referrals up"), func(f referral) bool { return f.Process == CodeUp }, nil, codeIs(CodeUp)},
		{"begun-down", words("发起下转", "Referrals down"), func(f referral) bool { return f.Process == CodeDown }, nil, codeIs(CodeDown)},
		{"green-channel", words("绿色通道", "By the green channel"), func(f referral) bool { return f.urgency == string(Green) }, begun, anyCode() + "&priority=" + string(Green)},
		{"accepted", words("接收机构同意", "Taken by the one that was asked"), func(f referral) bool { return f.acted("accept") }, decided, ""},
		{"forwarded", words("继续上转", "Forwarded up"), func(f referral) bool { return f.acted("forward") }, decided, ""},
		{"returned", words("被管理处退回", "Returned by an office"), func(f referral) bool { return f.acted("reject", "reject-sending") }, begun, ""},
		{"completed", words("已完成", "Completed"), ended(stateCompleted), begun, inEither(stateCompleted)},
		{"refused", words("居民不同意", "Refused by residents"), ended(stateRefused), begun, inEither(stateRefused)},
		{"no-show", words("未到", "Did not come"), ended(stateNoShow), begun, inEither(stateNoShow)},
		{"turned-away", words("到院未收治", "Came, and were not admitted"), ended(stateTurnedAway), begun, inEither(stateTurnedAway)},
		{"appropriate", words("转诊合适", "Appropriate"), fits(Fits), judged, ""},
		{"appropriate-in-part", words("转诊部分合适", "Appropriate in part"), fits(FitsPart), judged, ""},
		{"not-appropriate", words("转诊不合适", "Not appropriate"), fits(Unfit), judged, ""},
	}
}

// figuresOf counts the cases. It is pure.
func figuresOf(all []referral, of span) (out []statisticsFigure) {
	for _, x := range figures() {
		one := statisticsFigure{Code: x.code, Zh: x.words.Zh, En: x.words.En, Query: of.query(x.query)}
		total := 0
		for _, f := range all {
			if x.is(f) {
				one.Count++
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
	return append(out, backOf(all))
}

// backOf is the return rate: of the residents' referrals up that are completed, those behind which one down was begun.
func backOf(all []referral) statisticsFigure {
	down := map[string]time.Time{} // the last of each resident
	for _, f := range all {
		if f.Process == CodeDown && f.resident != "" && f.Begun.After(down[f.resident]) {
			down[f.resident] = f.Begun
		}
	}
	one, total := statisticsFigure{Code: "went-back", Zh: "上转完成后下转", En: "Referred back after a completed referral up"}, 0
	for _, f := range all {
		if f.Process == CodeUp && f.State == stateCompleted {
			if total++; down[f.resident].After(f.Begun) {
				one.Count++
			}
		}
	}
	one.Of = &total
	return one
}

// timesOf are how long the steps took, in the order of the states.
func timesOf(took map[string][]int) (out []statisticsFigure) {
	for _, s := range states() {
		if n := len(took[s.Code]); n > 0 {
			one := statisticsFigure{Code: "step-" + s.Code, Zh: s.Words.Zh, En: s.Words.En, Count: n}
			one.Minutes, one.Ninth = cases.Times(took[s.Code])
			out = append(out, one)
		}
	}
	return out
}

// query is the criteria of a search for what is counted, of the cases in which the institution has a part.
func (of span) query(criteria string) *string {
	if criteria == "" || !of.listed {
		return nil
	}
	criteria += "&authored-on=ge" + url.QueryEscape(of.from.Format(time.RFC3339)) + "&authored-on=lt" + url.QueryEscape(of.to.Format(time.RFC3339))
	var words []string
	for _, code := range directions {
		words = append(words, process.PartOf(sending, of.institution, code), process.PartOf(receiving, of.institution, code))
	}
	criteria += "&business-status=" + anyOf(words)
	return &criteria
}
