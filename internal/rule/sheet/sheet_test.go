package sheet_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/rule"
	"yitong/internal/rule/sheet"
)

var level = rule.Key{Name: "level", Title: bilingual.Text{Zh: "级别", En: "level"}, Codes: []bilingual.Code{
	{Code: "1", Words: bilingual.Text{Zh: "一级", En: "first"}}, {Code: "二级",
		Words: bilingual.Text{Zh: "二级", En: "second"}}, {Code: "III-A", Words: bilingual.Text{Zh: "三甲", En: "third"}},
}}

// tableOf has values of a kind.
func tableOf(name string, v rule.Value) *rule.Table {
	keys := []rule.Key{level}
	t := rule.Table{Name: name, Title: bilingual.Text{Zh: "规则", En: "rule " + name}, Edition: "1", Keys: keys, Value: v}
	t.Rows = strings.Join(t.Columns(), ",") + "\n"
	return rule.Declare(t)
}

var tables = []*rule.Table{
	tableOf("slot.length", rule.Value{Kind: rule.KindDuration, Unit: "min", Min: "5", Max: "60"}),
	tableOf("a-rule-with-a-name.longer-than-a-sheet-can", rule.Value{Kind: rule.KindMoney}),
	tableOf("a-rule-with-a-name.longer-than-a-sheet-has", rule.Value{Kind: rule.KindText}),
	tableOf("share", rule.Value{Kind: rule.KindPercentage}),
	tableOf("ratio", rule.Value{Kind: rule.KindDecimal, Unit: "mm[Hg]"}),
	tableOf("may", rule.Value{Kind: rule.KindYesNo}),
	tableOf("begins", rule.Value{Kind: rule.KindDate}),
	tableOf("closes", rule.Value{Kind: rule.KindClock}),
	tableOf("way", rule.Value{Kind: rule.KindCode, Codes: level.Codes}),
	rule.WorkdayTable.Table(),
}

func find(name string) *rule.Table {
	for _, t := range tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// valueOf draws values as they are written.
var valueOf = map[rule.Kind]*rapid.Generator[string]{
	rule.KindDuration: rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprint(rapid.IntRange(5, 60).Draw(t,
			"n"))
	}),
	rule.KindMoney:      rapid.StringMatching(`(0|[1-9][0-9]{0,12})\.[0-9]{2}`),
	rule.KindPercentage: rapid.StringMatching(`[1-9]?[0-9](\.[0-9]{1,20})?`),
	rule.KindDecimal:    rapid.StringMatching(`[1-9]{1,3}0?(\.[0-9]{1,20})?`),
	rule.KindYesNo:      rapid.SampledFrom([]string{"yes", "no"}),
	rule.KindDate:       rapid.StringMatching(`(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])`),
	rule.KindClock:      rapid.StringMatching(`([01][0-9]|2[0-3]):[0-5][0-9]`),
	rule.KindCode:       rapid.SampledFrom([]string{"1", "二级", "III-A"}),
	rule.KindText:       words,
}

// words draws texts of all that may be in them.
var words = rapid.Custom(func(t *rapid.T) string {
	s := rapid.OneOf(rapid.StringMatching(`[=+@'"<>&,;_x0-9A-F 　是否国务院〔〕%.]{1,40}`), rapid.StringN(1, 40, -1),
		rapid.SampledFrom([]string{"_x00D_", "=1+1", "'x", "1E5", "TRUE", "#N/A"})).Draw(t, "text")
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffd || r == 0xfffe || r == 0xffff {
			return -1
		}
		return r
	}, s))
	if s == "" || regexp.MustCompile(`_x[0-9A-F]{4}_`).MatchString(s) {
		return "某文件"
	}
	return s
})

// rowsOf draws rows of a table that may stand together.
func rowsOf(t *rapid.T, of *rule.Table) (lines []rule.Line) {
	regions := []string{"", "440000", "440100", "440106", "110105"}
	for i := range rapid.IntRange(0, 6).Draw(t, "rows") {
		l := rule.Line{Region: regions[i%len(regions)], From: fmt.Sprintf("20%02d-01-01", i),
			Value: valueOf[of.Value.Kind].Draw(t, "value"), Source: words.Draw(t, "source")}
		if rapid.Bool().Draw(t, "ends") {
			l.To = fmt.Sprintf("20%02d-12-31", i+2)
		} else if i < 5 {
			l.To = fmt.Sprintf("20%02d-01-01", i+1)
		}
		l.Keys = []string{}
		for range of.Keys {
			l.Keys = append(l.Keys, rapid.SampledFrom([]string{"1", "二级", "III-A"}).Draw(t, "level"))
		}
		lines = append(lines, l)
	}
	return lines
}

// TestRoundTrip: what is written and read again is the same, in both formats.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var written []sheet.Filled
		for _, of := range tables {
			lines := rowsOf(t, of)
			if of.Check(lines) != nil {
				t.Fatalf("%v", of.Check(lines))
			}
			written = append(written, sheet.Filled{Table: of, Lines: lines})
		}
		var file bytes.Buffer
		if err := sheet.Write(&file, written); err != nil {
			t.Fatal(err)
		}
		read, err := sheet.Read(&file, find)
		if err != nil {
			t.Fatal(err)
		}
		if len(read) != len(written) {
			t.Fatalf("%d tables, want %d", len(read), len(written))
		}
		for i, w := range written {
			same(t, read[i], w)
			var text bytes.Buffer
			if err := sheet.WriteCSV(&text, w); err != nil {
				t.Fatal(err)
			}
			one, err := sheet.ReadCSV(&text, "x.csv", w.Table)
			if err != nil {
				t.Fatal(err)
			}
			same(t, one, w)
		}
	})
}

func same(t *rapid.T, got, want sheet.Filled) {
	if got.Table != want.Table || !slices.EqualFunc(got.Lines, want.Lines, rule.Line.Equal) {
		t.Fatalf("%s:\n%q\nwant\n%q", want.Table.Name, got.Lines, want.Lines)
	}
}

// edited is a workbook of two tables in which somebody has typed.
func edited(t *testing.T, change func(f *excelize.File)) ([]sheet.Filled, error) {
	t.Helper()
	var file bytes.Buffer
	err := sheet.Write(&file, []sheet.Filled{
		{Table: find("slot.length"), Lines: []rule.Line{{Keys: []string{"1"}, Value: "30", Source: "某通知"},
			{Keys: []string{"二级"}, Value: "20", Source: "某通知"}}},
		{Table: find("may"), Lines: []rule.Line{{Keys: []string{"1"}, Value: "yes", Source: "某通知"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	change(f)
	file.Reset()
	if err := f.Write(&file); err != nil {
		t.Fatal(err)
	}
	return sheet.Read(&file, find)
}

func TestWhatPeopleType(t *testing.T) {
	t.Parallel()
	got, err := edited(t, func(f *excelize.File) {
		set := func(sheet, cell string, v any) {
			if err := f.SetCellValue(sheet, cell, v); err != nil {
				t.Fatal(err)
			}
		}
		set("slot.length", "A5", 440106)
		set("slot.length", "B5", 46023) // 2026-01-01 as a program keeps it
		set("slot.length", "C5", "2026/3/1")
		set("slot.length", "E5", 25)
		set("may", "A4", " 440000 ")
		set("may", "E4", "否")
		if _, err := f.NewSheet("Sheet9"); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := (rule.Line{Region: "440106", From: "2026-01-01", To: "2026-03-01", Keys: []string{"二级"}, Value: "25",
		Source: "某通知"}); !got[0].Lines[1].Equal(want) {
		t.Errorf("%+v, want %+v", got[0].Lines[1], want)
	}
	if l := got[1].Lines[0]; l.Value != "no" || l.Region != "440000" {
		t.Errorf("%+v", l)
	}
}

// TestMistakesAreNamed: each by sheet, row and column; nothing is taken.
func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	got, err := edited(t, func(f *excelize.File) {
		set := func(sheet, cell, v string) {
			if err := f.SetCellStr(sheet, cell, v); err != nil {
				t.Fatal(err)
			}
		}
		set("slot.length", "E4", "3")
		set("slot.length", "D5", "1")
		set("slot.length", "H5", "beside")
		set("slot.length", "A9", "44")
		set("may", "F4", "")
	})
	if got != nil || fault.CodeOf(err) != fault.Unprocessable {
		t.Fatalf("%v, %v", got, err)
	}
	var all strings.Builder
	for _, i := range fault.From(err).Issues {
		all.WriteString(i.English + "\n" + i.Chinese + "\n")
	}
	for _, want := range []string{
		`Sheet slot.length, row 4, column E (value): "3" should be at least 5`, `工作表 slot.length，第 4 行，E (value) 列："3" 应为不小于 5 的值。`,
		`Sheet slot.length, row 5, column H: "beside" stands beside the table, which has 6 columns.`,
		`工作表 slot.length，第 5 行，H 列："beside" 在表格之外，本表共 6 列。`, `第 9 行，A (region) 列："44" 不是行政区划代码`,
		`Sheet slot.length, row 9, column A (region): "44" is no division code`,
		`Sheet slot.length, row 9, column D (level): "" should be one of 1, 二级, III-A.`,
		`Sheet slot.length, row 9, column F (source): say`,
		`Sheet may, row 4, column F (source): say`,
	} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("%q is missing in\n%s", want, all.String())
		}
	}
	if _, err := edited(t, func(f *excelize.File) { _ = f.SetCellStr("slot.length", "D5", "1") }); err == nil ||
		!strings.Contains(err.Error(), "Sheet slot.length, row 5, column B (from): row 4 (… to …) and row 5 (… to …) are for the same") {
		t.Errorf("an overlap: %v", err)
	}
	if _, err := edited(t, func(f *excelize.File) { _ = f.SetCellStr("may", "A1", "might") }); err == nil ||
		!strings.Contains(err.Error(), `there is no rule "might"`) {
		t.Errorf("an unknown table: %v", err)
	}
	if _, err := edited(t, func(f *excelize.File) { _ = f.SetCellStr("may", "B3", "since") }); err == nil ||
		!strings.Contains(err.Error(), `row 3, column B: "since" should be from`) {
		t.Errorf("an unknown column: %v", err)
	}
	if _, err := sheet.Read(strings.NewReader("no workbook"), find); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("no workbook: %v", err)
	}
	_, err = sheet.ReadCSV(strings.NewReader("region,from,to,level,value,source\n,,,1,yes,a\n,,,1,maybe\n"), "may.csv",
		find("may"))
	if err == nil || !strings.Contains(err.Error(),
		`Sheet may.csv, row 3, column E (value): "maybe" should be yes or no`) {
		t.Errorf("CSV: %v", err)
	}
}

// FuzzRead: whatever a file holds, it is read or refused.
func FuzzRead(f *testing.F) {
	var file bytes.Buffer
	if err := sheet.Write(&file, []sheet.Filled{{Table: find("may"),
		Lines: []rule.Line{{Keys: []string{"1"}, Value: "yes", Source: "a"}}}}); err != nil {
		f.Fatal(err)
	}
	f.Add(file.Bytes(), true)
	f.Add([]byte("region,from,to,level,value,source\n,,,1,yes,a\n"), false)
	f.Fuzz(func(t *testing.T, text []byte, book bool) {
		var err error
		if book {
			_, err = sheet.Read(bytes.NewReader(text), find)
		} else {
			_, err = sheet.ReadCSV(bytes.NewReader(text), "x", find("may"))
		}
		if err != nil && fault.CodeOf(err) == fault.Internal {
			t.Fatal(err)
		}
	})
}
