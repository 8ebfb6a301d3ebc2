package notice

import (
	"context"
	"strings"
	"time"
)

// Standing tells what waits to leave, and what could not.
type Standing struct {
	Channels []ChannelStanding
	Late     time.Duration // for how long the first of what waits has been due; 0 for not
}

// ChannelStanding is how a channel stands, among the newest [standMost] messages.
type ChannelStanding struct {
	Channel Channel
	Sends   bool // something goes by it
	Waiting int  // notices that wait to leave, as far as [standMost]
	Unsent  int  // messages that are made and have not left
	Failed  int  // that were refused for good in the last day
}

// Unsent are the messages of all channels that have not left.
func (s Standing) Unsent() (n int) {
	for _, c := range s.Channels {
		n += c.Unsent
	}
	return n
}

const (
	standMost = 1000           // items that are looked at
	failedFor = 24 * time.Hour // that a refusal is told of
)

// Stand looks what waits to leave, and what could not.
func (s *Service) Stand(ctx context.Context) (out Standing, err error) {
	now, at := s.now(), map[Channel]*ChannelStanding{}
	for _, c := range Channels() {
		at[c] = &ChannelStanding{Channel: c, Sends: s.Sends(c)}
	}
	due := func(at time.Time) { out.Late = max(out.Late, now.Sub(at)) }
	items, err := s.db.Owned(ctx, kindWaiting, "*", "", standMost)
	if err != nil {
		return out, err
	}
	for _, i := range items {
		k, err := get[waiting](i, nil)
		if err != nil {
			return out, err
		}
		if c := at[Channel(i.Owner[strings.LastIndexByte(i.Owner, '/')+1:])]; c != nil {
			c.Waiting++
		}
		due(k.Thing.Due)
	}
	if items, err = s.db.Owned(ctx, kindMessage, "*", "", standMost); err != nil {
		return out, err
	}
	for _, i := range items {
		k, err := get[message](i, nil)
		if err != nil {
			return out, err
		}
		c, m := at[k.Thing.Channel], k.Thing
		switch {
		case c == nil:
		case m.State == stateReady || m.State == stateSending:
			c.Unsent++
			due(m.Made)
		case m.State == stateFailed && now.Sub(m.Made) < failedFor:
			c.Failed++
		}
	}
	for _, c := range Channels() {
		out.Channels = append(out.Channels, *at[c])
	}
	return out, nil
}
