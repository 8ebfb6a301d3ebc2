package rule_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/rule"
)

func calendar(t testing.TB, b *rule.Book, region string) rule.Calendar {
	t.Helper()
	c, err := b.Calendar(region)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func workdays(t testing.TB) *rule.Book { return book(t, []*rule.Table{rule.WorkdayTable.Table()}) }

// TestWorkdaysOfYears: by the holiday regulation of 2024 there are 13 holidays a year. In 2025 and 2026 none fell away,
// so that 365 days without 104 of weekends and these 13 leave 248.
func TestWorkdaysOfYears(t *testing.T) {
	t.Parallel()
	c := calendar(t, workdays(t), "")
	for _, year := range []int{2025, 2026} {
		n := 0
		for d := time.Date(year, 1, 1, 9, 0, 0, 0, china); d.Year() == year; d = d.AddDate(0, 0, 1) {
			is, provisional := c.Workday(d, china)
			if provisional {
				t.Fatalf("%s is provisional", d)
			}
			if is {
				n++
			}
		}
		if n != 248 {
			t.Errorf("%d has %d working days", year, n)
		}
	}
}

// TestNoticesOfYears holds the days that the notices name one by one: 国办发明电〔2024〕12号 and 国办发明电〔2025〕7号.
func TestNoticesOfYears(t *testing.T) {
	t.Parallel()
	c := calendar(t, workdays(t), "440106")
	for _, off := range [][2]string{
		{"2025-01-01", "2025-01-01"}, {"2025-01-28", "2025-02-04"}, {"2025-04-04", "2025-04-06"}, {"2025-05-01",
			"2025-05-05"}, {"2025-05-31", "2025-06-02"},
		{"2025-10-01", "2025-10-08"}, {"2026-01-01", "2026-01-03"}, {"2026-02-15", "2026-02-23"}, {"2026-04-04",
			"2026-04-06"}, {"2026-05-01", "2026-05-05"},
		{"2026-06-19", "2026-06-21"}, {"2026-09-25", "2026-09-27"}, {"2026-10-01", "2026-10-07"},
	} {
		for d := on(off[0]); !d.After(on(off[1])); d = d.AddDate(0, 0, 1) {
			if is, _ := c.Workday(d, china); is {
				t.Errorf("%s is a working day", d.Format(time.DateOnly))
			}
		}
	}
	for _, date := range []string{
		"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11", "2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10",
	} {
		if d := on(date); d.Weekday() != time.Saturday && d.Weekday() != time.Sunday {
			t.Errorf("%s is a %s", date, d.Weekday())
		} else if is, _ := c.Workday(d, china); !is {
			t.Errorf("%s is no working day", date)
		}
	}
}

func TestAddWorkdays(t *testing.T) {
	t.Parallel()
	b := workdays(t)
	c := calendar(t, b, "")
	for _, x := range []struct {
		from        string
		n           int
		want        string
		provisional bool
	}{
		{"2026-09-24", 0, "2026-09-24", false},
		{"2026-09-24", 1, "2026-09-28", false},  // behind Mid-Autumn
		{"2026-09-30", 1, "2026-10-08", false},  // behind National Day
		{"2026-09-30", 3, "2026-10-10", false},  // a Saturday on which people work
		{"2026-10-03", 1, "2026-10-08", false},  // begun on a day off
		{"2026-10-08", -1, "2026-09-30", false}, // back
		{"2026-02-13", 1, "2026-02-14", false},
		{"2026-02-14", 5, "2026-02-28", false},
		{"2026-06-30", 15, "2026-07-21", false}, // a death certificate issued on 2026-06-30: 15 working days
		{"2026-12-31", 1, "2027-01-01", true},   // whether that is a day off, no notice says yet
		{"2024-12-31", 1, "2025-01-02", false},
		{"2025-01-02", -1, "2024-12-31", true},
	} {
		at, provisional := c.AddWorkdays(on(x.from), x.n, china)
		if got := at.Format(time.DateOnly); got != x.want || provisional != x.provisional || at.Hour() != 12 {
			t.Errorf("%s and %d: %s %t, want %s %t", x.from, x.n, at, provisional, x.want, x.provisional)
		}
	}
	// The day is that of the zone: 2026-09-24 23:30 in China is 15:30 in UTC.
	at, _ := c.AddWorkdays(time.Date(2026, 9, 24, 15, 30, 0, 0, time.UTC), 1, china)
	if !at.Equal(time.Date(2026, 9, 28, 23, 30, 0, 0, china)) {
		t.Error(at)
	}
	at, _ = c.AddWorkdays(time.Date(2026, 9, 24, 16, 30, 0, 0, time.UTC), 1, china) // it is the 25th there
	if !at.Equal(time.Date(2026, 9, 28, 0, 30, 0, 0, china)) {
		t.Error(at)
	}
	if _, err := b.Calendar("44"); fault.CodeOf(err) != fault.Unprocessable {
		t.Error(err)
	}
}

// TestRegionalDaysOff: a region's own days stand before those of the country, on these days only, and a notice for a
// new year is published like any other version.
func TestRegionalDaysOff(t *testing.T) {
	t.Parallel()
	b, err := workdays(t).With(rule.Version{Table: "workday", Name: "2026-11", From: "2026-04-01",
		Published: on("2026-03-01"),
		Lines: lines(t, rule.WorkdayTable.Table(), "450000,2026-04-20,2026-04-21,no,某自治区",
			",2027-01-01,2027-01-04,no,某通知")})
	if err != nil {
		t.Fatal(err)
	}
	for region, want := range map[string]bool{"450100": false, "": true, "440000": true} {
		c := calendar(t, b, region)
		if is, _ := c.Workday(on("2026-04-20"), china); is != want {
			t.Errorf("%s: %t", region, is)
		}
		if is, provisional := c.Workday(on("2026-05-09"), china); !is || provisional {
			t.Errorf("%s: the notice of the year is gone", region)
		}
		if is, provisional := c.Workday(on("2027-01-04"), china); !is || provisional {
			t.Errorf("%s: the next notice is not known", region)
		}
	}
}

// TestAddWorkdaysCounts: between an instant and the n-th working day behind it lie n-1 of them.
func TestAddWorkdaysCounts(t *testing.T) {
	t.Parallel()
	c := calendar(t, workdays(t), "")
	rapid.Check(t, func(t *rapid.T) {
		from := on("2024-06-01").AddDate(0, 0, rapid.IntRange(0, 1200).Draw(t, "day"))
		n := rapid.IntRange(1, 60).Draw(t, "n")
		to, _ := c.AddWorkdays(from, n, china)
		count := 0
		for d := from.AddDate(0, 0, 1); !d.After(to); d = d.AddDate(0, 0, 1) {
			if is, _ := c.Workday(d, china); is {
				count++
			}
		}
		if is, _ := c.Workday(to, china); count != n || !is {
			t.Fatalf("%s and %d: %s has %d behind", from, n, to, count)
		}
		if back, _ := c.AddWorkdays(to, -n, china); back.After(from) {
			t.Fatalf("back from %s by %d is %s, not before %s", to, n, back, from)
		}
	})
}

// TestCalendarThatCannotBeRead: where a version cannot be read that may name any day, nothing is counted, until a later one counts.
func TestCalendarThatCannotBeRead(t *testing.T) {
	t.Parallel()
	broken := rule.Version{Table: rule.WorkdayTable.Table().Name, Name: "2027-01", Region: "440000", From: "2027-01-01", Published: on("2026-11-01"), Unread: errors.New("no rows")}
	b := book(t, []*rule.Table{rule.WorkdayTable.Table()}, broken)
	for region, want := range map[string]fault.Code{"": "", "450000": "", "440000": fault.Internal, "440106": fault.Internal} {
		if _, err := b.Calendar(region); fault.CodeOf(err) != want {
			t.Errorf("in %q: %v", region, err)
		}
	}
	mended, err := b.With(rule.Version{
		Table: broken.Table, Name: "2027-01.2", Region: "440000", From: "2027-01-01", Published: on("2026-11-02"),
		Lines: lines(t, rule.WorkdayTable.Table(), "440000,2027-01-01,2027-01-02,no,某通知"),
	})
	if err != nil {
		t.Fatal(err)
	}
	calendar(t, mended, "440106")
}

// TestMakeup: a weekend day that a notice makes a working day is one to make up for another; no other day is.
func TestMakeup(t *testing.T) {
	t.Parallel()
	c := calendar(t, workdays(t), "")
	for day, want := range map[string]bool{"2026-09-20": true, "2026-10-10": true, "2026-09-19": false, "2026-09-21": false, "2026-09-26": false, "2026-10-01": false} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if is := c.Makeup(at, time.UTC); is != want {
			t.Errorf("%s is one to make up: %t", day, is)
		}
	}
}
