package scheduling_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// people puts residents.
func (w *world) people(prefix string, many int) (names []string) {
	w.Helper()
	for i := range many {
		name := fmt.Sprintf("%s%d", prefix, i)
		w.put(`{"resourceType":"Patient","id":%q,%s}`, name, services.Custodian("member"))
		names = append(names, name)
	}
	return names
}

// enters has somebody enter the draw of a day.
func (w *world) enters(who, clinic, day string, pairs ...any) (string, error) {
	w.Helper()
	given := append([]any{"day", form.Date(day)}, pairs...)
	return w.make(who, "enter-draw", clinic, given...)
}

func (w *world) tell(who, clinic string, pairs ...any) (string, error) {
	w.Helper()
	out, err := w.call(who, "show-draw", clinic, nil, services.Parameters(pairs...))
	if err != nil {
		return "", err
	}
	text, err := w.ops["show-draw"].Out.Write(out)
	w.must(err)
	return string(text), nil
}

// TestDraw: who enters gets a place in the order of the seed, to which the platform was bound before; the seed is nowhere before it is
// revealed; who gets nothing waits in the order of the draw, or is told; what is left is open to all.
func TestDraw(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.drawn("member", "heart", 2, 30) // of each day 4 places
		w.must(err)
		const day = "2026-05-19" // opens on the 12th at 7:00
		slots := []string{w.slot(clinic, 8, "0800"), w.slot(clinic, 8, "0830")}
		before, err := w.tell("regulator region", clinic, "day", form.Date(day), "all", true)
		w.must(err)
		w.has(before, []string{`"valueCode":"open"`, `"name":"commitment"`}, `"name":"seed"`)
		names := w.people("d", 7)
		entries := map[string]string{} // by people
		for i, who := range names {
			pairs := []any{"wait", i%2 == 0}
			if i < 3 {
				pairs = append(pairs, "slot", services.Ref(slots[1]))
			}
			entry, err := w.enters(who, clinic, day, pairs...)
			w.must(err)
			entries[entry] = who
		}
		_, err = w.enters(names[0], clinic, day)
		w.want("entering twice", err, fault.Conflict)
		_, err = w.enters("p0", clinic, "2026-05-21")
		w.want("before it can be entered", err, fault.NotFound)
		_, err = w.enters("regulator region", clinic, day, patient("p0")...)
		w.want("who may not book", err, fault.Forbidden)
		_, err = w.make("p0", "book-place", slots[0])
		w.want("booking what is drawn", err, fault.Unprocessable)
		w.secret(clinic, before)
		w.at(time.Date(2026, 5, 12, 7, 0, 0, 0, services.Zone))
		if n := w.free("p0", slots[0]); n != 0 {
			t.Errorf("%d are free before it is drawn", n)
		}
		_, err = w.enters("p0", clinic, day)
		w.want("too late", err, fault.Unprocessable)
		w.settle()
		after, err := w.tell("p0", clinic, "day", form.Date(day), "all", true)
		w.must(err)
		w.has(after, []string{`"valueCode":"done"`, `"name":"seed"`, `"name":"count","valueInteger":7`}, `"name":"mine"`)
		w.fair(after, before, entries)
		got := map[string]int{}
		for entry := range entries {
			got[w.status(entry)]++
			if w.notices(entry) == "" {
				t.Errorf("nobody was told of %s", entry)
			}
		}
		if got["booked"] != 4 && got["booked"] != 3 || got["proposed"] != 0 { // 3 want the same half hour, of 2 places
			t.Errorf("they got %v", got)
		}
		free := w.free("p0", slots[0]) + w.free("p0", slots[1])
		if free != 4-got["booked"] {
			t.Errorf("%d are left, and %v", free, got)
		}
		w.ordered(after, entries)
	})
}

// TestDrawKilled: whatever breaks a draw off, it goes on there, and nobody has two places.
func TestDrawKilled(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.drawn("member", "heart", 3, 60)
		w.must(err)
		const day = "2026-05-19"
		entries := map[string]string{}
		for _, who := range w.people("k", 6) {
			entry, err := w.enters(who, clinic, day, "wait", true)
			w.must(err)
			entries[entry] = who
		}
		w.at(time.Date(2026, 5, 12, 7, 0, 0, 0, services.Zone))
		broken := 0
		for n := 1; n < 400; n++ { // each time a little further
			err := w.desk.Draw(&mortal{Context: w.Context(), asked: n}, w.gate.Session(scheduling.Platform))
			if err == nil {
				break
			}
			broken++
			got := map[string]int{}
			for entry := range entries {
				got[w.status(entry)]++
			}
			if got["booked"] > 3 {
				t.Fatalf("%v have places", got)
			}
			if got["booked"] < 3 && w.free("p0", w.slot(clinic, 7, "0800")) != 0 {
				t.Fatalf("what is not drawn yet is open: %v", got)
			}
		}
		if broken < 3 {
			t.Errorf("it was broken off %d times", broken)
		}
		w.settle()
		got := map[string]int{}
		for entry := range entries {
			got[w.status(entry)]++
		}
		if got["booked"] != 3 || got["waitlist"] != 3 {
			t.Errorf("they got %v", got)
		}
	})
}

// mortal is a context that ends when it has been asked so often whether it has.
type mortal struct {
	context.Context
	asked int
}

// Err implements [context.Context].
func (m *mortal) Err() error {
	if m.asked--; m.asked <= 0 {
		return context.Canceled
	}
	return m.Context.Err()
}

// lots are the entries of an answer of $draw: their ids in order, and what they got.
func lots(text string) (commitment, seed string, ids []string, got map[string]string) {
	var answer struct {
		Parameter []struct {
			Part []struct {
				Name        string `json:"name"`
				ValueString string `json:"valueString"`
				Part        []struct {
					Name           string `json:"name"`
					ValueString    string `json:"valueString"`
					ValueReference struct {
						Reference string `json:"reference"`
					} `json:"valueReference"`
				} `json:"part"`
			} `json:"part"`
		} `json:"parameter"`
	}
	_ = json.Unmarshal([]byte(text), &answer)
	got = map[string]string{}
	for _, one := range answer.Parameter[0].Part {
		switch one.Name {
		case "commitment":
			commitment = one.ValueString
		case "seed":
			seed = one.ValueString
		case "entry":
			for _, part := range one.Part {
				if part.Name == "id" {
					ids = append(ids, part.ValueString)
				} else if part.Name == "slot" {
					got[ids[len(ids)-1]] = part.ValueReference.Reference
				}
			}
		}
	}
	return commitment, seed, ids, got
}

// fair holds that a draw is what was promised.
func (w *world) fair(after, before string, entries map[string]string) {
	w.Helper()
	promised, _, _, _ := lots(before)
	commitment, seed, ids, _ := lots(after)
	bytes, err := hex.DecodeString(seed)
	w.must(err)
	if promised != commitment || scheduling.Commitment(bytes) != promised || len(bytes) != 32 {
		w.Errorf("promised was %s, and the seed is %s", promised, seed)
	}
	var all []string
	for entry := range entries {
		all = append(all, strings.TrimPrefix(entry, "Appointment/"))
	}
	if !slices.Equal(scheduling.Order(bytes, all), ids) {
		w.Errorf("the order is %v", ids)
	}
}

// secret holds that the seed of a draw is not in the record, nor what it follows from.
func (w *world) secret(clinic, before string) {
	w.Helper()
	promised, _, _, _ := lots(before)
	if len(promised) != 64 {
		w.Errorf("promised was %q", promised)
	}
	for _, of := range []string{"List", "Slot", "Schedule", "Appointment"} {
		w.all(of, func(r fhir.Resource) {
			if text := string(r.Root.Raw()); strings.Contains(text, `"seed"`) || strings.Contains(text, string(w.desk.Secret)) {
				w.Errorf("%s/%s tells the seed of %s", of, r.ID, clinic)
			}
		})
	}
}

// ordered holds that nobody was passed over for who is behind, and that those who wait do so in the order of the draw.
func (w *world) ordered(after string, entries map[string]string) {
	w.Helper()
	_, _, ids, got := lots(after)
	last := ""
	for _, id := range ids {
		if got[id] != "" || w.status("Appointment/"+id) != "waitlist" {
			continue
		}
		if since := w.visit("Appointment/" + id).Root.Get("created").Str(); since <= last {
			w.Errorf("%s waits since %s, behind %s", entries["Appointment/"+id], since, last)
		} else {
			last = since
		}
	}
}
