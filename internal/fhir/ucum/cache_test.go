package ucum

import (
	"fmt"
	"sync"
	"testing"
)

func TestTheCacheIsBounded(t *testing.T) {
	t.Parallel()
	c := cache{room: 16}
	for i := range 1000 {
		code := fmt.Sprint(i)
		c.put(code, remembered{unit: &Unit{canonical: code}})
		if r, ok := c.get(code); !ok || r.unit.canonical != code {
			t.Fatalf("%s was forgotten at once", code)
		}
		n := 0
		c.entries.Range(func(any, any) bool { n++; return true })
		if n > int(c.room) {
			t.Fatalf("%d codes are remembered, there is room for %d", n, c.room)
		}
	}
	if _, ok := c.get("0"); ok {
		t.Error("the first of a thousand is still remembered")
	}
}

// Units and refusals are remembered as they were.
func TestRemembered(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"mg/dL{remembered}", "mmHg"} {
		first, firstErr := Parse(code)
		again, againErr := Parse(code)
		if first != again || firstErr != againErr {
			t.Errorf("%s: %v, %v and then %v, %v", code, first, firstErr, again, againErr)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	c := cache{room: 8}
	var wg sync.WaitGroup
	for worker := range 8 {
		wg.Go(func() {
			for i := range 500 {
				code := fmt.Sprintf("%d.mg/dL", 1+(i+worker)%50)
				if v, unit, ok := Canonical(decimal(t, "2.50"), code); !ok || unit != "g.m-3" || v.Sign() <= 0 {
					t.Errorf("%s: %s %s %t", code, v, unit, ok)
				}
				if _, ok := c.get(code); !ok {
					u, err := parse(code)
					c.put(code, remembered{u, err})
				}
			}
		})
	}
	wg.Wait()
}
