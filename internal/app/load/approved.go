package load

import (
	"context"
	"errors"
	"io"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/store/index"
)

// Whole is [Export] of a whole record. The error is Forbidden for one that has accounts: from there nothing leaves without a
// request that somebody has approved ([Approved]; PIPL Art. 38 and 55).
func Whole(ctx context.Context, db store.DB, dir string, replace bool) (map[string]int, error) {
	used, err := account.Any(ctx, db)
	if err != nil {
		return nil, err
	}
	if used {
		return nil, fault.New(fault.Forbidden, "The record has accounts, so people's data does not leave it unasked. Ask for the export (POST $export-request), "+
			"have it approved (POST Task/[id]/$export-decide), then name it: --request Task/[id]. For a copy that stays with the record, back the database up.")
	}
	s := gate.New(db, gate.Config{Trail: trail.NewRecorder(db)}).Session(gate.Actor{Reference: "Device/export", Access: gate.Whole()})
	s.Begin(gate.Doing{Do: "$export"})
	return Export(ctx, s, dir, replace)
}

// Approved writes what an approved request lets out of a record into a folder, as [Export] does: what its requester sees by a
// policy, masked, marked and counted in the request's Task. A run that has begun has counted, even if its files
// cannot be written. The errors are those of [export.Desk.BeginFor], and of [Export].
func Approved(ctx context.Context, db store.DB, roles *policy.Policy, request, zone, dir string, replace bool) (map[string]int, error) {
	task := fhir.ParseReference(request)
	if task.Kind != fhir.ReferenceLocal || task.Ref.Type.String() != "Task" {
		return nil, fault.New(fault.Malformed, "%q should be a request such as Task/0198.", request)
	}
	at, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fault.New(fault.Malformed, "There is no time zone %q.", zone)
	}
	ix, err := index.Open(ctx, db, search.R4(at), index.Config{})
	if err != nil {
		return nil, err
	}
	f, err := newFolder(dir, replace)
	if err != nil {
		return nil, err
	}
	defer f.discard()
	g := gate.New(db, gate.Config{Zone: at, Index: ix, Owned: export.Owned(), Trail: trail.NewRecorder(db)})
	var eyes *gate.Session
	see := func(reference, institution string, role gate.Role) *gate.Session {
		access := roles.Access(role, gate.Of{Actor: reference, Institution: institution})
		eyes = g.Session(gate.Actor{Reference: reference, Institution: institution, Role: role, Access: access})
		eyes.Begin(gate.Doing{Do: "$export", On: request})
		return eyes
	}
	note := g.Session(gate.Actor{Reference: "Device/export", Access: gate.Whole()})
	run, err := export.New(g, roles.Export(), at).BeginFor(ctx, note, task.Ref, see)
	if err != nil {
		return nil, err
	}
	err = f.fetch(ctx, run, eyes)
	if e := run.End(ctx, err); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	return f.counts, f.finish()
}

// fetch writes a run to the disk, what somebody sees of it part by part: the trail has each before it is there.
func (f *folder) fetch(ctx context.Context, run *export.Run, eyes *gate.Session) error {
	for {
		piece, err := run.Next(ctx)
		if errors.Is(err, io.EOF) {
			return f.sync()
		}
		if err == nil {
			err = eyes.Leave(ctx, nil)
		}
		if err == nil {
			err = f.write(piece.Type, piece.Lines)
		}
		if err != nil {
			return err
		}
	}
}
