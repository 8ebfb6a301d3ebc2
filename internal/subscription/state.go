package subscription

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/store"
)

// The kinds of items in the register.
const (
	kindState = "subscription"
	kindTold  = "subscription-told"
	kindEvent = "subscription-event"
	kindToken = "subscription-token"
)

// state is how far a Subscription has come. Whoever reads the feed for it writes it.
type state struct {
	Version int64          `json:"version"` // of the Subscription, the last that its owner wrote
	Status  string         `json:"status"`
	Reason  string         `json:"reason,omitempty"` // of error and off
	Place   store.Position `json:"place"`            // changes up to here have been looked at
	Events  int64          `json:"events"`           // that have a number, from 1
}

// told is how far events have been delivered. Whoever delivers writes it.
type told struct {
	Version int64     `json:"version"` // of the Subscription that it is about
	To      int64     `json:"to"`      // number of the last event that was delivered, or is not to be
	Shaken  bool      `json:"shaken,omitempty"`
	Tries   int       `json:"tries,omitempty"`  // that failed since one did not
	Failing time.Time `json:"failing,omitzero"` // since when
	Next    time.Time `json:"next,omitzero"`    // when to try again
}

// Event is a change that a Subscription is told of.
type Event struct {
	Number  int64       `json:"-"`
	Of      string      `json:"of"`      // the resource, such as Observation/…
	Version int64       `json:"version"` // that the change made
	On      Interaction `json:"on"`
	At      time.Time   `json:"at"` // of the change
}

func (e Event) ref() fhir.Ref { return fhir.ParseReference(e.Of).Ref }

// Bounds of the events that are kept.
const (
	eventsMost = 10_000
	eventsFor  = 7 * 24 * time.Hour
)

// rowID is the id of an event's row: those of a Subscription in their order.
func rowID(id string, number int64) string { return fmt.Sprintf("%s/%016d", id, number) }

// put is an item with a thing as its next version.
func put(i store.Item, thing any) (store.Item, error) {
	text, err := json.Marshal(thing)
	if i.Number++; i.Until.IsZero() {
		i.Until = store.ForEver
	}
	i.Body, i.Author = text, author
	if err != nil {
		err = fault.Wrap(err, "writing about a Subscription")
	}
	return i, err
}

// enter writes the next version of an item. The error wraps errMoved where somebody else has written it meanwhile.
func enter(tx store.Tx, i store.Item, thing any) (store.Item, error) {
	i, err := put(i, thing)
	if err != nil {
		return i, err
	}
	ok, err := tx.Enter(i, false)
	if err == nil && !ok {
		err = moved(i)
	}
	return i, err
}

// eventsOf are events of a Subscription behind a number, in their order.
func (s *Service) eventsOf(ctx context.Context, id string, behind int64, most int) (list []Event, err error) {
	rows, err := s.db.Owned(ctx, kindEvent, id, rowID(id, behind), most)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		var e Event
		if err := json.Unmarshal(row.Body, &e); err != nil {
			return nil, fault.Wrap(err, "reading an event")
		}
		if _, err := fmt.Sscanf(row.ID[len(id)+1:], "%d", &e.Number); err != nil {
			return nil, fault.Wrap(err, "reading an event")
		}
		list = append(list, e)
	}
	return list, nil
}

// item reads an item and what is kept in it; false where there is none.
func item[T any](ctx context.Context, by store.RegisterReader, kind, id string) (i store.Item, thing T, is bool, err error) {
	if i, err = by.Item(ctx, kind, id); err != nil || !i.Exists() {
		return i, thing, false, err
	}
	if err = json.Unmarshal(i.Body, &thing); err != nil {
		return i, thing, false, fault.Wrap(err, "reading about a Subscription")
	}
	return i, thing, true, nil
}
