package oauth

import (
	"context"
	"net/http"
	"sync"
	"time"

	"yitong/internal/account"
)

// origins are those of the pages of registered programs.
type origins struct {
	mu    sync.Mutex
	known map[string]bool
	until time.Time
}

const (
	originsFor  = time.Minute // that they are believed
	clientsPage = 200         // clients that are read at a time
)

// Allows tells whether pages of an origin may call: some client that may be used has a page or a redirect address there.
func (p *Provider) Allows(ctx context.Context, origin string) (bool, error) {
	o := &p.origins
	o.mu.Lock()
	defer o.mu.Unlock()
	now := p.config.Now()
	if now.Before(o.until) {
		return o.known[origin], nil
	}
	known := map[string]bool{}
	for behind := ""; ; {
		list, err := p.accounts.Clients(ctx, account.Console, behind, clientsPage)
		if err != nil {
			return false, err
		}
		for _, c := range list {
			behind = c.ID
			if c.Open(now) == nil {
				own(&c, known)
			}
		}
		if len(list) < clientsPage {
			break
		}
	}
	o.known, o.until = known, now.Add(originsFor)
	return known[origin], nil
}

// own adds the origins of a client.
func own(c *account.Client, known map[string]bool) {
	for _, address := range c.Redirects {
		if origin := account.Origin(address); origin != "" {
			known[origin] = true
		}
	}
	for _, origin := range c.Origins {
		known[origin] = true
	}
}

// shared lets pages of registered programs call, without cookies.
func (p *Provider) shared(do http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); origin != "" {
			may, err := p.Allows(r.Context(), origin)
			if err != nil {
				p.refuse(w, r, err)
				return
			}
			if may {
				w.Header().Set("Access-Control-Allow-Origin", origin)
				w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
			}
		}
		if r.Method != http.MethodOptions {
			do(w, r)
			return
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" {
			preflight(w, "POST")
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// public lets every page read.
func public(do http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin")
		if r.Method == http.MethodOptions {
			preflight(w, "GET")
		}
		do(w, r)
	})
}

func preflight(w http.ResponseWriter, method string) {
	w.Header().Set("Access-Control-Allow-Methods", method)
	w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept")
	w.Header().Set("Access-Control-Max-Age", "600")
}
