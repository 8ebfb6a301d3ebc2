package rule

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/bilingual"
)

// Kind is what the values of a table are.
type Kind uint8

// The kinds, and how a value is written. Each value has one way to be written only.
const (
	KindDuration   Kind = iota + 1 // a whole number of the table's unit: s, min, h, d or wk
	KindWorkdays                   // a whole number of working days
	KindInteger                    // a whole number; Unit says of what
	KindDecimal                    // such as 0.80, exact; Unit says of what
	KindPercentage                 // a decimal, 80 for 80 %; from 0 to 100 unless the table says otherwise
	KindMoney                      // yuan with two places, such as 12.50
	KindYesNo                      // yes or no
	KindCode                       // one of the table's codes
	KindClock                      // a time of the day from 00:00 to 24:00
	KindDate                       // such as 2026-01-31
	KindText                       // any text
)

var kindNames = [...]bilingual.Text{
	KindDuration: {Zh: "时长", En: "duration"}, KindWorkdays: {Zh: "工作日数", En: "working days"}, KindInteger: {Zh: "整数", En: "integer"},
	KindDecimal: {Zh: "小数", En: "decimal"}, KindPercentage: {Zh: "百分比", En: "percentage"}, KindMoney: {Zh: "金额（元）", En: "money in yuan"},
	KindYesNo: {Zh: "是否", En: "yes or no"}, KindCode: {Zh: "代码", En: "code"}, KindClock: {Zh: "时刻", En: "time of day"}, KindDate: {Zh: "日期",
		En: "date"},
	KindText: {Zh: "文本", En: "text"},
}

// Words are the names of a kind.
func (k Kind) Words() bilingual.Text {
	if int(k) >= len(kindNames) {
		return bilingual.Text{}
	}
	return kindNames[k]
}

// Bounds of values.
const (
	workdaysMost = 10_000
	digitsMost   = 30      // of a decimal
	fenMost      = 1 << 53 // about 90 million million yuan
	textMost     = 2_000   // characters of a text
	dayMinutes   = 24 * 60
)

// units are those of durations (UCUM). A month has no fixed length: a rule of months is an integer.
var units = map[string]time.Duration{"s": time.Second, "min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
	"wk": 7 * 24 * time.Hour}

// value is a value that has been read.
type value struct {
	number  int64 // nanoseconds, working days, integer, fen, 1 for yes, minutes since midnight, days since 1970
	decimal *apd.Decimal
	text    string // of a code or a text
}

var (
	whole    = regexp.MustCompile(`^(?:0|-?[1-9][0-9]{0,17})$`)
	exact    = regexp.MustCompile(`^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$`)
	yuan     = regexp.MustCompile(`^(-?)(0|[1-9][0-9]{0,13})\.([0-9]{2})$`)
	clockTxt = regexp.MustCompile(`^([01][0-9]|2[0-4]):([0-5][0-9])$`)
)

// How values are written.
var (
	asDuration = bilingual.Text{Zh: "以 %s 为单位的整数，如 30", En: "a whole number of %s, such as 30"}
	asWorkdays = bilingual.Text{Zh: "工作日数，如 5", En: "a number of working days, such as 5"}
	asInteger  = bilingual.Text{Zh: "整数，如 30，前面不带正号或零", En: "a whole number, such as 30, without signs or zeros in front"}
	asDecimal  = bilingual.Text{Zh: "小数，如 0.80，最多 %d 个字符", En: "a decimal number, such as 0.80, of up to %d characters"}
	asMoney    = bilingual.Text{Zh: "以元为单位、带两位小数的金额，如 12.50", En: "an amount in yuan with two places, such as 12.50"}
	asYesNo    = bilingual.Text{Zh: "“yes”（是）或“no”（否）", En: "yes or no"}
	asClock    = bilingual.Text{Zh: "时刻，从 00:00 到 24:00", En: "a time of the day from 00:00 to 24:00"}
	asDate     = bilingual.Text{Zh: "日期，如 2026-01-31", En: "a date, such as 2026-01-31"}
	asText     = bilingual.Text{Zh: "文字，最多 %d 个字符，首尾不带空格", En: "a text of up to %d characters, without space at its ends"}
)

// read reads a value of the kind, but for the bounds. wrong says how it is written; nothing if it is right.
func (v *Value) read(text string) (read value, wrong bilingual.Text) {
	switch v.Kind {
	case KindDuration:
		return readDuration(text, v.Unit)
	case KindWorkdays:
		n, ok := integer(text)
		return value{number: n}, unless(ok && n >= 0 && n <= workdaysMost, asWorkdays)
	case KindInteger:
		n, ok := integer(text)
		return value{number: n}, unless(ok, asInteger)
	case KindDecimal, KindPercentage:
		return readDecimal(text)
	case KindMoney:
		return readMoney(text)
	case KindYesNo:
		return value{number: bit(text == "yes")}, unless(text == "yes" || text == "no", asYesNo)
	case KindCode:
		if slices.ContainsFunc(v.Codes, func(c bilingual.Code) bool { return c.Code == text }) {
			return value{text: text}, bilingual.Text{}
		}
		return value{}, oneOf(v.Codes)
	case KindClock:
		return readClock(text)
	case KindDate:
		d, ok := parseDay(text)
		return value{number: int64(d)}, unless(ok, asDate)
	}
	ok := text != "" && utf8.RuneCountInString(text) <= textMost && plain(text)
	return value{text: text}, unless(ok, asText, textMost)
}

func unless(ok bool, wanted bilingual.Text, values ...any) bilingual.Text {
	if ok {
		return bilingual.Text{}
	}
	return wanted.Put(values...)
}

func bit(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

// escaped is how files of Office Open XML write a character that XML cannot (ECMA-376, ST_Xstring).
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// plain tells whether a text goes through files as it is: valid, without control characters and without space at its
// ends.
func plain(text string) bool {
	return utf8.ValidString(text) && text == strings.TrimSpace(text) && !escaped.MatchString(text) &&
		!strings.ContainsFunc(text, func(r rune) bool {
			return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff
		})
}

func integer(text string) (int64, bool) {
	if !whole.MatchString(text) {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

func readDuration(text, unit string) (value, bilingual.Text) {
	n, ok := integer(text)
	one := units[unit]
	ok = ok && n >= 0 && time.Duration(n) <= (1<<63-1)/one
	return value{number: n * int64(one)}, unless(ok, asDuration, unit)
}

func readDecimal(text string) (value, bilingual.Text) {
	if !exact.MatchString(text) || len(text) > digitsMost || strings.Trim(text, "-0.") == "" && text[0] == '-' {
		return value{}, asDecimal.Put(digitsMost)
	}
	d, _, err := apd.NewFromString(text)
	return value{decimal: d}, unless(err == nil, asDecimal, digitsMost)
}

func readMoney(text string) (value, bilingual.Text) {
	part := yuan.FindStringSubmatch(text)
	if part == nil || text == "-0.00" {
		return value{}, asMoney
	}
	fen, err := strconv.ParseInt(part[1]+part[2]+part[3], 10, 64)
	return value{number: fen}, unless(err == nil && fen <= fenMost && -fen <= fenMost, asMoney)
}

func readClock(text string) (value, bilingual.Text) {
	part := clockTxt.FindStringSubmatch(text)
	if part == nil {
		return value{}, asClock
	}
	hours, _ := strconv.Atoi(part[1])
	minutes, _ := strconv.Atoi(part[2])
	n := int64(hours*60 + minutes)
	return value{number: n}, unless(n <= dayMinutes, asClock)
}

// cmp orders two values of a kind.
func (v value) cmp(other value) int {
	if v.decimal != nil {
		return v.decimal.Cmp(other.decimal)
	}
	return int(min(1, max(-1, v.number-other.number)))
}
