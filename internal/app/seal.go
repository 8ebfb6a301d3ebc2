package app

import (
	"context"
	"crypto/hkdf"
	"crypto/sha256"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/store/seal"
)

// bodies is how a record keeps its bodies: sealed, where a key is given for that; of several the first in the file seals.
func (r Database) bodies() (seal.Bodies, error) {
	if r.SealKey == "" {
		return seal.Bodies{}, nil
	}
	text, err := secretFile(r.SealKey)
	if err != nil {
		return seal.Bodies{}, err
	}
	all, err := parseKeys(r.SealKey, text)
	if err != nil {
		return seal.Bodies{}, err
	}
	var sealers []seal.Sealer
	for _, key := range all {
		own, err := hkdf.Key(sha256.New, key, nil, "yitong bodies at rest", seal.KeyBytes)
		if err != nil {
			return seal.Bodies{}, fault.Wrap(err, "making the key of bodies")
		}
		s, err := seal.New(own)
		if err != nil {
			return seal.Bodies{}, err
		}
		sealers = append(sealers, s)
	}
	keys, err := seal.NewKeys(sealers[0], sealers[1:]...)
	return seal.Bodies{Keys: keys, On: !r.SealOff}, err
}

// resealMost is how many bodies are brought into another form in one transaction.
const resealMost = 500

// Reseal brings all stored bodies of a record into the form of its setting, sealed by the newest key or plain, and tells how many it has
// changed. Servers with the same setting may be at work meanwhile. Once all are sealed, whoever opens the record refuses plain ones; then
// the error is Internal where there is one.
func Reseal(ctx context.Context, db store.DB) (changed int, err error) {
	r, can := db.(seal.Resealer)
	if !can {
		return 0, fault.New(fault.NotSupported, "The bodies of this database cannot be sealed.")
	}
	var at seal.Place
	for over := false; !over; {
		var some int
		if at, some, over, err = r.Reseal(ctx, at, resealMost); err != nil {
			return changed, err
		}
		changed += some
	}
	return changed, nil
}
