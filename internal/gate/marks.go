package gate

import (
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate/label"
)

// said is what the record itself says of a version.
type said struct {
	custodian string
	withheld  bool
	links     linked        // of a Patient
	linked    bool          // it has any
	patient   fhir.Ref      // of a Consent
	withholds []fhir.Ref    // by it
	opens     bool          // it gives permits
	issues    []fault.Issue // why it means less than its writer may think
}

func (g *Gate) said(r fhir.Resource) said {
	s := said{withheld: labelsOf(r).withheld}
	s.custodian, _ = r.Extended(Custodian)
	switch r.Type {
	case typePatient:
		s.links, s.linked = linksOfPatient(r), r.Root.Get("link").Exists()
	case typeConsent:
		s.patient = fhir.ParseReference(r.Root.Get("patient").Get("reference").Str()).Ref
		m := readConsent(r, g.config.Zone)
		s.withholds, s.issues, s.opens = m.withheld, m.issues, len(m.permits) > 0
	}
	return s
}

// mark puts into a new version of a resource what the record itself says of it: the institution that answers for it, and the
// classes of sensitive content that it belongs to by its codes. That the resident withholds it is for [decision.keep] and
// [decision.withhold] to say.
func (t *transaction) mark(p *prepared, r fhir.Resource) (fhir.Resource, error) {
	var m fhir.Marking
	had := labelsOf(r)
	if t.view.masks() && (r.Labeled(maskedLabel) || r.Labeled(redactedLabel)) {
		return r, fault.New(fault.Unprocessable, "The resource was read without what is hidden from you; to write it back would lose that.").At(r.Type.String() + ".meta.security")
	}
	if !t.whole() && had.withheld && r.Type != typeConsent {
		m.Unlabel = append(m.Unlabel, withheldLabel)
	}
	if kept(r.Type) {
		for _, class := range label.Default().Of(r, t.session.gate.now()).Classes() {
			if !had.classes.Has(class) {
				m.Label = append(m.Label, fhir.Coding{System: label.System, Code: string(class)})
			}
		}
		m.Label = append(m.Label, tellsOf(r, had)...)
	}
	if answeredFor(r.Type) {
		custodian, err := t.custodian(r)
		if err != nil {
			return r, err
		}
		if was, _ := r.Extended(Custodian); custodian != was {
			m.URL, m.To = Custodian, custodian
		}
	}
	if len(m.Label)+len(m.Unlabel) > 0 || m.URL != "" {
		var err error
		if r, err = p.mark(m); err != nil {
			return r, err
		}
	}
	p.said = t.session.gate.said(r)
	return r, nil
}

// mark changes what the record says of a prepared resource.
func (p *prepared) mark(m fhir.Marking) (r fhir.Resource, err error) {
	if p.body, err = p.body.Marked(m); err != nil {
		return r, err
	}
	if r, err = fhir.ParseResource(p.body.Bytes); err != nil {
		return r, fault.Wrap(err, "reading a marked resource")
	}
	return r, nil
}

// custodian is the institution that is to answer for a resource as it is written, "" for none, or for the one that answers now:
// that at which its writer works, or which the platform itself names.
func (t *transaction) custodian(r fhir.Resource) (string, error) {
	mine := t.session.actor.Institution
	says, times := r.Extended(Custodian)
	switch {
	case times > 1:
		return "", fault.New(fault.Unprocessable, "The resource names several institutions that answer for it; one does.").At(r.Type.String() + ".meta.extension")
	case says == "":
		return mine, nil
	case t.whole() || mine == "" || says == mine:
		return says, nil // whether a resident may say so is for keep to tell
	}
	return "", fault.New(fault.Forbidden, "The resource says that %s answers for it, but you write for %s.", says, mine).At(r.Type.String() + ".meta.extension")
}

// whole tells whether the platform itself writes.
func (t *transaction) whole() bool { a := t.session.actor.Access; return a != nil && a.whole }

// keep carries over to a new version what the record says of the resource and its writer does not: the custodian, and that the
// resident withholds it. The platform alone hands a resource over to another custodian, and says which Patients stand for the
// same person: others would let themselves see more by it.
func (d *decision) keep(old *fhir.Resource, p *prepared) error {
	var was said
	if old != nil {
		was = d.session.gate.said(*old)
	}
	if !d.whole() {
		if means := p.said.opens || was.opens || len(p.said.withholds)+len(was.withholds) > 0; means && d.session.actor.Client != "" {
			return fault.New(fault.Forbidden, "A program cannot open a record, or withhold what is in it, in somebody's name; do that yourself, signed in at the platform.")
		}
		handed := p.said.custodian != "" && p.said.custodian != was.custodian && (old != nil && was.custodian != "" || d.session.actor.Institution == "")
		if handed {
			return fault.New(fault.Forbidden, "Which institution answers for the resource is not yours to say; leave it as it is.").At(p.ref.Type.String() + ".meta.extension")
		}
		if p.ref.Type == typePatient && !p.said.linked && was.linked {
			if err := d.relinked(*old, p); err != nil {
				return err
			}
		}
		if !p.said.links.same(was.links) {
			return fault.New(fault.Forbidden, "Which Patients stand for the same person is settled by the index of residents; leave link as it is.").At("Patient.link")
		}
	}
	var m fhir.Marking
	if p.said.custodian == "" && was.custodian != "" {
		m.URL, m.To = Custodian, was.custodian
	}
	if was.withheld && !p.said.withheld {
		m.Label = append(m.Label, withheldLabel)
	}
	if len(m.Label) == 0 && m.URL == "" {
		return nil
	}
	return d.remark(p, m)
}

// relinked puts the links of the version before into a Patient whose writer knows nothing of them.
func (d *decision) relinked(old fhir.Resource, p *prepared) (err error) {
	if p.body, err = p.body.With("link", old.Root.Get("link").Raw()); err != nil {
		return err
	}
	return d.remark(p, fhir.Marking{})
}

// remark changes what the record says of a version that has been prepared to its end.
func (d *decision) remark(p *prepared, m fhir.Marking) error {
	r, err := p.mark(m)
	if err != nil {
		return err
	}
	p.said = d.session.gate.said(r)
	p.description, err = d.session.gate.describe(r)
	return err
}
