package label

import (
	"cmp"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
)

// The columns of the rules; the last two are for readers.
const (
	columnClass = iota
	columnSystem
	columnCode
	columnFrom
	columnTo
	columnMeaning
	columnSource
	columns
)

var header = []string{"class", "system", "code", "from", "to", "meaning", "source"}

// addressRow is the class of the rows that give a system's name an address.
const addressRow = "system"

// Read reads rules from a CSV text (RFC 4180, with comment lines that begin with #) in the form that the package's
// documentation describes. Its error is Malformed and names the line and what to mend.
func Read(text string) (*Rules, error) {
	rows := csv.NewReader(strings.NewReader(text))
	rows.Comment = '#'
	rows.FieldsPerRecord = columns
	rows.ReuseRecord = true
	r := reader{rows: rows, named: map[string]*named{}, seen: map[string]int{}}
	for first := true; ; first = false {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			if first {
				return nil, fault.New(fault.Malformed, "The rules have no header; it should be %s.", strings.Join(header, ","))
			}
			return r.rules()
		}
		if err != nil {
			return nil, unreadable(err)
		}
		if err := r.row(row, first); err != nil {
			return nil, err
		}
	}
}

// unreadable says where the text is no CSV.
func unreadable(err error) error {
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return fault.Wrap(err, "reading labelling rules")
	}
	return fault.New(fault.Malformed, "Line %d: this cannot be read as %d columns of CSV; put text with a comma into quotes.",
		at.Line, columns).Because(err)
}

// reader is the rules as read so far.
type reader struct {
	rows  *csv.Reader
	named map[string]*named // by the system's name
	seen  map[string]int    // the line of a rule, by what makes it one
}

// named is a system as the rules call it.
type named struct {
	system
	addresses []string
	line      int // that first uses the name for a rule
}

func (r *reader) line() int { line, _ := r.rows.FieldPos(0); return line }

// fail is an error about the row that was read last.
func (r *reader) fail(format string, args ...any) error {
	return fault.New(fault.Malformed, "Line %d: "+format, append([]any{r.line()}, args...)...)
}

func (r *reader) row(row []string, first bool) error {
	if first {
		if !slices.Equal(row, header) {
			return r.fail("the columns should be %s.", strings.Join(header, ","))
		}
		return nil
	}
	for _, i := range []int{columnClass, columnSystem, columnCode, columnMeaning, columnSource} {
		if row[i] == "" {
			return r.fail("the column %s is empty.", header[i])
		}
	}
	key := strings.Join(row[:columnTo], ",")
	if before, twice := r.seen[key]; twice {
		return r.fail("this is on line %d already.", before)
	}
	r.seen[key] = r.line()
	of := r.named[row[columnSystem]]
	if of == nil {
		of = &named{system: system{exact: map[string][]term{}}}
		r.named[row[columnSystem]] = of
	}
	if row[columnClass] == addressRow {
		if row[columnFrom] != "" || row[columnTo] != "" {
			return r.fail("an address has no dates.")
		}
		of.addresses = append(of.addresses, row[columnCode])
		return nil
	}
	if of.line == 0 {
		of.line = r.line()
	}
	return r.rule(&of.system, row)
}

// rule adds a rule to its system.
func (r *reader) rule(s *system, row []string) error {
	t := term{class: bit([]byte(row[columnClass])), from: firstDay, to: lastDay}
	if t.class.Empty() {
		return r.fail("%q is no class; the classes are %v.", row[columnClass], Classes())
	}
	if err := cmp.Or(r.date(row[columnFrom], &t.from), r.date(row[columnTo], &t.to)); err != nil {
		return err
	}
	if t.from > t.to {
		return r.fail("the rule ends before it begins.")
	}
	first, last, exact := ends(row[columnCode])
	from, to := written(first), written(last)
	if from == nil || to == nil {
		return r.fail("%q is no code; it has letters, digits, dots and dashes, at most %d, and perhaps * behind it.",
			row[columnCode], maxCode)
	}
	if exact {
		s.exact[string(from)] = append(s.exact[string(from)], t)
		return nil
	}
	if slices.Contains(from, '-') || slices.Contains(to, '-') {
		return r.fail("%q is a prefix and a range, or several ranges; it should be one.", row[columnCode])
	}
	if len(from) > maxPrefix {
		return r.fail("%q has more than %d characters, dots aside.", first, maxPrefix)
	}
	if len(from) != len(to) || string(from) > string(to) {
		return r.fail("the range %q should run from a code to a later one that is as long.", row[columnCode])
	}
	s.runs = append(s.runs, run{pack(from, 0), pack(to, 0xff), t})
	return nil
}

// date reads a date, or leaves the day alone where none is given.
func (r *reader) date(text string, to *day) error {
	if text == "" {
		return nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, china)
	if err != nil {
		return r.fail("%q is no date; dates are written 2021-07-01, and left out for open.", text)
	}
	*to = dayOf(t)
	return nil
}

// minRange is the length from which the halves around a dash are the ends of a range. In a code of LOINC a check digit
// stands behind the dash.
const minRange = 2

// ends takes the column code apart: a code, a prefix such as Z21*, or a range such as B20-B24.
func ends(text string) (first, last string, exact bool) {
	if prefix, ok := strings.CutSuffix(text, "*"); ok {
		return prefix, prefix, false
	}
	if first, last, ok := strings.Cut(text, "-"); ok && len(last) >= minRange {
		return first, last, false
	}
	return text, text, true
}

// written gives a code of a rule in the form in which codes are compared, nil when it is not one code.
func written(text string) []byte {
	var at [maxCode]byte
	n, rest := part([]byte(text), &at)
	if n == 0 || rest != nil || n > maxCode {
		return nil
	}
	return at[:n]
}

// rules makes the rules of what was read.
func (r *reader) rules() (*Rules, error) {
	rules := &Rules{systems: map[string][]*system{}}
	for name, s := range r.named {
		if s.addresses == nil {
			return nil, fault.New(fault.Malformed, "Line %d: no row of class %s gives the address of %s.", s.line, addressRow, name)
		}
		slices.SortFunc(s.runs, func(a, b run) int { return cmp.Compare(a.first, b.first) })
		for _, address := range s.addresses {
			rules.systems[address] = append(rules.systems[address], &s.system)
		}
	}
	return rules, nil
}
