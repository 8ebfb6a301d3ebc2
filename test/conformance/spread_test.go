package conformance

import (
	"net/http"
	"sync"
	"testing"
)

// Made-up resources of every type go through the server, on both databases.
func TestSpread(t *testing.T) {
	onBoth(t, func(t *testing.T, h http.Handler) {
		samples := make(chan Sample)
		var wait sync.WaitGroup
		for range 8 {
			wait.Go(func() {
				for s := range samples {
					if err := roundTrip(h, s.Type.String(), s.ID, s.Text); err != nil {
						t.Errorf("%s: %v", s.Name, err)
					}
				}
			})
		}
		n, bytes := 0, 0
		for s := range Spread() {
			samples <- s
			n, bytes = n+1, bytes+len(s.Text)
		}
		close(samples)
		wait.Wait()
		t.Logf("%d resources, %d bytes", n, bytes)
	})
}
