package rule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Version is what somebody has published: the rows of one table from a day on, for a region.
type Version struct {
	Table     string
	Name      string // such as 2026-11
	Region    string // whose rows it has, and those of the regions in it; "" for the country
	From      string // the first day for which it counts
	Published time.Time
	Lines     []Line
	Unread    error // why its lines could not be read; nil if they could
}

// Book is all tables with all versions of their rows. It does not change: lookups take no lock, and any number of
// goroutines may share it.
type Book struct {
	zone   *time.Location
	tables []*Table // by name
	pages  map[string]*page
}

// page is one table in a book.
type page struct {
	table   *Table
	builtIn *layer
	layers  []*layer // published ones, the newest first
	current map[cell][]span
	levels  uint8 // of the regions that have rows: others need not be looked for
	frail   bool  // there is a version that cannot be taken
}

// versionsMost is how many versions a table has at most.
const versionsMost = 10_000

// NewBook makes a book of declared tables and of published versions, whose days are by the clocks of a zone. Versions
// of tables that are not declared are left out: a newer server may know them. Where a version cannot be taken, its
// table answers no lookup, rather than by another row than was published; see [Book.Broken].
//
// The error is Internal, for tables that are a mistake in a program.
func NewBook(zone *time.Location, tables []*Table, versions ...Version) (*Book, error) {
	b := &Book{zone: zone, pages: make(map[string]*page, len(tables))}
	for _, t := range tables {
		if b.pages[t.Name] != nil {
			return nil, fault.New(fault.Internal, "The rule table %s is declared twice.", t.Name)
		}
		lines, err := t.ReadCSV(t.Rows)
		if err != nil {
			return nil, fault.Wrap(err, "reading rules of the program")
		}
		own, problems := t.layer(t.Edition, lines)
		if err := t.Refusal(problems); err != nil {
			return nil, fault.Wrap(err, "reading rules of the program")
		}
		b.pages[t.Name] = &page{table: t, builtIn: own}
		b.tables = append(b.tables, t)
	}
	slices.SortFunc(b.tables, func(x, y *Table) int { return strings.Compare(x.Name, y.Name) })
	for _, v := range versions {
		if p := b.pages[v.Table]; p != nil {
			if err := p.add(v); err != nil {
				p.insert(brokenLayer(p.table, v, err))
			}
		}
	}
	for _, p := range b.pages {
		p.settle()
	}
	return b, nil
}

// Broken says which versions cannot be taken, and why; for what they are to say lookups fail.
func (b *Book) Broken() (all []error) {
	for _, t := range b.tables {
		for _, l := range b.pages[t.Name].layers {
			if l.broken != nil {
				all = append(all, l.broken)
			}
		}
	}
	return all
}

// brokenLayer stands for a version that cannot be taken, for all that it may be about.
func brokenLayer(t *Table, v Version, why error) *layer {
	l := &layer{table: t, version: v.Name, start: firstDay, published: v.Published}
	if scope, ok := parseRegion(v.Region); ok {
		l.scope = scope
	}
	if start, ok := parseDay(v.From); ok {
		l.start = start
	}
	l.broken = fault.New(fault.Internal, "Version %s of the rule %s cannot be read.", v.Name, t.Name).Because(why)
	return l
}

// With is the book with one version more. The error is Unprocessable for one that cannot be taken, NotFound for one of
// a table that there is not.
func (b *Book) With(v Version) (*Book, error) {
	p := b.pages[v.Table]
	if p == nil {
		return nil, noTable(v.Table)
	}
	more := *b
	more.pages = make(map[string]*page, len(b.pages))
	for name, one := range b.pages {
		more.pages[name] = one
	}
	next := &page{table: p.table, builtIn: p.builtIn, layers: slices.Clone(p.layers), frail: p.frail}
	if err := next.add(v); err != nil {
		return nil, err
	}
	next.settle()
	more.pages[v.Table] = next
	return &more, nil
}

// outside is said of a row that is not in the region of its version.
var outside = bilingual.Text{Zh: "%q 不在本版本的地区 %s 之内。", En: "%q is not in %s, for which the version is."}

// checked reads a version. The error is Unprocessable, with all that is to be mended.
func (t *Table) checked(v Version) (*layer, error) {
	if v.Unread != nil {
		return nil, v.Unread
	}
	if !versionForm.MatchString(v.Name) {
		return nil, fault.New(fault.Unprocessable, "%q is no name for a version of %s. "+
			"Write up to 16 of A-Z, a-z, 0-9, . and -, such as 2026-11.", v.Name, t.Name).
			InChinese("%q 不能作为 %s 的版本名。请用最多 16 个 A-Z、a-z、0-9、. 和 -，如 2026-11。", v.Name, t.Name)
	}
	if err := CheckRegion(v.Region); err != nil {
		return nil, err
	}
	start, ok := parseDay(v.From)
	if !ok {
		return nil, fault.New(fault.Unprocessable, "%q does not say from which day on the version of %s counts. "+
			"Write a date, such as 2026-12-01.", v.From, t.Name).
			InChinese("%q 不是 %s 的起用日期，请写日期，如 2026-12-01。", v.From, t.Name)
	}
	l, problems := t.layer(v.Name, v.Lines)
	scope, _ := parseRegion(v.Region)
	if l != nil {
		l.scope, l.start, l.published = scope, start, v.Published
		for i := range l.rows {
			row := &l.rows[i]
			if r, _ := parseRegion(row.line.Region); !r.within(scope) {
				problems = append(problems, Problem{Line: row.number, Column: "region", Says: outside.Put(row.line.Region, v.Region)})
			}
		}
	}
	return l, t.Refusal(problems)
}

// CheckVersion refuses a version that no book takes: Unprocessable, with all that is to be mended.
func (t *Table) CheckVersion(v Version) error {
	_, err := t.checked(v)
	return err
}

// add puts a version where it belongs by the instant at which it was published.
func (p *page) add(v Version) error {
	l, err := p.table.checked(v)
	switch {
	case err != nil:
		return err
	case v.Published.IsZero():
		return fault.New(fault.Unprocessable, "Version %s of %s is not published.", v.Name, v.Table)
	case p.version(v.Name) != nil:
		return fault.New(fault.Unprocessable, "There is a version %s of %s already.", v.Name, v.Table)
	case len(p.layers) >= versionsMost:
		return fault.New(fault.TooLarge, "There are more than %d versions of %s.", versionsMost, v.Table)
	}
	p.insert(l)
	return nil
}

// insert puts a layer where it belongs.
func (p *page) insert(l *layer) {
	newest := func(a, b *layer) int {
		return cmp.Or(b.published.Compare(a.published), strings.Compare(b.version, a.version))
	}
	i, _ := slices.BinarySearchFunc(p.layers, l, newest)
	p.layers = slices.Insert(p.layers, i, l)
	p.frail = p.frail || l.broken != nil
}

// version is the layer of a name; nil if there is none.
func (p *page) version(name string) *layer {
	if p.builtIn.version == name {
		return p.builtIn
	}
	for _, l := range p.layers {
		if l.version == name {
			return l
		}
	}
	return nil
}

// on is the span of a day; nil if there is none.
func on(spans []span, d day) *span {
	low, high := 0, len(spans)
	for low < high {
		if mid := int(uint(low+high) >> 1); spans[mid].to > d {
			high = mid
		} else {
			low = mid + 1
		}
	}
	if low < len(spans) && spans[low].from <= d {
		return &spans[low]
	}
	return nil
}

// nearest is the row that counts on a day, of the nearest region that has one; nil for none.
func (p *page) nearest(place region, number uint32, d day) *Row {
	for r := place; ; r = r.wider() {
		if p.levels&r.level() != 0 {
			if s := on(p.current[cellOf(r, number)], d); s != nil {
				return s.row
			}
		}
		if r == 0 {
			return nil
		}
	}
}

// resolve is the row that counts in one cell on a day, of what was published at or before an instant; nil for none. The
// error is that of a version that is to say it and cannot be read.
func (p *page) resolve(c cell, d day, known time.Time) (*Row, error) {
	for _, l := range p.layers {
		if l.published.After(known) || !l.covers(c.region(), d) {
			continue
		}
		if l.broken != nil {
			return nil, l.broken
		}
		if s := on(l.cells[c], d); s != nil {
			return s.row, nil
		}
		break // what earlier versions say about the region is over
	}
	if s := on(p.builtIn.cells[c], d); s != nil {
		return s.row, nil
	}
	return nil, nil
}

// resolved is [page.nearest] by what was known at an instant.
func (p *page) resolved(place region, number uint32, d day, known time.Time) (*Row, error) {
	for r := place; ; r = r.wider() {
		if row, err := p.resolve(cellOf(r, number), d, known); row != nil || err != nil || r == 0 {
			return row, err
		}
	}
}

// forever is later than everything that is published.
var forever = time.Unix(1<<40, 0)

// reign is the time for which a layer says what holds in a region.
type reign struct {
	from, to day
	layer    *layer
}

// reigns are those of a region, one behind the other.
func (p *page) reigns(r region) []reign {
	all := []reign{{firstDay, lastDay, p.builtIn}}
	for _, l := range slices.Backward(p.layers) {
		if !r.within(l.scope) {
			continue
		}
		for all[len(all)-1].from >= l.start {
			all = all[:len(all)-1]
		}
		all[len(all)-1].to = l.start
		all = append(all, reign{l.start, lastDay, l})
	}
	return all
}

// settle works out what counts when, so that a lookup is one search in a region.
func (p *page) settle() {
	p.current = map[cell][]span{}
	byRegion := map[region][]reign{}
	for _, l := range append([]*layer{p.builtIn}, p.layers...) {
		for c := range l.cells {
			if _, done := p.current[c]; done {
				continue
			}
			reigns, known := byRegion[c.region()]
			if !known {
				reigns = p.reigns(c.region())
				byRegion[c.region()] = reigns
			}
			p.current[c] = p.during(c, reigns)
			p.levels |= c.region().level()
		}
	}
}

// during are the spans of a cell through all reigns. Where the layer of a reign has no row, that of the program counts.
func (p *page) during(c cell, reigns []reign) (spans []span) {
	put := func(s span, from, to day) {
		s.from, s.to = max(s.from, from), min(s.to, to)
		if s.from >= s.to {
			return
		}
		if n := len(spans); n > 0 && spans[n-1].row == s.row && spans[n-1].to == s.from {
			spans[n-1].to = s.to
			return
		}
		spans = append(spans, s)
	}
	own := p.builtIn.cells[c]
	for _, r := range reigns {
		if r.layer.broken != nil {
			continue
		}
		at := r.from
		for _, s := range r.layer.cells[c] {
			for _, o := range own {
				put(o, at, min(s.from, r.to))
			}
			put(s, r.from, r.to)
			at = max(at, s.to)
		}
		for _, o := range own {
			put(o, at, r.to)
		}
	}
	return spans
}
