package rule

import (
	"regexp"
	"slices"
	"strings"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Table declares one rule, by [Declare] or [Of]: what is asked, what the answer is, and the rows that come with the
// program. Its name, kind, unit and key columns do not change once rows have been published; a rule with others is
// another table.
type Table struct {
	Name  string // such as access-question.answer-within
	Title bilingual.Text
	About bilingual.Text // what the value means, and how it is counted
	Keys  []Key          // columns that tell cases apart; none if there is one value for all
	Value Value          // what the values are; Kind may be left to [Of]
	Rows  string         // rows of the program as CSV: region,from,to,<keys>,value,source
	// Edition names the state of Rows, such as 2026-01. Who changes Rows gives a new one: decisions name the edition
	// and the row's number.
	Edition string
	// Sparse says that there need not be a row for each day, and that who asks knows what holds then.
	Sparse bool

	bounds bounds // of values
}

// Key is a column whose values tell cases apart, such as the level of an institution. Its codes are all that there are.
type Key struct {
	Name  string
	Title bilingual.Text
	Codes []bilingual.Code
}

// Value says what the values of a table are.
type Value struct {
	Kind     Kind
	Unit     string           // of a duration: s, min, h, d or wk; of a number for people, such as mm[Hg] or 月; else none
	Min, Max string           // bounds as values are written, for kinds that have an order; "" for none
	Codes    []bilingual.Code // of a code
}

// bounds are Min and Max as they are read; nil for none.
type bounds struct{ min, max *value }

// Limits of tables.
const (
	nameMost  = 46     // characters of a name: with a version it is the id of a resource
	codesMost = 1_000  // codes of a column
	casesMost = 65_536 // cases that the key columns tell apart
	// RowsMost is how many rows one version of a table has at most.
	RowsMost   = 20_000
	sourceMost = 1_000 // characters of a source
)

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9]*(?:[-.][a-z0-9]+)*$`)
	codeForm    = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{N}._/<>=+-]*[\p{L}\p{N}+])?$`)
	versionForm = regexp.MustCompile(`^[0-9A-Za-z](?:[0-9A-Za-z.-]{0,14}[0-9A-Za-z])?$`)
)

// reserved are columns that every table has, and names that a [Use] needs.
var reserved = []string{"region", "from", "to", "value", "source", "at"}

// Columns are the names of the columns, in order.
func (t *Table) Columns() []string {
	all := []string{"region", "from", "to"}
	for _, k := range t.Keys {
		all = append(all, k.Name)
	}
	return append(all, "value", "source")
}

// Declare checks a table and reads its bounds. It panics where the declaration cannot be: that is a mistake in a
// program, and comes out when it starts.
func Declare(t Table) *Table {
	if err := t.check(); err != nil {
		panic(err)
	}
	return &t
}

// check reads the declaration. Its errors are mistakes in a program.
func (t *Table) check() error {
	wrong := func(format string, args ...any) error {
		return fault.New(fault.Internal, "The rule table "+t.Name+": "+format, args...)
	}
	switch {
	case !nameForm.MatchString(t.Name) || len(t.Name) > nameMost:
		return wrong("its name should have up to %d characters of a-z, 0-9, . and -.", nameMost)
	case t.Title.Zh == "" || t.Title.En == "":
		return wrong("it needs a title in both languages.")
	case !versionForm.MatchString(t.Edition):
		return wrong("its edition %q should be such as 2026-01.", t.Edition)
	}
	cases := 1
	for i, k := range t.Keys {
		if !nameForm.MatchString(k.Name) || slices.Contains(reserved, k.Name) ||
			slices.ContainsFunc(t.Keys[:i], func(o Key) bool { return o.Name == k.Name }) {
			return wrong("no key column can be called %q, or not twice.", k.Name)
		}
		if why := checkCodes(k.Codes); why != "" {
			return wrong("the key column %s %s.", k.Name, why)
		}
		if cases *= len(k.Codes); cases > casesMost {
			return wrong("its key columns tell more than %d cases apart.", casesMost)
		}
	}
	return t.checkValue(wrong)
}

func (t *Table) checkValue(wrong func(string, ...any) error) error {
	v := &t.Value
	_, timed := units[v.Unit]
	counts := v.Kind == KindInteger || v.Kind == KindDecimal
	why := checkCodes(v.Codes)
	switch {
	case v.Kind == 0 || v.Kind.Words() == bilingual.Text{}:
		return wrong("it does not say what its values are.")
	case v.Kind == KindDuration && !timed:
		return wrong("the unit of durations is s, min, h, d or wk; a month has no fixed length, so write an integer.")
	case v.Kind != KindDuration && !counts && v.Unit != "":
		return wrong("only durations, integers and decimals have a unit.")
	case v.Kind == KindCode && why != "":
		return wrong("its value %s.", why)
	case v.Kind != KindCode && v.Codes != nil:
		return wrong("only codes have a list of codes.")
	case (v.Min != "" || v.Max != "") && !v.Kind.ordered():
		return wrong("values of its kind have no bounds.")
	}
	for _, bound := range []struct {
		text string
		to   **value
	}{{v.Min, &t.bounds.min}, {v.Max, &t.bounds.max}} {
		text := bound.text
		if text == "" && v.Kind == KindPercentage {
			text = map[bool]string{true: "0", false: "100"}[bound.to == &t.bounds.min]
		}
		if text == "" {
			continue
		}
		read, why := v.read(text)
		if why.Whole() {
			return wrong("the bound %q is not %s.", text, why.En)
		}
		*bound.to = &read
	}
	if t.bounds.min != nil && t.bounds.max != nil && t.bounds.min.cmp(*t.bounds.max) > 0 {
		return wrong("its bounds leave nothing.")
	}
	return nil
}

// ordered tells whether values of the kind can have bounds.
func (k Kind) ordered() bool { return k != KindYesNo && k != KindCode && k != KindText }

// checkCodes says what is wrong with a list of codes, "" for nothing.
func checkCodes(all []bilingual.Code) string {
	if len(all) == 0 || len(all) > codesMost {
		return "needs a list of codes"
	}
	seen := map[string]bool{}
	for _, c := range all {
		if !codeForm.MatchString(c.Code) || seen[c.Code] || c.Words.Zh == "" || c.Words.En == "" {
			return "has a code " + c.Code + " that is there twice, cannot be written, or has no words"
		}
		seen[c.Code] = true
	}
	return ""
}

// codesOf lists codes for people.
func codesOf(all []bilingual.Code) string {
	const most = 20
	var codes []string
	for _, c := range all[:min(most, len(all))] {
		codes = append(codes, c.Code)
	}
	if len(all) > most {
		codes = append(codes, "…")
	}
	return strings.Join(codes, ", ")
}

// oneOf says that something should be one of a list of codes.
func oneOf(all []bilingual.Code) bilingual.Text {
	return bilingual.Text{Zh: "以下代码之一：%s", En: "one of %s"}.Put(codesOf(all))
}

// parse reads a value, in bounds; wrong says what it should be, nothing if it is right.
func (t *Table) parse(text string) (value, bilingual.Text) {
	v, wrong := t.Value.read(text)
	switch {
	case wrong.Whole():
	case t.bounds.min != nil && v.cmp(*t.bounds.min) < 0:
		wrong = bilingual.Text{Zh: "不小于 %s 的值", En: "at least %s"}.Put(t.least())
	case t.bounds.max != nil && v.cmp(*t.bounds.max) > 0:
		wrong = bilingual.Text{Zh: "不大于 %s 的值", En: "at most %s"}.Put(t.most())
	}
	return v, wrong
}

// least and most are the bounds as they are written, "" for none.
func (t *Table) least() string {
	if t.Value.Min == "" && t.Value.Kind == KindPercentage {
		return "0"
	}
	return t.Value.Min
}

func (t *Table) most() string {
	if t.Value.Max == "" && t.Value.Kind == KindPercentage {
		return "100"
	}
	return t.Value.Max
}

// caseOf is the number of the case that key values tell. wrong is the first column whose value is none of its codes, -1
// for none.
func (t *Table) caseOf(keys []string) (number uint32, wrong int) {
	for i := range t.Keys {
		codes := t.Keys[i].Codes
		at := -1
		for j := range codes {
			if codes[j].Code == keys[i] {
				at = j
				break
			}
		}
		if at < 0 {
			return 0, i
		}
		number = number*uint32(len(codes)) + uint32(at)
	}
	return number, -1
}

// keysOf are the key values of a case.
func (t *Table) keysOf(number uint32) []string {
	keys := make([]string, len(t.Keys))
	for i := len(t.Keys) - 1; i >= 0; i-- {
		n := uint32(len(t.Keys[i].Codes))
		keys[i] = t.Keys[i].Codes[number%n].Code
		number /= n
	}
	return keys
}

// cases is how many cases the key columns tell apart.
func (t *Table) cases() uint32 {
	n := uint32(1)
	for _, k := range t.Keys {
		n *= uint32(len(k.Codes))
	}
	return n
}
