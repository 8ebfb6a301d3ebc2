package store_test

import (
	"context"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// TestGivenUpInTheQueue holds that a write whose request has been given up while it waited is refused, and does not come
// into a group; and that the queue does not take such a one for its end.
func TestGivenUpInTheQueue(t *testing.T) {
	t.Parallel()
	q := store.NewQueue()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	refused, stored := make(chan error), make(chan error)
	go func() { refused <- q.Write(ctx, store.Work{}) }()
	groups := make(chan []*store.Member)
	go func() { groups <- q.Next() }()
	if err := <-refused; fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	go func() { stored <- q.Write(t.Context(), store.Work{}) }()
	group := <-groups
	if len(group) != 1 {
		t.Fatalf("%d members", len(group))
	}
	group[0].Done()
	if err := <-stored; err != nil {
		t.Error(err)
	}
	q.Close()
	if q.Next() != nil {
		t.Error("a closed queue gives a group")
	}
}
