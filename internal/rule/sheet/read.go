package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/rule"
)

// Limits of files.
const (
	fileMost   = 20 << 20  // bytes of a file
	unzipMost  = 200 << 20 // bytes that a workbook unfolds to
	tagsMost   = 2 << 20   // that are in it: each takes some hundred bytes of memory
	sheetsMost = 500
	rowsMost   = 2*rule.RowsMost + headRows // of a sheet, empty ones included
	cellsMost  = 100                        // of a row
	issuesMost = 200                        // that are told of at a time
)

// faults collects what is wrong with a file.
type faults struct {
	all []fault.Issue
}

// add notes what is wrong at a place of a sheet; a column of "" and a row of 0 stand for all of them.
func (f *faults) add(sheet string, row int, column string, says bilingual.Text) {
	en, zh := "Sheet "+sheet, "工作表 "+sheet
	if row > 0 {
		en, zh = en+fmt.Sprintf(", row %d", row), zh+fmt.Sprintf("，第 %d 行", row)
	}
	if column != "" {
		en, zh = en+", column "+column, zh+"，"+column+" 列"
	}
	if len(f.all) < issuesMost {
		f.all = append(f.all, fault.Issue{Severity: "error", Type: "value", English: en + ": " + says.En,
			Chinese: zh + "：" + says.Zh})
	}
}

// What can be wrong with a sheet, beside what is wrong with its rows.
var (
	noRule      = bilingual.Text{Zh: "没有规则 %q，工作表的首个单元格应为规则名。", En: "there is no rule %q; the first cell of a sheet names its table."}
	twice       = bilingual.Text{Zh: "规则 %s 在另一工作表中已有。", En: "the table %s stands in another sheet already."}
	wrongColumn = bilingual.Text{Zh: "%q 应为 %s，各列依次为 %s。", En: "%q should be %s: the columns are %s."}
	beside      = bilingual.Text{Zh: "%q 在表格之外，本表共 %d 列。", En: "%q stands beside the table, which has %d columns."}
)

// err is one error of all: the first as its message, all as issues.
func (f *faults) err() error {
	if len(f.all) == 0 {
		return nil
	}
	message := f.all[0].English
	if n := len(f.all) - 1; n > 0 {
		message += fmt.Sprintf(" There are %d more; nothing was taken.", n)
	}
	err := fault.New(fault.Unprocessable, "%s", message)
	err.Issues = f.all
	return err
}

// Read reads a workbook as [Write] makes it, as people have edited it. tables finds tables by name. All is right, or
// nothing is given: the error is Unprocessable, with each mistake as an issue that names sheet, row and column;
// TooLarge for a file that is.
func Read(r io.Reader, tables func(string) *rule.Table) ([]Filled, error) {
	text, err := io.ReadAll(io.LimitReader(r, fileMost+1))
	if err != nil || len(text) > fileMost {
		return nil, fault.New(fault.TooLarge, "The workbook cannot be read, or has more than %d MB.", fileMost>>20).
			InChinese("工作簿无法读取，或超过 %d MB。", fileMost>>20).Because(err)
	}
	if err := bounded(text); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(text),
		excelize.Options{RawCellValue: true, UnzipSizeLimit: unzipMost, UnzipXMLSizeLimit: unzipMost})
	if err != nil {
		return nil, fault.New(fault.Unprocessable, "The file is no workbook (.xlsx) of up to %d MB: %v.", fileMost>>20, err).
			InChinese("文件不是 %d MB 以内的工作簿（.xlsx）。", fileMost>>20).Because(err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if len(names) > sheetsMost {
		return nil, fault.New(fault.TooLarge, "The workbook has %d sheets; at most %d are taken.", len(names), sheetsMost).
			InChinese("工作簿有 %d 个工作表，最多可以有 %d 个。", len(names), sheetsMost)
	}
	var found []Filled
	var wrong faults
	for _, name := range names {
		if name == explanations {
			continue
		}
		rows, err := rowsOf(f, name)
		if err != nil {
			return nil, err
		}
		t := tables(strings.TrimSpace(cellAt(rows, rowOfName, 1)))
		switch {
		case len(rows) == 0:
			continue // somebody has added a sheet and left it empty
		case t == nil:
			wrong.add(name, rowOfName, "A", noRule.Put(cellAt(rows, rowOfName, 1)))
			continue
		case slices.ContainsFunc(found, func(o Filled) bool { return o.Table == t }):
			wrong.add(name, rowOfName, "A", twice.Put(t.Name))
			continue
		}
		found = append(found, Filled{t, read(t, name, rows, headRows, &wrong)})
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if found == nil {
		return nil, fault.New(fault.Unprocessable, "The workbook has no sheet of a rule.").InChinese("工作簿中没有规则的工作表。")
	}
	return found, nil
}

// bounded refuses what is no zip, such as an encrypted workbook, whose file says how long it takes to open, and what unfolds to too much.
func bounded(text []byte) error {
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil || !bytes.HasPrefix(text, []byte("PK")) {
		return fault.New(fault.Unprocessable, "The file is no workbook (.xlsx), or it is encrypted.").
			InChinese("文件不是工作簿（.xlsx），或已加密。").Because(err)
	}
	size, tags, some := 0, 0, make([]byte, 64<<10)
	for _, part := range z.File {
		from, err := part.Open()
		for n := 0; err == nil; {
			n, err = from.Read(some)
			size, tags = size+n, tags+bytes.Count(some[:n], []byte{'<'})
			if size > unzipMost || tags > tagsMost {
				return fault.New(fault.Unprocessable, "The workbook unfolds to more than %d MB, or has more than %d tags.", unzipMost>>20, tagsMost).
					InChinese("工作簿解开后超过 %d MB，或超过 %d 个标签。", unzipMost>>20, tagsMost)
			}
		}
		if err != io.EOF {
			return fault.New(fault.Unprocessable, "The workbook is broken: %v.", err).InChinese("工作簿已损坏，无法读取。").Because(err)
		}
	}
	return nil
}

// rowsOf are the rows of a sheet up to the last that is not empty. A sheet that has cells far out, which would make very many empty ones,
// or that breaks off, is refused.
func rowsOf(f *excelize.File, name string) (rows [][]string, err error) {
	all, err := f.Rows(name)
	last := 0
	for err == nil && all.Next() {
		var row []string
		row, err = all.Columns()
		if len(rows) == rowsMost || len(row) > cellsMost {
			return nil, fault.New(fault.TooLarge, "The sheet %s has more than %d rows, or more than %d cells in row %d.", name, rowsMost, cellsMost, len(rows)+1).
				InChinese("工作表 %s 超过 %d 行，或第 %[4]d 行超过 %[3]d 个单元格。", name, rowsMost, cellsMost, len(rows)+1)
		}
		if rows = append(rows, row); len(row) > 0 {
			last = len(rows)
		}
	}
	if err != nil {
		return nil, fault.New(fault.Unprocessable, "The sheet %s cannot be read: %v.", name, err).InChinese("工作表 %s 无法读取。", name).Because(err)
	}
	return rows[:last], all.Close()
}

// cellAt is a cell by its row and column, from 1; "" if it is not there.
func cellAt(rows [][]string, row, column int) string {
	if row > len(rows) || column > len(rows[row-1]) {
		return ""
	}
	return rows[row-1][column-1]
}

// read reads the rows below the head, whose last row names the columns.
func read(t *rule.Table, sheet string, rows [][]string, head int, wrong *faults) []rule.Line {
	columns := t.Columns()
	for i, name := range columns {
		if got := strings.TrimSpace(cellAt(rows, head, i+1)); got != name {
			wrong.add(sheet, head, letter(i), wrongColumn.Put(got, name, strings.Join(columns, ", ")))
			return nil
		}
	}
	var lines []rule.Line
	var at []int // the row of each line
	for y := head; y < len(rows); y++ {
		cells := make([]string, len(columns))
		empty := true
		for x := range max(len(columns), len(rows[y])) {
			text := strings.TrimSpace(cellAt(rows, y+1, x+1))
			if x < len(columns) {
				cells[x] = t.Typed(x, text)
				empty = empty && text == ""
			} else if text != "" {
				wrong.add(sheet, y+1, letter(x), beside.Put(text, len(columns)))
			}
		}
		if !empty {
			lines, at = append(lines, t.LineOf(cells)), append(at, y+1)
		}
	}
	for _, p := range t.Check(lines) {
		row, column := 0, ""
		if p.Line > 0 {
			row = at[p.Line-1]
			column = letter(slices.Index(columns, p.Column)) + " (" + p.Column + ")"
		}
		wrong.add(sheet, row, column, p.Told(func(line int) int { return at[line-1] }))
	}
	return lines
}

// letter names the i-th column, from 0, as programs for sheets do.
func letter(i int) string {
	name, err := excelize.ColumnNumberToName(i + 1)
	if err != nil {
		return strconv.Itoa(i + 1)
	}
	return name
}

// bom is what some programs write in front of a text in UTF-8.
const bom = "\ufeff"

// WriteCSV writes one table, with a mark in front by which programs for sheets know UTF-8.
func WriteCSV(w io.Writer, t Filled) error {
	if _, err := io.WriteString(w, bom+t.Table.WriteCSV(t.Lines)); err != nil {
		return fault.Wrap(err, "writing rows")
	}
	return nil
}

// ReadCSV reads one table as [WriteCSV] writes it, as people have edited it. name is that of the file, for its errors,
// which are those of [Read].
func ReadCSV(r io.Reader, name string, t *rule.Table) (Filled, error) {
	text, err := io.ReadAll(io.LimitReader(r, fileMost+1))
	if err != nil || len(text) > fileMost {
		return Filled{}, fault.New(fault.TooLarge, "%s cannot be read, or has more than %d MB.", name, fileMost>>20).
			InChinese("%s 无法读取，或超过 %d MB。", name, fileMost>>20).Because(err)
	}
	c := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(text), bom)))
	c.FieldsPerRecord = -1
	rows, err := c.ReadAll()
	if err != nil {
		return Filled{}, fault.New(fault.Unprocessable, "%s is no CSV: %v.", name, err).InChinese("%s 不是 CSV 文件。", name).Because(err)
	}
	var wrong faults
	lines := read(t, name, rows, 1, &wrong)
	if err := wrong.err(); err != nil {
		return Filled{}, err
	}
	return Filled{t, lines}, nil
}
