package sign

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"sync"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/fault"
	"yitong/internal/store"
	"yitong/internal/vault"
)

// Config says how signatures are made and judged.
type Config struct {
	Vault   *vault.Vault          // of private keys; nil for a service that only verifies
	Stamper Stamper               // of timestamps; nil for the embedded authority
	Trusted []*smx509.Certificate // roots and issuers of other authorities, of certificates and of timestamps
	Name    string                // of the platform, in the names of the embedded authority; "" for Yitong
	URL     string                // by which the platform is reached, for the address of the revocation list; "" for none
	Zone    *time.Location        // in which instants are written; nil: UTC
	Now     func() time.Time      // nil: the machine's clock
	Lives   []Life                // nil: [Lives]
}

// Stamper gives timestamps.
type Stamper interface {
	// Stamp is the token of RFC 3161, in DER, for the SM3 of a text. The error is Unavailable where trying again may
	// help.
	Stamp(ctx context.Context, text []byte) ([]byte, error)
}

// Life is how long certificates are valid, of those made from an instant on.
type Life struct {
	From                           time.Time
	Signer, Stamper, Issuing, Root time.Duration
}

const year = 365 * 24 * time.Hour

// Lives are how long certificates are valid, the latest last. Certificates of practitioners last two years, as those of
// licensed authorities usually do.
var Lives = []Life{{Signer: 2 * year, Stamper: 5 * year, Issuing: 10 * year, Root: 20 * year}}

// life is the one of an instant.
func (c Config) life(at time.Time) (l Life) {
	for _, one := range c.Lives {
		if !at.Before(one.From) {
			l = one
		}
	}
	return l
}

// PolicyID is the policy under which the embedded authority makes timestamps: it has the time of the machine that the
// platform runs on. The number is a UUID (ITU-T X.667).
var PolicyID = func() x509.OID {
	oid, err := x509.ParseOID("2.25.302451137398472956120871395440186247385")
	if err != nil {
		panic(err) // it is written above
	}
	return oid
}()

// Service makes signatures and verifies them. It is safe for concurrent use.
type Service struct {
	db     store.DB
	config Config

	mu          sync.Mutex
	authorities map[role]*authority // those that were used last
	keys        map[string]*signer  // by owner
	roots       roots
}

// New makes the service of a record.
func New(db store.DB, config Config) *Service {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Zone == nil {
		config.Zone = time.UTC
	}
	if config.Name == "" {
		config.Name = "Yitong"
	}
	if config.Lives == nil {
		config.Lives = Lives
	}
	return &Service{db: db, config: config, authorities: map[role]*authority{}, keys: map[string]*signer{}}
}

// now is the instant, as exactly as the record writes it.
func (s *Service) now() time.Time { return s.config.Now().UTC().Truncate(time.Microsecond) }

// The kinds of items of the register. All stay: see the package's comment.
const (
	kindAuthority   = "sign-authority"
	kindKey         = "sign-key"
	kindCertificate = "sign-certificate"
	kindRevocation  = "sign-revocation"
	kindList        = "sign-list" // of revocations, as it was published last
)

// read makes a thing of an item. It tells false for the zero Item.
func read(i store.Item, thing any) (bool, error) {
	if !i.Exists() {
		return false, nil
	}
	if err := json.Unmarshal(i.Body, thing); err != nil {
		return false, fault.Wrap(err, "reading what the register has about signatures")
	}
	return true, nil
}

// enter writes the next version of an item. It tells false where another server was quicker, or a name is taken.
func enter(tx store.RegisterTx, i store.Item, thing any, keep bool) (bool, error) {
	text, err := json.Marshal(thing)
	if err != nil {
		return false, fault.Wrap(err, "writing about signatures into the register")
	}
	i.Number++
	i.Body, i.Until = text, store.ForEver
	return tx.Enter(i, keep)
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

// each calls do for every item of a kind that belongs to an owner.
func each(ctx context.Context, r store.RegisterReader, kind, owner string, do func(store.Item) error) error {
	behind := ""
	for {
		list, err := r.Owned(ctx, kind, owner, behind, ownedMost)
		if err != nil {
			return err
		}
		for _, i := range list {
			if err := do(i); err != nil {
				return err
			}
			behind = i.ID
		}
		if len(list) < ownedMost {
			return nil
		}
	}
}
