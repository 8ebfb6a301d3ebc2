package correction_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/process"
	"yitong/internal/store/sqlite"
	"yitong/modules/correction"
	"yitong/test/services"
)

// A resident says that a result is wrong; the hospital writes a new version of it, and the case names that.
func Example() {
	ctx := context.Background()
	folder, err := os.MkdirTemp("", "example")
	check(err)
	defer os.RemoveAll(folder)
	db, err := sqlite.Open(ctx, filepath.Join(folder, "record.db"))
	check(err)
	defer db.Close()
	book, err := services.Book(correction.Tables()...)
	check(err)
	table := correction.Process()
	engine, err := process.New(process.Config{Processes: []*process.Process{table}, Zone: services.Zone, Deadline: book.Deadline})
	check(err)
	g := gate.New(db, gate.Config{References: true, Zone: services.Zone, Owned: process.Owns(table), Now: func() time.Time { return services.Monday }})
	office := g.Session(gate.Actor{Reference: "Practitioner/wang", Role: gate.Office, Institution: "Organization/a", Access: gate.Whole()})
	resident := g.Session(gate.Actor{Reference: "Patient/p", Role: gate.Resident, Resident: fhir.ParseReference("Patient/p").Ref, Access: gate.Whole()})
	write := func(text string) {
		r, err := fhir.ParseResource([]byte(text))
		check(err)
		_, err = office.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
		check(err)
	}
	write(`{"resourceType":"Organization","id":"a"}`)
	write(`{"resourceType":"Practitioner","id":"wang"}`)
	write(`{"resourceType":"Patient","id":"p"}`)
	pulse := `{"resourceType":"Observation","id":"pulse","status":"final","code":{"text":"心率"},"subject":{"reference":"Patient/p"},"valueQuantity":{"value":%d}}`
	write(fmt.Sprintf(pulse, 28))

	made, err := engine.Begin(ctx, resident, correction.Code, "request", services.Parameters("record", services.Ref("Observation/pulse"),
		"wrong", "心率写反了", "should-be", "82 次/分", "element", "Observation.value.value", "proposed", "82"), nil)
	check(err)
	show(ctx, engine, resident, made.Version.Ref)
	write(fmt.Sprintf(pulse, 82))
	_, err = engine.Move(ctx, office, process.Asked{Case: made.Version.Ref, Move: "correct", Needs: services.Parameters()})
	check(err)
	show(ctx, engine, resident, made.Version.Ref)
	// Output:
	// 待处理 until 2026-06-02: [withdraw]
	// 已更正: Observation/pulse/_history/2
}

// show prints what a case looks like to somebody.
func show(ctx context.Context, engine *process.Engine, s *gate.Session, of fhir.Ref) {
	view, err := engine.Moves(ctx, s, of)
	check(err)
	if out := view.Task().Output(); view.State.Final() {
		fmt.Printf("%s: %s\n", view.State.Words.Zh, out.At(out.Len()-1).ValueReference().Reference())
		return
	}
	var moves []string
	for _, m := range view.Moves {
		moves = append(moves, m.Code)
	}
	fmt.Printf("%s until %s: %v\n", view.State.Words.Zh, view.Deadline().In(services.Zone).Format(time.DateOnly), moves)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
