package rule_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/rule"
)

var some = []bilingual.Code{{Code: "a", Words: bilingual.Text{Zh: "甲", En: "a"}},
	{Code: "b", Words: bilingual.Text{Zh: "乙", En: "b"}}}

// held declares a table of values T with one row, and gives what a lookup gives.
func held[T rule.Held](t *testing.T, v rule.Value, text string) (got T, row *rule.Row) {
	t.Helper()
	r := rule.Of[T](rule.Table{Name: "x", Title: bilingual.Text{Zh: "某", En: "x"}, Edition: "1", Value: v,
		Rows: csv("region,from,to,value,source", []string{",,," + text + ",a"})})
	got, row, err := r.Find(book(t, []*rule.Table{r.Table()}), "", on("2026-01-01"))
	if err != nil {
		t.Fatal(err)
	}
	return got, row
}

// TestTypes: each Go type has its kind, and a value comes out as it was written.
func TestTypes(t *testing.T) {
	t.Parallel()
	check := func(got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
	duration, row := held[time.Duration](t, rule.Value{Unit: "d"}, "90")
	check(duration, 90*24*time.Hour)
	check(row.Kind(), rule.KindDuration)
	days, _ := held[rule.Workdays](t, rule.Value{}, "15")
	check(int(days), 15)
	n, _ := held[int64](t, rule.Value{Unit: "月"}, "-3")
	check(n, -3)
	decimal, row := held[*apd.Decimal](t, rule.Value{Unit: "mmol/L"}, "7.00")
	check(decimal.Text('f'), "7.00")
	decimal.SetInt64(0)
	check(row.Decimal().Text('f'), "7.00") // a row does not change
	percent, _ := held[rule.Percent](t, rule.Value{}, "12.5")
	check(percent.Text('f'), "12.5")
	fen, _ := held[rule.Fen](t, rule.Value{}, "-12.05")
	check(int64(fen), -1205)
	yes, _ := held[bool](t, rule.Value{}, "yes")
	check(yes, true)
	code, _ := held[rule.Code](t, rule.Value{Codes: some}, "b")
	check(code, "b")
	clock, _ := held[rule.Clock](t, rule.Value{}, "17:30")
	check(time.Duration(clock), 17*time.Hour+30*time.Minute)
	date, row := held[rule.Date](t, rule.Value{}, "2026-02-28")
	check(date.Format(time.RFC3339), "2026-02-28T00:00:00Z")
	check(row.Date(china).Format(time.RFC3339), "2026-02-28T00:00:00+08:00")
	text, row := held[string](t, rule.Value{}, "请带证件")
	check(text, "请带证件")
	defer func() {
		if recover() == nil {
			t.Error("a text is asked for as money")
		}
	}()
	row.Money()
}

// TestValues: each value has one way to be written only, so that what is exported is what was imported.
func TestValues(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value rule.Value
		right string
		wrong string
	}{
		{rule.Value{Kind: rule.KindDuration, Unit: "h", Max: "48"}, "0 1 24 48",
			"49 -1 +1 01 1.5 1h 9999999999999999999 2562048"},
		{rule.Value{Kind: rule.KindDuration, Unit: "wk"}, "0 15250", "15251 999999999999999999"},
		{rule.Value{Kind: rule.KindWorkdays}, "0 1 10000", "10001 -1 1.0 一"},
		{rule.Value{Kind: rule.KindInteger, Min: "-5", Max: "5"}, "-5 0 5", "-6 6 -0 00 5.0"},
		{rule.Value{Kind: rule.KindDecimal}, "0 0.0 0.80 -1.5 12345678901234567890.123",
			"-0 -0.00 .5 5. 1e3 +1 00.1 1,5 1234567890123456789012345678901"},
		{rule.Value{Kind: rule.KindDecimal, Min: "0.1", Max: "0.3"}, "0.1 0.10 0.3 0.2999999999999999999999",
			"0.0999999999999999999999 0.3000000000000000000000001"},
		{rule.Value{Kind: rule.KindPercentage}, "0 100 99.99", "-1 100.01 80%"},
		{rule.Value{Kind: rule.KindPercentage, Max: "300"}, "300", "301 -0.1"},
		{rule.Value{Kind: rule.KindMoney, Min: "0.00"}, "0.00 0.05 12.50 90071992547409.92",
			"12.5 12 -0.01 -0.00 0.005 012.50 ¥1.00 90071992547409.93"},
		{rule.Value{Kind: rule.KindYesNo}, "yes no", "Yes 是 true 1"},
		{rule.Value{Kind: rule.KindCode, Codes: some}, "a b", "c A aa"},
		{rule.Value{Kind: rule.KindClock, Min: "07:00"}, "07:00 23:59 24:00", "06:59 24:01 7:00 25:00 12:60 12"},
		{rule.Value{Kind: rule.KindDate}, "2026-02-28 2024-02-29",
			"2026-02-29 2026-2-28 20260228 0001-01-01 2201-01-01"},
		{rule.Value{Kind: rule.KindText}, "某 a_b", "a\tb _x000D_ \x7f \xff"},
	} {
		of := rule.Declare(rule.Table{Name: "x", Title: bilingual.Text{Zh: "某", En: "x"}, Edition: "1", Value: c.value})
		for text := range strings.SplitSeq(c.right, " ") {
			if p := of.Check([]rule.Line{{Value: text, Source: "a"}}); p != nil {
				t.Errorf("%s: %v", of.Describe(), p)
			}
		}
		for _, text := range append(strings.Split(c.wrong, " "), "") {
			if p := of.Check([]rule.Line{{Value: text, Source: "a"}}); len(p) != 1 || p[0].Column != "value" || !p[0].Says.Whole() {
				t.Errorf("%s: %q: %v", of.Describe(), text, p)
			}
		}
	}
}

// TestProblemsInBothLanguages: what is wrong with rows is told in Chinese without English sentences in it, and the other way round.
func TestProblemsInBothLanguages(t *testing.T) {
	t.Parallel()
	of := slots().Table()
	all := of.Check([]rule.Line{
		{Region: "99", From: "x", Keys: []string{"9"}, Value: "-1"},
		{From: "2026-02-01", To: "2026-01-01", Value: "30", Source: "某文"},
		{Keys: []string{"1"}, Value: "30", Source: "某文"},
		{From: "2026-01-01", Keys: []string{"1"}, Value: "30", Source: "某文"},
	})
	f := fault.From(of.Refusal(all))
	if len(all) < 8 || len(f.Issues) != len(all) {
		t.Fatalf("%d problems, %d issues: %v", len(all), len(f.Issues), all)
	}
	english := regexp.MustCompile(`[a-z]+ [a-z]+ [a-z]+`)
	for _, i := range f.Issues {
		if english.MatchString(i.Chinese) || !strings.Contains(i.Chinese, "第 ") || strings.ContainsAny(i.English, "，。应") || strings.Contains(i.Chinese+i.English, "%!") {
			t.Errorf("%q, %q", i.Chinese, i.English)
		}
	}
	if last := f.Issues[len(f.Issues)-1].Chinese; !strings.Contains(last, "第 4 行，from 列：第 3 行（… 至 …）与第 4 行（2026-01-01 至 …）") {
		t.Errorf("an overlap: %q", last)
	}
	if gap := fault.From(lookup(t, of)); len(gap.Issues) != 1 || !strings.Contains(gap.Issues[0].Chinese, "地区 440106 在 2020-01-01 没有适用的行，机构级别 1。") {
		t.Errorf("a gap: %+v", gap)
	}
}

// lookup is the error of a lookup in a table of which no row is in force.
func lookup(t *testing.T, of *rule.Table) error {
	t.Helper()
	_, err := book(t, []*rule.Table{of}).Find(of.Name, "440106", on("2020-01-01"), "1")
	return err
}

// TestDeclarationsThatCannotBe panic when the program starts.
func TestDeclarationsThatCannotBe(t *testing.T) {
	t.Parallel()
	good := rule.Table{Name: "x", Title: bilingual.Text{Zh: "某", En: "x"}, Edition: "1", Keys: []rule.Key{levels},
		Value: rule.Value{Kind: rule.KindInteger, Min: "1", Max: "2"}}
	rule.Declare(good)
	for says, change := range map[string]func(*rule.Table){
		"name should have": func(t *rule.Table) { t.Name = "X" },
		"characters":       func(t *rule.Table) { t.Name = "a--b" },
		"title in both":    func(t *rule.Table) { t.Title.En = "" },
		"its edition":      func(t *rule.Table) { t.Edition = "a/1" },
		"called \"value\"": func(t *rule.Table) { t.Keys = []rule.Key{{Name: "value", Codes: some}} },
		"not twice":        func(t *rule.Table) { t.Keys = []rule.Key{levels, levels} },
		"needs a list":     func(t *rule.Table) { t.Keys = []rule.Key{{Name: "a"}} },
		"that is there twice": func(t *rule.Table) {
			t.Keys = []rule.Key{{Name: "a",
				Codes: append(some, some...)}}
		},
		"does not say what":         func(t *rule.Table) { t.Value.Kind = 0 },
		"month has no fixed length": func(t *rule.Table) { t.Value = rule.Value{Kind: rule.KindDuration, Unit: "mo"} },
		"have a unit":               func(t *rule.Table) { t.Value = rule.Value{Kind: rule.KindMoney, Unit: "CNY"} },
		"its value needs a list":    func(t *rule.Table) { t.Value = rule.Value{Kind: rule.KindCode} },
		"only codes have a list":    func(t *rule.Table) { t.Value.Codes = some },
		"have no bounds":            func(t *rule.Table) { t.Value = rule.Value{Kind: rule.KindText, Min: "a"} },
		`the bound "one"`:           func(t *rule.Table) { t.Value.Min = "one" },
		"its bounds leave nothing":  func(t *rule.Table) { t.Value.Min = "3" },
		"more than 65536 cases": func(t *rule.Table) {
			t.Keys = nil
			for i := range 18 {
				t.Keys = append(t.Keys, rule.Key{Name: fmt.Sprint("k", i), Codes: some})
			}
		},
	} {
		t.Run(says, func(t *testing.T) {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, says) {
					t.Errorf("got %q", got)
				}
			}()
			bad := good
			change(&bad)
			rule.Declare(bad)
		})
	}
	twice := rule.Declare(good)
	if _, err := rule.NewBook(china, []*rule.Table{twice, twice}); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
	for _, rows := range []string{"region,from,to,value,source\n", "region,from,to,level,value,source\n,,,1,3,a\n",
		"region,from,to,level,value,source\n,,,1\n"} {
		bad := good
		bad.Rows = rows
		if _, err := rule.NewBook(china, []*rule.Table{rule.Declare(bad)}); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%q: %v", rows, err)
		}
	}
}

// TestBrokenVersion: a table of which a version cannot be taken answers no lookup, rather than a wrong one; the others
// do.
func TestBrokenVersion(t *testing.T) {
	t.Parallel()
	r, s := answer(",,,15,a"), slots(",,,1,30,a")
	version := rule.Version{Table: r.Table().Name, Name: "2026-02", From: "2026-02-01", Published: on("2026-01-01"),
		Lines: lines(t, r.Table(), ",,,99,a")}
	b := book(t, []*rule.Table{r.Table(), s.Table()}, version)
	if _, _, err := r.Find(b, "440106", on("2026-02-01")); fault.CodeOf(err) != fault.Internal {
		t.Error(err)
	}
	if _, row, err := r.Find(b, "440106", on("2026-01-31")); err != nil || row.Value() != "15" {
		t.Errorf("before it begins: %v, %v", row, err)
	}
	if row, err := b.AsKnown(on("2025-12-31")).Find(r.Table().Name, "", on("2026-02-01")); err != nil || row.Value() != "15" {
		t.Errorf("before it was known: %v, %v", row, err)
	}
	if l := b.Lines(r.Table().Name); len(l) != 1 || l[0].To != "2026-02-01" {
		t.Errorf("%v", l)
	}
	mending := rule.Version{Table: version.Table, Name: "2026-03", From: "2026-02-01", Published: on("2026-03-01"),
		Lines: lines(t, r.Table(), ",,,9,a")}
	if next, err := b.With(mending); err != nil {
		t.Error(err)
	} else if days, _, err := r.Find(next, "", on("2026-02-01")); days != 9 || err != nil {
		t.Errorf("mended: %d, %v", days, err)
	}
	if _, _, err := s.Find(b, "", on("2020-01-01"), "1"); err != nil {
		t.Error(err)
	}
	if all := b.Broken(); len(all) != 1 || !strings.Contains(fault.From(all[0]).Message,
		"Version 2026-02 of the rule access-question.answer-within") {
		t.Error(all)
	}
}

// TestUse: what a decision records is read again as it was, out of wherever it stands in a resource.
func TestUse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		u := rule.Use{
			Ref:    rule.Ref(rapid.StringMatching(`[a-z]{1,9}([-.][a-z0-9]{1,9}){0,3}@20[0-9]{2}-[01][0-9](\.[2-9])?/[1-9][0-9]{0,3}`).Draw(t, "ref")),
			Region: rapid.SampledFrom([]string{"", "440106", "440000"}).Draw(t, "region"),
			At:     time.UnixMicro(rapid.Int64Range(1, 4e15).Draw(t, "at")).UTC(),
			Keys:   rapid.SliceOfN(rapid.SampledFrom([]string{"1", "二级", "a&b=c", "x+y"}), 0, 3).Draw(t, "keys"),
		}
		if rapid.Bool().Draw(t, "bare") {
			u = rule.Use{Ref: u.Ref}
		}
		task := r4.NewTask()
		u.Record(task.Extension())
		u.Record(task.Restriction().Extension())
		text, err := task.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		tree, err := fhir.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for got := range rule.Uses(tree.Root()) {
			n++
			if got.Ref != u.Ref || got.Region != u.Region || !got.At.Equal(u.At) ||
				fmt.Sprint(got.Keys) != fmt.Sprint(u.Keys) {
				t.Fatalf("%+v, want %+v", got, u)
			}
		}
		if n != 2 {
			t.Fatalf("%d uses in %s", n, text)
		}
	})
	for _, text := range []string{"", "x", "x@1", "x@1/0", "x@1/01", "x@1/-1", "X@1/1", "x@1/1?", "x@1/1?at=now",
		"x@a/b/1", "x@1/1?at=%"} {
		if _, err := rule.ParseUse(text); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzParseUse: what is read is written again the same.
func FuzzParseUse(f *testing.F) {
	f.Add("access-question.answer-within@2026-01/3?at=2026-03-01T00%3A00%3A00Z&key=1&region=440106")
	f.Add("x@1/1")
	f.Fuzz(func(t *testing.T, text string) {
		u, err := rule.ParseUse(text)
		if err != nil {
			return
		}
		again, err := rule.ParseUse(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q: %q, %v", text, again, err)
		}
	})
}

// FuzzRows: whatever is written as rows is refused or stands, is written again as it was, and makes no lookup fail in
// another way than by a gap.
func FuzzRows(f *testing.F) {
	of := slots()
	f.Add("region,from,to,level,value,source\n440106,2026-01-01,,1,30,某文\n")
	f.Add("region,from,to,level,value,source\n,,2026-01-01,1,30,a\n,2026-01-01,,1,20,b\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := of.Table().ReadCSV(text)
		if err != nil || of.Table().Check(read) != nil {
			return
		}
		b, err := rule.NewBook(china, []*rule.Table{of.Table()},
			rule.Version{Table: of.Table().Name, Name: "v", From: "1900-01-01", Published: on("2026-01-01"),
				Lines: read})
		if err != nil || b.Broken() != nil {
			t.Fatal(err, b.Broken())
		}
		for _, date := range []string{"1950-01-01", "2026-06-01"} {
			if _, err := b.Find(of.Table().Name, "440106", on(date), "1"); err != nil &&
				fault.CodeOf(err) != fault.Unprocessable {
				t.Fatal(err)
			}
		}
		if p := of.Table().Check(b.Lines(of.Table().Name)); p != nil {
			t.Fatal(p)
		}
	})
}
