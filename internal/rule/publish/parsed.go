package publish

import (
	"bytes"
	"maps"
	"sync"

	"yitong/internal/rule"
	"yitong/internal/store"
)

// parsed keeps versions of rules as they were read, by their Libraries. Nobody changes what is in it.
type parsed struct {
	lock sync.Mutex
	kept map[string]keeping
}

type keeping struct {
	body     []byte // of which it was read: not everybody need be shown the same
	document Document
}

// read is the version of a Library; it is parsed unless it was read before just as it is.
func (p *parsed) read(v store.Version, tables func(string) *rule.Table) (Document, error) {
	p.lock.Lock()
	k, is := p.kept[v.Ref.ID]
	p.lock.Unlock()
	if is && k.document.number == v.Number && bytes.Equal(k.body, v.Body.Bytes) {
		return k.document, nil
	}
	one, err := read(v.Resource(), v.Number, tables)
	if err != nil {
		return one, err
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.kept == nil {
		p.kept = map[string]keeping{}
	}
	p.kept[v.Ref.ID] = keeping{v.Body.Bytes, one}
	return one, nil
}

// only forgets what is not among all.
func (p *parsed) only(all []Document) {
	p.lock.Lock()
	defer p.lock.Unlock()
	there := make(map[string]bool, len(all))
	for _, d := range all {
		there[d.ID] = true
	}
	maps.DeleteFunc(p.kept, func(id string, _ keeping) bool { return !there[id] })
}
