package publish

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
	"yitong/internal/fhir/schema"
	"yitong/internal/gate"
	"yitong/internal/rule"
)

// Desk drafts and publishes versions of tables. It keeps nothing itself but what it has read, so that a version is parsed once.
type Desk struct {
	zone   *time.Location
	tables []*rule.Table
	parsed parsed
}

// NewDesk is the desk for declared tables, whose days are by the clocks of a zone.
func NewDesk(zone *time.Location, tables []*rule.Table) *Desk {
	return &Desk{zone: zone, tables: tables}
}

// table is a declared table; nil if there is none of the name.
func (d *Desk) table(name string) *rule.Table {
	for _, t := range d.tables {
		if t.Name == name {
			return t
		}
	}
	return nil
}

// Proposal is a version that somebody drafts: the table, the region, the first day for which it counts and all rows.
// Its name is given by [Desk.Draft].
type Proposal struct {
	rule.Version
	Note string // why, for who publishes it
}

// Changing is the proposal with its own lines alone: those of its region and of regions in it. It tells false where they stand already.
func (p Proposal) Changing(b *rule.Book) (Proposal, bool) {
	mine := func(lines []rule.Line) []rule.Line {
		return slices.DeleteFunc(slices.Clone(lines), func(l rule.Line) bool { return !rule.Within(l.Region, p.Region) })
	}
	p.Lines = mine(p.Lines)
	return p, !slices.EqualFunc(p.Lines, mine(b.Lines(p.Table)), rule.Line.Equal)
}

// Clearing refuses proposals that take all rows away from a rule: a file that has lost its rows does not mean that. The error is
// Unprocessable, with each such rule as an issue.
func Clearing(all []Proposal) error {
	var refused *fault.Error
	for _, p := range all {
		if len(p.Lines) > 0 {
			continue
		}
		one := fault.New(fault.Unprocessable, "The file has no row of the rule %s for the region: that would take away all that stand there. "+
			"If you mean that, say so.", p.Table).InChinese("文件中没有规则 %s 在该地区的行，导入将删除该地区现有的全部规定。如确需删除，请选择删除其全部规定后重新导入。", p.Table)
		refused = refused.And(one)
	}
	if refused == nil {
		return nil
	}
	return refused
}

// Limits of drafts.
const (
	draftsMost  = 200 // in one transaction
	noteMost    = 2_000
	librariesIn = 500 // a page of a search
	namesMost   = 1_000
)

// Draft makes drafts of versions, all or none, and gives their names: the month, and a number if there are several.
//
// The error is Forbidden for who may not draft, NotFound for a table that there is not, Unprocessable for rows that
// cannot be, with all that is to be mended as issues, Conflict if others draft versions of the same table at the same
// time.
func (d *Desk) Draft(ctx context.Context, s *gate.Session, proposals ...Proposal) ([]Document, error) {
	if err := s.Call(OperationDraft); err != nil {
		return nil, err
	}
	if len(proposals) == 0 || len(proposals) > draftsMost {
		return nil, fault.New(fault.Unprocessable, "Draft 1 to %d tables at a time.", draftsMost).
			InChinese("每次可以起草 1 至 %d 个规则。", draftsMost)
	}
	behalf := s.Behalf(Process)
	all, err := d.all(ctx, behalf, "")
	if err != nil {
		return nil, err
	}
	now := s.Now().In(d.zone)
	var ops []gate.Op
	var drafts []Document
	for _, p := range proposals {
		t := d.table(p.Table)
		if t == nil {
			return nil, noTable(p.Table)
		}
		if len([]rune(p.Note)) > noteMost {
			return nil, fault.New(fault.Unprocessable, "The note of a draft has up to %d characters.", noteMost).
				InChinese("说明最多 %d 个字符。", noteMost)
		}
		p.Name, p.Published = free(t, all, now), time.Time{}
		if err := t.CheckVersion(p.Version); err != nil {
			return nil, err
		}
		r, err := library(t, p.Version, p.Note, s.Actor().Reference, now)
		if err != nil {
			return nil, err
		}
		one := Document{Version: p.Version, ID: r.ID, State: StateDraft, Note: p.Note, Author: s.Actor().Reference,
			Drafted: now}
		ops = append(ops, gate.Op{Kind: gate.Update, Type: typeLibrary, ID: r.ID, IfAbsent: true, Resource: r})
		drafts, all = append(drafts, one), append(all, one)
	}
	_, err = behalf.Apply(ctx, ops, nil)
	if fault.CodeOf(err) == fault.Precondition {
		err = fault.New(fault.Conflict, "Somebody else drafts a version of the same table. Try again.").
			InChinese("此刻有人正在起草同一规则，请重试。").Because(err)
	}
	return drafts, err
}

// free is a name that no version of a table has.
func free(t *rule.Table, all []Document, now time.Time) string {
	name := now.Format("2006-01")
	for i := 2; i < namesMost; i++ {
		if t.Edition != name && !slices.ContainsFunc(all,
			func(d Document) bool { return d.Table == t.Name && d.Name == name }) {
			break
		}
		name = now.Format("2006-01") + "." + strconv.Itoa(i)
	}
	return name
}

func noTable(name string) error {
	return fault.New(fault.NotFound, "There is no rule table %s.", name).InChinese("没有规则 %s。", name)
}

// Read is the version of a Library. The error is NotFound, Gone, or Unprocessable for a Library of something else.
func (d *Desk) Read(ctx context.Context, s *gate.Session, id string) (Document, error) {
	v, err := s.Read(ctx, fhir.Ref{Type: typeLibrary, ID: id})
	if err != nil {
		return Document{}, err
	}
	return read(v.Resource(), v.Number, d.table)
}

// List are all versions of a table, or of all tables for "", drafts included, by table and name.
func (d *Desk) List(ctx context.Context, s *gate.Session, table string) ([]Document, error) {
	all, err := d.all(ctx, s, "")
	if table != "" {
		all = slices.DeleteFunc(all, func(one Document) bool { return one.Table != table })
	}
	slices.SortFunc(all, compare)
	return all, err
}

// Publish makes a draft count, from its first day on. Versions that it replaces for all of their days are retired with
// it.
//
// The error is Forbidden for who may not publish, or drafted it themselves; NotFound for a draft that there is not;
// Conflict for one that is published already, or was drafted before the newest version was published; Unprocessable for
// one that does not fit its table any more.
func (d *Desk) Publish(ctx context.Context, s *gate.Session, id string) (Document, error) {
	if err := s.Call(OperationPublish); err != nil {
		return Document{}, err
	}
	behalf := s.Behalf(Process)
	one, err := d.Read(ctx, behalf, id)
	if err != nil {
		return one, err
	}
	t := d.table(one.Table)
	switch {
	case t == nil:
		return one, noTable(one.Table)
	case one.State != StateDraft:
		return one, fault.New(fault.Conflict, "%s is %s already. Draft a new version.", id, one.State).
			InChinese("版本 %s 已经发布，请另行起草新版本。", id)
	case one.Author == s.Actor().Reference && s.Actor().Role != "":
		return one, fault.New(fault.Forbidden,
			"Who has drafted a version does not publish it: somebody else has to look at it.").
			InChinese("起草人不能发布自己的草稿，须由他人核对。")
	}
	others, err := d.all(ctx, behalf, one.Table)
	if err != nil {
		return one, err
	}
	if one.Published, err = one.turn(others, s.Now().In(d.zone)); err != nil {
		return one, err
	}
	b, err := rule.NewBook(d.zone, []*rule.Table{t}, versions(others)...)
	if err == nil {
		_, err = b.With(one.Version)
	}
	if err != nil {
		return one, err
	}
	ops, err := one.succession(others, s.Actor().Reference)
	if err != nil {
		return one, err
	}
	one.State = StateActive
	_, err = behalf.Commit(ctx, ops, one.asks(s.Now()), nil)
	if c := fault.CodeOf(err); c == fault.Precondition || c == fault.Conflict {
		err = fault.New(fault.Conflict, "Somebody else publishes a version of %s at the same time. Look again, then repeat it.",
			one.Table).InChinese("此刻有人正在发布规则 %s 的版本，请查看后重试。", one.Table).Because(err)
	}
	return one, err
}

// CalendarJob is the kind of the jobs that a published calendar of working days asks for: what was counted before a notice was known is
// counted anew.
const CalendarJob = "rules.calendar"

// followed is the time within which every server has followed what is published: what the slowest has counted by the book before is
// there by then.
const followed = 10 * time.Minute

// asks are the jobs that a version asks for when it is published.
func (d Document) asks(now time.Time) (jobs []gate.Job) {
	if d.Table != rule.WorkdayTable.Table().Name {
		return nil
	}
	for _, after := range []time.Duration{0, followed} {
		name := fmt.Sprintf("%s %s", d, after)
		jobs = append(jobs, gate.Job{ID: uuid.Must(uuid.NewV7()).String(), Kind: CalendarJob, Args: []byte("{}"), Due: now.Add(after), Unique: name})
	}
	return jobs
}

// turn is the instant at which a draft is published: behind all others, whatever the clocks of servers say. The error
// is Conflict for a draft whose author has not seen what it would replace.
func (d Document) turn(others []Document, now time.Time) (time.Time, error) {
	now = now.Truncate(time.Microsecond)
	for _, o := range others {
		switch {
		case o.ID == d.ID:
			return now, fault.New(fault.Conflict, "%s is %s already; somebody was quicker.", d.ID, o.State).
				InChinese("版本 %s 已被他人发布。", d.ID)
		case o.Published.After(d.Drafted) && (rule.Within(o.Region, d.Region) || rule.Within(d.Region, o.Region)):
			return now, fault.New(fault.Conflict, "%s was published after %s had been drafted, which may lack what it says. "+
				"Look at both, and draft again.", o, d).InChinese("%s 在 %s 起草之后发布，草稿可能缺少其内容。请核对后重新起草。", o, d)
		case !now.After(o.Published):
			now = o.Published.Add(time.Microsecond)
		}
	}
	return now, nil
}

// succession are the ops that publish a version and retire those that it replaces. The version takes its place in the row
// of published ones, which only one can have: two who publish different drafts do not replace each other unseen.
func (d Document) succession(others []Document, by string) ([]gate.Op, error) {
	first, err := d.edited(func(l r4.Library) {
		l.SetStatus(string(StateActive))
		l.SetDate(d.Published.Format(instant))
		l.SetApprovalDate(d.Published.Format(time.DateOnly))
		l.Endorser().Add().SetName(by)
		place := l.Extension().Add()
		place.SetURL(gate.ReservationURL)
		for _, said := range [][2]string{{"scope", URL + d.Table}, {"place", strconv.Itoa(len(others) + 1)}} {
			part := place.Extension().Add()
			part.SetURL(said[0])
			part.SetValueString(said[1])
		}
	})
	if err != nil {
		return nil, err
	}
	ops := []gate.Op{first}
	for _, o := range others {
		if o.State != StateActive || o.From < d.From || !rule.Within(o.Region, d.Region) {
			continue
		}
		op, err := o.edited(func(l r4.Library) { l.SetStatus(string(StateRetired)) })
		if err != nil {
			return nil, err
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// all reads the versions of a table, or of all tables for "", drafts included for "" only.
func (d *Desk) all(ctx context.Context, s *gate.Session, table string) (all []Document, err error) {
	query := ofRules
	if table != "" {
		query += "&status=active,retired&url=" + URL + table
	}
	asked, err := s.Request([]schema.Type{typeLibrary}, gate.Pairs(query+"&_count="+strconv.Itoa(librariesIn)),
		gate.Wishes{})
	if err != nil {
		return nil, err
	}
	for cursor := ""; ; {
		page, err := s.Search(ctx, asked, "rules", cursor)
		if err != nil {
			return nil, err
		}
		for _, v := range page.Matches {
			one, err := d.parsed.read(v, d.table)
			if err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		if cursor = page.Next; cursor == "" {
			if table == "" {
				d.parsed.only(all)
			}
			return all, nil
		}
	}
}

// versions are the published ones.
func versions(all []Document) (list []rule.Version) {
	for _, d := range all {
		if d.State != StateDraft {
			list = append(list, d.Version)
		}
	}
	return list
}

// Book is the book of all that is published now.
func (d *Desk) Book(ctx context.Context, s *gate.Session) (*rule.Book, error) {
	all, err := d.all(ctx, s, "")
	if err != nil {
		return nil, err
	}
	return rule.NewBook(d.zone, d.tables, versions(all)...)
}

// String names a version as people read it.
func (d Document) String() string { return fmt.Sprintf("%s@%s", d.Table, d.Name) }
