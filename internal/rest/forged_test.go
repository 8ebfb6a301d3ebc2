package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yitong/internal/store"
)

// TestForgedCursors changes the link to a page in every place: none of what comes of it leads anywhere.
func TestForgedCursors(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		for i := range 3 {
			c.want(http.StatusCreated, http.MethodPut, fmt.Sprintf("/Patient/p%d", i), fmt.Sprintf(`{"resourceType":"Patient","id":"p%d"}`, i))
		}
		var page struct {
			Link []struct{ Relation, URL string }
		}
		text := c.want(http.StatusOK, http.MethodGet, "/Patient?_count=1", "", "Accept-Encoding", "identity")
		if err := json.Unmarshal(text, &page); err != nil || len(page.Link) != 2 || page.Link[1].Relation != "next" {
			t.Fatalf("%s, %v", text, err)
		}
		next, err := url.Parse(page.Link[1].URL)
		if err != nil {
			t.Fatal(err)
		}
		good := next.Query().Get("_cursor")
		follow := func(cursor string, status int) {
			t.Helper()
			c.want(status, http.MethodGet, "/Patient?_count=1&_cursor="+url.QueryEscape(cursor), "")
		}
		follow(good, http.StatusOK)
		for i := range len(good) - 1 {
			other := "A"
			if good[i] == 'A' {
				other = "B"
			}
			follow(good[:i]+other+good[i+1:], http.StatusBadRequest)
		}
		for _, cursor := range []string{
			good[1:], good[:len(good)-1], good[:len(good)-4], "A" + good, good + "A", good + "=", " " + good, strings.ToLower(good), strings.Repeat(good, 100), "A", "é", ".",
		} {
			follow(cursor, http.StatusBadRequest)
		}
	})
}
