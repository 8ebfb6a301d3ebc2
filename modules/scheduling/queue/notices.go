package queue

import (
	"strconv"
	"sync"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/gate"
	"yitong/internal/notice"
)

// kinds are those of notices.
var kinds = sync.OnceValues(func() (notice.Registry, error) { return notice.NewRegistry(notice.Standard()...) })

// told is what a notice says.
type told struct{ title, text bilingual.Text }

// noticeOf tells whom a ticket is for something of it. It goes at once: later it is of no use.
func noticeOf(t *ticket, what told, now time.Time) (gate.Op, error) {
	kinds, err := kinds()
	if err != nil {
		return gate.Op{}, err
	}
	r, err := notice.Resource(notice.Notice{
		Kind: kinds["care"], Recipients: []notice.Recipient{{Reference: t.patient.String()}}, Subject: t.patient.String(), About: []string{t.ref.String()},
		Sender: t.institution, Sent: now, Urgent: true, Title: what.title, Text: what.text,
	})
	return gate.Op{Kind: gate.Create, Type: r.Type, Resource: r, Process: notice.Process}, err
}

// toCall says that it is somebody's turn.
func toCall(t *ticket, m *room) told {
	zh, en := "请到"+m.name+"就诊", "Please go to "+m.name
	if m.way != "" {
		zh, en = zh+"（"+m.way+"）", en+" ("+m.way+")"
	}
	return told{bilingual.Text{Zh: "请就诊", En: "It is your turn"}, bilingual.Text{Zh: t.label + "号，" + zh + "。", En: "Number " + t.spokenEn() + ": " + en + "."}}
}

// soon says that it is somebody's turn before long.
func soon(t *ticket, ahead int) told {
	n := strconv.Itoa(ahead)
	return told{bilingual.Text{Zh: "即将就诊", En: "It is your turn soon"}, bilingual.Text{
		Zh: t.label + "号，" + t.names[0] + "，前面还有 " + n + " 位，请到候诊区等候。", En: "Number " + t.spokenEn() + ", " + t.names[0] + ": " + n + " before you; please come to the waiting area.",
	}}
}

// moved says that somebody stands in another queue now.
func moved(t *ticket) told {
	to := t.names[0]
	if t.doctor != "" {
		to += " " + t.names[1]
	}
	return told{bilingual.Text{Zh: "候诊队列已调整", En: "You wait in another queue now"}, bilingual.Text{
		Zh: t.label + "号，已转到 " + to + " 候诊，号码不变。", En: "Number " + t.spokenEn() + ": you now wait for " + to + "; your number stays.",
	}}
}
