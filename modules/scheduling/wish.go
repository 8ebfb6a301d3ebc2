package scheduling

import (
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
)

// Hours are the part of the day at which somebody would come.
type Hours string

// The parts. They are stored: never rename one.
const (
	Morning   Hours = "am"
	Afternoon Hours = "pm"
)

// Codes implements [form.Coded].
func (Hours) Codes() []bilingual.Code {
	return []bilingual.Code{
		{Code: string(Morning), Words: bilingual.Text{Zh: "上午", En: "Morning"}}, {Code: string(Afternoon), Words: bilingual.Text{Zh: "下午", En: "Afternoon"}},
	}
}

// wish is what somebody waits for.
type wish struct {
	from, to string // days
	doctor   string // PractitionerRole/…, "" for any
	part     Hours  // "" for any
	sure     bool   // booked at once when a place comes
	waits    bool   // of an entry to a draw: who gets nothing waits
}

// fits tells whether a segment is what somebody waits for.
func (w *wish) fits(g segment) bool {
	day, morning := g.day(), g.Start.Hour() < 12
	return w.from <= day && day <= w.to && (w.doctor == "" || w.doctor == g.doctor) && (w.part == "" || (w.part == Morning) == morning)
}

// meets tells whether a place could be for either of two who wait.
func (w *wish) meets(o *wish) bool {
	return w.from <= o.to && o.from <= w.to && (w.doctor == "" || o.doctor == "" || w.doctor == o.doctor) && (w.part == "" || o.part == "" || w.part == o.part)
}

// extension is how a wish stands on an Appointment.
func (w *wish) extension() extension {
	parts := []extension{{URL: "from", Date: w.from}, {URL: "to", Date: w.to}, {URL: "sure", Boolean: &w.sure}, {URL: "waits", Boolean: &w.waits}}
	if w.doctor != "" {
		parts = append(parts, refers("doctor", w.doctor))
	}
	if w.part != "" {
		parts = append(parts, extension{URL: "part", Code: string(w.part)})
	}
	return extension{URL: urlWish, Extension: parts}
}

// wishIn reads the wish of an Appointment, nil where it has none.
func wishIn(n fhir.Node) *wish {
	of := extended(n, urlWish)
	if !of.Exists() {
		return nil
	}
	is := func(name string) bool { return string(extended(of, name).Get("valueBoolean").Raw()) == "true" }
	return &wish{
		from: extended(of, "from").Get("valueDate").Str(), to: extended(of, "to").Get("valueDate").Str(), sure: is("sure"), waits: is("waits"),
		doctor: extended(of, "doctor").Get("valueReference").Get("reference").Str(), part: Hours(extended(of, "part").Get("valueCode").Str()),
	}
}

// wishesOf is the scope of what a person waits for.
func wishesOf(patient fhir.Ref) string { return scopeWish + patient.ID }

// toldOfWish is what whom a wish is for is told: of a place that came, of a draw, or that nothing came.
func (b booking) toldOfWish() (title, text bilingual.Text) {
	what := b.names[0]
	if b.names[1] != "" {
		what += " " + b.names[1]
	}
	when := b.start.Format("2006-01-02 15:04") + "–" + b.end.Format("15:04")
	switch {
	case b.why == OffStopped:
		instead := b.instead()
		return bilingual.Text{Zh: "停诊通知：抽签取消", En: "The draw does not take place"},
			bilingual.Text{Zh: b.wish.from + "，" + what + "停诊：" + b.reason + "。当日不抽签，您的报名已取消。" + instead.Zh, En: b.wish.from + ", " + what + ": the clinic was stopped (" + b.reason + "), and there is no draw. " + instead.En}
	case b.drawn != "" && b.status == statusBooked:
		return bilingual.Text{Zh: "抽签结果：已中签", En: "The draw: you have a place"},
			bilingual.Text{Zh: when + "，" + what + "，已为您预约。请按时到院报到。", En: when + ", " + what + ": it is booked for you. Please come in time and check in."}
	case b.status == statusWaiting && b.draw != "":
		return bilingual.Text{Zh: "抽签结果：未中签，已转候补", En: "The draw: no place, and you wait now"},
			bilingual.Text{Zh: b.wish.from + "，" + what + "，未中签，已按抽签顺序转入候补。", En: b.wish.from + ", " + what + ": no place was left for you. You wait for one in the order of the draw."}
	case b.why == OffUndrawn:
		return bilingual.Text{Zh: "抽签结果：未中签", En: "The draw: no place"},
			bilingual.Text{Zh: b.wish.from + "，" + what + "，未中签。可预约剩余号源或登记候补。", En: b.wish.from + ", " + what + ": no place was left for you. You can book what is left, or wait for one."}
	case b.status == statusEntered:
		return bilingual.Text{Zh: "已报名抽签", En: "You are in the draw"},
			bilingual.Text{Zh: b.wish.from + "，" + what + "，已报名。报名先后不影响结果，结果出来后会通知您。", En: b.wish.from + ", " + what + ": you are in the draw. It does not matter when one enters; you will be told what comes of it."}
	case b.status == statusWaiting:
		return bilingual.Text{Zh: "已登记候补", En: "You are on the waitlist"},
			bilingual.Text{Zh: b.wish.days() + "，" + what + "，已登记候补。有号源时按登记先后通知您。", En: b.wish.days() + ", " + what + ": you wait for a place. Whoever began to wait first is told first."}
	case b.status == statusHeld:
		until := b.until.In(b.start.Location()).Format("01-02 15:04")
		return bilingual.Text{Zh: "候补有号，请确认", En: "A place has come: please book it"},
			bilingual.Text{Zh: when + "，" + what + "，已为您保留到 " + until + "，请在此之前确认。", En: when + ", " + what + ": it is held for you until " + until + ". Please book it before."}
	case b.status == statusBooked:
		return bilingual.Text{Zh: "候补成功，已预约", En: "A place has come, and is booked"},
			bilingual.Text{Zh: when + "，" + what + "，已为您预约。请按时到院报到。", En: when + ", " + what + ": it is booked for you. Please come in time and check in."}
	case b.why == OffUnbooked:
		return bilingual.Text{Zh: "候补号源未确认，已释放", En: "The place went to the next"},
			bilingual.Text{Zh: when + "，" + what + "，未在时限内确认，号源已顺延。需要时可重新登记候补。", En: when + ", " + what + ": it was not booked in time, and went to the next. You can wait again."}
	case b.why == OffEnded:
		return bilingual.Text{Zh: "候补已到期", En: "No place has come"},
			bilingual.Text{Zh: b.wish.days() + "，" + what + "，候补期间没有号源。请另选时间。", En: b.wish.days() + ", " + what + ": no place has come. Please choose other days."}
	case b.slot == "":
		return bilingual.Text{Zh: "已退出候补或抽签", En: "You do not wait any more"},
			bilingual.Text{Zh: b.wish.days() + "，" + what + "，已退出。", En: b.wish.days() + ", " + what + ": you have withdrawn."}
	}
	return bilingual.Text{Zh: "预约已取消", En: "Your visit is cancelled"},
		bilingual.Text{Zh: when + "，" + what + "，已取消。", En: when + ", " + what + ": cancelled."}
}

func (w *wish) days() string {
	if w.from == w.to {
		return w.from
	}
	return w.from + "–" + w.to
}

// over tells whether the last day of a wish has begun.
func (w *wish) over(now time.Time) bool { return w.to <= now.Format(time.DateOnly) }
