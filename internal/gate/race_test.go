package gate_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/gate"
)

const (
	rounds = 25
	rivals = 6
)

// race lets rivals begin at the same time and waits for all.
func race(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}

// TestUpdatesOfOneVersion: of several updates of the same version exactly one is made.
func TestUpdatesOfOneVersion(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		w.must(update("Patient", "a", ""))
		for round := range int64(rounds) {
			var won atomic.Int64
			winner := make([]gate.Result, 1)
			race(rivals, func(i int) {
				op := update("Patient", "a", fmt.Sprintf(`,"active":true,"n":%d`, i))
				op.IfVersion = round + 1
				results, err := w.apply(op)
				switch {
				case err == nil:
					won.Add(1)
					winner[0] = results[0]
				case fault.CodeOf(err) != fault.Precondition:
					t.Errorf("round %d: %v", round, err)
				}
			})
			v, err := w.Read(t.Context(), ref("Patient", "a"))
			if err != nil || won.Load() != 1 || v.Number != round+2 || winner[0].Version.Number != v.Number || string(v.Body.Bytes) != string(winner[0].Version.Body.Bytes) {
				t.Fatalf("round %d: %d won, version %d by %s, %v", round, won.Load(), v.Number, v.Body.Bytes, err)
			}
		}
	})
}

// TestUpdatesAllCount: updates that ask for no version are all made, one after the other.
func TestUpdatesAllCount(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		race(rivals, func(i int) {
			for range rounds {
				if _, err := w.apply(update("Patient", "a", fmt.Sprintf(`,"n":%d`, i))); err != nil {
					t.Error(err)
				}
			}
		})
		page, err := w.History(t.Context(), gate.History{Type: typeOf("Patient"), ID: "a", Count: 2 * rounds * rivals})
		if err != nil || len(page.Versions) != rounds*rivals {
			t.Fatalf("%d versions, want %d, %v", len(page.Versions), rounds*rivals, err)
		}
		for i, p := range page.Versions {
			if p.Number != int64(rounds*rivals-i) || i > 0 && !p.Until.Equal(page.Versions[i-1].Updated) {
				t.Fatalf("place %d: version %d until %v", i, p.Number, p.Until)
			}
		}
	})
}

// TestConditionalCreatesOfOneIdentifier: of several creates on the condition that nobody has the identifier, exactly
// one creates; the others find what it made.
func TestConditionalCreatesOfOneIdentifier(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		for round := range rounds {
			query := fmt.Sprintf("identifier=s|%d", round)
			var created atomic.Int64
			ids := make([]string, rivals)
			race(rivals, func(i int) {
				op := create("Patient", fmt.Sprintf(`,"identifier":[{"system":"s","value":"%d"}]`, round))
				if i%3 == 2 { // a conditional update races with the creates
					op.Kind = gate.Update
				}
				op.Match = criteria(t, "Patient", query)
				results, err := w.apply(op)
				if err != nil {
					t.Errorf("round %d: %v", round, err)
					return
				}
				if results[0].Event == gate.Created {
					created.Add(1)
				}
				ids[i] = results[0].Version.Ref.ID
			})
			for _, id := range ids {
				if id != ids[0] {
					t.Errorf("round %d: %s and %s", round, id, ids[0])
				}
			}
			if created.Load() != 1 {
				t.Fatalf("round %d: %d were created", round, created.Load())
			}
		}
		if counts, err := w.db.Count(t.Context()); err != nil || counts[typeOf("Patient")] != rounds {
			t.Errorf("%v, %v", counts, err)
		}
	})
}

// TestIdempotentRequests: the same request sent several times at once is carried out once.
func TestIdempotentRequests(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		for round := range rounds {
			once := &gate.Idempotency{Key: fmt.Sprint(round), Digest: []byte("d"), Keep: 1 << 40}
			var replayed atomic.Int64
			ids := make([]string, rivals)
			race(rivals, func(i int) {
				for {
					results, err := w.Apply(t.Context(), []gate.Op{create("Patient", "")}, once)
					if fault.CodeOf(err) == fault.Unavailable {
						continue
					}
					if err != nil {
						t.Error(err)
						return
					}
					if ids[i] = results[0].Version.Ref.ID; results[0].Replayed {
						replayed.Add(1)
					}
					return
				}
			})
			for _, id := range ids {
				if id != ids[0] || id == "" {
					t.Fatalf("round %d: ids %q", round, ids)
				}
			}
			if replayed.Load() != rivals-1 {
				t.Fatalf("round %d: %d replayed", round, replayed.Load())
			}
		}
		if counts, err := w.db.Count(t.Context()); err != nil || counts[typeOf("Patient")] != rounds {
			t.Errorf("%v, %v", counts, err)
		}
	})
}

// TestDeleteAgainstReference: a delete of a Patient and writes that begin to point to it never both stand.
func TestDeleteAgainstReference(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		outcomes := map[string]int{}
		for round := range 3 * rounds {
			id := fmt.Sprint(round)
			w.must(update("Patient", id, fmt.Sprintf(`,"identifier":[{"value":"p%s"}]`, id)), update("Basic", "old"+id, ""))
			subject := fmt.Sprintf(`,"subject":{"reference":"Patient/%s"}`, id)
			var errs [2]error
			race(len(errs), func(i int) {
				switch {
				case i == 1:
					_, errs[i] = w.apply(remove("Patient", id))
				case round%3 == 0:
					_, errs[i] = w.apply(create("Basic", subject))
				case round%3 == 1:
					_, errs[i] = w.apply(update("Basic", "old"+id, subject))
				default:
					_, errs[i] = w.apply(create("Basic", fmt.Sprintf(`,"subject":{"reference":"Patient?identifier=p%s"}`, id)))
				}
			})
			deleted := errs[1] == nil
			if code := fault.CodeOf(errs[1]); !deleted && code != fault.Conflict {
				t.Fatalf("round %d: the delete: %v", round, errs[1])
			}
			if code := fault.CodeOf(errs[0]); (errs[0] == nil) == deleted || errs[0] != nil && code != fault.Unprocessable {
				t.Fatalf("round %d: deleted %v, the write: %v", round, deleted, errs[0])
			}
			outcomes[fmt.Sprint(deleted)]++
		}
		t.Log("deleted:", outcomes)
		w.whole()
	})
}

// TestTransactionsInOppositeOrders: transactions that change the same resources, named in opposite orders, all happen.
func TestTransactionsInOppositeOrders(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		race(rivals, func(i int) {
			for range rounds {
				ops := []gate.Op{update("Patient", "a", ""), update("Patient", "b", ""), update("Patient", "c", "")}
				if i%2 == 1 {
					ops[0], ops[2] = ops[2], ops[0]
				}
				results, err := w.apply(ops...)
				if err != nil {
					t.Error(err)
					return
				}
				for _, r := range results {
					if r.Version.Number != results[0].Version.Number || !r.Version.Updated.Equal(results[0].Version.Updated) {
						t.Errorf("versions of one transaction: %v and %v", r.Version, results[0].Version)
					}
				}
			}
		})
		for _, id := range []string{"a", "b", "c"} {
			if v, err := w.Read(t.Context(), ref("Patient", id)); err != nil || v.Number != rivals*rounds {
				t.Errorf("Patient/%s is in version %d, %v", id, v.Number, err)
			}
		}
	})
}

// TestPlacesOfTwoTransactions: two resources that are to point to each other are not half there.
func TestPlacesOfTwoTransactions(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w world) {
		for round := range rounds {
			a, b := fmt.Sprintf("a%d", round), fmt.Sprintf("b%d", round)
			link := func(id string) string {
				return fmt.Sprintf(`,"link":[{"type":"seealso","other":{"reference":"Patient/%s"}}]`, id)
			}
			w.must(update("Patient", a, ""), update("Patient", b, ""))
			var errs [2]error
			race(2, func(i int) {
				if i == 0 {
					_, errs[i] = w.apply(remove("Patient", a), update("Patient", b, ""))
				} else {
					_, errs[i] = w.apply(update("Patient", b, link(a)))
				}
			})
			if errs[0] != nil && fault.CodeOf(errs[0]) != fault.Conflict || errs[1] != nil && fault.CodeOf(errs[1]) != fault.Unprocessable {
				t.Fatal(errs)
			}
		}
		w.whole()
	})
}
