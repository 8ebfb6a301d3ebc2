package correction

import (
	"slices"
	"strconv"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/process"
)

// Names of what a case keeps. They are stored: never rename them.
const (
	inComplained = "complained-of" // the version that is wrong: the one that stood when it was asked
	inWrong      = "wrong"
	inShould     = "should-be"
	inElement    = "element"
	inProposed   = "proposed"
	outReason    = "reason"
	outWhy       = "why"
	outCorrected = "corrected" // the version that is right
	outFinding   = "finding"
	outOrder     = "order"
)

// correctable are the types of which something can be asked to be put right: who residents are and their care, without what the
// platform itself notes of work and messages.
var correctable = slices.DeleteFunc(slices.Concat(gate.People.Types(), gate.Clinical.Types()), func(t schema.Type) bool {
	return slices.Contains([]string{"Task", "Provenance", "Communication"}, t.String())
})

type requesting struct {
	Record   form.Reference `name:"record" zh:"要更正的记录" en:"Record" doc:"The record that is wrong: anything about your health or care, or about who you are."`
	Wrong    string         `name:"wrong" zh:"哪里不对" en:"What is wrong" bytes:"2000"`
	Should   string         `name:"should-be" zh:"应当是什么" en:"What it should be" bytes:"2000"`
	Element  *string        `name:"element" zh:"有误的项目" en:"Element" bytes:"200" doc:"FHIRPath of what is wrong, such as Observation.value; given with what is proposed for it."`
	Proposed *string        `name:"proposed" zh:"建议的值" en:"Proposed value" bytes:"2000" doc:"What should stand there."`
}

func request() process.Move {
	m := process.Make(process.Move{
		Code: "request", Words: bilingual.Text{Zh: "申请更正", En: "Ask for a correction"},
		Doc: "Ask the institution that answers for a record to put something in it right. A record has one open request at a time.",
		To:  []string{stateOpen}, By: []process.By{residents},
		Tells: []process.Tell{tell(institution, "收到一份更正申请，请在期限内处理。", "A resident asks for a correction. Please decide within the time that is set.")},
	}, decideRequest)
	return process.Reading(m, func(_ *process.Case, in requesting) []string { return []string{string(in.Record)} })
}

func decideRequest(c *process.Case, in requesting) error {
	ref := in.Record.Ref()
	record, seen := c.Read(string(in.Record))
	custodian, _ := record.Extended(gate.Custodian)
	switch {
	case !slices.Contains(correctable, ref.Type) || !seen:
		return fault.New(fault.Unprocessable, "There is no record %s of yours that could be corrected. 没有可申请更正的这条记录。", in.Record).WithIssue("not-found")
	case custodian == "":
		return fault.New(fault.Unprocessable, "No institution answers for %s. Change it yourself, or turn to the place that wrote it. 这条记录没有负责机构。", in.Record).WithIssue("business-rule")
	case (in.Element == nil) != (in.Proposed == nil):
		return fault.New(fault.Unprocessable, "The element and what is proposed for it are given together, or neither. 有误的项目与建议的值应同时填写。").WithIssue("value")
	case in.Element != nil && !hasElement(ref.Type, *in.Element):
		return fault.New(fault.Unprocessable, "%s has no element %q; name one as FHIRPath does, such as Observation.value. 没有这个项目。", ref.Type, *in.Element).WithIssue("value")
	}
	c.For(c.Actor.Resident.String())
	c.Set(institution, process.Who{Reference: custodian})
	c.FocusOn(c.Edit(string(in.Record)))
	c.InputReference(inComplained, versionOf(c, string(in.Record)))
	c.Input(inWrong, in.Wrong)
	c.Input(inShould, in.Should)
	if in.Element != nil {
		c.Input(inElement, *in.Element)
		c.Input(inProposed, *in.Proposed)
	}
	carryLabels(c, record)
	c.Reserve(ref.String(), "A correction of this has been asked for already and is not closed yet. 已有针对该内容的更正申请正在办理。")
	return nil
}

// versionOf names the version of a resource that the move has read.
func versionOf(c *process.Case, reference string) string {
	return reference + "/_history/" + strconv.FormatInt(c.Version(reference), 10)
}
