package rest

import (
	"slices"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// FuzzAddress takes paths apart and puts them together again.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"", "/", "/metadata", "/_history", "/Patient", "/Patient/", "/Patient/1", "/Patient/_history", "/Patient/a-1.B/_history",
		"/Patient/1/_history/2", "/Patient/1/_history/02", "/Patient/1/_history/99999999999999999999", "/Patient/a_b", "/Human/1",
		"/Patient/$everything", "/$validate", "/Patient/$validate", "/$validate/$validate", "/metadata/$validate", "/Patient/1/_history/$x", "/$/$", "/Patient/1/$everything", "/Patient/_search", "/_search", "/Patient/1/*", "/Patient/1/Observation/_search", "/Patient/1/Human", "//Patient", "/Patient//1", "/Patient/1/_history/2/3", "/$", "/Patient/metadata",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, path string) {
		a, err := parseAddress(path)
		if err != nil {
			switch code := fault.CodeOf(err); code {
			case fault.Malformed, fault.NotFound, fault.NotSupported:
			default:
				t.Fatalf("%q: %v", path, err)
			}
			return
		}
		if strings.Trim(path, "/") != a.String() {
			t.Fatalf("%q was read as %q", path, a)
		}
		named := slices.Contains([]level{levelInstance, levelInstanceHistory, levelVersion, levelCompartment, levelCompartmentSearch, levelInstanceOperation}, a.level)
		if named != fhir.ValidID(a.ref.ID) || named && a.ref.Type == 0 || (a.level == levelVersion) != (a.version > 0) {
			t.Fatalf("%q was read as %+v", path, a)
		}
	})
}

func TestNegotiate(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"": true, "*/*": true, "application/*": true, "application/json": true, "text/json": true, "application/fhir+json": true,
		"application/fhir+json;fhirVersion=4.0": true, "application/fhir+json;fhirVersion=4.3": false, "application/json;charset=utf-8": true,
		"application/json;charset=latin1": false, "text/html": false, "text/html, application/json": true, "application/json;q=0": false,
		"application/json;q=0.001": true, "application/json;q=x": false, ",": true, "nonsense;;": false,
	} {
		if got := negotiate([]string{accept}, "", ""); (got == nil) != want {
			t.Errorf("Accept: %s gives %v", accept, got)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"localhost": true, "localhost:80": true, "127.0.0.1:80": true, "127.1.2.3": true, "[::1]:80": true, "::1": true, "[::1]": true,
		"": false, "localhost.example": false, "0.0.0.0": false, "10.0.0.1": false, "[::]:80": false, "127.0.0.1.example:80": false,
		"::ffff:127.0.0.1": true, "example:80": false,
	} {
		if got := Loopback(host); got != want {
			t.Errorf("%q gives %v", host, got)
		}
	}
}

func TestVersionTag(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]int64{
		`W/"1"`: 1, `"12"`: 12, ` W/"3" `: 3, `W/"0"`: 0, `W/"-1"`: 0, `W/"01"`: 0, `1`: 0, `"`: 0, `""`: 0, `W/"1`: 0, `*`: 0, `"1", "2"`: 0,
	} {
		got, err := versionTag("If-Match", tag)
		if got != want || (err == nil) != (want > 0) || err != nil && fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s gives %d, %v", tag, got, err)
		}
	}
}
