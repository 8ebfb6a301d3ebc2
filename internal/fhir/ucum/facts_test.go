package ucum

import (
	"slices"
	"strings"
	"testing"
)

// all gives the atoms of the table in order of symbol.
func all() []string {
	var symbols []string
	for symbol := range units().atoms {
		symbols = append(symbols, symbol)
	}
	slices.Sort(symbols)
	return symbols
}

func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	table := units()
	if len(table.atoms) != 312 || len(table.prefixes) != 24 {
		t.Errorf("%d units and %d prefixes", len(table.atoms), len(table.prefixes))
	}
	var refused []string
	for _, symbol := range all() {
		u, err := Parse(symbol)
		if err != nil {
			refused = append(refused, symbol)
			continue
		}
		if u.factor.Sign() <= 0 || table.atoms[symbol].definition != nil {
			t.Errorf("%s has the factor %s", symbol, u.factor)
		}
	}
	want := strings.Fields(`%[slope] B B[10.nV] B[SPL] B[V] B[W] B[kW] B[mV] B[uV] Np [hp'_C] [hp'_M] [hp'_Q] [hp'_X]
		[m/s2/Hz^(1/2)] [p'diop] [pH] bit_s`)
	if !slices.Equal(refused, want) {
		t.Errorf("refused are %s", refused)
	}
}

func TestDimensions(t *testing.T) {
	t.Parallel()
	var dimensions []string
	for _, symbol := range all() {
		if u, err := Parse(symbol); err == nil && u.canonical == symbol {
			dimensions = append(dimensions, symbol)
		}
	}
	want := strings.Fields(`C K [AU] [Amb'a'1'U] [APL'U] [BAU] [CCID_50] [CFU] [D'ag'U] [EID_50] [ELU] [EU] [FEU] [FFU]
		[FNU] [GPL'U] [IR] [Lf] [MPL'U] [NTU] [PFU] [PNU] [TCID_50] [USP'U] [anti'Xa'U] [arb'U] [bdsk'U] [beth'U] [dye'U]
		[hp_C] [hp_M] [hp_Q] [hp_X] [iU] [ka'U] [knk'U] [kp_C] [kp_M] [kp_Q] [kp_X] [mclg'U] [smgy'U] [tb'U] [todd'U]
		cd g m rad s`)
	slices.Sort(want)
	if !slices.Equal(dimensions, want) {
		t.Errorf("dimensions are %s", dimensions)
	}
}

// No symbol can be read as two prefixes with a unit each, or as a unit and as a prefix with another.
func TestSymbolsMeanOneThing(t *testing.T) {
	t.Parallel()
	table := units()
	readings := map[string][]string{}
	for _, symbol := range all() {
		readings[symbol] = append(readings[symbol], symbol)
		if !table.atoms[symbol].metric {
			continue
		}
		for prefix := range table.prefixes {
			readings[prefix+symbol] = append(readings[prefix+symbol], prefix+"-"+symbol)
		}
	}
	for code, of := range readings {
		if len(of) > 1 {
			t.Errorf("%s can be read as %s", code, of)
		}
		a, prefix := table.find(code)
		if a == nil || slices.Contains(of, code) != (prefix == one) {
			t.Errorf("%s is read with the prefix %s", code, prefix)
		}
	}
}

func TestAFaultyTableIsAPanic(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"unknown unit":     "unit x - 1 y\n",
		"of itself":        "unit x - 1 x\n",
		"in a circle":      "unit x - 1 y\nunit y - 1 x\n",
		"value":            "base m M\nunit x - one m\n",
		"prefix":           "prefix k kilo\n",
		"special of other": "base K M\nspecial x M 1 K Cel\nunit y - 1 x/K\n",
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: taken", name)
				}
			}()
			load(text)
		}()
	}
}
