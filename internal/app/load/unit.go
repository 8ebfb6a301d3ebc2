package load

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
)

// unit is what one connection takes at once: a transaction, and entries that are sent alone behind it.
type unit struct {
	file    string
	whole   []byte    // the transaction, if it is sent as it came
	entries []entry   // of the transaction
	parts   bool      // the transaction's entries do not belong together: if it is refused, they are sent alone
	alone   []entry   // each stands or falls by itself
	batch   bool      // what is sent alone goes as a batch: it may be what a transaction cannot do
	bad     []Failure // lines that are no resources
	bytes   int64     // of the file that end with this unit, for the progress
}

// key is the idempotency key of a Bundle: of its content, and of its number among equal ones. So it is the same when
// other parts of a file were mended.
func key(bundle []byte, nth int) string {
	sum := sha256.Sum256(bundle)
	name := "load-" + hex.EncodeToString(sum[:])
	if nth > 1 {
		name += "-" + strconv.Itoa(nth)
	}
	return name
}

// numbered tells equal entries apart by their number, counting on from what was seen.
func numbered(entries []entry, seen map[uint64]int) []entry {
	entries = slices.Clone(entries)
	for i := range entries {
		sum := sha256.Sum256(entries[i].text)
		name := binary.BigEndian.Uint64(sum[:])
		seen[name]++
		entries[i].nth = seen[name]
	}
	return entries
}

// Where the entries of ndjson, and of long collections, are cut into transactions: behind an entry whose checksum says
// so, one in cutEach. What was mended then changes the transaction that it is in, and at most the next, while cuts at
// every so many lines would move all that follow a new line.
const (
	cutEach      = 256
	chunkEntries = 1000    // but not more entries than this
	chunkBytes   = 4 << 20 // nor many more bytes
)

// cutter gathers entries into units. Those without an id are sent alone: a second sending would store them twice, so
// their keys must not hang on what stands beside them. Equal ones of a file are as many resources.
type cutter struct {
	each func(unit) error
	unit unit
	size int
	seen map[uint64]int
}

func newCutter(file string, each func(unit) error) *cutter {
	return &cutter{each: each, unit: unit{file: file, parts: true}, seen: map[uint64]int{}}
}

func (c *cutter) add(e entry) error {
	if e.method == "POST" {
		c.unit.alone = append(c.unit.alone, numbered([]entry{e}, c.seen)...)
	} else {
		c.unit.entries = append(c.unit.entries, e)
	}
	c.size += len(e.text)
	if crc32.ChecksumIEEE(e.text)%cutEach == 0 || len(c.unit.entries)+len(c.unit.alone) == chunkEntries || c.size > chunkBytes {
		return c.flush()
	}
	return nil
}

func (c *cutter) flush() error {
	u := c.unit
	c.unit, c.size = unit{file: u.file, parts: true}, 0
	return c.each(u)
}

var entryPlace = regexp.MustCompile(`^Bundle\.entry\[(\d+)\]\.?`)

// inside is a place in the resource of an entry, without the place of the entry.
func (e *entry) inside(place, entry string) string {
	place = strings.TrimPrefix(place, entry)
	if rest, in := strings.CutPrefix(place, "resource"); in && (rest == "" || rest[0] == '.') {
		if r, err := fhir.Parse(e.text); err == nil {
			typ := r.Root().Get("resource").Get("resourceType").Str()
			return typ + rest
		}
	}
	return place
}

// failure tells of a refusal where the person finds what was refused: the file, the line or entry, the element.
func failure(file string, entries []entry, err error) Failure {
	f := *fault.From(err)
	e := entry{}
	if len(entries) == 1 {
		e = entries[0]
	}
	if len(f.Expression) > 0 {
		if m := entryPlace.FindStringSubmatch(f.Expression[0]); m != nil {
			if i, err := strconv.Atoi(m[1]); err == nil && i < len(entries) {
				e = entries[i]
				f.Expression = slices.DeleteFunc([]string{e.inside(f.Expression[0], m[0])}, func(s string) bool { return s == "" })
				f.Issues = slices.Clone(f.Issues)
				for i := range f.Issues {
					f.Issues[i].Expression = e.inside(f.Issues[i].Expression, m[0])
				}
			}
		}
	}
	if deep := nesting(e.text) + 2; deep > fhir.MaxDepth {
		f = *fault.New(fault.TooLarge, "In the Bundle that carries it, its objects and arrays stand inside each other %d deep; at most %d are taken. Send this resource by itself with PUT or POST.", deep, fhir.MaxDepth)
	}
	if e.place != "" {
		file = fmt.Sprintf("%s, %s", file, e.place)
	}
	return Failure{file, &f}
}

// nesting is how deep objects and arrays stand inside each other in a JSON text.
func nesting(text []byte) (most int) {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}
