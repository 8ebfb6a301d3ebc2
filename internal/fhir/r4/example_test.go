package r4_test

import (
	"fmt"

	"yitong/internal/fhir"
	"yitong/internal/fhir/r4"
)

// A registrar corrects a name and a telephone; the rest stays as its author wrote it.
func Example() {
	doc, err := fhir.NewDoc([]byte(`{ "resourceType": "Patient",
  "name": [ { "text": "李晓明", "family": "李", "given": ["晓明"] } ],
  "_birthDate": { "extension": [ { "url": "http://example.org/certainty", "valueDecimal": 0.50 } ] },
  "birthDate": "1984-05-06", "vendor": 12345678901234567890 }`))
	if err != nil {
		fmt.Println(err)
		return
	}
	p, err := r4.AsPatient(doc)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range p.Name().All() {
		fmt.Println(name.Text(), name.Given().At(0), p.BirthDate())
	}

	name := p.Name().At(0)
	name.SetText("李小明")
	name.Given().Set(0, "小明")
	p.SetBirthDate("1984-05-07")
	phone := p.Telecom().Add()
	phone.SetSystem("phone")
	phone.SetValue("13800000000")
	text, err := p.Bytes()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(text))
	// Output:
	// 李晓明 晓明 1984-05-06
	// { "resourceType": "Patient",
	//   "name": [ { "text": "李小明", "family": "李", "given": ["小明"] } ],
	//   "_birthDate": { "extension": [ { "url": "http://example.org/certainty", "valueDecimal": 0.50 } ] },
	//   "birthDate": "1984-05-07", "vendor": 12345678901234567890,"telecom":[{"system":"phone","value":"13800000000"}] }
}
