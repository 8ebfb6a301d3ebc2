package region

import "encoding/json"

// Shapes of data types, of resources of which package r4 has no views, and of those of which a region has tens of thousands: they are
// known as a whole, and an edit through a view reads the resource again.
type (
	concept  coding
	concepts struct {
		Coding []concept `json:"coding,omitempty"`
		Text   string    `json:"text,omitempty"`
	}
	span struct {
		Start string `json:"start"`
		End   string `json:"end,omitempty"`
	}
	amount struct {
		Value  json.Number `json:"value"`
		Unit   string      `json:"unit"`
		System string      `json:"system"`
		Code   string      `json:"code"`
	}
	countText struct {
		URL   string `json:"url"`
		Value int    `json:"valueInteger"`
	}
	healthcareService struct {
		ResourceType string      `json:"resourceType"`
		ID           string      `json:"id"`
		Extension    []countText `json:"extension,omitempty"`
		Active       bool        `json:"active"`
		By           named       `json:"providedBy"`
		Specialty    []concepts  `json:"specialty"`
		Location     []named     `json:"location"`
		Languages    []concepts  `json:"communication,omitempty"`
		Name         string      `json:"name"`
	}
	affiliation struct {
		ResourceType  string     `json:"resourceType"`
		ID            string     `json:"id"`
		Active        bool       `json:"active"`
		Period        span       `json:"period"`
		Organization  named      `json:"organization"`
		Participating named      `json:"participatingOrganization"`
		Network       []named    `json:"network"`
		Code          []concepts `json:"code"`
		Services      []named    `json:"healthcareService"`
	}
	endpoint struct {
		ResourceType string     `json:"resourceType"`
		ID           string     `json:"id"`
		Status       string     `json:"status"`
		Connection   concept    `json:"connectionType"`
		Name         string     `json:"name"`
		Managing     named      `json:"managingOrganization"`
		Payload      []concepts `json:"payloadType"`
		Address      string     `json:"address"`
	}
	coverage struct {
		ResourceType string          `json:"resourceType"`
		ID           string          `json:"id"`
		Meta         json.RawMessage `json:"meta"`
		Status       string          `json:"status"`
		Type         concepts        `json:"type"`
		Subscriber   string          `json:"subscriberId"`
		Beneficiary  named           `json:"beneficiary"`
		Period       span            `json:"period"`
		Payor        []named         `json:"payor"`
	}
	observation struct {
		ResourceType   string          `json:"resourceType"`
		ID             string          `json:"id"`
		Meta           json.RawMessage `json:"meta"`
		Status         string          `json:"status"`
		Category       []concepts      `json:"category"`
		Code           concepts        `json:"code"`
		Subject        named           `json:"subject"`
		Encounter      named           `json:"encounter"`
		Effective      string          `json:"effectiveDateTime"`
		Performer      []named         `json:"performer"`
		Quantity       *amount         `json:"valueQuantity,omitempty"`
		Word           *concepts       `json:"valueCodeableConcept,omitempty"`
		Interpretation []concepts      `json:"interpretation,omitempty"`
		Normal         []normal        `json:"referenceRange,omitempty"`
		Component      []component     `json:"component,omitempty"`
	}
	normal struct {
		Low  *amount `json:"low,omitempty"`
		High *amount `json:"high,omitempty"`
		Text string  `json:"text,omitempty"`
	}
	component struct {
		Code     concepts `json:"code"`
		Quantity amount   `json:"valueQuantity"`
	}
	encounterText struct {
		ResourceType    string           `json:"resourceType"`
		ID              string           `json:"id"`
		Meta            json.RawMessage  `json:"meta"`
		Status          string           `json:"status"`
		Class           concept          `json:"class"`
		Type            []concepts       `json:"type"`
		Subject         named            `json:"subject"`
		Participant     []participant    `json:"participant"`
		Period          span             `json:"period"`
		Reason          []concepts       `json:"reasonCode,omitempty"`
		Because         []named          `json:"reasonReference,omitempty"`
		Diagnosis       []diagnosisText  `json:"diagnosis,omitempty"`
		Hospitalization *hospitalization `json:"hospitalization,omitempty"`
		Provider        named            `json:"serviceProvider"`
	}
	participant struct {
		Individual named `json:"individual"`
	}
	diagnosisText struct {
		Condition named `json:"condition"`
	}
	hospitalization struct {
		Leaving concepts `json:"dischargeDisposition"`
	}
	prescription struct {
		ResourceType string          `json:"resourceType"`
		ID           string          `json:"id"`
		Meta         json.RawMessage `json:"meta"`
		Status       string          `json:"status"`
		Intent       string          `json:"intent"`
		Medication   concepts        `json:"medicationCodeableConcept"`
		Subject      named           `json:"subject"`
		Encounter    named           `json:"encounter"`
		AuthoredOn   string          `json:"authoredOn"`
		Requester    named           `json:"requester"`
		Because      []named         `json:"reasonReference"`
		Dosage       []dosage        `json:"dosageInstruction"`
		Dispense     supply          `json:"dispenseRequest"`
	}
	dosage struct {
		Text   string     `json:"text"`
		Timing timing     `json:"timing"`
		Dose   []doseText `json:"doseAndRate"`
	}
	doseText struct {
		Quantity amount `json:"doseQuantity"`
	}
	timing struct {
		Repeat struct {
			Frequency int         `json:"frequency"`
			Period    json.Number `json:"period"`
			Unit      string      `json:"periodUnit"`
		} `json:"repeat"`
	}
	supply struct {
		Duration amount `json:"expectedSupplyDuration"`
	}
)

// conceptsOf is the concept of a code; what has no code is text.
func conceptsOf(c coding) concepts {
	if c.code == "" {
		return concepts{Text: c.display}
	}
	return concepts{Coding: []concept{concept(c)}}
}

func refer(to string) named { return named{ref: to} }

// MarshalJSON implements [json.Marshaler].
func (n named) MarshalJSON() ([]byte, error) {
	return object("reference", n.ref, "display", n.display), nil
}

// MarshalJSON implements [json.Marshaler].
func (c concept) MarshalJSON() ([]byte, error) {
	return object("system", c.system, "code", c.code, "display", c.display), nil
}
