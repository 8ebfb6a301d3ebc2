package naive

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

// What random resources and searches are made of.

var longLabel = strings.Repeat("长 long ", 30)

var labelsOfAll = []string{
	"alpha", "Alpha beta", "ALPHA  Beta gamma", "éclair", "E\u0301CLAIR x", "张村卫生院", "安国县医院", "ａｌｐ", "beta, gamma", "100%", "a|b", "x$y",
	`back\slash`, "under_score", longLabel + "1", longLabel + "2",
}

// people are family name, what stands between, given name.
var people = [][3]string{
	{"张", "", "伟"}, {"张", "", "芳"}, {"张", "", "秀英"}, {"王", "", "伟"}, {"李", "", "明"}, {"单", "", "伟"}, {"单", "", "芳"}, {"赵", "", "国红"},
	{"欧阳", "", "静"}, {"Müller", ", ", "Eve"}, {"García", " ", "José"}, {"O'Brien", " ", "Séverine"}, {"ＭＵＬＬＥＲ", " ", "Anna"},
	{"Garci\u0301a", " ", "Evelyn"}, {"Adam", " ", "Zoe"},
}

var codeTexts = []string{"8480-6", "8462-4", "x", "X", "c$d", "e,f", `g\h`}

var systems = []string{"http://loinc.org", "http://example.org/codes", "urn:s|t"}

var urls = []string{"http://example.org/a", "http://example.org/A", "http://example.org/a/", "urn:oid:1.2.3", "http://example.org/a?b=c,d"}

var canonicals = []string{"http://example.org/a", "http://example.org/a|1", "http://example.org/a|2.0", "http://example.org/b"}

var dayTexts = []string{"2020", "2020-05", "2020-05-17", "2020-05-18", "2020-06-01", "2019-12-31", "2020-02-29", "1986-05-04", "2021"}

var instants = []string{
	"2020-05-17T08:30:00+08:00", "2020-05-17T00:30:00Z", "2020-05-17T23:59:59.999+08:00", "2020-05-16T16:00:00Z", "2020-05-16T15:59:59Z",
	"2020-12-31T20:00:00-05:00", "2021-01-01T00:00:00.5Z", "2020-05-17T08:30:00.123456+08:00", "2020-05-17T08:30:00.1234567+08:00",
}

var decimals = []string{"0.5", "0.45", "0.55", "1", "1.0", "99.5", "100", "100.0", "100.5", "1E+2", "0", "-0.5", "50", "149.9", "12345678901234567.8"}

// dimensions are values and units of one kind, many of them equal or at the edge of what equals.
var dimensions = [][][2]string{
	{{"50", "a"}, {"600", "mo"}, {"1", "d"}, {"24", "h"}, {"1440", "min"}, {"30", "min"}, {"0.5", "h"}, {"29.5", "min"}, {"30.5", "min"}},
	{{"5.4", "mg"}, {"5400", "ug"}, {"0.0054", "g"}, {"5.40", "mg"}, {"5.35", "mg"}, {"5.45", "mg"}, {"0.00545", "g"}, {"100", "g"}, {"0.1", "kg"}},
	{{"37.0", "Cel"}, {"98.6", "[degF]"}, {"310.15", "K"}, {"36.95", "Cel"}, {"37.05", "Cel"}, {"0", "Cel"}, {"-40", "Cel"}, {"-40", "[degF]"}},
	{{"120", "mm[Hg]"}, {"16", "kPa"}, {"15.99864", "kPa"}, {"15998.64", "Pa"}, {"119.5", "mm[Hg]"}, {"120.5", "mm[Hg]"}},
	{{"5.4", "mmol/L"}, {"0.0054", "mol/L"}, {"5400", "umol/L"}},
	{{"170", "cm"}, {"1.70", "m"}, {"1.7", "m"}, {"1700", "mm"}, {"169.5", "cm"}},
	{{"100", ""}, {"1E+2", ""}, {"5.4", ""}, {"99.5", ""}, {"-3", ""}},
}

var unitSystems = []string{ucum, ucum, ucum, "http://example.org/units", ""}

func (d drawer) quantity(dimension [][2]string, comparators bool) object {
	v := pick(d, dimension...)
	out := object{"value": json.Number(v[0])}
	if v[1] != "" {
		switch system := pick(d, unitSystems...); system {
		case "":
			out["unit"] = v[1]
		default:
			out["system"], out["code"] = system, v[1]
			if d.chance(30) {
				out["unit"] = "the unit"
			}
		}
	}
	if comparators && d.chance(10) {
		out["comparator"] = pick(d, "<", "<=", ">=", ">")
	}
	return out
}

func (d drawer) valueRange() object {
	low, high := object{"value": json.Number("5")}, object{"value": json.Number("10")}
	if d.chance(50) {
		low, high = object{"value": json.Number("45"), "system": ucum, "code": "a"}, object{"value": json.Number("55"), "system": ucum, "code": "a"}
	}
	switch pick(d, "both", "both", "low", "high") {
	case "low":
		return object{"low": low}
	case "high":
		return object{"high": high}
	}
	return object{"low": low, "high": high}
}

func (d drawer) samples() object {
	out := object{"origin": d.quantity(pick(d, dimensions...), false), "period": json.Number("10"), "dimensions": json.Number("1")}
	out["data"] = pick(d, "1 2 3", "-1 E 0 5", "0", "E", "0.5 1E+1")
	if d.chance(30) {
		out["factor"] = json.Number("0.1")
	}
	return out
}

// periodTexts are periods, some with an open side, that begin before they end.
var periodTexts = [][2]string{
	{"2020", "2020"}, {"2020-05", "2020-05-17"}, {"2020-05-17T08:30:00+08:00", "2020-05-17T10:00:00+08:00"}, {"2019-12-31", "2021-01-01T00:00:00Z"},
	{"2020-05-17", ""}, {"2020", ""}, {"", "2020-05-16"}, {"", "2021"},
}

func (d drawer) period() object {
	p := pick(d, periodTexts...)
	out := object{}
	if p[0] != "" {
		out["start"] = p[0]
	}
	if p[1] != "" {
		out["end"] = p[1]
	}
	return out
}

func (d drawer) timing() object {
	out := object{}
	if d.chance(60) {
		out["event"] = some(d, 2, func() any { return d.dateTime() })
	}
	if d.chance(50) {
		out["repeat"] = object{"boundsPeriod": d.period()}
	} else if d.chance(50) {
		out["repeat"] = object{"frequency": json.Number("1"), "period": json.Number("1"), "periodUnit": "d"}
	}
	return out
}

var cities = [][2]string{
	{"31.2304", "121.4737"}, {"31.2214", "121.5448"}, {"30.2741", "120.1551"}, {"39.9042", "116.4074"},
	{"0", "179.9"}, {"0", "-179.9"}, {"89.9", "0"},
}

var distances = []string{"", "|5|km", "|5", "|8000|m", "|30|km", "|200|km", "|1200|km", "|0.001|km", "|100|[mi_i]"}

// TestDistancesAreClear shows that no distance that is asked for is so close to one that there is that the shape of the
// earth decides.
func TestDistancesAreClear(t *testing.T) {
	t.Parallel()
	for _, from := range cities {
		for _, distance := range distances {
			asked, err := parseNear(from[0] + "|" + from[1] + distance)
			check(t, err)
			for _, to := range cities {
				there := places(node{value: object{"latitude": json.Number(to[0]), "longitude": json.Number(to[1])}})
				if away := asked.meters(there[0]); math.Abs(away-asked.within) < asked.within/100 {
					t.Errorf("%v to %v are %.0f m, and %s is asked for", from, to, away, distance)
				}
			}
		}
	}
}
