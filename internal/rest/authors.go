package rest

import (
	"context"
	"strings"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
)

// authored declares who is told who has made the versions of a resource.
func authored() module.Operation {
	return module.Op(module.Operation{
		Name: "authors", Words: bilingual.Text{Zh: "历次修改人", En: "Who has changed it"}, Levels: module.Instance, Reads: true,
		Mission: []string{"A15", "F3"},
		Doc: "Tells of each version of a resource who has made it, as what, for which institution, by which program and when, " +
			"the newest first, as the trail has it. It is for whom the history is. Staff and institutions are named, residents where " +
			"their record is open to who asks; a resident is told the names of those who act for them.",
	}, authors)
}

type asksAuthors struct {
	Count  *int `name:"_count" zh:"每页条数" en:"How many a page has" from:"1" to:"100" doc:"50 where it is left out."`
	Before *int `name:"before" zh:"早于版本" en:"Below which version" from:"1" doc:"The next of the page before; the newest where it is left out."`
}

type authorsTold struct {
	Versions []madeVersion `name:"version" zh:"版本" en:"Version" most:"100"`
	Next     *int          `name:"next" zh:"续页版本" en:"Where the next page begins" doc:"To be given as before; left out at the end."`
}

type madeVersion struct {
	Number      int             `name:"number" zh:"版本号" en:"Number"`
	Made        time.Time       `name:"made" zh:"时间" en:"When"`
	Line        trailLine       `name:"trail" zh:"访问记录" en:"What the trail has"`
	Own         bool            `name:"own" zh:"是否本人" en:"It was who asks"`
	Platform    bool            `name:"platform" zh:"是否平台自身" en:"It was the platform itself"`
	Who         *form.Reference `name:"who" zh:"何人" en:"Who" doc:"Left out where it is not for who asks; and for programs and the platform."`
	Name        *string         `name:"name" zh:"姓名" en:"Name"`
	Role        *form.AnyCode   `name:"role" zh:"身份" en:"As what"`
	Institution *form.Reference `name:"institution" zh:"机构" en:"For which institution" types:"Organization"`
	At          *string         `name:"at" zh:"机构名称" en:"Name of the institution"`
	Program     *string         `name:"program" zh:"应用程序" en:"Program"`
	Process     *string         `name:"process" zh:"所属流程" en:"On behalf of the process"`
	Operation   *string         `name:"operation" zh:"操作" en:"Interaction, or operation"`
}

type trailLine string

// Codes implements [form.Coded].
func (trailLine) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(gate.LineKept), Words: bilingual.Text{Zh: "有记录", En: "It tells of this version"}},
		{Code: string(gate.LineErased), Words: bilingual.Text{Zh: "已超过保存期限", En: "It is not kept that long"}},
		{Code: string(gate.LineNone), Words: bilingual.Text{Zh: "没有记录", En: "It tells nothing of this version"}},
	}
}

const authorsUsual = 50

func authors(ctx context.Context, c *module.Call, in asksAuthors) (out authorsTold, err error) {
	most, before := authorsUsual, 0
	if in.Count != nil {
		most = *in.Count
	}
	if in.Before != nil {
		before = *in.Before
	}
	all, next, err := c.Session.AuthorsOf(ctx, c.Ref, int64(before), most)
	for _, a := range all {
		out.Versions = append(out.Versions, made(a))
	}
	if next > 0 {
		out.Next = new(int(next))
	}
	return out, err
}

// made is an author as the operation tells of it.
func made(a gate.Author) madeVersion {
	v := madeVersion{
		Number: int(a.Number), Made: a.Made, Line: trailLine(a.Line), Own: a.Own, Platform: a.Platform, Name: known(a.Name), At: known(a.At),
		Program: known(a.Client), Process: known(a.Process), Operation: known(strings.TrimPrefix(a.Do, "$")),
	}
	if a.Who != "" {
		v.Who = new(form.Reference(a.Who))
	}
	if a.Role != "" {
		v.Role = new(form.AnyCode(a.Role))
	}
	if a.Institution != "" {
		v.Institution = new(form.Reference(a.Institution))
	}
	return v
}
