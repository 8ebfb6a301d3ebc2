package rulebook

import (
	"cmp"
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/form"
	"yitong/internal/module"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
)

// desk answers the operations.
type desk struct {
	desk   *publish.Desk
	book   func() *rule.Book
	region string
	busy   chan struct{} // has one in it while something is done that takes much
}

// turn is the only one to do something that takes much of the server: to go through the whole record, or to unfold a workbook. The error
// is Unavailable while somebody else does. done gives it back.
func (d desk) turn() (done func(), err error) {
	select {
	case d.busy <- struct{}{}:
		return func() { <-d.busy }, nil
	default:
		return nil, fault.New(fault.Unavailable, "Somebody else tries a rule, or brings in a sheet, at this moment. Try again when that has ended.").
			InChinese("此刻有人正在试算或导入规则，请稍后再试。")
	}
}

// Module offers what people do with rules: versions are drafted and published at a desk, and looked up in the book of the moment. region
// is the division by which days off go for whoever is at no institution that says where it is; "" for the country.
func Module(at *publish.Desk, book func() *rule.Book, region string) module.Descriptor {
	d := desk{at, book, region, make(chan struct{}, 1)}
	mission := []string{"F5", "F7"}
	return module.Descriptor{
		Name: "rules", Words: bilingual.Text{Zh: "规则数据", En: "Rules by region and year"}, Mission: mission,
		Doc: "Numbers that vary by region or year stand in tables, row by row with the source that says so. A version is drafted by one role " +
			"and published by another; it counts from a day on and never changes what was decided before.",
		Owns: publish.Owned(), Rules: []*rule.Table{rule.WorkdayTable.Table()},
		Operations: []module.Operation{
			module.Op(module.Operation{
				Name: "rules-find", Levels: module.System, Reads: true, Mission: mission, Words: bilingual.Text{Zh: "查询规则", En: "What a rule says"},
				Doc: "Tells the row of a rule that is in force in a region on a day, and its source. 422 where there is none.",
			}, d.find),
			module.Op(module.Operation{
				Name: "rules-list", Levels: module.System, Reads: true, Mission: mission,
				Words: bilingual.Text{Zh: "查看规则表", En: "Rules with their versions"},
				Doc: "Tells the rules, what each means, what counts today, and its versions with drafts; " +
					"of one that is named also the rows that stand.",
			}, d.list),
			module.Op(module.Operation{
				Name: "rules-export", Levels: module.System, Reads: true, Returns: module.Types("Binary")[0], Mission: mission,
				Words: bilingual.Text{Zh: "导出规则表", En: "Rules as a sheet"},
				Doc:   "Gives the rows that stand as a workbook, or one rule as CSV, for people to edit.",
			}, d.export),
			module.Op(module.Operation{
				Name: "rules-import", Levels: module.System, Mission: mission,
				Words: bilingual.Text{Zh: "导入规则表", En: "Draft what a sheet says"},
				Doc: "Drafts what a sheet says otherwise than what stands, all of it or nothing. Each mistake is told by sheet, " +
					"row and column.",
			}, d.take),
			module.Op(module.Operation{
				Name: "rules-try", Levels: module.Instance, Types: module.Types("Library"), Reads: true, Mission: mission,
				Words: bilingual.Text{Zh: "试算规则", En: "Try a draft"},
				Doc: "Decides again by a version what the record says was decided by its rule, and tells " +
					"what would come out otherwise. It changes nothing.",
			}, d.try),
			module.Op(module.Operation{
				Name: "workdays", Levels: module.System, Reads: true, Mission: mission, Words: bilingual.Text{Zh: "查询工作日安排", En: "Working days"},
				Doc: "Tells the days off and the weekend days on which people work between two days, with their sources, for a calendar. At most 400 days at once.",
			}, d.workdays),
			module.Op(module.Operation{
				Name: publish.OperationDraft, Levels: module.System, Mission: mission, Words: bilingual.Text{Zh: "起草规则", En: "Draft a rule"},
				Doc: "Drafts a version of a rule: all rows for a region and those within it, from a day on. It counts when somebody else has published it.",
			}, d.draft),
			module.Op(module.Operation{
				Name: publish.OperationPublish, Levels: module.Instance, Types: module.Types("Library"), Mission: mission, Words: bilingual.Text{Zh: "发布规则", En: "Publish a rule"},
				Doc: "Publishes a draft that somebody else has made. From then on it cannot be changed, only followed by another version.",
			}, d.publish),
		},
	}
}

type sought struct {
	Rule   string     `name:"rule" zh:"规则" en:"Rule" bytes:"100" doc:"The name of the table."`
	Region *string    `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"Division code (GB/T 2260); left out for the country."`
	At     *form.Date `name:"at" zh:"日期" en:"Day" doc:"Left out for today."`
	Keys   []string   `name:"key" zh:"分类" en:"Keys" bytes:"100" most:"10" doc:"Of the table's key columns, in their order."`
}

type found struct {
	Value  string  `name:"value" zh:"值" en:"Value"`
	Row    string  `name:"row" zh:"行" en:"Row" doc:"Its name, which decisions record."`
	Source string  `name:"source" zh:"依据" en:"Source"`
	Region *string `name:"region" zh:"地区" en:"Region that it was made for"`
	From   *string `name:"from" zh:"起" en:"From"`
	To     *string `name:"to" zh:"止" en:"Until the day before"`
}

func (d desk) find(_ context.Context, c *module.Call, in sought) (out found, err error) {
	b, at := d.book(), c.Session.Now()
	if in.At != nil {
		if at, err = time.ParseInLocation(time.DateOnly, string(*in.At), b.Zone()); err != nil {
			return out, fault.New(fault.Malformed, "at is a day, such as 2026-05-04.").WithIssue("value").InChinese("at 应为日期，如 2026-05-04。")
		}
	}
	row, err := b.Find(in.Rule, of(in.Region), at, in.Keys...)
	if err != nil {
		return out, err
	}
	l := row.Line()
	return found{row.Value(), string(row.Ref()), row.Source(), some(l.Region), some(l.From), some(l.To)}, nil
}

type drafting struct {
	Rule   string    `name:"rule" zh:"规则" en:"Rule" bytes:"100"`
	Region *string   `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"Whose rows these are; left out for the country."`
	From   form.Date `name:"from" zh:"起用日期" en:"From" doc:"The first day for which they count."`
	Note   *string   `name:"note" zh:"说明" en:"Why" bytes:"2000"`
	Rows   []written `name:"row" zh:"行" en:"Rows" least:"1" most:"10000"`
}

type written struct {
	Region *string    `name:"region" zh:"地区" en:"Region" bytes:"6"`
	From   *form.Date `name:"from" zh:"起" en:"From"`
	To     *form.Date `name:"to" zh:"止" en:"Until the day before"`
	Keys   []string   `name:"key" zh:"分类" en:"Keys" bytes:"100" most:"10"`
	Value  string     `name:"value" zh:"值" en:"Value" bytes:"2000"`
	Source string     `name:"source" zh:"依据" en:"Source" bytes:"2000"`
}

type version struct {
	Library form.Reference `name:"library" zh:"版本" en:"Version" types:"Library"`
}

func (d desk) draft(ctx context.Context, c *module.Call, in drafting) (version, error) {
	v := rule.Version{Table: in.Rule, Region: of(in.Region), From: string(in.From)}
	for _, w := range in.Rows {
		l := rule.Line{Region: cmp.Or(of(w.Region), v.Region), Keys: w.Keys, Value: w.Value, Source: w.Source}
		if w.From != nil {
			l.From = string(*w.From)
		}
		if w.To != nil {
			l.To = string(*w.To)
		}
		v.Lines = append(v.Lines, l)
	}
	drafts, err := d.desk.Draft(ctx, c.Session, publish.Proposal{Version: v, Note: of(in.Note)})
	if err != nil {
		return version{}, err
	}
	return version{form.Reference("Library/" + drafts[0].ID)}, nil
}

func (d desk) publish(ctx context.Context, c *module.Call, _ struct{}) (version, error) {
	made, err := d.desk.Publish(ctx, c.Session, c.Ref.ID)
	if err != nil {
		return version{}, err
	}
	return version{form.Reference("Library/" + made.ID)}, nil
}

// of is a text that need not be there.
func of(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
