package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Export writes all resources that a session may see as ndjson into a folder, one file a type, as one snapshot shows
// them. The files get their names only when all are whole. A folder that holds .ndjson files already is refused as a
// Conflict, because what is left of an earlier export would look like part of this one; with replace, the files of R4
// types are replaced, and those of types that this export has none of are removed when it is in place. It returns how
// many resources each type has.
func Export(ctx context.Context, s *gate.Session, dir string, replace bool) (map[string]int, error) {
	e, err := newFolder(dir, replace)
	if err != nil {
		return nil, err
	}
	defer e.discard()
	if err := s.Scan(ctx, e.add); err != nil {
		return nil, err
	}
	if err := e.sync(); err != nil {
		return nil, err
	}
	if err := s.Leave(ctx, nil); err != nil {
		return nil, err
	}
	return e.counts, e.finish()
}

// newFolder makes a folder ready.
func newFolder(dir string, replace bool) (*folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.NotFound, "The folder %s cannot be made.", dir).Because(err)
	}
	earlier, err := exported(dir)
	if err != nil {
		return nil, err
	}
	if len(earlier) > 0 && !replace {
		return nil, fault.New(fault.Conflict, "The folder %s holds %s already, which may be of an earlier export. Take another folder, or replace the earlier export with --replace.", dir, earlier[0])
	}
	return &folder{dir: dir, earlier: earlier, files: map[schema.Type]*output{}, counts: map[string]int{}}, nil
}

// exported lists the .ndjson files of a folder.
func exported(dir string) (names []string, err error) {
	all, err := os.ReadDir(dir)
	if err != nil {
		return nil, fault.New(fault.NotFound, "The folder %s cannot be read.", dir).Because(err)
	}
	for _, f := range all {
		if strings.EqualFold(filepath.Ext(f.Name()), suffix) {
			names = append(names, f.Name())
		}
	}
	return names, nil
}

const suffix = ".ndjson"

// folder is an export that is being written.
type folder struct {
	dir     string
	earlier []string // files that were there before
	files   map[schema.Type]*output
	counts  map[string]int
	line    bytes.Buffer
}

type output struct {
	*os.File
	w *bufio.Writer
}

func (e *folder) add(v store.Version) error {
	e.line.Reset()
	if err := json.Compact(&e.line, v.Resource()); err != nil { // a line of ndjson holds no line feed
		return fault.Wrap(err, "exporting "+v.Ref.String())
	}
	e.line.WriteByte('\n')
	return e.write(v.Ref.Type, e.line.Bytes())
}

// write adds lines to the file of a type.
func (e *folder) write(t schema.Type, lines []byte) error {
	out := e.files[t]
	if out == nil {
		f, err := os.CreateTemp(e.dir, ".export-*")
		if err != nil {
			return unwritable(err)
		}
		out = &output{f, bufio.NewWriterSize(f, 256<<10)}
		e.files[t] = out
	}
	e.counts[t.String()] += bytes.Count(lines, []byte{'\n'})
	_, err := out.w.Write(lines)
	return unwritable(err)
}

// sync brings all that was written to the disk.
func (e *folder) sync() error {
	for _, out := range e.files {
		err := out.w.Flush()
		if err == nil {
			err = out.Sync()
		}
		if err != nil {
			return unwritable(err)
		}
	}
	return nil
}

// finish gives the files their names.
func (e *folder) finish() error {
	for t, out := range e.files {
		if err := os.Rename(out.Name(), filepath.Join(e.dir, t.String()+suffix)); err != nil {
			return unwritable(err)
		}
	}
	return e.clear()
}

// clear removes what an earlier export has left of types that this one has none of.
func (e *folder) clear() error {
	for _, name := range e.earlier {
		of, ours := strings.CutSuffix(name, suffix)
		t, known := schema.TypeOf(of)
		if !ours || !known || e.files[t] != nil {
			continue
		}
		if err := os.Remove(filepath.Join(e.dir, name)); err != nil {
			return fault.New(fault.Unavailable, "The export is whole, but %s of an earlier export cannot be removed.", name).Because(err)
		}
	}
	return nil
}

// discard closes the files and takes away those that have no name yet.
func (e *folder) discard() {
	for _, out := range e.files {
		_ = out.Close()
		_ = os.Remove(out.Name())
	}
}

func unwritable(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "The export cannot be written. Is the disk full?").Because(err)
}
