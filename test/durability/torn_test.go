package durability

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/store"
)

// fact is a version that was answered, and how long the log was then: the version lies before that.
type fact struct {
	name, mark string
	version    int64
	at         int64
}

// past is what was sent to a server before it was killed.
type past struct {
	mu     sync.Mutex
	names  map[string]bool
	groups [][]string // names of resources that one transaction made
	facts  []fact
}

// load writes from several clients, the given one first, until a number of writes have been answered. Then it calls cut,
// if there is one, which takes the server away under them. at tells how long the log is; it is asked behind each answer.
func (p *past) load(t *testing.T, s *server, first, answers int, at func() (int64, error), cut func() error) {
	t.Helper()
	var once sync.Once
	done := 0
	clients(8, func(client *http.Client, number, turn int) bool {
		w := draw(first+number, turn)
		p.send(w)
		status, etag, err := s.send(client, w)
		if err != nil || status >= 300 {
			return false // it is gone
		}
		end, err := at()
		if err != nil {
			return false
		}
		if p.answered(w, etag, end, &done) < answers {
			return true
		}
		once.Do(func() {
			if cut == nil {
				return
			}
			if err := cut(); err != nil {
				t.Error(err)
			}
		})
		return cut != nil
	})
	if done < answers {
		t.Fatalf("only %d writes were answered", done)
	}
}

func (p *past) send(w write) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.names == nil {
		p.names = map[string]bool{}
	}
	for _, n := range w.names {
		p.names[n] = true
	}
	if len(w.names) > 1 {
		p.groups = append(p.groups, w.names)
	}
}

func (p *past) answered(w write, etag string, at int64, done *int) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	version := int64(1) // all that a transaction makes here is new
	if len(w.names) == 1 {
		fmt.Sscanf(etag, `W/"%d"`, &version) //nolint:errcheck // 1 would soon fail the check
	}
	for i, n := range w.names {
		p.facts = append(p.facts, fact{n, w.marks[i], version, at})
	}
	*done++
	return *done
}

// points are places at which the log may have ended: where something was answered, the first first, and at random places
// behind that.
func (p *past) points(n int, end int64) (list []int64) {
	first := end
	for _, f := range p.facts {
		first = min(first, f.at)
	}
	list = append(list, first)
	for range n {
		list = append(list, p.facts[rand.IntN(len(p.facts))].at, first+rand.Int64N(end-first+1))
	}
	return list
}

// check holds a record, whose log is whole as far as a point, against what was sent: it has every version that was answered
// by then, and of each resource all versions before; of a transaction it has all or nothing. It counts the answered versions
// that are not there, which is no fault behind the point.
func (p *past) check(db store.DB, point int64) (lost int, err error) {
	have := map[string][]store.Past{}
	for name := range p.names {
		list, err := db.Versions(context.Background(), ref(name), math.MaxInt64, 1000)
		if err != nil {
			return 0, err
		}
		for i, v := range list {
			if want := int64(len(list) - i); v.Number != want {
				return 0, fmt.Errorf("%s has version %d where %d should be", name, v.Number, want)
			}
		}
		have[name] = list
	}
	for _, g := range p.groups {
		if there := slices.DeleteFunc(slices.Clone(g), func(n string) bool { return len(have[n]) == 0 }); len(there) != 0 && len(there) != len(g) {
			return 0, fmt.Errorf("of the transaction with %v there is only %v", g, there)
		}
	}
	for _, f := range p.facts {
		list := have[f.name]
		switch {
		case f.version > int64(len(list)) && f.at <= point:
			return 0, fmt.Errorf("version %d of %s was answered when the log had %d bytes; there are %d versions", f.version, f.name, f.at, len(list))
		case f.version > int64(len(list)):
			lost++
		case !bytes.Contains(list[int64(len(list))-f.version].Body.Bytes, []byte(f.mark)):
			return 0, fmt.Errorf("version %d of %s is not the one that was answered", f.version, f.name)
		}
	}
	return lost, nil
}

// goOn writes another version of a resource, and of one that is new, and reads them.
func goOn(db store.DB, names ...string) error {
	for _, name := range names {
		want := store.Want{Heads: []fhir.Ref{ref(name)}}
		err := db.Write(context.Background(), store.Work{Puts: 1, Want: want, Do: func(tx store.Tx, found store.Found) error {
			head := found.Heads[0]
			r, err := fhir.ParseResource([]byte(patient(ref(name).ID, "after", "")))
			if err != nil {
				return err
			}
			return tx.Put([]store.Change{{Previous: head.Updated, Version: store.Version{
				Rid: head.Rid, Ref: ref(name), Number: head.Number + 1, Method: store.Put, Author: "Device/test", Body: r.Body(ref(name).ID, nil),
			}}})
		}})
		if err != nil {
			return fmt.Errorf("writing does not go on: %w", err)
		}
		if v, err := db.Head(context.Background(), ref(name)); err != nil || !bytes.Contains(v.Body.Bytes, []byte("after")) {
			return fmt.Errorf("what was written after that is not there: %v", err)
		}
	}
	return nil
}

func ref(name string) fhir.Ref {
	kind, id, _ := strings.Cut(name, "/")
	t, _ := schema.TypeOf(kind)
	return fhir.Ref{Type: t, ID: id}
}

// damage does to a log, in place, what a power cut may do to bytes that have not been synced: those from an offset on. A
// block is what the database writes at a time; the first begins at base.
type damage func(log []byte, from, base, block int)

var damages = map[string]damage{
	"blank": func(log []byte, from, _, _ int) { clear(log[from:]) },
	"garbled": func(log []byte, from, _, _ int) {
		for i := range log[from:] {
			log[from+i] = byte(rand.Uint32())
		}
	},
	// The rest of the block did not reach the disk, those behind it did.
	"missing": func(log []byte, from, base, block int) {
		if next := behind(from, base, block); next < len(log) {
			clear(log[from:next])
		}
	},
	// The block behind that did not reach the disk, those behind it did.
	"missing later": func(log []byte, from, base, block int) {
		if next := behind(from, base, block); next+block <= len(log) {
			clear(log[next : next+block])
		}
	},
	"swapped": func(log []byte, from, base, block int) {
		next := behind(from, base, block)
		for ; next+2*block <= len(log); next += 2 * block {
			first := slices.Clone(log[next : next+block])
			copy(log[next:], log[next+block:next+2*block])
			copy(log[next+block:], first)
		}
	},
}

// behind is where the first block begins that lies behind an offset as a whole.
func behind(from, base, block int) int {
	return base + (max(from-base, 0)+block-1)/block*block
}
