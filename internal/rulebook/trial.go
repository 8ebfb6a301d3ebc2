package rulebook

import (
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/module"
	"yitong/internal/rule"
	"yitong/internal/rule/publish"
)

// unlikeMost is how many cases a trial names that would come out otherwise.
const unlikeMost = 100

type tried struct {
	Cases  int      `name:"cases" zh:"事项数" en:"Cases that were decided again"`
	Same   int      `name:"same" zh:"结果相同" en:"As before"`
	Unlike int      `name:"unlike" zh:"结果不同" en:"Otherwise"`
	Left   int      `name:"left" zh:"无法重算" en:"That record too little to be decided again"`
	Some   []unlike `name:"case" zh:"事项" en:"Case that would come out otherwise" most:"*" doc:"The first hundred."`
}

type unlike struct {
	Subject string    `name:"subject" zh:"事项" en:"What was decided"`
	Region  *string   `name:"region" zh:"地区" en:"Region"`
	At      time.Time `name:"at" zh:"时间" en:"When"`
	Keys    []string  `name:"key" zh:"分类" en:"Keys" most:"*"`
	Old     *string   `name:"old" zh:"原值" en:"Value as it was"`
	OldRow  *string   `name:"old-row" zh:"原依据的行" en:"Row as it was"`
	New     *string   `name:"new" zh:"新值" en:"Value by the version"`
	NewRow  *string   `name:"new-row" zh:"新依据的行" en:"Row of the version"`
	Why     *string   `name:"why" zh:"原因" en:"Why there is none"`
}

// try decides past cases again by a version. All of the record is gone through for them, on behalf of the process: of a case it tells
// which one, where and when, and nothing that is in it. The error is Unavailable where that takes longer than a request may, and while
// somebody else does it.
func (d desk) try(ctx context.Context, c *module.Call, _ struct{}) (out tried, err error) {
	version, err := d.desk.Read(ctx, c.Session, c.Ref.ID)
	if err != nil {
		return out, err
	}
	done, err := d.turn()
	if err != nil {
		return out, err
	}
	defer done()
	cases, failed := publish.Cases(ctx, c.Session.Behalf(publish.Process))
	found, err := rule.Try(ctx, d.book(), version.Version, cases)
	if err == nil {
		err = failed()
	}
	if ctx.Err() != nil {
		return out, tooLong(version.ID, err)
	}
	if err != nil {
		return out, err
	}
	out = tried{Cases: found.Cases, Same: found.Same, Unlike: found.Unlike(), Left: found.Left}
	for _, one := range found.Some[:min(len(found.Some), unlikeMost)] {
		out.Some = append(out.Some, unlikeOf(one, c.Language))
	}
	return out, nil
}

func unlikeOf(d rule.Difference, language string) unlike {
	u := unlike{Subject: d.Subject, Region: some(d.Region), At: d.At, Keys: d.Keys}
	u.Old, u.OldRow = said(d.Old)
	u.New, u.NewRow = said(d.New)
	if d.New == nil && d.Why != nil {
		u.Why = some(told(fault.From(d.Why), language))
	}
	return u
}

// told is what a refusal says in a language, as far as it says it in that.
func told(f *fault.Error, language string) string {
	if language == bilingual.Chinese && len(f.Issues) == 1 && f.Issues[0].Chinese != "" {
		return f.Issues[0].Chinese
	}
	return f.Message
}

// said is the value and the name of a row; nil for none.
func said(r *rule.Row) (value, name *string) {
	if r == nil {
		return nil, nil
	}
	return some(r.Value()), some(string(r.Ref()))
}

// tooLong is the refusal of a trial that has not come to its end in the time of a request.
func tooLong(id string, err error) error {
	return fault.New(fault.Unavailable,
		"The record holds more than can be gone through while you wait. Run yitong rules try %s where the server runs.", id).
		InChinese("档案过多，无法即时试算。请在服务器上运行 yitong rules try %s。", id).Because(err)
}
