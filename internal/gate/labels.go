package gate

import (
	"bytes"

	"yitong/internal/fhir"
	"yitong/internal/fhir/draft"
	"yitong/internal/gate/label"
)

// Custodian is the URL of the extension of meta that names the institution which answers for a resource.
const Custodian = "urn:yitong:custodian"

// KeptBy is the meta of a resource that the platform writes itself and an institution answers for.
func KeptBy(institution string, tags ...draft.Coding) draft.Meta {
	return draft.Meta{Tag: tags, Extension: []draft.Extension{draft.Refers(Custodian, institution)}}
}

// withheldLabel marks what a resident withholds from everybody but in an emergency.
var withheldLabel = fhir.Coding{System: "urn:yitong:label", Code: "withheld"}

// hidingLabels are all labels that may hide a resource, as a value of _security.
var hidingLabels = func() string {
	text := withheldLabel.System + "|" + withheldLabel.Code
	for _, class := range label.Classes() {
		text += "," + label.System + "|" + string(class)
	}
	return text
}()

// What somebody has been shown with masks, or in part.
var (
	maskedLabel   = fhir.Coding{System: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", Code: "MASKED"}
	redactedLabel = fhir.Coding{System: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", Code: "REDACTED"}
)

// labels are those of a resource that hide it.
type labels struct {
	classes  label.Set
	withheld bool
}

var security = []byte(`"security"`)

// labelsOf reads the labels of a resource.
func labelsOf(r fhir.Resource) (l labels) {
	if !bytes.Contains(r.Root.Get("meta").Raw(), security) {
		return l
	}
	return labels{classes: label.Carried(r), withheld: r.Labeled(withheldLabel)}
}
