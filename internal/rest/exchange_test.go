package rest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yitong/internal/store"
)

// TestExchanges holds the conversations of testdata with a server on each database.
func TestExchanges(t *testing.T) {
	t.Parallel()
	for _, path := range scripts(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".http"), func(t *testing.T) {
			eachDatabase(t, func(t *testing.T, db store.DB) {
				s := readScript(t, path)
				base := serve(t, db, s.options)
				host := strings.TrimPrefix(strings.TrimSuffix(base, "/fhir"), "http://")
				c := &client{t: t, base: base, names: map[string]string{"base": base, "host": host}}
				for i := range s.exchanges {
					if c.hold(path, &s.exchanges[i]); t.Failed() {
						return
					}
				}
			})
		})
	}
}

// client is one side of a conversation and what it has learnt.
type client struct {
	t     *testing.T
	base  string
	names map[string]string
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// hold sends a request of a script and checks its answer.
func (c *client) hold(path string, x *exchange) {
	c.t.Helper()
	got := c.send(&x.request)
	fail := func(format string, args ...any) {
		c.t.Helper()
		c.t.Errorf("%s:%d: %s: %s\n%s\n%s", path, x.line, x.request.first, fmt.Sprintf(format, args...), got.Status, got.body)
	}
	number, _, _ := strings.Cut(x.answer.first, " ")
	if want, err := strconv.Atoi(number); err != nil || got.StatusCode != want {
		fail("status is %d, want %s", got.StatusCode, x.answer.first)
		return
	}
	c.checkHeaders(got, x.answer.headers, fail)
	c.checkFound(got, x.answer.headers, fail)
	if got.StatusCode >= 400 && got.Request.Method != http.MethodHead {
		c.checkOutcome(got, x.answer.headers, fail)
	}
	c.checkBody(got, x.answer.body, fail)
}

func (c *client) send(m *message) answer {
	c.t.Helper()
	method, address, _ := strings.Cut(c.known(m.first), " ")
	body := c.known(strings.Join(m.body, "\n"))
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.base+address, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if len(m.body) > 0 {
		req.Header.Set("Content-Type", "application/fhir+json")
	}
	for _, h := range m.headers {
		switch name, value := h[0], c.known(h[1]); {
		case name == "Host":
			req.Host = value
		case value == "-":
			req.Header.Del(name)
		default:
			req.Header.Set(name, value)
		}
	}
	if req.Header.Get("Content-Encoding") == "gzip" && !strings.HasPrefix(body, "not gzip") {
		packed := zipped(c.t, body)
		req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(packed)), int64(len(packed))
	}
	got, err := plain.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer got.Body.Close()
	return answer{got, unzipped(c.t, got)}
}

func zipped(t testing.TB, text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := io.WriteString(z, text)
	if e := z.Close(); err != nil || e != nil {
		t.Fatal(err, e)
	}
	return b.Bytes()
}

func unzipped(t testing.TB, got *http.Response) string {
	t.Helper()
	var in io.Reader = got.Body
	if got.Header.Get("Content-Encoding") == "gzip" && got.Request.Method != http.MethodHead {
		z, err := gzip.NewReader(in)
		if err != nil {
			t.Fatal(err)
		}
		in = z
	}
	text, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

type failing func(format string, args ...any)

func (c *client) checkHeaders(got answer, headers [][2]string, fail failing) {
	if got.Header.Get("X-Request-Id") == "" || got.Header.Get("Cache-Control") != "no-store, private" {
		fail("the answer has no request id, or may be kept by others: %v", got.Header)
	}
	for _, h := range headers {
		switch name, want, have := h[0], h[1], got.Header.Get(h[0]); {
		case slices.Contains([]string{"Issue", "Expression", "Says", "Finds", "Includes"}, name):
		case want == "-" && have != "":
			fail("there is a header %s: %s", name, have)
		case want != "-" && !c.matches(have, want, true):
			fail("%s is %q, want %q", name, have, want)
		}
	}
}

// checkFound checks what a search has found, in its order, and what it has included, in any: all of it, each once.
func (c *client) checkFound(got answer, headers [][2]string, fail failing) {
	for _, h := range headers {
		mode := map[string]string{"Finds": "match", "Includes": "include"}[h[0]]
		if mode == "" {
			continue
		}
		var b struct {
			Entry []struct {
				Resource struct{ ResourceType, ID string }
				Search   struct{ Mode string }
			}
		}
		if err := json.Unmarshal([]byte(got.body), &b); err != nil {
			fail("it is no Bundle: %v", err)
			return
		}
		found := []string{}
		for _, e := range b.Entry {
			if e.Search.Mode == mode {
				found = append(found, e.Resource.ResourceType+"/"+e.Resource.ID)
			}
		}
		want := strings.Fields(strings.TrimSuffix(c.known(h[1]), "nothing"))
		if mode == "include" {
			slices.Sort(found)
			slices.Sort(want)
		}
		if !slices.EqualFunc(found, want, func(have, want string) bool { return have == want || strings.HasSuffix(have, "/"+want) }) {
			fail("%s is %s", h[0], strings.Join(found, " "))
		}
	}
}

// checkOutcome checks that a refusal carries an OperationOutcome that says what is wrong, and where. The headers are about
// its first issue.
func (c *client) checkOutcome(got answer, headers [][2]string, fail failing) {
	var o struct {
		ResourceType string
		Issue        []struct {
			Severity, Code, Diagnostics string
			Expression                  []string
		}
	}
	if err := json.Unmarshal([]byte(got.body), &o); err != nil || o.ResourceType != "OperationOutcome" || len(o.Issue) == 0 {
		fail("the refusal has no OperationOutcome")
		return
	}
	for _, is := range o.Issue {
		if is.Severity != "error" || is.Code == "" || is.Diagnostics == "" {
			fail("the OperationOutcome does not say what is wrong")
		}
	}
	is := o.Issue[0]
	if got.Header.Get("Content-Type") != "application/fhir+json; charset=utf-8" {
		fail("the OperationOutcome is not of FHIR's media type")
	}
	expected := ""
	for _, h := range headers {
		switch want := h[1]; h[0] {
		case "Issue":
			if is.Code != want {
				fail("the issue is %s, want %s", is.Code, want)
			}
		case "Expression":
			expected = want
		case "Says":
			if !c.matches(is.Diagnostics, want, false) {
				fail("it does not say %q", want)
			}
		}
	}
	if have := strings.Join(is.Expression, ", "); have != expected {
		fail("the place is %q, want %q", have, expected)
	}
}

func (c *client) checkBody(got answer, want []string, fail failing) {
	if len(want) == 0 {
		return
	}
	switch first := want[0]; {
	case first == "(empty)":
		if got.body != "" || got.Header.Get("Content-Type") != "" && got.Request.Method != http.MethodHead {
			fail("there is a body")
		}
	case strings.HasPrefix(first, "~ "), strings.HasPrefix(first, "! "):
		for _, line := range want {
			if has := c.matches(got.body, line[2:], false); has != (line[0] == '~') {
				fail("wanted %s", line)
			}
		}
	default:
		if !c.matches(got.body, strings.Join(want, "\n"), true) {
			fail("wanted the body\n%s", strings.Join(want, "\n"))
		}
	}
}
