package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"yitong/modules/scheduling"
)

// TestDraw: the order of a draw follows from its seed, which was promised; whatever is altered is found.
func TestDraw(t *testing.T) {
	t.Parallel()
	seed := []byte(strings.Repeat("s", 32))
	answer := func(promised string, ids ...string) string {
		out := fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"draw","part":[{"name":"day","valueDate":"2026-05-19"},
			{"name":"commitment","valueString":%q},{"name":"seed","valueString":%q}`, promised, hex.EncodeToString(seed))
		for i, id := range ids {
			out += fmt.Sprintf(`,{"name":"entry","part":[{"name":"id","valueString":%q},{"name":"rank","valueInteger":%d}]}`, id, i+1)
		}
		return out + "]}]}"
	}
	order := scheduling.Order(seed, []string{"a", "b", "c", "d"})
	if got := hex.EncodeToString(seed); len(got) != 64 || order[0] == order[1] {
		t.Fatal(got, order)
	}
	for name, c := range map[string]struct{ text, says string }{
		"as promised":    {answer(scheduling.Commitment(seed), order...), ""},
		"another seed":   {answer(scheduling.Commitment([]byte("x")), order...), "not the one that was promised"},
		"another order":  {answer(scheduling.Commitment(seed), order[1], order[0], order[2], order[3]), "published is"},
		"twice":          {answer(scheduling.Commitment(seed), scheduling.Order(seed, []string{"a", "a"})...), "there twice"},
		"a part of it":   {strings.Replace(answer(scheduling.Commitment(seed), order[:2]...), `{"name":"entry"`, `{"name":"count","valueInteger":4},{"name":"entry"`, 1), "Ask $draw with all=true"},
		"not drawn yet":  {`{"resourceType":"Parameters","parameter":[{"name":"draw","part":[{"name":"commitment","valueString":"x"}]}]}`, "no draw with its seed"},
		"something else": {`{"resourceType":"Parameters"}`, "no draw with its seed"},
	} {
		var out bytes.Buffer
		err := drawAgain(&out, []byte(c.text))
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
