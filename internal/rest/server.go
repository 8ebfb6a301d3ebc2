package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzhttp"
	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/semaphore"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/export"
	"yitong/internal/gate/policy"
	"yitong/internal/module"
	"yitong/internal/sign"
	"yitong/internal/subscription"
)

// Base is the path of the FHIR base.
const Base = "/fhir"

// Config is what the server needs to know.
type Config struct {
	Version    string         // of the software, for the CapabilityStatement
	BodyMost   int64          // bytes of a request's body, after decompression
	Zone       *time.Location // of dates without an offset
	Log        *slog.Logger
	References bool // whether the gate checks references, for the CapabilityStatement

	Profiles map[string][]string // of the platform, by type, for the CapabilityStatement

	// Who tells who is behind a request. Its error is Unknown where nobody is, Forbidden where somebody may do nothing here; then the
	// Actor has the Reference of who that is, as far as it is known, for the trail. nil: everybody may do everything, and only this machine is served.
	Who func(*http.Request) (gate.Actor, error)
	// Still is told by which request somebody has connected who stays, and gives what tells whether they are signed in yet, as an error of
	// Who does if they are not. It is no use of how they have signed in. nil: they are.
	Still func(*http.Request) func(context.Context) error
	// Allows tells whether pages of an origin may call; nil: those of no other origin.
	Allows   func(ctx context.Context, origin string) (bool, error)
	Address  func(*http.Request) netip.Addr // from where a request comes, for the trail; nil: as the connection says
	Client   string                         // without Who: the id of the client that all requests come from
	URL      string                         // of the FHIR base, as clients reach it; "": as each request names it, which is for this machine only
	Security *Security                      // how clients are let in, for the CapabilityStatement; nil: everybody is

	Modules []module.Descriptor // beside the platform's own; what [Declared] refuses is not served
	Policy  *policy.Policy      // the limits of what operations may do; nil: the program's
	Signing *sign.Service       // of $sign and $verify-signature; nil for none

	Subscriptions *subscription.Service // that tells subscribers; nil: nobody is told of anything

	RequestsMost int           // that are worked on at a time; 0 for what suits the machine
	RequestTime  time.Duration // that one is worked on; 0 for any
}

// Server answers FHIR requests below [Base].
type Server struct {
	gate    *gate.Gate
	table   []interaction
	config  Config
	metrics *metrics
	started time.Time
	room    *semaphore.Weighted // of bodies
	turns   *turns
	exports *export.Desk
}

// New makes a server in front of a gate. It panics for modules that [Declared] refuses: who puts the platform together asks that
// first.
func New(g *gate.Gate, config Config) *Server {
	if config.Policy == nil {
		config.Policy = policy.Standard()
	}
	own := services{
		opening: emergency.New(emergency.Config{Rules: config.Policy.Emergency(), Zone: config.Zone}),
		exports: export.New(g, config.Policy.Export(), config.Zone), signing: config.Signing,
	}
	if _, err := Declared(config.Modules...); err != nil {
		panic(err)
	}
	return &Server{
		gate: g, table: config.offered(append(table(), declared(append(own.modules(), config.Modules...))...)), config: config, metrics: newMetrics(), started: time.Now(),
		room: semaphore.NewWeighted(roomFor * config.BodyMost), turns: newTurns(int64(config.RequestsMost), config.RequestTime),
		exports: own.exports,
	}
}

// Handler is the server as HTTP sees it, with compression of what is worth it.
func (s *Server) Handler() http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(gzip.BestSpeed))
	if err != nil {
		panic(err) // the options above are right
	}
	return wrap(s)
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	if s.shared(w, hr) {
		return
	}
	began := time.Now()
	r := &request{Context: hr.Context(), method: hr.Method, header: hr.Header, requestID: requestID(hr), keep: answerTime}
	w.Header().Set("X-Request-Id", r.requestID)
	out, err := safely(func() (*response, error) {
		m := &metered{room: s.room}
		defer m.done()
		if err := s.receive(r, w, hr, m); err != nil {
			return nil, err
		}
		return s.inTurn(r)
	})
	if fails := r.leave(err); fails != nil { // nothing is answered that the trail does not have
		if out != nil && out.parts != nil {
			_ = out.parts.End(hr.Context(), fails)
		}
		out, err = nil, fails
	}
	if r.left != nil { // so that answers do not pile up that the trail has not yet
		r.left()
	}
	if err != nil {
		f := fault.From(err)
		s.note(r, f)
		out = &response{status: Status(f), resource: r.outcomeOf(f)}
	}
	s.write(w, r, out)
	cut := s.stream(w, hr, r, out)
	code := "none"
	if r.act != nil {
		code = r.act.name()
	}
	took := time.Since(began)
	s.metrics.observe(code, out.status, took)
	if s.config.Log.Enabled(r, slog.LevelDebug) {
		s.config.Log.Debug("answered", "request", r.requestID, "interaction", code, "type", r.ref.Type.String(), "status", out.status, "took", took)
	}
	if cut {
		panic(http.ErrAbortHandler) // so that the client sees that it has not all
	}
}

// inTurn carries a request out when its turn comes.
func (s *Server) inTurn(r *request) (*response, error) {
	left, err := s.turns.enter()
	if err != nil {
		s.metrics.noTurn.Inc()
		return nil, err
	}
	r.left = left
	ctx, done, err := s.turns.take(r.Context)
	if err != nil {
		s.metrics.noTurn.Inc()
		return nil, err
	}
	defer done()
	defer func(all context.Context) { r.Context = all }(r.Context)
	r.Context = ctx
	out, err := r.act.do(s, r)
	return out, s.turns.late(err)
}

// safely turns a panic into an error.
func safely(do func() (*response, error)) (out *response, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.Wrap(fmt.Errorf("panic: %v\n%s", p, debug.Stack()), "answering")
		}
	}()
	return do()
}

// receive reads an HTTP request, its body by the meter.
func (s *Server) receive(r *request, w http.ResponseWriter, hr *http.Request, m *metered) (err error) {
	if err := s.head(r, hr); err != nil || r.method == http.MethodGet || r.method == http.MethodDelete {
		return err
	}
	if r.act.operation != "" && hr.ContentLength == 0 && hr.Header.Get("Content-Type") == "" {
		return nil // nothing is said to the operation
	}
	searching := strings.HasPrefix(r.act.code, "search")
	if r.body.typ, err = mediaType(hr.Header.Get("Content-Type"), searching); err != nil {
		return err
	}
	most := s.config.BodyMost
	if searching {
		most = formMost
	}
	if r.level != levelSystem && r.level != levelSystemOperation {
		most = min(most, maxResource)
	}
	if r.body.bytes, err = readBody(w, hr, most, m); err != nil || !searching {
		return err
	}
	if err := r.form(); err != nil {
		return err
	}
	s.begin(r, hr)
	return nil
}

// head reads what stands in front of the body.
func (s *Server) head(r *request, hr *http.Request) (err error) {
	if r.method == http.MethodHead {
		r.method = http.MethodGet
	}
	r.base = s.config.URL
	if r.base == "" {
		r.base = "http://" + hr.Host + Base
	}
	refused := s.admit(r, hr)
	if refused != nil && r.session == nil {
		return refused
	}
	if r.address, err = parseAddress(strings.TrimPrefix(hr.URL.Path, Base)); err == nil {
		err = s.mean(r)
	}
	if r.act != nil {
		s.begin(r, hr)
	}
	if refused != nil {
		r.allow, err = nil, refused
	}
	if err != nil {
		return err
	}
	if r.query, err = parseQuery(hr.URL.RawQuery); err != nil {
		return err
	}
	r.pairs = gate.Pairs(hr.URL.RawQuery)
	if r.key = hr.Header.Get("Idempotency-Key"); len(r.key) > 255 {
		return fault.New(fault.Malformed, "An Idempotency-Key has at most 255 characters.")
	}
	return negotiate(hr.Header.Values("Accept"), r.query.Get("_format"), r.act.media)
}

// admit finds out who asks. What the server can do is told to everybody. Somebody who is known and may do nothing here has a session
// all the same, by which the trail hears of the refusal.
func (s *Server) admit(r *request, hr *http.Request) error {
	actor := gate.Actor{Reference: "Device/anonymous", Client: s.config.Client, Access: gate.Whole()}
	if s.config.Who == nil {
		if err := guard(hr); err != nil {
			return err
		}
	} else if hr.URL.Path == Base+"/metadata" {
		actor = gate.Actor{}
	} else {
		var err error
		if actor, err = s.config.Who(hr); err != nil {
			if fault.CodeOf(err) == fault.Forbidden && actor.Reference != "" {
				actor.Access = nil
				r.session = s.gate.Session(actor)
			}
			return err
		}
	}
	r.session = s.gate.Session(actor)
	return nil
}

// write sends an answer.
func (s *Server) write(w http.ResponseWriter, r *request, out *response) {
	h := w.Header()
	if out.etag != "" {
		h.Set("ETag", out.etag)
	}
	if !out.modified.IsZero() {
		h.Set("Last-Modified", lastModified(out.modified))
	}
	if out.location != "" {
		h.Set("Location", r.base+"/"+out.location)
	}
	if len(r.allow) > 0 {
		h.Set("Allow", strings.Join(r.allow, ", "))
	}
	switch out.status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusUnauthorized:
		challenge := `Bearer realm="yitong"` // RFC 6750, 3
		if r.header.Get("Authorization") != "" {
			challenge += `, error="invalid_token"`
		}
		h.Set("WWW-Authenticate", challenge)
	case http.StatusForbidden:
		if r.session != nil && r.session.Actor().Client != "" && s.config.Who != nil {
			h.Set("WWW-Authenticate", `Bearer realm="yitong", error="insufficient_scope"`)
		}
	}
	if out.replayed {
		h.Set("Idempotent-Replayed", "true")
	}
	h.Set("Cache-Control", "no-store, private")
	h.Set("X-Content-Type-Options", "nosniff")
	if out.parts != nil {
		h.Set("Content-Type", r.act.media)
	}
	text := out.resource
	if text != nil {
		h.Set("Content-Type", mediaFHIR+"; charset=utf-8")
		if r.query.Get("_pretty") == "true" {
			text = pretty(text)
		}
		h.Set("Content-Length", strconv.Itoa(len(text)))
	}
	w.WriteHeader(out.status)
	w.Write(text) //nolint:errcheck // the client has gone
}

func pretty(text []byte) []byte {
	var buf bytes.Buffer
	if json.Indent(&buf, text, "", "  ") != nil {
		return text
	}
	return buf.Bytes()
}

// note logs a refusal: what went wrong here as an error, the rest for those who look closely. Neither carries content.
// Being too busy has no cause to tell, and under an overload would fill the log; that a client did not wait is no error of ours.
func (s *Server) note(r *request, f *fault.Error) {
	kind := slog.LevelDebug
	if busy := f.Code == fault.Unavailable && (f.Err == nil || errors.Is(r.Err(), context.Canceled)); Status(f) >= http.StatusInternalServerError && f.Code != fault.NotSupported && !busy {
		kind = slog.LevelError
	}
	if f.Code == fault.Forbidden && r.session != nil {
		a := r.session.Actor()
		s.config.Log.Info("forbidden", "request", r.requestID, "method", r.method, "type", r.ref.Type.String(), "actor", a.Reference, "client", a.Client)
	}
	s.config.Log.Log(r, kind, "refused", "request", r.requestID, "method", r.method, "type", r.ref.Type.String(), "code", string(f.Code), "cause", f.Err)
}

// requestID is the client's own id for the request if it is a plain one, or a new one.
func requestID(hr *http.Request) string {
	if id := hr.Header.Get("X-Request-Id"); id != "" && len(id) <= 64 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" {
		return id
	}
	return uuid.Must(uuid.NewV7()).String()
}
