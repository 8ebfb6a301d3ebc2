package load_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"yitong/internal/app/load"
)

// compacted are a record's resources without white space, which lines of ndjson do not keep.
func compacted(t *testing.T, r *record) map[string]string {
	t.Helper()
	all := r.resources(t)
	for name, text := range all {
		var b bytes.Buffer
		if err := json.Compact(&b, []byte(text)); err != nil {
			t.Fatal(err)
		}
		all[name] = b.String()
	}
	return all
}

// TestBar draws a load of 200 bytes that takes 10 seconds.
func TestBar(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	now := time.Unix(0, 0)
	b := load.NewBar(&out, 200, func() time.Time { return now })
	now = now.Add(5 * time.Second)
	b.Done(100, 50)
	if got := out.String(); !strings.Contains(got, "[###############---------------]  50 %  50 resources  10/s  5s left") {
		t.Errorf("half way: %q", got)
	}
	now = now.Add(5 * time.Second)
	b.Done(100, 50)
	if got := out.String(); !strings.Contains(got, "100 %  100 resources  10/s  0s left") || !strings.HasSuffix(got, "\n") {
		t.Errorf("at the end: %q", got)
	}
}
