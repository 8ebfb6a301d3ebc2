package app_test

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// TestOtherSitesChangeNoAccounts: what an administrator may do at /staff/ by the cookie of a session, pages of other sites, and of
// neighbours of this one, may not do with it: nothing is changed.
func TestOtherSitesChangeNoAccounts(t *testing.T) {
	t.Parallel()
	s := settings(t)
	s.Auth, s.Addr = "required", freeAddress(t)
	cookie := "yitong=" + signedIn(t, s, "administrator")
	site, stop := serve(t, s)
	defer func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	}()
	ask := func(method, address, body string, headers map[string]string) (int, []byte) {
		t.Helper()
		r, err := http.NewRequest(method, site+address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Cookie", cookie)
		r.Header.Set("Content-Type", "application/json")
		for k, v := range headers {
			r.Header.Set(k, v)
		}
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, text
	}
	own := map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": site}
	status, text := ask("POST", "/staff/accounts", `{"name":"wang"}`, own)
	id := string(bytes.TrimSuffix(bytes.TrimPrefix(bytes.TrimSpace(text), []byte(`{"id":"`)), []byte(`"}`)))
	if status != http.StatusOK || len(id) != 36 {
		t.Fatalf("an own page is answered %d %s", status, text)
	}
	whole := func() []byte {
		_, text := ask("GET", "/staff/accounts/wang", "", own)
		_, list := ask("POST", "/staff/accounts/_search", `{}`, own)
		return slices.Concat(text, list)
	}
	before := whole()
	for _, foreign := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none-of-these"},
		{"Origin": "https://evil.example"}, {"Origin": "null"},
		{"Sec-Fetch-Site": "cross-site", "Origin": site},
	} {
		for _, c := range [][3]string{
			{"POST", "/staff/accounts", `{"name":"zhao"}`},
			{"POST", "/staff/accounts/_search", `{}`},
			{"POST", "/staff/accounts/" + id + "/invite", `{}`},
			{"POST", "/staff/accounts/" + id + "/disable", `{"reason":"x"}`},
			{"POST", "/staff/accounts/" + id + "/grants", `{"role":"doctor","institution":"Organization/hospital"}`},
			{"DELETE", "/staff/grants/x", ""},
			{"POST", "/staff/clients", `{"name":"x"}`},
			{"PUT", "/staff/clients/x", `{"name":"x"}`},
			{"POST", "/staff/clients/x/disable", `{"reason":"x"}`},
		} {
			if status, text := ask(c[0], c[1], c[2], foreign); status != http.StatusForbidden {
				t.Errorf("%s %s from %v is answered %d %s", c[0], c[1], foreign, status, text)
			}
		}
	}
	if after := whole(); !bytes.Equal(after, before) {
		t.Errorf("pages of others have changed\n%s\ninto\n%s", before, after)
	}
}
