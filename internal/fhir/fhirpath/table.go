package fhirpath

// table is a hash table of places on the stack, at most half full, in which one hash may have several places.
type table struct {
	slots []slot // a power of two of them
	used  int
}

// slot is free while taken is false.
type slot struct {
	hash  uint64
	place int
	taken bool
}

// leastSlots is how many slots a new table has.
const leastSlots = 64

// newTable gives a table for about so many places, one that was used before if there is one.
func (m *machine) newTable(size int) *table {
	var t *table
	if n := len(m.tables); n > 0 {
		t, m.tables = m.tables[n-1], m.tables[:n-1]
	} else {
		t = &table{slots: make([]slot, leastSlots)}
	}
	for len(t.slots) < 2*min(size, keptItems) {
		t.slots = make([]slot, 2*len(t.slots))
	}
	return t
}

// release gives the table of a set back.
func (m *machine) release(s *set) {
	if t := s.hashed; t != nil && len(t.slots) <= keptItems {
		clear(t.slots)
		t.used = 0
		m.tables = append(m.tables, t)
	}
	s.hashed = nil
}

// put notes the place of an item with a hash.
func (t *table) put(hash uint64, place int) {
	if t.used++; 2*t.used > len(t.slots) {
		old := t.slots
		t.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.taken {
				t.place(s)
			}
		}
	}
	t.place(slot{hash, place, true})
}

func (t *table) place(s slot) {
	mask := uint64(len(t.slots) - 1)
	at := s.hash & mask
	for t.slots[at].taken {
		at = (at + 1) & mask
	}
	t.slots[at] = s
}

// find gives the next slot with a hash from a place on, -1 when there is none.
func (t *table) find(hash, from uint64) int {
	mask := uint64(len(t.slots) - 1)
	for at := from & mask; t.slots[at].taken; at = (at + 1) & mask {
		if t.slots[at].hash == hash {
			return int(at)
		}
	}
	return -1
}
