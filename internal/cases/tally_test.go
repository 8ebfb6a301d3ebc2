package cases

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/fhir"
)

var china = time.FixedZone("Asia/Shanghai", 8*3600)

// TestTimes: the median and the time in which nine of ten are done, of hand-counted lists.
func TestTimes(t *testing.T) {
	t.Parallel()
	ten := []int{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}
	for _, x := range []struct {
		of            []int
		median, ninth int
	}{
		{[]int{7}, 7, 7}, {[]int{4, 2}, 3, 4}, {[]int{5, 1, 3}, 3, 5}, {ten, 5, 9}, {append([]int{11}, ten...), 6, 10},
	} {
		median, ninth := Times(x.of)
		if *median != x.median || *ninth != x.ninth {
			t.Errorf("%v: %d and %d, want %d and %d", x.of, *median, *ninth, x.median, x.ninth)
		}
	}
	if median, ninth := Times(nil); median != nil || ninth != nil {
		t.Error("of nothing there is no median")
	}
	if ten[0] != 10 {
		t.Error("what is counted is left as it was")
	}
}

// TestTally: what is late, due today and later is told apart by the region's clocks; a deadline at the end of a day falls due on it.
func TestTally(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 6, 9, 0, 0, 0, china)
	sum := newTally(now, 3)
	if got := sum.since.Format(time.DateTime); got != "2026-05-04 00:00:00" {
		t.Errorf("three days, today included, begin at %s", got)
	}
	for _, due := range []string{"2026-05-06T09:00:00+08:00", "2026-05-06T09:00:01+08:00", "2026-05-06T16:00:00Z", "2026-05-06T16:00:01Z", ""} {
		sum.add(CountedOf(parsed(t, `"status":"requested","code":{"coding":[{"code":"x"}]},"authoredOn":"2026-05-01T09:00:00+08:00","restriction":{"period":{"end":%q}}`, due)))
	}
	sum.add(CountedOf(parsed(t, `"status":"completed","code":{"coding":[{"code":"x"}]},"authoredOn":"2026-05-04T00:00:00+08:00","lastModified":"2026-05-05T01:30:00+08:00"`)))
	l := sum.processes["x"]
	if l.Open != 5 || l.Overdue != 1 || l.Today != 2 || l.Ended != 1 {
		t.Errorf("%+v", l)
	}
	for _, l := range inOrder(sum, sum.processes, func(a, b string) int { return 0 }) {
		if l.Median == nil || *l.Median != 25*60+30 {
			t.Errorf("it took %v", l.Median)
		}
	}
	want := "[{2026-05-04 1 0 0} {2026-05-05 0 1 0} {2026-05-06 0 0 2} {2026-05-07 0 0 1}]"
	if got := fmt.Sprint(sum.days()); got != want {
		t.Errorf("days: %s, want %s", got, want)
	}
}

// TestCountedOf: a state is the process's own where it has some, or else that of the Task.
func TestCountedOf(t *testing.T) {
	t.Parallel()
	own := `"status":"in-progress","code":{"coding":[{"code":"x"}]},"businessStatus":{"coding":[{"system":"urn:yitong:process:%s","code":"open"}]}`
	for system, want := range map[string]string{
		"x": "code=urn:yitong:process|x&business-status=urn:yitong:process:x|open", "y": "code=urn:yitong:process|x&status=in-progress",
	} {
		if got := CountedOf(parsed(t, own, system)).query(); got != want {
			t.Errorf("%s: %s, want %s", system, got, want)
		}
	}
}

func parsed(t *testing.T, members string, put ...any) fhir.Resource {
	t.Helper()
	r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Task","id":"t",`+members+`}`, put...))
	if err != nil {
		t.Fatal(err)
	}
	return r
}
