package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// lines writes each resource on a line of its own: its type, its url and itself.
func lines(systems []codeSystem, sets []valueSet) ([]byte, error) {
	slices.SortFunc(systems, func(a, b codeSystem) int { return cmp.Compare(a.URL, b.URL) })
	slices.SortFunc(sets, func(a, b valueSet) int { return cmp.Compare(a.URL, b.URL) })
	var out bytes.Buffer
	for i, c := range systems {
		if i > 0 && systems[i-1].URL == c.URL {
			return nil, fmt.Errorf("two code systems are %s", c.URL)
		}
		if err := line(&out, c.Type, c.URL, c); err != nil {
			return nil, err
		}
	}
	for i, s := range sets {
		if i > 0 && sets[i-1].URL == s.URL {
			return nil, fmt.Errorf("two value sets are %s", s.URL)
		}
		if err := line(&out, s.Type, s.URL, s); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}

func line(out *bytes.Buffer, kind, url string, value any) error {
	if strings.ContainsAny(url, " \n") || url == "" {
		return fmt.Errorf("%q is no url", url)
	}
	fmt.Fprintf(out, "%s %s ", kind, url)
	enc := json.NewEncoder(out) // ends the line
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
