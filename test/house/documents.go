package house

import (
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The documents that say by which tests something holds.
const (
	threatModel = "docs/threat-model.md"
	asvsTable   = "docs/asvs.md"
)

// document is a text in Markdown.
type document struct {
	path  string // below the module's root
	lines []string
}

func (d document) line(i int) string { return d.path + ":" + strconv.Itoa(i+1) }

var (
	quoted    = regexp.MustCompile("`([^`]+)`")
	namedTest = regexp.MustCompile(`^([a-z][a-z0-9_/]*)\.((?:Test|Fuzz|Benchmark)[A-Z0-9]\w*)$`)
	bareTest  = regexp.MustCompile(`^(?:Test|Fuzz)[A-Z]\w*$`)
	ourPath   = regexp.MustCompile(`^(?:cmd|docs|internal|modules|scripts|test)/\S+$|^go\.(?:mod|sum)$`)
	link      = regexp.MustCompile(`\]\(([^():#]+)(?:#[^()]*)?\)`)
)

// namesAreThere wants the tests, files and folders to be in the tree that a document names, so that it does not go on
// telling of what has been renamed. A test is named by its package and its function, such as `account.TestLockOut`; the
// package can have more of its path in front. root is the module's root.
func namesAreThere(d document, tree []*folder, root fs.FS) (found []complaint) {
	missing := func(name string) bool {
		_, err := fs.Stat(root, path.Clean(name))
		return err != nil
	}
	for i, text := range d.lines {
		complain := func(format string, args ...any) {
			found = append(found, complaint{d.line(i), fmt.Sprintf(format, args...)})
		}
		for _, q := range quoted.FindAllStringSubmatch(text, -1) {
			name := q[1]
			test := namedTest.FindStringSubmatch(name)
			switch {
			case test != nil && !tests(tree, test[1], test[2]):
				complain("there is no test %s: name another one that shows the same, or say that nothing does", name)
			case bareTest.MatchString(name):
				complain("%s needs its package in front: tests of several packages can have one name", name)
			case test == nil && ourPath.MatchString(name) && missing(name):
				complain("there is no %s: name what has taken its place", name)
			}
		}
		for _, l := range link.FindAllStringSubmatch(text, -1) {
			if missing(path.Join(path.Dir(d.path), l[1])) {
				complain("the link to %s leads nowhere", l[1])
			}
		}
	}
	return found
}

// tests tells whether a package whose path ends so has a test of a name.
func tests(tree []*folder, pkg, name string) bool {
	for _, dir := range tree {
		if dir.path != pkg && !strings.HasSuffix(dir.path, "/"+pkg) {
			continue
		}
		for _, f := range dir.files {
			if f.test && slices.ContainsFunc(f.syntax.Decls, func(d ast.Decl) bool {
				fn, is := d.(*ast.FuncDecl)
				return is && fn.Recv == nil && fn.Name.Name == name
			}) {
				return true
			}
		}
	}
	return false
}

// The states of a requirement in the ASVS table, and how many words say what it asks for.
var states = []string{"holds", "not applicable", "not yet", "no"}

const wordsMost = 12

var requirementRow = regexp.MustCompile(`^\| (\d+\.\d+\.\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|$`)

// requirementsAreWhole wants the table of ASVS 4.0.3 to have every requirement of levels 1 and 2 once, in a few words, with
// a state that is known, and with a reason unless it does not hold yet.
func requirementsAreWhole(d document) (found []complaint) {
	seen := map[string]bool{}
	want := requirements()
	for i, text := range d.lines {
		row := requirementRow.FindStringSubmatch(text)
		if row == nil {
			if strings.HasPrefix(text, "| ") && strings.ContainsAny(text[:min(3, len(text))], "0123456789") {
				found = append(found, complaint{d.line(i), "a row has four cells: number, what it asks for, state, by what"})
			}
			continue
		}
		id, asks, state, by := row[1], row[2], strings.TrimSpace(row[3]), strings.TrimSpace(row[4])
		complain := func(format string, args ...any) {
			found = append(found, complaint{d.line(i), id + " " + fmt.Sprintf(format, args...)})
		}
		switch n := len(strings.Fields(asks)); {
		case seen[id]:
			complain("stands here twice")
		case !slices.Contains(want, id):
			complain("is no requirement of levels 1 and 2 of ASVS 4.0.3")
		case n == 0 || n > wordsMost:
			complain("has %d words, 1 to %d say enough", n, wordsMost)
		case !slices.Contains(states, state):
			complain("is %q; it should be one of %q", state, states)
		case by == "" && state != "not yet":
			complain("%s, but nothing says why", state)
		}
		seen[id] = true
	}
	for _, id := range want {
		if !seen[id] {
			found = append(found, complaint{d.path, id + " is missing"})
		}
	}
	return found
}

// requirements are the numbers of levels 1 and 2 of OWASP ASVS 4.0.3. What the standard has deleted, and what only level 3
// asks for, is left out.
func requirements() (ids []string) {
	const sections = `1.1:1-7 1.2:1-4 1.4:1,4-5 1.5:1-4 1.6:1-4 1.7:1-2 1.8:1-2 1.9:1-2 1.10:1 1.11:1-2 1.12:2 1.14:1-6
		2.1:1-12 2.2:1-3 2.3:1-3 2.4:1-5 2.5:1-7 2.6:1-3 2.7:1-6 2.8:1-7 2.9:1-3 2.10:1-4
		3.1:1 3.2:1-4 3.3:1-4 3.4:1-5 3.5:1-3 3.7:1
		4.1:1-3,5 4.2:1-2 4.3:1-3
		5.1:1-5 5.2:1-8 5.3:1-10 5.4:1-3 5.5:1-4
		6.1:1-3 6.2:1-6 6.3:1-2 6.4:1-2
		7.1:1-4 7.2:1-2 7.3:1,3-4 7.4:1-3
		8.1:1-4 8.2:1-3 8.3:1-8
		9.1:1-3 9.2:1-4
		10.2:1-2 10.3:1-3
		11.1:1-8
		12.1:1-3 12.2:1 12.3:1-6 12.4:1-2 12.5:1-2 12.6:1
		13.1:1,3-5 13.2:1-3,5-6 13.3:1-2 13.4:1-2
		14.1:1-4 14.2:1-6 14.3:2-3 14.4:1-7 14.5:1-4`
	for section := range strings.FieldsSeq(sections) {
		name, ranges, _ := strings.Cut(section, ":")
		for r := range strings.SplitSeq(ranges, ",") {
			from, to, is := strings.Cut(r, "-")
			if !is {
				to = from
			}
			first, _ := strconv.Atoi(from) // the text above has numbers only
			last, _ := strconv.Atoi(to)
			for n := first; n <= last; n++ {
				ids = append(ids, name+"."+strconv.Itoa(n))
			}
		}
	}
	return ids
}
