package scheduling

import (
	_ "embed" // for the rows
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var (
	//go:embed referral_share.csv
	shareRows string
	//go:embed segment_most.csv
	segmentRows string
	//go:embed falls_back.csv
	fallsRows string
	//go:embed hold_lasts.csv
	holdRows string
	//go:embed departments.csv
	departmentsRows string
	//go:embed misses.csv
	missesRows string
	//go:embed misses_within.csv
	withinRows string
	//go:embed misses_ban.csv
	banRows string
	//go:embed cancel_by.csv
	cancelRows string
	//go:embed late.csv
	lateRows string
	//go:embed real_name.csv
	realNameRows string
)

const edition = "2026-11"

// The rules of booking. Where a norm names no number, it is the region's own, and its source says so.
var (
	// ReferralShare is how many of 100 places the lead of an alliance keeps for referrals.
	ReferralShare = rule.Of[int64](rule.Table{
		Name: "scheduling.referral-share", Title: bilingual.Text{Zh: "医联体转诊号源比例", En: "share of places for referrals"},
		About: bilingual.Text{Zh: "医联体牵头医院每个时段为成员单位预留的号源占总号源的百分比，向上取整。", En: "Of 100 places of a segment, how many the lead hospital of an alliance keeps for its members; rounded up."},
		Value: rule.Value{Unit: "%", Min: "0", Max: "100"}, Rows: shareRows, Edition: edition,
	})
	// SegmentMost is how long a segment may be, by the level of the hospital.
	SegmentMost = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.segment-most", Title: bilingual.Text{Zh: "分时段预约的最长时段", En: "longest segment"},
		About: bilingual.Text{Zh: "每个预约时段最长的分钟数，按医院级别。", En: "How many minutes a segment has at most, by the level of the hospital."},
		Keys:  []rule.Key{{Name: "level", Title: bilingual.Text{Zh: "医院级别", En: "Level"}, Codes: levels}},
		Value: rule.Value{Unit: "min", Min: "5", Max: "120"}, Rows: segmentRows, Edition: edition,
	})
	// FallsBack is from when on, on the day before, places for referrals are the public's too.
	FallsBack = rule.Of[rule.Clock](rule.Table{
		Name: "scheduling.falls-back", Title: bilingual.Text{Zh: "转诊号源回退时间", En: "when places for referrals fall back"},
		About: bilingual.Text{Zh: "就诊前一日的该时刻起，未使用的转诊号源向公众开放。", En: "From this time of the day before on, places that no referral has taken are open to everybody."},
		Rows:  fallsRows, Edition: edition,
	})
	// HoldLasts is how long a place is held for somebody who has not booked yet.
	HoldLasts = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.hold-lasts", Title: bilingual.Text{Zh: "锁号时长", En: "how long a place is held"},
		About: bilingual.Text{Zh: "选定号源后须在该时间内确认预约，否则自动释放。", En: "Within this time who has chosen a place has to book it; then it is free again."},
		Value: rule.Value{Unit: "min", Min: "1", Max: "60"}, Rows: holdRows, Edition: edition,
	})
	// Departments is at how many departments somebody may book for one day.
	Departments = rule.Of[int64](rule.Table{
		Name: "scheduling.departments-a-day", Title: bilingual.Text{Zh: "同日可预约科室数", En: "departments a day"},
		About: bilingual.Text{Zh: "同一居民同一就诊日最多可预约的科室数；同一科室同日只能预约一个号。", En: "At how many departments one person may book for the same day; at each of them once."},
		Value: rule.Value{Min: "1", Max: "10"}, Rows: departmentsRows, Edition: edition,
	})
	// Misses, within MissesWithin, are as many as bar somebody from booking for themselves, for MissesBan.
	Misses = rule.Of[int64](rule.Table{
		Name: "scheduling.misses", Title: bilingual.Text{Zh: "停止线上预约的爽约次数", En: "visits missed before a ban"},
		About: bilingual.Text{Zh: "统计期内爽约达到该次数即停止线上预约；停诊不计，电话与窗口不受限制。", En: "So many visits missed, and one cannot book online for a time. Clinics that were stopped do not count; the telephone and the window stay open."},
		Value: rule.Value{Min: "1", Max: "20"}, Rows: missesRows, Edition: edition,
	})
	MissesWithin = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.misses-within", Title: bilingual.Text{Zh: "爽约统计期", En: "time in which missed visits count"},
		About: bilingual.Text{Zh: "向前统计爽约次数的天数。", En: "For how many days missed visits count."},
		Value: rule.Value{Unit: "d", Min: "1", Max: "366"}, Rows: withinRows, Edition: edition,
	})
	MissesBan = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.misses-ban", Title: bilingual.Text{Zh: "停止线上预约的时长", En: "how long a ban lasts"},
		About: bilingual.Text{Zh: "自达到次数的那次爽约起停止线上预约的天数。", En: "For how many days, behind the visit that was one too many, one cannot book online."},
		Value: rule.Value{Unit: "d", Min: "1", Max: "366"}, Rows: banRows, Edition: edition,
	})
	// CancelBy is until when, on the day before, somebody may cancel or change by themselves.
	CancelBy = rule.Of[rule.Clock](rule.Table{
		Name: "scheduling.cancel-by", Title: bilingual.Text{Zh: "线上取消截止时间", En: "until when to cancel"},
		About: bilingual.Text{Zh: "就诊前一日该时刻之前可自行取消或改约；之后请联系医院。", En: "Until this time of the day before one can cancel or change by oneself; later the hospital does."},
		Rows:  cancelRows, Edition: edition,
	})
	// Late is how late somebody may come and keep the place.
	Late = rule.Of[time.Duration](rule.Table{
		Name: "scheduling.late", Title: bilingual.Text{Zh: "迟到保留时间", En: "how late one may come"},
		About: bilingual.Text{Zh: "时段结束后超过该时间仍未报到，记为爽约。", En: "Who has not come so long behind the end of the segment has missed the visit."},
		Value: rule.Value{Unit: "min", Min: "0", Max: "240"}, Rows: lateRows, Edition: edition,
	})
	// RealName is by which channels a place is only for who is known by a document.
	RealName = rule.Of[bool](rule.Table{
		Name: "scheduling.real-name", Title: bilingual.Text{Zh: "实名制预约", En: "real name"},
		About: bilingual.Text{
			Zh: "经该渠道预约时，就诊人是否须已登记有效身份证件。居民本人和代办人登录时已实名核验。",
			En: "Whether a place is given by this channel only to who is registered with a document of identity. Residents and their proxies are known by name once they have signed in.",
		},
		Keys: []rule.Key{{Name: "channel", Title: bilingual.Text{Zh: "渠道", En: "Channel"}, Codes: Channel("").Codes()}},
		Rows: realNameRows, Edition: edition,
	})
)

// Tables are the rules of the module, for the book.
func Tables() []*rule.Table {
	return append([]*rule.Table{
		ReferralShare.Table(), SegmentMost.Table(), FallsBack.Table(), HoldLasts.Table(), Departments.Table(), Misses.Table(), MissesWithin.Table(),
		MissesBan.Table(), CancelBy.Table(), Late.Table(), RealName.Table(), SpecialtiesOf.Table(),
	}, fairTables()...)
}
