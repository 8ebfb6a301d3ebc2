package subscription_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/subscription"
)

// taken takes every message at once.
type taken struct{ n chan struct{} }

// Send implements [subscription.Sender].
func (k taken) Send(context.Context, subscription.Message) error {
	k.n <- struct{}{}
	return nil
}

// BenchmarkChanges measures a change in a record in which so many others subscribe to other types, or to the same with other criteria,
// until the one whom it concerns is told.
func BenchmarkChanges(b *testing.B) {
	for _, c := range []struct {
		name, criteria string
		others         int
	}{
		{"alone", "", 0}, {"1000 of other types", "Condition?code=s|%d", 1000}, {"1000 of other codes", "Observation?code=s|x%d", 1000},
	} {
		b.Run(c.name, func(b *testing.B) {
			db, again := databases["sqlite"](b)
			w := newWorld(b, db, again)
			got := taken{make(chan struct{}, 1<<20)}
			s, err := subscription.New(db, w.gate, subscription.Config{Standing: w.standing, Send: got, Endpoints: subscription.Endpoints{Loopback: true}})
			w.must(err)
			step := func() {
				for more := true; more; {
					more, err = s.Step(b.Context())
					w.must(err)
				}
			}
			me := w.gate.Session(w.actors["Practitioner/systema"])
			for i := range c.others {
				criteria := fmt.Sprintf(c.criteria, i)
				r, err := fhir.ParseResource([]byte(`{"resourceType":"Subscription","id":"` + fmt.Sprint("s", i) + `","status":"requested","reason":"r",` + byCriteria(criteria, "", "http://127.0.0.1:1/") + `,` +
					`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}},{"url":"urn:yitong:subscriber","extension":[{"url":"actor","valueString":"Practitioner/systema"}]}],"tag":[{"system":"urn:yitong:subscriber","code":"system"}]}}`))
				w.must(err)
				_, err = me.Apply(b.Context(), []gate.Op{{Kind: gate.Update, Type: r.Type, ID: r.ID, Resource: r}}, nil)
				w.must(err)
			}
			w.must(w.subscribe(s, "Practitioner/systema", "mine", byCriteria("Observation?code=s|1", "", "http://127.0.0.1:1/")))
			for shaken := 0; shaken < c.others+1; {
				step()
				for len(got.n) > 0 {
					<-got.n
					shaken++
				}
			}
			w.becomes("mine", "active")
			b.ResetTimer()
			began := time.Now()
			for i := range b.N {
				w.observe(fmt.Sprint("o", i), "a", "1")
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/float64(b.N), "µs/write")
			for n := 0; n < b.N; {
				step()
				select {
				case <-got.n:
					n++
				case <-time.After(time.Millisecond):
				}
			}
		})
	}
}

// BenchmarkMatching measures how many changes one server matches a second beside so many Subscriptions, each to the results of another
// resident. All changes are of one resident, whom one of them names.
func BenchmarkMatching(b *testing.B) {
	for _, many := range []int{1, 100, 1000, 10_000} {
		b.Run(fmt.Sprint(many), func(b *testing.B) {
			db, again := databases["sqlite"](b)
			w := newWorld(b, db, again)
			s, err := subscription.New(db, w.gate, subscription.Config{Standing: w.standing, Send: taken{make(chan struct{}, 1<<20)}, Patience: subscription.Patience{AtOnce: 1024, Upkeep: time.Hour}})
			w.must(err)
			var patients, all []string
			for i := range many {
				patients = append(patients, fmt.Sprintf(`{"resourceType":"Patient","id":"q%d","META"}`, i))
				all = append(all, fmt.Sprintf(`{"resourceType":"Subscription","id":"s%[1]d","status":"requested","reason":"r","criteria":"Observation?patient=Patient/q%[1]d","channel":{"type":"websocket"},`+
					`"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/a"}},{"url":"urn:yitong:subscriber","extension":[{"url":"actor","valueString":"Practitioner/systema"}]}],`+
					`"tag":[{"system":"urn:yitong:subscriber","code":"system"}]}}`, i))
			}
			for part := range slices.Chunk(patients, 500) {
				w.putAll("a", part)
			}
			for part := range slices.Chunk(all, 500) {
				w.putBy(w.actors["Practitioner/systema"], "a", part)
			}
			step := func() (more bool) {
				more, err = s.Step(b.Context())
				w.must(err)
				return more
			}
			active := func(i int) bool { is, _ := w.status(fmt.Sprint("s", i)); return is == "active" }
			for i := range many {
				for !active(i) {
					step()
				}
			}
			for part := range slices.Chunk(make([]struct{}, b.N), 500) {
				var texts []string
				for range part {
					texts = append(texts, fmt.Sprintf(`{"resourceType":"Observation","id":"%s","META","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/q0"}}`, rand.Text()))
				}
				w.putAll("a", texts)
			}
			b.ResetTimer()
			for w.events("s0") < int64(b.N) {
				step()
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
			b.StopTimer()
			began := time.Now()
			for range 20 {
				step()
			}
			b.ReportMetric(float64(time.Since(began).Microseconds())/20, "µs/idle-turn")
		})
	}
}
