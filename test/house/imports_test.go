package house

import (
	"strings"
	"testing"
)

func TestWhyNot(t *testing.T) {
	t.Parallel()
	const (
		below      = "stands below"
		sideBySide = "stand side by side"
		noFloor    = "no floor in the house"
		only       = "may import only"
	)
	for _, c := range []struct{ importer, imported, want string }{
		{"cmd/yitong", "yitong/internal/app", ""},
		{"cmd/yitong", "yitong/test/pgcluster", ""},
		{"cmd/yitong", "net/http", ""},
		{"test/bench", "yitong/internal/store/sqlite", ""},

		{"internal/app", "yitong/internal/rest", ""},
		{"internal/app", "yitong/modules/scheduling", ""},
		{"internal/app", "yitong/internal/store/postgres", ""},
		{"internal/app", "yitong/internal/fault", ""},
		{"internal/app", "net/http/pprof", ""},
		{"internal/app", "yitong/cmd/yitong", below},
		{"internal/app", "yitong/test/pgcluster", testOnly},
		{"internal/app", "yitong/internal/store/storetest", testOnly},
		{"internal/app", "yitong/internal/helpers", noFloor},
		{"internal/helpers", "fmt", noFloor},
		{"tools", "fmt", noFloor},

		{"internal/rest", "yitong/internal/rest/auth", ""},
		{"internal/rest/auth", "yitong/internal/rest", ""},
		{"internal/rest", "yitong/internal/gate", ""},
		{"internal/rest", "net/http", ""},
		{"internal/rest", "yitong/internal/web", sideBySide},
		{"internal/rest", "yitong/internal/store/sqlite", sideBySide},
		{"internal/rest", "yitong/modules/scheduling", sideBySide},
		{"internal/rest", "yitong/internal/app", below},
		{"internal/restful", "yitong/internal/fault", noFloor},
		{"internal/web", "yitong/web", sideBySide},
		{"internal/worker", "net/http", ""},

		{"modules/scheduling", "yitong/internal/module", ""},
		{"modules/scheduling", "yitong/internal/process", ""},
		{"modules/scheduling", "yitong/internal/gate", ""},
		{"modules/scheduling", "yitong/internal/fhir/r4", ""},
		{"modules/scheduling", "yitong/modules/scheduling/rules", ""},
		{"modules/scheduling", "yitong/modules/referral", sideBySide},
		{"modules/scheduling/rules", "yitong/modules/referral", sideBySide},
		{"modules/scheduling", "yitong/internal/rest", throughGate},
		{"modules/scheduling", "yitong/internal/rest/auth", throughGate},
		{"modules/scheduling", "yitong/internal/store", throughGate},
		{"modules/scheduling", "yitong/internal/store/sqlite", throughGate},
		{"modules/scheduling", "database/sql/driver", throughGate},
		{"modules/scheduling", "net/http", throughGate},
		{"modules/scheduling", "net/url", ""},

		{"internal/store/sqlite", "yitong/internal/store", ""},
		{"internal/store/sqlite", "yitong/internal/store/sqlite/migrations", ""},
		{"internal/store/sqlite", "yitong/internal/fhir", ""},
		{"internal/store/sqlite", "yitong/internal/fault", ""},
		{"internal/store/sqlite", "database/sql", ""},
		{"internal/store/sqlite", "yitong/internal/store/postgres", sideBySide},
		{"internal/store/postgres", "yitong/internal/gate", only},
		{"internal/store/postgres", "net/http", noHTTP},

		{"internal/module", "yitong/internal/process", ""},
		{"internal/process", "yitong/internal/module", below},
		{"internal/process", "yitong/internal/gate", ""},
		{"internal/gate", "yitong/internal/process", below},
		{"internal/gate", "yitong/internal/store", ""},
		{"internal/gate", "yitong/internal/store/sqlite", below},
		{"internal/store", "yitong/internal/gate", below},
		{"internal/store", "yitong/internal/store/sqlite", below},
		{"internal/store/storetest", "yitong/internal/store", ""},
		{"internal/store/storetest", "yitong/test/pgcluster", below},
		{"internal/store", "yitong/internal/fhir", ""},
		{"internal/store", "net/http", noHTTP},
		{"internal/fhir", "yitong/internal/fault", ""},
		{"internal/fhir/validate", "yitong/internal/fhir/fhirpath", ""},
		{"internal/fhir", "yitong/internal/store", below},
		{"internal/fault", "yitong/internal/fhir", below},
		{"internal/fault", "errors", ""},
	} {
		got := whyNot(c.importer, c.imported)
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s imports %s: got %q, want %q", c.importer, c.imported, got, c.want)
		}
	}
}

// TestEveryTreeOfTheHouseIsReachable guards the table itself: a tree that a longer one hides would never be checked.
func TestEveryTreeOfTheHouseIsReachable(t *testing.T) {
	t.Parallel()
	for _, l := range layers {
		want := strings.Replace(l.tree, "*", "x", 1)
		if _, own := layerOf(want + "/y"); own != want {
			t.Errorf("%s/y belongs to %q, want %q", want, own, want)
		}
	}
}
