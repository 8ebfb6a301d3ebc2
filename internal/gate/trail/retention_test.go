package trail

import (
	"testing"
	"time"

	"yitong/internal/fault"
)

// TestRetention: what is old enough is told by the rule of the day; the law's six months are the least, and without a rule nothing is.
func TestRetention(t *testing.T) {
	t.Parallel()
	rules, err := readRetentions("from,to,months,source\n2017-06-01,2030-12-31,6,a\n2031-01-01,,360,b\n")
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2017-05-31T23:59:59+08:00": "", "2017-06-01T00:00:00+08:00": "2016-12-01", "2030-12-31T23:59:59+08:00": "2030-07-01", // June has 30 days
		"2031-01-01T00:00:00+08:00": "2001-01-01", "2099-01-01T00:00:00+08:00": "2069-01-01",
	} {
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		_, before, err := Kept(rules, now)
		if want == "" && fault.CodeOf(err) == fault.NotFound {
			continue
		}
		if got := before.In(china).Format(time.DateOnly); err != nil || got != want {
			t.Errorf("on %s what is from before %s is old enough, not from before %s: %v", at, got, want, err)
		}
	}
	for _, wrong := range []string{"", "from,to,months,source\n2017-06-01,,5,law\n", "from,to,months,source\n2017-06-01,,12,\n", "from,to,months,source\nsoon,,12,law\n"} {
		if _, err := readRetentions(wrong); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, before, err := Kept(Retentions(), time.Now()); err != nil || time.Since(before) < 180*24*time.Hour {
		t.Errorf("the program's own: before %s, %v", before, err)
	}
}
