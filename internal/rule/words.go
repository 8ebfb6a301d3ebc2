package rule

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yitong/internal/bilingual"
)

// columnTitles are those of the columns that every table has.
var columnTitles = map[string]bilingual.Text{
	"region": {Zh: "地区", En: "region"}, "from": {Zh: "生效", En: "from"}, "to": {Zh: "失效", En: "to"}, "value": {Zh: "值", En: "value"}, "source": {Zh: "依据",
		En: "source"},
}

// Titles are the titles of the columns in both languages, in the order of [Table.Columns].
func (t *Table) Titles() []string {
	titles := []string{columnTitles["region"].Both(), columnTitles["from"].Both(), columnTitles["to"].Both()}
	for _, k := range t.Keys {
		titles = append(titles, k.Title.Both())
	}
	value := columnTitles["value"].Both()
	if t.Value.Unit != "" {
		value += " (" + t.Value.Unit + ")"
	}
	return append(titles, value, columnTitles["source"].Both())
}

// Lists are the codes that the cells of a column are chosen from, in the order of [Table.Columns]; nil for a column
// without a list.
func (t *Table) Lists() [][]string {
	lists := [][]string{nil, nil, nil}
	for _, k := range t.Keys {
		lists = append(lists, allCodes(k.Codes))
	}
	var of []string
	switch t.Value.Kind {
	case KindYesNo:
		of = []string{"yes", "no"}
	case KindCode:
		of = allCodes(t.Value.Codes)
	}
	return append(lists, of, nil)
}

func allCodes(all []bilingual.Code) (codes []string) {
	for _, c := range all {
		codes = append(codes, c.Code)
	}
	return codes
}

// Describe says what the values are, for people: the kind in both languages, the unit and the bounds.
func (t *Table) Describe() string {
	text := t.Value.Kind.Words().Both()
	if t.Value.Unit != "" {
		text += ", " + t.Value.Unit
	}
	switch least, most := t.least(), t.most(); {
	case least != "" && most != "":
		text += fmt.Sprintf(", %s–%s", least, most)
	case least != "":
		text += ", ≥ " + least
	case most != "":
		text += ", ≤ " + most
	}
	if t.Value.Codes != nil {
		text += ": " + codesOf(t.Value.Codes)
	}
	return text
}

var serial = regexp.MustCompile(`^[1-9][0-9]{4}$`)

// serialStart is the day before the first of the days that programs for sheets count, corrected for the day that 1900
// did not have.
var serialStart = time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)

// Typed is what somebody means who has typed a text into the i-th column of a sheet: a day that a program has made a
// number or has written with slashes, 是 and 否, money without its places. What it does not know it leaves as it is.
func (t *Table) Typed(i int, text string) string {
	columns := t.Columns()
	switch name := columns[i]; {
	case name == "from" || name == "to" || name == "value" && t.Value.Kind == KindDate:
		return typedDay(text)
	case name == "value" && t.Value.Kind == KindYesNo:
		switch strings.ToLower(text) {
		case "是", "yes", "true", "1":
			return "yes"
		case "否", "no", "false", "0":
			return "no"
		}
	case name == "value" && t.Value.Kind == KindMoney:
		for _, places := range []string{"", "0", ".00"} {
			if _, wrong := readMoney(text + places); !wrong.Whole() {
				return text + places
			}
		}
	}
	return text
}

func typedDay(text string) string {
	if serial.MatchString(text) {
		n, _ := strconv.Atoi(text)
		return serialStart.AddDate(0, 0, n).Format(time.DateOnly)
	}
	for _, layout := range []string{"2006/1/2", "2006-1-2", "2006.1.2", "2006年1月2日"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.Format(time.DateOnly)
		}
	}
	return text
}
