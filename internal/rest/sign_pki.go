package rest

import (
	"encoding/pem"
	"log/slog"
	"net/http"

	"yitong/internal/fault"
	"yitong/internal/sign"
)

// PKI answers at /pki/ what is needed to check a signature elsewhere: the certificates of the embedded authority and
// its list of revocations. Everybody may have them; they are about no resident.
func PKI(s *sign.Service, log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	publish := func(path, media string, read func(*http.Request) ([]byte, error)) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
			text, err := read(r)
			switch f := fault.From(err); {
			case err == nil || f.Code == fault.NotFound:
			case f.Code == fault.Unavailable:
				log.Warn("certificates cannot be published", "cause", err)
				http.Error(w, f.Message, Status(f))
				return
			default:
				log.Error("certificates cannot be published", "cause", err)
				http.Error(w, http.StatusText(Status(f)), Status(f))
				return
			}
			if len(text) == 0 {
				http.Error(w, "There is nothing here, or not until somebody has signed.", http.StatusNotFound)
				return
			}
			w.Header().Set("Content-Type", media)
			w.Header().Set("Cache-Control", "public, max-age=300") // revocations are known soon
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Write(text) //nolint:errcheck // the client has gone
		})
	}
	list := func(r *http.Request) ([]byte, error) { return s.List(r.Context(), r.PathValue("name")) }
	publish(sign.PathAuthorities, "application/x-pem-file", func(r *http.Request) ([]byte, error) { return s.Authorities(r.Context()) })
	publish(sign.PathList, "application/pkix-crl", list)
	publish(sign.PathLists+"{name}", "application/pkix-crl", list)
	publish(sign.PathListPEM, "application/x-pem-file", func(r *http.Request) ([]byte, error) {
		der, err := list(r)
		if err != nil {
			return nil, err
		}
		return pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: der}), nil
	})
	return mux
}
