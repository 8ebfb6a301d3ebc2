package rule

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
)

// Tables are all tables of the book, by name.
func (b *Book) Tables() []*Table { return slices.Clone(b.tables) }

// Table is the table of a name. The error is NotFound.
func (b *Book) Table(name string) (*Table, error) {
	if p := b.pages[name]; p != nil {
		return p.table, nil
	}
	return nil, noTable(name)
}

func noTable(name string) error {
	return fault.New(fault.NotFound, "There is no rule table %s.", name).InChinese("没有规则 %s。", name)
}

// Zone has the clocks by which days begin.
func (b *Book) Zone() *time.Location { return b.zone }

// Find is the row of a table that counts in a region at an instant, for the values of its key columns. It allocates
// nothing.
//
// The error is Unprocessable where no row is in force, and names rule, region, day and keys; for what is no region, and
// for keys that the table does not have; NotFound for a table that there is not; Internal for one of which a version
// cannot be read.
func (b *Book) Find(table, region string, at time.Time, keys ...string) (*Row, error) {
	p, place, number, err := b.place(table, region, keys)
	if err != nil {
		return nil, err
	}
	d := dayOf(at, b.zone)
	if p.frail {
		return p.known(place, number, d, forever, region, keys)
	}
	if row := p.nearest(place, number, d); row != nil {
		return row, nil
	}
	return nil, gapIn(p.table, region, d, keys)
}

// known is a lookup in all that was published at or before an instant.
func (p *page) known(place region, number uint32, d day, at time.Time, code string, keys []string) (*Row, error) {
	row, err := p.resolved(place, number, d, at)
	if row == nil && err == nil {
		err = gapIn(p.table, code, d, keys)
	}
	return row, err
}

// Past is a book as it was known at an instant.
type Past struct {
	book *Book
	at   time.Time
}

// AsKnown is the book as it was known at an instant: without what was published later. Looking up takes longer there
// than in the book.
func (b *Book) AsKnown(at time.Time) Past { return Past{b, at} }

// Find is [Book.Find] by what was known.
func (k Past) Find(table, region string, at time.Time, keys ...string) (*Row, error) {
	p, place, number, err := k.book.place(table, region, keys)
	if err != nil {
		return nil, err
	}
	return p.known(place, number, dayOf(at, k.book.zone), k.at, region, keys)
}

// place reads what is asked for.
func (b *Book) place(table, code string, keys []string) (p *page, place region, number uint32, err error) {
	if p = b.pages[table]; p == nil {
		return nil, 0, 0, noTable(strings.Clone(table))
	}
	place, known := parseRegion(code)
	if !known {
		return nil, 0, 0, CheckRegion(strings.Clone(code))
	}
	if len(keys) != len(p.table.Keys) {
		return nil, 0, 0, fault.New(fault.Unprocessable, "The rule %s is asked for with %d keys; it has %d.",
			p.table.Name, len(keys), len(p.table.Keys)).
			InChinese("规则 %s 应有 %[3]d 个分类，所给为 %[2]d 个。", p.table.Name, len(keys), len(p.table.Keys))
	}
	number, wrong := p.table.caseOf(keys)
	if wrong >= 0 {
		k := &p.table.Keys[wrong]
		return nil, 0, 0, fault.New(fault.Unprocessable, "The rule %s has no %s %q; there are %s.", p.table.Name,
			k.Name, strings.Clone(keys[wrong]), codesOf(k.Codes)).
			InChinese("规则 %s 的%s没有 %q，可为 %s。", p.table.Name, k.Title.Zh, strings.Clone(keys[wrong]), codesOf(k.Codes))
	}
	return p, place, number, nil
}

// gapIn is the error of a lookup that finds nothing.
func gapIn(t *Table, code string, d day, keys []string) error {
	var of, said strings.Builder
	for i, k := range t.Keys {
		of.WriteString(", " + k.Name + " " + keys[i])
		said.WriteString("，" + k.Title.Zh + " " + keys[i])
	}
	where := bilingual.Text{Zh: "全国", En: "the whole country"}
	if code != "" {
		where = bilingual.Text{Zh: "地区 " + code + " ", En: "region " + code}
	}
	return fault.New(fault.Unprocessable, "No rule %s (%s) is in force in %s on %s%s. Publish a row for it (docs/rules.md).",
		t.Name, t.Title.En, where.En, d, of.String()).
		InChinese("规则“%s”（%s）：%s在 %s 没有适用的行%s。请为此发布规定。", t.Title.Zh, t.Name, where.Zh, d, said.String())
}

// Row is the row of a name, of whichever version, in force or not. The error is NotFound.
func (b *Book) Row(name Ref) (*Row, error) {
	table, version, number, ok := name.parse()
	if ok {
		if p := b.pages[table]; p != nil {
			if l := p.version(version); l != nil && number <= len(l.rows) {
				return &l.rows[number-1], nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "There is no row %s.", string(name)).InChinese("没有行 %s。", string(name))
}

// Versions are the names of the versions of a table: that of the program, then the published ones, the newest last.
func (b *Book) Versions(table string) (names []string) {
	if p := b.pages[table]; p != nil {
		names = append(names, p.builtIn.version)
		for _, l := range slices.Backward(p.layers) {
			names = append(names, l.version)
		}
	}
	return names
}

// Standing is a row, and for which days it counts in its region.
type Standing struct {
	*Row
	From, To string // "" for an open end
}

// Line is the row as it would be written if it had been made for just these days.
func (s Standing) Line() Line {
	l := s.Row.Line()
	l.From, l.To = s.From, s.To
	return l
}

// Standing are the rows of a table that count when everything that is published is taken together, by region, keys and
// day.
func (b *Book) Standing(table string) (all []Standing) {
	p := b.pages[table]
	if p == nil {
		return nil
	}
	cells := make([]cell, 0, len(p.current))
	for c := range p.current {
		cells = append(cells, c)
	}
	slices.Sort(cells)
	for _, c := range cells {
		for _, s := range p.current[c] {
			all = append(all, Standing{s.row, s.from.String(), s.to.String()})
		}
	}
	return all
}

// Lines are [Book.Standing] as they would be written: what a draft begins with.
func (b *Book) Lines(table string) (lines []Line) {
	for _, s := range b.Standing(table) {
		lines = append(lines, s.Line())
	}
	return lines
}

// Gap is a time for which a table has no row in a region, for one case.
type Gap struct {
	Keys     []string
	From, To string
}

// Gaps are the times between two days, the second not included, for which a table has no row in a region. A table that
// is sparse has none. The error is Unprocessable for what is no region or day, NotFound for a table that there is not.
func (b *Book) Gaps(table, code, since, until string) (gaps []Gap, err error) {
	p := b.pages[table]
	if p == nil {
		return nil, noTable(table)
	}
	first, ok1 := parseDay(since)
	end, ok2 := parseDay(until)
	if err := CheckRegion(code); err != nil {
		return nil, err
	}
	if !ok1 || !ok2 || p.table.Sparse {
		return nil, unlessDays(ok1 && ok2)
	}
	place, _ := parseRegion(code)
	for number := range p.table.cases() {
		var held []span
		for r := place; ; r = r.wider() {
			held = append(held, p.current[cellOf(r, number)]...)
			if r == 0 {
				break
			}
		}
		slices.SortFunc(held, func(a, b span) int { return cmp.Compare(a.from, b.from) })
		at := first
		for _, s := range append(held, span{from: end, to: end}) {
			if s.from > at && at < end {
				gaps = append(gaps, Gap{p.table.keysOf(number), at.String(), min(s.from, end).String()})
			}
			at = max(at, s.to)
		}
	}
	return gaps, nil
}

func unlessDays(ok bool) error {
	if ok {
		return nil
	}
	return fault.New(fault.Unprocessable, "Write days such as 2026-01-31.").InChinese("请写日期，如 2026-01-31。")
}
