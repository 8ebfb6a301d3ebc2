package rest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/sign"
)

// sign answers [type]/[id]/$sign: the Provenance with the signature of who asks. version says which version is signed,
// purpose why (a code of http://hl7.org/fhir/ValueSet/signature-type); If-Match refuses to sign what is no longer the
// newest.
func (s *Server) sign(r *request) (*response, error) {
	a, err := r.arguments("version", "purpose")
	if err != nil {
		return nil, err
	}
	asked := sign.Asked{Ref: r.ref, Again: r.idempotency()}
	if asked.Purpose, err = a.one("purpose"); err != nil {
		return nil, err
	}
	version, err := a.one("version")
	if err == nil && version != "" {
		asked.Version, err = fhir.ParseVersion(version)
	}
	if err != nil {
		return nil, err
	}
	if tag := r.header.Get("If-Match"); tag != "" {
		if asked.Newest, err = versionTag("If-Match", tag); err != nil {
			return nil, err
		}
	}
	made, err := s.config.Signing.Sign(r, r.session, asked)
	if err != nil {
		return nil, err
	}
	return r.result(made, r.prefer("return"))
}

// offered are the interactions that a server has what is needed for: without a service of signatures, none with these.
func (c Config) offered(all []interaction) []interaction {
	return slices.DeleteFunc(all, func(x interaction) bool {
		return c.Signing == nil && (x.operation == "sign" || x.operation == "verify-signature")
	})
}

// verifySignature answers [type]/[id]/$verify-signature: for each signature of a resource who has made it, when, under
// which certificate, whether it is valid, if not why, and what has changed since.
func (s *Server) verifySignature(r *request) (*response, error) {
	if _, err := r.arguments(); err != nil {
		return nil, err
	}
	v, err := s.config.Signing.Verify(r, r.session, r.ref)
	if err != nil {
		return nil, err
	}
	all := []verdict{{Name: "version", String: strconv.FormatInt(v.Newest, 10)}, {Name: "whole", Boolean: &v.All}}
	for _, one := range v.Signatures {
		all = append(all, verdict{Name: "signature", Part: signed(one, s.config.Zone)})
	}
	text, err := json.Marshal(map[string]any{"resourceType": "Parameters", "parameter": all})
	if err != nil {
		return nil, fault.Wrap(err, "writing Parameters")
	}
	return &response{status: http.StatusOK, resource: text}, nil
}

// verdict is a parameter of what is known of signatures.
type verdict struct {
	Name      string       `json:"name"`
	String    string       `json:"valueString,omitempty"`
	Code      string       `json:"valueCode,omitempty"`
	Instant   string       `json:"valueInstant,omitempty"`
	Boolean   *bool        `json:"valueBoolean,omitempty"`
	Reference *referenceTo `json:"valueReference,omitempty"`
	Part      []verdict    `json:"part,omitempty"`
}

// signed is what is known of one signature.
func signed(one sign.Signature, zone *time.Location) []verdict {
	instant := func(t time.Time) string { return t.In(zone).Format("2006-01-02T15:04:05.000000Z07:00") }
	valid := one.Valid()
	parts := []verdict{{Name: "provenance", Reference: refer(one.Provenance.String())}, {Name: "valid", Boolean: &valid}}
	for _, f := range one.Faults {
		parts = append(parts, verdict{Name: "reason", Part: []verdict{{Name: "code", Code: string(f.Code)}, {Name: "text", String: f.Message}}})
	}
	if one.Who != "" {
		parts = append(parts, verdict{Name: "who", Reference: &referenceTo{one.Who, one.Display}})
	}
	if !one.At.IsZero() {
		from := "record"
		if one.Stamped {
			from = "timestamp"
		}
		parts = append(parts, verdict{Name: "when", Instant: instant(one.At)}, verdict{Name: "clock", Code: from})
	}
	if one.StampedBy != "" {
		parts = append(parts, verdict{Name: "authority", String: one.StampedBy})
	}
	if one.Purpose != "" {
		parts = append(parts, verdict{Name: "purpose", Code: one.Purpose})
	}
	if c := one.Certificate; c != nil {
		status := "good"
		for _, f := range one.Faults {
			switch f.Code {
			case sign.Untrusted, sign.NotYet, sign.Ended, sign.Revoked, sign.Unsuitable, sign.OtherHand:
				status = string(f.Code)
			case sign.Altered, sign.BadTime, sign.NoTime:
				status = "unknown"
			}
		}
		about := []verdict{
			{Name: "subject", String: c.Subject.String()}, {Name: "serial", String: c.SerialNumber.Text(16)}, {Name: "issuer", String: c.Issuer.String()},
			{Name: "notBefore", Instant: instant(c.NotBefore)}, {Name: "notAfter", Instant: instant(c.NotAfter)}, {Name: "status", Code: status},
		}
		if v := one.Revocation; v != nil {
			about = append(about, verdict{Name: "revoked", Instant: instant(v.Since)}, verdict{Name: "revocation", Code: string(v.Reason)})
		}
		parts = append(parts, verdict{Name: "certificate", Part: about})
	}
	if one.Version != 0 {
		parts = append(parts, verdict{Name: "version", String: strconv.FormatInt(one.Version, 10)})
	}
	parts = append(parts, verdict{Name: "unchanged", Boolean: &one.Unchanged})
	for _, c := range one.Changes {
		parts = append(parts, verdict{Name: "change", Part: []verdict{{Name: "how", Code: string(c.How)}, {Name: "path", String: c.Path}}})
	}
	if !one.Unchanged && !one.AllTold {
		parts = append(parts, verdict{Name: "changes", Code: "more"})
	}
	return parts
}
