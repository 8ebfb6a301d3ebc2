package rest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yitong/internal/fhir"
	"yitong/internal/fhir/schema"
	"yitong/internal/fhir/search"
	"yitong/internal/gate"
	"yitong/internal/store"
)

// lives are what is masked of some people, in one of two records that are the same but for that.
type lives []struct{ born, number, phone, street string }

var (
	first  = lives{{"1950-01-01", "19500101", "1111", "一"}, {"1960-01-01", "19600101", "2222", "二"}, {"1970-01-01", "19700101", "3333", "三"}}
	second = lives{{"1970-05-05", "19700505", "3333", "三"}, {"1950-01-01", "19500101", "1111", "四"}, {"1960-06-06", "19600606", "4444", "一"}}
)

// masked are people at b, what is booked for them and who pays, whom some see masked.
func masked(l lives) (all []string) {
	all = slices.Clone(plainly[:5])
	for i, one := range l {
		number := "110101" + one.number + "1237"
		person := fmt.Sprintf(`"META","identifier":[{"system":"urn:id","value":%q}],"name":[{"text":"张三"}],"gender":"male","birthDate":%q,"telecom":[{"system":"phone","value":"139%s8000"},{"system":"email","value":"z%s@example.org"}],`+
			`"address":[{"use":"home","text":"安国市东街%s号","line":["东街%s号"],"city":"安国市","postalCode":"07%s"}],"photo":[{"url":"http://example.org/%s"}]`,
			number, one.born, one.phone, one.phone, one.street, one.street, one.phone, one.phone)
		all = append(all,
			fmt.Sprintf(`{"resourceType":"Patient","id":"m%d",%s,"contact":[{"name":{"text":"王%s"},"telecom":[{"system":"phone","value":"138%s0000"}]}]}`, i, person, one.street, one.phone),
			fmt.Sprintf(`{"resourceType":"RelatedPerson","id":"r%d",%s,"patient":{"reference":"Patient/m%d","identifier":{"value":%q}}}`, i, person, i, number),
			fmt.Sprintf(`{"resourceType":"Practitioner","id":"w%d",%s}`, i, person),
			fmt.Sprintf(`{"resourceType":"Coverage","id":"v%d","META","status":"active","identifier":[{"system":"urn:id","value":%q}],"subscriberId":%q,"beneficiary":{"reference":"Patient/m%d","identifier":{"value":%q}},"payor":[{"reference":"Organization/b"}]}`, i, number, number, i, number),
			fmt.Sprintf(`{"resourceType":"Appointment","id":"p%d","META","status":"booked","start":"2026-05-04T08:00:00Z","participant":[{"actor":{"reference":"Patient/m%d","identifier":{"system":"urn:id","value":%q}},"status":"accepted"},{"actor":{"reference":"Practitioner/w%d"},"status":"accepted"}]}`, i, i, number, i),
			fmt.Sprintf(`{"resourceType":"PractitionerRole","id":"q%d","practitioner":{"reference":"Practitioner/w%d"},"organization":{"reference":"Organization/b"}}`, i, i),
		)
	}
	return all
}

// unlike are two servers that hold different things, both plain.
func unlike(t *testing.T, open func(testing.TB) store.DB, one, other []string) twins {
	s, o := usualStory(), usualStory()
	s.plain, o.plain = one, other
	return twins{t, s.told(t, open(t), false), o.told(t, open(t), false)}
}

// maskedTwins are two records that are the same but for what is masked.
func maskedTwins(t *testing.T, open func(testing.TB) store.DB) twins {
	return unlike(t, open, masked(first), masked(second))
}

// probes are the requests that ask for what is masked, by every way there is.
func probes() (all []asked) {
	get := func(format string, args ...any) {
		all = append(all, asked{method: "GET", address: fmt.Sprintf("/"+format, args...)})
	}
	table := search.R4(shanghai)
	values := map[search.Kind][]string{
		search.Date: {"1950-01-01", "ge1960-01-02", "lt1960", "ne1970-01-01"}, search.String: {"东街一号", "07", "张", "http"},
		search.Token: {"urn:id|110101195001011237", "110101195001011237", "13911118000", "z1111@example.org", "male"}, search.URI: {"http://example.org/1111"},
	}
	for _, typ := range []string{"Patient", "RelatedPerson", "Practitioner", "Coverage", "Appointment", "PractitionerRole"} {
		t := fhirType(typ)
		id := map[string]string{"Patient": "m", "RelatedPerson": "r", "Practitioner": "w", "Coverage": "v", "Appointment": "p", "PractitionerRole": "q"}[typ]
		for _, query := range []string{"", "_count=1", "_summary=count", "_total=accurate&_count=1", "_elements=birthDate,identifier", "_summary=true", "_summary=data", "_include=*", "_revinclude=*:*", "_sort=_id", "_sort=-_lastUpdated", "_id=" + id + "0," + id + "2"} {
			get("%s?%s", typ, query)
		}
		get("%s/%s1", typ, id)
		get("%s/%s1/_history", typ, id)
		get("%s/%s1/_history/1", typ, id)
		get("%s/_history", typ)
		for _, name := range table.Names(t) {
			p := table.Lookup(t, name)
			get("%s?%s:missing=true", typ, name)
			get("%s?%s:missing=false&_summary=count", typ, name)
			for _, order := range []string{"", "-"} {
				if p.Kind == search.Token || p.Kind == search.Reference {
					break // which nothing is sorted by
				}
				get("%s?_sort=%s%s", typ, order, name)
				get("%s?_sort=%s%s&_count=1", typ, order, name)
				get("%s?_sort=gender,%s%s&_summary=count", typ, order, name)
				get("?_type=%s,Location&_sort=%s%s", typ, order, name)
			}
			for _, value := range values[p.Kind] {
				get("%s?%s=%s", typ, name, value)
				get("%s?%s=%s&_total=accurate&_count=0", typ, name, value)
				if modifier := map[search.Kind]string{search.Token: "not", search.String: "contains"}[p.Kind]; modifier != "" {
					get("%s?%s:%s=%s", typ, name, modifier, value)
				}
				if typ != "Coverage" && typ != "Appointment" {
					get("Appointment?actor:%s.%s=%s", typ, name, value)
					get("Patient?_has:Appointment:patient:actor:%s.%s=%s", typ, name, value)
				}
				if typ == "Patient" {
					get("Coverage?beneficiary.%s=%s", name, value)
				}
			}
			if p.Kind == search.Reference {
				get("%s?%s:identifier=110101195001011237", typ, name)
				get("%s?%s:text=张", typ, name)
				get("%s?%s.identifier=110101195001011237", typ, name)
				get("%s?%s.birthdate=1950-01-01", typ, name)
				get("%s?_include=%s:%s&_include:iterate=*", typ, typ, name)
				get("Patient?_revinclude=%s:%s", typ, name)
				get("Practitioner?_revinclude:iterate=%s:%s", typ, name)
			}
		}
	}
	for _, path := range []string{"birthDate", "identifier.value", "telecom.value", "address.line", "photo.url", "where(birthDate < @1955-01-01).exists()"} {
		for _, ref := range []string{"Patient/m0", "Practitioner/w0", "RelatedPerson/r0"} {
			body := fmt.Sprintf(`{"resourceType":"Parameters","parameter":[{"name":"expression","valueString":"Appointment.participant.actor.resolve().%s"},{"name":"resource","resource":{"resourceType":"Appointment","participant":[{"actor":{"reference":%q}}]}}]}`, path, ref)
			all = append(all, asked{method: "POST", address: "/$fhirpath", body: body})
		}
	}
	return append(all, maskedWrites()...)
}

// maskedWrites are those that try it by conditions, and by what would be lost.
func maskedWrites() (all []asked) {
	add := func(method, address, body string, headers ...string) {
		all = append(all, asked{method, address, body, headers})
	}
	booked := func(to string) string {
		return `{"resourceType":"Appointment","status":"booked","participant":[{"status":"accepted","actor":{"reference":"` + to + `"}}]}`
	}
	for _, condition := range []string{"identifier=110101195001011237", "phone=13911118000", "birthdate=1950-01-01", "address=东街一号", "name=张三&birthdate=1950-01-01"} {
		add("POST", "/Appointment", booked("Patient?"+condition))
		add("POST", "/Appointment/$validate", booked("Patient?"+condition))
		add("POST", "/Patient", `{"resourceType":"Patient"}`, "If-None-Exist", condition)
		add("DELETE", "/Patient?"+condition, "")
		chained := "patient." + condition
		add("POST", "/Appointment", booked("Patient/m1"), "If-None-Exist", chained)
		add("PUT", "/Appointment?"+chained, booked("Patient/m1"))
		add("PATCH", "/Appointment?"+chained, `[{"op":"test","path":"/status","value":"booked"}]`, "Content-Type", "application/json-patch+json")
		add("POST", "/", `{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient?`+condition+`"}},{"request":{"method":"GET","url":"Patient?_sort=birthdate"}}]}`)
	}
	for _, condition := range []string{"actor:identifier=110101195001011237", "actor:identifier=urn:id|110101195001011237"} {
		add("POST", "/Appointment", booked("Patient/m1"), "If-None-Exist", condition)
	}
	for path, value := range map[string]string{"/birthDate": `"1950-01-01"`, "/identifier/0/value": `"110101195001011237"`} {
		add("PATCH", "/Patient/m0", `[{"op":"test","path":"`+path+`","value":`+value+`}]`, "Content-Type", "application/json-patch+json")
	}
	add("PATCH", "/Appointment/p0", `[{"op":"test","path":"/participant/0/actor/identifier/value","value":"110101195001011237"}]`, "Content-Type", "application/json-patch+json")
	add("PUT", "/Appointment/p0", strings.Replace(booked("Patient/m0"), `"status"`, `"id":"p0","status"`, 1))
	return all
}

// TestHostileMasks: by no request can somebody who sees people masked tell one record from another that differs in what is masked
// alone: what is searched, sorted or included by it is refused, or does not go by it.
func TestHostileMasks(t *testing.T) {
	t.Parallel()
	all := probes()
	for name, open := range databases {
		for _, who := range []string{"guide", "resident", "proxy"} {
			step := map[string]int{"guide": 1, "resident": 5, "proxy": 7}[who]
			if name == "postgres" {
				step *= 5
			}
			t.Run(name+"/"+who, func(t *testing.T) {
				t.Parallel()
				w := maskedTwins(t, open)
				for n := 0; n < len(all); n += step {
					if who != "guide" && !strings.Contains(all[n].address, "Practitioner") {
						continue // of whom alone they see something masked
					}
					w.same(who, all[n])
				}
			})
		}
	}
	t.Logf("%d requests", len(all))
}

// TestHostileMasksLook: the requests are such that they tell whom nothing is masked.
func TestHostileMasksLook(t *testing.T) {
	t.Parallel()
	w := maskedTwins(t, databases["sqlite"])
	asked, tell := 0, 0
	for n, a := range probes() {
		if n%11 == 0 && a.method == "GET" {
			if asked++; w.differs("office", a) {
				tell++
			}
		}
	}
	if tell < asked/6 {
		t.Errorf("of %d requests %d tell whom nothing is masked", asked, tell)
	}
	t.Logf("of %d requests %d tell", asked, tell)
}

// dated is a type that is usually ordered by a date, with the elements that say it and a member that has one.
type dated struct {
	typ      schema.Type
	param    string
	elements []string
	member   string // with a place for the date
}

// datedTypes are all of which the date can be hidden.
func datedTypes() (all []dated) {
	table := search.R4(shanghai)
	for _, t := range schema.Types() {
		p := table.OrderParameter(t)
		if p == nil {
			continue
		}
		d := dated{typ: t, param: p.Name}
		for _, e := range t.Shape().Elements {
			form := map[string]string{"dateTime": `%q`, "date": `%q`, "instant": `"%sT00:00:00Z"`, "Period": `{"start":%q}`}[e.Type]
			name := e.Name
			if e.Choice != "" {
				name = e.Choice
			}
			if !p.Touches(name) {
				continue
			}
			if !slices.Contains(d.elements, name) {
				d.elements = append(d.elements, name)
			}
			if d.member == "" && form != "" {
				d.member = fmt.Sprintf("%q:", e.Name) + form
			}
		}
		if _, err := fhir.NewMask(t, d.elements, nil); err == nil && d.member != "" {
			all = append(all, d)
		}
	}
	return all
}

// of are resources of the type with these dates. The one that begins is whole to everybody.
func (d dated) of(dates []string) (all []string) {
	about := ""
	for _, name := range []string{"subject", "patient", "for"} {
		if e, ok := d.typ.Shape().Element([]byte(name)); ok && e.Kind == schema.Reference && about == "" {
			about = fmt.Sprintf(`%q:{"reference":"Patient/pb"},`, name)
		}
	}
	for i, date := range dates {
		all = append(all, fmt.Sprintf(`{"resourceType":%q,"id":"d%d",%s%s}`, d.typ, i, about, fmt.Sprintf(d.member, date)))
	}
	return all
}

// TestHostileOrders: a type is usually ordered by a date. From whom it is hidden, cannot tell it by the order of what is found.
func TestHostileOrders(t *testing.T) {
	t.Parallel()
	types := datedTypes()
	if len(types) < 15 {
		t.Fatalf("only %d types have a date that can be hidden", len(types))
	}
	s := usualStory()
	other := s
	s.plain, other.plain = slices.Clone(plainly), slices.Clone(plainly)
	s.plain[5], other.plain[5] = strings.Replace(s.plain[5], `"META",`, "", 1), strings.Replace(s.plain[5], `"META",`, "", 1)
	for _, d := range types {
		s.plain = append(s.plain, d.of([]string{"2021-01-01", "2022-01-01", "2023-01-01", "2020-01-01"})...)
		other.plain = append(other.plain, d.of([]string{"2021-01-01", "2020-06-06", "2019-01-01", "2024-01-01"})...)
		look := func(typ string) gate.Rule { return gate.Rule{Type: fhirType(typ), May: gate.MayLook} }
		rules := []gate.Rule{look("Patient"), look("Provenance"), look("Location"), {Type: d.typ, May: gate.MayLook, Hide: d.elements}}
		s.actors[d.typ.String()] = gate.Actor{Reference: "Practitioner/b", Access: gate.NewAccess(rules).Offer("everything")}
		rules = append(rules, gate.Rule{Type: d.typ, May: gate.MayLook, Query: "_id=d0"})
		s.actors[d.typ.String()+" and one"] = gate.Actor{Reference: "Practitioner/b", Access: gate.NewAccess(rules).Offer("everything")}
		s.actors[d.typ.String()+" whole"] = gate.Actor{Reference: "Practitioner/b", Access: gate.NewAccess([]gate.Rule{{May: gate.MayLook}}).Offer("everything")}
	}
	w := twins{t, s.told(t, databases["sqlite"](t), false), other.told(t, databases["sqlite"](t), false)}
	for _, d := range types {
		tell := 0
		for _, query := range []string{
			"{t}", "{t}?_count=1", "{t}?_count=2", "{t}?_sort={p}", "{t}?_sort=-{p}&_count=1", "{t}?_sort=_id", "{t}?_sort=_id,{p}", "{t}?_sort=-_lastUpdated", "{t}?{p}=ge2021-06-06", "{t}?{p}:missing=false",
			"{t}?_summary=count", "{t}?{p}=ge2021-06-06&_summary=count", "{t}?_sort={p}&_summary=count", "{t}?_total=accurate&_count=1", "{t}?_id=d1,d2,d3", "{t}?_id=d2,d3&_sort={p}", "?_type={t},Patient", "?_type={t},Location&_sort=-_lastUpdated",
			"{t}/_history", "_history", "{t}/d1", "{t}/d1/_history", "Patient?_has:{t}:patient:{p}=ge2022", "Patient?_has:{t}:subject:{p}=ge2022", "Patient?_revinclude={t}:patient", "Patient?_revinclude={t}:subject", "Patient?_revinclude=*:*", "Patient/pb/{t}",
			"Patient/pb/{t}?_count=1", "Patient/pb/*", "Patient/pb/$everything", "Patient/pb/$everything?_count=2", "Patient/pb/$everything?start=2022", "{t}?_tag:missing=true", "{t}?_elements=id",
		} {
			a := asked{method: "GET", address: "/" + strings.NewReplacer("{t}", d.typ.String(), "{p}", d.param).Replace(query)}
			w.same(d.typ.String(), a)
			w.same(d.typ.String()+" and one", a)
			if w.differs(d.typ.String()+" whole", a) {
				tell++
			}
		}
		if tell < 5 {
			t.Errorf("of %s only %d requests tell whom nothing is hidden", d.typ, tell)
		}
	}
}
