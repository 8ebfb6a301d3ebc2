package fhirpath

import (
	"strings"
	"testing"

	"yitong/internal/fault"
)

// TestHostileExpressions evaluates what would take long, or much memory, without bounds. Each ends within a second or
// so.
func TestHostileExpressions(t *testing.T) {
	t.Parallel()
	nines := strings.Repeat("9", 98) + ".0"
	small := "0." + strings.Repeat("0", 98) + "1"
	for _, text := range []string{
		"2299.99999999999999.exp()", "(-5000).exp()", nines + ".ln()", small + ".ln()", nines + ".log(1.0000000001)",
		"1.00000001.power(4999)", "2.5.power(4999.5)", "99.99.power(4999)", nines + ".power(0.333333)", small + ".power(3)",
		nines + " mod " + small, nines + " div " + small, nines + " / " + small, nines + " * " + nines,
		nines + ".round(100)", nines + ".lowBoundary(31)", small + " 'mg' ~ " + nines + " 'kg'",
		"'a'.matches('" + strings.Repeat("(a?){100}", 10) + "')", "'a'.matches('((((a{30}){30}){30}))')",
		"'" + strings.Repeat("a", 60000) + "'.matches('(a*)*b')",
		strings.Repeat("a.", 30000) + "a", strings.Repeat("1+", 30000) + "1", strings.Repeat("1|", 30000) + "1",
		"descendants().repeat(descendants())", strings.Repeat("%resource|", 5000) + "1",
		"(" + strings.Repeat("1|", 5000) + "1).repeat($this + 1)",
	} {
		e, err := Parse(text)
		if err != nil {
			t.Errorf("%.60s: %v", text, err)
			continue
		}
		_ = e.Check("Patient")
		_, err = e.Evaluate(&Env{Work: 1_000_000}, Of(parsed(t, smallPatient)))
		if err != nil && fault.CodeOf(err) == fault.Internal {
			t.Errorf("%.60s: %v", text, err)
		}
	}
}
