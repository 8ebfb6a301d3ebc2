package scheduling

import (
	"sync"
	"time"

	"yitong/internal/fault"
)

const (
	guessesMost = 5           // codes that somebody gives in vain
	guessesLast = time.Minute // for which they count
)

// guesses counts the codes that people give to check in, so that nobody finds one by trying. nil counts nothing.
type guesses struct {
	mu    sync.Mutex
	since time.Time
	given map[string]int // by the people whom visits are for
}

// guess counts one more, and refuses it who has given too many. It counts before anybody looks whether it is right, so that many at once are no
// way around it.
func (g *guesses) guess(who string, now time.Time) error {
	if g == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now.Sub(g.since).Abs() >= guessesLast {
		g.since, g.given = now, map[string]int{}
	}
	if g.given[who] >= guessesMost {
		refusal := fault.New(fault.TooOften, "That were too many codes that are not right; read the board, and try again in a minute. 报到码错误次数过多，请查看大屏后一分钟再试，或到分诊台报到。").At("code")
		refusal.Wait = g.since.Add(guessesLast).Sub(now)
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
