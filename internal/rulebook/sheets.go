package rulebook

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/module"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
	"yitong/internal/rule/sheet"
)

// The media types of sheets.
const (
	mediaCSV      = "text/csv"
	mediaWorkbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// kind is the form of a sheet.
type kind string

// Codes implements [form.Coded].
func (kind) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: "xlsx", Words: bilingual.Text{Zh: "工作簿", En: "Workbook"}},
		{Code: "csv", Words: bilingual.Text{Zh: "CSV 表格", En: "CSV"}},
	}
}

type exporting struct {
	Rule *string `name:"rule" zh:"规则" en:"Rule" bytes:"100" doc:"Left out for all; a CSV holds one."`
	Kind kind    `name:"kind" zh:"格式" en:"Form"`
}

// export gives the rows that stand, for people to edit. The error is NotFound for a rule that there is not, Unprocessable for a CSV of
// all of them.
func (d desk) export(_ context.Context, _ *module.Call, in exporting) (fhir.Resource, error) {
	b := d.book()
	all, err := d.tables(b, in.Rule)
	if err != nil {
		return fhir.Resource{}, err
	}
	var filled []sheet.Filled
	for _, t := range all {
		filled = append(filled, sheet.Filled{Table: t, Lines: b.Lines(t.Name)})
	}
	var file bytes.Buffer
	media := mediaWorkbook
	switch {
	case in.Kind != "csv":
		err = sheet.Write(&file, filled)
	case in.Rule == nil:
		err = noRule()
	default:
		media, err = mediaCSV, sheet.WriteCSV(&file, filled[0])
	}
	if err != nil {
		return fhir.Resource{}, err
	}
	text, err := json.Marshal(binary{"Binary", media, file.Bytes()})
	if err != nil {
		return fhir.Resource{}, fault.Wrap(err, "writing a Binary")
	}
	return fhir.ParseResource(text)
}

// binary is a Binary of FHIR; JSON has its data in base64.
type binary struct {
	ResourceType string `json:"resourceType"`
	ContentType  string `json:"contentType"`
	Data         []byte `json:"data"`
}

type importing struct {
	File   fhir.Resource `name:"file" zh:"文件" en:"File" types:"Binary" doc:"A workbook as $rules-export gives it, or a CSV of one rule."`
	Name   *string       `name:"name" zh:"文件名" en:"Name of the file" bytes:"400" doc:"By which mistakes in a CSV are told."`
	Rule   *string       `name:"rule" zh:"规则" en:"Rule" bytes:"100" doc:"Of a CSV: which rule it holds."`
	Region *string       `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"Whose drafts are made: only its rows, and those of regions in it, are taken. Left out for the country."`
	From   form.Date     `name:"from" zh:"起用日期" en:"From" doc:"The first day for which the drafts count, once they are published."`
	Note   *string       `name:"note" zh:"说明" en:"Why" bytes:"2000"`
	Clear  *bool         `name:"clear" zh:"允许清空" en:"Take all rows away" doc:"Of a rule of which the file has no row for the region, all rows are to go; without this such a file is refused."`
	Check  *bool         `name:"check" zh:"仅检查" en:"Only look" doc:"Tells what would be drafted, and drafts nothing."`
}

type imported struct {
	Drafts []drafted `name:"draft" zh:"草稿" en:"Draft" most:"*" doc:"Of each rule of which the file says something else than what stands."`
}

type drafted struct {
	Rule    string          `name:"rule" zh:"规则" en:"Rule"`
	Rows    int             `name:"rows" zh:"行数" en:"How many rows it has"`
	Library *form.Reference `name:"library" zh:"版本" en:"Version" types:"Library" doc:"Unless it was only looked at."`
}

// take makes drafts of what a sheet says otherwise, all of it or nothing. The error is Unprocessable for what cannot be, with each
// mistake as an issue that names sheet, row and column.
func (d desk) take(ctx context.Context, c *module.Call, in importing) (out imported, err error) {
	b := d.book()
	if err := rule.CheckRegion(of(in.Region)); err != nil {
		return out, err
	}
	done, err := d.turn()
	if err != nil {
		return out, err
	}
	filled, err := d.filled(b, in)
	if done(); err != nil {
		return out, err
	}
	var proposals []publish.Proposal
	for _, f := range filled {
		v := rule.Version{Table: f.Table.Name, Region: of(in.Region), From: string(in.From), Lines: f.Lines}
		if p, is := (publish.Proposal{Version: v, Note: of(in.Note)}).Changing(b); is {
			proposals = append(proposals, p)
			out.Drafts = append(out.Drafts, drafted{Rule: p.Table, Rows: len(p.Lines)})
		}
	}
	if in.Clear == nil || !*in.Clear {
		if err := publish.Clearing(proposals); err != nil {
			return imported{}, err
		}
	}
	if proposals == nil || in.Check != nil && *in.Check {
		return out, nil
	}
	made, err := d.desk.Draft(ctx, c.Session, proposals...)
	for i, one := range made {
		ref := form.Reference("Library/" + one.ID)
		out.Drafts[i].Library = &ref
	}
	return out, err
}

// filled are the tables of a file.
func (d desk) filled(b *rule.Book, in importing) ([]sheet.Filled, error) {
	text, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(in.File.Root.Get("data").Str()), ""))
	if err != nil || len(text) == 0 {
		return nil, fault.New(fault.Malformed, "The file has no data: a Binary holds it in base64.").InChinese("文件没有内容。").Because(err)
	}
	switch media, _, _ := strings.Cut(in.File.Root.Get("contentType").Str(), ";"); media {
	case mediaWorkbook:
		return sheet.Read(bytes.NewReader(text), named(b))
	case mediaCSV:
	default:
		return nil, fault.New(fault.Unprocessable, "The file should be a workbook (%s) or a CSV (%s).", mediaWorkbook, mediaCSV).
			InChinese("文件应为工作簿（.xlsx）或 CSV。")
	}
	if in.Rule == nil {
		return nil, noRule()
	}
	t, err := b.Table(*in.Rule)
	if err != nil {
		return nil, err
	}
	one, err := sheet.ReadCSV(bytes.NewReader(text), cmp.Or(of(in.Name), t.Name+".csv"), t)
	return []sheet.Filled{one}, err
}

func noRule() error {
	return fault.New(fault.Unprocessable, "A CSV holds one rule: name it by rule.").InChinese("CSV 只含一个规则，请指明是哪个规则。")
}

// named finds tables by their names, as sheets name them; nil for none.
func named(b *rule.Book) func(string) *rule.Table {
	return func(name string) *rule.Table {
		t, err := b.Table(name)
		if err != nil {
			return nil
		}
		return t
	}
}
