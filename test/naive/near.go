package naive

import (
	"errors"
	"math"
	"strconv"
)

// place is a position on the earth, in degrees.
type place struct{ latitude, longitude float64 }

func places(n node) []place {
	latitude, longitude := rational(member(n.value, "latitude")), rational(member(n.value, "longitude"))
	if latitude == nil || longitude == nil {
		return nil
	}
	x, _ := latitude.Float64()
	y, _ := longitude.Float64()
	return []place{{x, y}}
}

// meters is the way between two places on a sphere. The earth is flatter by a third of a percent: tests keep their
// distance from distances.
func (p place) meters(q place) float64 {
	const radius, degree = 6_371_008.8, math.Pi / 180
	square := func(x float64) float64 { return x * x }
	h := square(math.Sin((q.latitude-p.latitude)*degree/2)) +
		math.Cos(p.latitude*degree)*math.Cos(q.latitude*degree)*square(math.Sin((q.longitude-p.longitude)*degree/2))
	return 2 * radius * math.Asin(math.Sqrt(min(h, 1)))
}

// askedNear is a value such as 31.2|121.5|10|km.
type askedNear struct {
	place
	within float64 // meters
}

func parseNear(text string) (a askedNear, err error) {
	parts := splitAt(text, '|')
	var numbers [3]float64
	for i := range min(3, len(parts)) {
		if numbers[i], err = strconv.ParseFloat(parts[i], 64); err != nil {
			return a, err
		}
	}
	a.place, a.within = place{numbers[0], numbers[1]}, 50_000
	if len(parts) < 2 || len(parts) > 4 || math.Abs(a.latitude) > 90 || math.Abs(a.longitude) > 180 {
		return a, errors.New("not latitude|longitude|distance|unit")
	}
	if len(parts) == 2 {
		return a, nil
	}
	in := units["km"]
	if len(parts) == 4 {
		in = units[parts[3]]
	}
	if in.kind != "length" {
		return a, errors.New("not a unit of length")
	}
	meters, _ := in.factor.Float64()
	a.within = numbers[2] * meters
	return a, nil
}

func (a askedNear) matches(p place) bool { return a.meters(p) <= a.within }
