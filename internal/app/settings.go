package app

import (
	"context"
	"log/slog"
	"net"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"yitong/internal/fault"
	"yitong/internal/platform"
	"yitong/internal/rest"
	"yitong/internal/rest/auth"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
)

// Database says which database a command works on.
type Database struct {
	DB      string `help:"Database: sqlite:PATH, or a postgres:// URL. One with a password is better set by YITONG_DB: others on the machine can read command lines." default:"sqlite:yitong.db" name:"db" placeholder:"URL"`
	SealKey string `help:"File with a key by which bodies are sealed at rest (SM4-GCM); yitong key new makes one. All servers and commands of a record have the same, and it must never be lost. Without it a sealed record is not opened. Of several lines the first seals, and all open." default:"" name:"seal-key" placeholder:"FILE"`
	SealOff bool   `help:"Read what is sealed by --seal-key, but seal nothing new: until yitong seal has taken the seal off all that is there." name:"seal-off"`
}

// Record says which record a command works on and how it is kept.
type Record struct {
	Database   `embed:""`
	References string `help:"Whether references must lead somewhere: check, or off for bulk loads in any order." enum:"check,off" default:"check"`
	Validation `embed:""`
}

// Serve are the settings of a server.
type Serve struct {
	Record    `embed:""`
	Edge      `embed:""`
	Accounts  `embed:""`
	Sealing   `embed:""`
	Signing   `embed:""`
	Archiving `embed:""`
	Notices   `embed:""`
	Helping   `embed:""`

	Subscribing `embed:""`

	Addr     string                     `help:"Address to listen on. With --auth none it must be of this machine only." default:"127.0.0.1:8080"`
	Auth     string                     `help:"Who may use the server: required asks everybody who they are; none lets everybody on this machine do everything, for trials." enum:"none,required" default:"required"`
	MaxBody  int64                      `help:"Most bytes of a request's body, after decompression." default:"67108864"`
	MaxReqs  int                        `help:"Most FHIR requests that are worked on at a time. Others wait a moment for their turn, then they are told to come back. 0 for 32 a processor, but at least 64." default:"0" name:"max-requests"`
	MaxTime  time.Duration              `help:"Most time that is spent on one FHIR request; 0 for no end. A write that has begun is not broken off." default:"1m"`
	Zone     string                     `help:"Time zone of dates that name none." default:"Asia/Shanghai"`
	Region   string                     `help:"Administrative division (GB/T 2260) by whose rules it goes where an institution does not say where it is, such as 440100. Empty for those of the country." placeholder:"CODE"`
	Pprof    string                     `help:"Address of the profiler, of this machine only. Empty for none." default:""`
	LogLevel string                     `help:"What to log: debug, info, warn or error." enum:"debug,info,warn,error" default:"info"`
	Demo     auth.Demo                  `kong:"-"` // lets everybody on this machine in as people who are made up; nil but for demonstrations
	Origins  map[string]platform.Origin `kong:"-"` // of settings that are not as they are by default, by their names
	Client   string                     `kong:"-"` // as whom requests come in, as long as there are no accounts
	Drain    time.Duration              `help:"How long a stop waits for requests that have begun." default:"15s"`
}

// check refuses settings that must not be used together.
func (c Serve) check() error {
	if c.MaxReqs < 0 || c.MaxTime < 0 {
		return fault.New(fault.Malformed, "--max-requests and --max-time cannot be below 0.")
	}
	if err := c.Helping.check(); err != nil {
		return err
	}
	if c.Pprof != "" {
		if err := local(c.Pprof); err != nil {
			return err
		}
	}
	if c.Auth == "none" || c.Demo != nil {
		if err := local(c.Addr); err != nil || c.Auth == "none" {
			return err
		}
	}
	if err := c.Edge.check(c.Addr); err != nil {
		return err
	}
	issuer, err := c.issuer()
	if err == nil && strings.HasPrefix(issuer, "https:") && !c.TLS() && len(c.BehindProxy) == 0 {
		err = fault.New(fault.Malformed, "--url begins with https, but the server has no certificates and knows no proxy that has. Name the proxy, such as --behind-proxy 127.0.0.1.")
	}
	return err
}

func local(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fault.New(fault.Malformed, "%q is not an address such as 127.0.0.1:8080.", addr)
	}
	if !rest.Loopback(host) {
		return fault.New(fault.Forbidden, "%s is not of this machine only. Without accounts (--auth none), for demonstrations and for the profiler, use 127.0.0.1.", addr)
	}
	return nil
}

// logger writes structured lines to standard error.
func (c Serve) logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // the setting's enum has checked it
	return slog.New(slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level}))
}

// Open opens the database and brings its tables up to date.
func (r Database) Open(ctx context.Context) (store.DB, error) {
	bodies, err := r.bodies()
	if err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(r.DB, "sqlite:"); ok && path != "" {
		return sqlite.Open(ctx, path, sqlite.Sealing(bodies))
	}
	if u, err := url.Parse(r.DB); err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") {
		if err := readable(r.DB); err != nil {
			return nil, err
		}
		return postgres.Open(ctx, r.DB, postgres.Sealing(bodies))
	}
	return nil, fault.New(fault.Malformed, "The database should be sqlite:PATH or postgres://user@host:5432/name.")
}

// readable refuses an address by which records would go over a network in the clear without anybody having said so: what
// PostgreSQL's clients do when nothing is said is to ask for TLS and to go on without.
func readable(dsn string) error {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil // that is told of elsewhere
	}
	hosts := []string{c.Host}
	for _, f := range c.Fallbacks {
		hosts = append(hosts, f.Host)
	}
	if !slices.ContainsFunc(hosts, func(h string) bool { return !strings.HasPrefix(h, "/") && !rest.Loopback(h) }) {
		return nil
	}
	said := os.Getenv("PGSSLMODE")
	if u, err := url.Parse(dsn); err == nil && u.Query().Has("sslmode") {
		said = u.Query().Get("sslmode")
	}
	if said != "" && said != "prefer" && said != "allow" {
		return nil
	}
	return fault.New(fault.Forbidden, "The database is on another machine, and --db does not say how the way there is kept safe. Add sslmode=verify-full (and sslrootcert), or sslmode=disable on a test network.")
}

// Version is the version of the program, of the module or of the commit that it was built from.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return strings.Trim(info.Main.Version, "()")
}
