package scheduling

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
)

// Kind is what kind of clinic it is, as hospitals in China part theirs.
type Kind string

// The kinds. They are stored: never rename one.
const (
	General Kind = "general"
	Expert  Kind = "expert"
)

// Codes implements [form.Coded].
func (Kind) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(General), Words: bilingual.Text{Zh: "普通门诊", En: "General"}}, {Code: string(Expert), Words: bilingual.Text{Zh: "专家门诊", En: "Expert"}},
		{Code: "illness", Words: bilingual.Text{Zh: "专病门诊", En: "For one illness"}}, {Code: "special", Words: bilingual.Text{Zh: "特需门诊", En: "Special services"}},
		{Code: "team", Words: bilingual.Text{Zh: "多学科门诊", En: "Several specialties"}},
	}
}

// Insurance is by which benefit of the basic medical insurance a clinic is paid.
type Insurance string

// Codes implements [form.Coded]. They are stored: never rename one.
func (Insurance) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: "outpatient", Words: bilingual.Text{Zh: "医保普通门诊", En: "Insured, general outpatient"}},
		{Code: "chronic", Words: bilingual.Text{Zh: "医保门诊慢特病", En: "Insured, chronic and special illness"}},
		{Code: "own", Words: bilingual.Text{Zh: "自费", En: "Not insured"}},
	}
}

// Level is the level of a hospital.
type Level string

// Codes implements [form.Coded]: the cases of [SegmentMost].
func (Level) Codes() []bilingual.Code { return levels }

var levels = []bilingual.Code{
	{Code: "3", Words: bilingual.Text{Zh: "三级", En: "Level 3"}}, {Code: "2", Words: bilingual.Text{Zh: "二级", En: "Level 2"}},
	{Code: "1", Words: bilingual.Text{Zh: "一级", En: "Level 1"}}, {Code: "none", Words: bilingual.Text{Zh: "未定级", En: "None"}},
}

// sieve is what a segment has to be like.
type sieve struct {
	after, before time.Duration // times of the day; before is 0 for any
	price         float64       // at most, where priced
	priced        bool
	kind          *Kind
	insurance     *Insurance
}

// sieve reads what segments have to be like.
func (in sought) sieve() (s sieve, err error) {
	s = sieve{kind: in.Kind, insurance: in.Insurance}
	if in.After != nil {
		if s.after, err = clockOf(*in.After, "after"); err != nil {
			return s, err
		}
	}
	if in.Before != nil {
		if s.before, err = clockOf(*in.Before, "before"); err != nil {
			return s, err
		}
	}
	if in.Price != nil {
		s.priced = true
		s.price, err = strconv.ParseFloat(string(*in.Price), 64)
	}
	return s, err
}

// passes tells whether a segment is like that. One without a price is not known to be cheap enough.
func (s sieve) passes(g segment) bool {
	at := time.Duration(g.Start.Hour())*time.Hour + time.Duration(g.Start.Minute())*time.Minute
	price, err := strconv.ParseFloat(g.price, 64)
	return at >= s.after && (s.before == 0 || at < s.before) && (!s.priced || err == nil && price <= s.price) &&
		(s.kind == nil || *s.kind == g.kind) && (s.insurance == nil || *s.insurance == g.insurance)
}

// wanted is what a department has to be like.
type wanted struct {
	specialties []string
	disease     *string
	institution *form.Reference
	region      string
	level       *Level
	language    *string
	from        *position
	km          float64 // at most; 0 for any distance
	unbooked    bool    // also what has no clinic
	wrong       error   // what cannot be read
}

// narrows tells whether anything is asked of departments that a list of segments does not tell.
func (w wanted) narrows() bool {
	return len(w.specialties) > 0 || w.disease != nil || w.region != "" || w.level != nil || w.language != nil || w.from != nil || w.wrong != nil
}

// wanted is what departments have to be like.
func (in sought) wanted() wanted {
	w := wanted{specialties: in.Specialties, disease: in.Disease, institution: in.Institution, level: in.Level, language: in.Language}
	if in.Region != nil {
		w.region = *in.Region
	}
	w.from, w.km, w.wrong = placeOf(in.Latitude, in.Longitude, in.Km)
	return w
}

// position is a place on WGS 84, in degrees.
type position struct{ latitude, longitude float64 }

// placeOf reads where who asks is, and how far they would go.
func placeOf(latitude, longitude, most *form.Decimal) (at *position, km float64, err error) {
	if latitude == nil && longitude == nil && most == nil {
		return nil, 0, nil
	}
	read := func(of *form.Decimal, bound float64, name string) float64 {
		if of == nil {
			err = fault.New(fault.Malformed, "A position has a latitude and a longitude. 请同时提供纬度和经度。").At(name)
			return 0
		}
		x, e := strconv.ParseFloat(string(*of), 64)
		if e != nil || math.Abs(x) > bound {
			err = fault.New(fault.Malformed, "The %s is between -%g and %[2]g degrees. 经纬度超出范围。", name, bound).At(name)
		}
		return x
	}
	at = &position{read(latitude, 90, "latitude"), read(longitude, 180, "longitude")}
	if most != nil && err == nil {
		if km, _ = strconv.ParseFloat(string(*most), 64); km <= 0 {
			err = fault.New(fault.Malformed, "Say a distance above 0 km. 距离应大于 0 公里。").At("km")
		}
	}
	return at, km, err
}

const earth = 6371.0 // kilometres of its mean radius (IUGG)

// to is how far another place is, as the crow flies, in kilometres.
func (p position) to(q position) float64 {
	const degree = math.Pi / 180
	half := func(a, b float64) float64 { s := math.Sin((b - a) * degree / 2); return s * s }
	h := half(p.latitude, q.latitude) + math.Cos(p.latitude*degree)*math.Cos(q.latitude*degree)*half(p.longitude, q.longitude)
	return 2 * earth * math.Asin(math.Sqrt(min(1, h)))
}

// kilometres is how a distance is told.
func kilometres(km float64) form.Decimal { return form.Decimal(strconv.FormatFloat(km, 'f', 1, 64)) }

// treats tells by which of a list of specialties, the likeliest first, a department is meant; -1 for none. 13 means 13.01 too, but 03 beside
// 03.04 means what is no part of it.
func treats(has, asked []string) int {
	return slices.IndexFunc(asked, func(a string) bool {
		whole := !slices.ContainsFunc(asked, func(other string) bool { return strings.HasPrefix(other, a+".") })
		return slices.ContainsFunc(has, func(h string) bool { return h == a || whole && strings.HasPrefix(h, a+".") })
	})
}
