package rest_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/vault"
)

// signers is a ward whose people can sign.
type signers struct {
	*ward
	service *sign.Service
	pki     string                                  // where certificates are published
	without func(later time.Duration) *sign.Service // at a server without the platform's key, some time later
}

func eachSigners(t *testing.T, test func(signers)) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		w := signers{ward: &ward{T: t, log: &lines{}, now: time.Now().In(shanghai)}}
		w.base, w.pki = w.open(db)
		w.fill()
		w.want(200, "all", "PUT", "Observation/own", `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}}]},`+
			`"status":"final","code":{"text":"血糖"},"subject":{"reference":"Patient/li"},"valueQuantity":{"value":5.60,"unit":"mmol/L"}`)
		test(w)
		w.silent()
	})
}

// open starts a server that validates everything, with a service of signatures.
func (w *signers) open(db store.DB) (base, pki string) {
	g := gate.New(db, gate.Config{
		References: true, Zone: shanghai, Now: w.clock, Owned: sign.Owned(), Validation: &gate.Validation{By: validator, Rules: gate.Rules{Mode: gate.Strict}},
	})
	master, err := vault.NewSoftware(make([]byte, vault.MasterBytes))
	if err != nil {
		w.Fatal(err)
	}
	w.without = func(later time.Duration) *sign.Service {
		return sign.New(db, sign.Config{Now: func() time.Time { return w.clock().Add(later) }, Log: slog.New(slog.DiscardHandler)})
	}
	w.service = sign.New(db, sign.Config{Vault: vault.New("sign", master), Zone: shanghai, Now: w.clock})
	who := people()
	s := httptest.NewServer(rest.New(g, rest.Config{
		Version: "test", BodyMost: 1 << 20, Zone: shanghai, Log: slog.New(slog.NewTextHandler(w.log, nil)), References: true, Signing: w.service,
		Who: func(r *http.Request) (gate.Actor, error) { return who[r.Header.Get("X-As")], nil },
	}).Handler())
	w.Cleanup(s.Close)
	p := httptest.NewServer(rest.PKI(w.service, slog.New(slog.DiscardHandler)))
	w.Cleanup(p.Close)
	return s.URL + rest.Base, p.URL
}

// taken takes Parameters apart: each name with its last value, parts as maps.
func taken(list any) map[string]any {
	all := map[string]any{}
	for _, one := range list.([]any) {
		p := one.(map[string]any)
		name := p["name"].(string)
		for key, value := range p {
			if key == "part" {
				all[name] = taken(value)
			} else if key != "name" {
				all[name] = value
			}
		}
	}
	return all
}

// TestSignatures signs over HTTP, and has the signature told of by those who may read the resource.
func TestSignatures(t *testing.T) {
	eachSigners(t, func(w signers) {
		made, _ := w.want(201, "wang", "POST", "Observation/own/$sign", asks("purpose", "1.2.840.10065.1.12.1.1"))
		signature := made["signature"].([]any)[0].(map[string]any)
		if made["resourceType"] != "Provenance" || signature["sigFormat"] != sign.FormatSignature || signature["targetFormat"] != sign.FormatTarget {
			w.Fatal(made)
		}
		w.want(200, "all", "PUT", "Observation/own", `"status":"amended","code":{"text":"血糖"},"subject":{"reference":"Patient/li"},"valueQuantity":{"value":5.60,"unit":"mmol/L"}`)
		for _, method := range []string{"GET", "POST"} {
			body, text := w.want(200, "zhao", method, "Observation/own/$verify-signature", "")
			all := taken(body["parameter"])
			one := all["signature"].(map[string]any)
			certificate := one["certificate"].(map[string]any)
			if all["version"] != "2" || all["whole"] != true || one["valid"] != true || one["version"] != "1" || one["unchanged"] != false || one["clock"] != "timestamp" ||
				one["who"].(map[string]any)["display"] != "王医生" || one["change"].(map[string]any)["path"] != "Observation.status" ||
				certificate["status"] != "good" || !strings.Contains(certificate["subject"].(string), "SERIALNUMBER=Practitioner/wang") {
				w.Errorf("%s: %s", method, text)
			}
			if one["reason"] != nil {
				w.Error(one["reason"])
			}
		}
		w.want(403, "wang", "GET", "Patient/li/$verify-signature", "")
		w.want(404, "qian", "GET", "Observation/own/$verify-signature", "")
		w.want(200, "li", "GET", "Observation/own/$verify-signature", "")
	})
}

// TestSignIsRefused: who may not sign, and how it is not asked for.
func TestSignIsRefused(t *testing.T) {
	eachSigners(t, func(w signers) {
		for _, c := range []struct {
			status    int
			who, path string
			body      string
		}{
			{403, "li", "Observation/own/$sign", ""}, {403, "feed", "Observation/own/$sign", ""}, {403, "admin a", "Observation/own/$sign", ""},
			{403, "nobody", "Observation/own/$sign", ""}, {404, "qian", "Observation/own/$sign", ""}, {404, "wang", "Observation/none/$sign", ""},
			{422, "wang", "Observation/own/$sign", asks("purpose", "author")}, {404, "wang", "Observation/own/$sign", asks("version", "x")},
			{404, "wang", "Observation/own/$sign", asks("version", "9")}, {400, "wang", "Observation/own/$sign", asks("reason", "x")},
			{405, "wang", "Observation/own/$sign", "GET"}, {501, "wang", "Observation/$sign", ""},
		} {
			method, body := "POST", c.body
			if body == "GET" {
				method, body = "GET", ""
			}
			if status, _, text := w.ask(c.who, method, c.path, body); status != c.status {
				w.Errorf("%s: %s %s %s is answered %d, want %d: %s", c.who, method, c.path, body, status, c.status, text)
			}
		}
		body, _ := w.want(200, "wang", "GET", "Observation/own/$verify-signature", "")
		if all := taken(body["parameter"]); all["signature"] != nil {
			w.Error(all)
		}
	})
}

// TestRepeatedSign: a request that is repeated under its key makes one Provenance.
func TestRepeatedSign(t *testing.T) {
	eachSigners(t, func(w signers) {
		send := func(match string) *http.Response {
			w.Helper()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+"/Observation/own/$sign", nil)
			if err != nil {
				w.Fatal(err)
			}
			r.Header.Set("X-As", "wang")
			r.Header.Set("Idempotency-Key", "k"+match)
			r.Header.Set("If-Match", `W/"`+match+`"`)
			answer, err := plain.Do(r)
			if err != nil {
				w.Fatal(err)
			}
			answer.Body.Close()
			return answer
		}
		first, again := send("1"), send("1")
		if first.StatusCode != 201 || again.StatusCode != 201 || first.Header.Get("Location") != again.Header.Get("Location") || again.Header.Get("Idempotent-Replayed") != "true" {
			w.Error(first.Status, again.Status, first.Header, again.Header)
		}
		if other := send("2"); other.StatusCode != http.StatusPreconditionFailed {
			w.Error(other.Status)
		}
	})
}

// TestPKI publishes the certificates and the list of revocations.
func TestPKI(t *testing.T) {
	eachSigners(t, func(w signers) {
		get := func(path string) (int, []byte) {
			w.Helper()
			answer, err := plain.Get(w.pki + path)
			if err != nil {
				w.Fatal(err)
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				w.Fatal(err)
			}
			return answer.StatusCode, text
		}
		for _, path := range []string{sign.PathAuthorities, sign.PathList, sign.PathListPEM, "/pki/other", sign.PathLists + "issuing.0001"} {
			if status, text := get(path); status != 404 {
				w.Error(path, status, string(text))
			}
		}
		first := w.pki
		w.want(201, "wang", "POST", "Observation/own/$sign", "")
		_, ca := get(sign.PathAuthorities)
		if all, err := sign.ReadCertificates(ca); err != nil || len(all) != 3 {
			w.Error(len(all), err)
		}
		if status, _ := get(sign.PathLists + "issuing.0001"); status != 200 {
			w.Error(status)
		}
		_, der := get(sign.PathList)
		if l, err := smx509.ParseRevocationList(der); err != nil || len(l.RevokedCertificateEntries) != 0 {
			w.Error(err)
		}
		lasting := httptest.NewServer(rest.PKI(w.without(0), slog.New(slog.DiscardHandler)))
		defer lasting.Close()
		overdue := httptest.NewServer(rest.PKI(w.without(8*24*time.Hour), slog.New(slog.DiscardHandler)))
		defer overdue.Close()
		w.pki = lasting.URL
		for path, want := range map[string]int{sign.PathList: 200, sign.PathListPEM: 200, sign.PathLists + "issuing.0001": 200, sign.PathLists + "issuing.0002": 404} {
			if status, text := get(path); status != want || path == sign.PathList && string(text) != string(der) {
				w.Errorf("without the key: %s is answered %d: %s", path, status, text)
			}
		}
		w.pki = overdue.URL
		for _, path := range []string{sign.PathList, sign.PathListPEM, sign.PathLists + "issuing.0001", sign.PathLists + "root.0001"} {
			if status, text := get(path); status != 503 || !strings.Contains(string(text), "platform's key") {
				w.Errorf("overdue, and without the key: %s is answered %d: %s", path, status, text)
			}
		}
		w.pki = first
		if _, text := get(sign.PathListPEM); !strings.HasPrefix(string(text), "-----BEGIN X509 CRL-----") || strings.Contains(string(ca), "PRIVATE") {
			w.Error(string(text))
		}
	})
}
