package subscription

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// ended is why a Subscription is over: its owner has no access any more.
type ended struct{ why string }

func (e *ended) Error() string { return e.why }

// owner is the subscriber's access as it is now. The error wraps *ended where they have none any more.
func (s *Service) owner(ctx context.Context, owned store.Version) (gate.Actor, error) {
	r, err := fhir.ParseResource(owned.Body.Bytes)
	if err != nil {
		return gate.Actor{}, fault.Wrap(err, "reading a Subscription")
	}
	by, is := SubscriberOf(r)
	if !is || by.Actor != owned.Author {
		return gate.Actor{}, &ended{"It does not say whose it is. Write it anew."}
	}
	actor, err := s.stands(ctx, by, owned.Ref)
	if over(err) {
		return actor, fmt.Errorf("%w: %w", &ended{"The subscriber has no access any more: " + fault.From(err).Message}, err)
	}
	return actor, err
}

// stands is the access that somebody has now who reads a Subscription.
func (s *Service) stands(ctx context.Context, by Subscriber, ref fhir.Ref) (gate.Actor, error) {
	actor, err := s.config.Standing(ctx, by)
	if err == nil { // who may have no Subscriptions any more is told of nothing
		_, err = s.gate.Session(actor).Read(ctx, ref)
	}
	return actor, err
}

// over tells whether an error says that somebody has no access any more.
func over(err error) bool { return unseen(err) || fault.CodeOf(err) == fault.Unknown }

// errorMost bounds what a Subscription says of its error.
const errorMost = 500

// conclude gives a Subscription another status, for a reason, unless its owner has written it since: in the register first, from where it
// comes into the resource.
func (s *Service) conclude(ctx context.Context, id string, version int64, status, why string) error {
	r := s.known(id)
	if r != nil {
		r.writing.Lock()
		defer r.writing.Unlock()
	}
	waiting, err := s.waiting(ctx, id, status)
	if err != nil {
		return err
	}
	var next state
	var entered store.Item
	var current, changed bool
	err = s.write(ctx, 1+len(waiting), func(tx store.Tx) (err error) {
		var is bool
		if entered, next, is, err = item[state](ctx, tx, kindState, id); err != nil {
			return err
		}
		current = is && next.Version == version
		if changed = current && (next.Status != status || next.Reason != why); !changed {
			return nil
		}
		next.Status, next.Reason = status, why
		if entered, err = enter(tx, entered, next); err != nil {
			return err
		}
		for _, row := range waiting { // they wait for as long as it takes
			row.Number++
			row.Until = store.ForEver
			if _, err := tx.Enter(row, false); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !current { // its owner has written it since
		s.forgetful()
		return nil
	}
	if changed {
		s.counts.concluded.WithLabelValues(status).Inc()
		s.config.Log.Info("subscription", "subscription", id, "status", status, "why", why)
	}
	if r != nil {
		r.mu.Lock()
		r.item, r.state, r.settled = entered, next, false
		r.mu.Unlock()
	}
	return s.settle(ctx, id, next)
}

// waiting are the rows of events that are still to be delivered by a Subscription that comes to a halt.
func (s *Service) waiting(ctx context.Context, id, status string) ([]store.Item, error) {
	if status != "error" {
		return nil, nil
	}
	_, t, _, err := item[told](ctx, s.db, kindTold, id)
	if err != nil {
		return nil, err
	}
	return s.db.Owned(ctx, kindEvent, id, rowID(id, t.To), pendingMost+stretchMost)
}

// known is a Subscription that this server has at work, nil if it does not.
func (s *Service) known(id string) *running {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[id]
}

// settle writes into the resource how the Subscription fares.
func (s *Service) settle(ctx context.Context, id string, as state) error {
	ref := fhir.Ref{Type: typeSubscription, ID: id}
	head, err := s.db.Head(ctx, ref)
	if err != nil {
		return err
	}
	if !head.Live() || head.Author != author && head.Number != as.Version { // its owner was quicker
		return s.settled(id)
	}
	if statusOf(head) == as.Status && as.Reason == "" {
		return s.settled(id)
	}
	text, err := withStatus(head, as)
	if err != nil || text == nil {
		return errors.Join(err, s.settled(id))
	}
	resource, err := fhir.ParseResource(text)
	if err != nil {
		return err
	}
	session := s.platform()
	session.Begin(gate.Doing{Do: "$notify", On: ref.String()})
	_, err = session.Apply(ctx, []gate.Op{{Kind: gate.Update, Type: typeSubscription, ID: id, Resource: resource, IfVersion: head.Number}}, nil)
	if code := fault.CodeOf(err); code == fault.Precondition || code == fault.Conflict || code == fault.Gone {
		return nil // its owner was quicker; the next turn sees what they have written
	}
	if err != nil {
		return err
	}
	return s.settled(id)
}

func (s *Service) settled(id string) error {
	if r := s.known(id); r != nil {
		r.mu.Lock()
		r.settled = true
		r.mu.Unlock()
	}
	return nil
}

func statusOf(v store.Version) string {
	r, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return ""
	}
	return r.Root.Get("status").Str()
}

// withStatus is a Subscription with its status and its error, nil where it says so already.
func withStatus(head store.Version, as state) ([]byte, error) {
	doc, err := fhir.NewDoc(bytes.Clone(head.Body.Bytes))
	if err != nil {
		return nil, fault.Wrap(err, "reading a Subscription")
	}
	why := as.Reason
	if len(why) > errorMost {
		why = why[:errorMost]
	}
	if doc.Root().Get("status").Str() == as.Status && doc.Root().Get("error").Str() == why {
		return nil, nil
	}
	if err := doc.Set(path("status"), fhir.Quote(as.Status)); err != nil {
		return nil, fault.Wrap(err, "settling a Subscription")
	}
	switch {
	case why != "":
		err = doc.Set(path("error"), fhir.Quote(why))
	case doc.Root().Get("error").Exists():
		err = doc.Remove(path("error"))
	}
	if err != nil {
		return nil, fault.Wrap(err, "settling a Subscription")
	}
	return doc.Bytes(), nil
}
