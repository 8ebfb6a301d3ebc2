package cases

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/module"
	"yitong/internal/process"
	"yitong/internal/store/sqlite"
)

// BenchmarkBoard counts 10 000 cases of ten institutions, of 1.5 KB each and a third of them open, for the regulator.
func BenchmarkBoard(b *testing.B) {
	db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "record.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	g := gate.New(db, gate.Config{})
	now := time.Now()
	var ops []gate.Op
	for i := range 10_000 {
		moved, status, due := now.Add(-time.Duration(i)*10*time.Minute), "completed", ""
		if i%3 == 0 {
			status, due = "requested", fmt.Sprintf(`,"restriction":{"period":{"end":%q}}`, now.Add(time.Duration(i-5000)*time.Minute).Format(time.RFC3339))
		}
		r, err := fhir.ParseResource(fmt.Appendf(nil, `{"resourceType":"Task","id":"t%d","meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/o%d"}}]},`+
			`"status":%q,"intent":"order","code":{"coding":[{"system":"urn:yitong:process","code":"emergency-review"}]},"authoredOn":%q,"lastModified":%q%s,"note":[{"text":"%01000d"}]}`,
			i, i%10, status, moved.Add(-100*time.Hour).Format(time.RFC3339), moved.Format(time.RFC3339), due, i))
		if err != nil {
			b.Fatal(err)
		}
		if ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}); len(ops) == 500 {
			if _, err := g.Session(gate.Actor{Reference: "Device/test", Access: gate.Whole()}).Apply(b.Context(), ops, nil); err != nil {
				b.Fatal(err)
			}
			ops = nil
		}
	}
	engine, err := process.New(process.Config{})
	if err != nil {
		b.Fatal(err)
	}
	of := gate.Of{Actor: "Practitioner/r", Institution: "Organization/r"}
	s := g.Session(gate.Actor{Reference: of.Actor, Role: gate.Regulator, Institution: of.Institution, Access: policy.Standard().Access(gate.Regulator, of)})
	for b.Loop() {
		got, err := desk{engine}.board(b.Context(), &module.Call{Session: s}, boarding{})
		if err != nil || got.Whole || got.Processes[0].Open != 3334 || got.Processes[0].Ended != boardMost {
			b.Fatal(got, err)
		}
	}
}
