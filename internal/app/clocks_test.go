package app

import (
	"context"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// ahead is a database whose clock is ahead.
type ahead struct {
	store.DB
	by time.Duration
}

// Now implements [store.DB].
func (a ahead) Now(context.Context) (time.Time, error) { return time.Now().Add(a.by), nil }

// TestClocks: a server whose clock is not in step with the database's does not begin.
func TestClocks(t *testing.T) {
	t.Parallel()
	for by, want := range map[time.Duration]fault.Code{
		0: "", 30 * time.Second: "", -30 * time.Second: "", 2 * time.Minute: fault.Unavailable, -2 * time.Minute: fault.Unavailable,
	} {
		if err := clocks(t.Context(), ahead{by: by}); fault.CodeOf(err) != want {
			t.Errorf("%s apart: %v", by, err)
		}
	}
}
