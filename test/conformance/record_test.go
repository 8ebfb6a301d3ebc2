package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
	"yitong/internal/store"
	"yitong/test/databases"
	"yitong/test/pgcluster"
)

func TestMain(m *testing.M) { pgcluster.Run(m) }

// onBoth runs a test against a server on each database, which keeps references as they come.
func onBoth(t *testing.T, test func(*testing.T, http.Handler)) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		log := slog.New(slog.NewTextHandler(logged{t}, &slog.HandlerOptions{Level: slog.LevelError}))
		server := rest.New(gate.New(db, gate.Config{}), rest.Config{Version: "test", BodyMost: 64 << 20, Zone: time.UTC, Log: log})
		test(t, server.Handler())
	})
}

// logged fails the test for what the server logs as an error.
type logged struct{ t *testing.T }

func (l logged) Write(line []byte) (int, error) {
	l.t.Errorf("the server logged %s", line)
	return len(line), nil
}

// answer is what the server said.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// ask sends a request to a path below the FHIR base.
func ask(h http.Handler, method, path string, body []byte) answer {
	r := httptest.NewRequest(method, rest.Base+path, bytes.NewReader(body))
	r.Host = "localhost"
	if body != nil {
		r.Header.Set("Content-Type", "application/fhir+json")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := answer{w.Code, w.Result().Header, nil}
	a.body, _ = io.ReadAll(w.Body)
	return a
}

func (a answer) must(status int) error {
	if a.status != status {
		return fmt.Errorf("status %d instead of %d: %.300s", a.status, status, a.body)
	}
	return nil
}

// roundTrip writes a resource, reads it in every way, deletes it, and compares what came back with what was sent. id is
// that of the resource; without one the server gives one.
func roundTrip(h http.Handler, kind, id string, text []byte) error {
	text = labeled(text)
	at, version, err := write(h, kind, id, text)
	if err != nil {
		return err
	}
	for _, path := range []string{at, at + "/_history/" + version} {
		got := ask(h, http.MethodGet, path, nil)
		if err := got.must(http.StatusOK); err != nil {
			return fmt.Errorf("GET %s: %w", path, err)
		}
		if err := whole(text, got.body, at, version); err != nil {
			return fmt.Errorf("GET %s: %w", path, err)
		}
	}
	if err := history(h, at, version, text); err != nil {
		return fmt.Errorf("history: %w", err)
	}
	if err := summary(h, at, kind); err != nil {
		return fmt.Errorf("summary: %w", err)
	}
	return gone(h, at, version)
}

// write creates or updates, and tells where the resource is and in which version.
func write(h http.Handler, kind, id string, text []byte) (at, version string, err error) {
	var a answer
	if id == "" {
		a = ask(h, http.MethodPost, "/"+kind, text)
	} else {
		a = ask(h, http.MethodPut, "/"+kind+"/"+id, text)
	}
	if a.status != http.StatusOK || id == "" {
		if err := a.must(http.StatusCreated); err != nil {
			return "", "", fmt.Errorf("write: %w", err)
		}
	}
	_, location, _ := strings.Cut(a.header.Get("Location"), rest.Base)
	at, version, ok := strings.Cut(location, "/_history/")
	if !ok || id != "" && at != "/"+kind+"/"+id || a.header.Get("ETag") != `W/"`+version+`"` {
		return "", "", fmt.Errorf("write: Location %q and ETag %q", a.header.Get("Location"), a.header.Get("ETag"))
	}
	return at, version, whole(text, a.body, at, version)
}

// whole compares a resource with what was sent, and sees that the record's own part is right.
func whole(sent, got []byte, at, version string) error {
	var own struct {
		ID   string `json:"id"`
		Meta struct {
			VersionID   string    `json:"versionId"`
			LastUpdated time.Time `json:"lastUpdated"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(got, &own); err != nil {
		return err
	}
	if !strings.HasSuffix(at, "/"+own.ID) || own.Meta.VersionID != version || time.Since(own.Meta.LastUpdated).Abs() > time.Hour {
		return fmt.Errorf("%s came back with id %q, version %q of %s", at, own.ID, own.Meta.VersionID, own.Meta.LastUpdated)
	}
	return Same(sent, got)
}

type historyBundle struct {
	Entry []struct {
		Resource json.RawMessage
		Request  struct{ Method string }
	}
}

func historyOf(h http.Handler, at string) (b historyBundle, err error) {
	a := ask(h, http.MethodGet, at+"/_history", nil)
	if err := a.must(http.StatusOK); err != nil {
		return b, err
	}
	err = json.Unmarshal(a.body, &b)
	if err == nil && len(b.Entry) == 0 {
		err = fmt.Errorf("it is empty")
	}
	return b, err
}

func history(h http.Handler, at, version string, text []byte) error {
	b, err := historyOf(h, at)
	if err != nil {
		return err
	}
	return whole(text, b.Entry[0].Resource, at, version)
}

func summary(h http.Handler, at, kind string) error {
	a := ask(h, http.MethodGet, at+"?_summary=true", nil)
	if err := a.must(http.StatusOK); err != nil {
		return err
	}
	if _, err := fhir.Parse(a.body); err != nil { // stricter than encoding/json
		return err
	}
	var got struct {
		ResourceType, ID string
		Text             json.RawMessage
	}
	if err := json.Unmarshal(a.body, &got); err != nil {
		return err
	}
	if at != "/"+kind+"/"+got.ID || got.ResourceType != kind || got.Text != nil || !bytes.Contains(a.body, []byte(`"SUBSETTED"`)) {
		return fmt.Errorf("it is %.300s", a.body)
	}
	return nil
}

// gone deletes a resource and sees that it is, but that its past is not.
func gone(h http.Handler, at, version string) error {
	if err := ask(h, http.MethodDelete, at, nil).must(http.StatusNoContent); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	if err := ask(h, http.MethodGet, at, nil).must(http.StatusGone); err != nil {
		return fmt.Errorf("read after the delete: %w", err)
	}
	if err := ask(h, http.MethodGet, at+"/_history/"+version, nil).must(http.StatusOK); err != nil {
		return fmt.Errorf("vread after the delete: %w", err)
	}
	b, err := historyOf(h, at)
	if err == nil && b.Entry[0].Request.Method != http.MethodDelete {
		err = fmt.Errorf("the newest entry is not the deletion")
	}
	return err
}
