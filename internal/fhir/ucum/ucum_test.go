package ucum

import (
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"

	"yitong/internal/fault"
)

func decimal(t testing.TB, text string) *apd.Decimal {
	t.Helper()
	d, _, err := apd.NewFromString(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// canonical brings a quantity such as "5 mg" to canonical form, written the same way.
func canonical(t testing.TB, quantity string) string {
	t.Helper()
	value, code, _ := strings.Cut(quantity, " ")
	v, unit, ok := Canonical(decimal(t, value), code)
	if !ok {
		t.Fatalf("%s has no canonical form", quantity)
	}
	return v.Text('f') + " " + unit
}

func TestCanonicalForm(t *testing.T) {
	t.Parallel()
	for quantity, want := range map[string]string{
		"5 mg":                  "0.005 g",
		"5.40 g":                "5.4 g",
		"-1e3 km":               "-1000000 m",
		"-0.0 m":                "0 m",
		"7 1":                   "7 1",
		"12.5 %":                "0.125 1",
		"3 [ppth]":              "0.003 1",
		"3 10*3":                "3000 1",
		"3 10^3":                "3000 1",
		"3 10*-2":               "0.03 1",
		"3 10*":                 "30 1",
		"2 {tbl}":               "2 1",
		"1 mol":                 "602214076000000000000000 1",
		"1 mmol/L":              "602214076000000000000000 m-3",
		"1 10*9/L":              "1000000000000 m-3",
		"72 /min":               "1.2 s-1",
		"1 N":                   "1000 g.m.s-2",
		"1 kPa":                 "1000000 g.m-1.s-2",
		"1 V":                   "1000 C-1.g.m2.s-2",
		"1 lm":                  "1 cd.rad2",
		"4 [iU]/L":              "4000 [iU].m-3",
		"4 k[IU]/L":             "4000000 [iU].m-3",
		"2 /[arb'U]":            "2 [arb'U]-1",
		"2 [TCID_50]/mL":        "2000000 [TCID_50].m-3",
		"2 [NTU]":               "2 [NTU]",
		"36.5 Cel":              "309.65 K",
		"37000 mCel":            "310.15 K",
		"1 KiCel":               "1297.15 K",
		"0 [degF]":              "255.3722222222222222222222222222222 K",
		"1 deg":                 "0.01745329251994329576923690768488613 rad",
		"1 /d":                  "0.00001157407407407407407407407407407407 s-1",
		"1 [in_i]":              "0.0254 m",
		"1 [lb_av]":             "453.59237 g",
		"1 Gibit":               "1073741824 1",
		"2 4.[pi].10*-7.N/A2":   "0.002513274122871834590770114706623602 C-2.g.m",
		"9 [HPF]":               "9 1",
		"1 (m/s)/(s.(kg/g))":    "0.001 m.s-2",
		"1 m/s.s":               "1 m",
		"1 /m.s":                "1 m-1.s",
		"1 m0":                  "1 1",
		"1 m+2":                 "1 m2",
		"1 mL/min/{1.73_m2}":    "0.00000001666666666666666666666666666666667 m3.s-1",
		"3 {次}/min":             "0.05 s-1",
		"3 /100{WBC}":           "0.03 1",
		"1 (mg){dry}":           "0.001 g",
		"1 m[H2O]":              "9806650 g.m-1.s-2",
		"1 daL":                 "0.01 m3",
		"1 dar":                 "10 m2", // deciare: are takes prefixes and there is no unit r
		"1 cd":                  "1 cd",  // not a hundredth of a day
		"1 Pa":                  "1000 g.m-1.s-2",
		"1 PA":                  "1000000000000000 C.s-1",
		"1 pH":                  "0.000000001 C-2.g.m2", // picohenry; the acidity is [pH]
		"3 10-3":                "0.003 1",
		"1 2+10":                "1024 1",
		"1 1.5":                 "5 1", // one times five
		"1e900 m":               "1" + strings.Repeat("0", 900) + " m",
		"1.00000000000000000 m": "1 m",
	} {
		if got := canonical(t, quantity); got != want {
			t.Errorf("%s is %s, want %s", quantity, got, want)
		}
	}
}

// Each line is one quantity, said in several units.
func TestTheSameQuantity(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"5 mg; 0.005 g; 5000 ug; 0.000005 kg",
		"5.4 mmol/L; 5.4 mol/m3; 5400 umol/L; 5.4 mmol/l; 0.54 mmol/dL",
		"95 mg/dL; 0.95 g/L; 950 mg/L; 0.095 g%",
		"120 mm[Hg]; 15.99864 kPa; 15998.64 Pa; 12 cm[Hg]",
		"37 Cel; 98.6 [degF]; 310.15 K; 29.6 [degRe]; 558.27 [degR]",
		"-40 Cel; -40 [degF]; 233.15 K",
		"100 Cel; 80 [degRe]; 212 [degF]",
		"72 /min; 72 {beats}/min; 1.2 /s; 1.2 Hz; 72 1/min; 72 min-1",
		"22.5 kg/m2; 2.25 g/cm2; 22.5 kg.m-2",
		"4.5 10*9/L; 4.5 10^9/L; 4500 /uL; 4.5 10*3/uL; 4500 {cells}/uL; 4500 /mm3",
		"60 U/L; 1 ukat/L; 60 umol/min/L; 60 umol/(min.L); 0.06 U/mL; 60 mU/mL",
		"90 mL/min/{1.73_m2}; 1.5 mL/s; 5.4 L/h; 90 mL/min",
		"3 ug/L; 3 ng/mL; 0.3 ug/dL; 3 mg/m3",
		"5 [iU]/L; 0.005 k[IU]/L; 5 m[IU]/mL; 5 [IU]/L; 5 u[iU]/uL",
		"12 %; 0.12 1; 120 [ppth]; 120000 [ppm]; 12 g/hg; 0.12 {ratio}",
		"140 meq/L; 140 mmol/L; 140 mosm/L",
		"1 h; 60 min; 3600 s; 3600000 ms",
		"2 wk; 14 d; 336 h",
		"1 a; 12 mo; 365.25 d; 1 a_j; 12 mo_j",
		"24 a_g; 288 mo_g; 8765.82 d",
		"1 deg; 60 '; 3600 ''",
		"180 deg; 1 [pi].rad; 0.5 circ; 200 gon",
		"1 KiBy; 8192 bit",
		"6 [ft_i]; 72 [in_i]; 182.88 cm; 2 [yd_i]; 1 [fth_i]",
		"1 [lb_av]; 16 [oz_av]; 0.45359237 kg; 7000 [gr]",
		"1 [mi_i]; 1.609344 km; 5280 [ft_i]",
		"1 [mi_us]; 5280 [ft_us]",
		"1 kcal; 4.184 kJ; 1000 cal_th; 1 [Cal]",
		"1 L; 1 l; 1 dm3; 1000 mL; 1000 cm3; 0.001 m3; 0.001 st",
		"1 m3.kg-1.s-2; 1 m3/kg/s2; 1 m3/(kg.s2); 1 m3/(kg.(s.s))",
		"1 Sv; 100 REM; 1 J/kg; 100 RAD; 1 Gy",
		"37e9 Bq; 1 Ci",
	} {
		quantities := strings.Split(line, "; ")
		want := canonical(t, quantities[0])
		for _, q := range quantities[1:] {
			if got := canonical(t, q); got != want {
				t.Errorf("%s is %s, %s is %s", quantities[0], want, q, got)
			}
		}
	}
}

func TestOtherKindsOfQuantity(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"[iU]", "[arb'U]"}, {"[iU]", "U"}, {"[iU]", "1"}, {"[CFU]", "[PFU]"}, {"[NTU]", "[FNU]"}, {"g", "m"}, {"mg/dL", "mmol/L"},
		{"kg", "kgf"}, {"Cel", "rad"}, {"/min", "min"}, {"m2", "m3"}, {"[hp_X]", "[hp_C]"}, {"rad", "1"},
	} {
		_, a, okA := Canonical(decimal(t, "1"), pair[0])
		_, b, okB := Canonical(decimal(t, "1"), pair[1])
		if !okA || !okB || a == b {
			t.Errorf("%s is %s (%t), %s is %s (%t)", pair[0], a, okA, pair[1], b, okB)
		}
	}
}

func TestRefusedCodes(t *testing.T) {
	t.Parallel()
	codes := strings.Fields(`
		mmHg KG mcg IU iU cc sec hr Kg MOL µg μg °C ℃ 次/分 mg/dl. mgg kkg
		k% kmin kh k[arb'U] k[degF] k10* dm[in_i] k' da a_ k1 mK[
		/ // . .m m. m/ m//s m..s m./s (m m) () (/m) m/(/s) m() ()m (m)2 (m/s)2 (m)(s)
		{ } m{ m} m{a}{b} {a}{b} {a{b}} {a}} {a}m m{a}s m{a}2 {a}2
		2m 2(m) m^2 m*2 m**2 m+ m- m+-2 m--2 m2-3 m2+3 m2m 10*2m 10** 10^^2 10*+ 1e3 1,5 +1 -1
		2+ 2- 2+-1 10-1000 2+3m 2{a}+3 =m "m" m#
		m1000 10*1000 s-1000 0 00 m/0 0.m [ ] m[ [] [m [m] [in_i [IN_I] g] g[H2O] [[in_i]] *3 10*3mg
		Cel2 Cel-1 /Cel Cel/h 1/Cel J/[degF] 2.Cel Cel.1 (Cel/h) [degRe].m
		[pH] B dB Np B[SPL] B[V] B[10.nV] [p'diop] %[slope] [hp'_X] bit_s [m/s2/Hz^(1/2)] mol/[pH]
		Ym99 10*999.10*999 deg9.deg9 ym-99 fm999
	`)
	codes = append(codes, "", " ", "m s", " m", "m ", "m\x00", "\xff", "m\n", "mg {x y", strings.Repeat("m", maxCode),
		strings.Repeat("m.", maxCode/2)+"m", strings.Repeat("(", 40)+"m", strings.Repeat("{", maxCode))
	for _, code := range codes {
		if u, err := Parse(code); fault.CodeOf(err) != fault.Malformed || u != nil {
			t.Errorf("Parse(%q) = %v, %v", code, u, err)
		}
		if v, unit, ok := Canonical(decimal(t, "1"), code); ok || v != nil || unit != "" {
			t.Errorf("1 %s is %s %s", code, v, unit)
		}
	}
}

func TestRefusedValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("7", maxDigits)
	for text, want := range map[string]bool{
		"NaN": false, "-NaN": false, "Infinity": false, "-Infinity": false, "1e1001": false, "1e-1001": false, "0e2000": false,
		long + "7": false, "0." + long + "7": false,
		"1e1000": true, "1e-1000": true, long: true, long + "e-900": true, "0": true,
	} {
		for _, code := range []string{"m", "Cel", "[degF]", "mmol/L", "[pi].m", "deg3", "10*300.m", "10*-300.m", "/d"} {
			v, _, ok := Canonical(decimal(t, text), code)
			if ok != want {
				t.Errorf("%s %s: %s, %t", text, code, v, ok)
			}
			if ok && v.NumDigits() > digits {
				t.Errorf("%s %s has %d digits", text, code, v.NumDigits())
			}
		}
	}
	u, err := Parse("m")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := u.Base(decimal(t, "NaN")); fault.CodeOf(err) != fault.Malformed {
		t.Errorf("not a number: %v", err)
	}
}

// What is handed in stays as it is, and what is given is the caller's own.
func TestValuesAreNotShared(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"mg", "1", "K", "Cel", "[degF]", "/d"} {
		in := decimal(t, "5.400")
		v, _, ok := Canonical(in, code)
		if !ok || in.Text('f') != "5.400" {
			t.Fatalf("%s: %s is left of 5.400", code, in)
		}
		want := v.Text('f')
		in.SetInt64(-1)
		if got := v.Text('f'); got != want {
			t.Errorf("%s: %s was %s", code, got, want)
		}
		v.SetInt64(-1)
		if again, _, _ := Canonical(decimal(t, "5.400"), code); again.Text('f') != want {
			t.Errorf("%s: %s was %s", code, again, want)
		}
	}
}
