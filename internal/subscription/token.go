package subscription

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// bindings are what a token lets a websocket bind to.
type bindings struct {
	Subscriptions []string   `json:"subscriptions"` // ids
	By            Subscriber `json:"by"`            // who asked for the token
}

// bindMost is how many Subscriptions one websocket is bound to.
const bindMost = ownedMost

// Token is what lets a websocket bind, once.
type Token struct {
	Text          string
	Until         time.Time
	Subscriptions []string // ids
}

// Token makes a token for Subscriptions that a session reads and whose channel is a websocket. The error is NotFound for one that it does
// not, Unprocessable for another channel.
func (s *Service) Token(ctx context.Context, session *gate.Session, ids []string) (t Token, err error) {
	if len(ids) == 0 || len(ids) > bindMost {
		return t, fault.New(fault.Unprocessable, "Name 1 to %d Subscriptions by the parameter id.", bindMost)
	}
	for _, id := range ids {
		v, err := session.Read(ctx, subscriptionRef(id))
		if err != nil {
			return t, err
		}
		if sub := s.readable(v); sub == nil || !sub.Socket {
			return t, fault.New(fault.Unprocessable, "The channel of Subscription/%s is no websocket.", id)
		}
	}
	t = Token{Text: rand.Text(), Subscriptions: ids, Until: s.config.Now().Add(s.config.Patience.TokenFor).UTC().Truncate(time.Second)}
	body, err := json.Marshal(bindings{ids, subscriberBehind(session.Actor())})
	if err != nil {
		return t, fault.Wrap(err, "writing a token")
	}
	err = s.write(ctx, 1, func(tx store.Tx) error {
		ok, err := tx.Enter(store.Item{Kind: kindToken, ID: digest(t.Text), Number: 1, Author: author, Until: t.Until, Body: body}, false)
		if err == nil && !ok {
			err = fault.New(fault.Unavailable, "Try again.")
		}
		return err
	})
	return t, err
}

// digest is what the register knows of a token.
func digest(token string) string {
	sum := sha256.Sum256([]byte("subscription\x00" + token))
	return hex.EncodeToString(sum[:])
}

// redeem takes a token, which is good once. It binds to nothing if it is not good.
func (s *Service) redeem(ctx context.Context, token string) (b bindings, err error) {
	id := digest(token)
	i, b, is, err := item[bindings](ctx, s.db, kindToken, id)
	if err != nil || !is || !s.config.Now().Before(i.Until) {
		return bindings{}, err
	}
	taken := false
	err = s.write(ctx, 1, func(tx store.Tx) (err error) {
		taken, err = tx.Strike(kindToken, id)
		return err
	})
	if err != nil || !taken {
		return bindings{}, err
	}
	return b, nil
}
