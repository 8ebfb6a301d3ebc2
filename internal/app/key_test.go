package app

import "testing"

// TestKeysBeside: a file of keys holds those of an older one, however many have been put above them since.
func TestKeysBeside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, of string
		want   bool
	}{{"a\n", "a", true}, {"b\na\n", "a\n", true}, {"a", "b\na", false}, {"b", "a", false}} {
		if got := holdsKeys(c.in, c.of); got != c.want {
			t.Errorf("%q holds %q: %t", c.in, c.of, got)
		}
	}
}
