package scheduling

import (
	"sync"
	"time"

	"yitong/internal/fault"
)

// guesses counts what is given in vain, so that nobody finds what is right by trying. nil counts nothing.
type guesses struct {
	most    int           // that somebody gives in vain
	lasts   time.Duration // for which they count
	refusal string        // of who has given too many
	at      string        // the parameter that they stand in

	mu    sync.Mutex
	since time.Time
	given map[string]int // by who gives them, or for whom
}

// codes are those by which people check in, by the people whom visits are for.
func codes() *guesses {
	return &guesses{
		most: 5, lasts: time.Minute, at: "code",
		refusal: "That were too many codes that are not right; read the board, and try again in a minute. 报到码错误次数过多，请查看大屏后一分钟再试，或到分诊台报到。",
	}
}

// cards are numbers of documents, by the account and the institution that look them up. At a window and at kiosks one mistypes some,
// and some come without a visit: fewer than one has to try to find those of others.
func cards() *guesses {
	return &guesses{
		most: 60, lasts: 10 * time.Minute, at: "number",
		refusal: "That were too many numbers by which there is nothing; try again in some minutes. 证件号或卡号多次未查到，请过几分钟再试。",
	}
}

// guess counts one more, and refuses it who has given too many. It counts before anybody looks whether it is right, so that many at once are no
// way around it.
func (g *guesses) guess(who string, now time.Time) error {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since).Abs() >= g.lasts {
		g.since, g.given = now, map[string]int{}
	}
	if g.given[who] >= g.most {
		refusal := fault.New(fault.TooOften, "%s", g.refusal).At(g.at)
		refusal.Wait = g.since.Add(g.lasts).Sub(now)
		return refusal
	}
	g.given[who]++
	return nil
}

// right forgets what somebody gave in vain.
func (g *guesses) right(who string) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.given, who)
}

// back takes back one that was not in vain. What was stays: who knows some numbers tries others no longer for that.
func (g *guesses) back(who string) {
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.given[who] > 0 {
		g.given[who]--
	}
}
