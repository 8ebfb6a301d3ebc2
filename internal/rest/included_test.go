package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"yitong/internal/store"
)

// TestManyIncluded includes as much as a page may have, and then more: the page says that something is missing.
func TestManyIncluded(t *testing.T) {
	const most = 1000
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		var entries strings.Builder
		entries.WriteString(`{"resource":{"resourceType":"Patient","id":"a"},"request":{"method":"PUT","url":"Patient/a"}}`)
		for i := range most {
			fmt.Fprintf(&entries, `,{"resource":{"resourceType":"Basic","id":"b%d","code":{},"subject":{"reference":"Patient/a"}},"request":{"method":"PUT","url":"Basic/b%d"}}`, i, i)
		}
		c.want(http.StatusOK, http.MethodPost, "/", `{"resourceType":"Bundle","type":"transaction","entry":[`+entries.String()+`]}`)
		if modes := c.modes("/Patient?_revinclude=Basic:subject"); modes["match"] != 1 || modes["include"] != most || modes["outcome"] != 0 {
			t.Errorf("all are included: %v", modes)
		}
		c.want(http.StatusCreated, http.MethodPost, "/Basic", `{"resourceType":"Basic","code":{},"author":{"reference":"Patient/a"},"subject":{"reference":"Patient/a"}}`)
		if modes := c.modes("/Patient?_revinclude=Basic:subject"); modes["match"] != 1 || modes["include"] != most || modes["outcome"] != 1 {
			t.Errorf("one too many is included: %v", modes)
		}
		if modes := c.modes("/Patient?_revinclude=Basic:author"); modes["include"] != 1 || modes["outcome"] != 0 {
			t.Errorf("one is included: %v", modes)
		}
		if modes := c.modes("/Basic?_count=5000&_include=*"); modes["match"] != most || modes["include"] != 1 {
			t.Errorf("a page has: %v", modes)
		}
	})
}

// modes counts the entries of a searchset by their mode.
func (c caller) modes(address string) map[string]int {
	c.t.Helper()
	var b struct {
		Entry []struct {
			Resource struct{ ResourceType string }
			Search   struct{ Mode string }
		}
	}
	if err := json.Unmarshal(c.want(http.StatusOK, http.MethodGet, address, "", "Accept-Encoding", "identity"), &b); err != nil {
		c.t.Fatal(err)
	}
	modes := map[string]int{}
	for _, e := range b.Entry {
		if modes[e.Search.Mode]++; (e.Search.Mode == "outcome") != (e.Resource.ResourceType == "OperationOutcome") {
			c.t.Errorf("%s is a %s", e.Search.Mode, e.Resource.ResourceType)
		}
	}
	return modes
}
