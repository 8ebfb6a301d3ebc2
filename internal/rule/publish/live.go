package publish

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"iter"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rule"
	"yitong/internal/store"
)

// every is how often it is asked whether something was published: another server may have done it.
const every = 2 * time.Second

// Live is a book that follows what is published. Lookups take no lock: the book is changed for another one as a whole.
type Live struct {
	desk    *Desk
	session *gate.Session
	follow  sync.Mutex
	newest  store.Mark // of the last change to a Library
	current atomic.Pointer[rule.Book]
}

// NewLive makes the book of what is published now. The session is one that reads everything.
func NewLive(ctx context.Context, d *Desk, s *gate.Session) (*Live, error) {
	l := &Live{desk: d, session: s}
	first, err := rule.NewBook(d.zone, d.tables)
	if err != nil {
		return nil, err
	}
	l.current.Store(first)
	if err := l.Follow(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

// Book is the newest book.
func (l *Live) Book() *rule.Book { return l.current.Load() }

// Follow makes a new book if a Library has changed: behind it the book has all that was published before. While the record cannot be
// read the book stays as it is.
func (l *Live) Follow(ctx context.Context) error {
	l.follow.Lock()
	defer l.follow.Unlock()
	page, err := l.session.History(ctx, gate.History{Type: typeLibrary, Count: 1})
	if err != nil {
		return err
	}
	var now store.Mark
	for _, v := range page.Versions {
		now = store.Mark{Updated: v.Updated, Rid: v.Rid, Number: v.Number}
	}
	if now == l.newest {
		return nil
	}
	b, err := l.desk.Book(ctx, l.session)
	if err != nil {
		return err
	}
	l.current.Store(b)
	l.newest = now
	return nil
}

// Run follows until ctx ends. failed is told when the record cannot be read, and once of each book which versions in it
// cannot be ([rule.Book.Broken]).
func (l *Live) Run(ctx context.Context, failed func(error)) {
	for told := (*rule.Book)(nil); ; {
		began := time.Now()
		if err := l.Follow(ctx); err != nil && ctx.Err() == nil {
			failed(err)
		}
		if b := l.Book(); b != told {
			told = b
			for _, err := range b.Broken() {
				failed(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(max(every, 10*time.Since(began))): // however often Libraries change
		}
	}
}

// errEnough ends a scan.
var errEnough = errors.New("enough")

// Cases are what has been decided by rules, as the resources that the session may see record it. failed tells behind
// them what broke them off. All resources are looked at.
func Cases(ctx context.Context, s *gate.Session) (cases iter.Seq[rule.Case], failed func() error) {
	var err error
	cases = func(yield func(rule.Case) bool) {
		err = s.Scan(ctx, func(v store.Version) error {
			if !bytes.Contains(v.Body.Bytes, []byte(rule.UsedURL)) {
				return nil
			}
			r, err := fhir.ParseResource(v.Body.Bytes)
			if err != nil {
				return fault.Wrap(err, "reading a stored resource")
			}
			for u := range rule.Uses(r.Root) {
				if !yield(rule.Case{Subject: v.Ref.String(), Use: u}) {
					return errEnough
				}
			}
			return nil
		})
	}
	return cases, func() error {
		if errors.Is(err, errEnough) {
			return nil
		}
		return err
	}
}

// compare puts versions in the order of tables and of publishing, drafts last.
func compare(a, b Document) int {
	waits := func(d Document) int {
		if d.State == StateDraft {
			return 1
		}
		return 0
	}
	return cmp.Or(strings.Compare(a.Table, b.Table), waits(a)-waits(b), a.Published.Compare(b.Published),
		strings.Compare(a.Name, b.Name))
}
