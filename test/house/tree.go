package house

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// folder is a folder of Go files, whatever their build constraints.
type folder struct {
	path  string // below the module's root, with slashes: "internal/gate"
	files []*file
}

type file struct {
	name      string
	syntax    *ast.File
	set       *token.FileSet
	lines     int
	test      bool
	generated bool
}

func (f *folder) at(file *file) string { return path.Join(f.path, file.name) }

// line is the place of a node, as editors understand it.
func (f *folder) line(file *file, pos token.Pos) string {
	p := file.set.Position(pos)
	return f.at(file) + ":" + strconv.Itoa(p.Line)
}

func parseFile(name string, text []byte) (*file, error) {
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	return &file{
		name:      path.Base(name),
		syntax:    syntax,
		set:       set,
		lines:     bytes.Count(text, []byte("\n")),
		test:      strings.HasSuffix(name, "_test.go"),
		generated: ast.IsGenerated(syntax),
	}, nil
}

// readTree parses every Go file of the module at root. Like the go command it leaves out testdata, hidden folders and
// nested modules, and besides that node_modules.
func readTree(root string) ([]*folder, error) {
	byPath := map[string]*folder{}
	var order []*folder
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != root && skipped(name) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		parsed, err := parseFile(name, text)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		dir = filepath.ToSlash(dir)
		if byPath[dir] == nil {
			byPath[dir] = &folder{path: dir}
			order = append(order, byPath[dir])
		}
		byPath[dir].files = append(byPath[dir].files, parsed)
		return nil
	})
	return order, err
}

func skipped(dir string) bool {
	base := filepath.Base(dir)
	if base == "testdata" || base == "node_modules" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return true
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return !errors.Is(err, fs.ErrNotExist)
}
