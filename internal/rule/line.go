package rule

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Line is a row as it is written.
type Line struct {
	Region   string // a division code, or "" for the country
	From, To string // the first day on which it holds, and the first on which it does not any more; "" for an open end
	Keys     []string
	Value    string
	Source   string // the norm and article, or the decision, that says so
}

// Equal tells whether two lines say the same in the same words.
func (l Line) Equal(other Line) bool {
	return l.Region == other.Region && l.From == other.From && l.To == other.To && l.Value == other.Value &&
		l.Source == other.Source &&
		slices.Equal(l.Keys, other.Keys)
}

// Cells are the cells of a line in the order of [Table.Columns].
func (l Line) Cells() []string {
	return slices.Concat([]string{l.Region, l.From, l.To}, l.Keys, []string{l.Value, l.Source})
}

// LineOf is the line that cells in the order of [Table.Columns] make. There must be as many as columns.
func (t *Table) LineOf(cells []string) Line {
	n := 3 + len(t.Keys)
	return Line{Region: cells[0], From: cells[1], To: cells[2], Keys: slices.Clone(cells[3:n]), Value: cells[n],
		Source: cells[n+1]}
}

// Problem is what is wrong with one cell of a list of lines.
type Problem struct {
	Line   int            // its number, from 1; 0 for all of them
	Column string         // of the table; "" where Line is 0
	Says   bilingual.Text // what is wrong, and what to mend; with %d for each of Others
	Others []int          // the numbers of lines that it speaks of; nil for none
}

// Told is what is wrong, with the number of each line as place gives it.
func (p Problem) Told(place func(line int) int) bilingual.Text {
	if p.Others == nil {
		return p.Says
	}
	var numbers []any
	for _, n := range p.Others {
		numbers = append(numbers, place(n))
	}
	return p.Says.Put(numbers...)
}

// text is the problem with its place.
func (p Problem) text() bilingual.Text {
	says := p.Told(func(line int) int { return line })
	if p.Line == 0 {
		return says
	}
	return bilingual.Text{Zh: "第 %d 行，%s 列：%s", En: "row %d, %s: %s"}.Put(p.Line, p.Column, says)
}

// String is the problem with its place, in English.
func (p Problem) String() string { return p.text().En }

// problemsMost is how many problems are told of at a time.
const problemsMost = 100

// Check says all that is wrong with lines as rows of the table: values and codes that there are not, and rows of the
// same region and keys whose days overlap. It stops behind the first hundred.
func (t *Table) Check(lines []Line) []Problem {
	_, problems := t.layer("", lines)
	return problems
}

// Refusal makes one error of problems: Unprocessable, with the first problem as its message and all as issues.
func (t *Table) Refusal(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	message := t.Name + ", " + problems[0].String()
	if n := len(problems) - 1; n > 0 {
		message += fmt.Sprintf(" There are %d more like this.", n)
	}
	err := fault.New(fault.Unprocessable, "%s", message)
	for _, p := range problems {
		says := p.text()
		err.Issues = append(err.Issues, fault.Issue{Severity: "error", Type: "value",
			English: t.Name + ", " + says.En, Chinese: t.Name + "，" + says.Zh})
	}
	return err
}

// span is one row in force from one day to another.
type span struct {
	from, to day
	row      *Row
}

// cell is what rows are of: a region, and the case that the keys tell.
type cell uint64

func cellOf(r region, number uint32) cell { return cell(uint64(r)<<32 | uint64(number)) }

func (c cell) region() region { return region(c >> 32) }

// layer are the rows of one version of a table.
type layer struct {
	table     *Table
	version   string
	scope     region
	start     day
	published time.Time // zero for the rows of the program
	broken    error     // of a version that cannot be read: why
	rows      []Row
	cells     map[cell][]span // by their days; none overlap
}

// covers tells whether the layer says what holds in a region on a day.
func (l *layer) covers(r region, d day) bool { return l.start <= d && r.within(l.scope) }

// layer reads lines. Without problems the layer is whole.
func (t *Table) layer(version string, lines []Line) (*layer, []Problem) {
	l := &layer{table: t, version: version, start: firstDay, rows: make([]Row, 0, min(len(lines), RowsMost)),
		cells: map[cell][]span{}}
	var problems []Problem
	if len(lines) > RowsMost {
		says := bilingual.Text{Zh: "共有 %d 行，最多可以有 %d 行。", En: "it has %d rows; at most %d are taken."}
		return nil, []Problem{{Says: says.Put(len(lines), RowsMost)}}
	}
	for i, line := range lines {
		if len(problems) >= problemsMost {
			return nil, problems
		}
		row := Row{table: t, version: version, number: i + 1, line: line}
		where, one, wrong := row.read()
		for _, p := range wrong {
			p.Line = i + 1
			problems = append(problems, p)
		}
		if len(wrong) == 0 {
			l.rows = append(l.rows, row)
			one.row = &l.rows[len(l.rows)-1]
			l.cells[where] = append(l.cells[where], one)
		}
	}
	return l, append(problems, l.overlaps()...)
}

// overlapping is what is said of two rows; their numbers are put in later.
var overlapping = bilingual.Text{
	Zh: "第 %%d 行（%s）与第 %%d 行（%s）的地区和分类相同，日期重叠。请把前一行的失效日期改为后一行的生效日期。",
	En: "row %%d (%s) and row %%d (%s) are for the same region and case, and hold on the same days. " +
		"End the one with the day on which the other begins.",
}

// overlaps puts the spans of each cell in order, and finds those that overlap.
func (l *layer) overlaps() (problems []Problem) {
	for _, spans := range l.cells {
		slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		for i := 1; i < len(spans); i++ {
			a, b := spans[i-1].row, spans[i].row
			if a.number > b.number {
				a, b = b, a
			}
			if spans[i].from < spans[i-1].to {
				says := overlapping.Put(a.days(), b.days())
				problems = append(problems, Problem{b.number, "from", says, []int{a.number, b.number}})
			}
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return problems
}

// What can be wrong with a line.
var (
	noDate = bilingual.Text{
		Zh: "%q 应为日期，如 2026-01-31；不限请留空。", En: "%q should be a date, such as 2026-01-31, or empty for an open end."}
	endsEarly = bilingual.Text{
		Zh: "失效日期 %s 应晚于生效日期 %s。失效日期是不再适用的第一天。",
		En: "it ends on %s, but begins on %s. The end is the first day on which it does not hold any more."}
	noKeys   = bilingual.Text{Zh: "有 %d 个分类，应有 %d 个。", En: "it has %d keys; the table has %d columns of them."}
	noSource = bilingual.Text{
		Zh: "请写明依据的文件或决定，最多 %d 个字符，不换行。", En: "say in up to %d characters, without line breaks, which norm or decision says so."}
	shouldBe = bilingual.Text{Zh: "%q 应为%s。", En: "%q should be %s."}
)

// read reads the line of a row.
func (r *Row) read() (where cell, one span, problems []Problem) {
	t, l := r.table, r.line
	wrong := func(column string, says bilingual.Text, values ...any) {
		problems = append(problems, Problem{Column: column, Says: says.Put(values...)})
	}
	place, known := parseRegion(l.Region)
	if !known {
		wrong("region", noRegion, l.Region)
	}
	one.from, one.to = firstDay, lastDay
	for _, end := range []struct {
		column, text string
		to           *day
	}{{"from", l.From, &one.from}, {"to", l.To, &one.to}} {
		if d, ok := parseDay(end.text); ok {
			*end.to = d
		} else if end.text != "" {
			wrong(end.column, noDate, end.text)
		}
	}
	if one.from >= one.to {
		wrong("to", endsEarly, l.To, l.From)
	}
	number := uint32(0)
	if len(l.Keys) != len(t.Keys) {
		wrong("region", noKeys, len(l.Keys), len(t.Keys))
	} else if n, bad := t.caseOf(l.Keys); bad >= 0 {
		wrong(t.Keys[bad].Name, shouldBe, l.Keys[bad], oneOf(t.Keys[bad].Codes))
	} else {
		number = n
	}
	v, should := t.parse(l.Value)
	if should.Whole() {
		wrong("value", shouldBe, l.Value, should)
	}
	r.value = v
	if l.Source == "" || !plain(l.Source) || utf8.RuneCountInString(l.Source) > sourceMost {
		wrong("source", noSource, sourceMost)
	}
	return cellOf(place, number), one, problems
}

// ReadCSV reads rows as CSV, with the names of the columns first; "" has no rows. The error is Unprocessable, and names
// what is wrong.
func (t *Table) ReadCSV(text string) ([]Line, error) {
	if text == "" {
		return nil, nil
	}
	r := csv.NewReader(strings.NewReader(text))
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fault.New(fault.Unprocessable, "The rows of %s are no CSV: %v.", t.Name, err).Because(err)
	}
	if !slices.Equal(rows[0], t.Columns()) {
		return nil, fault.New(fault.Unprocessable, "The first row of %s should name its columns: %s.", t.Name,
			strings.Join(t.Columns(), ","))
	}
	var lines []Line
	for _, row := range rows[1:] {
		lines = append(lines, t.LineOf(row))
	}
	return lines, nil
}

// WriteCSV writes what [Table.ReadCSV] reads.
func (t *Table) WriteCSV(lines []Line) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(t.Columns()) // a strings.Builder takes everything
	for _, l := range lines {
		_ = w.Write(l.Cells())
	}
	w.Flush()
	return b.String()
}
