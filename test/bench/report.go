package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Measure is one figure.
type Measure struct {
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Ceiling float64 `json:"ceiling,omitempty"` // what a bare loop reaches; of a time, the time that it takes
	Ratio   float64 `json:"ratio,omitempty"`   // value / ceiling
}

// Report holds figures by name, such as sqlite.read.
type Report map[string]Measure

func (r Report) add(name string, value float64, unit string, ceiling float64) {
	m := Measure{Value: round(value), Unit: unit, Ceiling: round(ceiling)}
	if ceiling > 0 {
		m.Ratio = round(value / ceiling)
	}
	r[name] = m
}

var percentiles = map[string]float64{"p50": .5, "p95": .95, "p99": .99}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// addTimes adds a rate and the percentiles of the times that it was made of.
func (r Report) addTimes(name string, l load, ceiling float64) {
	r.add(name, l.rate(), "per second", ceiling)
	for p, share := range percentiles {
		r.add(name+"."+p, ms(l.percentile(share)), "ms", 0)
	}
	if l.failed > 0 {
		r.add(name+".failed", float64(l.failed), "requests", 0)
	}
}

// addBeside adds a rate and the percentiles of its times, each beside that of the bare loop, if there is one.
func (r Report) addBeside(name string, l, bare load) {
	r.addTimes(name, l, 0)
	if len(bare.times) == 0 {
		return
	}
	r.add(name, l.rate(), "per second", bare.rate())
	for p, share := range percentiles {
		r.add(name+"."+p, ms(l.percentile(share)), "ms", ms(bare.percentile(share)))
	}
}

// round keeps three significant figures of small numbers, and the whole of larger ones.
func round(v float64) float64 {
	if v >= 100 {
		return math.Round(v)
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', 3, 64), 64) // its own text always parses
	return v
}

// JSON writes the report as one object.
func (r Report) JSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Table writes the report for a person: what belongs to a figure, such as the percentiles of a rate, in its line.
func (r Report) Table(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		if _, part := r.part(name); part {
			continue
		}
		m := r[name]
		fmt.Fprintf(w, "%-34s %9.6g %-12s", name, m.Value, m.Unit)
		if m.Ceiling > 0 {
			fmt.Fprintf(w, " %4.0f %% of %-8.6g", 100*m.Ratio, m.Ceiling)
		}
		for _, other := range slices.Sorted(maps.Keys(r)) {
			if whole, part := r.part(other); part && whole == name {
				fmt.Fprintf(w, "  %s %.6g", strings.TrimPrefix(other, name+"."), r[other].Value)
				if r[other].Ceiling > 0 {
					fmt.Fprintf(w, " (bare %.6g)", r[other].Ceiling)
				}
			}
		}
		fmt.Fprintln(w)
	}
}

// part tells of which figure another is a part, false for none.
func (r Report) part(name string) (whole string, is bool) {
	whole = name[:max(0, strings.LastIndexByte(name, '.'))]
	_, is = r[whole]
	return whole, is
}
