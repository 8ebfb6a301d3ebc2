package trail

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

// party is a witness that answers as it is told.
type party struct {
	fails error
	asked []int64 // sizes
}

// Name implements [Witness].
func (p *party) Name() string { return "party" }

// Ask implements [Witness].
func (p *party) Ask(_ context.Context, l *tlog.Log) ([]byte, error) {
	p.asked = append(p.asked, l.Size)
	return append(l.Note, "cosigned\n"...), p.fails
}

// TestCosigner: each new checkpoint is sent once, two seconds apart at least; who does not answer is asked again later,
// and holds nothing up; who has seen another past is an error.
func TestCosigner(t *testing.T) {
	t.Parallel()
	db, f := &memory{}, newFolder(t, filepath.Join(t.TempDir(), "log"), testKey)
	sealer := NewSealer(db, f, testKey, db.Now)
	var logged strings.Builder
	p := &party{}
	c := NewCosigner(f, []Witness{p}, slog.New(slog.NewTextHandler(&logged, nil)))
	grow := func() {
		bind(t, db, 1)
		seal(t, sealer)
	}
	step := func(after time.Duration, want ...int64) error {
		t.Helper()
		p.asked = nil
		for _, a := range c.asked { // so much time has passed
			a.next = a.next.Add(-after)
		}
		_, err := c.Step(t.Context())
		if len(p.asked) != len(want) || len(want) > 0 && p.asked[0] != want[0] {
			t.Errorf("asked with %v, want %v", p.asked, want)
		}
		return err
	}
	numbers := prometheus.NewPedanticRegistry()
	if err := numbers.Register(c.Metrics()); err != nil {
		t.Fatal(err)
	}
	conflicts := func() float64 { return onlyNumber(t, numbers, "yitong_trail_witness_conflicts_total") }
	if err := step(0); err != nil { // there is no log yet
		t.Error(err)
	}
	grow()
	_ = step(0, 2)
	_ = step(time.Hour) // nothing new
	grow()
	_ = step(0, 3)
	grow()
	_ = step(0) // too early
	p.fails = fault.New(fault.Unavailable, "no")
	if err := step(3*time.Second, 4); err != nil {
		t.Error(err)
	}
	_ = step(3 * time.Second)
	_ = step(8*time.Second, 4)
	p.fails = nil
	_ = step(11*time.Second, 4)
	if strings.Count(logged.String(), "does not answer") != 1 || strings.Count(logged.String(), "answers again") != 1 {
		t.Errorf("logged %s", logged.String())
	}
	kept, err := filepath.Glob(f.Dir() + "/1/cosigned-*")
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	if text, err := os.ReadFile(kept[0]); err != nil || !strings.HasSuffix(string(text), "cosigned\n") {
		t.Errorf("kept %s, %v", text, err)
	}
	grow()
	if n := conflicts(); n != 0 {
		t.Errorf("%v conflicts before there was one", n)
	}
	p.fails = fault.New(fault.Conflict, "rolled back")
	for n := 1.0; n < 3; n++ {
		if err := step(2*time.Minute, 5); fault.CodeOf(err) != fault.Conflict || conflicts() != n {
			t.Errorf("%v, %v conflicts, want %v", err, conflicts(), n)
		}
		_ = step(10 * time.Second) // it is asked once a minute
	}
	if lag := onlyNumber(t, numbers, "yitong_trail_witness_lag_leaves"); lag != 1 {
		t.Errorf("the witness is %v leaves behind, want 1", lag)
	}
}

// onlyNumber is the only number that a registry has by a name.
func onlyNumber(t *testing.T, numbers prometheus.Gatherer, name string) float64 {
	t.Helper()
	families, err := numbers.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name && len(f.GetMetric()) == 1 {
			m := f.GetMetric()[0]
			return m.GetCounter().GetValue() + m.GetGauge().GetValue() // one of them is there
		}
	}
	t.Fatalf("there is no single %s", name)
	return 0
}
