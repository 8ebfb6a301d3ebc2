package naive

import "math/big"

// unit is a unit of UCUM: a value x in it is factor × (x + shift) in the unit that stands for its kind.
type unit struct {
	kind          string
	factor, shift *big.Rat
}

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic(text)
	}
	return r
}

func scale(kind, factor string) unit { return unit{kind, rat(factor), new(big.Rat)} }

// units are those that the tests use, by their UCUM codes.
var units = map[string]unit{
	"g": scale("mass", "1"), "kg": scale("mass", "1000"), "mg": scale("mass", "1/1000"), "ug": scale("mass", "1/1000000"),
	"ng": scale("mass", "1/1000000000"),

	"mol/L": scale("amount in volume", "1"), "mmol/L": scale("amount in volume", "1/1000"),
	"umol/L": scale("amount in volume", "1/1000000"),
	"g/L":    scale("mass in volume", "1"), "mg/dL": scale("mass in volume", "1/100"), "g/dL": scale("mass in volume", "10"),
	"mg/L": scale("mass in volume", "1/1000"),

	"Pa": scale("pressure", "1"), "kPa": scale("pressure", "1000"), "mm[Hg]": scale("pressure", "133.322"),

	"K": scale("temperature", "1"), "Cel": {"temperature", rat("1"), rat("273.15")},
	"[degF]": {"temperature", rat("5/9"), rat("459.67")},

	"/s": scale("rate", "1"), "/min": scale("rate", "1/60"), "/h": scale("rate", "1/3600"),

	"m": scale("length", "1"), "cm": scale("length", "1/100"), "mm": scale("length", "1/1000"), "km": scale("length", "1000"),
	"[in_i]": scale("length", "0.0254"), "[mi_i]": scale("length", "1609.344"),

	"s": scale("time", "1"), "ms": scale("time", "1/1000"), "min": scale("time", "60"), "h": scale("time", "3600"),
	"d": scale("time", "86400"), "wk": scale("time", "604800"), "mo": scale("time", "2629800"), "a": scale("time", "31557600"),

	"L": scale("volume", "1"), "mL": scale("volume", "1/1000"), "dL": scale("volume", "1/10"),
}

// in turns a value of this unit into one of another of the same kind; nil, an open side, stays.
func (u unit) in(other unit, x *big.Rat) *big.Rat {
	if x == nil {
		return nil
	}
	y := new(big.Rat).Add(x, u.shift)
	y.Mul(y, u.factor)
	y.Quo(y, other.factor)
	return y.Sub(y, other.shift)
}
