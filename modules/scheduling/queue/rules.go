package queue

import (
	_ "embed" // for the rows
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed calls.csv
	callsRows string
	//go:embed skip_behind.csv
	behindRows string
	//go:embed skips.csv
	skipsRows string
	//go:embed priority.csv
	priorityRows string
	//go:embed priority_age.csv
	ageRows string
	//go:embed priority_every.csv
	everyRows string
	//go:embed returns_every.csv
	returnsRows string
	//go:embed check_in_early.csv
	earlyRows string
	//go:embed notify_ahead.csv
	notifyRows string
)

const edition = "2026-11"

// The rules of queues. Where a norm names no number, it is the region's own, and its source says so.
var (
	// Calls is how often somebody is called to a room before they can only be skipped.
	Calls = rule.Of[int64](rule.Table{
		Name: "queue.calls", Title: bilingual.Text{Zh: "最多呼叫次数", En: "calls at most"},
		About: bilingual.Text{Zh: "同一次叫号最多呼叫的次数，之后只能过号。", En: "How often somebody is called before they can only be skipped."},
		Value: rule.Value{Min: "1", Max: "10"}, Rows: callsRows, Edition: edition,
	})
	// SkipBehind is behind how many who wait one comes who was skipped.
	SkipBehind = rule.Of[int64](rule.Table{
		Name: "queue.skip-behind", Title: bilingual.Text{Zh: "过号顺延人数", En: "behind how many who was skipped comes"},
		About: bilingual.Text{Zh: "过号后排在接下来的多少位候诊者之后。", En: "Behind how many of those who wait then somebody comes who was skipped."},
		Value: rule.Value{Min: "1", Max: "50"}, Rows: behindRows, Edition: edition,
	})
	// Skips is how often somebody is skipped before they count as gone.
	Skips = rule.Of[int64](rule.Table{
		Name: "queue.skips", Title: bilingual.Text{Zh: "过号失效次数", En: "times skipped before one has left"},
		About: bilingual.Text{Zh: "过号达到该次数，视为离开。", En: "Who is skipped so often has left."},
		Value: rule.Value{Min: "1", Max: "10"}, Rows: skipsRows, Edition: edition,
	})
	// First is whether people go first for a reason.
	First = rule.Of[bool](rule.Table{
		Name: "queue.priority", Title: bilingual.Text{Zh: "优先就诊情形", En: "who goes first"},
		About: bilingual.Text{Zh: "该情形的患者是否优先就诊。", En: "Whether people go first for this reason."},
		Keys:  []rule.Key{{Name: "reason", Title: bilingual.Text{Zh: "情形", En: "Reason"}, Codes: priorities}},
		Rows:  priorityRows, Edition: edition,
	})
	// FirstAge is from which age on people go first.
	FirstAge = rule.Of[int64](rule.Table{
		Name: "queue.priority-age", Title: bilingual.Text{Zh: "高龄优先年龄", En: "age from which people go first"},
		About: bilingual.Text{Zh: "年满该周岁者报到时自动按高龄优先。", En: "Who is so old goes first without being asked."},
		Value: rule.Value{Unit: "a", Min: "60", Max: "120"}, Rows: ageRows, Edition: edition,
	})
	// FirstEvery is how many calls there are for one that goes before others.
	FirstEvery = rule.Of[int64](rule.Table{
		Name: "queue.priority-every", Title: bilingual.Text{Zh: "优先间隔", En: "one of how many calls goes first"},
		About: bilingual.Text{Zh: "每多少次叫号中最多有一次因优先而提前，其余患者照常推进。", En: "Of so many calls at most one goes before its turn, so that the others move too."},
		Value: rule.Value{Min: "1", Max: "20"}, Rows: everyRows, Edition: edition,
	})
	// ReturnsEvery is behind how many first visits one comes who is back from tests.
	ReturnsEvery = rule.Of[int64](rule.Table{
		Name: "queue.returns-every", Title: bilingual.Text{Zh: "回诊穿插间隔", En: "first visits for one who comes back"},
		About: bilingual.Text{Zh: "每呼叫多少位初诊后穿插一位回诊；无其他候诊者时立即呼叫。", En: "Behind so many first visits one is called who is back from tests; at once if nobody else waits."},
		Value: rule.Value{Min: "1", Max: "20"}, Rows: returnsRows, Edition: edition,
	})
	// CheckInEarly is how long before its segment one may check in.
	CheckInEarly = rule.Of[time.Duration](rule.Table{
		Name: "queue.check-in-early", Title: bilingual.Text{Zh: "可提前报到时间", En: "how early to check in"},
		About: bilingual.Text{Zh: "预约时段开始前多少分钟起可以报到。", En: "How many minutes before the segment one may check in."},
		Value: rule.Value{Unit: "min", Min: "0", Max: "1440"}, Rows: earlyRows, Edition: edition,
	})
	// NotifyAhead is with how many ahead one is told that it is soon.
	NotifyAhead = rule.Of[int64](rule.Table{
		Name: "queue.notify-ahead", Title: bilingual.Text{Zh: "候诊提醒人数", En: "with how many ahead one is told"},
		About: bilingual.Text{Zh: "前面还有该人数时提醒一次。", En: "With so many ahead one is told once that it is soon."},
		Value: rule.Value{Min: "0", Max: "20"}, Rows: notifyRows, Edition: edition,
	})
)

// Tables are the rules of the module, for the book.
func Tables() []*rule.Table {
	return []*rule.Table{
		Calls.Table(), SkipBehind.Table(), Skips.Table(), First.Table(), FirstAge.Table(), FirstEvery.Table(), ReturnsEvery.Table(), CheckInEarly.Table(), NotifyAhead.Table(),
	}
}
