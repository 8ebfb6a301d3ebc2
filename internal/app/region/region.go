package region

import (
	"iter"
	"time"

	"yitong/internal/fault"
)

// Options choose a region.
type Options struct {
	Seed      uint64
	Residents int       // 0 means 600
	Years     int       // how far the record of care goes back; 0 means 10
	Gather    int       // bytes up to which households share a bundle, which is loaded faster than many small ones; 0: each has its own
	Today     time.Time // its date in China is the day to which ages and visits relate; everything happens before it
}

// Day is the day for which demos and benchmarks make the region, so that each of them is the same every time.
var Day = time.Date(2026, 11, 21, 0, 0, 0, 0, china)

// most is where the five digits that number the records of a committee begin to run out; the largest has 15 of 100 residents.
const (
	most      = 500_000
	mostYears = 10 // nobody of the staff has been licensed for longer than that for certain
)

// china is the time zone of all dates and times.
var china = time.FixedZone("CST", 8*60*60)

// Make yields the region's transaction Bundles as JSON, in the order in which they are to be loaded. The same options
// yield the same bytes. The error is a *fault.Error: Malformed for options that make no sense, Internal for a defect; it
// comes last.
func Make(o Options) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		g, err := newGenerator(o)
		if err != nil {
			yield(nil, err)
			return
		}
		if text, err := g.services(); !yield(text, err) || err != nil {
			return
		}
		for g.residents < g.wanted {
			b := &bundle{}
			for g.household(b); b.text.Len() < o.Gather && g.residents < g.wanted; {
				g.household(b)
			}
			if text, err := b.bytes(); !yield(text, err) || err != nil {
				return
			}
		}
	}
}

// First is the id of the Patient that regions of the seed begin with, whatever their size.
func First(seed uint64) string { return resourceID(seed, "Patient", 1, 0) }

// generator makes one region. Its counters give out numbers that nobody may share.
type generator struct {
	seed      uint64
	today     time.Time // midnight
	years     int       // that the record goes back
	wanted    int
	residents int            // that are made
	homes     int            // households that are made
	phones    int            // given out
	sequence  map[string]int // citizens of a birth date and sex
	filed     map[string]int // health records of a committee
	staff     map[string][]clinician
	shared    name // the one that two men have
}

func newGenerator(o Options) (*generator, error) {
	if o.Residents == 0 {
		o.Residents = 600
	}
	if o.Years == 0 {
		o.Years = mostYears
	}
	if o.Residents < 0 || o.Residents > most {
		return nil, fault.New(fault.Malformed, "A region has 1 to %d residents.", most)
	}
	if o.Years < 0 || o.Years > mostYears {
		return nil, fault.New(fault.Malformed, "The record of a region goes back 1 to %d years.", mostYears)
	}
	if o.Today.IsZero() {
		return nil, fault.New(fault.Malformed, "A region is made for a day; none was given.")
	}
	year, month, day := o.Today.In(china).Date()
	return &generator{
		seed:     o.Seed,
		today:    time.Date(year, month, day, 0, 0, 0, 0, china),
		years:    o.Years,
		wanted:   o.Residents,
		sequence: map[string]int{},
		filed:    map[string]int{},
		staff:    map[string][]clinician{},
	}, nil
}

// since is the day on which the record of care begins.
func (g *generator) since() time.Time { return g.today.AddDate(-g.years, 0, 0) }

// citizen gives out a citizen ID number.
func (g *generator) citizen(d *division, birth time.Time, male bool) string {
	key, first := d.code+date(birth)+"f", 2
	if male {
		key, first = d.code+date(birth)+"m", 1
	}
	g.sequence[key]++
	return citizenID(d.stand(), birth, first+2*(g.sequence[key]-1))
}

func date(t time.Time) string { return t.Format(time.DateOnly) }

func dateTime(t time.Time) string { return t.Format(time.RFC3339) }
