package region

import (
	"testing"
	"time"
)

// Vectors of GB 11643.
func TestCitizenID(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"11010519491231002X": true,
		"440106198806151230": true,
		"440106198806151249": true,
		"11010020171225006X": true,
		"810000199001010019": true,
		"830000199001010012": true,
		"110105194912310021": false, // another check character
		"44010620220229001X": false, // the check character is right, the day does not exist
		"11010519491231002x": false,
		"110105491231002":    false,
		"1101051949123100 X": false,
		"":                   false,
	} {
		if got := validCitizenID(id); got != want {
			t.Errorf("validCitizenID(%q) = %t", id, got)
		}
	}
	birth := time.Date(1949, 12, 31, 0, 0, 0, 0, china)
	if got := citizenID("110105", birth, 2); got != "11010519491231002X" {
		t.Errorf("made %s", got)
	}
}

// Vectors of GB 32100. The last valid one of a public hospital is made up.
func TestCreditCode(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"91350200MA2YJ1XR9G": true,
		"91350200776049653A": true,
		"1244010645585802XP": true,
		"91350200MA2YJ1XR9H": false,
		"91350100M0001TGQXM": false, // an early code; legal, but its check character is wrong
		"91350200MA2YJ1XR9":  false,
		"9135020OMA2YJ1XR9G": false,
		"91350200MA2YJ1IR9G": false,
	} {
		if got := validCreditCode(code); got != want {
			t.Errorf("validCreditCode(%q) = %t", code, got)
		}
	}
	for body, want := range map[string]byte{"77604965": '3', "MA2YJ1XR": '9', "45585802": 'X'} {
		if got := organisationCheck(body); got != want {
			t.Errorf("organisationCheck(%s) = %c, want %c", body, got, want)
		}
	}
	if got := creditCode("12", "440106", "45585802"); got != "1244010645585802XP" {
		t.Errorf("made %s", got)
	}
}

// Vectors of health record numbers.
func TestRecordNumber(t *testing.T) {
	t.Parallel()
	for number, want := range map[string]bool{
		"44010600100500001": true,
		"44010600115000001": true,
		"44010600190100001": true,
		"44010600120000001": false, // the third group is 200
		"44010600110000001": false,
		"44010600100500000": false,
		"4401060010050001":  false,
		"4401060010050000X": false,
	} {
		if got := validRecordNumber(number); got != want {
			t.Errorf("validRecordNumber(%s) = %t", number, got)
		}
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		units, places int
		want          string
	}{{610, 2, "6.10"}, {5, 2, "0.05"}, {1690, 1, "169.0"}, {72, 0, "72"}} {
		if got := decimal(c.units, c.places); got != c.want {
			t.Errorf("decimal(%d, %d) = %s, want %s", c.units, c.places, got, c.want)
		}
	}
}

// A bell curve has 68 % within one deviation of its mean.
func TestAround(t *testing.T) {
	t.Parallel()
	r := newRandom(1, 1)
	const n = 20_000
	within, sum := 0, 0
	for range n {
		v := r.around(1000, 100)
		sum += v
		if v >= 900 && v <= 1100 {
			within++
		}
	}
	if mean := sum / n; mean < 995 || mean > 1005 {
		t.Errorf("mean %d", mean)
	}
	if within < n*66/100 || within > n*71/100 {
		t.Errorf("%d of %d within one deviation", within, n)
	}
}
