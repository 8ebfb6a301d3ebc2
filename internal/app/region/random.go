package region

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strconv"
)

// random draws everything that is drawn. It knows whole numbers only, so that every processor draws the same.
type random struct{ *rand.Rand }

func newRandom(seed, stream uint64) random { return random{rand.New(rand.NewPCG(seed, stream))} }

// between draws from lo to hi, both included.
func (r random) between(lo, hi int) int { return lo + r.IntN(hi-lo+1) }

// chance is true in so many of a hundred cases.
func (r random) chance(percent int) bool { return r.IntN(100) < percent }

// around draws from the bell curve with this mean and standard deviation, as the sum of twelve even draws: that is near
// enough, and within six deviations.
func (r random) around(mean, deviation int) int {
	sum := 0
	for range 12 {
		sum += r.between(-1000, 1000)
	}
	return mean + sum*deviation/2000
}

func pick[T any](r random, from []T) T { return from[r.IntN(len(from))] }

// weighted draws the place of one of the weights, each as often as it weighs.
func (r random) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.IntN(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// resourceID is an id in the form of a UUID (version 8, of the maker's own making), always the same for the same things.
func resourceID(seed uint64, resourceType string, person, number int) string {
	h := sha256.Sum256(fmt.Appendf(nil, "chenglan/%d/%s/%d/%d", seed, resourceType, person, number))
	h[6] = h[6]&0x0f | 0x80
	h[8] = h[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", h[0:4], h[4:6], h[6:8], h[8:10], h[10:16])
}

// decimal writes a count of units as a decimal with so many places: 610 with 2 is 6.10.
func decimal(units, places int) string {
	if places == 0 {
		return strconv.Itoa(units)
	}
	one := 1
	for range places {
		one *= 10
	}
	return fmt.Sprintf("%d.%0*d", units/one, places, units%one)
}
