package inspect_test

import (
	"fmt"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
	"yitong/test/databases"
)

// TestPermits: rows of permits that no Consent gives, and those that are missing, are told.
func TestPermits(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		r := fill(t, db)
		put := func(kind, id, members string) {
			t.Helper()
			typ, _ := schema.TypeOf(kind)
			made, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":%q,"id":%q%s}`, kind, id, members))
			if err != nil {
				t.Fatal(err)
			}
			op := gate.Op{Kind: gate.Update, Type: typ, ID: id, Resource: made}
			if _, err := gate.New(db, gate.Config{}).Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()}).Apply(t.Context(), []gate.Op{op}, nil); err != nil {
				t.Fatal(err)
			}
		}
		put("Patient", "golden", "")
		put("Patient", "source", `,"link":[{"type":"refer","other":{"reference":"Patient/golden"}}]`)
		put("Consent", "c", `,"status":"active","scope":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/consentscope","code":"patient-privacy"}]},"patient":{"reference":"Patient/source"},
			"provision":{"type":"permit","period":{"end":"2030"},"actor":[{"reference":{"reference":"Organization/a"}},{"reference":{"identifier":{"system":"s","value":"v"}}}]}`)
		if report := r.says(0); report.Permits != 1 {
			t.Errorf("%d permits stand", report.Permits)
		}
		var row store.Item
		r.write(func(tx store.Tx) (err error) {
			row, err = tx.Item(t.Context(), "permit", "c/00")
			if err == nil {
				_, err = tx.Strike("permit", "c/00")
			}
			return err
		})
		r.says(1, "Consent/c gives permits that do not stand")
		row.Number = 1
		r.write(func(tx store.Tx) error {
			made := row
			made.ID = "none/00"
			_, err := tx.Enter(row, false)
			if err == nil {
				_, err = tx.Enter(made, false)
			}
			return err
		})
		r.says(1, "A permit stands for Consent/none")
		r.write(func(tx store.Tx) error {
			_, err := tx.Strike("permit", "none/00")
			if row.Owner, row.Number = "Patient/other", 2; err == nil {
				_, err = tx.Enter(row, false)
			}
			return err
		})
		r.says(1, "A permit stands for Consent/c that it does not give")
	})
}
