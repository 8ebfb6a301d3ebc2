package account

import (
	"context"
	"net/netip"
	"time"
)

// What the tests look at from inside.
var (
	DecodeHash = decode
	EncodeHash = encode
	Readable   = readable
	Digits     = digits
)

// Network is what attempts are counted by.
func Network(address netip.Addr) string { return network(address) }

// Meter is something that is measured.
type Meter = meter

// NewMeter makes one.
func NewMeter(about string, rate Rate) Meter { return meter{about, rate} }

// Spend uses all the meters or none.
func (a *Accounts) Spend(ctx context.Context, meters ...Meter) (time.Duration, error) {
	return a.spend(ctx, meters...)
}

// GiveBack takes back all of some meters, and one use of others.
func (a *Accounts) GiveBack(ctx context.Context, whole, one []Meter) error {
	return a.giveBack(ctx, whole, one)
}

// Remembered is how many principals are remembered.
func (a *Accounts) Remembered() int {
	a.known.mu.RLock()
	defer a.known.mu.RUnlock()
	return len(a.known.made)
}

// The kinds of items.
var Kinds = []string{kindAccount, kindGrant, kindHolder, kindAnywhere, kindClient, kindSession, kindMeter, kindCode, kindKey, kindProof, KindFamily}
