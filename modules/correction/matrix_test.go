package correction_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/modules/correction"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is not what comes out; look at the difference, and run the test with -update.\n%s", file, got)
	}
}

// TestMatrix: what everybody may do in every state. Of a case somebody may make a move, not make it now (conflict), never make it
// (forbidden), or know nothing of it (absent).
func TestMatrix(t *testing.T) {
	each(t, func(w world) {
		people := []struct {
			name string
			*gate.Session
		}{
			{"resident", w.resident()}, {"proxy", w.as(gate.Proxy, "q", "")}, {"another resident", w.as(gate.Resident, "q", "")},
			{"office", w.office()}, {"another office", w.as(gate.Office, "other", "b")},
			{"doctor", w.doctor()}, {"the doctor elsewhere", w.as(gate.Doctor, "doctor", "b")}, {"another doctor", w.as(gate.Doctor, "second", "a")},
			{"nurse", w.as(gate.Nurse, "second", "a")}, {"pharmacist", w.as(gate.Pharmacist, "second", "a")}, {"technician", w.as(gate.Technician, "second", "a")},
			{"regulator", w.regulator()}, {"administrator", w.as(gate.Administrator, "office", "a")}, {"guide", w.as(gate.Guide, "office", "a")},
			{"insurer", w.as(gate.Insurer, "other", "b")}, {"cdc", w.as(gate.CDC, "other", "b")}, {"system", w.as(gate.System, "office", "a")}, {"operator", w.as(gate.Operator, "office", "")},
		}
		var out strings.Builder
		for _, state := range correction.Process().States {
			of := w.brought(state.Code)
			fmt.Fprintf(&out, "%s\n", state.Code)
			for _, who := range people {
				outcomes := map[string][]string{}
				for _, m := range correction.Process().Moves {
					if m.Begins() {
						continue
					}
					result := "may"
					if err := w.try(who.Session, of, m.Code, given(m.Code)...); err != nil {
						result = map[fault.Code]string{fault.Conflict: "conflict", fault.Forbidden: "forbidden", fault.NotFound: "absent"}[fault.CodeOf(err)]
						if result == "" {
							t.Fatalf("%s, %s, %s: %v", state.Code, who.name, m.Code, err)
						}
					} else {
						of = w.brought(state.Code)
					}
					outcomes[result] = append(outcomes[result], m.Code)
				}
				fmt.Fprintf(&out, "  %-20s %s\n", who.name, told(outcomes))
			}
		}
		golden(t, "matrix.txt", out.String())
	})
}

// told are outcomes in a line: what may be done; what may be in other states; forbidden is the rest.
func told(outcomes map[string][]string) string {
	if len(outcomes) == 1 && outcomes["absent"] != nil {
		return "absent"
	}
	if outcomes["absent"] != nil {
		return fmt.Sprintf("ABSENT IN PART %v", outcomes)
	}
	text := "may: " + strings.Join(slices.Sorted(slices.Values(outcomes["may"])), " ")
	if c := outcomes["conflict"]; c != nil {
		text += " | not now: " + strings.Join(slices.Sorted(slices.Values(c)), " ")
	}
	return strings.TrimSpace(text)
}
