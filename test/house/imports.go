package house

import (
	"fmt"
	"strconv"
	"strings"
)

const module = "yitong/"

// layer is one floor of the house: a package imports its own tree and lower floors.
type layer struct {
	tree string // path of the tree, or with /* at its end: each folder below is a tree of its own
	rank int
	// only, when set, lists the trees that may be imported beside the package's own.
	only []string
	// http allows net/http.
	http bool
	// shunned are imports that the layer must do without, with the reason.
	shunned map[string]string
}

var driver = []string{"internal/store", "internal/fhir", "internal/fault"}

const (
	throughGate = "a module speaks to the record through gate, and knows neither HTTP nor a database"
	noHTTP      = "only cmd, app, rest, web, worker and the witness speak HTTP"
	testOnly    = "it is for tests"
)

// layers from the roof to the ground. The longest matching tree counts.
var layers = []layer{
	{tree: "cmd", rank: 100, http: true},
	{tree: "test", rank: 100, http: true},
	{tree: "internal/app", rank: 90, http: true},
	{tree: "internal/backup", rank: 85},
	{tree: "internal/rest", rank: 80, http: true},
	{tree: "internal/web", rank: 80, http: true},
	{tree: "web", rank: 80, http: true},
	{tree: "internal/worker", rank: 80, http: true},
	{tree: "internal/store/sqlite", rank: 80, only: driver},
	{tree: "internal/store/postgres", rank: 80, only: driver},
	{tree: "modules/*", rank: 80, shunned: map[string]string{
		"database/sql":   throughGate,
		"internal/rest":  throughGate,
		"internal/store": throughGate,
		"net/http":       throughGate,
	}},
	{tree: "internal/cases", rank: 75},
	{tree: "internal/rulebook", rank: 75},
	{tree: "internal/traildesk", rank: 75},
	{tree: "internal/platform", rank: 75},
	{tree: "internal/module", rank: 70},
	{tree: "internal/process", rank: 60},
	{tree: "internal/process/proptest", rank: 100},
	{tree: "internal/account", rank: 55},
	{tree: "internal/sign", rank: 55},
	{tree: "internal/notice", rank: 55},
	{tree: "internal/rule/publish", rank: 55},
	{tree: "internal/subscription", rank: 55},
	{tree: "internal/gate", rank: 50},
	{tree: "internal/store", rank: 40},
	{tree: "internal/form", rank: 35},
	{tree: "internal/rule", rank: 35},
	{tree: "internal/fhir", rank: 30},
	{tree: "internal/tlog", rank: 25},
	{tree: "internal/tlog/witness", rank: 26, http: true},
	{tree: "internal/vault", rank: 25},
	{tree: "internal/fault", rank: 20},
	{tree: "internal/bilingual", rank: 20},
}

// testTrees are imported by tests, by each other and by cmd (whose benchmarks start databases), by nothing else.
var testTrees = []string{"test", "internal/store/storetest", "internal/process/proptest"}

// importsPointDown checks what a package imports when it is built; its tests may import what they like.
func importsPointDown(tree []*folder) []complaint {
	var found []complaint
	for _, dir := range tree {
		for _, f := range dir.files {
			if f.test {
				continue
			}
			for _, spec := range f.syntax.Imports {
				imported, _ := strconv.Unquote(spec.Path.Value) // the parser has checked it
				if why := whyNot(dir.path, imported); why != "" {
					what := fmt.Sprintf("%s imports %s: %s", dir.path, imported, why)
					found = append(found, complaint{dir.line(f, spec.Pos()), what})
				}
			}
		}
	}
	return found
}

// whyNot says why a package must not import another; "" when it may.
func whyNot(importer, imported string) string {
	from, own := layerOf(importer)
	if own == "" {
		return "the importing package has no floor in the house: give it one in test/house/imports.go and docs/architecture.md"
	}
	target, ours := strings.CutPrefix(imported, module)
	for shunned, why := range from.shunned {
		if within(target, shunned) {
			return why
		}
	}
	if !ours {
		if within(imported, "net/http") && !from.http {
			return noHTTP
		}
		return ""
	}
	return whyNotOurs(importer, from, own, target)
}

// whyNotOurs decides about a package of this module. own is the tree that the importer belongs to.
func whyNotOurs(importer string, from layer, own, target string) string {
	to, tree := layerOf(target)
	if tree == "" {
		return "the imported package has no floor in the house: give it one in test/house/imports.go and docs/architecture.md"
	}
	if from.rank == 100 {
		return ""
	}
	if withinAny(target, testTrees) && !withinAny(importer, testTrees) {
		return testOnly
	}
	if tree == own {
		return ""
	}
	if from.only != nil && !withinAny(target, from.only) {
		return own + " may import only " + strings.Join(from.only, ", ")
	}
	if to.rank == from.rank {
		return own + " and " + tree + " stand side by side; imports point down only"
	}
	if to.rank > from.rank {
		return own + " stands below " + tree + "; imports point down only"
	}
	return ""
}

// layerOf finds the floor of a package and the tree that it belongs to, "" when it has none.
func layerOf(pkg string) (layer, string) {
	var best layer
	var own string
	for _, l := range layers {
		tree, each := strings.CutSuffix(l.tree, "/*")
		if !within(pkg, tree) {
			continue
		}
		if each {
			name, _, _ := strings.Cut(strings.TrimPrefix(pkg, tree+"/"), "/")
			tree += "/" + name
		}
		if len(tree) > len(own) {
			best, own = l, tree
		}
	}
	return best, own
}

func within(pkg, tree string) bool { return pkg == tree || strings.HasPrefix(pkg, tree+"/") }

func withinAny(pkg string, trees []string) bool {
	for _, tree := range trees {
		if within(pkg, tree) {
			return true
		}
	}
	return false
}
