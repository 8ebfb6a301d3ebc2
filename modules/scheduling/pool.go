package scheduling

import (
	"slices"
	"time"

	"yitong/internal/bilingual"
)

// Pool is a share of the places of a segment.
type Pool string

// The pools. They are stored: never rename one.
const (
	Public   Pool = "public"
	Referral Pool = "referral" // of members of the alliance that the hospital leads
	Onsite   Pool = "onsite"   // at the window, for people without a telephone
	Extra    Pool = "extra"    // 加号: beyond what was planned, with the doctor's reason
)

// Channel is how somebody books.
type Channel string

// The channels. They are stored: never rename one.
const (
	Online   Channel = "online" // oneself or a proxy
	App      Channel = "app"    // by a program of the hospital
	Phone    Channel = "phone"  // by an operator of a call centre
	Window   Channel = "window" // by a clerk of the hospital
	Member   Channel = "member" // by the doctor or the office of a member of the alliance
	AtDoctor Channel = "doctor" // an extra place, by the doctor
)

// Codes implements [form.Coded].
func (Channel) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Online), Words: bilingual.Text{Zh: "线上", En: "Online"}}, {Code: string(Phone), Words: bilingual.Text{Zh: "电话", En: "By phone"}},
		{Code: string(App), Words: bilingual.Text{Zh: "医院自有渠道", En: "The hospital's own app"}}, {Code: string(Window), Words: bilingual.Text{Zh: "窗口", En: "At the window"}},
		{Code: string(Member), Words: bilingual.Text{Zh: "医联体转诊", En: "Referral of the alliance"}},
		{Code: string(AtDoctor), Words: bilingual.Text{Zh: "医师加号", En: "Extra place by the doctor"}},
	}
}

// Pools say how many places a segment has of each pool, and how many of the public's are kept for a channel.
type Pools struct {
	Public, Referral, Onsite, Extra int
	Phone, App                      int // of the public's
}

// Part parts the places of a segment: the share for referrals, in hundredths and rounded up, is of all; the rest is the public's. ok is
// false where the window's leave too few for that.
func Part(total, onsite, extra, share int) (p Pools, ok bool) {
	p = Pools{Referral: (total*share + 99) / 100, Onsite: onsite, Extra: extra}
	p.Public = total - p.Onsite - p.Referral
	return p, p.Public >= 0
}

// Keep keeps so many of the public's places for channels. ok is false where nothing is left for all.
func (p Pools) Keep(phone, app int) (kept Pools, ok bool) {
	p.Phone, p.App = phone, app
	return p, phone+app == 0 || phone+app < p.Public
}

// Total is how many places there are, without the extra ones.
func (p Pools) Total() int { return p.Public + p.Referral + p.Onsite }

// Of is the pool of a place, "" for a number that the segment does not have.
func (p Pools) Of(number int) Pool {
	switch {
	case number < 1:
		return ""
	case number <= p.Public:
		return Public
	case number <= p.Public+p.Referral:
		return Referral
	case number <= p.Total():
		return Onsite
	case number <= p.Total()+p.Extra:
		return Extra
	}
	return ""
}

// Kept is for which channel a place is kept, "" for none: the last of the public's are for the hospital's own app, those before them for the
// telephone.
func (p Pools) Kept(number int) Channel {
	switch {
	case number > p.Public || number <= p.Public-p.App-p.Phone:
		return ""
	case number <= p.Public-p.App:
		return Phone
	}
	return App
}

// Segment is a part of a clinic's day: so many come in that time.
type Segment struct {
	Start, End time.Time
	Opens      time.Time // from when on it can be booked
	Falls      time.Time // from when on places for referrals are the public's too, and what is kept for a channel is everybody's
	Stopped    bool      // the clinic does not take place
	Draws      bool      // the public's places are drawn, and that is still to be
	Pools
}

// Takes tells whether who comes by a channel may take a place at an instant.
func (s Segment) Takes(by Channel, number int, now time.Time) bool {
	of, fell := s.Of(number), !now.Before(s.Falls)
	if kept := s.Kept(number); kept != "" && kept != by && !fell {
		return false
	}
	switch by {
	case Online, App, Phone:
		return of == Public || of == Referral && fell
	case Member:
		return of == Referral || of == Public
	case Window:
		return of == Onsite || of == Public || of == Referral && fell
	case AtDoctor:
		return of == Extra
	}
	return false
}

// Open are the numbers that somebody may take by a channel at an instant and nobody has, those of the channel's own pool, or kept for it, first. Nothing is
// open before its time, but to the doctor, nor behind the end of the segment; the public's places are not before they are drawn.
func (s Segment) Open(by Channel, taken map[int]bool, now time.Time) (free []int) {
	if s.Stopped || !now.Before(s.End) || now.Before(s.Opens) && by != AtDoctor {
		return nil
	}
	for n := 1; n <= s.Total()+s.Extra; n++ {
		if !taken[n] && s.Takes(by, n, now) && !(s.Draws && s.Of(n) == Public) {
			free = append(free, n)
		}
	}
	slices.SortStableFunc(free, func(a, b int) int { return order(s.own(by, b)) - order(s.own(by, a)) })
	return free
}

// own tells whether a place is of a channel's own pool, or kept for it.
func (s Segment) own(by Channel, number int) bool {
	pool, has := map[Channel]Pool{Member: Referral, Window: Onsite}[by]
	return has && s.Of(number) == pool || s.Kept(number) == by
}

func order(first bool) int {
	if first {
		return 1
	}
	return 0
}
