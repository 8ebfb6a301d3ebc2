package rest

import (
	"context"
	"slices"
	"strconv"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/internal/gate"
	"yitong/internal/module"
	"yitong/internal/sign"
)

// signatures declares how resources are signed, and what their signatures are worth.
func (s services) signatures() module.Descriptor {
	return module.Descriptor{
		Name: "signatures", Words: bilingual.Text{Zh: "电子签名", En: "Signatures"}, Mission: []string{"F6"}, Owns: sign.Owned(),
		Doc: "Who writes a prescription, a report or a record signs it. The signature says who, when and which version, and shows every later change (电子签名法, Art. 13).",
		Operations: []module.Operation{
			module.Op(module.Operation{
				Name: "sign", Words: bilingual.Text{Zh: "签名", En: "Sign"}, Levels: module.Instance, Returns: module.Types("Provenance")[0],
				Doc: "Signs a version of a resource in the name of who asks, and answers with the Provenance. If-Match refuses to sign what is no longer the newest.",
			}, s.sign),
			module.Op(module.Operation{
				Name: "verify-signature", Words: bilingual.Text{Zh: "验证签名", En: "Verify signatures"}, Levels: module.Instance, Reads: true,
				Doc: "Tells for each signature of a resource who has made it, when, under which certificate, whether it is valid, if not why, and what has changed since.",
			}, s.verify),
		},
	}
}

type signs struct {
	Version *string `name:"version" zh:"版本" en:"Version" bytes:"20" doc:"The newest where it is left out."`
	Purpose *string `name:"purpose" zh:"签名目的" en:"Purpose" bytes:"100" doc:"A code of http://hl7.org/fhir/ValueSet/signature-type; the author's signature where it is left out."`
}

func (s services) sign(ctx context.Context, c *module.Call, in signs) (_ gate.Result, err error) {
	asked := sign.Asked{Ref: c.Ref, Newest: c.IfVersion, Again: c.Once, Purpose: text(in.Purpose)}
	if in.Version != nil {
		if asked.Version, err = fhir.ParseVersion(*in.Version); err != nil {
			return gate.Result{}, err
		}
	}
	return s.signing.Sign(ctx, c.Session, asked)
}

// offered are the interactions that a server has what is needed for: without a service of signatures, none with these, and so with
// subscriptions.
func (c Config) offered(all []interaction) []interaction {
	return slices.DeleteFunc(all, func(x interaction) bool {
		return c.Signing == nil && (x.operation == "sign" || x.operation == "verify-signature") || c.Subscriptions == nil && ofSubscriptions(x)
	})
}

type verified struct {
	Version    string   `name:"version" zh:"最新版本" en:"Newest version"`
	Whole      bool     `name:"whole" zh:"是否全部" en:"Whole" doc:"Whether these are all signatures."`
	Signatures []signed `name:"signature" zh:"签名" en:"Signatures" most:"*"`
}

type signed struct {
	Provenance  form.Reference `name:"provenance" zh:"签名记录" en:"Provenance" types:"Provenance"`
	Valid       bool           `name:"valid" zh:"是否有效" en:"Valid"`
	Reasons     []invalid      `name:"reason" zh:"无效原因" en:"Why not" most:"*"`
	Who         *form.Named    `name:"who" zh:"签名人" en:"Who"`
	When        *time.Time     `name:"when" zh:"签名时间" en:"When"`
	Clock       *form.AnyCode  `name:"clock" zh:"时间来源" en:"By which clock" doc:"timestamp or record."`
	Authority   *string        `name:"authority" zh:"时间戳机构" en:"Authority of the timestamp"`
	Purpose     *form.AnyCode  `name:"purpose" zh:"签名目的" en:"Purpose"`
	Certificate *certificate   `name:"certificate" zh:"证书" en:"Certificate"`
	Version     *string        `name:"version" zh:"所签版本" en:"Version that was signed"`
	Unchanged   bool           `name:"unchanged" zh:"此后未改" en:"Unchanged since"`
	Changes     []change       `name:"change" zh:"此后改动" en:"Changes since" most:"*"`
	More        *form.AnyCode  `name:"changes" zh:"其他改动" en:"Other changes" doc:"more where these are not all."`
}

type invalid struct {
	Code form.AnyCode `name:"code" zh:"代码" en:"Code"`
	Text string       `name:"text" zh:"说明" en:"Text"`
}

type certificate struct {
	Subject    *string       `name:"subject" zh:"持有人" en:"Subject"`
	Serial     string        `name:"serial" zh:"序列号" en:"Serial number"`
	Issuer     *string       `name:"issuer" zh:"签发者" en:"Issuer"`
	NotBefore  time.Time     `name:"notBefore" zh:"生效" en:"Not before"`
	NotAfter   time.Time     `name:"notAfter" zh:"失效" en:"Not after"`
	Status     form.AnyCode  `name:"status" zh:"状态" en:"Status" doc:"good, unknown, or what is wrong with it."`
	Revoked    *time.Time    `name:"revoked" zh:"吊销时间" en:"Revoked"`
	Revocation *form.AnyCode `name:"revocation" zh:"吊销原因" en:"Reason of the revocation"`
}

type change struct {
	How  form.AnyCode `name:"how" zh:"方式" en:"How"`
	Path *string      `name:"path" zh:"位置" en:"Where"`
}

func (s services) verify(ctx context.Context, c *module.Call, _ struct{}) (out verified, err error) {
	v, err := s.signing.Verify(ctx, c.Session, c.Ref)
	out = verified{Version: strconv.FormatInt(v.Newest, 10), Whole: v.All}
	for _, one := range v.Signatures {
		out.Signatures = append(out.Signatures, judged(one, c.Zone))
	}
	return out, err
}

// judged is what is known of one signature.
func judged(one sign.Signature, zone *time.Location) signed {
	out := signed{
		Provenance: form.Reference(one.Provenance.String()), Valid: one.Valid(), Authority: known(one.StampedBy),
		Purpose: code(one.Purpose), Unchanged: one.Unchanged,
	}
	for _, f := range one.Faults {
		out.Reasons = append(out.Reasons, invalid{form.AnyCode(f.Code), f.Message})
	}
	if one.Who != "" {
		out.Who = &form.Named{Reference: form.Reference(one.Who), Display: one.Display}
	}
	if !one.At.IsZero() {
		out.When, out.Clock = new(one.At.In(zone)), code("record")
		if one.Stamped {
			out.Clock = code("timestamp")
		}
	}
	if one.Certificate != nil {
		out.Certificate = certificateOf(one, zone)
	}
	if one.Version != 0 {
		out.Version = new(strconv.FormatInt(one.Version, 10))
	}
	for _, c := range one.Changes {
		out.Changes = append(out.Changes, change{form.AnyCode(c.How), known(c.Path)})
	}
	if !one.Unchanged && !one.AllTold {
		out.More = code("more")
	}
	return out
}

// certificateOf is what is known of the certificate of a signature.
func certificateOf(one sign.Signature, zone *time.Location) *certificate {
	c := one.Certificate
	out := &certificate{
		Subject: known(c.Subject.String()), Serial: c.SerialNumber.Text(16), Issuer: known(c.Issuer.String()),
		NotBefore: c.NotBefore.In(zone), NotAfter: c.NotAfter.In(zone), Status: "good",
	}
	for _, f := range one.Faults {
		switch f.Code {
		case sign.Untrusted, sign.NotYet, sign.Ended, sign.Revoked, sign.Unsuitable, sign.OtherHand:
			out.Status = form.AnyCode(f.Code)
		case sign.Altered, sign.BadTime, sign.NoTime:
			out.Status = "unknown"
		}
	}
	if v := one.Revocation; v != nil {
		out.Revoked, out.Revocation = new(v.Since.In(zone)), code(string(v.Reason))
	}
	return out
}

// code is a code that is left out where there is none.
func code(text string) *form.AnyCode {
	if text == "" {
		return nil
	}
	return new(form.AnyCode(text))
}
