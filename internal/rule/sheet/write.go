package sheet

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"yitong/internal/fault"
	"yitong/internal/rule"
)

// Filled is a table with its rows.
type Filled struct {
	Table *rule.Table
	Lines []rule.Line
}

// The rows of a sheet, from 1.
const (
	rowOfName    = 1
	rowOfTitles  = 2
	rowOfColumns = 3
	headRows     = 3
)

// explanations is the sheet that explains the others.
const explanations = "说明 Explanations"

// sheetNameMost is the length of a sheet's name (Excel).
const sheetNameMost = 31

// listMost is the length of a list that a cell can be chosen from (Excel).
const listMost = 255

// nameOf is the name of the n-th sheet.
func nameOf(t *rule.Table, n int) string {
	if len(t.Name) <= sheetNameMost {
		return t.Name
	}
	end := fmt.Sprintf("~%d", n)
	return t.Name[:sheetNameMost-len(end)] + end
}

// Write writes a workbook of tables.
func Write(w io.Writer, tables []Filled) (err error) {
	f := excelize.NewFile()
	defer f.Close()
	b := &book{f: f}
	b.do(f.SetSheetName("Sheet1", explanations))
	b.text, err = f.NewStyle(&excelize.Style{NumFmt: 49})
	b.do(err)
	b.head, err = f.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	b.do(err)
	rows := [][]string{{"工作表 sheet", "规则 rule", "名称 title", "值 value", "含义 meaning"}}
	for i, t := range tables {
		name := nameOf(t.Table, i+1)
		rows = append(rows, []string{name, t.Table.Name, t.Table.Title.Both(), t.Table.Describe(),
			t.Table.About.Both()})
		b.table(name, t)
	}
	for _, text := range hints {
		rows = append(rows, []string{text})
	}
	b.rows(explanations, 1, rows, b.text)
	b.do(f.SetColWidth(explanations, "A", "E", 32))
	if b.err == nil {
		b.err = f.Write(w)
	}
	if b.err != nil {
		return fault.Wrap(b.err, "writing a workbook")
	}
	return nil
}

// hints tell how to fill a sheet in.
var hints = []string{
	"",
	"每行一个值。region：GB/T 2260 行政区划代码六位，空白为全国；from：生效首日；to：失效首日（当日不再有效），空白为无限期；日期写作 2026-01-31。source：依据的文件与条款，必填。",
	"One value a row. region: six digits of GB/T 2260, empty for the whole country. from: the first day; to: the first day on which it does not hold any more, " +
		"empty for an open end; dates as 2026-01-31. source: the norm and article that says so; it is needed.",
	"请勿改动各表前三行。导入后成为草稿，经审核发布后生效；自生效日起，本表全部取代此前发布的内容。",
	"Leave the first three rows of each sheet as they are. What is imported becomes a draft, and counts once somebody publishes it; from its first day on it replaces " +
		"all of what was published before.",
}

// book is a workbook in the making; the first error stays.
type book struct {
	f          *excelize.File
	text, head int
	err        error
}

func (b *book) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

// table writes the sheet of a table.
func (b *book) table(name string, t Filled) {
	_, err := b.f.NewSheet(name)
	b.do(err)
	columns := t.Table.Columns()
	last, _ := excelize.ColumnNumberToName(len(columns))
	b.do(b.f.SetColStyle(name, "A:"+last, b.text)) // what is typed below is text too
	b.rows(name, rowOfName, [][]string{{t.Table.Name, t.Table.Title.Zh, t.Table.Title.En}, t.Table.Titles(), columns},
		b.head)
	var cells [][]string
	for _, l := range t.Lines {
		cells = append(cells, l.Cells())
	}
	b.rows(name, headRows+1, cells, b.text)
	b.do(b.f.SetColWidth(name, "A", last, 18))
	b.do(b.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: headRows, TopLeftCell: fmt.Sprintf("A%d", headRows+1),
		ActivePane: "bottomLeft"}))
	for i, codes := range t.Table.Lists() {
		if list := strings.Join(codes, ","); codes != nil && len(list) <= listMost {
			column, _ := excelize.ColumnNumberToName(i + 1)
			v := excelize.NewDataValidation(true)
			v.Sqref = fmt.Sprintf("%s%d:%s%d", column, headRows+1, column, headRows+rule.RowsMost)
			b.do(v.SetDropList(codes))
			b.do(b.f.AddDataValidation(name, v))
		}
	}
}

// rows writes cells as text, from a row on.
func (b *book) rows(sheet string, from int, rows [][]string, style int) {
	for y, row := range rows {
		for x, text := range row {
			at, err := excelize.CoordinatesToCellName(x+1, from+y)
			b.do(err)
			if utf8.RuneCountInString(text) > excelize.TotalCellChars {
				b.do(fault.New(fault.TooLarge, "A cell holds up to %d characters.", excelize.TotalCellChars))
			}
			if text != "" {
				b.do(b.f.SetCellStr(sheet, at, text))
			}
			b.do(b.f.SetCellStyle(sheet, at, at, style))
		}
	}
}
