package trail

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
	p.fails = fault.New(fault.Conflict, "rolled back")
	if err := step(time.Hour, 5); fault.CodeOf(err) != fault.Conflict {
		t.Error(err)
	}
}
