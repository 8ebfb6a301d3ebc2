package rest_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/gate/trail"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// databases open a new, empty record of each kind.
var databases = map[string]func(testing.TB) store.DB{
	"sqlite": func(t testing.TB) store.DB {
		db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "record.db"))
		return opened(t, db, err)
	},
	"postgres": func(t testing.TB) store.DB {
		db, err := postgres.Open(t.Context(), pgcluster.Shared(t))
		return opened(t, db, err)
	},
}

func opened(t testing.TB, db store.DB, err error) store.DB {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// eachDatabase runs a test in a world of its own on each database, side by side.
func eachDatabase(t *testing.T, test func(*testing.T, store.DB)) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

// shanghai is the zone of dates without an offset.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// options of a server under test.
type options struct {
	noReferences bool
	validation   *gate.Validation
	maxBody      int64
	requests     int           // worked on at a time
	time         time.Duration // for one
}

func serverOn(db store.DB, o options) *rest.Server {
	if o.maxBody == 0 {
		o.maxBody = 64 << 20
	}
	g := gate.New(db, gate.Config{References: !o.noReferences, Validation: o.validation, Zone: shanghai, Trail: trail.NewRecorder(db)})
	return rest.New(g, rest.Config{
		Version: "test", BodyMost: o.maxBody, Zone: shanghai, Log: slog.New(slog.DiscardHandler), References: !o.noReferences,
		RequestsMost: o.requests, RequestTime: o.time,
	})
}

// serve starts a server on a record and returns its FHIR base.
func serve(t testing.TB, db store.DB, o options) string {
	s := httptest.NewServer(serverOn(db, o).Handler())
	t.Cleanup(s.Close)
	return s.URL + rest.Base
}

// plain is a client that neither asks for compression by itself nor follows redirects.
var plain = &http.Client{Transport: &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 16}}

func typeOf(t testing.TB, name string) schema.Type {
	t.Helper()
	kind, ok := schema.TypeOf(name)
	if !ok {
		t.Fatalf("no type %q", name)
	}
	return kind
}
