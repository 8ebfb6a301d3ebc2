package rest

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/subscription"
)

// SocketPath is where subscribers connect their websockets.
const SocketPath = Base + "/ws"

// Bounds of websockets.
const (
	socketsMost   = 4096             // on one server
	socketMessage = 4 << 10          // bytes of what a client says
	socketWrite   = 10 * time.Second // that a client takes to take a message
	socketPing    = 30 * time.Second // between two looks whether it is still there
)

// Sockets are the websockets of subscribers.
type Sockets struct {
	server *Server
	ctx    context.Context // of all; it ends with Close
	close  context.CancelFunc

	mu   sync.Mutex
	down bool
	open int
	all  sync.WaitGroup
}

// Sockets answers at [SocketPath] where there are subscriptions.
func (s *Server) Sockets() *Sockets {
	ctx, stop := context.WithCancel(context.Background())
	return &Sockets{server: s, ctx: ctx, close: stop}
}

// Close ends all websockets, and waits until they have.
func (k *Sockets) Close() {
	k.mu.Lock()
	k.down = true
	k.mu.Unlock()
	k.close()
	k.all.Wait()
}

// enter counts a websocket; false where there are enough.
func (k *Sockets) enter() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.down || k.open >= socketsMost {
		return false
	}
	k.open++
	k.all.Add(1)
	return true
}

func (k *Sockets) leave() {
	k.mu.Lock()
	k.open--
	k.mu.Unlock()
	k.all.Done()
}

// ServeHTTP implements [http.Handler].
func (k *Sockets) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	own, may := k.server.origin(hr)
	if !may {
		http.Error(w, "A page of another site cannot connect here.", http.StatusForbidden)
		return
	}
	if k.server.config.Who == nil {
		if err := guard(hr); err != nil {
			http.Error(w, fault.From(err).Message, http.StatusForbidden)
			return
		}
	}
	if !k.enter() {
		w.Header().Set("Retry-After", "10")
		http.Error(w, "The server has as many websockets as it takes. Try again later.", http.StatusServiceUnavailable)
		return
	}
	defer k.leave()
	c, err := websocket.Accept(w, hr, &websocket.AcceptOptions{InsecureSkipVerify: true}) // origin has looked at where it comes from
	if err != nil {
		return // and it has answered
	}
	defer c.CloseNow() //nolint:errcheck // it has gone
	c.SetReadLimit(socketMessage)
	ctx, stop := context.WithCancel(k.ctx)
	defer stop()
	go keepAlive(ctx, stop, c)
	var who subscription.Visitor
	if own || hr.Header.Get("Authorization") != "" {
		who = &visitor{k.server, hr, nil}
	}
	if err := k.server.config.Subscriptions.Serve(ctx, conn{c}, who); fault.CodeOf(err) == fault.Internal && ctx.Err() == nil && websocket.CloseStatus(err) == -1 {
		k.server.config.Log.Debug("a websocket has ended", "cause", err)
	}
	c.Close(websocket.StatusGoingAway, "") //nolint:errcheck // it may have gone
}

// origin tells whether a websocket may be opened from where a browser says that it comes from, and whether that is this server: only
// then does a cookie show who it is.
func (s *Server) origin(hr *http.Request) (own, may bool) {
	origin := hr.Header.Get("Origin")
	if origin == "" { // no browser
		return true, true
	}
	from, err := url.Parse(origin)
	if err != nil || from.Host == "" {
		return false, false
	}
	if base, err := url.Parse(s.config.URL); s.config.URL != "" && err == nil {
		own = strings.EqualFold(from.Host, base.Host) && from.Scheme == base.Scheme
	} else {
		own = strings.EqualFold(from.Host, hr.Host)
	}
	if own || s.config.Allows == nil {
		return own, own
	}
	may, err = s.config.Allows(hr.Context(), origin)
	return false, may && err == nil
}

// visitor is who has connected. It implements [subscription.Visitor].
type visitor struct {
	server *Server
	hr     *http.Request
	still  func(context.Context) error // nil before there was a session
}

// Session implements [subscription.Visitor].
func (v *visitor) Session() (*gate.Session, error) {
	r := &request{Context: v.hr.Context(), header: v.hr.Header}
	if err := v.server.admit(r, v.hr); err != nil {
		return nil, err
	}
	if v.still == nil && v.server.config.Still != nil {
		v.still = v.server.config.Still(v.hr)
	}
	return r.session, nil
}

// Still implements [subscription.Visitor].
func (v *visitor) Still(ctx context.Context) error {
	if v.still == nil {
		return nil
	}
	return v.still(ctx)
}

// keepAlive ends a websocket whose client is there no more.
func keepAlive(ctx context.Context, stop context.CancelFunc, c *websocket.Conn) {
	tick := time.NewTicker(socketPing)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		waiting, cancel := context.WithTimeout(ctx, socketPing)
		err := c.Ping(waiting)
		cancel()
		if err != nil {
			stop()
			return
		}
	}
}

// conn is a websocket as a subscriber's. It implements [subscription.Conn].
type conn struct{ *websocket.Conn }

// Read implements [subscription.Conn].
func (c conn) Read(ctx context.Context) (string, error) {
	_, text, err := c.Conn.Read(ctx)
	return string(text), err
}

// Write implements [subscription.Conn].
func (c conn) Write(ctx context.Context, text []byte) error {
	ctx, cancel := context.WithTimeout(ctx, socketWrite)
	defer cancel()
	return c.Conn.Write(ctx, websocket.MessageText, text)
}
