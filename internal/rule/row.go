package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/bilingual"
)

// Row is a row of a version of a table. It does not change.
type Row struct {
	table   *Table
	version string
	number  int // in the version, from 1
	line    Line
	value   value
}

// Ref is a name of a row that stays: table@version/number, such as access-question.answer-within@2026-01/3.
type Ref string

// parse takes a name apart.
func (r Ref) parse() (table, version string, number int, ok bool) {
	table, rest, ok := strings.Cut(string(r), "@")
	version, digits, ok2 := strings.Cut(rest, "/")
	number, err := strconv.Atoi(digits)
	ok = ok && ok2 && err == nil && number > 0 && digits[0] != '0' && nameForm.MatchString(table) &&
		versionForm.MatchString(version)
	return table, version, number, ok
}

// Table is the name of the row's table; "" for what is no name of a row.
func (r Ref) Table() string {
	table, _, _, _ := r.parse()
	return table
}

// Ref is the row's name, by which who decided by it says so.
func (r *Row) Ref() Ref { return Ref(r.table.Name + "@" + r.version + "/" + strconv.Itoa(r.number)) }

// Table is the table that it is a row of.
func (r *Row) Table() *Table { return r.table }

// Line is the row as it is written.
func (r *Row) Line() Line {
	l := r.line
	l.Keys = slices.Clone(l.Keys)
	return l
}

// Source is the norm and article, or the decision, that says so.
func (r *Row) Source() string { return r.line.Source }

// Value is the value as it is written.
func (r *Row) Value() string { return r.line.Value }

// days are the days of a row for people.
func (r *Row) days() bilingual.Text {
	return bilingual.Text{Zh: "%s 至 %s", En: "%s to %s"}.Put(orOpen(r.line.From), orOpen(r.line.To))
}

func orOpen(day string) string {
	if day == "" {
		return "…"
	}
	return day
}

// of panics unless the row's values are of a kind: who asks for another one has made a mistake in a program. [Of] rules
// it out.
func (r *Row) of(k Kind) *value {
	if r.table.Value.Kind != k {
		panic(fmt.Sprintf("rule: a value of %s is asked for as %s, and is %s", r.table.Name, k.Words().En,
			r.table.Value.Kind.Words().En))
	}
	return &r.value
}

// Kind is what the value is.
func (r *Row) Kind() Kind { return r.table.Value.Kind }

// Duration is the value of a [KindDuration].
func (r *Row) Duration() time.Duration { return time.Duration(r.of(KindDuration).number) }

// Workdays is the value of a [KindWorkdays].
func (r *Row) Workdays() int { return int(r.of(KindWorkdays).number) }

// Int is the value of a [KindInteger].
func (r *Row) Int() int64 { return r.of(KindInteger).number }

// Decimal is the value of a [KindDecimal], as a copy.
func (r *Row) Decimal() *apd.Decimal { return new(apd.Decimal).Set(r.of(KindDecimal).decimal) }

// Percentage is the value of a [KindPercentage]: 80 for 80 %, as a copy.
func (r *Row) Percentage() *apd.Decimal { return new(apd.Decimal).Set(r.of(KindPercentage).decimal) }

// Money is the value of a [KindMoney] in fen.
func (r *Row) Money() int64 { return r.of(KindMoney).number }

// Bool is the value of a [KindYesNo].
func (r *Row) Bool() bool { return r.of(KindYesNo).number == 1 }

// Code is the value of a [KindCode].
func (r *Row) Code() string { return r.of(KindCode).text }

// Clock is the value of a [KindClock]: the time since midnight, up to 24 hours.
func (r *Row) Clock() time.Duration { return time.Duration(r.of(KindClock).number) * time.Minute }

// Date is the value of a [KindDate]: the beginning of that day in a zone.
func (r *Row) Date(zone *time.Location) time.Time {
	year, month, date := day(r.of(KindDate).number).utc().Date()
	return time.Date(year, month, date, 0, 0, 0, 0, zone)
}

// Text is the value of a [KindText].
func (r *Row) Text() string { return r.of(KindText).text }
