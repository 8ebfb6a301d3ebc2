package queue

import (
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
)

// room is a place from which people are called.
type room struct {
	ref            fhir.Ref
	version        int64
	institution    string
	name, way      string
	department     string // HealthcareService/…
	departmentName string
	closed         bool
	post           string // PractitionerRole/…, of who sits there; "" for nobody
	doctorName     string
	person         string // Practitioner/…
	since          time.Time
	paused         time.Time // until when, the zero time for not
	reason         string
}

// roomOf reads a room.
func roomOf(r fhir.Resource, version int64, zone *time.Location) (m *room, is bool) {
	if r.Type != typeLocation || !tagged(r, tagRoom) {
		return nil, false
	}
	n := r.Root
	m = &room{
		ref: fhir.Ref{Type: r.Type, ID: r.ID}, version: version, institution: n.Get("managingOrganization").Get("reference").Str(),
		name: n.Get("name").Str(), way: n.Get("description").Str(), closed: n.Get("status").Str() != "active",
	}
	part := func(name string) fhir.Node { return extended(extended(n, urlRoom), name) }
	department, post := part("department").Get("valueReference"), part("post").Get("valueReference")
	m.department, m.departmentName = department.Get("reference").Str(), department.Get("display").Str()
	m.post, m.doctorName = post.Get("reference").Str(), post.Get("display").Str()
	m.person, m.since = part("person").Get("valueReference").Get("reference").Str(), at(part("since").Get("valueInstant"), zone)
	m.paused, m.reason = at(part("paused").Get("valueInstant"), zone), part("reason").Get("valueString").Str()
	return m, true
}

// resource is the Location of a room.
func (m *room) resource() (fhir.Resource, error) {
	parts := []extension{refers("department", named(m.department, m.departmentName))}
	extensions := []extension{}
	if m.post != "" {
		parts = append(parts, refers("post", named(m.post, m.doctorName)), refers("person", to(m.person)), moment("since", m.since))
		extensions = append(extensions, place(scopeDoctor+strings.TrimPrefix(m.person, "Practitioner/")))
	}
	if !m.paused.IsZero() {
		parts = append(parts, moment("paused", m.paused))
	}
	if m.reason != "" {
		parts = append(parts, extension{URL: "reason", String: m.reason})
	}
	status := "active"
	if m.closed {
		status = "inactive"
	}
	o := object{
		"resourceType": "Location", "id": m.ref.ID, "meta": metaOf(tagRoom, m.institution), "extension": append(extensions, extension{URL: urlRoom, Extension: parts}),
		"status": status, "name": m.name, "mode": "instance", "managingOrganization": to(m.institution),
	}
	if m.way != "" {
		o["description"] = m.way
	}
	return written(o)
}

// op writes the room: a new one, or over the version that was read.
func (m *room) op() (gate.Op, error) {
	r, err := m.resource()
	return gate.Op{Kind: gate.Update, Type: typeLocation, ID: m.ref.ID, IfVersion: m.version, IfAbsent: m.version == 0, Resource: r}, err
}

// scope is that of its place.
func (m *room) scope() string { return scopeRoom + m.ref.ID }

// stands reads it at the version by which something was decided, so that what has changed meanwhile refuses that.
func (m *room) stands() gate.Op {
	return gate.Op{Kind: gate.Read, Type: typeLocation, ID: m.ref.ID, IfVersion: m.version}
}

// rests tells whether it is paused.
func (m *room) rests(now time.Time) bool { return now.Before(m.paused) }

// calls tells whether people are called to it.
func (m *room) calls(now time.Time) bool { return !m.closed && m.post != "" && !m.rests(now) }

// rise leaves nobody sitting there.
func (m *room) rise() {
	m.post, m.doctorName, m.person, m.since, m.paused, m.reason = "", "", "", time.Time{}, time.Time{}, ""
}

// held refuses somebody who does not sit there.
func (m *room) held(who gate.Actor) error {
	if m.person == "" || m.person != who.Reference || m.institution != who.Institution {
		return fault.New(fault.Forbidden, "Sit down in %s first. 请先进入诊室（%[1]s）。", m.name)
	}
	return nil
}

// named is the room as others refer to it.
func (m *room) named() form.Named {
	return form.Named{Reference: form.Reference(m.ref.String()), Display: m.name}
}

// view is the room as those see it who work there.
func (m *room) view(now time.Time) roomView {
	v := roomView{Room: m.named(), Department: form.Named{Reference: form.Reference(m.department), Display: m.departmentName}}
	if m.way != "" {
		v.Way = &m.way
	}
	if m.post != "" {
		v.Doctor, v.Since = &form.Named{Reference: form.Reference(m.post), Display: m.doctorName}, &m.since
	}
	if m.rests(now) {
		v.Paused = &m.paused
		if m.reason != "" {
			v.Reason = &m.reason
		}
	}
	return v
}
