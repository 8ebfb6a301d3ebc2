package sign

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
)

// The kinds of items of the register. All stay: see the package's comment.
const (
	kindAuthority   = "sign-authority"
	kindKey         = "sign-key"
	kindCertificate = "sign-certificate"
	kindRevocation  = "sign-revocation"
	kindList        = "sign-list" // of revocations, as it was published last
)

// Histories are the kinds of items of which every change is kept, and leaves a line in the trail.
func Histories() []string { return []string{kindAuthority, kindKey, kindCertificate, kindRevocation} }

// attestedBody is the body of an item. The mark binds what is kept to the item and the version that it was written as: who
// can write to the database, but does not have the platform's key, adds and alters nothing that is believed.
type attestedBody struct {
	Thing json.RawMessage `json:"thing"`
	Mark  []byte          `json:"mark"`
}

// about names a version of an item. Its parts cannot run into each other.
func about(i store.Item) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(i.Number))
	for _, part := range []string{i.Kind, i.ID, i.Owner, i.Author} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
		b = append(b, part...)
	}
	return string(b)
}

// errForged is why an item is not believed.
var errForged = errors.New("this version was not written under the platform's key")

// read makes a thing of an item. It tells false for the zero Item. The error is errForged for an item that was not written
// under the platform's key, which is logged once; also where there is no key to tell by.
func (s *Service) read(i store.Item, thing any) (bool, error) {
	if !i.Exists() {
		return false, nil
	}
	var body attestedBody
	believed := false
	if err := json.Unmarshal(i.Body, &body); err == nil && s.config.Vault != nil {
		if believed, err = s.config.Vault.Attested(about(i), body.Thing, body.Mark); err != nil {
			return false, err
		}
	}
	if !believed {
		s.warn(i)
		return false, fault.Wrap(errForged, fmt.Sprintf("reading %s/%s of the register", i.Kind, i.ID))
	}
	if err := json.Unmarshal(body.Thing, thing); err != nil {
		return false, fault.Wrap(err, "reading what the register has about signatures")
	}
	return true, nil
}

// unattested makes a thing of an item without looking who wrote it. It tells false for the zero Item; the error is errForged
// for what cannot be read.
func unattested(i store.Item, thing any) (bool, error) {
	if !i.Exists() {
		return false, nil
	}
	var body attestedBody
	if err := json.Unmarshal(i.Body, &body); err != nil {
		return false, errForged
	}
	if err := json.Unmarshal(body.Thing, thing); err != nil {
		return false, errForged
	}
	return true, nil
}

// warnedMost bounds the items that are told of in the log.
const warnedMost = 100

// warn logs an item that is not believed, each once.
func (s *Service) warn(i store.Item) {
	name := i.Kind + "/" + i.ID
	why := "It was not written under the platform's key: somebody has changed the database past the platform, or this is another key."
	if s.config.Vault == nil {
		name, why = "everything about signatures", "This server does not have the platform's key (--key-file), by which it would know what the platform has written."
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.warned[name] || len(s.warned) >= warnedMost {
		return
	}
	s.warned[name] = true
	s.config.Log.Error("what the register has is not believed", "item", name, "why", why)
}

// enter writes the next version of an item, with a line in the trail. It tells false where another server was quicker, or
// a name is taken. With keep, the version before stays.
func (s *Service) enter(tx store.Tx, i store.Item, thing any, keep bool) (bool, error) {
	if s.config.Vault == nil {
		return false, errNoVault()
	}
	text, err := json.Marshal(thing)
	if err != nil {
		return false, fault.Wrap(err, "writing about signatures into the register")
	}
	i.Number++
	i.Until = store.ForEver
	mark, err := s.config.Vault.Attest(about(i), text)
	if err != nil {
		return false, err
	}
	if i.Body, err = json.Marshal(attestedBody{text, mark}); err != nil {
		return false, fault.Wrap(err, "writing about signatures into the register")
	}
	ok, err := tx.Enter(i, keep)
	if err == nil && ok && i.Kind != kindList { // lists are made of the rest
		err = trail.Entered(tx, "signature", i)
	}
	return ok, err
}

// errQuicker undoes a transaction because another server has done the same first.
var errQuicker = fault.New(fault.Conflict, "Somebody else has changed this at the same moment. Try again.")

// write carries a change of the register out.
func (s *Service) write(ctx context.Context, do func(tx store.Tx) error) error {
	return s.db.Write(ctx, store.Work{Puts: 1, Do: func(tx store.Tx, _ store.Found) error { return do(tx) }})
}

// must makes an error of what tells that another was quicker.
func must(ok bool, err error) error {
	if err == nil && !ok {
		return errQuicker
	}
	return err
}

// ownedMost is how many items are read at a time.
const ownedMost = 500

// each calls do with every item of a kind that belongs to an owner, and what is kept in it. Items that are not believed
// are passed over.
func each[T any](ctx context.Context, s *Service, kind, owner string, do func(store.Item, T) error) error {
	return eachRead(ctx, s, kind, owner, s.read, do)
}

// eachRead is as each, with another way to read items, whose error is errForged for one to be passed over.
func eachRead[T any](
	ctx context.Context, s *Service, kind, owner string, read func(store.Item, any) (bool, error), do func(store.Item, T) error,
) error {
	behind := ""
	for {
		list, err := s.db.Owned(ctx, kind, owner, behind, ownedMost)
		if err != nil {
			return err
		}
		for _, i := range list {
			var thing T
			behind = i.ID
			_, err := read(i, &thing)
			if errors.Is(err, errForged) {
				continue
			}
			if err == nil {
				err = do(i, thing)
			}
			if err != nil {
				return err
			}
		}
		if len(list) < ownedMost {
			return nil
		}
	}
}
