//go:build conformance

package conformance

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yitong/internal/rest"
	"yitong/test/node"
)

// A stock client, which knows nothing of this server, does everything that it can, on both databases.
func TestStockClient(t *testing.T) {
	onBoth(t, func(t *testing.T, h http.Handler) {
		server := httptest.NewServer(h)
		defer server.Close()
		said, err := node.Command(t, "fhir-kit-client", install, "client.mjs", server.URL+rest.Base).Output()
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		t.Logf("%s", strings.TrimSpace(string(said)))
	})
}
