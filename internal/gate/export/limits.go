package export

import (
	"fmt"
	"time"

	"yitong/internal/fault"
)

// Limits say how much may leave the record by one request. They are the policy's: its block export.
type Limits struct {
	Most        int           `yaml:"most"`        // resources of one run, and residents whom they are about
	Lasts       time.Duration `yaml:"lasts"`       // at most, from the request until what was approved is over
	Repetitions int           `yaml:"repetitions"` // how often an approved export may be fetched
}

// Bounds of the limits. A run remembers what it has given, and about whom, some 200 bytes for each.
const (
	mostMost        = 1_000_000
	lastsMost       = 366 * 24 * time.Hour
	repetitionsMost = 100
)

// Check refuses limits that are missing or too wide, as Malformed.
func (l Limits) Check() error {
	switch {
	case l.Most < 1 || l.Most > mostMost:
		return fault.New(fault.Malformed, "most of export should be from 1 to %d resources, not %d.", mostMost, l.Most)
	case l.Lasts <= 0 || l.Lasts > lastsMost:
		return fault.New(fault.Malformed, "lasts of export should be more than 0 and at most %s, not %s.", lastsMost, l.Lasts)
	case l.Repetitions < 1 || l.Repetitions > repetitionsMost:
		return fault.New(fault.Malformed, "repetitions of export should be from 1 to %d, not %d.", repetitionsMost, l.Repetitions)
	}
	return nil
}

// String says in a sentence what they are.
func (l Limits) String() string {
	return fmt.Sprintf("An export is asked for, and approved by somebody else. Resources: at most %d. "+
		"Hours from the request until it is over: at most %g. Runs: at most %d, those that break off counted.", l.Most, l.Lasts.Hours(), l.Repetitions)
}
