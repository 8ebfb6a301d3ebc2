package notice

import (
	"context"
	"time"
)

// Sent is a message as operators look at it. It tells nothing of what its notices say, and of where it went only a
// part.
type Sent struct {
	ID       string
	Made     time.Time
	Channel  Channel
	State    State
	To       string // masked; "" before it has gone
	Text     string // "" before it has gone
	Count    int
	Attempts int
	Receipt  string
}

// OutboxMost bounds the messages of one look.
const OutboxMost = 100

// Outbox are the newest messages, from behind one by its ID.
func (s *Service) Outbox(ctx context.Context, behind string) (list []Sent, err error) {
	items, err := s.db.Owned(ctx, kindMessage, "*", behind, OutboxMost)
	for _, i := range items {
		k, err := get[message](i, nil)
		if err != nil {
			return nil, err
		}
		m := k.Thing
		list = append(list, Sent{i.ID, m.Made, m.Channel, m.State, m.To, m.Text, max(m.Count, len(m.Notices)), m.Attempts, m.Receipt})
	}
	return list, err
}
