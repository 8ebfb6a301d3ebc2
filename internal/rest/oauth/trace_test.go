package oauth_test

import (
	"bytes"
	"context"
	"crypto"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/go-jose/go-jose/v3"

	"yitong/internal/fault"
	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/test/databases"
)

// lossy is a record whose trail may take no lines of transactions.
type lossy struct {
	store.DB
	lost atomic.Bool
}

// Write implements [store.DB].
func (l *lossy) Write(ctx context.Context, w store.Work) error {
	do := w.Do
	w.Do = func(tx store.Tx, found store.Found) error { return do(lossyTx{tx, l}, found) }
	return l.DB.Write(ctx, w)
}

type lossyTx struct {
	store.Tx
	*lossy
}

// Trace implements [store.Tx].
func (t lossyTx) Trace(lines []byte) error {
	if t.lost.Load() {
		return fault.New(fault.Internal, "There is no room.")
	}
	return t.Tx.Trace(lines)
}

// TestTokensAreOnRecord: what a person lets a program do, and each token that one gets, is on record, or it is not given.
func TestTokensAreOnRecord(t *testing.T) {
	databases.Each(t, func(t *testing.T, db store.DB) {
		l := &lossy{DB: db}
		w := newWorld(t, l)
		lines := func() (all []string) {
			for _, row := range must(db.Loose(t.Context(), 64<<20))(t) {
				for line := range bytes.Lines(row.Lines) {
					if r := must(trail.Parse(line))(t); r.Do == "authorize" || r.Do == "token" {
						all = append(all, strings.Join([]string{r.Do, r.Who, r.As, r.For, r.Client, r.On, r.Query, strings.Join(r.Of, " ")}, "|"))
					}
				}
			}
			return all
		}
		a := w.public("diary").by(w.li())
		got := a.tokens("offline_access patient/Observation.rs")
		a.renew(got.Refresh, "scope=patient/Observation.r")
		feed := w.backend("feed", map[string]crypto.Signer{"r": rsaKey()})
		feed.credentials(signed(t, jose.RS384, rsaKey(), "r", feed.claims(nil)))
		want := []string{
			"authorize|Patient/li|resident||diary|client/diary|scope=offline_access patient/Observation.rs|Patient/li",
			"token|Patient/li|||diary|client/diary|grant_type=authorization_code&scope=offline_access patient/Observation.rs|",
			"token|Patient/li|||diary|client/diary|grant_type=refresh_token&scope=patient/Observation.r|",
			"token|Device/feed|system||feed|client/feed|grant_type=client_credentials&scope=system/Patient.rs|",
		}
		if all := lines(); !slices.Equal(all, want) {
			t.Errorf("the trail has\n%s", strings.Join(all, "\n"))
		}
		code := a.code("patient/Observation.rs")
		l.lost.Store(true)
		if lost := a.redeem(code); lost.status != 503 || lost.Access != "" {
			t.Errorf("while the trail takes no lines: %+v", lost)
		}
		if lost := feed.credentials(signed(t, jose.RS384, rsaKey(), "r", feed.claims(nil))); lost.status != 503 || lost.Access != "" {
			t.Errorf("while the trail takes no lines, a program by itself: %+v", lost)
		}
		l.lost.Store(false)
		if again := a.redeem(code); again.status != 200 {
			t.Errorf("afterwards: %+v", again)
		}
	})
}
