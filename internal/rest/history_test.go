package rest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"yitong/internal/store"
)

// caller asks a server from Go.
type caller struct {
	t    testing.TB
	base string
}

// do sends a request and returns the answer, its body read.
func (c caller) do(method, address, body string, headers ...string) (*http.Response, []byte) {
	c.t.Helper()
	if !strings.HasPrefix(address, "http") {
		address = c.base + address
	}
	req, err := http.NewRequestWithContext(context.Background(), method, address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/fhir+json")
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	got, err := plain.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return got, text
}

// want sends a request that must be answered with a status.
func (c caller) want(status int, method, address, body string, headers ...string) []byte {
	c.t.Helper()
	got, text := c.do(method, address, body, headers...)
	if got.StatusCode != status {
		c.t.Fatalf("%s %s: %s, want %d: %.600s", method, address, got.Status, status, text)
	}
	return text
}

// history is a Bundle of versions, as far as the tests look at it.
type history struct {
	Link  []struct{ Relation, URL string }
	Entry []struct {
		FullURL  string
		Request  struct{ Method, URL string }
		Response struct{ Etag, LastModified string }
	}
}

func (h history) link(relation string) string {
	for _, l := range h.Link {
		if l.Relation == relation {
			return l.URL
		}
	}
	return ""
}

// version names a version of a history, such as Patient/a 2.
func (c caller) versions(h history) (names []string) {
	for _, e := range h.Entry {
		names = append(names, strings.TrimPrefix(e.FullURL, c.base+"/")+" "+strings.Trim(e.Response.Etag, `W/"`))
	}
	return names
}

func (c caller) page(address string) (h history) {
	c.t.Helper()
	if err := json.Unmarshal(c.want(http.StatusOK, "GET", address, ""), &h); err != nil {
		c.t.Fatal(err)
	}
	return h
}

// follow reads a history to its end. Between the pages it calls meanwhile.
func (c caller) follow(address string, count int, meanwhile func()) (names []string) {
	c.t.Helper()
	var last string
	for address != "" {
		h := c.page(address)
		if count > 0 && len(h.Entry) > count {
			c.t.Fatalf("a page of %d, asked for %d", len(h.Entry), count)
		}
		for _, e := range h.Entry {
			if at := e.Response.LastModified; last != "" && at > last {
				c.t.Fatalf("%s comes after %s", at, last)
			} else {
				last = at
			}
		}
		names = append(names, c.versions(h)...)
		meanwhile()
		address = h.link("next")
	}
	return names
}

// story makes versions of several resources of two types and tells their names, oldest first.
func (c caller) story() (all []string) {
	c.t.Helper()
	note := func(text []byte) {
		var b history
		if err := json.Unmarshal(text, &b); err != nil {
			c.t.Fatal(err)
		}
		if len(b.Entry) == 0 {
			c.t.Fatalf("no answers in %s", text)
		}
	}
	for round := 1; round <= 3; round++ {
		var entries []string
		for _, ref := range []string{"Patient/a", "Patient/b", "Organization/a", "Patient/c"} { // of one instant
			kind, id, _ := strings.Cut(ref, "/")
			entries = append(entries, fmt.Sprintf(`{"resource":{"resourceType":%q,"id":%q},"request":{"method":"PUT","url":%q}}`, kind, id, ref))
			all = append(all, fmt.Sprintf("%s %d", ref, round))
		}
		note(c.want(http.StatusOK, "POST", "/", `{"resourceType":"Bundle","type":"transaction","entry":[`+strings.Join(entries, ",")+`]}`))
	}
	c.want(http.StatusNoContent, "DELETE", "/Patient/b", "")
	c.want(http.StatusCreated, "PUT", "/Patient/b", `{"resourceType":"Patient","id":"b"}`)
	return append(all, "Patient/b 4", "Patient/b 5")
}

// TestHistoryPages reads histories page by page: every version comes once, newest first, whatever is written meanwhile.
func TestHistoryPages(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		all := c.story()
		for _, scope := range []string{"", "/Patient", "/Organization", "/Patient/b"} {
			want := slices.DeleteFunc(slices.Clone(all), func(v string) bool { return !strings.HasPrefix("/"+v, scope) })
			slices.Sort(want)
			for _, count := range []int{1, 2, 3, 5, 1000} {
				got := c.follow(fmt.Sprintf("%s/_history?_count=%d", scope, count), count, func() {})
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s by %d:\ngot  %q\nwant %q", scope, count, got, want)
				}
			}
			if got := c.follow(scope+"/_history", 0, func() {}); len(got) != len(want) {
				t.Errorf("%s in pages of the usual size: %d versions", scope, len(got))
			}
		}
		before := slices.Clone(all)
		slices.Sort(before)
		n := 5
		got := c.follow("/_history?_count=4", 4, func() {
			n++
			c.want(http.StatusOK, "PUT", "/Patient/a", `{"resourceType":"Patient","id":"a"}`)
			c.want(http.StatusCreated, "POST", "/Patient", `{"resourceType":"Patient"}`)
		})
		slices.Sort(got)
		if !slices.Equal(got, before) {
			t.Errorf("with writes meanwhile:\ngot  %q\nwant %q", got, before)
		}
	})
}

// TestHistoryPagesAreThisServersOwn refuses tokens that were not given for the same request.
func TestHistoryPagesAreThisServersOwn(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		c.story()
		next := c.page("/Patient/_history?_count=2").link("next")
		u, err := url.Parse(next)
		if err != nil || u.Query().Get("_count") != "2" {
			t.Fatalf("next is %q", next)
		}
		token := u.Query().Get("_cursor")
		c.want(http.StatusOK, "GET", "/Patient/_history?_cursor="+token, "")
		forged := []byte(token)
		forged[len(forged)-2] ^= 1
		for _, address := range []string{
			"/Patient/_history?_cursor=" + string(forged), "/Patient/_history?_cursor=x", "/Patient/_history?_cursor=AAAA",
			"/Organization/_history?_cursor=" + token, "/_history?_cursor=" + token, "/Patient/b/_history?_cursor=" + token,
			"/Patient/_history?_since=2000&_cursor=" + token, "/Patient/_history?_at=2000&_cursor=" + token,
			"/Patient/_history?_count=0", "/Patient/_history?_count=-1", "/Patient/_history?_count=x",
			"/Patient/_history?_since=yesterday", "/Patient/_history?_at=2026-13-01", "/Patient/_history?_cursor=%00",
		} {
			text := c.want(http.StatusBadRequest, "GET", address, "")
			if !strings.Contains(string(text), "OperationOutcome") {
				t.Errorf("%s: %s", address, text)
			}
		}
		if got := c.page("/Patient/_history?_count=5000"); len(got.Entry) != 11 {
			t.Errorf("_count over the most: %d", len(got.Entry))
		}
	})
}

// TestHistorySinceAndAt asks for the versions since an instant, and for those that stood at one.
func TestHistorySinceAndAt(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		c.story()
		times := map[string]string{}
		whole := c.page("/_history?_count=1000")
		for i, name := range c.versions(whole) {
			times[name] = whole.Entry[i].Response.LastModified
		}
		later := strings.Replace(times["Patient/b 3"], "Z", "%2B00:00", 1)
		for address, want := range map[string][]string{
			"/_history?_since=" + times["Patient/b 4"]:        {"Patient/b 4", "Patient/b 5"},
			"/Patient/b/_history?_since=" + later:             {"Patient/b 3", "Patient/b 4", "Patient/b 5"},
			"/Patient/c/_history?_since=2999":                 nil,
			"/Patient/_history?_since=2999-01":                nil,
			"/Organization/_history?_since=2000-01-01":        {"Organization/a 1", "Organization/a 2", "Organization/a 3"},
			"/_history?_at=" + times["Patient/a 1"]:           {"Organization/a 1", "Patient/a 1", "Patient/b 1", "Patient/c 1"},
			"/Patient/_history?_at=" + times["Patient/a 2"]:   {"Patient/a 2", "Patient/b 2", "Patient/c 2"},
			"/Patient/b/_history?_at=" + later:                {"Patient/b 3"},
			"/Patient/b/_history?_at=" + times["Patient/b 4"]: {"Patient/b 4"},
			"/Patient/b/_history?_at=2000":                    nil,
			"/Patient/_history?_at=2000-01-01T10:00:00Z":      nil,
			"/Patient/c/_history?_at=2999":                    {"Patient/c 3"},
			"/_history?_at=2999":                              {"Organization/a 3", "Patient/a 3", "Patient/b 5", "Patient/c 3"},
		} {
			for _, count := range []int{1, 50} {
				got := c.follow(fmt.Sprintf("%s&_count=%d", address, count), count, func() {})
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("%s by %d: got %q, want %q", address, count, got, want)
				}
			}
		}
	})
}
