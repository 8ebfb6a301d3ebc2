package rule_test

import (
	"fmt"
	"testing"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/rule"
)

// TestDeadline: a deadline is counted by the row of the region, and names it with the notices of the years in which days are counted; one
// that reaches into a year whose notice is not known is provisional.
func TestDeadline(t *testing.T) {
	t.Parallel()
	b := book(t, []*rule.Table{rule.WorkdayTable.Table(), days(), hours()})
	for _, x := range []struct{ table, region, from, until, uses string }{
		{"some-days", "", "2026-05-11", "2026-05-26 00:00", "[some-days@1/1 workday@2026-01/12]"},
		{"some-days", "440106", "2026-05-11", "2026-05-16 00:00", "[some-days@1/2 workday@2026-01/12]"},
		{"some-days", "", "2025-12-26", "2026-01-13 00:00", "[some-days@1/1 workday@2026-01/1 workday@2026-01/12]"},
		{"some-days", "", "2026-12-25", "2027-01-09 00:00", "[some-days@1/1 provisional workday@2026-01/12]"},
		{"some-days", "440106", "2026-12-25", "2027-01-01 00:00", "[some-days@1/2 workday@2026-01/12]"}, // ends with the last day of the year
		{"some-hours", "", "2026-12-31", "2027-01-01 12:00", "[some-hours@1/1]"},
	} {
		d, err := b.Deadline(x.table, x.region, on(x.from))
		if err != nil {
			t.Fatal(err)
		}
		var uses []string
		for _, u := range d.Uses {
			again, err := rule.ParseUse(u.String())
			if err != nil || again.Provisional != u.Provisional || again.Ref != u.Ref || u.Region != x.region {
				t.Errorf("%s is read as %+v, %v", u, again, err)
			}
			name := string(u.Ref)
			if u.Provisional {
				name += " provisional"
			}
			uses = append(uses, name)
		}
		if got := d.Until.In(china).Format("2006-01-02 15:04"); got != x.until || fmt.Sprint(uses) != x.uses || d.Provisional() != d.Uses[0].Provisional {
			t.Errorf("%s in %q from %s: %s by %v, want %s by %s", x.table, x.region, x.from, got, uses, x.until, x.uses)
		}
	}
	if _, err := b.Deadline("workday", "", on("2026-01-01")); fault.CodeOf(err) != fault.Internal {
		t.Errorf("a table of no time: %v", err)
	}
	if _, err := b.Deadline("some-days", "44", on("2026-01-01")); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("no region: %v", err)
	}
}

// TestRecount: what was counted before a notice was known is counted anew by the same row, whatever the table says meanwhile, and by the
// notice; then it is not provisional any more.
func TestRecount(t *testing.T) {
	t.Parallel()
	b := book(t, []*rule.Table{rule.WorkdayTable.Table(), days()})
	first, err := b.Deadline("some-days", "", on("2026-12-25"))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []rule.Version{
		{Table: "workday", Name: "2026-11", From: "2026-12-01", Published: on("2026-12-28"), Lines: lines(t, rule.WorkdayTable.Table(), ",2027-01-01,2027-01-04,no,某通知")},
		{Table: "some-days", Name: "2026-12", From: "2026-12-01", Published: on("2026-12-28"), Lines: lines(t, days(), ",,,1,某文")},
	} {
		if b, err = b.With(v); err != nil {
			t.Fatal(err)
		}
	}
	anew, err := b.Recount(first.Uses[0])
	if err != nil || anew.Provisional() || anew.Until.Format("2006-01-02") != "2027-01-12" || anew.Uses[0].Ref != "some-days@1/1" {
		t.Errorf("%+v, %v", anew, err)
	}
	if last := anew.Uses[len(anew.Uses)-1]; last.Ref != "workday@2026-11/1" {
		t.Errorf("the notice is %s", last)
	}
	if _, err := b.Recount(rule.Use{Ref: "some-days@0/1"}); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
}

// TestWhere: an institution is where the first address that is in use and has a division code says, by its district, else its city, else
// its province. What is no division code says nothing.
func TestWhere(t *testing.T) {
	t.Parallel()
	part := func(name, code string) string {
		return fmt.Sprintf(`"_%s":{"extension":[{"url":"x"},{"url":%q,"valueCoding":{"system":%q,"code":%q}}]}`, name, rule.CodingURL, rule.SystemDivision, code)
	}
	for address, want := range map[string]string{
		``:                                  "",
		`{"district":"天河区"}`:                "",
		`{` + part("state", "440000") + `}`: "440000",
		`{` + part("state", "440000") + `,` + part("city", "440100") + `}`:                                                "440100",
		`{` + part("city", "440100") + `,` + part("district", "440106") + `}`:                                             "440106",
		`{"use":"old",` + part("city", "440100") + `},{` + part("city", "450100") + `}`:                                   "450100",
		`{"text":"x"},{` + part("city", "450100") + `},{` + part("city", "440100") + `}`:                                  "450100",
		`{` + part("city", "440100") + `,` + part("district", "4401060") + `}`:                                            "440100",
		`{` + part("district", "990000") + `}`:                                                                            "",
		`{"_district":{"extension":[{"url":"` + rule.CodingURL + `","valueCoding":{"system":"other","code":"440106"}}]}}`: "",
	} {
		r, err := fhir.ParseResource([]byte(`{"resourceType":"Organization","address":[` + address + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		if got := rule.Where(r); got != want {
			t.Errorf("%s is in %q, not %q", address, got, want)
		}
	}
}

func days() *rule.Table {
	return rule.Declare(rule.Table{Name: "some-days", Title: bilingual.Text{Zh: "几日", En: "Some days"}, Value: rule.Value{Kind: rule.KindWorkdays}, Edition: "1",
		Rows: "region,from,to,value,source\n,,,10,a\n440100,,,4,b\n"})
}

func hours() *rule.Table {
	return rule.Declare(rule.Table{Name: "some-hours", Title: bilingual.Text{Zh: "几小时", En: "Some hours"}, Value: rule.Value{Kind: rule.KindDuration, Unit: "h"}, Edition: "1",
		Rows: "region,from,to,value,source\n,,,24,a\n"})
}
