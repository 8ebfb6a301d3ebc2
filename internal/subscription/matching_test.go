package subscription_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"yitong/internal/fault"
	"yitong/internal/fhir/schema"
	"yitong/internal/subscription"
)

// TestFeedBehind: what changed before a server began is told of each change, those that were overtaken too, as far as it is still to be
// seen.
func TestFeedBehind(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, stop := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "Observation?code=s|1", e.URL, 100)))
		e.next(t)
		w.becomes("s", "active")
		stop()
		w.observe("o", "a", "1") // 1
		w.observe("o", "a", "2")
		w.observe("o", "a", "1") // 2
		w.observe("gone", "a", "1")
		w.observe("moved", "a", "1")
		w.observe("moved", "b", "1")
		w.observe("o", "a", "3")
		for i := range 450 { // several stretches
			w.observe(fmt.Sprint("x", i), "a", "2")
		}
		w.observe("last", "a", "1")  // 4
		w.remove("Observation/gone") // 3
		w.serve(w.again())
		var got []string
		for len(got) < 4 {
			got = append(got, strings.Fields(told(t, e.next(t).body))[3:]...)
		}
		if want := "1=Observation/o 2=Observation/o 3=Observation/last 4=Observation/gone"; strings.Join(got, " ") != want {
			t.Errorf("%v was told, not %s", got, want)
		}
	})
}

// TestTransition: a topic can ask how a resource was before.
func TestTransition(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		encounter, _ := schema.TypeOf("Encounter")
		w.topics = []subscription.Topic{{
			URL: "urn:test:discharge", Filters: []string{"patient"},
			Resources: []subscription.Trigger{{Type: encounter, On: subscription.Creation | subscription.Updating, Current: "status=finished", Previous: "status:not=finished"}},
		}}
		e := newEndpoint(t)
		s, _ := w.serve(w.db)
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic("urn:test:discharge", "id-only", "Encounter?patient=Patient/pa", e.URL, 1)))
		if err := w.subscribe(s, "Practitioner/systema", "t", byTopic("urn:test:discharge", "id-only", "Encounter?class=AMB", e.URL, 1)); fault.CodeOf(err) != fault.Unprocessable {
			t.Error(err)
		}
		e.next(t)
		w.becomes("s", "active")
		visit := func(id, status string) {
			w.put(`{"resourceType":"Encounter","id":"`+id+`","META","status":"`+status+`","class":{"code":"AMB"},"subject":{"reference":"Patient/pa"}}`, "a")
		}
		visit("e", "arrived")
		visit("e", "finished") // 1
		visit("e", "finished")
		visit("e", "in-progress")
		visit("f", "finished") // 2
		visit("e", "finished") // 3
		for i, want := range []string{"e", "f", "e"} {
			if got := told(t, e.next(t).body); got != fmt.Sprintf("event-notification active %d %[1]d=Encounter/%s", i+1, want) {
				t.Error(got)
			}
		}
	})
}

// TestNames: who subscribes to a resident is told of what stands under another Patient of the same person, and of Patients by their
// elements.
func TestNames(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e, p := newEndpoint(t), newEndpoint(t)
		s, _ := w.serve(w.db)
		w.put(`{"resourceType":"Patient","id":"golden","META","link":[{"type":"seealso","other":{"reference":"Patient/pa"}}]}`, "a")
		w.put(`{"resourceType":"Patient","id":"pa","META","name":[{"text":"x"}],"link":[{"type":"refer","other":{"reference":"Patient/golden"}}]}`, "a")
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "patient=Patient/golden", e.URL, 1)))
		w.must(w.subscribe(s, "Practitioner/systema", "p", byTopic(changed+"Patient", "id-only", "Patient?gender=female", p.URL, 10)))
		e.next(t)
		p.next(t)
		w.becomes("s", "active")
		w.becomes("p", "active")
		w.put(`{"resourceType":"Observation","id":"other","META","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/pb"}}`, "a")
		w.observe("o", "a", "1")
		if got := told(t, e.next(t).body); got != "event-notification active 1 1=Observation/o" {
			t.Error(got)
		}
		w.put(`{"resourceType":"Patient","id":"new","META","gender":"female"}`, "a")
		w.put(`{"resourceType":"Patient","id":"hidden","META","gender":"female"}`, "b")
		w.put(`{"resourceType":"Patient","id":"him","META","gender":"male"}`, "a")
		if got := told(t, p.next(t).body); got != "event-notification active 1 1=Patient/new" {
			t.Error(got)
		}
		if len(p.calls)+len(e.calls) > 0 {
			t.Error("more was told")
		}
	})
}

// TestResidents: who subscribes to a resident is told of what is about that resident by any name, be it linked from one side only, of
// deletions, too; changes of others in between are passed over.
func TestResidents(t *testing.T) {
	eachDatabase(t, func(t *testing.T, w *world) {
		e := newEndpoint(t)
		s, stop := w.serve(w.db)
		for id, links := range map[string]string{"golden": "second third", "second": "", "third": "golden", "other": ""} {
			var all []string
			for _, to := range strings.Fields(links) {
				kind := map[bool]string{true: "seealso", false: "refer"}[id == "golden"]
				all = append(all, `{"type":"`+kind+`","other":{"reference":"Patient/`+to+`"}}`)
			}
			text := `{"resourceType":"Patient","id":"` + id + `","META"`
			if len(all) > 0 {
				text += `,"link":[` + strings.Join(all, ",") + `]`
			}
			w.put(text+`}`, "a")
		}
		w.must(w.subscribe(s, "Practitioner/systema", "s", byTopic(changed+"Observation", "id-only", "patient=Patient/third", e.URL, 100)))
		e.next(t)
		w.becomes("s", "active")
		stop()
		for _, of := range []string{"other", "third", "golden", "second"} {
			w.put(`{"resourceType":"Observation","id":"of-`+of+`","META","status":"final","code":{"text":"x"},"subject":{"reference":"Patient/`+of+`"}}`, "a")
		}
		w.serve(w.again())
		var got []string
		for len(got) < 3 {
			got = append(got, strings.Fields(told(t, e.next(t).body))[3:]...)
		}
		w.remove("Observation/of-other")
		w.remove("Observation/of-second")
		got = append(got, strings.Fields(told(t, e.next(t).body))[3:]...)
		if want := "1=Observation/of-third 2=Observation/of-golden 3=Observation/of-second 4=Observation/of-second"; strings.Join(got, " ") != want {
			t.Errorf("%v was told, not %s", got, want)
		}
	})
}

// TestAdmitted: what a Subscription may say.
func TestAdmitted(t *testing.T) {
	t.Parallel()
	db, again := databases["sqlite"](t)
	w := newWorld(t, db, again)
	s := w.service(db)
	const good = "https://1.1.1.1/hook"
	long := strings.Repeat("x", 3000)
	for name, c := range map[string]struct {
		text string
		code fault.Code
	}{
		"plain":                {byCriteria("Observation?code=x", "", good), ""},
		"a type":               {byCriteria("Observation", "application/fhir+json", good), ""},
		"a topic":              {byTopic(changed+"Observation", "empty", "", good, 1), ""},
		"no criteria":          {`"channel":{"type":"rest-hook","endpoint":"` + good + `"}`, fault.Unprocessable},
		"no such type":         {byCriteria("Nothing?code=x", "", good), fault.Unprocessable},
		"no such topic":        {byTopic(changed+"Nothing", "empty", "", good, 1), fault.Unprocessable},
		"no such parameter":    {byCriteria("Observation?colour=x", "", good), fault.Malformed},
		"a sort":               {byCriteria("Observation?_sort=date", "", good), fault.Malformed},
		"a chain":              {byCriteria("Observation?patient.name=x", "", good), fault.Unprocessable},
		"a has":                {byCriteria("Patient?_has:Observation:patient:code=x", "", good), fault.Unprocessable},
		"long":                 {byCriteria("Observation?code="+long, "", good), fault.Unprocessable},
		"the trail":            {byCriteria("AuditEvent?", "", good), fault.Unprocessable},
		"Subscriptions":        {byCriteria("Subscription?", "", good), fault.Unprocessable},
		"another payload":      {byCriteria("Observation?", "application/fhir+xml", good), fault.Unprocessable},
		"email":                {`"criteria":"Observation?","channel":{"type":"email","endpoint":"mailto:a@b.c"}`, fault.Unprocessable},
		"a topic's content":    {byTopic(changed+"Observation", "everything", "", good, 1), fault.Unprocessable},
		"a filter's type":      {byTopic(changed+"Observation", "empty", "Patient?_id=x", good, 1), fault.Unprocessable},
		"a filter's name":      {byTopic(changed+"Observation", "empty", "Observation?colour=x", good, 1), fault.Malformed},
		"no count":             {byTopic(changed+"Observation", "empty", "", good, 0), fault.Unprocessable},
		"what is not searched": {byCriteria("AuditEvent?agent=x", "", good), fault.Unprocessable},
	} {
		if err := w.subscribe(s, "Practitioner/systema", "x", c.text); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, header := range []string{"Host: x", "Content-Length: 7", "transfer-encoding: x", "nothing", "X: a\\nHost: b", ": x", "X Y: z", "Proxy-Authorization: x", "X: " + long + long} {
		text := strings.Replace(byCriteria("Observation?", "", good), `"type"`, `"header":["`+header+`"],"type"`, 1)
		if err := w.subscribe(s, "Practitioner/systema", "x", text); fault.CodeOf(err) != fault.Unprocessable {
			t.Errorf("the header %.40s: %v", header, err)
		}
	}
	for i := range 110 {
		err := w.subscribe(s, "Practitioner/systemb", fmt.Sprint("many", i), byCriteria("Observation?", "", good))
		if _, err2 := s.Step(t.Context()); err2 != nil {
			t.Fatal(err2)
		}
		if is := fault.CodeOf(err); i < 100 != (is == "") {
			t.Fatalf("Subscription %d: %v", i+1, err)
		}
	}
	w.must(w.subscribe(s, "Practitioner/systemb", "many7", byCriteria("Observation?", "", good)))
}

// TestEndpoints: notices go to public addresses by https only, and to networks that were allowed.
func TestEndpoints(t *testing.T) {
	t.Parallel()
	usual := subscription.Endpoints{}
	for text, good := range map[string]bool{
		"https://his.example/hook": true, "https://1.1.1.1/": true, "https://[2606:4700::1]/x": true, "https://his.example:8443/": true,
		"http://his.example/": false, "ftp://his.example/": false, "https://": false, "his.example": false, "https://u:p@his.example/": false,
		"https://his.example/?token=x": false, "https://his.example/#x": false, "https://localhost/": false, "https://127.0.0.1/": false,
		"https://[::1]/": false, "https://10.1.2.3/": false, "https://192.168.1.1/": false, "https://172.16.0.1/": false, "https://169.254.169.254/latest": false,
		"https://[fe80::1]/": false, "https://[fd00::1]/": false, "https://[::ffff:10.0.0.1]/": false, "https://0.0.0.0/": false, "https://100.64.1.1/": false,
		"https://[64:ff9b::a00:1]/": false, "https://[2002:a00:1::]/": false, "https://224.0.0.1/": false, "https://255.255.255.255/": false, "http://localhost/": false,
		"https://[fe80::1%25eth0]/": false, "https://" + strings.Repeat("x", 3000): false,
	} {
		if err := usual.Check(text); (err == nil) != good {
			t.Errorf("%.60s: %v", text, err)
		}
	}
	allowed := subscription.Endpoints{Networks: []netip.Prefix{netip.MustParsePrefix("10.20.0.0/16")}}
	trial := subscription.Endpoints{Loopback: true}
	for _, c := range []struct {
		by   subscription.Endpoints
		text string
		good bool
	}{
		{allowed, "https://10.20.3.4/", true}, {allowed, "https://10.21.3.4/", false}, {allowed, "http://10.20.3.4/", false}, {allowed, "https://[::ffff:10.20.3.4]/", true},
		{trial, "http://127.0.0.1:99/", true}, {trial, "http://localhost:99/", true}, {trial, "http://10.0.0.1/", false}, {trial, "https://10.0.0.1/", false},
	} {
		if err := c.by.Check(c.text); (err == nil) != c.good {
			t.Errorf("%v %s: %v", c.by, c.text, err)
		}
	}
}
