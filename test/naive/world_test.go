package naive

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"pgregory.net/rapid"

	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/internal/store/postgres"
	"yitong/internal/store/sqlite"
	"yitong/test/pgcluster"
)

// A case of the differential test is a whole record with many searches, so a few are enough for every day. For more:
// RAPID_CHECKS=500, or -rapid.checks 500.
const everyDay = "12"

func TestMain(m *testing.M) {
	flag.Parse()
	unless("rapid.checks", "RAPID_CHECKS", everyDay)
	unless("rapid.nofailfile", "RAPID_NOFAILFILE", "true") // the seed says it all
	pgcluster.Run(m)
}

// unless sets a flag that neither the command line nor the environment has set.
func unless(name, variable, value string) {
	_, set := os.LookupEnv(variable)
	flag.Visit(func(f *flag.Flag) { set = set || f.Name == name })
	if !set {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
}

// tb is a test, or one case of a property.
type tb interface {
	rapid.TB
	Cleanup(func())
	Context() context.Context
}

// maker makes a new, empty record. It is closed and removed when the test or the case ends.
type maker func(tb) store.DB

var databases = map[string]func(*testing.T) maker{
	"sqlite": func(t *testing.T) maker {
		folder := t.TempDir()
		return func(t tb) store.DB {
			dir, err := os.MkdirTemp(folder, "")
			check(t, err)
			t.Cleanup(func() { check(t, os.RemoveAll(dir)) })
			db, err := sqlite.Open(context.Background(), filepath.Join(dir, "record.db"))
			return closing(t, db, err)
		}
	},
	"postgres": func(t *testing.T) maker {
		address, err := url.Parse(pgcluster.Shared(t))
		check(t, err)
		admin := address.String()
		var made atomic.Int64
		return func(t tb) store.DB {
			name := fmt.Sprintf("%s_%d", strings.TrimPrefix(address.Path, "/"), made.Add(1))
			run(t, admin, "CREATE DATABASE "+name+" STRATEGY wal_log")
			t.Cleanup(func() { run(t, admin, "DROP DATABASE "+name+" WITH (FORCE)") })
			own := *address
			own.Path = "/" + name
			db, err := postgres.Open(context.Background(), own.String())
			return closing(t, db, err)
		}
	},
}

func run(t tb, address, statement string) {
	t.Helper()
	conn, err := pgx.Connect(context.Background(), address)
	check(t, err)
	_, err = conn.Exec(context.Background(), statement)
	check(t, err)
	check(t, conn.Close(context.Background()))
}

func closing(t tb, db store.DB, err error) store.DB {
	t.Helper()
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	return db
}

func check(t tb, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// eachDatabase runs a test on each database, side by side, if the server there offers search.
func eachDatabase(t *testing.T, test func(*testing.T, maker)) {
	t.Parallel()
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fresh := open(t)
			if status, _ := newServer(fresh(t)).ask(t, "GET", "/Patient", ""); status == http.StatusNotImplemented {
				t.Skip("the server does not offer search")
			}
			test(t, fresh)
		})
	}
}

// server is the server under test. References may lead nowhere in it.
type server struct{ handler http.Handler }

func newServer(db store.DB) *server {
	g := gate.New(db, gate.Config{Zone: shanghai})
	return &server{rest.New(g, rest.Config{
		Version: "test", BodyMost: 64 << 20, Zone: shanghai, Log: slog.New(slog.DiscardHandler),
	}).Handler()}
}

const base = "http://localhost" + rest.Base

// ask sends a request to a place below the base, or to an absolute URL there, and reads the answer.
func (s *server) ask(t tb, method, address, body string, headers ...string) (status int, answer map[string]any) {
	t.Helper()
	req := httptest.NewRequest(method, base+strings.TrimPrefix(address, base), strings.NewReader(body))
	req.Header.Set("Content-Type", "application/fhir+json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	got := httptest.NewRecorder()
	s.handler.ServeHTTP(got, req)
	if got.Body.Len() > 0 {
		answer = decoded(t, got.Body.String())
	}
	return got.Code, answer
}

// change is the writing of a resource, or its deletion when there is no body.
type change struct {
	name string // Type/id
	body map[string]any
}

// write carries changes out in one transaction, and in the model as the answer says. made is the number of the
// transaction.
func (s *server) write(t tb, model *Record, changes []change, made int) {
	t.Helper()
	var entries []any
	for _, c := range changes {
		entry := map[string]any{"request": map[string]any{"method": "DELETE", "url": c.name}}
		if c.body != nil {
			entry = map[string]any{"request": map[string]any{"method": "PUT", "url": c.name}, "resource": c.body}
		}
		entries = append(entries, entry)
	}
	text, err := json.Marshal(map[string]any{"resourceType": "Bundle", "type": "transaction", "entry": entries})
	check(t, err)
	status, answer := s.ask(t, "POST", "", string(text))
	if status != http.StatusOK {
		t.Fatalf("the transaction is answered %d: %v", status, answer)
	}
	for i, entry := range list(answer["entry"]) {
		model.apply(t, changes[i], member(entry, "response"), made)
	}
}

// apply brings a change to the model, with the version that the server has answered.
func (r *Record) apply(t tb, c change, response any, made int) {
	if c.body == nil {
		typ, id, _ := strings.Cut(c.name, "/")
		r.Remove(typ, id)
		return
	}
	version := strings.Trim(strings.TrimPrefix(text(member(response, "etag")), "W/"), `"`)
	updated := text(member(response, "lastModified"))
	if version == "" || updated == "" {
		t.Fatalf("no version in %v", response)
	}
	body := map[string]any{}
	for name, v := range c.body {
		body[name] = v
	}
	meta := map[string]any{}
	if old, ok := body["meta"].(map[string]any); ok {
		for name, v := range old {
			meta[name] = v
		}
	}
	typ, id, _ := strings.Cut(c.name, "/")
	if typ == "Consent" {
		tells(body["provision"], meta)
	}
	if old := r.Get(typ, id); old != nil {
		old.keeps(meta)
	}
	meta["versionId"], meta["lastUpdated"] = version, updated
	body["meta"] = meta
	r.Put(body, made)
}
