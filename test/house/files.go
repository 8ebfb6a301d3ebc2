package house

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
)

const (
	maxLines     = 400
	maxTestLines = 800
)

// onePackageComment wants exactly one comment a package: in doc.go, in the file named like the package, in main.go, or
// in the only file.
func onePackageComment(tree []*folder) []complaint {
	var found []complaint
	for _, dir := range tree {
		files := documentable(dir)
		var with []string
		for _, f := range files {
			text := f.syntax.Doc.Text()
			if text == "" || f.generated && strings.HasPrefix(text, "Code generated") {
				continue
			}
			with = append(with, f.name)
			name := f.syntax.Name.Name
			if want := "Package " + name + " "; name != "main" && !strings.HasPrefix(text, want) {
				found = append(found, complaint{dir.at(f), fmt.Sprintf("the package comment should begin with %q", want)})
			}
			if len(files) > 1 && f.name != "doc.go" && f.name != "main.go" && f.name != name+".go" {
				found = append(found, complaint{dir.at(f), "the package comment belongs into doc.go or " + name + ".go"})
			}
		}
		switch len(with) {
		case 1:
		case 0:
			found = append(found, complaint{dir.path, "no file says what the package is for: write doc.go"})
		default:
			found = append(found, complaint{dir.path, "more than one package comment: " + strings.Join(with, ", ")})
		}
	}
	return found
}

// documentable are the files that may hold the package comment: not tests, unless there is nothing else.
func documentable(dir *folder) []*file {
	var plain []*file
	for _, f := range dir.files {
		if !f.test {
			plain = append(plain, f)
		}
	}
	if plain == nil {
		return dir.files
	}
	return plain
}

func filesAreShort(tree []*folder) []complaint {
	var found []complaint
	for _, dir := range tree {
		for _, f := range dir.files {
			limit := maxLines
			if f.test {
				limit = maxTestLines
			}
			if f.lines > limit && !f.generated {
				what := fmt.Sprintf("%d lines, at most %d: a file is about one thing, so divide it by things", f.lines, limit)
				found = append(found, complaint{dir.at(f), what})
			}
		}
	}
	return found
}

func noInitFunctions(tree []*folder) []complaint {
	var found []complaint
	for _, dir := range tree {
		if !withinAny(dir.path, []string{"internal", "modules"}) {
			continue
		}
		for _, f := range dir.files {
			if f.generated {
				continue
			}
			for _, decl := range f.syntax.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
					what := "func init() acts behind the reader's back: internal/app lists the parts, variables have initialisers"
					found = append(found, complaint{dir.line(f, fn.Pos()), what})
				}
			}
		}
	}
	return found
}

var (
	note      = regexp.MustCompile(`\b(TODO|FIXME)\b`)
	ownedNote = regexp.MustCompile(`\b(TODO|FIXME)\([\pL\pN_.-]+\): \S`)
)

func notesHaveOwners(tree []*folder) []complaint {
	var found []complaint
	for _, dir := range tree {
		for _, f := range dir.files {
			for _, group := range f.syntax.Comments {
				for _, c := range group.List {
					if len(note.FindAllString(c.Text, -1)) > len(ownedNote.FindAllString(c.Text, -1)) {
						what := "unfinished work needs an owner and a reason, TODO(name): reason; or finish it"
						found = append(found, complaint{dir.line(f, c.Pos()), what})
					}
				}
			}
		}
	}
	return found
}

// processesAreWalked wants random walks of every process that a module declares.
func processesAreWalked(tree []*folder) []complaint {
	var found []complaint
	for _, dir := range tree {
		if !withinAny(dir.path, []string{"modules"}) {
			continue
		}
		declared, walked := "", false
		for _, f := range dir.files {
			ast.Inspect(f.syntax, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CompositeLit:
					if isOf(n.Type, "process", "Process") && !f.test {
						declared = dir.line(f, n.Pos())
					}
				case *ast.CallExpr:
					walked = walked || f.test && isOf(n.Fun, "proptest", "Check")
				}
				return true
			})
		}
		if declared != "" && !walked {
			found = append(found, complaint{declared, "a process that no test walks at random: call proptest.Check on it in a test beside it"})
		}
	}
	return found
}

// isOf tells whether an expression is a name of a package.
func isOf(e ast.Expr, from, name string) bool {
	s, is := e.(*ast.SelectorExpr)
	if !is {
		return false
	}
	in, is := s.X.(*ast.Ident)
	return is && in.Name == from && s.Sel.Name == name
}
