//go:build conformance

package conformance

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"yitong/internal/rest"
)

// A stock client, which knows nothing of this server, does everything that it can, on both databases.
func TestStockClient(t *testing.T) {
	if _, err := os.Stat("node_modules/fhir-kit-client"); err != nil {
		t.Fatalf("the client is not installed (%v): run make conformance", err)
	}
	onBoth(t, func(t *testing.T, h http.Handler) {
		server := httptest.NewServer(h)
		defer server.Close()
		said, err := exec.CommandContext(t.Context(), "node", "client.mjs", server.URL+rest.Base).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		t.Logf("%s", strings.TrimSpace(string(said)))
	})
}
