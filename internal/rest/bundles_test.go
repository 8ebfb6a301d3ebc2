package rest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"yitong/internal/store"
)

func transactionOf(n int) string {
	var b strings.Builder
	b.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"fullUrl":"urn:uuid:%d","resource":{"resourceType":"Basic","author":{"reference":"urn:uuid:%d"}},"request":{"method":"POST","url":"Basic"}}`, i, (i+1)%n)
	}
	b.WriteString("]}")
	return b.String()
}

// TestManyEntries takes a transaction of 10 000 entries that refer to each other, and none of one more.
func TestManyEntries(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		for _, kind := range []string{"transaction", "batch"} {
			text := c.want(http.StatusRequestEntityTooLarge, "POST", "/", strings.Replace(transactionOf(10_001), "transaction", kind, 1))
			if !strings.Contains(string(text), `"expression":["Bundle.entry"]`) {
				t.Errorf("the refusal has no place: %s", text)
			}
		}
		if counts, err := db.Count(t.Context()); err != nil || len(counts) != 0 {
			t.Errorf("%v is stored, %v", counts, err)
		}
		answer := string(c.want(http.StatusOK, "POST", "/", transactionOf(10_000)))
		if n := strings.Count(answer, "201 Created"); n != 10_000 {
			t.Errorf("%d were created", n)
		}
		if counts, err := db.Count(t.Context()); err != nil || counts[typeOf(t, "Basic")] != 10_000 {
			t.Errorf("%v is stored, %v", counts, err)
		}
	})
}

// TestRefusedTransactionKeepsNothing looks below the interface at what a refused transaction must not leave behind:
// reserved places stay as they were, and no resource, version or answer is there.
func TestRefusedTransactionKeepsNothing(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db store.DB) {
		c := caller{t, serve(t, db, options{})}
		reserve := func(holder string) (ok bool) {
			err := db.Write(t.Context(), store.Work{Do: func(tx store.Tx, _ store.Found) (err error) {
				ok, err = tx.Reserve(store.Place{Scope: "scope", Name: "1"}, holder, time.Now().Add(time.Hour))
				return err
			}})
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !reserve("first") {
			t.Fatal("the place was taken")
		}
		body := transactionOf(100)
		body = strings.TrimSuffix(body, "]}") + `,{"request":{"method":"GET","url":"Patient/none"}}]}`
		c.want(http.StatusNotFound, "POST", "/", body, "Idempotency-Key", "k")
		if counts, err := db.Count(t.Context()); err != nil || len(counts) != 0 {
			t.Errorf("%v is stored, %v", counts, err)
		}
		if h := c.page("/_history"); len(h.Entry) != 0 {
			t.Errorf("there is a history: %v", c.versions(h))
		}
		got, _ := c.do("POST", "/", transactionOf(2), "Idempotency-Key", "k")
		if got.StatusCode != http.StatusOK || got.Header.Get("Idempotent-Replayed") != "" {
			t.Errorf("the key was used up: %s", got.Status)
		}
		if reserve("second") || !reserve("first") {
			t.Error("the place has changed hands")
		}
	})
}
