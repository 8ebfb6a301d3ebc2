package scheduling_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

const (
	twinDeals = 100             // places that are given back, one behind the other
	twinTries = 2 * time.Minute // between two tries of somebody
)

// gains tells whether somebody who got so many places, where a twin got so many, has got more than chance gives to twins: beyond three
// standard deviations of the binomial.
func gains(got, twin int) bool { return float64(got-twin) > 3*math.Sqrt(float64(got+twin)) }

// TestTwin: a scalper gives back a place for a client, who tries to get it at that moment and every two minutes. A twin, who knows nothing,
// tries as often. Where places that come back are open at once the client has them all; where they rest, no more than the twin.
func TestTwin(t *testing.T) {
	t.Parallel()
	for name, rests := range map[string]bool{"open at once": false, "rest": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := app.Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}.Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			w := newWorld(t, db)
			if !rests {
				w.rule(scheduling.ReturnedRest.Table(), "0")
			}
			client, twin := w.twins(rand.New(rand.NewPCG(3, 5)))
			t.Logf("clients got %d, twins %d", client, twin)
			if client+twin != twinDeals {
				t.Errorf("%d of %d places were had", client+twin, twinDeals)
			}
			if gains(client, twin) == rests {
				t.Errorf("clients of a scalper got %d places, twins %d", client, twin)
			}
		})
	}
}

// twins are how many places clients of a scalper got, and twins of theirs. Whoever has got one gives it back for the next.
func (w *world) twins(chance *rand.Rand) (client, twin int) {
	clinic, err := w.daily("member", "heart", 1, 0, 60)
	w.must(err)
	slot, person := w.slot(clinic, 6, "0800"), func(kind string, n int) string {
		name := fmt.Sprintf("%s%d", kind, n)
		w.put(`{"resourceType":"Patient","id":%q,%s}`, name, services.Custodian("member"))
		return name
	}
	has := person("scalper", 0)
	visit, err := w.make(has, "book-place", slot)
	w.must(err)
	for n := range twinDeals {
		_, err := w.make(has, "cancel-visit", visit)
		w.must(err)
		names, got := [2]string{person("client", n), person("twin", n)}, [2]int{}
		try := func(i int) bool {
			if made, err := w.make(names[i], "book-place", slot); err == nil {
				has, visit, got[i] = names[i], made, 1
			}
			return got[i] == 1
		}
		for done := try(0); !done && w.clock().Before(services.Monday.AddDate(0, 0, 5)); {
			w.pass(twinTries)
			w.settle()
			who := chance.IntN(2)
			done = try(who) || try(1-who)
		}
		client, twin = client+got[0], twin+got[1]
	}
	return client, twin
}
