package region

import (
	"bytes"
	"encoding/json"

	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
)

// bundle writes a transaction.
type bundle struct {
	text bytes.Buffer
	err  error // of the first resource that could not be built
}

// put adds a resource under its own id. Its full URL is absolute, so that relative references are read beside it.
func (b *bundle) put(r r4.Resource) {
	text, err := r.Bytes()
	b.entry(r.ResourceType(), r.ID(), text, err)
}

// add adds a resource of which package r4 has no view.
func (b *bundle) add(resourceType, id string, v any) {
	text, err := json.Marshal(v)
	b.entry(resourceType, id, text, err)
}

func (b *bundle) entry(resourceType, id string, text []byte, err error) {
	if b.err != nil || err != nil {
		if b.err == nil {
			b.err = err
		}
		return
	}
	if b.text.Len() == 0 {
		b.text.WriteString(`{"resourceType":"Bundle","type":"transaction","entry":[`)
	} else {
		b.text.WriteString(",\n")
	}
	name := resourceType + "/" + id
	b.text.WriteString(`{"fullUrl":`)
	b.text.Write(fhir.Quote(base + name))
	b.text.WriteString(`,"resource":`)
	b.text.Write(text)
	b.text.WriteString(`,"request":{"method":"PUT","url":`)
	b.text.Write(fhir.Quote(name))
	b.text.WriteString(`}}`)
}

// bytes ends the bundle.
func (b *bundle) bytes() ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	b.text.WriteString("]}")
	return b.text.Bytes(), nil
}
