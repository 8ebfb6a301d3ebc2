package gate_test

import (
	"bytes"
	"slices"
	"testing"

	"yitong/internal/gate"
	"yitong/internal/gate/trail"
)

// newest is the line that was left last of what does something.
func (a audited) newest(do string) (newest trail.Record) {
	a.Helper()
	rows, err := a.db.Loose(a.Context(), 1<<20)
	if err != nil {
		a.Fatal(err)
	}
	for _, row := range rows {
		for line := range bytes.Lines(row.Lines) {
			r, err := trail.Parse(line)
			if err != nil {
				a.Fatal(err)
			}
			if r.Do == do {
				newest = r
			}
		}
	}
	return newest
}

// TestEmergencyIsOnRecord: what is read, searched or written by a permit of an emergency says which permit, and that it was for that;
// what is open without one, and what another permit opens, does not.
func TestEmergencyIsOnRecord(t *testing.T) {
	eachAudited(t, func(a audited) {
		doctor := func(do string) *gate.Session {
			s := a.staff(gate.Doctor, "b")
			s.Begin(gate.Doing{Do: do})
			return s
		}
		for way, ask := range map[string]func(*gate.Session) error{
			"read": func(s *gate.Session) error {
				_, err := s.Read(a.Context(), ref("Observation", "oa"))
				return err
			},
			"search": func(s *gate.Session) error {
				_, err := a.found(s, "Observation?patient=pa")
				return err
			},
			"create": func(s *gate.Session) error {
				_, err := s.Apply(a.Context(), []gate.Op{create("Observation", about("b", "pa", "8867-4", ""))}, nil)
				return err
			},
		} {
			for category, want := range map[string]struct {
				by  []string
				why string
			}{
				gate.PermitEmergency: {[]string{"Consent/opens"}, "ETREAT"}, gate.PermitDuty: {nil, "TREAT"},
			} {
				a.put(update("Consent", "opens", privacy("pa", opens("Practitioner/b"))+`,"category":[{"coding":[`+coding(gate.SystemPermit, category)+`]}]`))
				s := doctor(way)
				if err := ask(s); err != nil {
					a.Fatal(way, category, err)
				}
				if err := s.Leave(a.Context(), nil); err != nil {
					a.Fatal(err)
				}
				if r := a.newest(way); !slices.Equal(r.By, want.by) || r.Why != want.why || !slices.Equal(r.Of, []string{"Patient/pa"}) {
					a.Errorf("%s by a permit of the kind %s: %+v", way, category, r)
				}
			}
		}
		a.put(remove("Consent", "opens"))
		s := doctor("read")
		if _, err := s.Read(a.Context(), ref("Observation", "ob")); err != nil {
			a.Fatal(err)
		}
		if err := s.Leave(a.Context(), nil); err != nil {
			a.Fatal(err)
		}
		if r := a.newest("read"); len(r.By) != 0 || r.Why != "TREAT" {
			a.Errorf("without a permit: %+v", r)
		}
	})
}
