package platform

import (
	"context"
	"time"
)

// KeptFor is how long a measurement is told to whoever asks.
const KeptFor = 5 * time.Second

// Kept has the newest measurement. One caller at a time measures, for all who ask meanwhile.
type Kept struct {
	turn    chan struct{} // has one in it while somebody measures or looks
	newest  Health
	until   time.Time // it is told
	measure func(context.Context) Health
	now     func() time.Time
}

// Keep keeps what is measured, by a clock.
func Keep(measure func(context.Context) Health, now func() time.Time) *Kept {
	return &Kept{turn: make(chan struct{}, 1), measure: measure, now: now}
}

// Health is how all parts do, as they were when last measured, not longer than [KeptFor] ago; At says when. Who goes away while it is measured takes it from
// nobody else, and has nothing.
func (k *Kept) Health(ctx context.Context) Health {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return Health{}
	}
	if left := k.until.Sub(k.now()); left <= 0 || left > KeptFor {
		k.newest = k.measure(context.WithoutCancel(ctx))
		k.until = k.now().Add(KeptFor) // from its end on: who has waited for it is told it
	}
	return k.newest
}
