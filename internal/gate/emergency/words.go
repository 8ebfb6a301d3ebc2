package emergency

import (
	"cmp"
	"fmt"
	"time"

	"yitong/internal/bilingual"
)

// How residents read times.
const (
	chineseTime = "2006年1月2日15:04"
	englishTime = "2 January 2006, 15:04"
)

// openedWords tell a resident that their record has been opened: who, of which institution, when, until when and why, that it
// will be reviewed, and to whom they can turn (PIPL Art. 17, 50). They tell nothing of what the record holds.
func openedWords(o opening) bilingual.Text {
	chinese, english := calledIn(o.names)
	hours := o.due.Sub(o.from).Round(time.Hour) / time.Hour
	return bilingual.Text{
		Zh: fmt.Sprintf("您的健康档案已被紧急访问。%s于%s为紧急救治打开了您的健康档案,至%s自动关闭。理由:%s。%s将在%d小时内对此次访问进行复核。如您认为不妥,可向%s投诉。",
			chinese[1]+chinese[0], o.from.Format(chineseTime), o.until.Format(chineseTime), o.reason, chinese[1], hours, o.complaints.Zh),
		En: fmt.Sprintf("Your health record was opened in an emergency. %s of %s opened it on %s to treat you; it closes by itself on %s. The reason given: %s. %s will review this within %d hours. If you object, complain to %s.",
			english[0], english[1], o.from.Format(englishTime), o.until.Format(englishTime), o.reason, english[1], hours, o.complaints.En),
	}
}

// closedWords tell a resident that a review has found a use unjustified.
func closedWords(names [2]string, opened time.Time, complaints bilingual.Text) bilingual.Text {
	chinese, english := calledIn(names)
	return bilingual.Text{
		Zh: fmt.Sprintf("关于您的健康档案于%s被%s紧急访问一事:经复核,此次访问理由不成立,访问权限已经终止。如有疑问,可向%s投诉。",
			opened.Format(chineseTime), chinese[1]+chinese[0], complaints.Zh),
		En: fmt.Sprintf("On %s, %s of %s opened your health record as in an emergency. A review has found that this was not justified; the record is closed to them. If you have questions, complain to %s.",
			opened.Format(englishTime), english[0], english[1], complaints.En),
	}
}

// calledIn are the names of a practitioner and an institution in a sentence, also if they have none.
func calledIn(names [2]string) (chinese, english [2]string) {
	return [2]string{cmp.Or(names[0], "一名医务人员"), cmp.Or(names[1], "医疗机构")},
		[2]string{cmp.Or(names[0], "A member of the staff"), cmp.Or(names[1], "an institution")}
}
