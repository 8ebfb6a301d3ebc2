package app

import (
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// clocksApart is how far this machine's clock may be from the database's. Lines of the trail stand in the order in which they were bound,
// by the database's clock; their instants are the servers'.
const clocksApart = time.Minute

// clocks refuses to serve where the clock of this machine is not in step with the database's.
func clocks(ctx context.Context, db store.DB) error {
	apart, err := clockApart(ctx, db)
	if err != nil {
		return err
	}
	if apart > clocksApart {
		return fault.New(fault.Unavailable, "This machine's clock and the database's are %s apart, and may be %s. Set them by the same time servers (NTP).", apart.Round(time.Second), clocksApart)
	}
	return nil
}

// clockApart is how far this machine's clock is from the database's, at least: what the answer took is not apart.
func clockApart(ctx context.Context, db store.DB) (time.Duration, error) {
	began := time.Now()
	there, err := db.Now(ctx)
	if err != nil {
		return 0, err
	}
	return max(0, began.Sub(there), time.Until(there)), nil
}
