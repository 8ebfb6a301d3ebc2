package account

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/fault"
	"yitong/internal/store"
)

// Key is a key by which identity tokens are signed (RS256, which OpenID Connect asks of everybody).
type Key struct {
	ID      string
	Private *rsa.PrivateKey
	Begins  time.Time // it signs from then on; it is published before
	Ends    time.Time // it signs no longer; it is published until what it has signed has run out
}

// keyItem is a key as the register keeps it.
type keyItem struct {
	Sealed []byte    `json:"sealed"` // PKCS #8
	Begins time.Time `json:"begins"`
	Ends   time.Time `json:"ends"`
}

// How keys follow each other.
const (
	keyBits   = 2048
	keySigns  = 90 * 24 * time.Hour
	keyBefore = 24 * time.Hour // that a key is published before it signs, so that everybody has read it by then
	keyAfter  = 24 * time.Hour // that it stays published after, longer than any identity token holds
)

// keyring are the keys that were read a moment ago: everybody may ask for the public ones, and to open them takes long.
type keyring struct {
	mu    sync.Mutex
	keys  []Key
	until time.Time
}

// Keys are those that are published now, the one that signs first. The next one is made when it is time; of several servers
// one makes it. What another server has changed counts after two seconds.
func (a *Accounts) Keys(ctx context.Context) ([]Key, error) {
	r := &a.keyring
	r.mu.Lock()
	defer r.mu.Unlock()
	now := a.Now()
	if now.Before(r.until) {
		return r.keys, nil
	}
	keys, err := a.published(ctx, now)
	if err != nil {
		return nil, err
	}
	r.keys, r.until = keys, now.Add(believed)
	for _, k := range keys { // when something changes by itself
		for _, at := range []time.Time{k.Begins, k.Ends.Add(-keyBefore), k.Ends, k.Ends.Add(keyAfter)} {
			if at.After(now) && at.Before(r.until) {
				r.until = at
			}
		}
	}
	return keys, nil
}

// published reads the keys, and makes the next one if it is time.
func (a *Accounts) published(ctx context.Context, now time.Time) ([]Key, error) {
	keys, err := a.keys(ctx, a.db, now)
	if err != nil {
		return nil, err
	}
	newest := time.Time{}
	for _, k := range keys {
		if k.Ends.After(newest) {
			newest = k.Ends
		}
	}
	if newest.Sub(now) > keyBefore {
		return keys, nil
	}
	begins := now
	if newest.After(now) {
		begins = newest
	}
	if err := a.newKey(ctx, begins); err != nil {
		return nil, err
	}
	return a.keys(ctx, a.db, now)
}

func (a *Accounts) keys(ctx context.Context, r store.RegisterReader, now time.Time) (list []Key, err error) {
	kept, err := all[keyItem](r.Owned(ctx, kindKey, "*", "", 100))
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		if !now.Before(k.Thing.Ends.Add(keyAfter)) {
			continue
		}
		one, err := a.unsealed(k)
		if err != nil {
			return nil, err
		}
		if !now.Before(one.Begins) && now.Before(one.Ends) {
			list = append([]Key{one}, list...)
		} else {
			list = append(list, one)
		}
	}
	return list, nil
}

func (a *Accounts) unsealed(k kept[keyItem]) (Key, error) {
	text, err := a.config.Box.Open("key "+k.Item.ID, k.Thing.Sealed)
	if err != nil {
		return Key{}, err
	}
	private, err := x509.ParsePKCS8PrivateKey(text)
	own, ok := private.(*rsa.PrivateKey)
	if err != nil || !ok {
		return Key{}, fault.Wrap(err, "reading a signing key")
	}
	return Key{k.Item.ID, own, k.Thing.Begins, k.Thing.Ends}, nil
}

// newKey makes the key that signs from an instant on, unless another server has.
func (a *Accounts) newKey(ctx context.Context, begins time.Time) error {
	private, err := rsa.GenerateKey(rand.Reader, keyBits) // takes long, so not inside the writer
	if err != nil {
		return fault.Wrap(err, "making a signing key")
	}
	text, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fault.Wrap(err, "making a signing key")
	}
	id := newID()
	k := keyItem{a.config.Box.Seal("key "+id, text), begins, begins.Add(keySigns)}
	return a.writing(ctx, func(tx store.Tx) error {
		there, err := all[keyItem](tx.Owned(ctx, kindKey, "*", "", 100))
		if err != nil {
			return err
		}
		for _, other := range there {
			if other.Thing.Ends.After(begins) {
				return nil
			}
		}
		return must(write(tx, store.Item{Kind: kindKey, ID: id, Until: k.Ends.Add(keyAfter)}, k, false))
	})
}

// RotateKey lets a new key sign from now on, such as when one may have become known; the old ones are published no more.
func (a *Accounts) RotateKey(ctx context.Context) error {
	old, err := a.db.Owned(ctx, kindKey, "*", "", 100)
	if err != nil {
		return err
	}
	err = a.writing(ctx, func(tx store.Tx) error {
		for _, i := range old {
			if _, err := tx.Strike(kindKey, i.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.keyring.mu.Lock()
	a.keyring.until = time.Time{}
	a.keyring.mu.Unlock()
	_, err = a.Keys(ctx)
	return err
}

// checkKeys refuses what is no JWK Set of public keys that are strong enough.
func checkKeys(text json.RawMessage) error {
	wrong := fault.New(fault.Unprocessable, "The keys are no JWK Set of 1 to 10 public keys: RSA of at least 2048 bits, or on the curve P-256 or P-384, each with its own kid. 密钥须为 JWK Set，含 1 至 10 个公钥，各有自己的 kid：RSA 至少 2048 位，或曲线 P-256、P-384。")
	var set jose.JSONWebKeySet
	if json.Unmarshal(text, &set) != nil || len(set.Keys) == 0 || len(set.Keys) > 10 {
		return wrong
	}
	known := map[string]bool{}
	for _, k := range set.Keys {
		if !k.IsPublic() || !k.Valid() || k.KeyID == "" || known[k.KeyID] {
			return wrong
		}
		known[k.KeyID] = true
		switch key := k.Key.(type) {
		case *rsa.PublicKey:
			if key.N.BitLen() < keyBits {
				return wrong
			}
		case *ecdsa.PublicKey:
			if key.Curve != elliptic.P256() && key.Curve != elliptic.P384() {
				return wrong
			}
		default:
			return wrong
		}
	}
	return nil
}
