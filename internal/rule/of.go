package rule

import (
	"time"

	"github.com/cockroachdb/apd/v3"
)

// The Go types of kinds that have none of their own.
type (
	// Workdays is a number of working days, to be counted by a [Calendar].
	Workdays int
	// Percent is a share: 80 for 80 %.
	Percent struct{ *apd.Decimal }
	// Fen is an amount of money in fen.
	Fen int64
	// Code is one of a table's codes.
	Code string
	// Clock is a time of the day as the time since midnight.
	Clock time.Duration
	// Date is a day, as its beginning in UTC.
	Date struct{ time.Time }
)

// Held are the Go types of values, one for each kind.
type Held interface {
	time.Duration | Workdays | int64 | *apd.Decimal | Percent | Fen | bool | Code | Clock | Date | string
}

// Rule is a table whose values are T. Its table's kind follows from T, so none can be asked for as something else.
type Rule[T Held] struct {
	table *Table
	get   func(*Row) T
}

// Of declares a table whose values are T; see [Declare].
func Of[T Held](t Table) Rule[T] {
	get := getter[T](&t)
	return Rule[T]{Declare(t), get}
}

// Table is the declaration, for the book.
func (r Rule[T]) Table() *Table { return r.table }

// Find is [Book.Find] with the value.
func (r Rule[T]) Find(b *Book, region string, at time.Time, keys ...string) (v T, row *Row, err error) {
	if row, err = b.Find(r.table.Name, region, at, keys...); err == nil {
		v = r.get(row)
	}
	return v, row, err
}

// Questions are put to several rules about one case: a region at an instant.
type Questions struct {
	book   *Book
	region string
	at     time.Time
	err    error
}

// Ask begins questions.
func Ask(b *Book, region string, at time.Time) *Questions {
	return &Questions{book: b, region: region, at: at}
}

// Answer is what a rule says; once one has no answer, nothing more is looked up. See [Questions.Err].
func Answer[T Held](q *Questions, r Rule[T], keys ...string) (v T) {
	if q.err == nil {
		v, _, q.err = r.Find(q.book, q.region, q.at, keys...)
	}
	return v
}

// Err is why the first question without an answer has none.
func (q *Questions) Err() error { return q.err }

// getter sets the kind of T, and gives the way from a row to its value.
func getter[T Held](t *Table) func(*Row) T {
	var get any
	var zero T
	switch any(zero).(type) {
	case time.Duration:
		t.Value.Kind, get = KindDuration, (*Row).Duration
	case Workdays:
		t.Value.Kind, get = KindWorkdays, func(r *Row) Workdays { return Workdays(r.Workdays()) }
	case int64:
		t.Value.Kind, get = KindInteger, (*Row).Int
	case *apd.Decimal:
		t.Value.Kind, get = KindDecimal, (*Row).Decimal
	case Percent:
		t.Value.Kind, get = KindPercentage, func(r *Row) Percent { return Percent{r.Percentage()} }
	case Fen:
		t.Value.Kind, get = KindMoney, func(r *Row) Fen { return Fen(r.Money()) }
	case bool:
		t.Value.Kind, get = KindYesNo, (*Row).Bool
	case Code:
		t.Value.Kind, get = KindCode, func(r *Row) Code { return Code(r.Code()) }
	case Clock:
		t.Value.Kind, get = KindClock, func(r *Row) Clock { return Clock(r.Clock()) }
	case Date:
		t.Value.Kind, get = KindDate, func(r *Row) Date { return Date{r.Date(time.UTC)} }
	case string:
		t.Value.Kind, get = KindText, (*Row).Text
	}
	return get.(func(*Row) T)
}
