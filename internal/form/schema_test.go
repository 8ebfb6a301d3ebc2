package form

import (
	"encoding/json"
	"testing"
)

type small struct {
	Reason string      `name:"reason" zh:"理由" en:"Reason" bytes:"60" doc:"Why."`
	How    urgency     `name:"how" zh:"缓急" en:"Urgency"`
	Of     []Reference `name:"of" zh:"居民" en:"Residents" types:"Patient|Group" least:"1" most:"3"`
	Dose   *Decimal    `name:"dose" zh:"剂量" en:"Dose"`
	Place  *struct {
		Ward string `name:"ward" zh:"病区" en:"Ward"`
	} `name:"place" zh:"地点" en:"Place"`
	All []string `name:"all" zh:"全部" en:"All" most:"*"`
}

// TestSchema holds what screens are drawn from.
func TestSchema(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Of[small]().Schema())
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"$schema":"https://json-schema.org/draft/2020-12/schema","additionalProperties":false,"properties":{` +
		`"all":{"items":{"maxLength":4096,"minLength":1,"type":"string","x-bytes":4096},"title":"全部","type":"array","x-title-en":"All","x-title-zh":"全部","x-value":"valueString"},` +
		`"dose":{"pattern":"^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$","title":"剂量","type":"string","x-title-en":"Dose","x-title-zh":"剂量","x-value":"valueDecimal"},` +
		`"how":{"oneOf":[{"const":"routine","title":"普通","x-title-en":"Routine","x-title-zh":"普通"},{"const":"urgent","title":"紧急","x-title-en":"Urgent","x-title-zh":"紧急"}],` +
		`"title":"缓急","type":"string","x-title-en":"Urgency","x-title-zh":"缓急","x-value":"valueCode"},` +
		`"of":{"items":{"pattern":"^[A-Za-z]+/[A-Za-z0-9.-]{1,64}$","type":"string","x-targets":["Patient","Group"]},"maxItems":3,"minItems":1,` +
		`"title":"居民","type":"array","x-title-en":"Residents","x-title-zh":"居民","x-value":"valueReference"},` +
		`"place":{"additionalProperties":false,"properties":{"ward":{"maxLength":4096,"minLength":1,"title":"病区","type":"string","x-bytes":4096,"x-title-en":"Ward","x-title-zh":"病区","x-value":"valueString"}},` +
		`"required":["ward"],"title":"地点","type":"object","x-order":["ward"],"x-title-en":"Place","x-title-zh":"地点","x-value":"part"},` +
		`"reason":{"description":"Why.","maxLength":60,"minLength":1,"title":"理由","type":"string","x-bytes":60,"x-title-en":"Reason","x-title-zh":"理由","x-value":"valueString"}},` +
		`"required":["reason","how","of"],"type":"object","x-order":["reason","how","of","dose","place","all"]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	again, _ := json.Marshal(Of[small]().Schema())
	if string(again) != want {
		t.Error("the schema of one field has changed that of others")
	}
}

// TestDefinition holds the parameters of a definition.
func TestDefinition(t *testing.T) {
	t.Parallel()
	got, err := json.Marshal(Of[small]().Definition("in"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"documentation":"理由 Reason. Why. At most 60 bytes.","max":"1","min":1,"name":"reason","type":"string","use":"in"},` +
		`{"documentation":"缓急 Urgency. One of: routine (普通 Routine), urgent (紧急 Urgent).","max":"1","min":1,"name":"how","type":"code","use":"in"},` +
		`{"documentation":"居民 Residents.","max":"3","min":1,"name":"of","targetProfile":["http://hl7.org/fhir/StructureDefinition/Patient","http://hl7.org/fhir/StructureDefinition/Group"],"type":"Reference","use":"in"},` +
		`{"documentation":"剂量 Dose.","max":"1","min":0,"name":"dose","type":"decimal","use":"in"},` +
		`{"documentation":"地点 Place.","max":"1","min":0,"name":"place","part":[{"documentation":"病区 Ward.","max":"1","min":1,"name":"ward","type":"string","use":"in"}],"use":"in"},` +
		`{"documentation":"全部 All.","max":"*","min":0,"name":"all","type":"string","use":"in"}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
