package label

import (
	_ "embed" // for rules.csv
	"sync"
	"time"
)

//go:embed rules.csv
var rulesText string

var defaults = sync.OnceValue(func() *Rules {
	rules, err := Read(rulesText)
	if err != nil {
		panic(err) // the file is a part of the program, and the tests read it
	}
	return rules
})

// Default gives the rules that come with the program, rules.csv. They are read when they are first asked for.
func Default() *Rules { return defaults() }

// Rules tell which codes say something of a sensitive class. They do not change once read, and serve any number of
// goroutines.
type Rules struct {
	systems map[string][]*system // by address
}

// system holds the rules for the codes of one system.
type system struct {
	exact map[string][]term // by the whole code
	runs  []run             // in the order of first
}

// run is a run of codes: those that, packed, lie between first and last.
type run struct {
	first, last uint64
	term
}

// term is a class and the days, inclusive, for which a rule gives it.
type term struct {
	class    Set
	from, to day
}

// day is a date in China written yyyymmdd.
type day int32

// The days of an end that is left open.
const (
	firstDay day = 0
	lastDay  day = 1<<31 - 1
)

var china = time.FixedZone("CST", 8*60*60)

func dayOf(t time.Time) day {
	year, month, date := t.In(china).Date()
	return day(year*10000 + int(month)*100 + date)
}

// on is the class of a rule that is in force on that day, else no class.
func (t term) on(on time.Time) Set {
	if t.from == firstDay && t.to == lastDay { // as most are
		return t.class
	}
	if d := dayOf(on); d < t.from || t.to < d {
		return 0
	}
	return t.class
}
