package rest_test

import (
	"strings"
	"testing"
)

// TestHostileFull: who has as many records open as may be cannot tell by the time of the refusal who is in the record.
func TestHostileFull(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emergencies().watched(t, open)
			w.fill()
			names := strings.NewReplacer("qz7p", "x", "none", "x")
			for i, a := range named("qz7p", "urn:qz7", "qz7") {
				w.same(openers[0], a)
				w.alike(openers[0], a, named("none", "urn:none", "none")[i], names)
			}
		})
	}
}

// TestHostileUses: who lists the uses of b cannot tell by the time of it whether those whose records were opened have been elsewhere.
func TestHostileUses(t *testing.T) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emergencies().watched(t, open)
			w.fill()
			w.same("administrator", asked{method: "GET", address: "/$emergency-uses"})
		})
	}
}
