package rest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/rest"
	"yitong/internal/store"
)

// stuck is a record that holds every reader up until it is let go.
type stuck struct {
	store.DB
	held chan struct{} // gets a word of each reader that is held up
	free chan struct{}
}

func (s *stuck) Head(ctx context.Context, ref fhir.Ref) (store.Version, error) {
	s.held <- struct{}{}
	select {
	case <-s.free:
		return s.DB.Head(ctx, ref)
	case <-ctx.Done():
		return store.Version{}, ctx.Err()
	}
}

func newStuck(t *testing.T) *stuck {
	return &stuck{databases["sqlite"](t), make(chan struct{}, 100), make(chan struct{})}
}

type reply struct {
	status int
	retry  string
	text   string
}

func ask(t *testing.T, url string) reply {
	r, err := plain.Get(url)
	if err != nil {
		t.Error(err)
		return reply{}
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	return reply{r.StatusCode, r.Header.Get("Retry-After"), string(text)}
}

// TestTurns holds a server up that works on one request at a time: some wait in line, the rest is refused at once; those
// in line are refused when their turn does not come in time; what comes after the one is served.
func TestTurns(t *testing.T) {
	t.Parallel()
	db := newStuck(t)
	server := serverOn(db, options{requests: 1})
	web := httptest.NewServer(server.Handler())
	t.Cleanup(web.Close)
	base := web.URL + rest.Base
	replies := make(chan reply)
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() { replies <- ask(t, base+"/Patient/first") })
	<-db.held
	for range 6 { // four of them wait
		all.Go(func() { replies <- ask(t, base+"/Patient/next") })
	}
	began := time.Now()
	for n := range 6 {
		got := <-replies
		if got.status != http.StatusServiceUnavailable || got.retry == "" || !strings.Contains(got.text, "at work on as many requests as it takes (1)") {
			t.Errorf("got %+v", got)
		}
		if took := time.Since(began); n >= 2 && took < time.Second {
			t.Errorf("the refusal after %s is not of one that waited", took)
		}
	}
	close(db.free)
	if got := <-replies; got.status != http.StatusNotFound {
		t.Errorf("who had the turn got %+v", got)
	}
	if got := ask(t, base+"/Patient/later"); got.status != http.StatusNotFound {
		t.Errorf("who came later got %+v", got)
	}
	metrics := httptest.NewRecorder()
	server.Metrics().ServeHTTP(metrics, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(metrics.Body.String(), "yitong_requests_without_turn_total 6") {
		t.Error("refusals are not counted")
	}
}

// TestWaitingForATurn holds that whoever waits in line is served when the turn comes in time.
func TestWaitingForATurn(t *testing.T) {
	t.Parallel()
	db := newStuck(t)
	base := serve(t, db, options{requests: 1})
	replies := make(chan reply)
	for range 4 {
		go func() { replies <- ask(t, base+"/Patient/a") }()
	}
	<-db.held
	close(db.free)
	for range 4 {
		if got := <-replies; got.status != http.StatusNotFound {
			t.Errorf("got %+v", got)
		}
	}
}

// TestTurnsAreGivenBack breaks requests off, by their client and by their time: the turn of each goes to the next.
func TestTurnsAreGivenBack(t *testing.T) {
	t.Parallel()
	db := newStuck(t)
	base := serve(t, db, options{requests: 1, time: 300 * time.Millisecond})
	for range 3 {
		ctx, cancel := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/Patient/a", nil)
		if err != nil {
			t.Fatal(err)
		}
		go func() { <-db.held; cancel() }()
		if _, err := plain.Do(r); err == nil {
			t.Error("the client did not go")
		}
		got := ask(t, base+"/Patient/a")
		<-db.held
		if got.status != http.StatusServiceUnavailable || got.retry == "" || !strings.Contains(got.text, "took more than 300ms") {
			t.Errorf("got %+v", got)
		}
	}
}
