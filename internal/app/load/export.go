package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Export writes all resources that a session may see as ndjson into a folder, one file a type, as one snapshot shows
// them. The files get their names only when all are whole; files of the same names are replaced. It returns how many
// resources each type has.
func Export(ctx context.Context, s *gate.Session, dir string) (map[string]int, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.New(fault.NotFound, "The folder %s cannot be made.", dir).Because(err)
	}
	e := &export{dir: dir, files: map[schema.Type]*output{}, counts: map[string]int{}}
	defer e.discard()
	if err := s.Scan(ctx, e.add); err != nil {
		return nil, err
	}
	return e.counts, e.finish()
}

type export struct {
	dir    string
	files  map[schema.Type]*output
	counts map[string]int
	line   bytes.Buffer
}

type output struct {
	*os.File
	w *bufio.Writer
}

func (e *export) add(v store.Version) error {
	out := e.files[v.Ref.Type]
	if out == nil {
		f, err := os.CreateTemp(e.dir, ".export-*")
		if err != nil {
			return unwritable(err)
		}
		out = &output{f, bufio.NewWriterSize(f, 256<<10)}
		e.files[v.Ref.Type] = out
	}
	e.line.Reset()
	if err := json.Compact(&e.line, v.Resource()); err != nil { // a line of ndjson holds no line feed
		return fault.Wrap(err, "exporting "+v.Ref.String())
	}
	e.line.WriteByte('\n')
	e.counts[v.Ref.Type.String()]++
	_, err := out.w.Write(e.line.Bytes())
	return unwritable(err)
}

func (e *export) finish() error {
	for _, out := range e.files {
		err := out.w.Flush()
		if err == nil {
			err = out.Sync()
		}
		if err != nil {
			return unwritable(err)
		}
	}
	for t, out := range e.files {
		if err := os.Rename(out.Name(), filepath.Join(e.dir, t.String()+".ndjson")); err != nil {
			return unwritable(err)
		}
	}
	return nil
}

// discard closes the files and takes away those that have no name yet.
func (e *export) discard() {
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
