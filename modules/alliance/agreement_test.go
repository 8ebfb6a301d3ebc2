package alliance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/test/services"
)

// TestWhoKeepsAgreements: the office of the hospital that leads an alliance writes its agreements, and nobody else does who works for an
// institution or supervises it: neither a new one, nor a change, nor by taking one over from another alliance or giving it away.
func TestWhoKeepsAgreements(t *testing.T) {
	services.Each(t, up, func(w *services.World) {
		fresh := 0
		ops := func(s *gate.Session) map[string]fault.Code {
			fresh++
			write := func(kind gate.Kind, text string) fault.Code {
				r, err := fhir.ParseResource([]byte(text))
				w.Must(err)
				_, err = s.Apply(w.Context(), []gate.Op{{Kind: kind, Type: r.Type, ID: r.ID, Resource: r}}, nil)
				return fault.CodeOf(err)
			}
			return map[string]fault.Code{
				"a new one":           write(gate.Create, strings.Replace(affiliation("", "c", "d", "member"), `"id":"",`, "", 1)),
				"one by a name":       write(gate.Update, affiliation(fmt.Sprint("fresh-", fresh), "c", "d", "member")),
				"a change":            write(gate.Update, affiliation("b-c", "c", "b", "member green-channel", "heart-b")),
				"a department":        write(gate.Update, affiliation("c", "c", "c", "lead", "heart-c", "heart-b")),
				"one taken over":      write(gate.Update, affiliation("a", "c", "a", "member")),
				"one given away":      write(gate.Update, affiliation("b-c", "b", "c", "member")),
				"one that is deleted": write(gate.Delete, `{"resourceType":"OrganizationAffiliation","id":"b-c"}`),
			}
		}
		w.Put(`{"resourceType":"Organization","id":"d","name":"医院d"}`)
		others := map[string]*gate.Session{"an office of no alliance": officeOf(w, "d"), "who is a member, and leads another alliance": w.As("another office")}
		for _, name := range []string{"office", "doctor", "a doctor elsewhere", "nurse", "pharmacist", "technician", "regulator", "administrator", "resident", "proxy", "guide", "insurer", "cdc", "system"} {
			others[name] = w.As(name)
		}
		for name, s := range others {
			for what, got := range ops(s) {
				if got != fault.Forbidden {
					t.Errorf("%s writes %s: %q", name, what, got)
				}
			}
		}
		refused := []string{"one taken over", "one given away", "one that is deleted"}
		for what, got := range ops(officeOf(w, "c")) {
			if want := map[bool]fault.Code{true: fault.Forbidden}[slices.Contains(refused, what)]; got != want {
				t.Errorf("who leads the alliance writes %s: %q, want %q", what, got, want)
			}
		}
	})
}
