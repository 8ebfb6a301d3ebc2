package app

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/subscription"
	"yitong/internal/worker"
)

// Subscribing says how subscribers are told of changes.
type Subscribing struct {
	Networks []string      `help:"Private networks to which notices of Subscriptions may go, such as 10.20.0.0/16. Else they go to public addresses only, so that nobody makes the server call what only it can reach." name:"subscription-networks" placeholder:"CIDR"`
	Timeout  time.Duration `help:"How long an endpoint of a Subscription may take to answer one notice." default:"10s" name:"subscription-timeout"`
	GiveUp   time.Duration `help:"For how long a notice is tried again before its Subscription gets the status error." default:"24h" name:"subscription-give-up"`
}

// endpoints are the addresses to which notices may go. On a trial's server, which only this machine can use, they may stay on it.
func (s Subscribing) endpoints(trial bool) (e subscription.Endpoints, err error) {
	e.Loopback = trial
	for _, text := range s.Networks {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return e, fault.New(fault.Malformed, "--subscription-networks: %q should be a network such as 10.20.0.0/16.", text)
		}
		e.Networks = append(e.Networks, network.Masked())
	}
	if s.Timeout < 0 || s.GiveUp < 0 {
		return e, fault.New(fault.Malformed, "--subscription-timeout and --subscription-give-up cannot be below 0.")
	}
	return e, nil
}

// subscriptions tells subscribers, on behalf of the accounts that there are by then.
type subscriptions struct {
	*subscription.Service
	accounts atomic.Pointer[account.Accounts] // nil until they are open
}

// subscribing makes the service that tells subscribers.
func (c Serve) subscribing(db store.DB, g *gate.Gate, log *slog.Logger) (*subscriptions, error) {
	trial := c.Auth == "none"
	endpoints, err := c.Subscribing.endpoints(trial)
	if err != nil {
		return nil, err
	}
	s := &subscriptions{}
	config := subscription.Config{
		Standing: s.standing, Send: rest.NewHooks(endpoints), Endpoints: endpoints, Log: log,
		Patience: subscription.Patience{Timeout: c.Subscribing.Timeout, GiveUp: c.Subscribing.GiveUp},
	}
	if trial {
		config.Standing = anybody
		if _, port, err := net.SplitHostPort(c.Addr); err == nil && port != "0" {
			config.URL = "http://" + c.Addr + rest.Base
		}
	} else if issuer, err := c.issuer(); err != nil {
		return nil, err
	} else {
		config.URL = issuer + rest.Base
	}
	s.Service, err = subscription.New(db, g, config)
	return s, err
}

// work is what one server at a time does for subscribers.
func (s *subscriptions) work() worker.Work { return worker.Work{Name: "subscriptions", Do: s.Step} }

// anybody is who subscribes on a server without accounts: everybody who can reach it may do everything.
func anybody(context.Context, subscription.Subscriber) (gate.Actor, error) {
	return gate.Actor{Reference: "Device/anonymous", Access: gate.Whole()}, nil
}

// standing is the access that a subscriber has now.
func (s *subscriptions) standing(ctx context.Context, by subscription.Subscriber) (gate.Actor, error) {
	accounts := s.accounts.Load()
	if accounts == nil {
		return gate.Actor{}, fault.New(fault.Unavailable, "The accounts are not open yet.")
	}
	p, err := accounts.Standing(ctx, by.Actor, by.As, by.Client)
	if err != nil {
		return gate.Actor{}, err
	}
	actor := p.Actor()
	if actor.Role != by.Role || actor.Institution != by.Institution {
		return gate.Actor{}, fault.New(fault.Forbidden, "The role in which it was written is another one now.")
	}
	return actor, nil
}
