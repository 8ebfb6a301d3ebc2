package naive

// codes has the forms of tokens (R4, 3.1.1.4.10) and their modifiers.
var codes = group{"tokens",
	[]string{
		resource("Condition", "both", `"code":{"coding":[{"system":"http://loinc.org","code":"8480-6","display":"Systolic pressure"},{"code":"local"}],"text":"Blood pressure"}`),
		resource("Condition", "other", `"code":{"coding":[{"system":"http://example.org/codes","code":"8480-6"}]}`),
		resource("Condition", "bare", `"code":{"coding":[{"code":"8480-6"}]}`),
		resource("Condition", "case", `"code":{"coding":[{"system":"http://loinc.org","code":"lp1-A"}]}`),
		resource("Condition", "signs", `"code":{"coding":[{"system":"urn:s|t","code":"a,b"},{"code":"a$b"},{"code":"a\\b"}]}`),
		resource("Condition", "text", `"code":{"text":"Ｂlood　loss"}`),
		resource("Condition", "none", ``),
	},
	[]sharp{
		{"Condition?code=8480-6", "both other bare"},
		{"Condition?code=http://loinc.org|8480-6", "both"},
		{"Condition?code=|8480-6", "bare"},
		{"Condition?code=|local", "both"},
		{"Condition?code=http://loinc.org|", "both case"},
		{"Condition?code=http://loinc.org|local", ""},
		{"Condition?code=LOCAL", ""},
		{"Condition?code=LP1-A", ""}, {"Condition?code=lp1-A", "case"}, {"Condition?code=lp1-a", ""},
		{"Condition?code=8480", ""},
		{"Condition?code=http://LOINC.org|8480-6", ""},
		{"Condition?code=lp1-A,|8480-6", "case bare"},
		{"Condition?code=local&code=8480-6", "both"},
		{"Condition?code=local&code=|8480-6", ""},
		{`Condition?code=urn:s\|t|a\,b`, "signs"}, {`Condition?code=a\,b`, "signs"}, {`Condition?code=a\$b`, "signs"},
		{`Condition?code=a\\b`, "signs"}, {"Condition?code=a,b", ""}, {"Condition?code=a$b", "signs"},
		{"Condition?code:not=8480-6", "case signs text none"},
		{"Condition?code:not=http://loinc.org|8480-6", "other bare case signs text none"},
		{"Condition?code:not=8480-6,lp1-A", "signs text none"},
		{"Condition?code:not=8480-6&code:not=lp1-A", "signs text none"},
		{"Condition?code:not=http://loinc.org|", "other bare signs text none"},
		{"Condition?code:text=blood", "both text"},
		{"Condition?code:text=BLOOD  loss", "text"},
		{"Condition?code:text=systolic", "both"},
		{"Condition?code:text=pressure", ""},
		{"Condition?code=|", "refused"}, {"Condition?code=", "refused"}, {"Condition?code=,a", "refused"},
		{"Condition?code:in=http://example.org/v", "refused"}, {"Condition?code:above=a", "refused"},
		{"Condition?code:below=a", "refused"}, {"Condition?code:not-in=a", "refused"}, {"Condition?code:exact=a", "refused"},
		{"Condition?code:contains=a", "refused"}, {"Condition?code:missing=maybe", "refused"}, {"Condition?code:Patient=a", "refused"},
	},
}

// kinds are tokens of other types: identifiers, codes with a required binding, booleans, contacts.
var kinds = group{"kinds of token",
	[]string{
		patient("zhang", `"gender":"male","active":true,"identifier":[{"system":"urn:oid:1.2.36","value":"Ab-1","type":{"text":"Record number"}}],"telecom":[{"system":"phone","value":"+86 (139) 0013-8000"},{"system":"email","value":"Zhang@Example.org"}]`),
		patient("li", `"gender":"female","active":false,"deceasedBoolean":true,"identifier":[{"value":"Ab-1"}],"telecom":[{"value":"13900138000"}]`),
		patient("wang", `"deceasedDateTime":"2020-01","telecom":[{"system":"phone","use":"mobile"}]`),
		patient("zhao", `"deceasedBoolean":false`),
		resource("Group", "group", `"type":"person","actual":true`),
	},
	[]sharp{
		{"Patient?gender=male", "zhang"}, {"Patient?gender=http://hl7.org/fhir/administrative-gender|male", "zhang"},
		{"Patient?gender=http://hl7.org/fhir/administrative-gender|", "zhang li"}, {"Patient?gender=|male", ""},
		{"Patient?gender=Male", ""}, {"Patient?gender:not=male", "li wang zhao"}, {"Patient?gender:missing=true", "wang zhao"},
		{"Patient?gender:missing=false", "zhang li"}, {"Patient?gender=male,female", "zhang li"},
		{"Patient?active=true", "zhang"}, {"Patient?active=false", "li"}, {"Patient?active:not=true", "li wang zhao"},
		{"Patient?deceased=true", "li wang"}, {"Patient?deceased=false", "zhang zhao"}, {"Patient?deceased:missing=true", ""},
		{"Patient?death-date=2020", "wang"},
		{"Patient?identifier=Ab-1", "zhang li"}, {"Patient?identifier=urn:oid:1.2.36|Ab-1", "zhang"}, {"Patient?identifier=|Ab-1", "li"},
		{"Patient?identifier=ab-1", ""}, {"Patient?identifier=Ab1", ""}, {"Patient?identifier=urn:oid:1.2.36|", "zhang"},
		{"Patient?identifier:text=record", "zhang"}, {"Patient?identifier:missing=true", "wang zhao"},
		{"Patient?identifier:of-type=x|y|z", "refused"},
		{"Patient?phone=+8613900138000", "zhang"}, {"Patient?phone=+86-139-0013-8000", "zhang"}, {"Patient?phone=13900138000", ""},
		{"Patient?telecom=139 0013 8000", "li"}, {"Patient?email=zhang@example.ORG", "zhang"}, {"Patient?telecom=zhang@example.org", "zhang"},
		{"Patient?phone=|+8613900138000", "zhang"}, {"Patient?phone:missing=true", "li wang zhao"},
		{"Group?type=person&actual=true", "group"},
	},
}

// names are the examples of R4, 3.1.1.4.8, and Chinese and accented names.
var names = group{"strings",
	[]string{
		patient("eve", `"name":[{"given":["Eve"]}]`), patient("evelyn", `"name":[{"given":["Evelyn"]}]`),
		patient("severine", `"name":[{"given":["Séverine"],"family":"Müller-Lüdenscheid"}]`), patient("upper", `"name":[{"given":["EVE"]}]`),
		patient("second", `"name":[{"given":["Anna",null,"Eve"],"_given":[null,{"id":"x"},null]}]`),
		patient("zhang", `"name":[{"family":"张","given":["伟"],"text":"张伟"}],"address":[{"city":"安国市","district":"王村镇","line":["东街  1号"],"country":"CN"}]`),
		patient("ouyang", `"name":[{"text":"欧阳静","prefix":["Dr."],"suffix":["MD"]}]`),
		patient("zhao", `"name":[{"family":"赵","given":["国","红"]}]`),
		patient("wide", `"name":[{"family":"ＺＨＡＯ","given":["A１"]}],"address":[{"text":"Nowhere 7"}]`),
		patient("signs", `"name":[{"family":"O'Brien, Jr","given":["50%","a_b"]}]`), patient("none", ``),
		patient("decomposed", `"name":[{"family":"Garci\u0301a"}]`),
	},
	[]sharp{
		{"Patient?given=eve", "eve evelyn upper second"}, {"Patient?given:contains=eve", "eve evelyn severine upper second"},
		{"Patient?given:exact=Eve", "eve second"}, {"Patient?given:exact=eve", ""}, {"Patient?given=EVELYN", "evelyn"},
		{"Patient?given=severine", "severine"}, {"Patient?given:exact=Severine", ""}, {"Patient?given:contains=rine", "severine"},
		{"Patient?family=muller", "severine"}, {"Patient?family=ludenscheid", ""}, {"Patient?family:contains=lüden", "severine"},
		{"Patient?name=张", "zhang"}, {"Patient?name=伟", "zhang"}, {"Patient?name=张伟", "zhang"}, {"Patient?name=赵国", "zhao"}, {"Patient?name:exact=赵国红", "zhao"}, {"Patient?name=红", "zhao"}, {"Patient?given=国红", ""},
		{"Patient?family=赵国", ""}, {"Patient?name=阳", ""},
		{"Patient?name:contains=阳", "ouyang"}, {"Patient?name=dr", "ouyang"}, {"Patient?name=md", "ouyang"}, {"Patient?family=欧", ""},
		{"Patient?name=zhao", "wide"}, {"Patient?given=a1", "wide"}, {"Patient?name=Zhao", "wide"}, {"Patient?name:exact=ZHAO", ""},
		{`Patient?family=o'brien\, jr`, "signs"}, {"Patient?family=o'brien, jr", "signs"}, {"Patient?given=50%", "signs"},
		{"Patient?given=%", ""}, {"Patient?given=a_b", "signs"}, {"Patient?given=axb", ""}, {"Patient?given=a?b", ""},
		{"Patient?family=garcia", "decomposed"}, {"Patient?family=GARCÍA", "decomposed"}, {"Patient?family:exact=García", ""},
		{"Patient?given:contains= ve ", "eve evelyn severine upper second"}, {"Patient?given=  eve ", "eve evelyn upper second"},
		{"Patient?family:contains=v", ""}, {"Patient?family:contains=g", "decomposed"}, {"Patient?name=eve,张", "eve evelyn upper second zhang"}, {"Patient?name=eve&name=anna", "second"},
		{"Patient?address=安国", "zhang"}, {"Patient?address=东街 1", "zhang"}, {"Patient?address=王村", "zhang"}, {"Patient?address=cn", "zhang"},
		{"Patient?address-city=安", "zhang"}, {"Patient?address-city=王", ""}, {"Patient?address=nowhere   7", "wide"},
		{"Patient?name:missing=true", "none"}, {"Patient?family:missing=false", "severine zhang zhao wide signs decomposed"},
		{"Patient?address:missing=false", "zhang wide"},
		{"Patient?name=", "refused"}, {"Patient?name=a,,b", "refused"}, {"Patient?name:not=a", "refused"}, {"Patient?name:text=a", "refused"},
		{"Patient?nmae=a", "refused"}, {"Patient?name:EXACT=a", "refused"}, {"Patient?Name=a", "refused"},
	},
}

var pinyin = group{"phonetic",
	[]string{
		patient("zhang", `"name":[{"text":"张伟"}]`), patient("parts", `"name":[{"family":"张","given":["伟"]}]`),
		patient("shan", `"name":[{"family":"单","given":["芳"]}]`), patient("ouyang", `"name":[{"text":"欧阳静"}]`),
		resource("Organization", "an", `"name":"安国县医院"`), patient("lyu", `"name":[{"family":"吕","given":["芳"]}]`),
	},
	[]sharp{
		{"Patient?phonetic=zhangwei", "zhang parts"}, {"Patient?phonetic=zhang wei", "zhang parts"}, {"Patient?phonetic=zw", "zhang parts"},
		{"Patient?phonetic=Zhang", "zhang parts"}, {"Patient?phonetic=z", "zhang parts"}, {"Patient?phonetic=zhangfang", ""},
		{"Patient?phonetic=shanfang", "shan"}, {"Patient?phonetic=danfang", "shan"}, {"Patient?phonetic=sf", "shan"},
		{"Patient?phonetic=df", "shan"}, {"Patient?phonetic=oyj", "ouyang"}, {"Patient?phonetic=ouyangj", "ouyang"},
		{"Patient?phonetic=lyuf", "lyu"}, {"Patient?phonetic=lvfang", "lyu"}, {"Patient?phonetic=lüfang", "lyu"}, {"Patient?phonetic=lufang", "lyu"}, {"Patient?phonetic=lf", "lyu"},
		{"Organization?phonetic=anguoxian", "an"}, {"Organization?phonetic=agxyy", "an"},
	},
}

// references in all forms (R4, 3.1.1.4.12).
var references = group{"references",
	[]string{
		patient("1", ""), patient("2", ""), resource("Group", "1", `"type":"person","actual":true`),
		observation("local", `"subject":{"reference":"Patient/1","display":"Zhang Wei"}`),
		observation("version", `"subject":{"reference":"Patient/1/_history/1"}`),
		observation("group", `"subject":{"reference":"Group/1"}`),
		observation("absolute", `"subject":{"reference":"http://example.org/fhir/Patient/1"}`),
		observation("logical", `"subject":{"type":"Patient","identifier":{"system":"urn:oid:1.2.36","value":"A1"}}`),
		observation("inside", `"contained":[{"resourceType":"Patient","id":"p","name":[{"text":"Zhang"}]}],"subject":{"reference":"#p"}`),
		observation("nowhere", `"subject":{"reference":"Patient/none"}`),
		observation("absent", ""),
	},
	[]sharp{
		{"Observation?subject=Patient/1", "local version"}, {"Observation?subject=1", "local version group"},
		{"Observation?subject=Group/1", "group"}, {"Observation?subject:Patient=1", "local version"}, {"Observation?subject:Group=1", "group"},
		{"Observation?patient=1", "local version"}, {"Observation?patient=Patient/1", "local version"},
		{"Observation?subject=Patient/1/_history/1", "version"}, {"Observation?subject=Patient/1/_history/2", ""},
		{"Observation?subject=http://example.org/fhir/Patient/1", "absolute"}, {"Observation?subject=http://example.org/fhir/Patient/", ""},
		{"Observation?subject=none", "nowhere"}, {"Observation?subject=Patient/2", ""}, {"Observation?subject=Patient/2,Group/1", "group"},
		{"Observation?subject:identifier=urn:oid:1.2.36|A1", "logical"}, {"Observation?subject:identifier=A1", "logical"},
		{"Observation?subject:identifier=|A1", ""}, {"Observation?subject:text=zhang", "local"},
		{"Observation?subject.name=zhang", ""}, {"Observation?subject._id=1", "local version group"},
		{"Observation?patient.name:missing=true", "local version"}, {"Observation?subject:missing=true", "absent"},
		{"Observation?patient:missing=true", "group absent"}, {"Observation?patient:missing=false", "local version absolute logical inside nowhere"},
		{"Observation?subject:exact=1", "refused"}, {"Observation?subject:not=Patient/1", "refused"},
	},
}

var uris = group{"uris",
	[]string{
		resource("ValueSet", "v1", `"url":"http://example.org/vs","status":"draft"`), resource("ValueSet", "v2", `"url":"http://example.org/vs/","status":"draft"`),
		resource("ValueSet", "v3", `"url":"urn:oid:1.2.3","status":"draft","meta":{"profile":["http://example.org/p|1","http://example.org/q"],"tag":[{"system":"urn:t","code":"x"}]}`),
		resource("QuestionnaireResponse", "bare", `"status":"completed","questionnaire":"http://example.org/q"`),
		resource("QuestionnaireResponse", "versioned", `"status":"completed","questionnaire":"http://example.org/q|1.0"`),
	},
	[]sharp{
		{"ValueSet?url=http://example.org/vs", "v1"}, {"ValueSet?url=http://example.org/VS", ""}, {"ValueSet?url=http://example.org/", ""},
		{"ValueSet?url=urn:oid:1.2.3,http://example.org/vs/", "v2 v3"}, {"ValueSet?_profile=http://example.org/q", "v3"},
		{"ValueSet?_tag=urn:t|x", "v3"}, {"ValueSet?_tag:not=x", "v1 v2"}, {"ValueSet?_profile:missing=true", "v1 v2"},
		{"QuestionnaireResponse?questionnaire=http://example.org/q", "bare versioned"},
		{"QuestionnaireResponse?questionnaire=http://example.org/q|1.0", "versioned"},
		{"QuestionnaireResponse?questionnaire=http://example.org/q|2.0", ""}, {"QuestionnaireResponse?questionnaire=http://example.org/", ""},
		{"ValueSet?_id=v1,v3", "v1 v3"}, {"ValueSet?_id=V1", ""}, {"ValueSet?_id:not=v1", "v2 v3"},
		{"ValueSet?_lastUpdated=gt2020", "v1 v2 v3"}, {"ValueSet?_lastUpdated=lt2020", ""}, {"ValueSet?_lastUpdated:missing=false", "v1 v2 v3"},
		{"ValueSet?url:below=http://example.org", "refused"}, {"ValueSet?_text=x", "refused"}, {"ValueSet?_content=x", "refused"},
		{"ValueSet?_query=x", "refused"}, {"ValueSet?_filter=x", "refused"},
	},
}

func pressure(id, systolic, diastolic string) string {
	return observation(id, `"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":`+systolic+
		`,"unit":"mmHg"}},{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":`+diastolic+`,"unit":"mmHg"}}]`)
}

func single(id, value string) string {
	return resource("Observation", id, `"status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"},{"code":"bp"}]},"valueQuantity":{"value":`+value+`,"unit":"mmHg"}`)
}

// composites hold in one element at a time (R4, 3.1.1.4.15).
var composites = group{"composites",
	[]string{
		pressure("a", "110", "70"), pressure("b", "150", "90"), pressure("c", "70", "110"), single("s", "150"),
		resource("Group", "mixed", `"type":"person","actual":true,"characteristic":[{"code":{"coding":[{"code":"gender"}]},"valueCodeableConcept":{"coding":[{"code":"mixed"}]},"exclude":false},{"code":{"coding":[{"code":"owner"}]},"valueCodeableConcept":{"coding":[{"code":"smith"}]},"exclude":false}]`),
	},
	[]sharp{
		{"Observation?component-code-value-quantity=http://loinc.org|8480-6$gt100", "a b"},
		{"Observation?component-code-value-quantity=http://loinc.org|8480-6$lt100", "c"},
		{"Observation?component-code-value-quantity=8480-6$70||mmHg", "c"},
		{"Observation?component-code-value-quantity=8480-6$gt100,8462-4$gt100", "a b c"},
		{"Observation?component-code-value-quantity=8480-6$gt100&component-code-value-quantity=8462-4$gt80", "b"},
		{"Observation?component-code=8480-6&component-value-quantity=70", "a c"},
		{"Observation?code-value-quantity=8480-6$150", "s"}, {"Observation?code-value-quantity=bp$gt100", "s"},
		{"Observation?combo-code-value-quantity=8480-6$gt100", "a b s"}, {"Observation?combo-code=8462-4", "a b c"},
		{"Group?characteristic-value=gender$mixed", "mixed"}, {"Group?characteristic-value=gender$smith", ""},
		{"Observation?component-code-value-quantity=8480-6", "refused"}, {"Observation?component-code-value-quantity=8480-6$x", "refused"},
		{"Observation?component-code-value-quantity=8480-6$1$2", "refused"}, {"Observation?component-code-value-quantity=$1", "refused"},
	},
}

// linked is a little world for chains, _has, compartments and includes.
var linked = group{"chains",
	[]string{
		resource("Organization", "top", `"name":"Top"`), resource("Organization", "clinic", `"name":"Clinic","partOf":{"reference":"Organization/top"}`),
		resource("Practitioner", "dr", `"name":[{"text":"Dr Li"}]`),
		patient("peter", `"name":[{"text":"Peter"}],"gender":"male","managingOrganization":{"reference":"Organization/clinic"},"generalPractitioner":[{"reference":"Practitioner/dr"}]`),
		patient("eve", `"name":[{"text":"Eve"}],"managingOrganization":{"reference":"Organization/top"},"link":[{"other":{"reference":"Patient/peter"},"type":"seealso"}]`),
		resource("Encounter", "visit", `"status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/peter"},"participant":[{"individual":{"reference":"Practitioner/dr"}}]`),
		resource("Observation", "o1", `"status":"final","code":{"coding":[{"code":"1234-5"}]},"subject":{"reference":"Patient/peter"},"encounter":{"reference":"Encounter/visit"},"performer":[{"reference":"Practitioner/dr"},{"reference":"Patient/eve"}]`),
		resource("Observation", "o2", `"status":"amended","code":{"coding":[{"code":"1234-5"}]},"subject":{"reference":"Patient/eve"},"hasMember":[{"reference":"Observation/o1"}]`),
		resource("Observation", "o3", `"status":"final","code":{"coding":[{"code":"9"}]},"subject":{"reference":"Device/d"}`),
		resource("Device", "d", `"deviceName":[{"name":"Peter","type":"user-friendly-name"}]`),
		resource("AuditEvent", "e", `"recorded":"2020-01-01T00:00:00Z","agent":[{"requestor":true,"who":{"reference":"Practitioner/dr"}}],"entity":[{"what":{"reference":"Observation/o1"}}]`),
	},
	[]sharp{
		{"Observation?subject:Patient.name=peter", "o1"}, {"Observation?patient.name=pet", "o1"}, {"Observation?subject.name=peter", "o1"},
		{"Observation?subject.name=peter,eve", "o1 o2"}, {"Observation?subject:Device.device-name=pe", "o3"},
		{"Observation?patient.organization.name=clinic", "o1"}, {"Observation?patient.organization.partof.name=top", "o1"},
		{"Observation?patient.organization.name=top", "o2"}, {"Observation?patient.gender:not=male", "o2"},
		{"Observation?subject.gender:not=male", "o2"}, {"Observation?patient.gender:missing=true", "o2"},
		{"Observation?patient.organization=Organization/top", "o2"}, {"Observation?patient.organization=top", "o2"},
		{"Observation?has-member.patient.name=peter", "o2"}, {"Observation?performer:Patient.name=eve", "o1"},
		{"Observation?encounter.participant:Practitioner.name=dr", "o1"},
		{"Observation?patient.name=peter&patient.name=eve", ""}, {"Observation?subject._id=peter", "o1"},
		{"Patient?_has:Observation:patient:code=1234-5", "peter eve"}, {"Patient?_has:Observation:patient:code=9", ""},
		{"Patient?_has:Observation:performer:code=1234-5", "eve"}, {"Patient?_has:Observation:patient:status:not=final", "eve"},
		{"Patient?_has:Observation:patient:_has:AuditEvent:entity:agent=Practitioner/dr", "peter"},
		{"Patient?_has:Observation:patient:code=1234-5&gender=male", "peter"}, {"Patient?_has:Patient:link:name=eve", "peter"},
		{"Observation?patient._has:Encounter:patient:status=finished", "o1"}, {"Device?_has:Observation:device:code=9", ""},
		{"Device?_has:Observation:subject:code=9", "d"}, {"Organization?_has:Patient:organization:gender=male", "clinic"},
		{"Patient?_has:Observation:patient:encounter:missing=true", "eve"},
		{"Patient/peter/Observation", "o1"}, {"Patient/eve/Observation", "o1 o2"}, {"Patient/eve/Observation?code=1234-5&status=final", "o1"},
		{"Patient/peter/Encounter", "visit"}, {"Patient/peter/*", "peter eve visit o1"}, {"Patient/eve/*", "eve o1 o2 peter visit"},
		{"Practitioner/dr/*", "dr visit o1 e peter"}, {"Encounter/visit/*", "visit o1"}, {"Device/d/Observation", "o3"},
		{"Patient/peter/*?_type=Observation,Encounter", "visit o1"}, {"?_type=Patient,Device", "peter eve d"},
		{"?_type=Patient,Observation&_id=eve,o1", "eve o1"},
		{"Observation?subject.nmae=x", "refused"}, {"Observation?code.name=x", "refused"}, {"Observation?subject:Encounter.status=x", "refused"},
		{"Observation?patient.organization.partof.partof.partof.partof.partof.name=x", "refused"},
		{"Patient?_has:Observation:patient=x", "refused"}, {"Patient?_has:Observation:nmae:code=x", "refused"},
		{"Patient?_has:Nothing:patient:code=x", "refused"}, {"Organization?_has:Observation:patient:code=x", "refused"},
	},
}

var positions = group{"near",
	[]string{
		resource("Location", "shanghai", `"position":{"latitude":31.2304,"longitude":121.4737}`),
		resource("Location", "pudong", `"position":{"latitude":31.2214,"longitude":121.5448}`),
		resource("Location", "hangzhou", `"position":{"latitude":30.2741,"longitude":120.1551}`),
		resource("Location", "east", `"position":{"latitude":0,"longitude":179.9}`), resource("Location", "west", `"position":{"latitude":0,"longitude":-179.9}`),
		resource("Location", "pole", `"position":{"latitude":89.9,"longitude":0}`), resource("Location", "none", ``),
	},
	[]sharp{
		{"Location?near=31.23|121.47", "shanghai pudong"}, {"Location?near=31.23|121.47|5|km", "shanghai"},
		{"Location?near=31.23|121.47|8|km", "shanghai pudong"}, {"Location?near=31.23|121.47|200", "shanghai pudong hangzhou"},
		{"Location?near=31.23|121.47|8000|m", "shanghai pudong"}, {"Location?near=31.23|121.47|4|[mi_i]", "shanghai"},
		{"Location?near=0|180|12|km", "east west"}, {"Location?near=0|-180|12|km", "east west"}, {"Location?near=0|180|10|km", ""},
		{"Location?near=89.9|180|25|km", "pole"}, {"Location?near=89.9|180|20|km", ""},
		{"Location?near=30.27|120.15|10|km,31.22|121.54|2|km", "hangzhou pudong"}, {"Location?near:missing=true", "none"},
		{"Location?near=x|y", "refused"}, {"Location?near=91|0", "refused"}, {"Location?near=0|0|5|kg", "refused"}, {"Location?near=31", "refused"},
	},
}

// ordered finds its resources in order. All are made in one transaction, so what is equal is left out.
var ordered = group{"order",
	[]string{
		resource("Observation", "a", `"status":"final","code":{"coding":[{"code":"3"}]},"effectiveDateTime":"2020-05","valueQuantity":{"value":10}`),
		resource("Observation", "b", `"status":"final","code":{"coding":[{"code":"1"}]},"effectiveDateTime":"2020-05-02","valueQuantity":{"value":9}`),
		resource("Observation", "c", `"status":"final","code":{"coding":[{"code":"2"}]},"effectivePeriod":{"start":"2019","end":"2021"},"valueQuantity":{"value":-1e2}`),
		resource("Observation", "d", `"status":"final","code":{"text":"x"},"effectivePeriod":{"end":"2030"}`),
		resource("Observation", "e", `"status":"final","code":{"text":"x"},"valueQuantity":{"value":1E+1,"comparator":"<"}`),
		patient("p1", `"name":[{"family":"Zoe"},{"family":"béa"}],"birthDate":"1980"`), patient("p2", `"name":[{"family":"ADAM"},{"family":"Yves"}],"birthDate":"1980-01-01"`),
		patient("p3", `"name":[{"family":"Beb"}],"birthDate":"1979-12-31"`), patient("p4", ``), patient("p5", `"name":[{"family":"张"}]`),
	},
	[]sharp{
		{"Observation", "> b a c d e"}, {"Observation?_sort=date", "> d c a b e"}, {"Observation?_sort=-date", "> b a c d e"},
		{"Observation?_sort=value-quantity&date:missing=false", "> c b a d"}, {"Observation?_sort=-value-quantity&_id=a,b,c", "> a b c"},
		{"Observation?_sort=_id", "> a b c d e"}, {"Observation?_sort=-_id", "> e d c b a"},
		{"Observation?_sort=value-quantity,_id&_id=a,b,c", "> c b a"},
		{"Patient?_sort=family,_id", "> p2 p1 p3 p5 p4"}, {"Patient?_sort=-family", "> p5 p1 p2 p3 p4"},
		{"Patient?_sort=birthdate,-_id", "> p3 p2 p1 p5 p4"}, {"Patient?_sort=birthdate,family&birthdate:missing=false", "> p3 p2 p1"},
		{"Patient?_sort=-birthdate,_id", "> p1 p2 p3 p4 p5"},
		{"Patient?_sort=gender", "refused"}, {"Patient?_sort=organization", "refused"}, {"Patient?_sort=nmae", "refused"}, {"Patient?_sort=", "refused"},
	},
}

var groups = []group{
	dates, periods, numeric, amountsOf, ages, codes, kinds, names, pinyin, references, uris, composites, linked, positions, ordered,
}

// includes lists a search and what comes along with all that it finds.
var includes = []sharp{
	{"Observation?_id=o1&_include=Observation:patient", "peter"},
	{"Observation?_id=o1&_include=Observation:subject:Device", ""},
	{"Observation?_id=o1,o3&_include=Observation:subject", "peter d"},
	{"Observation?_id=o1&_include=Observation:performer", "dr eve"},
	{"Observation?_id=o1&_include=Observation:performer:Patient", "eve"},
	{"Observation?_id=o1&_include=*", "peter visit dr eve"},
	{"Observation?_id=o1&_include=Observation:patient&_include=Patient:organization", "peter"},
	{"Observation?_id=o1&_include=Observation:patient&_include:iterate=Patient:organization", "peter clinic"},
	{"Observation?_id=o1&_include=Observation:patient&_include:iterate=Patient:organization&_include:iterate=Organization:partof", "peter clinic top"},
	{"Observation?_id=o2&_include=Observation:has-member&_include:iterate=Observation:patient", "o1 eve peter"},
	{"Observation?_id=o1,o2&_include=Observation:has-member", ""},
	{"Patient?_id=peter&_revinclude=Observation:patient", "o1"},
	{"Patient?_id=peter&_revinclude=Patient:link", "eve"},
	{"Patient?_id=peter&_revinclude=Observation:patient&_revinclude:iterate=AuditEvent:entity", "o1 e"},
	{"Patient?_id=peter&_revinclude=Encounter:patient&_include=Patient:general-practitioner", "visit dr"},
	{"Organization?_id=top&_revinclude:iterate=Organization:partof&_revinclude:iterate=Patient:organization", "clinic eve peter"},
	{"Patient?_include=Encounter:patient", ""},
	{"Patient?_include=Patient:name", "refused"}, {"Patient?_include=Patient:nmae", "refused"}, {"Patient?_include=Patient", "refused"},
	{"Patient?_include:up=Patient:link", "refused"},
}
