package queue

import "yitong/internal/bilingual"

// State is how a ticket stands.
type State string

// The states. They are stored: never rename one.
const (
	Waiting    State = "waiting"
	Called     State = "called"
	Skipped    State = "skipped"
	Consulting State = "consulting"
	Tests      State = "tests"
	Returning  State = "returning"
	Done       State = "done"
	Left       State = "left"
)

// Codes implements [form.Coded].
func (State) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Waiting), Words: bilingual.Text{Zh: "候诊", En: "Waiting"}}, {Code: string(Called), Words: bilingual.Text{Zh: "已呼叫", En: "Called"}},
		{Code: string(Skipped), Words: bilingual.Text{Zh: "过号", En: "Skipped"}}, {Code: string(Consulting), Words: bilingual.Text{Zh: "就诊中", En: "With the doctor"}},
		{Code: string(Tests), Words: bilingual.Text{Zh: "检查中", En: "At tests"}}, {Code: string(Returning), Words: bilingual.Text{Zh: "回诊候诊", En: "Waiting with results"}},
		{Code: string(Done), Words: bilingual.Text{Zh: "已完成", En: "Done"}}, {Code: string(Left), Words: bilingual.Text{Zh: "已离开", En: "Left"}},
	}
}

// Ending is what becomes of somebody who is in a room.
type Ending string

// The endings: three are states, one is to be skipped.
const (
	EndDone  Ending = "done"
	EndTests Ending = "tests"
	EndLeft  Ending = "left"
	EndSkip  Ending = "skip"
)

// Codes implements [form.Coded].
func (Ending) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(EndDone), Words: bilingual.Text{Zh: "就诊结束", En: "Done"}}, {Code: string(EndTests), Words: bilingual.Text{Zh: "去做检查", En: "Off to tests"}},
		{Code: string(EndSkip), Words: bilingual.Text{Zh: "过号", En: "Skipped"}}, {Code: string(EndLeft), Words: bilingual.Text{Zh: "已离开", En: "Left"}},
	}
}

// Finish is how a consultation ends.
type Finish string

// Codes implements [form.Coded].
func (Finish) Codes() []bilingual.Code {
	all := Ending("").Codes()
	return []bilingual.Code{all[0], all[1], all[3]}
}

// Priority is why somebody goes first.
type Priority string

// The reasons. They are stored: never rename one.
const (
	NoPriority Priority = "none"
	Elder      Priority = "elder"
	Military   Priority = "military"
	Disabled   Priority = "disabled"
	Child      Priority = "child"
	Green      Priority = "green"
)

var priorities = []bilingual.Code{
	{Code: string(Elder), Words: bilingual.Text{Zh: "高龄老人", En: "Great age"}}, {Code: string(Military), Words: bilingual.Text{Zh: "军人优先", En: "Armed forces"}},
	{Code: string(Disabled), Words: bilingual.Text{Zh: "残疾人", En: "Disability"}}, {Code: string(Child), Words: bilingual.Text{Zh: "婴幼儿", En: "Small child"}},
	{Code: string(Green), Words: bilingual.Text{Zh: "绿色通道", En: "Green channel"}},
}

// Codes implements [form.Coded].
func (Priority) Codes() []bilingual.Code {
	return append([]bilingual.Code{{Code: string(NoPriority), Words: bilingual.Text{Zh: "无", En: "None"}}}, priorities...)
}

// Way is how somebody has checked in.
type Way string

// The ways. They are stored: never rename one.
const (
	ByCode   Way = "code"   // by the text of a resident's QR code
	ByCard   Way = "card"   // by a card or the number of a document
	ByWindow Way = "window" // somebody of the hospital has said so
	ByPlace  Way = "place"  // by the code that a board of the department shows
)

// Stage is a part of the way through the hospital, for whose way it is.
type Stage string

// The stages, in their order.
const (
	StageCheckIn Stage = "check-in"
	StageWait    Stage = "wait"
	StageRoom    Stage = "room"
	StageTests   Stage = "tests"
	StageBack    Stage = "back"
	StagePay     Stage = "pay"
	StageHome    Stage = "home"
)

// Codes implements [form.Coded].
func (Stage) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(StageCheckIn), Words: bilingual.Text{Zh: "到院报到", En: "Check in"}}, {Code: string(StageWait), Words: bilingual.Text{Zh: "候诊", En: "Wait"}},
		{Code: string(StageRoom), Words: bilingual.Text{Zh: "进诊室就诊", En: "See the doctor"}}, {Code: string(StageTests), Words: bilingual.Text{Zh: "检查检验", En: "Tests"}},
		{Code: string(StageBack), Words: bilingual.Text{Zh: "回诊", En: "Back to the doctor"}}, {Code: string(StagePay), Words: bilingual.Text{Zh: "缴费取药", En: "Pay and collect medicines"}},
		{Code: string(StageHome), Words: bilingual.Text{Zh: "离院", En: "Home"}},
	}
}

// Progress is how far a stage is.
type Progress string

// How far.
const (
	IsDone Progress = "done"
	IsNow  Progress = "now"
	ToCome Progress = "to-come"
)

// Codes implements [form.Coded].
func (Progress) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(IsDone), Words: bilingual.Text{Zh: "已完成", En: "Done"}}, {Code: string(IsNow), Words: bilingual.Text{Zh: "进行中", En: "Now"}},
		{Code: string(ToCome), Words: bilingual.Text{Zh: "待进行", En: "To come"}},
	}
}
