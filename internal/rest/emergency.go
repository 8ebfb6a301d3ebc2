package rest

import (
	"context"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate/emergency"
	"yitong/internal/module"
)

// emergencyAccess declares how a record is opened in an emergency, and how that is answered for.
func (s services) emergencyAccess() module.Descriptor {
	return module.Descriptor{
		Name: "emergency-access", Words: bilingual.Text{Zh: "紧急访问", En: "Emergency access"}, Mission: []string{"A15", "F4"}, Owns: emergency.Owned(),
		Doc: "Who treats somebody in an emergency opens the record without having been let, gives the reason, and answers for it.",
		Operations: []module.Operation{
			module.Op(module.Operation{
				Name: "emergency-access", Words: bilingual.Text{Zh: "紧急打开档案", En: "Open a record in an emergency"}, Types: module.Types("Patient"), Levels: module.OfType | module.Instance,
				Doc: "Opens the record of a resident to the practitioner who asks. The resident is named by the address, by patient or by identifier, and is told at once; the institution has to review it.",
			}, s.open),
			module.Op(module.Operation{
				Name: "emergency-review", Words: bilingual.Text{Zh: "复核紧急访问", En: "Review a use of emergency access"}, Types: module.Types("Task"), Levels: module.Instance,
				Doc: "Settles whether a use was justified. One that was not ends at once, and the resident is told.",
			}, s.review),
			module.Op(module.Operation{
				Name: "emergency-uses", Words: bilingual.Text{Zh: "紧急访问情况", En: "Uses of emergency access"}, Levels: module.System, Reads: true,
				Doc: "Who has used emergency access how; patterns that look like abuse first. Practitioners are named, residents are masked.",
			}, s.used),
			module.Op(module.Operation{
				Name: "emergency-own", Words: bilingual.Text{Zh: "我的紧急访问", En: "My emergency access"}, Levels: module.System, Reads: true,
				Doc: "By which rules one opens records in an emergency: for how long, how it is reviewed, what a reason has to have; and which are open to oneself now.",
			}, s.own),
		},
	}
}

type opensRecord struct {
	Patient    *form.Reference  `name:"patient" zh:"居民" en:"Resident" types:"Patient"`
	Identifier *form.Identifier `name:"identifier" zh:"证件" en:"Identifier" doc:"Of the resident, with its system, exactly."`
	Reason     *string          `name:"reason" zh:"理由" en:"Reason" bytes:"2000" doc:"It has to be given: 10 to 500 characters that say something."`
}

type openRecord struct {
	Patient form.Reference `name:"patient" zh:"居民" en:"Resident" types:"Patient"`
	Consent form.Reference `name:"consent" zh:"许可" en:"Permit" types:"Consent"`
	Task    form.Reference `name:"task" zh:"复核任务" en:"Review" types:"Task"`
	Until   time.Time      `name:"until" zh:"有效期至" en:"Until"`
}

func (s services) open(ctx context.Context, c *module.Call, in opensRecord) (out openRecord, err error) {
	who, err := in.whom(c.Ref)
	if err != nil {
		return out, err
	}
	opened, err := s.opening.Open(ctx, c.Session, who, text(in.Reason))
	return openRecord{form.Reference(opened.Patient), form.Reference(opened.Consent), form.Reference(opened.Task), opened.Until}, err
}

// whom is which resident is meant.
func (in opensRecord) whom(ref fhir.Ref) (who emergency.Resident, err error) {
	ways := 0
	if ref.ID != "" {
		ways++
		who.Patient = ref.String()
	}
	if in.Patient != nil {
		ways++
		who.Patient = string(*in.Patient)
	}
	if in.Identifier != nil {
		ways++
		who.System, who.Value = in.Identifier.System, in.Identifier.Value
	}
	if ways != 1 {
		return who, fault.New(fault.Malformed, "Name the resident in one way: by the address (Patient/1/$emergency-access), by patient, or by identifier.").WithIssue("required")
	}
	return who, nil
}

type verdict string

// Codes implements [form.Coded].
func (verdict) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(emergency.IsJustified), Words: bilingual.Text{Zh: "理由成立", En: "Justified"}},
		{Code: string(emergency.IsUnjustified), Words: bilingual.Text{Zh: "理由不成立", En: "Unjustified"}},
	}
}

type reviews struct {
	Verdict verdict `name:"verdict" zh:"结论" en:"Verdict"`
	Note    *string `name:"note" zh:"说明" en:"Note" bytes:"2000" doc:"An unjustified use needs one: 10 to 500 characters."`
}

type reviewed struct {
	Task    form.Reference `name:"task" zh:"复核任务" en:"Review" types:"Task"`
	Verdict verdict        `name:"verdict" zh:"结论" en:"Verdict"`
}

func (s services) review(ctx context.Context, c *module.Call, in reviews) (reviewed, error) {
	err := s.opening.Review(ctx, c.Session, c.Ref, emergency.Verdict(in.Verdict), text(in.Note))
	return reviewed{form.Reference(c.Ref.String()), in.Verdict}, err
}

type asksUses struct {
	Since       *form.DateTime  `name:"_since" zh:"自" en:"Since" doc:"The window of the policy where it is left out."`
	Institution *form.Reference `name:"institution" zh:"机构" en:"Institution" types:"Organization" doc:"For a regulator; others see their own."`
}

type pattern string

// Codes implements [form.Coded].
func (pattern) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(emergency.Unjustified), Words: bilingual.Text{Zh: "复核不成立", En: "Found unjustified"}},
		{Code: string(emergency.Unvisited), Words: bilingual.Text{Zh: "无就诊记录", En: "For residents who were not there"}},
		{Code: string(emergency.Repeated), Words: bilingual.Text{Zh: "反复打开同一居民", En: "For the same resident"}},
		{Code: string(emergency.AtNight), Words: bilingual.Text{Zh: "夜间", En: "At night"}},
		{Code: string(emergency.Many), Words: bilingual.Text{Zh: "次数多", En: "Many of all kinds"}},
	}
}

type uses struct {
	Since time.Time `name:"since" zh:"自" en:"Since"`
	Until time.Time `name:"until" zh:"至" en:"Until"`
	Whole bool      `name:"whole" zh:"是否全部" en:"Whole" doc:"Whether all uses were looked at, and not only the newest."`
	Who   []usedBy  `name:"practitioner" zh:"医务人员" en:"Practitioners" most:"*"`
}

type usedBy struct {
	Reference    form.Named       `name:"reference" zh:"何人" en:"Who"`
	Severity     int              `name:"severity" zh:"严重程度" en:"Severity"`
	Patterns     []pattern        `name:"pattern" zh:"异常情形" en:"Patterns" most:"*"`
	Institutions []form.Reference `name:"institution" zh:"机构" en:"Institutions" most:"*"`
	Unjustified  int              `name:"unjustified" zh:"复核不成立次数" en:"Unjustified uses"`
	Unvisited    int              `name:"unvisited" zh:"无就诊记录次数" en:"Uses for residents who were not there"`
	Repeated     int              `name:"repeated" zh:"反复打开次数" en:"Uses for a resident again"`
	Night        int              `name:"night" zh:"夜间次数" en:"Uses at night"`
	Uses         int              `name:"uses" zh:"总次数" en:"Uses"`
	Open         int              `name:"open" zh:"待复核" en:"Not reviewed"`
	Overdue      int              `name:"overdue" zh:"逾期未复核" en:"Not reviewed in time"`
	Residents    []usedOn         `name:"resident" zh:"居民" en:"Residents with several uses" most:"*"`
}

type usedOn struct {
	Reference form.Named `name:"reference" zh:"何人" en:"Who"`
	Uses      int        `name:"uses" zh:"次数" en:"Uses"`
}

func (s services) used(ctx context.Context, c *module.Call, in asksUses) (out uses, err error) {
	var since time.Time
	if in.Since != nil {
		if since, _, err = in.Since.Period(c.Zone); err != nil {
			return out, err
		}
	}
	institution := ""
	if in.Institution != nil {
		institution = string(*in.Institution)
	}
	report, err := s.opening.Uses(ctx, c.Session, since, institution)
	out = uses{Since: report.Since, Until: report.Until, Whole: report.Whole}
	for _, one := range report.Who {
		out.Who = append(out.Who, conduct(one))
	}
	return out, err
}

// conduct is what the uses of one practitioner come to.
func conduct(c emergency.Conduct) usedBy {
	n := c.Counts
	u := usedBy{
		Reference: form.Named{Reference: form.Reference(c.Practitioner), Display: c.Name}, Severity: c.Severity, Open: c.Open, Overdue: c.Overdue,
		Unjustified: n[emergency.Unjustified], Unvisited: n[emergency.Unvisited], Repeated: n[emergency.Repeated], Night: n[emergency.AtNight], Uses: n[emergency.Many],
	}
	for _, p := range c.Patterns {
		u.Patterns = append(u.Patterns, pattern(p))
	}
	for _, name := range c.Institutions {
		u.Institutions = append(u.Institutions, form.Reference(name))
	}
	for _, o := range c.Often {
		u.Residents = append(u.Residents, usedOn{form.Named{Reference: form.Reference(o.Resident.String()), Display: o.Masked}, o.Times})
	}
	return u
}

type asksOwn struct{}

type ownUses struct {
	Lasts  int      `name:"lasts" zh:"开放分钟数" en:"Minutes that a record stays open"`
	Review int      `name:"review" zh:"复核期限分钟数" en:"Minutes until it has been reviewed"`
	Most   int      `name:"most" zh:"同时打开的上限" en:"Records that may be open at a time"`
	Least  int      `name:"least" zh:"理由最少字数" en:"Characters of a reason at least"`
	Length int      `name:"length" zh:"理由最多字数" en:"Characters of a reason at most"`
	Open   []ownUse `name:"open" zh:"已打开的档案" en:"Records that are open" most:"100"`
}

type ownUse struct {
	Patient form.Reference `name:"patient" zh:"居民" en:"Resident" types:"Patient"`
	Name    *string        `name:"name" zh:"姓名" en:"Name"`
	Until   time.Time      `name:"until" zh:"有效期至" en:"Until"`
}

func (s services) own(ctx context.Context, c *module.Call, _ asksOwn) (ownUses, error) {
	own, err := s.opening.Own(ctx, c.Session)
	minutes := func(d time.Duration) int { return int(d / time.Minute) }
	out := ownUses{Lasts: minutes(own.Lasts), Review: minutes(own.Review), Most: own.Most, Least: own.Least, Length: own.Length}
	for _, u := range own.Open {
		out.Open = append(out.Open, ownUse{form.Reference(u.Patient), known(u.Name), u.Until})
	}
	return out, err
}

// text is a text that need not be given; "" if it is not.
func text(given *string) string {
	if given == nil {
		return ""
	}
	return *given
}

// known is a text that is left out where there is none.
func known(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
