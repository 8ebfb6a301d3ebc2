package durability

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// writeAheadLog is what a database writes before it answers a commit.
type writeAheadLog interface {
	// holds tells whether a path is one of the log's files.
	holds(path string) bool
	// follows tells whether the log can be asked for the commit of the version that has a mark.
	follows(mark string) bool
	// wrote takes up a write to the log that has returned, and gives the marks whose commits are complete in it now.
	wrote(c *call) (marks []string, err error)
	// forget is told of a mark whose commit was not synced when it should have been: it must be written once more.
	forget(mark string)
}

// audit is what a trace tells of the answers of a server.
type audit struct {
	log     writeAheadLog
	written map[string]int // per file of the log, how many marks' commits are in it
	places  map[string]place
	synced  map[string]int  // per file, how many of them have been synced
	seen    map[string]bool // the marks that were answered
	groups  int             // syncs that made several writes durable
	faults  []string
}

// place is where a mark's commit is: it is the nth of a file.
type place struct {
	path string
	n    int
}

var markPattern = regexp.MustCompile(markShape)

// answers tells whether what is written begins an answer that must not come before its sync: one with a status of 200 to 299, or that
// there is nothing, which has a line in the trail, too.
func answers(data []byte) bool {
	return bytes.HasPrefix(data, []byte("HTTP/1.1 2")) || bytes.HasPrefix(data, []byte("HTTP/1.1 404"))
}

// examine holds of every answer to a write or a read ([answers]), and of every mark in it that the log follows:
//
//   - the commit of the version that has the mark, or of the line of the trail that tells of the read, had been written to the log,
//     which is to say that the calls that wrote it had returned,
//   - after that a sync of that file of the log was begun, and returned without an error, and none that failed had come
//     between,
//   - and only then was the write begun that gave the first bytes of the answer to the socket.
//
// That suffices, for a sync makes durable whatever was written to its file before it began, and a log that is durable up
// to the commit gives the version back. It is also what is needed: without the sync, or with one that was begun before
// the commit was written, the operating system may hold the commit in memory only.
func examine(moments []moment, log writeAheadLog) (*audit, error) {
	a := &audit{log: log, written: map[string]int{}, places: map[string]place{}, synced: map[string]int{}, seen: map[string]bool{}}
	for _, m := range moments {
		switch {
		case m.sync() && log.holds(m.path):
			a.sync(m)
		case m.done && log.holds(m.path):
			if err := a.write(m.call); err != nil {
				return nil, err
			}
		case !m.done && answers(m.data):
			a.answer(m.call)
		}
	}
	return a, nil
}

func (a *audit) write(c *call) error {
	if c.result != int64(len(c.data)) {
		return fmt.Errorf("a write to %s returned %d of %d: this audit does not know what is there", c.path, c.result, len(c.data))
	}
	marks, err := a.log.wrote(c)
	for _, m := range marks {
		a.written[c.path]++
		a.places[m] = place{c.path, a.written[c.path]}
	}
	return err
}

func (a *audit) sync(m moment) {
	if !m.done {
		m.covers = a.written[m.path]
		return
	}
	if m.result != 0 {
		a.failed(m.path)
	} else if m.covers > a.synced[m.path] {
		if m.covers-a.synced[m.path] > member {
			a.groups++
		}
		a.synced[m.path] = m.covers
	}
}

// failed takes up a sync that failed. The operating system may have dropped what it should have synced, and does not say so
// again: another sync does not help.
func (a *audit) failed(path string) {
	for mark, at := range a.places {
		if at.path == path && at.n > a.synced[path] {
			delete(a.places, mark)
			a.log.forget(mark)
		}
	}
}

func (a *audit) answer(c *call) {
	for _, found := range markPattern.FindAll(c.data, -1) {
		mark := string(found)
		if a.seen[mark] || !a.log.follows(mark) {
			continue
		}
		a.seen[mark] = true
		switch at, written := a.places[mark]; {
		case !written:
			a.faults = append(a.faults, mark+" was answered before its commit was in the log")
		case at.n > a.synced[at.path]:
			a.faults = append(a.faults, mark+" was answered before its commit was synced")
		}
	}
}

// clean holds that all that was answered has been seen, and nothing to complain of.
func (a *audit) clean(t *testing.T, answered []string) {
	t.Helper()
	for _, m := range answered {
		if a.log.follows(m) && !a.seen[m] {
			t.Errorf("the trace lacks the answer that has %s", m)
		}
	}
	if len(a.seen) < len(answered)/2 {
		t.Errorf("only %d of %d versions could be followed", len(a.seen), len(answered))
	}
	if len(a.faults) > 0 {
		t.Errorf("%d of %d answers came too early:\n%s", len(a.faults), len(a.seen), strings.Join(a.faults[:min(len(a.faults), 10)], "\n"))
	}
	if a.groups == 0 {
		t.Error("no sync was shared by several; the test shows too little")
	}
}

// complains holds that an audit finds fault with most of the answers.
func (a *audit) complains(t *testing.T, answered []string) {
	t.Helper()
	if len(answered) == 0 || len(a.faults) < len(answered)/2 {
		t.Errorf("only %d faults were found in %d answers that nothing was synced for", len(a.faults), len(answered))
	}
}

// spoiled holds that faults which are put into a trace are found: all of them, or some where the next sync may still be in
// time for an answer.
func spoiled(t *testing.T, moments []moment, fresh func() writeAheadLog) {
	t.Helper()
	log := fresh()
	isSync := func(m moment) bool { return m.sync() && log.holds(m.path) }
	with := func(change func(*call)) (list []moment) {
		changed := map[*call]*call{}
		for _, m := range moments {
			if isSync(m) {
				if changed[m.call] == nil {
					c := *m.call
					change(&c)
					changed[m.call] = &c
				}
				m.call = changed[m.call]
			}
			list = append(list, m)
		}
		return list
	}
	for name, spoilt := range map[string][]moment{
		"no syncs":                slices.DeleteFunc(slices.Clone(moments), isSync),
		"syncs that do not end":   slices.DeleteFunc(slices.Clone(moments), func(m moment) bool { return isSync(m) && m.done }),
		"syncs that fail":         with(func(c *call) { c.result = -1 }),
		"syncs of another file":   with(func(c *call) { c.path += ".other" }),
		"syncs begun before that": early(moments, isSync),
	} {
		a, err := examine(spoilt, fresh())
		if err != nil {
			t.Error(err)
			continue
		}
		least := len(a.seen)
		if name == "syncs begun before that" {
			least = 1
		}
		if len(a.faults) < least {
			t.Errorf("%s: %d faults were found in %d answers", name, len(a.faults), len(a.seen))
		}
	}
}

// early lets every sync begin as soon as the one before has ended, and so before what it was for had been written.
func early(moments []moment, isSync func(moment) bool) (list []moment) {
	var since []moment // the last sync ended
	for _, m := range moments {
		if isSync(m) {
			if m.done {
				list = append(list, since...)
				list = append(list, m)
			} else {
				list = append(list, m)
				list = append(list, since...)
			}
			since = nil
		} else {
			since = append(since, m)
		}
	}
	return append(list, since...)
}
