package wait

import (
	"math"
	"slices"
	"sort"
)

// seen is something that was observed to last so long, or longer.
type seen struct {
	value  float64
	weight float64
	ended  bool // false: it lasts longer
}

// curve is a survival curve: a step for each value at which something has ended.
type curve struct {
	at    []float64 // rising
	above []float64 // the share that lasts longer than that
	tail  []float64 // the mean of what is above at[i], as far as is known
}

// survival is the product-limit estimate of Kaplan and Meier, with weights.
func survival(all []seen) (c curve) {
	// What has lasted as long as something that ended was still there when that did.
	slices.SortFunc(all, func(a, b seen) int {
		switch {
		case a.value != b.value:
			return sign(a.value - b.value)
		case a.ended == b.ended:
			return 0
		case a.ended:
			return -1
		}
		return 1
	})
	left, share := 0.0, 1.0
	for _, s := range all {
		left += s.weight
	}
	for i := 0; i < len(all); {
		value, ended, gone := all[i].value, 0.0, 0.0
		for ; i < len(all) && all[i].value == value; i++ {
			if gone += all[i].weight; all[i].ended {
				ended += all[i].weight
			}
		}
		if ended > 0 && left > 0 {
			share *= max(0, 1-ended/left)
			c.at, c.above = append(c.at, value), append(c.above, share)
		}
		left -= gone
	}
	c.tails()
	return c
}

// tails sums up from the end. What lasts longer than anything that has ended counts as if it ended there (Efron).
func (c *curve) tails() {
	c.tail = make([]float64, len(c.at))
	sum, mass := 0.0, 0.0
	for i := len(c.at) - 1; i >= 0; i-- {
		c.tail[i] = c.at[i]
		if mass > 0 {
			c.tail[i] = sum / mass
		}
		before := 1.0
		if i > 0 {
			before = c.above[i-1]
		}
		step := before - c.above[i]
		if i == len(c.at)-1 {
			step = before
		}
		sum, mass = sum+step*c.at[i], mass+step
	}
}

// quantile is the value by which a share has ended; what the curve does not reach is its last value.
func (c curve) quantile(share float64) float64 {
	if len(c.at) == 0 {
		return 0
	}
	i := sort.Search(len(c.at), func(i int) bool { return 1-c.above[i] >= share })
	return c.at[min(i, len(c.at)-1)]
}

// beyond is what is to be expected of something that has lasted longer than a value.
func (c curve) beyond(value float64) float64 {
	i := sort.SearchFloat64s(c.at, value)
	switch {
	case len(c.at) == 0 || i == len(c.at):
		return value
	case i == 0 && c.at[0] > value: // all of it is above
		return c.tail[0]*c.above[0] + c.at[0]*(1-c.above[0])
	case c.at[i] > value:
		i--
	}
	return max(value, c.tail[i])
}

func sign(x float64) int { return int(math.Copysign(1, x)) }
