package app

import (
	"strings"
	"testing"
)

// TestGatewayThatIsNotThere: what went wrong tells nothing of the gateway's address, which may hold a key: operators read it of a job.
func TestGatewayThatIsNotThere(t *testing.T) {
	t.Parallel()
	s, err := SMS{SMS: "http://127.0.0.1:1/send?key=hush"}.sender()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Send(t.Context(), "+8613900000001", "x"); err == nil || strings.Contains(err.Error(), "hush") || !strings.Contains(err.Error(), "refused") {
		t.Errorf("got %v", err)
	}
}
