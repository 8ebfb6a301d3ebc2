package rest

import (
	"net/http"
)

// Headers by which pages of other origins may ask, and those of the answer that they may read.
const (
	corsAsk  = "Authorization, Content-Type, Accept, Accept-Language, If-Match, If-None-Match, If-None-Exist, If-Modified-Since, Prefer, Idempotency-Key, X-Request-Id"
	corsRead = "ETag, Location, Content-Location, Last-Modified, Retry-After, WWW-Authenticate, X-Request-Id, Idempotent-Replayed"
)

// shared lets pages of registered programs call, with tokens but without cookies (Fetch, CORS protocol). It answers what a
// browser asks before such a call and tells so.
func (s *Server) shared(w http.ResponseWriter, hr *http.Request) (answered bool) {
	origin := hr.Header.Get("Origin")
	if s.config.Allows == nil || origin == "" {
		return false
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	may, err := s.config.Allows(hr.Context(), origin)
	if may = may && err == nil; may {
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Expose-Headers", corsRead)
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if hr.Method != http.MethodOptions || hr.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	if may {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", corsAsk)
		h.Set("Access-Control-Max-Age", "600")
	}
	w.WriteHeader(http.StatusNoContent)
	return true
}
