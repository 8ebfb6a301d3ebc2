package rest_test

import (
	"slices"
	"testing"

	"yitong/internal/gate/policy"
	"yitong/internal/rest"
)

// TestOperationsAreDecided: the policy decides about every operation that there is, and about no other.
func TestOperationsAreDecided(t *testing.T) {
	t.Parallel()
	if there, decided := rest.Operations(), policy.Standard().Operations(); !slices.Equal(there, decided) {
		t.Errorf("there are %q, the policy decides about %q", there, decided)
	}
}
