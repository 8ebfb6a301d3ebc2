package oracles

import (
	"os"
	"strconv"
	"testing"

	"pgregory.net/rapid"
)

const (
	shown     = 20 // differences of a failed test
	leastFind = 60 // percent of the expressions that must give items
)

// question is an expression and what it is evaluated for.
type question struct {
	of   *Resource
	node *Node
}

// Compare draws so many expressions and fails on every difference between our engine and an oracle that no deviation
// explains. It leaves the functions out that the oracle is without. The same expressions are drawn every time; others
// when YITONG_SEED is the number of the first. The test fails too when too few of them find something.
func Compare(t *testing.T, oracle Oracle, without []string, known []Deviation, expressions int) {
	draw := rapid.Custom(func(t *rapid.T) question {
		r := rapid.SampledFrom(Resources()).Draw(t, "resource")
		return question{r, Draw(t, r, without)}
	})
	first, _ := strconv.Atoi(os.Getenv("YITONG_SEED"))
	used := make([]int, len(known))
	differing, found, failed := 0, 0, 0
	for seed := first; seed < first+expressions && failed < shown; seed++ {
		q := draw.Example(seed)
		if a := Ours(q.of, q.node.Closed()); len(a.Items) > 0 {
			found++
		}
		differences := Differences(q.of, q.node, oracle)
		if differences != nil {
			differing++
		}
		for _, d := range Unexplained(differences, known, used) {
			failed++
			t.Errorf("YITONG_SEED=%d, %v: %s\n%v", seed, q.of, q.node.Closed(), d)
		}
	}
	t.Logf("%d expressions, %d find something, %d differ as expected", expressions, found, differing)
	for i, n := range used {
		t.Logf("%6d  %s %s: %s", n, known[i].Op, known[i].Kinds, known[i].Why)
	}
	if failed == 0 && found*100 < expressions*leastFind {
		t.Errorf("only %d of %d expressions find something, should be %d%%", found, expressions, leastFind)
	}
}
