package scheduling

import (
	"yitong/internal/bilingual"
	"yitong/internal/fhir/schema"
	"yitong/internal/module"
)

// Descriptor is what the platform has of this service.
func Descriptor(d Desk) module.Descriptor {
	d.regions, d.slots, d.listings, d.guesses, d.cards = &moments[string]{}, &moments[segment]{}, &listings{}, codes(), cards()
	d.drawn, d.lines = &lots{}, &lines{}
	op := func(name, id string, of schema.Type, levels module.Levels, zh, en, doc string) module.Operation {
		return module.Operation{Name: name, ID: id, Types: []schema.Type{of}, Levels: levels, Words: bilingual.Text{Zh: zh, En: en}, Doc: doc, Mission: []string{"A1", "A2"}}
	}
	finds := op("find", "find-segments", typeSlot, module.OfType, "查找号源", "Find a time", "Lists segments of clinics in the order of their time, with how many places who asks may book of each now. Places for referrals are the public's from a time of the day before on.")
	finds.Reads, finds.Methods = true, []string{"POST"} // illnesses and positions stand in no address
	counts := op("days", "clinic-days", typeSlot, module.OfType, "号源日历", "Days of a department", "Tells of each day how many places of a department who asks may book now.")
	counts.Reads = true
	lists := op("visits", "list-visits", typeAppointment, module.OfType, "预约清单", "Visits",
		"Lists visits. Residents and proxies see those of the person, the latest first; who works at a hospital, those of its day, in their order.")
	lists.Reads = true
	near := op("departments", "find-departments", typeService, module.OfType, "查找科室", "Find a department",
		"Lists departments that are as asked, by distance, next free time or price. Of the directory 5000 departments are looked at, and the next segments of the 60 nearest of these that fit. A position is used for the one answer, and kept nowhere.")
	near.Reads, near.Mission, near.Methods = true, []string{"A1", "A25"}, []string{"POST"} // for the same reason
	on := func(name, id string, of schema.Type, levels module.Levels, zh, en, doc string) module.Operation {
		o := op(name, id, of, levels, zh, en, doc)
		o.Returns = typeAppointment
		return o
	}
	opens := op("open-clinic", "", typeSchedule, module.OfType|module.Instance, "出诊安排", "Open a clinic",
		"Says when a clinic takes place, week by week, and with how many places; its segments are published day by day. A segment is no longer than the hospital's level allows; the lead of an alliance keeps a share for referrals. What is published already stays as it is.")
	opens.Returns = typeSchedule
	shows := op("clinics", "list-clinics", typeSchedule, module.OfType, "门诊清单", "Clinics", "Lists the clinics of the institution, with how they take place week by week.")
	shows.Reads = true
	tells := op("place-use", "use-of-places", typeSchedule, module.OfType, "号源使用情况", "Use of places",
		"Tells of each day how the places of the institution, or of one of its departments, were used, by pool and by channel, and how many visits were missed or cancelled.")
	tells.Reads = true
	shown := op("draw", "show-draw", typeSchedule, module.Instance, "抽签公示", "A draw", "Shows the draws of a clinic: the commitment to the seed, which was published before anybody entered; the seed behind it; the order; and what the entries got: those that have a place and one's own, or with all=true every one. It names nobody.")
	shown.Reads = true
	return module.Descriptor{
		Name: "scheduling", Words: bilingual.Text{Zh: "预约诊疗", En: "Appointments"}, Mission: []string{"A1", "A2"}, Rules: Tables(), Owns: Owned(),
		Doc: "Residents book a time at a clinic, by themselves or by somebody for them, out of one pool of places for all channels; none is given twice.",
		Operations: []module.Operation{
			module.Op(opens, d.open),
			module.Op(op("stop-clinic", "", typeSchedule, module.Instance, "停诊", "Stop a clinic",
				"Stops a clinic for some days. Who has booked is told and may choose another time; it counts as no missed visit."), d.stop),
			module.Op(op("move-clinic", "", typeSchedule, module.Instance, "门诊调整", "Change a clinic of a day",
				"Says that another doctor sees people on a day of a clinic, or that it begins earlier or later. Who has booked keeps the place, is told, with other times that are open, and may cancel or change until it begins: that counts as nothing, and what was paid is owed back."), d.move),
			module.Op(shows, d.clinics),
			module.Op(tells, d.use),
			module.Op(finds, d.find),
			module.Op(counts, d.days),
			module.Op(near, d.departments),
			module.Op(on("hold", "hold-place", typeSlot, module.Instance, "锁号", "Hold a place",
				"Holds a place for a while, in which $book makes it sure. It is refused where no place is free for who asks, where the person has one at the department that day, or too many, and online for who has missed too many visits."), d.hold),
			module.Op(on("book", "book-place", typeSlot, module.Instance, "预约", "Book a place", "Takes a place at once, by the same rules as $hold."), d.book),
			module.Op(on("book", "book-held", typeAppointment, module.Instance, "确认预约", "Book what is held", "Makes a place sure that is held. It is refused behind the end of the hold."), d.confirm),
			module.Op(on("change", "change-visit", typeAppointment, module.Instance, "改约", "Change the time", "Takes a place at another time in the place of the one that there is; until that is sure the old one stays. By oneself that can be done until a time of the day before."), d.change),
			module.Op(on("cancel", "cancel-visit", typeAppointment, module.Instance, "取消预约", "Cancel", "Gives the place back. By oneself that can be done until a time of the day before; later the hospital does."), d.cancel),
			module.Op(on("arrive", "arrive-visit", typeAppointment, module.Instance, "到诊登记", "Check in",
				"Says that the person has come, and gives them their ticket of the queue. Residents and proxies do it where they are, by the code that the board shows. Who has not, a while behind the end of the segment, has missed the visit."), d.arrive),
			module.Op(op("check-in", "", typeAppointment, module.OfType, "报到", "Check in by a card",
				"Checks in all of somebody's visits of today at the hospital, by the number of a document or a card, or the text of their QR code. The number is looked up, and kept nowhere."), d.checkIn),
			module.Op(lists, d.list),
			module.Op(on("wait", "wait-place", typeService, module.Instance, "候补登记", "Wait for a place", "Has somebody wait for a place at a department, where none is free. What comes back goes to those who wait, in the order in which they began: held for a while, or booked at once where that is wished."), d.wait),
			module.Op(on("enter", "enter-draw", typeSchedule, module.Instance, "抽签报名", "Enter a draw", "Has somebody enter the draw of a day of a clinic. It does not matter who enters first; each person enters once."), d.enter),
			module.Op(shown, d.draws),
		},
	}
}
