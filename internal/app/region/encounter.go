package region

import (
	"time"

	"yitong/internal/fhir/profiles"
)

// Classes of encounters.
var (
	ambulatory = hl7("v3-ActCode", "AMB", "门诊")
	inpatient  = hl7("v3-ActCode", "IMP", "住院")
	virtual    = hl7("v3-ActCode", "VR", "线上")
	atHome     = hl7("v3-ActCode", "HH", "上门")
)

// encounter is what an Encounter is made of.
type encounter struct {
	class    coding
	kind     string
	at       time.Time
	end      time.Time // zero: after some minutes
	place    string    // an institution's id
	by       *clinician
	reason   coding // or:
	because  string // a Condition
	diagnose string // a Condition that was found in it
	leaving  coding // how an inpatient left
}

// visit is an encounter that has been written, for what belongs to it.
type visit struct {
	ref   string
	place string // an institution's id
	at    time.Time
	by    *clinician
}

func (h *history) see(e encounter) visit {
	if e.end.IsZero() {
		e.end = e.at.Add(time.Duration(h.r.between(6, 25)) * time.Minute)
	}
	v := encounterText{
		ResourceType: "Encounter", ID: h.id("Encounter"), Meta: answering(e.place, profiles.Encounter), Status: "finished",
		Class: concept(e.class), Type: []concepts{{Text: e.kind}}, Subject: refer(h.patient(e.place)), Participant: []participant{{e.by.named}},
		Period: span{dateTime(e.at), dateTime(e.end)}, Provider: place(e.place).named(),
	}
	if e.reason.display != "" {
		v.Reason = []concepts{conceptsOf(e.reason)}
	}
	if e.because != "" {
		v.Because = []named{refer(e.because)}
	}
	if e.diagnose != "" {
		v.Diagnosis = []diagnosisText{{refer(e.diagnose)}}
	}
	if e.leaving.code != "" {
		v.Hospitalization = &hospitalization{conceptsOf(e.leaving)}
	}
	h.b.add(v.ResourceType, v.ID, v)
	return visit{"Encounter/" + v.ID, e.place, e.at, e.by}
}

// atCentre is a visit to the family doctor.
func (h *history) atCentre(kind string, day time.Time) visit {
	return h.see(encounter{class: ambulatory, kind: kind, at: h.opening(day), place: h.p.centre(), by: h.family()})
}
