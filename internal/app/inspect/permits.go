package inspect

import (
	"slices"

	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// note notes the permits that a Consent gives, and which Patient stands for a resident.
func (in *inspection) note(r fhir.Resource) {
	switch r.Type.String() {
	case "Patient":
		if golden := gate.Golden(r); golden.ID != r.ID {
			in.golden[fhir.Ref{Type: r.Type, ID: r.ID}.String()] = golden.String()
		}
	case "Consent":
		if list := gate.Permits(r, in.zone); len(list) > 0 {
			in.permits[fhir.Ref{Type: r.Type, ID: r.ID}.String()] = list
		}
	}
}

// rows compares the rows of permits with what the Consents say: a row that none gives would open a record against the resident's
// will.
func (in *inspection) rows() error {
	found := map[string]int{}
	err := gate.EachPermit(in.ctx, in.db, func(p gate.Permit, owner string) {
		in.Permits++
		found[p.Consent]++
		golden, other := in.golden[p.Patient]
		if !other {
			golden = p.Patient
		}
		if !slices.ContainsFunc(in.permits[p.Consent], p.Same) || owner != golden {
			in.complain("A permit stands for %s that it does not give.", p.Consent)
		}
	})
	for consent, list := range in.permits {
		for _, p := range list {
			if p.Grantee != "" { // who is named by a number need not be known here
				found[consent]--
			}
		}
		if found[consent] < 0 {
			in.complain("%s gives permits that do not stand; write it again.", consent)
		}
	}
	return err
}
