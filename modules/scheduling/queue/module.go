package queue

import (
	"yitong/internal/bilingual"
	"yitong/internal/fhir/schema"
	"yitong/internal/module"
)

var missions = []string{"A3", "A23", "A25"}

// Descriptor is what the platform has of this service.
func Descriptor(d Desk) module.Descriptor {
	d.learnt, d.ended = &learnt{}, &ended{}
	op := func(name string, of schema.Type, levels module.Levels, zh, en, doc string) module.Operation {
		return module.Operation{Name: name, ID: "queue-" + name, Types: []schema.Type{of}, Levels: levels, Words: bilingual.Text{Zh: zh, En: en}, Doc: doc, Mission: missions}
	}
	room := func(name string, levels module.Levels, zh, en, doc string) module.Operation {
		o := op(name, typeLocation, levels, zh, en, doc)
		o.Returns = typeLocation
		return o
	}
	ticket := func(name string, of schema.Type, zh, en, doc string) module.Operation {
		o := op(name, of, module.Instance, zh, en, doc)
		o.Returns = typeEncounter
		return o
	}
	reads := func(name string, of schema.Type, levels module.Levels, zh, en, doc string) module.Operation {
		o := op(name, of, levels, zh, en, doc)
		o.Reads = true
		return o
	}
	board := reads("queue-board", typeDepartment, module.Instance, "候诊大屏", "Board of a department",
		"Tells what a wall of the waiting room shows and speaks: the rooms, whom they call, who is next, without full names; and the code by which who is here checks in.")
	board.ID = "queue-board"
	mine := reads("my-queue", typeEncounter, module.OfType, "我的候诊", "Where I stand",
		"Tells a resident of their visits of today: the number, how many are ahead, how long that takes four times of five, where to go, and the steps of the day.")
	mine.ID = "my-queue"
	return module.Descriptor{
		Name: "queue", Words: bilingual.Text{Zh: "候诊叫号", En: "Queues"}, Mission: missions, Rules: Tables(), Owns: Owned(),
		Doc: "Who has checked in waits in a line whose order follows from rules; rooms call them, boards show it, and everybody sees where they stand.",
		Operations: []module.Operation{
			module.Op(room("open-room", module.OfType|module.Instance, "设置诊室", "Open a room", "Makes a room of a department from which people are called, or changes one."), d.openRoom),
			module.Op(room("close-room", module.Instance, "停用诊室", "Close a room", "Takes a room out of use. It is refused while somebody is called to it or is in it, or a doctor sits there."), d.closeRoom),
			module.Op(reads("rooms", typeLocation, module.OfType, "诊室清单", "Rooms", "Lists the rooms of the institution: who sits there, and whom they serve now."), d.rooms),
			module.Op(room("sit", module.Instance, "进入诊室", "Sit down in a room", "The doctor calls from this room from now on. It is refused where somebody else sits there, or who asks sits in another."), d.sit),
			module.Op(room("rise", module.Instance, "离开诊室", "Leave a room", "The doctor does not call from this room any more. It is refused while somebody is called to it or is in it."), d.rise),
			module.Op(room("pause", module.Instance, "暂停接诊", "Pause", "Says on the board that the room does not call for some minutes, and why; 0 minutes to go on."), d.pause),
			module.Op(ticket("next", typeLocation, "呼叫下一位", "Call the next",
				"Calls the next of the line to the room. Who is there now is ended as it says; without that it is refused while somebody is there. Where nobody waits, "+
					"who is there is ended all the same and is the answer; with nobody there it is refused."), d.next),
			module.Op(ticket("call", typeEncounter, "呼叫", "Call", "Calls somebody out of turn, with a reason, or calls again who is called already, as often as the rules let."), d.call),
			module.Op(ticket("start", typeEncounter, "开始就诊", "Begin", "Says that who was called has come in."), d.start),
			module.Op(ticket("finish", typeEncounter, "结束就诊", "End", "Ends a consultation: done, off to tests, or left. Done makes the visit fulfilled."), d.finish),
			module.Op(ticket("skip", typeEncounter, "过号", "Skip", "Who was called and has not come waits behind the next few. Who was skipped too often has left."), d.skip),
			module.Op(ticket("back", typeEncounter, "回诊报到", "Come back", "Who was at tests waits with the results; who was skipped has turned up. Residents and proxies do it for themselves."), d.back),
			module.Op(ticket("transfer", typeEncounter, "转队列", "Move to another queue", "Moves who waits to another queue of the hospital, with a reason; the time at which they are due stays."), d.transfer),
			module.Op(ticket("leave", typeEncounter, "离开候诊", "Leave", "Who waits, or is at tests, does not wait any more. Residents and proxies do it for themselves."), d.leave),
			module.Op(ticket("prioritise", typeEncounter, "设置优先", "Give priority", "Says why somebody goes first, by the region's rules, or takes that back."), d.prioritise),
			module.Op(reads("line", typeLocation, module.OfType, "候诊队列", "The line", "Tells of a room, a doctor or a department who waits in which order, who is at tests, how many are done, and how long it takes."), d.line),
			module.Op(board, d.board),
			module.Op(mine, d.mine),
		},
	}
}
