package subscription

import (
	"context"
	"encoding/json"
	"time"

	"yitong/internal/fault"
)

// Standing tells how Subscriptions fare, on whichever server delivers. What is behind is as of the last minute, for places are written
// down once in one.
type Standing struct {
	Active  int
	Failed  int       // in error: their endpoints have not answered for too long
	Failing int       // active ones whose endpoint does not answer now
	Since   time.Time // since when the first of these does not; zero for none
	Behind  int64     // events that wait for the endpoint for which most do
}

// Stand looks how Subscriptions fare.
func (s *Service) Stand(ctx context.Context) (out Standing, err error) {
	delivered, err := keptOf[told](ctx, s, kindTold)
	if err != nil {
		return out, err
	}
	states, err := keptOf[state](ctx, s, kindState)
	for id, one := range states {
		switch one.Status {
		case "error":
			out.Failed++
		case "active":
			out.Active++
			t, is := delivered[id]
			if !is || t.Version != one.Version { // a websocket's, or nothing was delivered yet
				continue
			}
			out.Behind = max(out.Behind, one.Events-t.To)
			if t.Tries > 0 {
				out.Failing++
				if out.Since.IsZero() || t.Failing.Before(out.Since) {
					out.Since = t.Failing
				}
			}
		}
	}
	return out, err
}

// keptOf are all items of a kind, by the ids of their Subscriptions.
func keptOf[T any](ctx context.Context, s *Service, kind string) (map[string]T, error) {
	all := map[string]T{}
	for behind := ""; ; {
		items, err := s.db.Owned(ctx, kind, "*", behind, itemsMost)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			var one T
			if err := json.Unmarshal(i.Body, &one); err != nil {
				return nil, fault.Wrap(err, "reading about a Subscription")
			}
			behind, all[i.ID] = i.ID, one
		}
		if len(items) < itemsMost {
			return all, nil
		}
	}
}
