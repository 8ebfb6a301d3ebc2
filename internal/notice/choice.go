package notice

import (
	"slices"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Hours are those of each day from one time to before another, over midnight if the second is earlier, by the clocks of
// a zone. None are from a time to the same.
type Hours struct {
	From string `json:"from"` // such as 22:00
	To   string `json:"to"`
}

// UsualQuiet are the quiet hours of who has chosen none.
var UsualQuiet = Hours{"22:00", "08:00"}

const clockLayout = "15:04"

// check refuses what are no times of a day.
func (h Hours) check() error {
	for _, t := range []string{h.From, h.To} {
		if _, err := time.Parse(clockLayout, t); err != nil || len(t) != len(clockLayout) {
			return fault.New(fault.Malformed, "Quiet hours go from one time of the day to another, such as 22:00 to 08:00; %q is none.", t)
		}
	}
	return nil
}

// minutes of a time of the day that has been checked.
func minutes(clock string) int {
	t, _ := time.Parse(clockLayout, clock)
	return t.Hour()*60 + t.Minute()
}

// Until is when the quiet hours are over that now is in, by the clocks of now's zone; zero if it is in none.
func (h Hours) Until(now time.Time) time.Time {
	from, to, at := minutes(h.From), minutes(h.To), now.Hour()*60+now.Minute()
	within, tomorrow := from <= at && at < to, 0
	if from > to {
		within = at >= from || at < to
		if at >= from {
			tomorrow = 1
		}
	}
	if !within {
		return time.Time{}
	}
	return time.Date(now.Year(), now.Month(), now.Day()+tomorrow, to/60, to%60, 0, 0, now.Location())
}

// Choices are what a person has chosen. Of the channels for a group only those stand here that were chosen otherwise
// than usual.
type Choices struct {
	Language string                     `json:"language"`
	Quiet    Hours                      `json:"quiet"`
	Channels map[Group]map[Channel]bool `json:"channels"`
	Email    string                     `json:"email,omitempty"` // confirmed
}

// usual are the channels of who has not chosen: WeChat needs an account of another company, so one asks for it.
func usual(c Channel) bool { return c != WeChat }

// On tells whether a channel is wanted for a group.
func (c Choices) On(g Group, by Channel) bool {
	if on, chosen := c.Channels[g][by]; chosen {
		return on
	}
	return usual(by)
}

// wants tells whether notices of a kind are to go by a channel.
func (c Choices) wants(k Kind, by Channel) bool {
	if by == Inbox {
		return k.Mandatory || c.On(k.Group, Inbox)
	}
	return slices.Contains(k.Channels, by) && c.On(k.Group, by)
}

// check refuses choices that mean nothing. The error is Malformed.
func (c Choices) check() error {
	if c.Language != bilingual.Chinese && c.Language != bilingual.English {
		return fault.New(fault.Malformed, "language is %s or %s.", bilingual.Chinese, bilingual.English)
	}
	for g, by := range c.Channels {
		if !slices.Contains(Groups(), g) {
			return fault.New(fault.Malformed, "There is no group %q of notices; there are %v.", g, Groups())
		}
		for one := range by {
			if one != Inbox && !slices.Contains(Channels(), one) {
				return fault.New(fault.Malformed, "There is no channel %q; there are %s and %v.", one, Inbox, Channels())
			}
		}
	}
	return c.Quiet.check()
}

// usualChoices are those of who has chosen nothing.
func usualChoices() Choices { return Choices{Language: bilingual.Chinese, Quiet: UsualQuiet} }
