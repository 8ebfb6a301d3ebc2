package inspect

import (
	"context"
	"strings"

	"yitong/internal/store"
)

// places compares the reservations with what the resources take.
func (in *inspection) places() error {
	have, err := in.db.Reserved(in.ctx)
	if err != nil {
		return err
	}
	for _, r := range have {
		if strings.HasPrefix(r.Scope, store.OwnScopes) {
			continue
		}
		in.Places++
		want, known := in.taken[r.Place]
		delete(in.taken, r.Place)
		if r.Until.After(in.now) && (!known || want.Holder != r.Holder || !want.Until.Equal(r.Until)) {
			in.complain("Place %s of %s stands for %s, which does not take it so.", r.Name, r.Scope, r.Holder)
		}
	}
	for _, t := range in.taken {
		if t.Until.After(in.now) {
			in.complain("%s takes place %s of %s, which is not reserved for it.", t.Holder, t.Name, t.Scope)
		}
	}
	return nil
}

// rebuildMost is how many places are reserved or released in one transaction.
const rebuildMost = 500

// RebuildPlaces makes the reservations those that the resources take, and tells how many there are. Where two resources
// take one place, which the gate never allows, it goes to the one that has it longer. Nobody may write meanwhile.
func RebuildPlaces(ctx context.Context, db store.DB) (n int, err error) {
	in, err := inspectionOf(ctx, db)
	if err != nil {
		return 0, err
	}
	if err := in.feed(); err != nil {
		return 0, err
	}
	if err := in.resources(); err != nil {
		return 0, err
	}
	have, err := db.Reserved(ctx)
	if err != nil {
		return 0, err
	}
	var stale, want []store.Reservation
	for _, r := range have {
		if t := in.taken[r.Place]; !strings.HasPrefix(r.Scope, store.OwnScopes) && t.Holder != r.Holder {
			stale = append(stale, r)
		}
	}
	for _, t := range in.taken {
		if t.Until.After(in.now) {
			want = append(want, t)
		}
	}
	release := func(tx store.Tx, r store.Reservation) error { _, err := tx.Release(r.Place, r.Holder); return err }
	reserve := func(tx store.Tx, r store.Reservation) error {
		_, err := tx.Reserve(r.Place, r.Holder, r.Until)
		return err
	}
	if err := inParts(ctx, db, stale, release); err != nil {
		return 0, err
	}
	return len(want), inParts(ctx, db, want, reserve)
}

// inParts does something with each of a list, in transactions of bounded size.
func inParts(ctx context.Context, db store.DB, list []store.Reservation, do func(store.Tx, store.Reservation) error) error {
	for len(list) > 0 {
		part := list[:min(len(list), rebuildMost)]
		list = list[len(part):]
		var want store.Want
		for _, r := range part {
			want.Places = append(want.Places, r.Place)
		}
		err := db.Write(ctx, store.Work{Puts: len(part), Want: want, Do: func(tx store.Tx, _ store.Found) error {
			for _, r := range part {
				if err := do(tx, r); err != nil {
					return err
				}
			}
			return nil
		}})
		if err != nil {
			return err
		}
	}
	return nil
}
