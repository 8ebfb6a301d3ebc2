package accessquestion_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/process"
	"yitong/internal/store/sqlite"
	"yitong/modules/accessquestion"
	"yitong/test/services"
)

// A doctor reads a result, the resident asks why, and the office answers.
func Example() {
	ctx, now := context.Background(), services.Monday
	folder, err := os.MkdirTemp("", "example")
	check(err)
	defer os.RemoveAll(folder)
	db, err := sqlite.Open(ctx, filepath.Join(folder, "record.db"))
	check(err)
	defer db.Close()
	book, err := services.Book(accessquestion.Tables()...)
	check(err)
	table := accessquestion.Process()
	engine, err := process.New(process.Config{Processes: []*process.Process{table}, Zone: services.Zone, Deadline: book.Deadline})
	check(err)
	g := gate.New(db, gate.Config{References: true, Zone: services.Zone, Owned: process.Owns(table), Now: func() time.Time { return now }, Trail: trail.NewRecorder(db)})
	session := func(who string, role gate.Role, institution string) *gate.Session {
		a := gate.Actor{Reference: who, Role: role, Institution: institution, Access: gate.Whole()}
		if role == gate.Resident {
			a.Resident = fhir.ParseReference("Patient/p").Ref
			a.Access = policy.Standard().Access(role, gate.Of{Actor: who, Resident: a.Resident})
		}
		return g.Session(a)
	}
	doctor, office := session("Practitioner/li", gate.Doctor, "Organization/a"), session("Practitioner/wang", gate.Office, "Organization/a")
	resident := session("Patient/p", gate.Resident, "")
	for _, text := range []string{
		`{"resourceType":"Organization","id":"a","name":"甲医院"}`, `{"resourceType":"Patient","id":"p"}`,
		`{"resourceType":"Practitioner","id":"li","name":[{"text":"李医生"}]}`, `{"resourceType":"Practitioner","id":"wang"}`,
	} {
		r, err := fhir.ParseResource([]byte(text))
		check(err)
		_, err = office.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
		check(err)
	}

	now = now.Add(time.Minute)
	doctor.Begin(gate.Doing{Do: "read", On: "Patient/p"})
	_, err = doctor.Read(ctx, fhir.ParseReference("Patient/p").Ref)
	check(err)
	check(doctor.Leave(ctx, nil))

	made, err := engine.Begin(ctx, resident, accessquestion.Code, "ask", services.Parameters("event", services.Ref(newest(ctx, resident))), nil)
	check(err)
	show(ctx, engine, resident, made.Version.Ref)
	_, err = engine.Move(ctx, office, process.Asked{Case: made.Version.Ref, Move: "answer",
		Needs: services.Parameters("verdict", services.Code("justified"), "explanation", "因门诊复诊查看")})
	check(err)
	show(ctx, engine, resident, made.Version.Ref)
	// Output:
	// 待答复 until 2026-05-19 00:00: [withdraw]
	// 2026年5月11日 09:01，甲医院的李医生（医生）查看了您的基本信息（1 项）。
	// 已答复 until 2026-06-09 00:00: [accept dispute withdraw]
	// 2026年5月11日 09:01，甲医院的李医生（医生）查看了您的基本信息（1 项）。
}

// show prints what a case looks like to somebody.
func show(ctx context.Context, engine *process.Engine, s *gate.Session, of fhir.Ref) {
	view, err := engine.Moves(ctx, s, of)
	check(err)
	var moves []string
	for _, m := range view.Moves {
		moves = append(moves, m.Code)
	}
	fmt.Printf("%s until %s: %v\n", view.State.Words.Zh, view.Deadline().In(services.Zone).Format("2006-01-02 15:04"), moves)
	for _, in := range view.Task().Input().All() {
		if in.Type().Text() == "event-zh" {
			fmt.Println(in.ValueString())
		}
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
