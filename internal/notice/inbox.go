package notice

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// Entry is a notice as its person reads it.
type Entry struct {
	Told
	Read time.Time // zero for not yet
	For  string    // Patient/…, for whom the session acts that reads it; "" for the person
}

// Bounds of looking into an inbox.
const (
	PageMost  = 50  // entries of a page
	scanMost  = 200 // rows that are looked at for a page
	CountMost = 100 // unread notices that are counted
	readMost  = 200 // rows that are marked as read in one transaction
)

// Page is a part of an inbox.
type Page struct {
	Entries []Entry
	Next    string // where the next page begins; "" at the end
}

// Inbox is a page of an account's notices, newest first, as a session of its person sees them: what that may not see,
// and what was taken back, is left out, so that a page may be short and have a next. A session that acts for a resident
// has the box of that resident, any other the person's own. The session tells the trail what was read.
func (s *Service) Inbox(ctx context.Context, session *gate.Session, account string, unread bool, before string, most int) (p Page, err error) {
	most = min(max(most, 1), PageMost)
	in, err := s.box(ctx, session, account)
	if err != nil {
		return p, err
	}
	rows, err := s.rows(ctx, in, unread, before, scanMost)
	if err != nil {
		return p, err
	}
	for i, r := range rows {
		if len(p.Entries) == most {
			p.Next = rows[i-1].Item.ID
			return p, nil
		}
		e, seen, err := s.entry(ctx, session, r.Thing)
		if err != nil {
			return p, err
		}
		if seen {
			p.Entries = append(p.Entries, e)
		}
	}
	if len(rows) == scanMost {
		p.Next = rows[len(rows)-1].Item.ID
	}
	return p, nil
}

// box is the one that a session of an account's person has.
func (s *Service) box(ctx context.Context, session *gate.Session, account string) (box, error) {
	a := session.Actor()
	return s.boxOf(ctx, account, a.Role, a.Resident)
}

// rows are those of a box, newest first, from behind one: those that are unread, or all.
func (s *Service) rows(ctx context.Context, in box, unread bool, behind string, most int) (rows []kept[row], err error) {
	owners := []string{in.unread(), in.read()}
	if unread {
		owners = owners[:1]
	}
	for _, owner := range owners {
		items, err := s.db.Owned(ctx, kindInbox, owner, behind, most)
		if err != nil {
			return nil, err
		}
		for _, i := range items {
			k, err := get[row](i, nil)
			if err != nil {
				return nil, err
			}
			rows = append(rows, k)
		}
	}
	slices.SortFunc(rows, func(a, b kept[row]) int { return strings.Compare(a.Item.ID, b.Item.ID) })
	// One that was read between the two looks may stand in both.
	rows = slices.CompactFunc(rows, func(a, b kept[row]) bool { return a.Item.ID == b.Item.ID })
	return rows[:min(len(rows), most)], nil
}

// entry is a row as a session sees it; seen is false for what it does not, and for what was taken back. A session that acts for a
// resident must see what the notice tells of, too.
func (s *Service) entry(ctx context.Context, session *gate.Session, r row) (e Entry, seen bool, err error) {
	v, err := session.Read(ctx, fhir.Ref{Type: typeCommunication, ID: r.Notice})
	if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone || c == fault.Forbidden {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	c, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return e, false, fault.Wrap(err, "reading a notice")
	}
	told, is := s.config.Kinds.Read(c)
	told.ID = r.Notice
	e = Entry{Told: told, Read: r.Read}
	if a := session.Actor(); is && a.Role == gate.Proxy {
		e.For = a.Resident.String()
		if is, err = Seen(ctx, session, told.seen()[1:]); err != nil {
			return e, false, err
		}
	}
	return e, is && told.Holds, nil
}

// Seen tells whether a session would be shown all of some resources, without giving anything out.
func Seen(ctx context.Context, session *gate.Session, all []fhir.Ref) (bool, error) {
	for _, ref := range all {
		_, err := session.Unseen().Read(ctx, ref)
		if c := fault.CodeOf(err); c == fault.NotFound || c == fault.Gone || c == fault.Forbidden {
			return false, nil
		}
		if err != nil {
			return false, err
		}
	}
	return true, nil
}

// One is a notice of an account's inbox, as a session of its person sees it. The error is NotFound where there is none
// to be seen.
func (s *Service) One(ctx context.Context, session *gate.Session, account, id string) (Entry, error) {
	in, err := s.box(ctx, session, account)
	if err != nil {
		return Entry{}, err
	}
	k, err := rowOf(ctx, s.db, in, id)
	if err != nil {
		return Entry{}, err
	}
	e, seen, err := s.entry(ctx, session, k.Thing)
	if err == nil && !seen {
		err = noNotice()
	}
	return e, err
}

func noNotice() error { return fault.New(fault.NotFound, "There is no such notice for you.") }

// rowOf is the row of a notice in a box; the error is NotFound where there is none.
func rowOf(ctx context.Context, r store.RegisterReader, in box, id string) (kept[row], error) {
	k, err := get[row](r.Named(ctx, kindInbox, in.name(id)))
	if err == nil && !k.Item.Exists() {
		err = noNotice()
	}
	return k, err
}

// Count is how many unread notices a session of an account's person sees, as far as [CountMost]; more tells whether
// there may be others.
func (s *Service) Count(ctx context.Context, session *gate.Session, account string) (n int, more bool, err error) {
	in, err := s.box(ctx, session, account)
	if err != nil {
		return 0, false, err
	}
	rows, err := s.rows(ctx, in, true, "", CountMost)
	if err != nil {
		return 0, false, err
	}
	unseen := session.Unseen() // a number tells nobody anything about a resident
	for _, r := range rows {
		_, seen, err := s.entry(ctx, unseen, r.Thing)
		if err != nil {
			return 0, false, err
		}
		if seen {
			n++
		}
	}
	return n, len(rows) == CountMost, nil
}

// MarkRead marks a notice of an account as read, in the box that a session of its person has; one that is read stays as it
// is. The error is NotFound where there is none.
func (s *Service) MarkRead(ctx context.Context, session *gate.Session, account, id string) error {
	in, err := s.box(ctx, session, account)
	if err != nil {
		return err
	}
	for range changeMost {
		done := false
		err := s.writing(ctx, func(tx store.Tx) error {
			k, err := rowOf(ctx, tx, in, id)
			if done = err == nil && !k.Thing.Read.IsZero(); done || err != nil {
				return err
			}
			done, err = s.mark(tx, k, in)
			return err
		})
		if err != nil || done {
			return err
		}
	}
	return errQuicker
}

// mark enters a row as read; it tells false where somebody was quicker.
func (s *Service) mark(tx store.Tx, k kept[row], in box) (bool, error) {
	k.Thing.Read = s.now()
	k.Item.Owner = in.read()
	return put(tx, k.Item, k.Thing, k.Item.Until)
}

// MarkAllRead marks all that an account has not read by now, in the box that a session of its person has.
func (s *Service) MarkAllRead(ctx context.Context, session *gate.Session, account string) error {
	in, err := s.box(ctx, session, account)
	if err != nil {
		return err
	}
	behind := ""
	for {
		rows, err := s.rows(ctx, in, true, behind, readMost)
		if err != nil || len(rows) == 0 {
			return err
		}
		err = s.writing(ctx, func(tx store.Tx) error {
			for _, r := range rows {
				if _, err := s.mark(tx, r, in); err != nil { // false: somebody else has just marked it
					return err
				}
			}
			return nil
		})
		if err != nil || len(rows) < readMost {
			return err
		}
		behind = rows[len(rows)-1].Item.ID
	}
}
