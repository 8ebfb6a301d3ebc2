package rulebook

import (
	"context"
	"slices"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/module"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
)

type looked struct {
	Rule   *string `name:"rule" zh:"规则" en:"Rule" bytes:"100" doc:"The name of a table, whose rows are told too; left out for all tables."`
	Region *string `name:"region" zh:"地区" en:"Region" bytes:"6" doc:"Division code (GB/T 2260) for which it is told what counts today; left out for the country."`
}

type listed struct {
	Rules []table `name:"rule" zh:"规则" en:"Rule" most:"*"`
}

type table struct {
	Name     string    `name:"name" zh:"名称" en:"Name"`
	Zh       string    `name:"zh" zh:"标题" en:"Title in Chinese"`
	En       string    `name:"en" zh:"英文标题" en:"Title in English"`
	AboutZh  *string   `name:"about-zh" zh:"含义" en:"What it means, in Chinese"`
	AboutEn  *string   `name:"about-en" zh:"英文含义" en:"What it means, in English"`
	KindZh   string    `name:"kind-zh" zh:"值的类型" en:"Kind of the values, in Chinese"`
	KindEn   string    `name:"kind-en" zh:"值的英文类型" en:"Kind of the values, in English"`
	Unit     *string   `name:"unit" zh:"单位" en:"Unit"`
	Edition  string    `name:"edition" zh:"随程序的版本" en:"Edition of the program's rows"`
	Sparse   bool      `name:"sparse" zh:"可无规则" en:"Days need no row"`
	Keys     []column  `name:"key" zh:"分类" en:"Key column" most:"*"`
	Codes    []code    `name:"code" zh:"值的代码" en:"Code of the values" most:"*"`
	Today    []row     `name:"today" zh:"今日适用" en:"Row that counts today" most:"*"`
	Rows     []row     `name:"row" zh:"行" en:"Row that stands" most:"*" doc:"Of a rule that was named."`
	Versions []edition `name:"version" zh:"版本" en:"Version" most:"*" doc:"In the order of publishing, drafts last."`
}

type column struct {
	Name  string `name:"name" zh:"名称" en:"Name"`
	Zh    string `name:"zh" zh:"标题" en:"Title in Chinese"`
	En    string `name:"en" zh:"英文标题" en:"Title in English"`
	Codes []code `name:"code" zh:"代码" en:"Code" most:"*"`
}

type code struct {
	Code string `name:"code" zh:"代码" en:"Code"`
	Zh   string `name:"zh" zh:"名称" en:"Name in Chinese"`
	En   string `name:"en" zh:"英文名称" en:"Name in English"`
}

type row struct {
	Region *string  `name:"region" zh:"地区" en:"Region"`
	From   *string  `name:"from" zh:"起" en:"From"`
	To     *string  `name:"to" zh:"止" en:"Until the day before"`
	Keys   []string `name:"key" zh:"分类" en:"Keys" most:"*"`
	Value  string   `name:"value" zh:"值" en:"Value"`
	Source string   `name:"source" zh:"依据" en:"Source"`
	Row    string   `name:"row" zh:"行" en:"Row" doc:"Its name, which decisions record."`
}

type edition struct {
	Name      string     `name:"name" zh:"版本" en:"Version"`
	Library   string     `name:"library" zh:"编号" en:"Id of the Library"`
	State     string     `name:"state" zh:"状态" en:"State" doc:"draft, active or retired."`
	Region    *string    `name:"region" zh:"地区" en:"Region"`
	From      string     `name:"from" zh:"起用日期" en:"First day for which it counts"`
	Rows      int        `name:"rows" zh:"行数" en:"How many rows it has"`
	Note      *string    `name:"note" zh:"说明" en:"Why"`
	Author    *string    `name:"author" zh:"起草人" en:"Who drafted it"`
	Drafted   *time.Time `name:"drafted" zh:"起草时间" en:"When it was drafted" doc:"Of a draft."`
	Published *time.Time `name:"published" zh:"发布时间" en:"When it was published"`
}

// list tells all rules, or one with its rows. The error is NotFound for a rule that there is not, Unprocessable for what is no region.
func (d desk) list(ctx context.Context, c *module.Call, in looked) (out listed, err error) {
	b, region := d.book(), of(in.Region)
	if err := rule.CheckRegion(region); err != nil {
		return out, err
	}
	all, err := d.tables(b, in.Rule)
	if err != nil {
		return out, err
	}
	versions, err := d.desk.List(ctx, c.Session, of(in.Rule))
	if err != nil {
		return out, err
	}
	today := c.Session.Now().In(b.Zone()).Format(time.DateOnly)
	for _, t := range all {
		standing := b.Standing(t.Name)
		one := described(t)
		one.Today = rowsOf(counting(standing, region, today))
		if in.Rule != nil {
			one.Rows = rowsOf(standing)
		}
		for _, v := range versions {
			if v.Table == t.Name {
				one.Versions = append(one.Versions, editionOf(v))
			}
		}
		out.Rules = append(out.Rules, one)
	}
	return out, nil
}

// tables are the one of a name, or all.
func (d desk) tables(b *rule.Book, name *string) ([]*rule.Table, error) {
	if name == nil {
		return b.Tables(), nil
	}
	t, err := b.Table(*name)
	return []*rule.Table{t}, err
}

// counting are the rows that count on a day in a region: for each case that of the nearest region.
func counting(standing []rule.Standing, region, day string) (rows []rule.Standing) {
	at := map[string]int{}
	for _, s := range standing { // the wider region comes first
		l := s.Line()
		if s.From > day || s.To != "" && s.To <= day || !rule.Within(region, l.Region) {
			continue
		}
		key := strings.Join(l.Keys, "\x00")
		if i, is := at[key]; is {
			rows[i] = s
			continue
		}
		at[key] = len(rows)
		rows = append(rows, s)
	}
	return rows
}

func described(t *rule.Table) table {
	kind := t.Value.Kind.Words()
	one := table{
		Name: t.Name, Zh: t.Title.Zh, En: t.Title.En, AboutZh: some(t.About.Zh), AboutEn: some(t.About.En), KindZh: kind.Zh, KindEn: kind.En,
		Unit: some(t.Value.Unit), Edition: t.Edition, Sparse: t.Sparse, Codes: codesOf(t.Value.Codes),
	}
	for _, k := range t.Keys {
		one.Keys = append(one.Keys, column{k.Name, k.Title.Zh, k.Title.En, codesOf(k.Codes)})
	}
	return one
}

func codesOf(all []bilingual.Code) (codes []code) {
	for _, c := range all {
		codes = append(codes, code{c.Code, c.Words.Zh, c.Words.En})
	}
	return codes
}

func rowsOf(standing []rule.Standing) (rows []row) {
	for _, s := range standing {
		l := s.Line()
		rows = append(rows, row{some(l.Region), some(l.From), some(l.To), slices.Clone(l.Keys), l.Value, l.Source, string(s.Ref())})
	}
	return rows
}

func editionOf(v publish.Document) edition {
	one := edition{
		Name: v.Name, Library: v.ID, State: string(v.State), Region: some(v.Region), From: v.From, Rows: len(v.Lines),
		Note: some(v.Note), Author: some(v.Author),
	}
	if !v.Drafted.IsZero() {
		one.Drafted = &v.Drafted
	}
	if !v.Published.IsZero() {
		one.Published = &v.Published
	}
	return one
}
