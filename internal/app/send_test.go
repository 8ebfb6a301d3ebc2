package app_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yitong/internal/app"
	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
)

// TestLoadIntoServer: what a load promises holds for one that goes to a server, too: a mended line is stored, and
// nothing is stored twice.
func TestLoadIntoServer(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, settings(t))
	file := filepath.Join(t.TempDir(), "a.ndjson")
	run := func(last string) *load.Report {
		t.Helper()
		text := strings.Repeat(`{"resourceType":"Basic","code":{"text":"equal"}}`+"\n", 2) + `{"resourceType":"Patient","id":"p"}` + "\n" + last
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := load.Run(t.Context(), app.Remote{Base: base + "/fhir", Client: http.DefaultClient}, []string{file}, 2, func(int64) load.Progress { return load.Quiet{} })
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	bad := `{"resourceType":"Basic","id":"b","code":{"text":"mended"},"subject":{"reference":"Patient/none"}}`
	if r := run(bad); r.Total() != 3 || len(r.Failures) != 1 || !strings.HasSuffix(r.Failures[0].Place, "a.ndjson, line 4") {
		t.Errorf("first: %+v", r)
	}
	if r := run(bad); r.Total() != 0 || r.Repeated != 3 || len(r.Failures) != 1 {
		t.Errorf("again: %+v", r)
	}
	if r := run(strings.Replace(bad, "none", "p", 1)); r.Stored["Basic"] != 1 || r.Repeated != 2 || len(r.Failures) != 0 {
		t.Errorf("mended: %+v", r)
	}
	if _, text := get(t, base+"/fhir/Basic/_history"); strings.Count(text, `"fullUrl"`) != 3 {
		t.Errorf("the server has %s", text)
	}
}

// TestLoadForAnInstitution: it answers for what is about residents and names none. With another institution the same load is
// carried out anew.
func TestLoadForAnInstitution(t *testing.T) {
	t.Parallel()
	a, err := app.New(t.Context(), settings(t))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	const bundle = `{"resourceType":"Bundle","type":"transaction","entry":[` +
		`{"resource":{"resourceType":"Organization","id":"a","name":"甲医院"},"request":{"method":"PUT","url":"Organization/a"}},` +
		`{"resource":{"resourceType":"Organization","id":"b","name":"乙医院"},"request":{"method":"PUT","url":"Organization/b"}},` +
		`{"resource":{"resourceType":"Organization","id":"c","name":"丙医院"},"request":{"method":"PUT","url":"Organization/c"}},` +
		`{"resource":{"resourceType":"Patient","id":"p"},"request":{"method":"PUT","url":"Patient/p"}},` +
		`{"resource":{"resourceType":"Patient","id":"other","meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/c"}}]}},` +
		`"request":{"method":"PUT","url":"Patient/other"}}]}`
	answers := func(path string) string {
		t.Helper()
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/fhir/"+path, nil)
		r.RemoteAddr = "127.0.0.1:1"
		a.Rest.Handler().ServeHTTP(w, r)
		tree, err := fhir.ParseResource(w.Body.Bytes())
		if err != nil || w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s, %v", path, w.Code, w.Body, err)
		}
		to, _ := tree.Extended(gate.Custodian)
		return to
	}
	for _, custodian := range []string{"Organization/a", "Organization/b"} {
		for _, again := range []bool{false, true} {
			_, replayed, err := app.Local{Rest: a.Rest, Custodian: custodian}.Send(t.Context(), []byte(bundle), "k")
			if err != nil || replayed != again {
				t.Errorf("for %s: repeated %t, %v", custodian, replayed, err)
			}
		}
		for path, want := range map[string]string{"Patient/p": custodian, "Patient/other": "Organization/c", "Organization/a": ""} {
			if got := answers(path); got != want {
				t.Errorf("loaded for %s: %q answers for %s, want %q", custodian, got, path, want)
			}
		}
	}
}

// TestRemoteRefusals: a refusal that is no fault of the Bundle is told from one that is.
func TestRemoteRefusals(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]fault.Code{
		400: fault.Unprocessable, 401: fault.Forbidden, 403: fault.Forbidden, 404: fault.NotFound, 405: fault.NotAllowed, 413: fault.Unprocessable,
		422: fault.Unprocessable, 429: fault.Unavailable, 500: fault.Unavailable, 503: fault.Unavailable,
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		_, _, err := app.Remote{Base: server.URL, Client: server.Client()}.Send(t.Context(), []byte(`{}`), "k")
		server.Close()
		if fault.CodeOf(err) != want {
			t.Errorf("%d: %v, want %s", status, err, want)
		}
	}
}
