package bench

import (
	"bufio"
	"compress/gzip"
	"context"
	"io"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// regionYears is how far the records of the synthetic region go back: with two years a resident has as many resources as benchmarks were
// always made with, and of the same kinds.
const regionYears = 2

// texts are the transaction Bundles of the data: the files of a folder, or the synthetic region.
func texts(o Options) iter.Seq2[[]byte, error] {
	if o.Data == "" {
		return region.Make(region.Options{Residents: o.Residents, Years: regionYears, Today: region.Day})
	}
	return func(yield func([]byte, error) bool) {
		found := false
		err := filepath.WalkDir(o.Data, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".json.gz") {
				return err
			}
			found = true
			text, err := unpack(path)
			if err == nil && !yield(text, nil) {
				return filepath.SkipAll
			}
			return err
		})
		if err == nil && !found {
			err = fault.New(fault.NotFound, "There are no .json.gz files in %s.", o.Data)
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func unpack(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// resources are those of the data, one by one. References by temporary names are made to name the resources that they
// mean, so that each can be stored by itself.
func resources(o Options) iter.Seq2[fhir.Resource, error] {
	return func(yield func(fhir.Resource, error) bool) {
		for text, err := range texts(o) {
			var root fhir.Node
			if err == nil {
				root, err = named(text)
			}
			if err != nil {
				yield(fhir.Resource{}, err)
				return
			}
			for e := root.Get("entry").First(); e.Exists(); e = e.Next() {
				if r, err := fhir.ReadResource(e.Get("resource")); !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

// named reads a Bundle and puts names of the form Type/id in the place of temporary ones.
func named(bundle []byte) (fhir.Node, error) {
	tree, err := fhir.Parse(bundle)
	if err != nil {
		return fhir.Node{}, err
	}
	var names []string
	for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
		if temporary := e.Get("fullUrl").Str(); strings.HasPrefix(temporary, "urn:uuid:") {
			r := e.Get("resource")
			names = append(names, `"`+temporary+`"`, `"`+r.Get("resourceType").Str()+"/"+r.Get("id").Str()+`"`)
		}
	}
	if names == nil {
		return tree.Root(), nil
	}
	tree, err = fhir.Parse([]byte(strings.NewReplacer(names...).Replace(string(bundle))))
	if err != nil {
		return fhir.Node{}, err
	}
	return tree.Root(), nil
}

// corpus is the data in a file, so that a million resources need no memory, and an order in which they are to be stored
// that says nothing of what belongs together.
type corpus struct {
	file  *os.File
	at    []int64 // where each resource begins, and the end of the last
	order []int32
	*facts
}

// newCorpus writes the data into a file of a folder and learns what can be asked about it.
func newCorpus(ctx context.Context, o Options, dir string) (*corpus, error) {
	file, err := os.Create(filepath.Join(dir, "corpus"))
	if err != nil {
		return nil, err
	}
	c := &corpus{file: file, at: []int64{0}, facts: newFacts()}
	out := bufio.NewWriterSize(file, 1<<20)
	for r, err := range resources(o) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		text := r.Root.Raw()
		if _, err := out.Write(text); err != nil {
			return nil, err
		}
		c.order = append(c.order, int32(len(c.order)))
		c.at = append(c.at, c.at[len(c.at)-1]+int64(len(text)))
		c.learn(r)
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(c.order), func(i, j int) { c.order[i], c.order[j] = c.order[j], c.order[i] })
	return c, out.Flush()
}

func (c *corpus) size() int { return len(c.order) }

func (c *corpus) bytes() int64 { return c.at[len(c.at)-1] }

// bundle is a transaction that stores some resources of the shuffled order, each under its own name.
func (c *corpus) bundle(from, to int) ([]byte, error) {
	out := []byte(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	for n, i := range c.order[from:to] {
		text := make([]byte, c.at[i+1]-c.at[i])
		if _, err := c.file.ReadAt(text, c.at[i]); err != nil {
			return nil, err
		}
		r, err := fhir.ParseResource(text)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			out = append(out, ',')
		}
		out = append(append(out, `{"resource":`...), text...)
		out = append(out, `,"request":{"method":"PUT","url":"`+r.Type.String()+"/"+r.ID+`"}}`...)
	}
	return append(out, "]}"...), nil
}
