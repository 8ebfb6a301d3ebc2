package rulebook

import (
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/rule"
)

// TestOneAtATime: while one workbook is unfolded, or one trial runs, another is refused, and afterwards taken.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	b, err := rule.NewBook(time.UTC, []*rule.Table{rule.WorkdayTable.Table()})
	if err != nil {
		t.Fatal(err)
	}
	d := desk{book: func() *rule.Book { return b }, busy: make(chan struct{}, 1)}
	done, err := d.turn()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.take(t.Context(), nil, importing{}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("beside another: %v", err)
	}
	done()
	for range 2 {
		if _, err := d.take(t.Context(), nil, importing{}); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("when it has ended, a file without data: %v", err)
		}
	}
}
