package scheduling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/test/services"
)

// TestNumbersOfCards: a visit is booked, and somebody checked in, by the number of a document of identity or a health card, in a crowd of others
// who have the same number at a hospital of theirs; not by what hospitals number people by, nor by a number of former times.
func TestNumbersOfCards(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		identifier := func(system, kind, code, more string) string {
			if system != "" {
				system = fmt.Sprintf(`"system":%q,`, system)
			}
			return fmt.Sprintf(`{%s%s"type":{"coding":[{"system":%q,"code":%q}]},"value":"100234"}`, more, system, kind, code)
		}
		const kinds, v2 = "urn:yitong:codesystem:identity-document", "http://terminology.hl7.org/CodeSystem/v2-0203"
		known := func(id, identifiers string) {
			h.put(`{"resourceType":"Patient","id":%q,%s,"name":[{"text":"张三"}],"identifier":[%s]}`, id, services.Custodian("clinic"), identifiers)
		}
		find := func(what string, want fault.Code) (fhir.Node, error) {
			_, err := h.make("guide lead", "book-place", h.slot(h.clinic, 1, "0800"), "number", "100234")
			h.want("booked by "+what, err, want)
			out, err := h.ask("guide lead", "check-in", "", "number", "100234")
			if want != "" {
				h.want("checked in by "+what, err, fault.NotFound)
			}
			return out, err
		}
		known("record", identifier("https://clinic.example/card", v2, "MR", ""))
		_, err := h.make("guide lead", "book-place", h.slot(h.clinic, 0, "0800"), "patient", services.Ref("Patient/record"))
		h.want("another hospital's", err, fault.NotFound)
		_, _ = find("the record number of another hospital", fault.NotFound)
		known("unnamed", identifier("", v2, "MR", ""))
		_, _ = find("a number of no document", fault.NotFound)
		known("former", identifier("", kinds, "031", `"use":"old",`))
		_, _ = find("a document of former times", fault.NotFound)
		for i := range 70 {
			known(fmt.Sprintf("crowd%d", i), identifier(fmt.Sprintf("https://hospital%d.example/card", i), v2, "MR", ""))
		}
		known("card", identifier("", kinds, "109", ""))
		visit, err := h.make("guide lead", "book-place", h.slot(h.clinic, 0, "0800"), "number", "100234")
		h.must(err)
		if text := string(h.visit(visit).Root.Raw()); !strings.Contains(text, `"Patient/card"`) {
			t.Errorf("booked is %s", text)
		}
		out, err := find("a health card", "")
		h.must(err)
		if got := parts(out, "visit", "appointment"); len(got) != 1 || got[0] != visit {
			t.Errorf("checked in are %v", got)
		}
		known("twin", identifier("", kinds, "031", ""))
		_, _ = find("what two people have", fault.NotFound)
	})
}

// TestNumbersAreNotTried: who has given too many numbers of nobody waits, be there one behind them that is right; another desk does not.
func TestNumbersAreNotTried(t *testing.T) {
	each(t, func(w *world) {
		h := w.hall()
		h.book("1990-01-01")
		try := func(who string, n int) error {
			_, err := h.call(who, "check-in", "", nil, services.Parameters("number", fmt.Sprintf("1101011990%08d", n)))
			return err
		}
		for n := 2; n < 62; n++ {
			h.want("a number of nobody", try("guide lead", n), fault.NotFound)
			if n < 12 {
				h.must(try("guide lead", 1))
			}
		}
		err := try("guide lead", 1)
		if h.want("too many", err, fault.TooOften); fault.From(err).Wait != 10*time.Minute {
			t.Errorf("one waits %v", fault.From(err).Wait)
		}
		_, err = h.make("guide lead", "book-place", h.slot(h.clinic, 1, "0800"), "number", "110101199000000001")
		h.want("too many, to book", err, fault.TooOften)
		h.want("the machine beside it", try("account lead", 1), "")
		h.pass(10 * time.Minute)
		h.must(try("guide lead", 1))
	})
}
