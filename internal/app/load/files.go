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

// lineMost bounds a line of ndjson.
const lineMost = 16 << 20

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
	var done int64 // of a file that makes several units, the first counts for all
	return readBundle(f.path, content, func(u unit) error {
		u.bytes, done = f.size-done, f.size
		return each(u)
	})
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

// readLines makes units of the lines of an ndjson file.
func readLines(f file, text io.Reader, count *counter, each func(unit) error) error {
	lines := bufio.NewScanner(text)
	lines.Buffer(make([]byte, 64<<10), lineMost)
	var done int64
	c := newCutter(f.path, func(u unit) error {
		u.bytes, done = count.n-done, count.n
		return each(u)
	})
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 {
			continue
		}
		place := fmt.Sprintf("line %d", n)
		r, err := fhir.ParseResource(line)
		if err != nil {
			c.unit.bad = append(c.unit.bad, Failure{fmt.Sprintf("%s, %s", f.path, place), err})
			continue
		}
		if err := c.add(entryOf(place, r, "")); err != nil {
			return err
		}
	}
	if err := c.flush(); err != nil {
		return err
	}
	if err := lines.Err(); err != nil {
		return fault.New(fault.Malformed, "The file cannot be read to its end; a line may be longer than %d bytes.", lineMost).Because(err)
	}
	return nil
}
