package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"time"
)

// Measure is one figure.
type Measure struct {
	Value   float64 `json:"value"`
	Unit    string  `json:"unit"`
	Ceiling float64 `json:"ceiling,omitempty"` // what a bare loop reaches
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

// addTimes adds a rate and the percentiles of the times that it was made of.
func (r Report) addTimes(name string, l load, ceiling float64) {
	r.add(name, l.rate(), "per second", ceiling)
	for p, share := range map[string]float64{"p50": .5, "p95": .95, "p99": .99} {
		r.add(name+"."+p, float64(l.percentile(share))/float64(time.Millisecond), "ms", 0)
	}
	if l.failed > 0 {
		r.add(name+".failed", float64(l.failed), "requests", 0)
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

// Table writes the report for a person.
func (r Report) Table(w io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(r)) {
		m := r[name]
		fmt.Fprintf(w, "%-34s %12.6g %-14s", name, m.Value, m.Unit)
		if m.Ceiling > 0 {
			fmt.Fprintf(w, " of %.6g, %.0f %%", m.Ceiling, 100*m.Ratio)
		}
		fmt.Fprintln(w)
	}
}
