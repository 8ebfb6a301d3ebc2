package sign

import (
	"context"
	"crypto/x509"
	"log/slog"
	"sync"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/store"
	"yitong/internal/vault"
)

// Config says how signatures are made and judged.
type Config struct {
	// Vault is of private keys, and of the marks by which it is known what the platform has written. nil for a service
	// that makes nothing, and believes nothing of what the register has: it finds no signature valid.
	Vault   *vault.Vault
	Stamper Stamper               // of timestamps; nil for the embedded authority
	Trusted []*smx509.Certificate // roots and issuers of other authorities, of certificates and of timestamps
	Name    string                // of the platform, in the names of the embedded authority; "" for Yitong
	URL     string                // by which the platform is reached, for the address of the revocation list; "" for none
	Zone    *time.Location        // in which instants are written; nil: UTC
	Now     func() time.Time      // nil: the machine's clock
	Lives   []Life                // nil: [Lives]
	Fresh   time.Duration         // how long ago who signs may have shown a second factor; 0: it is not asked
	Confirm string                // address of the page on which they show it again; "" for none
	Log     *slog.Logger          // nil: [slog.Default]
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
	lists       map[string]listed // of revocations, by the names of authorities
	warned      map[string]bool   // items that the log was told of

	listing sync.Mutex // one list is made at a time
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
	if config.Log == nil {
		config.Log = slog.Default()
	}
	return &Service{db: db, config: config, authorities: map[role]*authority{}, keys: map[string]*signer{}, lists: map[string]listed{}, warned: map[string]bool{}}
}

// now is the instant, as exactly as the record writes it.
func (s *Service) now() time.Time { return s.config.Now().UTC().Truncate(time.Microsecond) }
