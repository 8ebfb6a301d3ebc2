package rest

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

// Transact carries out a batch or transaction Bundle as a POST to the base would, for callers in this process. The
// answer is kept for the given time under the idempotency key. It returns the response Bundle and whether that repeats
// an earlier answer; every error is a *fault.Error.
func (s *Server) Transact(ctx context.Context, actor gate.Actor, bundle []byte, key string, keep time.Duration) (answer []byte, replayed bool, err error) {
	actor.Client = cmp.Or(actor.Client, s.config.Client)
	r := &request{
		Context: ctx, session: s.gate.Session(actor), method: http.MethodPost, keep: keep,
		key: key, header: http.Header{}, body: body{bytes: bundle, typ: mediaFHIR},
	}
	out, err := safely(func() (*response, error) { return s.bundle(r) })
	if err != nil {
		return nil, false, fault.From(err)
	}
	return out.resource, out.replayed, nil
}
