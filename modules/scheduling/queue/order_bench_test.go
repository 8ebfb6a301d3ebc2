package queue

import (
	"fmt"
	"testing"
)

// BenchmarkOrder orders a line of two hundred, behind as many who are done.
func BenchmarkOrder(b *testing.B) {
	var all []*ticket
	for i := range 400 {
		one := waits(fmt.Sprintf("p%03d", i), 30*(i/40), i%40, asFirst([]Priority{"", "", "", Elder}[i%4]))
		if i < 200 {
			must(b, one.do(step{Act: actCall, At: morning, Turn: turnFirst}))
			must(b, one.do(step{Act: actDone, At: morning}))
		} else if i%5 == 0 {
			back(i)(one)
		}
		all = append(all, one)
	}
	for b.Loop() {
		order(all, usual, morning)
	}
}
