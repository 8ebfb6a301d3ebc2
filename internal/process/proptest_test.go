package process_test

import (
	"testing"

	"yitong/internal/process"
	"yitong/internal/process/proptest"
	"yitong/test/pgcluster"
)

// TestWalks: what is true of every process is true of the one that the platform has itself, and of the one of these tests.
func TestWalks(t *testing.T) {
	t.Parallel()
	for _, p := range []*process.Process{process.Delegation(), asked(1)} {
		t.Run(p.Code, func(t *testing.T) { proptest.Check(t, p, proptest.World{}) })
	}
}

func TestMain(m *testing.M) { pgcluster.Run(m) }
