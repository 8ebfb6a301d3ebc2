package search

import (
	"math"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/ucum"
)

const (
	earthRadius  = 6_371_008.8 // metres, the mean radius of WGS 84 (IUGG)
	usualNear    = 50_000      // metres, without a distance
	mostNear     = 20_100_000  // metres: half way round
	degreeMetres = earthRadius * math.Pi / 180
)

// nearValue is a circle on the earth.
type nearValue struct{ latitude, longitude, metres float64 }

// parseNear reads lat|long|distance|unit (R4, Location, near).
func parseNear(text string) (*nearValue, error) {
	parts := split(text, '|')
	bad := fault.New(fault.Malformed, "near is written latitude|longitude|distance|unit, such as 30.27|120.15|5|km, in degrees of WGS 84.").WithIssue("value")
	if len(parts) < 2 || len(parts) > 4 {
		return nil, bad
	}
	v := &nearValue{metres: usualNear}
	latitude, longitude := decimal(parts[0]), decimal(parts[1])
	if latitude == nil || longitude == nil {
		return nil, bad
	}
	if v.latitude, v.longitude = float(latitude), float(longitude); !onEarth(v.latitude, v.longitude) {
		return nil, bad
	}
	if len(parts) == 4 && parts[2] == "" && parts[3] != "" {
		return nil, bad
	}
	if len(parts) > 2 && parts[2] != "" {
		unit := "km"
		if len(parts) == 4 && parts[3] != "" {
			unit = plain(parts[3])
		}
		d := decimal(parts[2])
		if d == nil || d.Negative {
			return nil, bad
		}
		metres, base, ok := ucum.Canonical(d, unit)
		if !ok || base != "m" {
			return nil, fault.New(fault.Malformed, "The distance of near has a unit that is no length of UCUM, such as km or m.").WithIssue("value")
		}
		v.metres = float(metres)
	}
	v.metres = min(v.metres, mostNear)
	return v, nil
}

func onEarth(latitude, longitude float64) bool {
	return math.Abs(latitude) <= 90 && math.Abs(longitude) <= 180
}

// position reads a Location.position.
func position(n fhir.Node) (latitude, longitude float64, ok bool) {
	la, lo := decimal(string(n.Get("latitude").Raw())), decimal(string(n.Get("longitude").Raw()))
	if la == nil || lo == nil {
		return 0, 0, false
	}
	latitude, longitude = float(la), float(lo)
	return latitude, longitude, onEarth(latitude, longitude)
}

// float is the nearest float; what is too big is infinite.
func float(d *apd.Decimal) float64 {
	f, _ := d.Float64()
	return f
}

func (v *nearValue) matches(_ *path, n fhir.Node) bool {
	latitude, longitude, ok := position(n)
	return ok && v.away(latitude, longitude) <= v.metres
}

// away is the distance on the sphere (haversine).
func (v *nearValue) away(latitude, longitude float64) float64 {
	const rad = math.Pi / 180
	a, b := math.Sin((latitude-v.latitude)*rad/2), math.Sin((longitude-v.longitude)*rad/2)
	h := a*a + math.Cos(latitude*rad)*math.Cos(v.latitude*rad)*b*b
	return 2 * earthRadius * math.Asin(min(1, math.Sqrt(h)))
}

// cell is the place on the curve that fills the earth (Morton): neighbours in one square of any size follow each other.
func cell(latitude, longitude float64) int64 {
	return int64(interleave(grid(latitude, 180))<<1 | interleave(grid(longitude, 360)))
}

// gridBits is the fineness of a cell: 2 cm at the equator.
const gridBits = 31

func grid(degrees, round float64) uint64 {
	return uint64(min(max(degrees/round+0.5, 0)*(1<<gridBits), 1<<gridBits-1))
}

// interleave puts a zero behind every bit.
func interleave(x uint64) uint64 {
	x = (x | x<<16) & 0x0000ffff0000ffff
	x = (x | x<<8) & 0x00ff00ff00ff00ff
	x = (x | x<<4) & 0x0f0f0f0f0f0f0f0f
	x = (x | x<<2) & 0x3333333333333333
	return (x | x<<1) & 0x5555555555555555
}

// cover is a set of squares, as ranges of cells, in which the whole circle lies: at most 25.
func (v *nearValue) cover() (ranges [][2]int64) {
	high := v.metres / degreeMetres
	south, north := v.latitude-high, v.latitude+high
	wide := 360.0
	if south > -89 && north < 89 {
		widest := math.Max(math.Abs(south), math.Abs(north))
		wide = high / math.Cos(widest*math.Pi/180)
	}
	if wide >= 90 {
		return [][2]int64{{0, math.MaxInt64}}
	}
	for _, part := range around(v.longitude-wide, v.longitude+wide) {
		ranges = append(ranges, squares(south, north, part[0], part[1])...)
	}
	return ranges
}

// around cuts a range of longitudes where it crosses the line of 180°.
func around(west, east float64) [][2]float64 {
	switch {
	case west < -180:
		return [][2]float64{{west + 360, 180}, {-180, east}}
	case east > 180:
		return [][2]float64{{west, 180}, {-180, east - 360}}
	}
	return [][2]float64{{west, east}}
}

// squares are those of one size, big enough that few cover a box.
func squares(south, north, west, east float64) (ranges [][2]int64) {
	y0, y1, x0, x1 := grid(south, 180), grid(north, 180), grid(west, 360), grid(east, 360)
	shift := 0
	for (y1>>shift)-(y0>>shift) > 3 || (x1>>shift)-(x0>>shift) > 3 {
		shift++
	}
	for y := y0 >> shift; y <= y1>>shift; y++ {
		for x := x0 >> shift; x <= x1>>shift; x++ {
			from := int64((interleave(y)<<1 | interleave(x)) << (2 * shift))
			ranges = append(ranges, [2]int64{from, from + 1<<(2*shift) - 1})
		}
	}
	return ranges
}
