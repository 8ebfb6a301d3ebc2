package traildesk_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/traildesk"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// TestState: those who answer for the trail are told how far it is sealed, and nobody else.
func TestState(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		standing := trail.Standing{}
		var failed error
		who := func(r *http.Request) (gate.Actor, error) {
			role := gate.Role(r.Header.Get("X-As"))
			of := gate.Of{Actor: "Practitioner/a", Institution: "Organization/a"}
			return gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)}, nil
		}
		server := httptest.NewServer(rest.New(gate.New(db, gate.Config{Trail: trail.NewRecorder(db)}), rest.Config{
			Version: "test", BodyMost: 1 << 20, Zone: time.UTC, Log: slog.New(slog.DiscardHandler), RequestTime: time.Minute,
			Who: who, Modules: []module.Descriptor{traildesk.Module(func(context.Context) (trail.Standing, error) { return standing, failed })},
		}).Handler())
		t.Cleanup(server.Close)
		ask := func(role gate.Role) (int, string) {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+rest.Base+"/$trail-state", http.NoBody)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("X-As", string(role))
			got, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer got.Body.Close()
			text, err := io.ReadAll(got.Body)
			if err != nil {
				t.Fatal(err)
			}
			return got.StatusCode, string(text)
		}
		may := []gate.Role{gate.Office, gate.Administrator, gate.Regulator, gate.Operator}
		for _, role := range gate.Roles() {
			want := 403
			if slices.Contains(may, role) {
				want = 200
			}
			if got, text := ask(role); got != want {
				t.Errorf("%s: %d, want %d: %s", role, got, want, text)
			}
		}
		if _, text := ask(gate.Regulator); strings.Contains(text, "root") || strings.Contains(text, "until") || !strings.Contains(text, `{"name":"fits","valueBoolean":false}`) {
			t.Errorf("where nothing is sealed: %s", text)
		}
		standing = trail.Standing{Batches: 7, Loose: 2, Sealed: 6, Until: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Fits: true, Log: "l/1", Leaves: 8, Root: []byte{1, 2, 3}, Cosigned: 5}
		_, text := ask(gate.Regulator)
		for _, want := range []string{
			`{"name":"batches","valueInteger":7}`, `{"name":"waiting","valueInteger":2}`, `{"name":"sealed","valueInteger":6}`, `"valueInstant":"2026-03-01T08:00:00`, `{"name":"fits","valueBoolean":true}`,
			`{"name":"log","valueString":"l/1"}`, `{"name":"leaves","valueInteger":8}`, `{"name":"root","valueString":"AQID"}`, `{"name":"cosigned","valueInteger":5}`,
		} {
			if !strings.Contains(text, want) {
				t.Errorf("it lacks %s: %s", want, text)
			}
		}
		failed = fault.New(fault.Unavailable, "The checkpoint cannot be read.")
		if got, text := ask(gate.Regulator); got != 503 {
			t.Errorf("a log that cannot be read: %d: %s", got, text)
		}
	})
}
