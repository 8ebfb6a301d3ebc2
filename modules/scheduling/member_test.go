package scheduling_test

import (
	"fmt"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/test/services"
)

// TestMember: a doctor of a member of the alliance books for a patient of theirs out of the places for referrals. It is refused for a patient
// to whom they have no relation; who is of no member, or only works at one, has the public's places alone.
func TestMember(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 4, 0, 30) // 3 of the public's, 1 for referrals
		w.must(err)
		w.put(`{"resourceType":"Patient","id":"theirs",%s,%s,"name":[{"text":"本院居民"}]}`, services.Custodian("clinic"), services.Passport)
		w.put(`{"resourceType":"Practitioner","id":"guide-member"}`)
		slot := w.slot(clinic, 2, "0800")
		for i := range 3 {
			_, err := w.make(fmt.Sprintf("p%d", i), "book-place", slot)
			w.must(err)
		}
		for who, of := range map[string]string{"doctor clinic": "theirs", "guide member": "p3", "doctor lead": "mother"} {
			_, err := w.make(who, "book-place", slot, patient(of)...)
			w.want(who+" takes a place for referrals", err, fault.Conflict)
		}
		for who, of := range map[string]string{"doctor member": "mother", "doctor clinic": "p3"} {
			_, err := w.make(who, "book-place", slot, patient(of)...)
			w.want(who+" books for somebody whom they do not treat", err, fault.Forbidden)
		}
		visit, err := w.make("doctor member", "book-place", slot, patient("p3")...)
		w.must(err)
		w.has(string(w.visit(visit).Root.Raw()), []string{`"valueCode":"member"`, `"url":"urn:yitong:place-number","valueInteger":4`, `"reference":"Practitioner/doctor-member"`, `"reference":"Organization/member"`})
		w.put(`{"resourceType":"OrganizationAffiliation","id":"member","active":true,"organization":{"reference":"Organization/lead"},"participatingOrganization":{"reference":"Organization/member"},
			"period":{"start":"2026-01-01","end":"2026-05-10"}}`)
		_, err = w.make("doctor member", "book-place", w.slot(clinic, 2, "0830"), patient("p4")...)
		w.must(err)
		if free := w.free("doctor member", w.slot(clinic, 2, "0830")); free != 2 {
			t.Errorf("behind the end of its agreement %d places are free", free)
		}
	})
}

// TestFindForReferral: what is for referrals is listed for members and for who takes patients over, with how many places of it are free; where
// nothing is, the next page is looked through. Others are told of nothing.
func TestFindForReferral(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("lead", "heart", 5, 0, 5) // of each segment 4 are the public's, 1 is for referrals
		w.must(err)
		full := w.slot(clinic, 1, "0800")
		for i := range 5 {
			_, err := w.make("doctor member", "book-place", full, patient(fmt.Sprintf("p%d", i))...)
			w.must(err)
		}
		asks := func(who string, more ...any) string {
			w.Helper()
			text, err := w.written(who, "find-segments", append([]any{"department", services.Ref("HealthcareService/heart-lead"), "referral", true}, more...)...)
			w.must(err)
			return text
		}
		for _, who := range []string{"doctor member", "office lead", "doctor lead"} {
			text := asks(who)
			if strings.Contains(text, full+`"`) || !strings.Contains(text, w.slot(clinic, 1, "0805")+`"`) {
				t.Errorf("%s is told of what is full, or not of what is free", who)
			}
			w.has(text, []string{`{"name":"free","valueInteger":5}`, `{"name":"referral","valueInteger":1}`})
		}
		for _, who := range []string{"p0", "guide lead", "doctor clinic", "guide clinic"} {
			if text := asks(who); strings.Contains(text, "Slot/") {
				t.Errorf("%s is told of places for referrals: %.200s", who, text)
			}
		}
		_, err = w.call("administrator lead", "stop-clinic", clinic, nil, services.Parameters("from", day(w, 1), "to", day(w, 5), "reason", "医师外出"))
		w.must(err)
		if text := asks("office lead"); !strings.Contains(text, w.slot(clinic, 6, "0800")+`"`) {
			t.Errorf("the pages that are full are not looked through: %.200s", text)
		}
	})
}
