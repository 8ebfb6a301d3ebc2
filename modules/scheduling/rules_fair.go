package scheduling

import (
	_ "embed" // for the rows
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed returned_rest.csv
	restRows string
	//go:embed returned_near.csv
	nearRows string
	//go:embed returned_most.csv
	returnedMostRows string
	//go:embed holds.csv
	holdsRows string
	//go:embed offer_lasts.csv
	offerRows string
	//go:embed quiet_from.csv
	quietFromRows string
	//go:embed quiet_to.csv
	quietToRows string
	//go:embed wishes.csv
	wishesRows string
	//go:embed draw_enter.csv
	enterRows string
	//go:embed cancels.csv
	cancelsRows string
	//go:embed cancels_within.csv
	cancelsWithinRows string
	//go:embed cancels_ban.csv
	cancelsBanRows string
	//go:embed cancels_scope.csv
	cancelsScopeRows string
)

// The rules of places that come back, of the waitlist and of draws. No norm names these numbers.
var (
	// ReturnedRest is how long a place that was given back stays closed at most; 0 has it open to all at once.
	ReturnedRest = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.returned-rest", Title: bilingual.Text{Zh: "退号静置时长", En: "how long a returned place rests"},
		About: bilingual.Text{
			Zh: "退回的号源先给候补居民；无人候补的，在该时长内的随机时刻向各渠道同时放出。0 为立即放出，且不递补。",
			En: "A place that comes back is first for the waitlist; what nobody there takes is open to all at once at a random moment within this time. With 0 it is open at once, and the waitlist is not asked.",
		},
		Value: rule.Value{Unit: "min", Min: "0", Max: "240"}, Rows: restRows, Edition: edition,
	})
	// ReturnedNear is how near to its beginning a place that is given back rests no more.
	ReturnedNear = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.returned-near", Title: bilingual.Text{Zh: "临近就诊退号即放", En: "when a returned place rests no more"},
		About: bilingual.Text{Zh: "距就诊开始不足该时长时，退回的号源立即放出。", En: "Nearer to its beginning than this a place that comes back is open at once."},
		Value: rule.Value{Unit: "h", Min: "0", Max: "72"}, Rows: nearRows, Edition: edition,
	})
	// ReturnedMost is how many places of one person may rest before they cannot take others online.
	ReturnedMost = rule.Of[int64](rule.Table{
		Name: "scheduling.returned-most", Title: bilingual.Text{Zh: "静置退号上限", En: "how many returned places of a person rest"},
		About: bilingual.Text{
			Zh: "同一居民线上锁定、退回或锁定超时后仍在静置的号源合计达到该数，暂不能再线上锁号、预约或改约，以免反复锁号退号使他人约不到号。",
			En: "Who holds online, has given back, or has let run out so many places that are not open yet cannot take or change to others online, so that nobody keeps places from others by taking and returning them.",
		},
		Value: rule.Value{Min: "1", Max: "50"}, Rows: returnedMostRows, Edition: edition,
	})
	// Holds is how many places somebody may hold online at a time without booking them.
	Holds = rule.Of[int64](rule.Table{
		Name: "scheduling.holds-at-a-time", Title: bilingual.Text{Zh: "同时锁号数", En: "places held at a time"},
		About: bilingual.Text{Zh: "同一居民最多可同时线上锁定而未确认的号源数；候补递补的号源不计。", En: "How many places one person may hold online at a time that are not booked yet; what comes from the waitlist does not count."},
		Value: rule.Value{Min: "1", Max: "20"}, Rows: holdsRows, Edition: edition,
	})
	// OfferLasts is how long a place is held for who is next on the waitlist.
	OfferLasts = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.offer-lasts", Title: bilingual.Text{Zh: "候补号源保留时长", En: "how long an offer lasts"},
		About: bilingual.Text{Zh: "轮到候补后须在该时间内确认，否则顺延下一位。", En: "Within this time who was waiting has to book the place; then it goes to the next."},
		Value: rule.Value{Unit: "min", Min: "5", Max: "1440"}, Rows: offerRows, Edition: edition,
	})
	// QuietFrom and QuietTo are the night: an offer that would run out in it lasts until its end.
	QuietFrom = rule.Of[rule.Clock](rule.Table{
		Name: "scheduling.quiet-from", Title: bilingual.Text{Zh: "夜间免扰开始", En: "when the night begins"},
		About: bilingual.Text{Zh: "候补保留在夜间到期的，顺延至夜间结束；夜间有号不直接预约，先保留待确认。", En: "An offer that would run out at night lasts until the night ends, and at night nothing is booked at once from the waitlist."},
		Rows:  quietFromRows, Edition: edition,
	})
	QuietTo = rule.Of[rule.Clock](rule.Table{
		Name: "scheduling.quiet-to", Title: bilingual.Text{Zh: "夜间免扰结束", En: "when the night ends"},
		About: bilingual.Text{Zh: "夜间到期的候补保留至该时刻。", En: "Until this time lasts an offer that would run out at night."},
		Rows:  quietToRows, Edition: edition,
	})
	// Wishes is on how many waitlists somebody may be.
	Wishes = rule.Of[int64](rule.Table{
		Name: "scheduling.wishes", Title: bilingual.Text{Zh: "同时候补数", En: "waitlists at a time"},
		About: bilingual.Text{Zh: "同一居民最多可同时候补的科室数；同一科室只能有一个候补。", En: "At how many departments one person may wait at a time; at each of them once."},
		Value: rule.Value{Min: "1", Max: "20"}, Rows: wishesRows, Edition: edition,
	})
	// Cancels, within CancelsWithin, are as many as bar somebody who cancels by themselves from booking online, for CancelsBan, as far as
	// CancelsScope says.
	Cancels = rule.Of[int64](rule.Table{
		Name: "scheduling.cancels", Title: bilingual.Text{Zh: "停止线上预约的取消次数", En: "visits cancelled before a ban"},
		About: bilingual.Text{Zh: "统计期内自行取消已确认的预约达到该次数即停止线上预约；改约、停诊和医院取消不计。", En: "So many booked visits cancelled by oneself, and one cannot book online for a time. Changes do not count, nor what the hospital cancels."},
		Value: rule.Value{Min: "1", Max: "50"}, Rows: cancelsRows, Edition: edition,
	})
	CancelsWithin = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.cancels-within", Title: bilingual.Text{Zh: "取消统计期", En: "time in which cancelling counts"},
		About: bilingual.Text{Zh: "向前统计取消次数的天数。", En: "For how many days cancelled visits count."},
		Value: rule.Value{Unit: "d", Min: "1", Max: "366"}, Rows: cancelsWithinRows, Edition: edition,
	})
	CancelsBan = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.cancels-ban", Title: bilingual.Text{Zh: "频繁取消的限制时长", En: "how long a ban for cancelling lasts"},
		About: bilingual.Text{Zh: "自达到次数的那次取消起停止线上预约的天数。", En: "For how many days, behind the visit cancelled that was one too many, one cannot book online."},
		Value: rule.Value{Unit: "d", Min: "1", Max: "366"}, Rows: cancelsBanRows, Edition: edition,
	})
	CancelsScope = rule.Of[rule.Code](rule.Table{
		Name: "scheduling.cancels-scope", Title: bilingual.Text{Zh: "频繁取消的限制范围", En: "where a ban for cancelling holds"},
		About: bilingual.Text{Zh: "取消按本科室、本医院还是全区域统计和限制。", En: "Whether what is cancelled counts, and bars, at the department, the hospital, or in the whole region."},
		Value: rule.Value{Codes: []bilingual.Code{
			{Code: string(reachDepartment), Words: bilingual.Text{Zh: "本科室", En: "The department"}}, {Code: string(reachHospital), Words: bilingual.Text{Zh: "本医院", En: "The hospital"}},
			{Code: string(reachRegion), Words: bilingual.Text{Zh: "全区域", En: "The region"}},
		}},
		Rows: cancelsScopeRows, Edition: edition,
	})
	// DrawEnter is how many hours there are at least to enter a draw.
	DrawEnter = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.draw-enter", Title: bilingual.Text{Zh: "抽签最短报名时长", En: "least time to enter a draw"},
		About: bilingual.Text{Zh: "抽签放号的报名时间不得短于该时长。", En: "A clinic whose places are drawn can be entered for at least so long."},
		Value: rule.Value{Unit: "h", Min: "1", Max: "168"}, Rows: enterRows, Edition: edition,
	})
)

// fairTables are the rules of places that come back, of the waitlist and of draws.
func fairTables() []*rule.Table {
	return []*rule.Table{
		ReturnedRest.Table(), ReturnedNear.Table(), ReturnedMost.Table(), Holds.Table(), OfferLasts.Table(), QuietFrom.Table(), QuietTo.Table(), Wishes.Table(), DrawEnter.Table(),
		Cancels.Table(), CancelsWithin.Table(), CancelsBan.Table(), CancelsScope.Table(),
	}
}

// returns is how places come back, by the rules of a region on a day.
type returns struct {
	rest, near, offer  time.Duration
	quietFrom, quietTo time.Duration // of the day
	wishes, rests      int
	holds              int // at a time, of one person online
}

// back is until when a place stays taken that is given back at an instant: that instant where it is free at once.
func (r returns) back(at, start time.Time) time.Time {
	if start.Sub(at) <= r.near {
		return at
	}
	return at.Add(r.rest)
}

// quiet tells whether an instant is in the night, and when that ends.
func (r returns) quiet(at time.Time) (over time.Time, is bool) {
	for _, night := range []time.Time{at.AddDate(0, 0, -1), at} {
		begins, over := onClock(night, r.quietFrom), onClock(night, r.quietTo)
		if r.quietTo <= r.quietFrom {
			over = onClock(night.AddDate(0, 0, 1), r.quietTo)
		}
		if !at.Before(begins) && at.Before(over) {
			return over, true
		}
	}
	return over, false
}

// ends is until when an offer lasts that is made now: not in the night, and not longer than the visit begins.
func (r returns) ends(now, start time.Time) time.Time {
	end := now.In(start.Location()).Add(r.offer)
	if over, is := r.quiet(end); is {
		end = over
	}
	if end.After(start) {
		return start
	}
	return end
}
