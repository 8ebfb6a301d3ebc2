package trail

import (
	_ "embed" // for retention.csv
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"yitong/internal/fault"
)

//go:embed retention.csv
var retentionText string

// Retention is a rule for how long lines are kept, in force from one day to another (docs/trail.md).
type Retention struct {
	From, To time.Time // from the beginning of the first day to the end of the last; zero for no end
	Months   int
	Source   string
}

// leastMonths is what no rule goes below (网络安全法 Art. 21: at least six months).
const leastMonths = 6

// Retentions are the rules that come with the program, retention.csv.
var Retentions = sync.OnceValue(func() []Retention {
	rules, err := readRetentions(retentionText)
	if err != nil {
		panic(err) // a test reads it
	}
	return rules
})

// Kept is the rule of an instant, and the instant before which lines have been kept long enough by it. The error is NotFound where no
// rule is in force: then nothing may be erased.
func Kept(rules []Retention, now time.Time) (Retention, time.Time, error) {
	for _, r := range rules {
		if !now.Before(r.From) && (r.To.IsZero() || now.Before(r.To)) {
			return r, now.AddDate(0, -r.Months, 0), nil
		}
	}
	return Retention{}, time.Time{}, fault.New(fault.NotFound, "No rule says on %s how long the trail is kept.", now.Format(time.DateOnly))
}

// String is the rule as the log tells it.
func (r Retention) String() string { return fmt.Sprintf("%d months: %s", r.Months, r.Source) }

func readRetentions(text string) (rules []Retention, err error) {
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fault.New(fault.Malformed, "The rules for how long the trail is kept cannot be read.").Because(err)
	}
	for i, row := range rows[1:] {
		r := Retention{Source: row[3]}
		var errs [3]error
		r.From, errs[0] = dayOf(row[0])
		if row[1] != "" {
			if r.To, errs[1] = dayOf(row[1]); errs[1] == nil {
				r.To = r.To.AddDate(0, 0, 1)
			}
		}
		r.Months, errs[2] = strconv.Atoi(row[2])
		for _, err := range errs {
			if err != nil {
				return nil, fault.New(fault.Malformed, "Rule %d for how long the trail is kept has no days, or no number of months.", i+1).Because(err)
			}
		}
		if r.Months < leastMonths || r.Source == "" {
			return nil, fault.New(fault.Malformed, "Rule %d for how long the trail is kept needs a source, and at least %d months.", i+1, leastMonths)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// china is the zone of days.
var china = time.FixedZone("CST", 8*60*60)

func dayOf(text string) (time.Time, error) { return time.ParseInLocation(time.DateOnly, text, china) }
