package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/rest/auth"
	"yitong/internal/sign"
	"yitong/internal/sign/stamp"
	"yitong/internal/store"
	"yitong/internal/vault"
)

// Signing says how signatures are made and judged.
type Signing struct {
	SignName  string        `help:"Name of the platform in the certificates of its own authority, which stay as they were made." default:"Yitong" name:"sign-name" placeholder:"NAME"`
	SignTrust string        `help:"File with certificates (PEM) of other authorities whose certificates and timestamps are trusted: licensed ones, roots and those below. All servers of a record have the same." default:"" name:"sign-trust" placeholder:"FILE"`
	SignTSA   string        `help:"Address of an authority for timestamps (RFC 3161 over HTTP) in the place of the platform's own; its root is in --sign-trust." default:"" name:"sign-tsa" placeholder:"URL"`
	SignFresh time.Duration `help:"How long ago who signs may have shown a second factor, such as 30m. After that they are asked to show it again; 0 asks nobody." default:"30m" name:"sign-fresh" placeholder:"DURATION"`
}

// config is how a service of signatures works by the settings.
func (s Signing) config(zone *time.Location) (c sign.Config, err error) {
	c = sign.Config{Name: s.SignName, Zone: zone}
	if s.SignTrust != "" {
		text, err := os.ReadFile(s.SignTrust)
		if err != nil {
			return c, fault.New(fault.NotFound, "The certificates %s cannot be read.", s.SignTrust).Because(err)
		}
		if c.Trusted, err = sign.ReadCertificates(text); err != nil {
			return c, err
		}
	}
	if s.SignFresh < 0 {
		return c, fault.New(fault.Malformed, "--sign-fresh should be a time such as 30m, or 0.")
	}
	c.Fresh = s.SignFresh
	if s.SignTSA != "" {
		u, err := url.Parse(s.SignTSA)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return c, fault.New(fault.Malformed, "--sign-tsa should be an address such as https://tsa.example/.")
		}
		c.Stamper = stampers{s.SignTSA, &http.Client{Timeout: stampTime}}
	}
	return c, nil
}

// vault keeps the keys of practitioners under the platform's key. beside is as for [Key.Bytes].
func (k Key) vault(beside string) (*vault.Vault, error) {
	all, err := k.All(beside)
	if err != nil {
		return nil, err
	}
	var masters []vault.Master
	for _, key := range all {
		master, err := vault.NewSoftware(key)
		if err != nil {
			return nil, err
		}
		masters = append(masters, master)
	}
	return vault.New("sign", masters[0], masters[1:]...), nil
}

// given tells whether there is a key. beside is as for [Key.Bytes], which would make one.
func (k Key) given(beside string) bool {
	if k.KeyFile != "" || os.Getenv(KeyVariable) != "" {
		return true
	}
	_, err := os.Stat(beside + ".key")
	return beside != "" && err == nil
}

// signing is the service of signatures of a server's record. Without accounts nobody signs, but signatures are judged where
// the platform's key is given.
func (c Serve) signing(db store.DB, zone *time.Location, log *slog.Logger) (*sign.Service, error) {
	config, err := c.Signing.config(zone)
	config.Log = log
	if err == nil && (c.Auth == "required" || c.Key.given(c.file())) {
		config.Vault, err = c.Key.vault(c.file())
	}
	if err == nil && c.Auth == "required" {
		config.URL, err = c.issuer()
		config.Confirm = config.URL + auth.PathConfirm
	}
	if err != nil {
		return nil, err
	}
	return sign.New(db, config), nil
}

// Signers is a record whose practitioners' keys and certificates a command looks after.
type Signers struct {
	Database `embed:""`
	Key      `embed:""`
	Signing  `embed:""`
	Zone     string `help:"Time zone of dates that name none." default:"Asia/Shanghai"`
}

// With opens the signatures of a record for do, with a session that reads how people are called.
func (r Signers) With(ctx context.Context, do func(*sign.Service, *gate.Session) error) (err error) {
	zone, err := time.LoadLocation(r.Zone)
	if err != nil {
		return fault.New(fault.Malformed, "There is no time zone %q.", r.Zone)
	}
	config, err := r.Signing.config(zone)
	if err != nil {
		return err
	}
	if config.Vault, err = r.Key.vault(r.file()); err != nil {
		return err
	}
	db, err := r.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return do(sign.New(db, config), gate.New(db, gate.Config{Zone: zone, Trail: trail.NewRecorder(db)}).Session(gate.Actor{Reference: "Device/console", Access: gate.Whole()}))
}

// pki are the paths below which certificates are published.
const pki = "/pki/"

// publish lets everybody have what signatures are checked by.
func (a *App) publish(mux *http.ServeMux) { mux.Handle(pki, rest.PKI(a.signs, a.log)) }

// Bounds of asking for a timestamp.
const (
	stampTime  = 10 * time.Second
	stampBytes = 256 << 10
)

// stampers asks another authority for timestamps.
type stampers struct {
	url    string
	client *http.Client
}

// Stamp implements [sign.Stamper].
func (s stampers) Stamp(ctx context.Context, text []byte) ([]byte, error) {
	asked := stamp.NewRequest(text)
	body, err := asked.Bytes()
	if err != nil {
		return nil, err
	}
	hr, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url, bytes.NewReader(body))
	if err != nil {
		return nil, fault.Wrap(err, "asking for a timestamp")
	}
	hr.Header.Set("Content-Type", stamp.MediaQuery)
	unanswered := fault.New(fault.Unavailable, "The authority for timestamps does not answer, and without a timestamp nothing is signed. Try again later.")
	answer, err := s.client.Do(hr)
	if err != nil {
		return nil, unanswered.Because(err)
	}
	defer answer.Body.Close()
	der, err := io.ReadAll(io.LimitReader(answer.Body, stampBytes))
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil, unanswered.Because(err)
	}
	token, err := stamp.ParseReply(der, asked)
	if err != nil {
		return nil, unanswered.Because(err)
	}
	return token.DER, nil
}
