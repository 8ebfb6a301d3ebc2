package scheduling_test

import (
	"fmt"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/rule"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestChangeElsewhere: a change to another hospital goes by the deadline of the visit that is let go, and by when the other place opens.
func TestChangeElsewhere(t *testing.T) {
	each(t, func(w *world) {
		w.put(`{"resourceType":"Organization","id":"clinic","name":"医院clinic","type":[{"coding":[{"system":"urn:yitong:codesystem:hospital-level","code":"2A"}]}],
			"address":[{"_district":{"extension":[{"url":"` + rule.CodingURL + `","valueCoding":{"system":"` + rule.SystemDivision + `","code":"330106"}}]}}]}`)
		w.ruleIn("330106", scheduling.CancelBy.Table(), "09:00")
		late, err := w.daily("lead", "heart", 10, 0, 30) // until midnight
		w.must(err)
		early, err := w.daily("clinic", "eye", 10, 0, 30) // until nine
		w.must(err)
		w.at(time.Date(2026, 5, 11, 12, 0, 0, 0, services.Zone))
		w.publish()
		freely, err := w.make("p0", "book-place", w.slot(late, 1, "0800"))
		w.must(err)
		bound, err := w.make("p1", "book-place", w.slot(early, 1, "0800"))
		w.must(err)
		_, err = w.make("p0", "change-visit", freely, "slot", services.Ref(w.slot(early, 1, "0800")))
		w.must(err)
		_, err = w.make("p1", "change-visit", bound, "slot", services.Ref(w.slot(late, 1, "0800")))
		w.want("behind the deadline of what is let go", err, fault.Unprocessable)
		if got := w.visit(bound).Root.Get("slot").First().Get("reference").Str(); got != w.slot(early, 1, "0800") {
			t.Errorf("it is at %s", got)
		}
		next, err := w.make("p2", "book-place", w.slot(late, 2, "0800"))
		w.must(err)
		_, err = w.make("p2", "change-visit", next, "slot", services.Ref(w.slot(early, 8, "0800")))
		w.want("what is not open yet", err, fault.Unprocessable)
	})
}

// ruleIn has a rule say something else in a region.
func (w *world) ruleIn(region string, of *rule.Table, value string) {
	w.Helper()
	lines, err := of.ReadCSV(of.Rows + fmt.Sprintf("%s,2026-01-01,,%s,test\n", region, value))
	w.must(err)
	book, err := w.book.Load().With(rule.Version{Table: of.Name, Name: "region-" + region, From: "2026-01-01", Published: services.Monday, Lines: lines})
	w.must(err)
	w.book.Store(book)
}
