package scheduling_test

import (
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

// TestRealName: others book only for who is known by a name and a document; a region may ask less of who stands at the window (A1;
// 北京门诊预约诊疗服务规范, Art. 10–14).
func TestRealName(t *testing.T) {
	each(t, func(w *world) {
		clinic, err := w.daily("clinic", "heart", 20, 5, 30)
		w.must(err)
		slot := w.slot(clinic, 2, "0800")
		books := func(who, name string) error {
			_, err := w.make(who, "book-place", slot, patient(name)...)
			return err
		}
		for name, c := range map[string]struct {
			says string
			want fault.Code
		}{
			"nameless":     {services.Passport, fault.Unprocessable},
			"undocumented": {`"name":[{"text":"无证"}],"identifier":[{"system":"urn:card","value":"1"}]`, fault.Unprocessable},
			"outdated":     {`"name":[{"text":"旧证"}],` + strings.Replace(services.Passport, `"value"`, `"use":"old","value"`, 1), fault.Unprocessable},
			"documented":   {`"name":[{"text":"有证"}],` + services.Passport, ""},
			"citizen":      {`"name":[{"text":"公民"}],"identifier":[{"system":"urn:oid:2.16.156.10011.1.3","value":"11010519491231002X"}]`, ""},
		} {
			w.put(`{"resourceType":"Patient","id":%q,%s,%s}`, name, services.Custodian("clinic"), c.says)
			w.want(name, books("guide clinic", name), c.want)
		}
		if _, err := w.waits("guide clinic", "heart-clinic", 5, patient("nameless")...); !strings.Contains(fault.From(err).Message, "实名") {
			w.Errorf("who is not known waits: %v", err)
		}
		w.rule(scheduling.RealName.Table(), "no")
		w.must(books("guide clinic", "undocumented"))
	})
}
