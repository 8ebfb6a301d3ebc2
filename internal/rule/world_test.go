package rule_test

import (
	"strings"
	"testing"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/rule"
)

var china = time.FixedZone("CST", 8*60*60)

// levels are a key column.
var levels = rule.Key{Name: "level", Title: bilingual.Text{Zh: "机构级别", En: "level of the institution"},
	Codes: []bilingual.Code{
		{Code: "1", Words: bilingual.Text{Zh: "一级", En: "first"}}, {Code: "2", Words: bilingual.Text{Zh: "二级", En: "second"}},
		{Code: "3", Words: bilingual.Text{Zh: "三级", En: "third"}},
	}}

// answer is a table without keys.
func answer(rows ...string) rule.Rule[rule.Workdays] {
	return rule.Of[rule.Workdays](rule.Table{
		Name: "access-question.answer-within", Title: bilingual.Text{Zh: "查询答复期限",
			En: "time to answer"}, Edition: "2026-01",
		Value: rule.Value{Min: "1", Max: "60"}, Rows: csv("region,from,to,value,source", rows),
	})
}

// slots is a table with a key.
func slots(rows ...string) rule.Rule[time.Duration] {
	return rule.Of[time.Duration](rule.Table{
		Name: "slot.length", Title: bilingual.Text{Zh: "时段长度",
			En: "length of a slot"}, Edition: "2026-01", Keys: []rule.Key{levels},
		Value: rule.Value{Unit: "min", Min: "5", Max: "60"}, Rows: csv("region,from,to,level,value,source", rows),
	})
}

func csv(head string, rows []string) string {
	return strings.Join(append([]string{head}, rows...), "\n") + "\n"
}

// lines reads rows of a table.
func lines(t testing.TB, of *rule.Table, rows ...string) []rule.Line {
	t.Helper()
	all, err := of.ReadCSV(csv(strings.Join(of.Columns(), ","), rows))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func book(t testing.TB, tables []*rule.Table, versions ...rule.Version) *rule.Book {
	t.Helper()
	b, err := rule.NewBook(china, tables, versions...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// on is noon of a date.
func on(date string) time.Time {
	at, err := time.ParseInLocation(time.DateOnly, date, china)
	if err != nil {
		panic(err)
	}
	return at.Add(12 * time.Hour)
}
