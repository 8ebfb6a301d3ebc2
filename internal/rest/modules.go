package rest

import (
	"net/http"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate/emergency"
	"yitong/internal/gate/export"
	"yitong/internal/module"
	"yitong/internal/sign"
	"yitong/internal/subscription"
)

// services are what the platform's own operations are carried out by. What is declared is the same without them.
type services struct {
	opening *emergency.Service
	exports *export.Desk
	signing *sign.Service
}

// modules are the platform's own: what it offers whichever services of a region are added.
func (s services) modules() []module.Descriptor {
	return []module.Descriptor{record(), s.emergencyAccess(), s.export(), s.signatures(), subscribing()}
}

// record is what goes by the definitions of HL7, or needs nothing but FHIR. The server carries it out by itself.
func record() module.Descriptor {
	type validated struct {
		Resource *fhir.Resource `name:"resource" zh:"资源" en:"Resource" doc:"On an instance: in place of the one that is in the record. It may stand in place of the Parameters."`
		Profile  []string       `name:"profile" zh:"规范" en:"Profiles" doc:"Canonicals of profiles that it has to conform to, besides its own."`
		Mode     *string        `name:"mode" zh:"方式" en:"Mode" bytes:"20" doc:"create, update or profile."`
	}
	type outcome struct {
		Return fhir.Resource `name:"return" zh:"结果" en:"Result" types:"OperationOutcome"`
	}
	type evaluated struct {
		Expression string        `name:"expression" zh:"表达式" en:"Expression" doc:"FHIRPath."`
		Resource   fhir.Resource `name:"resource" zh:"资源" en:"Resource"`
	}
	const base = "http://hl7.org/fhir/OperationDefinition/"
	return module.Descriptor{
		Name: "record", Words: bilingual.Text{Zh: "健康档案", En: "The record"}, Mission: []string{"A15", "F8"},
		Doc: "What every FHIR record has beside its interactions: all that is about a resident, rules to check a resource by, expressions; and who has changed what.",
		Operations: []module.Operation{
			{Name: "everything", Words: bilingual.Text{Zh: "居民全部资料", En: "All that is about a resident"}, Types: module.Types("Patient"), Levels: module.Instance,
				Reads: true, Methods: []string{"GET"}, Canonical: base + "Patient-everything", Returns: typeBundle,
				Doc: "The resident and what is in their compartment, as a searchset that is paged."},
			{Name: "validate", Words: bilingual.Text{Zh: "校验资源", En: "Check a resource"}, Levels: module.System | module.OfType | module.Instance, Reads: true,
				Canonical: canonicalValidate, In: form.Of[validated](), Out: form.Of[outcome](),
				Doc: "Says what is wrong with a resource and what to mend, and changes nothing. GET on an instance only, for the one of the record."},
			{Name: "fhirpath", Words: bilingual.Text{Zh: "计算表达式", En: "Evaluate an expression"}, Levels: module.System, In: form.Of[evaluated](),
				Reads: true, Methods: []string{"POST"}, Returns: module.Types("Parameters")[0],
				Doc: "Answers with one parameter result for each item that the expression gives, in order."},
			authored(),
		},
	}
}

// subscribing is what goes by the definitions of HL7's guide of subscriptions. The server carries it out by itself.
func subscribing() module.Descriptor {
	on := func(name string, levels module.Levels, words bilingual.Text, doc string) module.Operation {
		return module.Operation{
			Name: name, Levels: levels, Types: module.Types("Subscription"), Reads: true, Words: words, Doc: doc,
			Methods: []string{http.MethodGet, http.MethodPost}, Canonical: subscription.OperationDefinitions + name,
		}
	}
	return module.Descriptor{
		Name: "subscriptions", Words: bilingual.Text{Zh: "变更订阅", En: "Subscriptions"}, Mission: []string{"F5", "F8"},
		Doc: "Who subscribes is told of each change that is theirs to see, by a call of an endpoint or a websocket (docs/subscriptions.md).",
		Operations: []module.Operation{
			on("status", module.OfType|module.Instance, bilingual.Text{Zh: "订阅状态", En: "How subscriptions stand"}, "Tells of subscriptions of one's own whether they are active, how many events there were, and what went wrong."),
			on("events", module.Instance, bilingual.Text{Zh: "补取订阅事件", En: "Events of a subscription"}, "Gives events again, from one number to another, as they were told of."),
			on("get-ws-binding-token", module.OfType|module.Instance, bilingual.Text{Zh: "获取长连接凭据", En: "Token for a websocket"}, "Gives a token by which a websocket is bound to subscriptions, once and within five minutes."),
		},
	}
}
