package rule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"yitong/internal/fault"
	"yitong/internal/rule"
)

func TestNearestRegion(t *testing.T) {
	t.Parallel()
	r := answer(",2020-01-01,,15,国", "440000,2022-01-01,2026-01-01,10,粤", "440100,2024-01-01,2025-01-01,7,穗",
		"440106,2024-06-01,,5,天河")
	b := book(t, []*rule.Table{r.Table()})
	for _, c := range []struct {
		region, date string
		days         rule.Workdays
		ref          rule.Ref
	}{
		{"440106", "2024-07-01", 5, "access-question.answer-within@2026-01/4"},
		{"440106", "2024-02-01", 7, "access-question.answer-within@2026-01/3"},
		{"440106", "2023-02-01", 10, "access-question.answer-within@2026-01/2"},
		{"440106", "2021-02-01", 15, "access-question.answer-within@2026-01/1"},
		{"440100", "2024-12-31", 7, "access-question.answer-within@2026-01/3"},
		{"440100", "2025-01-01", 10, "access-question.answer-within@2026-01/2"},
		{"440100", "2026-01-01", 15, "access-question.answer-within@2026-01/1"},
		{"440300", "2024-07-01", 10, "access-question.answer-within@2026-01/2"},
		{"450000", "2024-07-01", 15, "access-question.answer-within@2026-01/1"},
		{"", "2024-07-01", 15, "access-question.answer-within@2026-01/1"},
	} {
		days, row, err := r.Find(b, c.region, on(c.date))
		if err != nil || days != c.days || row.Ref() != c.ref {
			t.Errorf("%s on %s: %d by %v, %v; want %d by %s", c.region, c.date, days, row, err, c.days, c.ref)
		}
	}
}

// TestDaysBegin: a day begins by the book's clocks, which are eight hours before UTC's.
func TestDaysBegin(t *testing.T) {
	t.Parallel()
	r := answer(",2020-01-01,2026-03-01,15,a", ",2026-03-01,,20,b")
	b := book(t, []*rule.Table{r.Table()})
	for text, want := range map[string]rule.Workdays{
		"2026-02-28T15:59:59.999999Z": 15, "2026-02-28T16:00:00Z": 20, "2026-03-01T00:00:00+08:00": 20, "2026-02-28T23:59:59+08:00": 15,
	} {
		at, _ := time.Parse(time.RFC3339Nano, text)
		if got, _, err := r.Find(b, "", at); got != want || err != nil {
			t.Errorf("%s: %d, %v; want %d", text, got, err, want)
		}
	}
	if _, _, err := r.Find(b, "", on("1969-12-31")); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("before 1970: %v", err)
	}
}

func TestLookupsThatFail(t *testing.T) {
	t.Parallel()
	r := slots("440000,2024-01-01,2025-01-01,2,30,粤")
	b := book(t, []*rule.Table{r.Table()})
	for _, c := range []struct {
		table, region, date string
		keys                []string
		code                fault.Code
		says                []string
	}{
		{"slot.length", "440106", "2023-12-31", []string{"2"}, fault.Unprocessable,
			[]string{"slot.length", "440106", "2023-12-31", "level 2"}},
		{"slot.length", "440106", "2025-01-01", []string{"2"}, fault.Unprocessable, []string{"2025-01-01"}},
		{"slot.length", "", "2024-05-01", []string{"2"}, fault.Unprocessable, []string{"the whole country"}},
		{"slot.length", "440106", "2024-05-01", []string{"3"}, fault.Unprocessable, []string{"level 3"}},
		{"slot.length", "440106", "2024-05-01", []string{"4"}, fault.Unprocessable,
			[]string{`no level "4"`, "1, 2, 3"}},
		{"slot.length", "440106", "2024-05-01", nil, fault.Unprocessable, []string{"0 keys; it has 1"}},
		{"slot.length", "44", "2024-05-01", []string{"2"}, fault.Unprocessable, []string{`"44"`, "GB/T 2260"}},
		{"slot.length", "990000", "2024-05-01", []string{"2"}, fault.Unprocessable, []string{"990000"}},
		{"slot.length", "440006", "2024-05-01", []string{"2"}, fault.Unprocessable, []string{"440006"}},
		{"slot.size", "440106", "2024-05-01", []string{"2"}, fault.NotFound, []string{"slot.size"}},
	} {
		_, err := b.Find(c.table, c.region, on(c.date), c.keys...)
		if fault.CodeOf(err) != c.code {
			t.Errorf("%v: %v", c, err)
			continue
		}
		for _, part := range c.says {
			if !strings.Contains(fault.From(err).Message, part) {
				t.Errorf("%q does not say %q", fault.From(err).Message, part)
			}
		}
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	r := slots(",2020-01-01,2024-01-01,1,30,a", ",2025-01-01,,1,20,b", "440000,2024-03-01,2024-06-01,1,15,c",
		",,,2,30,d", "450000,,,3,30,e")
	b := book(t, []*rule.Table{r.Table(), rule.WorkdayTable.Table()})
	for region, want := range map[string]string{
		"":       "[{[1] 2019-01-01 2020-01-01} {[1] 2024-01-01 2025-01-01} {[3] 2019-01-01 2026-01-01}]",
		"440106": "[{[1] 2019-01-01 2020-01-01} {[1] 2024-01-01 2024-03-01} {[1] 2024-06-01 2025-01-01} {[3] 2019-01-01 2026-01-01}]",
		"450000": "[{[1] 2019-01-01 2020-01-01} {[1] 2024-01-01 2025-01-01}]",
	} {
		gaps, err := b.Gaps("slot.length", region, "2019-01-01", "2026-01-01")
		if got := fmt.Sprint(gaps); got != want || err != nil {
			t.Errorf("in %q: %s, %v; want %s", region, got, err, want)
		}
	}
	if gaps, err := b.Gaps("workday", "", "2019-01-01", "2026-01-01"); gaps != nil || err != nil {
		t.Errorf("a sparse table has gaps %v, %v", gaps, err)
	}
}

// TestVersions: a version counts from its first day on, for its region, and changes nothing that was known before.
func TestVersions(t *testing.T) {
	t.Parallel()
	r := answer(",2020-01-01,,15,国")
	version := func(name, region, from, published string, rows ...string) rule.Version {
		return rule.Version{Table: r.Table().Name, Name: name, Region: region, From: from, Published: on(published),
			Lines: lines(t, r.Table(), rows...)}
	}
	b := book(t, []*rule.Table{r.Table()},
		version("2025-05", "440000", "2025-06-01", "2025-05-01", "440000,,,10,粤", "440100,,,8,穗"),
		version("2025-09", "440000", "2026-01-01", "2025-09-01", "440000,,,9,粤2"),
		version("2026-02", "", "2025-12-01", "2026-02-01", ",,,20,国2"))
	for _, c := range []struct {
		region, date, known string
		want                rule.Ref
	}{
		{"440106", "2025-05-31", "2025-05-20", "@2026-01/1"}, // not begun
		{"440106", "2025-06-01", "2025-04-30", "@2026-01/1"}, // not known
		{"440106", "2025-06-01", "2025-05-02", "@2025-05/2"},
		{"440300", "2025-06-01", "2025-05-02", "@2025-05/1"},
		{"440106", "2025-12-31", "2025-10-01", "@2025-05/2"}, // the next one has not begun
		{"440106", "2026-01-01", "2025-10-01", "@2025-09/1"}, // and leaves nothing of the one before
		{"440106", "2026-01-01", "2025-08-01", "@2025-05/2"}, // as was known earlier
		{"450000", "2026-01-01", "2025-10-01", "@2026-01/1"},
		{"440106", "2025-12-01", "2026-03-01", "@2026-02/1"}, // published later, for earlier days, for everybody
		{"440106", "2025-12-01", "2026-01-31", "@2025-05/2"},
		{"440106", "2025-11-30", "2026-03-01", "@2025-05/2"},
		{"450000", "2025-11-30", "2026-03-01", "@2026-01/1"},
	} {
		row, err := b.AsKnown(on(c.known)).Find(r.Table().Name, c.region, on(c.date))
		if err != nil || row.Ref() != rule.Ref(r.Table().Name)+c.want {
			t.Errorf("%+v: %v, %v", c, row, err)
		}
	}
	if row, err := b.Row("access-question.answer-within@2025-09/1"); err != nil || row.Value() != "9" ||
		row.Source() != "粤2" {
		t.Errorf("a row that counts no more: %v, %v", row, err)
	}
	if got := fmt.Sprint(b.Versions(r.Table().Name)); got != "[2026-01 2025-05 2025-09 2026-02]" {
		t.Error(got)
	}
}

func TestVersionsThatAreRefused(t *testing.T) {
	t.Parallel()
	r := slots()
	b := book(t, []*rule.Table{r.Table()})
	good := rule.Version{Table: "slot.length", Name: "2026-03", Region: "440000", From: "2026-03-01",
		Published: on("2026-02-01"),
		Lines:     lines(t, r.Table(), "440000,,,1,30,a")}
	with := func(change func(*rule.Version)) rule.Version {
		v := good
		change(&v)
		return v
	}
	rows := func(rows ...string) func(*rule.Version) {
		return func(v *rule.Version) { v.Lines = lines(t, r.Table(), rows...) }
	}
	for says, v := range map[string]rule.Version{
		"no name for a version":                       with(func(v *rule.Version) { v.Name = "a/b" }),
		"a version 2026-01 of":                        with(func(v *rule.Version) { v.Name = "2026-01" }),
		"does not say from which day":                 with(func(v *rule.Version) { v.From = "2026-02-30" }),
		"is not published":                            with(func(v *rule.Version) { v.Published = time.Time{} }),
		"no division code":                            with(func(v *rule.Version) { v.Region = "x" }),
		`row 1, region: "450000" is not in 440`:       with(rows("450000,,,1,30,a")),
		`row 2, region: "" is not in 440000`:          with(rows("440100,,,1,30,a", ",,,1,30,a")),
		`row 1, value: "4" should be at least 5`:      with(rows("440000,,,1,4,a")),
		`"61" should be at most 60`:                   with(rows("440000,,,1,61,a")),
		`"030" should be a whole number of min`:       with(rows("440000,,,1,030,a")),
		`row 1, level: "4" should be one of 1, 2, 3.`: with(rows("440000,,,4,30,a")),
		`row 1, source: say`:                          with(rows("440000,,,1,30,")),
		`row 1, from: "2026-3-1" should be a date`:    with(rows("440000,2026-3-1,,1,30,a")),
		`row 1, to: it ends on 2026-03-01, but`:       with(rows("440000,2026-03-01,2026-03-01,1,30,a")),
		"row 1 (2026-01-01 to …) and row 3 (… to 2026-01-02) are for": with(rows("440000,2026-01-01,,1,30,a",
			"440000,,,2,30,a", "440000,,2026-01-02,1,20,b")),
		"There are 1 more like this.": with(rows("440000,,,1,4,a", "440000,,,2,4,")),
	} {
		if strings.Contains(says, "more like") {
			v.Lines = append(v.Lines[:1:1], lines(t, r.Table(), "440000,,,2,4,b")...)
		}
		_, err := b.With(v)
		if fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(fault.From(err).Message, says) {
			t.Errorf("want %q; got %v", says, err)
		}
	}
	if next, err := b.With(good); err != nil {
		t.Error(err)
	} else if _, err := b.Find("slot.length", "440000", on("2026-03-01"), "1"); err == nil {
		t.Error("the book has changed")
	} else if _, err := next.Find("slot.length", "440000", on("2026-03-01"), "1"); err != nil {
		t.Error(err)
	}
}

// TestFindAsSaid holds lookups against what the package comment says, word by word.
func TestFindAsSaid(t *testing.T) {
	t.Parallel()
	regions := []string{"", "440000", "440100", "440106", "440300", "450000"}
	date := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("2026-%02d-01",
			rapid.IntRange(1, 6).Draw(t, "month"))
	})
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label, scope string) (all []rule.Line) {
			for i := range rapid.IntRange(0, 8).Draw(t, label) {
				l := rule.Line{Region: rapid.SampledFrom(regions).Draw(t, "region"),
					Keys:  []string{rapid.SampledFrom([]string{"1", "2"}).Draw(t, "level")},
					Value: fmt.Sprint(rapid.IntRange(5, 60).Draw(t, "value")), Source: fmt.Sprint(label, i)}
				l.From, l.To = date.Draw(t, "from"), date.Draw(t, "to")
				if rapid.Bool().Draw(t, "open") {
					l.To = ""
				}
				if l.To != "" && l.From >= l.To || !strings.HasPrefix(l.Region, strings.TrimRight(scope, "0")) ||
					overlaps(all, l) {
					continue
				}
				all = append(all, l)
			}
			return all
		}
		r := slots()
		own := *r.Table()
		builtIn := draw("program", "")
		own.Rows = own.WriteCSV(builtIn)
		table := rule.Declare(own)
		var versions []rule.Version
		for i := range rapid.IntRange(0, 4).Draw(t, "versions") {
			scope := rapid.SampledFrom([]string{"", "440000", "440100"}).Draw(t, "scope")
			name := fmt.Sprint("v", i)
			versions = append(versions, rule.Version{Table: table.Name, Name: name, Region: scope,
				From:      date.Draw(t, "start"),
				Published: on("2026-01-01").AddDate(0, 0, 10*i), Lines: draw(name, scope)})
		}
		b, err := rule.NewBook(china, []*rule.Table{table}, rapid.Permutation(versions).Draw(t, "order")...)
		if err != nil {
			t.Fatal(err)
		}
		for _, region := range []string{"440106", "440300", "450000", ""} {
			for _, at := range []string{"2025-12-31", "2026-01-01", "2026-02-15", "2026-04-01", "2026-05-31",
				"2026-09-01"} {
				for _, known := range []string{"2025-12-31", "2026-01-15", "2026-12-31"} {
					want := said(builtIn, versions, region, at, on(known), "1")
					row, _ := b.AsKnown(on(known)).Find(table.Name, region, on(at), "1")
					if sourceOf(row) != want {
						t.Fatalf("%s on %s as known on %s: %q, want %q", region, at, known, sourceOf(row), want)
					}
					if known != "2026-12-31" {
						continue
					}
					if row, _ := b.Find(table.Name, region, on(at), "1"); sourceOf(row) != want {
						t.Fatalf("%s on %s: %q, want %q", region, at, sourceOf(row), want)
					}
				}
			}
		}
		if problems := table.Check(b.Lines(table.Name)); problems != nil {
			t.Fatalf("what stands cannot be written: %v", problems)
		}
	})
}

func sourceOf(row *rule.Row) string {
	if row == nil {
		return ""
	}
	return row.Source()
}

func overlaps(all []rule.Line, l rule.Line) bool {
	for _, o := range all {
		if o.Region == l.Region && o.Keys[0] == l.Keys[0] && (o.To == "" || l.From < o.To) &&
			(l.To == "" || o.From < l.To) {
			return true
		}
	}
	return false
}

// said is the source of the row that counts; "" for none.
func said(builtIn []rule.Line, versions []rule.Version, code, date string, known time.Time, key string) string {
	find := func(lines []rule.Line, region string) string {
		for _, l := range lines {
			if l.Region == region && l.Keys[0] == key && l.From <= date && (l.To == "" || date < l.To) {
				return l.Source
			}
		}
		return ""
	}
	chain := []string{code, code[:min(4, len(code))] + "00", code[:min(2, len(code))] + "0000", ""}
	if code == "" {
		chain = chain[3:]
	}
	for _, region := range chain {
		for i := len(versions) - 1; i >= 0; i-- {
			v := versions[i]
			if v.Published.After(known) || v.From > date ||
				!strings.HasPrefix(region, strings.TrimRight(v.Region, "0")) {
				continue
			}
			if s := find(v.Lines, region); s != "" {
				return s
			}
			break
		}
		if s := find(builtIn, region); s != "" {
			return s
		}
	}
	return ""
}

func BenchmarkFind(b *testing.B) {
	r := slots()
	var all []rule.Line
	for i := range 1000 {
		region := fmt.Sprintf("44%02d%02d", 1+i/3/20, i/3%20)
		all = append(all, rule.Line{Region: region, Keys: []string{fmt.Sprint(1 + i%3)}, Value: "30", Source: "a"})
	}
	all[0].Region = ""
	own := *r.Table()
	own.Rows = own.WriteCSV(all)
	known := book(b, []*rule.Table{rule.Declare(own)})
	at := on("2026-05-01")
	for name, region := range map[string]string{"exact": "440702", "country": "449999"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := known.Find("slot.length", region, at, "1"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	r := slots(",,,1,30,a")
	b := book(t, []*rule.Table{r.Table()})
	at := on("2026-05-01")
	if n := testing.AllocsPerRun(100, func() { _, _, _ = r.Find(b, "440106", at, "1") }); n != 0 {
		t.Errorf("a lookup allocates %v times", n)
	}
}
