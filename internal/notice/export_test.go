package notice

import (
	"time"

	"yitong/internal/bilingual"
)

// Outside is what is said of a notice outside.
func (t Told) Outside() bilingual.Text { return t.said.Words }

// Ready is how notices with these dues leave, as numbers in the order given: due minutes from now on, and whether each
// stands alone or passes.
func Ready(c Choices, now time.Time, dues []time.Time, alone, passes []bool) (sizes []int, next time.Time) {
	var all []waiting
	for i := range dues {
		all = append(all, waiting{Due: dues[i], Alone: alone[i], Passes: passes[i]})
	}
	lists, next := ready(all, c, now)
	for _, l := range lists {
		sizes = append(sizes, len(l))
	}
	return sizes, next
}
