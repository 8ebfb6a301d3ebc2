package rulebook

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/rule"
)

// TestWhyInTheLanguage: why a case would find no row is told in the language of who asks.
func TestWhyInTheLanguage(t *testing.T) {
	t.Parallel()
	b, err := rule.NewBook(time.UTC, []*rule.Table{rule.WorkdayTable.Table()})
	if err != nil {
		t.Fatal(err)
	}
	_, gap := b.Find("workday", "440106", time.Date(1990, 1, 3, 0, 0, 0, 0, time.UTC))
	one := rule.Difference{Why: gap}
	if zh := *unlikeOf(one, bilingual.Chinese).Why; !strings.Contains(zh, "没有适用的行") {
		t.Errorf("in Chinese: %s", zh)
	}
	if en := *unlikeOf(one, bilingual.English).Why; !strings.Contains(en, "is in force in region 440106") {
		t.Errorf("in English: %s", en)
	}
}

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
