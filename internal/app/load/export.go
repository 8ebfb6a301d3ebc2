package load

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

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
//
// The trail has a line before the first byte is written, so that whoever stops the export in between has not taken anything
// unseen, and another, with how many resources there are, before the files get their names. What a run that was killed has left is
// removed by the next one; the error is Conflict while another is at work in the folder.
func Export(ctx context.Context, s *gate.Session, dir string, replace bool) (map[string]int, error) {
	e, err := newFolder(dir, replace)
	if err != nil {
		return nil, err
	}
	defer e.discard()
	if err := s.Leave(ctx, nil); err != nil {
		return nil, err
	}
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

// newFolder makes a folder ready, for one export at a time.
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
	lock, err := alone(dir)
	if err != nil {
		return nil, err
	}
	if err := sweep(dir); err != nil {
		lock.Close()
		return nil, err
	}
	return &folder{dir: dir, lock: lock, earlier: earlier, files: map[schema.Type]*output{}, counts: map[string]int{}}, nil
}

// alone keeps other exports out of a folder until the file is closed, or the process ends. Where the folder's file system knows no
// locks, it does not.
func alone(dir string) (*os.File, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, fault.New(fault.NotFound, "The folder %s cannot be read.", dir).Because(err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return nil, fault.New(fault.Conflict, "Another export is being written into %s. Wait for it, or take another folder.", dir)
	}
	return f, nil
}

// unnamed are the files that an export is written to before they get their names.
const unnamed = ".export-"

var leftover = regexp.MustCompile(`^` + regexp.QuoteMeta(unnamed) + `\d+$`)

// sweep removes what runs have left that were killed. It holds people's data.
func sweep(dir string) error {
	all, err := os.ReadDir(dir)
	if err != nil {
		return fault.New(fault.NotFound, "The folder %s cannot be read.", dir).Because(err)
	}
	for _, f := range all {
		if !f.Type().IsRegular() || !leftover.MatchString(f.Name()) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return fault.New(fault.Unavailable, "%s of an export that was broken off cannot be removed from %s.", f.Name(), dir).Because(err)
		}
	}
	return nil
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
	lock    *os.File
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
		f, err := os.CreateTemp(e.dir, unnamed+"*")
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
	_ = e.lock.Close()
}

func unwritable(err error) error {
	if err == nil {
		return nil
	}
	return fault.New(fault.Unavailable, "The export cannot be written. Is the disk full?").Because(err)
}
