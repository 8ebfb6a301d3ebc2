package load

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// Limits of what is read from files.
const (
	chunkEntries = 500      // resources of ndjson that make one transaction
	chunkBytes   = 4 << 20  // and their size
	lineMost     = 16 << 20 // one line of ndjson
)

// file is one input.
type file struct {
	path string
	size int64
}

// find lists the files that the paths name, folders with all that is in them, by name.
func find(paths []string) (files []file, err error) {
	for _, path := range paths {
		err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || p != path && kind(p) == "" {
				return err
			}
			info, err := d.Info()
			if err == nil && info.Mode().IsDir() {
				return nil
			}
			if err == nil {
				files = append(files, file{p, info.Size()})
			}
			return err
		})
		if err != nil {
			return nil, fault.New(fault.NotFound, "%s cannot be read.", path).Because(err)
		}
	}
	if len(files) == 0 {
		return nil, fault.New(fault.NotFound, "There are no .json or .ndjson files, plain or as .gz or .bz2, in %s.", strings.Join(paths, ", "))
	}
	return files, nil
}

// kind is json or ndjson by a file's name, "" for neither.
func kind(path string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(path), ".gz"), ".bz2")
	switch filepath.Ext(name) {
	case ".json":
		return "json"
	case ".ndjson", ".jsonl":
		return "ndjson"
	}
	return ""
}

// unit is what is sent at once: a Bundle, and where in the input its entries stand.
type unit struct {
	file   string
	bundle []byte
	lines  []int     // of ndjson, the line of each entry; nil for a bundle of its own
	bad    []Failure // lines that are no resources
	bytes  int64     // of the file that end with this unit, for the progress
}

// place names an entry to a person.
func (u unit) place(entry int) string {
	if entry < 0 {
		return u.file
	}
	if u.lines != nil {
		return fmt.Sprintf("%s, line %d", u.file, u.lines[entry])
	}
	return fmt.Sprintf("%s, entry %d", u.file, entry)
}

// counter counts the bytes that are read of a file.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// read cuts a file into units.
func read(f file, each func(unit) error) error {
	in, err := os.Open(f.path)
	if err != nil {
		return fault.New(fault.NotFound, "The file cannot be opened.").Because(err)
	}
	defer in.Close()
	count := &counter{Reader: in}
	text, err := unpack(f.path, count)
	if err != nil {
		return err
	}
	if kind(f.path) == "ndjson" {
		return readLines(f, text, count, each)
	}
	content, err := io.ReadAll(io.LimitReader(text, fhir.MaxBytes+1))
	if err != nil {
		return fault.New(fault.Malformed, "The file cannot be read to its end.").Because(err)
	}
	bundle, err := asBundle(content)
	if err != nil {
		return err
	}
	return each(unit{file: f.path, bundle: bundle, bytes: f.size})
}

func unpack(path string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".gz":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fault.New(fault.Malformed, "The file is not gzip, though its name says so.").Because(err)
		}
		return z, nil
	case ".bz2":
		return bzip2.NewReader(in), nil
	}
	return in, nil
}

// readLines makes transactions of the lines of an ndjson file.
func readLines(f file, text io.Reader, count *counter, each func(unit) error) error {
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 64<<10), lineMost)
	c := chunk{file: f.path}
	var done int64
	send := func() error {
		if len(c.lines)+len(c.bad) == 0 {
			return nil
		}
		u := c.unit()
		u.bytes, done = count.n-done, count.n
		c = chunk{file: f.path}
		return each(u)
	}
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		c.add(n, line)
		if len(c.lines) == chunkEntries || c.buf.Len() > chunkBytes {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		if stopped := send(); stopped != nil {
			return stopped
		}
		return fault.New(fault.Malformed, "The file cannot be read to its end; a line may be longer than %d bytes.", lineMost).Because(err)
	}
	return send()
}
