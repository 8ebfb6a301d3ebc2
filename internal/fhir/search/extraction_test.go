package search

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"
	"time"

	"yitong/internal/fhir"
)

// fixed are resources with values of every kind.
var fixed = []string{
	`{"resourceType":"Observation","id":"a","meta":{"tag":[{"system":"t","code":"x"}],"profile":["http://p|1"]},"status":"final","category":[{"coding":[{"system":"c","code":"lab"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"4548-4"}]},"subject":{"reference":"Patient/1"},"encounter":{"identifier":{"system":"e","value":"7"}},"effectiveDateTime":"2026-11-21T08:30:00+08:00","valueQuantity":{"value":7.10,"unit":"%","system":"http://unitsofmeasure.org","code":"%"}}`,
	`{"resourceType":"Observation","id":"b","meta":{},"status":"final","code":{"coding":[{"code":"x"}]},"effectivePeriod":{"start":"2019","end":"2021-05"},"valueRange":{"low":{"value":1}}}`,
	`{"resourceType":"Patient","id":"1","meta":{},"identifier":[{"system":"i","value":"42"}],"name":[{"family":"单","given":["伟"]}],"telecom":[{"system":"phone","value":"+86 139-0013-8000"}],"gender":"female","birthDate":"1950-08","address":[{"city":"云溪县"}],"deceasedBoolean":true}`,
	`{"resourceType":"Location","id":"l","meta":{},"name":"云溪县人民医院","position":{"latitude":30.27,"longitude":120.15}}`,
	`{"resourceType":"PlanDefinition","id":"p","meta":{},"url":"http://x/1","library":["http://x/2|3"],"effectivePeriod":{"end":"2020"}}`,
}

// TestExtraction: whoever changes the terms that are made of values counts up extraction, so that an older index is not
// taken for a new one, and then mends the digest here.
func TestExtraction(t *testing.T) {
	t.Parallel()
	table := R4(time.FixedZone("Asia/Shanghai", 8*3600))
	h := sha256.New()
	fmt.Fprintln(h, extraction)
	for _, text := range fixed {
		r, err := fhir.ParseResource([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		terms := table.Terms(r)
		for _, e := range terms.Entries {
			fmt.Fprintf(h, "%d %t %q %d\n", e.Form, e.Long, e.Value, e.Order)
		}
		for _, x := range terms.Texts {
			fmt.Fprintf(h, "%q\n", x.Value)
		}
	}
	const want = "66123e09d46b6674"
	if got := hex.EncodeToString(h.Sum(nil)[:8]); got != want {
		t.Errorf("the digest of extraction %d is %s, not %s", extraction, got, want)
	}
}
