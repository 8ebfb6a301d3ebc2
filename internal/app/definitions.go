package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/profiles"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Validator is the validator by the definitions of R4 and of the platform.
func Validator() *validate.Validator {
	return validate.New(structure.R4().With(profiles.Definition), terminology.R4().With(profiles.Terms))
}

// definitionTypes are the types whose resources tell how others are to be.
var definitionTypes = []string{"StructureDefinition", "ValueSet", "CodeSystem"}

// Limits of the definitions of a record; those beyond are not used for validation.
const (
	definitionsMost = 15_000
	definitionBytes = 256 << 20
)

// definitionsEvery is how often it is asked whether definitions have changed: another server may have changed them.
const definitionsEvery = 2 * time.Second

// definitions keeps the validator in step with the profiles, value sets and code systems of the record.
type definitions struct {
	session *gate.Session
	newest  map[string]store.Mark // the last change, by type
	current atomic.Pointer[validate.Validator]
}

func newDefinitions() *definitions {
	d := &definitions{newest: map[string]store.Mark{}}
	d.current.Store(Validator())
	return d
}

// run looks for changes until ctx ends.
func (d *definitions) run(ctx context.Context, failed func(error)) {
	for {
		began := time.Now()
		if err := d.follow(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(definitionsEvery, 10*time.Since(began))): // however often they change
		}
	}
}

// follow makes a new validator if a definition has changed.
func (d *definitions) follow(ctx context.Context) error {
	changed := false
	now := map[string]store.Mark{}
	for _, name := range definitionTypes {
		t, _ := schema.TypeOf(name)
		page, err := d.session.History(ctx, gate.History{Type: t, Count: 1})
		if err != nil {
			return err
		}
		for _, v := range page.Versions {
			now[name] = store.Mark{Updated: v.Updated, Rid: v.Rid, Number: v.Number}
		}
		changed = changed || now[name] != d.newest[name]
	}
	if !changed {
		return nil
	}
	found, err := d.load(ctx)
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	kept := func(canonical string) (fhir.Node, bool) { n, ok := found[canonical]; return n, ok }
	d.current.Store(validate.New(structure.R4().With(profiles.Definition).With(kept), terminology.R4().With(profiles.Terms).With(kept)))
	d.newest = now
	return err
}

var errEnough = errors.New("there are more definitions in the record than can be used")

// load reads the definitions of the record, by their canonicals with and without version. Of several with one url the one
// that was changed last counts.
func (d *definitions) load(ctx context.Context) (map[string]fhir.Node, error) {
	found := map[string]fhir.Node{}
	n, size := 0, 0
	for _, name := range definitionTypes {
		t, _ := schema.TypeOf(name)
		asked, err := d.session.Request([]schema.Type{t}, gate.Pairs("_sort=-_lastUpdated&_count=500"), gate.Wishes{})
		if err != nil {
			return nil, err
		}
		for cursor := ""; ; {
			page, err := d.session.Search(ctx, asked, name, cursor)
			if err != nil {
				return nil, err
			}
			for _, v := range page.Matches {
				n++
				if size += len(v.Body.Bytes); size > definitionBytes || n > definitionsMost {
					return found, errEnough
				}
				r, err := fhir.ParseResource(v.Body.Bytes)
				if err != nil {
					return nil, fault.Wrap(err, "reading a definition of the record")
				}
				add(found, r.Root)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
	}
	return found, nil
}

func add(found map[string]fhir.Node, n fhir.Node) {
	url, version := n.Get("url").Str(), n.Get("version").Str()
	if url == "" {
		return
	}
	for _, name := range []string{url, url + "|" + version} {
		if _, newer := found[name]; !newer {
			found[name] = n
		}
	}
}
