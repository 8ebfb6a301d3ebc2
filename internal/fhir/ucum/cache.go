package ucum

import (
	"strings"
	"sync"
	"sync/atomic"
)

// remembered is what came of a code.
type remembered struct {
	unit *Unit
	err  error
}

// cache remembers what came of the last codes. When it is full it forgets all: the few units that come all the time are
// back at once, and codes made up to fill it take no more memory than there is room.
type cache struct {
	room    int64
	size    atomic.Int64
	entries sync.Map // of *remembered by code
}

var recent = cache{room: 4096}

func (c *cache) get(code string) (remembered, bool) {
	found, ok := c.entries.Load(code)
	if !ok {
		return remembered{}, false
	}
	return *found.(*remembered), true
}

func (c *cache) put(code string, r remembered) {
	if c.size.Add(1) > c.room {
		c.entries.Clear()
		c.size.Store(1)
	}
	c.entries.Store(strings.Clone(code), &r) // the code may be part of a large text
}
