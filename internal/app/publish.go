package app

import (
	"bytes"
	"context"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/gate"
)

// Publish puts the platform's own profiles, value sets and code systems, and the definitions of its operations, into
// the record, where clients read them like any other. Those that stand there as they are stay; a new edition becomes a
// new version of the same resource.
func (a *App) Publish(ctx context.Context) error {
	all, err := profiles.Resources()
	if err != nil {
		return err
	}
	operations, err := a.modules.Definitions()
	if err != nil {
		return err
	}
	all = append(all, operations...)
	session := a.gate.Session(gate.Actor{Reference: "Device/yitong", Client: "yitong", Access: gate.Whole()})
	var ops []gate.Op
	for _, r := range all {
		there, err := session.Read(ctx, fhir.Ref{Type: r.Type, ID: r.ID})
		if err != nil && fault.CodeOf(err) != fault.NotFound && fault.CodeOf(err) != fault.Gone {
			return err
		}
		if err == nil && bytes.Equal(there.Body.Bytes, r.Body(r.ID, nil).Bytes) {
			continue
		}
		ops = append(ops, gate.Op{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r})
	}
	if len(ops) == 0 {
		return nil
	}
	_, err = session.Apply(ctx, ops, nil)
	return err
}
