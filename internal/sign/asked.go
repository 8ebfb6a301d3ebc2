package sign

import (
	"encoding/asn1"
	"strconv"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/sign/canonical"
	"yitong/internal/sign/cms"
)

// SystemPurpose is the code system of why somebody signs (http://hl7.org/fhir/ValueSet/signature-type): ASTM E1762-95
// (2013). Its codes are OIDs, and stand in the signature itself as the commitment (RFC 5126).
const SystemPurpose = "urn:iso-astm:E1762-95:2013"

// PurposeAuthor is the purpose of who signs as the author, which counts where none is named.
const PurposeAuthor = "1.2.840.10065.1.12.1.1"

// purposes are the codes of the value set, 1 to 18, with their names.
var purposes = [...]string{
	"Author's Signature", "Coauthor's Signature", "Co-participant's Signature", "Transcriptionist/Recorder Signature",
	"Verification Signature", "Validation Signature", "Consent Signature", "Signature Witness Signature", "Event Witness Signature",
	"Identity Witness Signature", "Consent Witness Signature", "Interpreter Signature", "Review Signature", "Source Signature",
	"Addendum Signature", "Modification Signature", "Administrative (Error/Edit) Signature", "Timestamp Signature",
}

const purposeArc = "1.2.840.10065.1.12.1."

// purpose is the name of a purpose and its OID. The error is Unprocessable.
func purpose(code string) (name string, oid asn1.ObjectIdentifier, err error) {
	n, e := strconv.Atoi(strings.TrimPrefix(code, purposeArc))
	if e != nil || n < 1 || n > len(purposes) || code != purposeArc+strconv.Itoa(n) {
		return "", nil, fault.New(fault.Unprocessable, "%q is no purpose of a signature: it is a code of http://hl7.org/fhir/ValueSet/signature-type, such as %s.", code, PurposeAuthor).WithIssue("code-invalid")
	}
	return purposes[n-1], asn1.ObjectIdentifier{1, 2, 840, 10065, 1, 12, 1, n}, nil
}

// What a signature says of its own form.
const (
	// FormatSignature is Signature.sigFormat: a detached CMS signature.
	FormatSignature = "application/pkcs7-signature"
	// FormatTarget is Signature.targetFormat: JSON of FHIR without meta, canonical by RFC 8785 (package canonical).
	FormatTarget = "application/fhir+json;canonicalization=yitong-jcs-1"
)

// edition names a version of a resource.
func edition(ref fhir.Ref, version int64) string {
	return ref.String() + "/_history/" + strconv.FormatInt(version, 10)
}

// contentID binds which version was signed, and how its numbers are written: the SM3 of the version's name, a line feed
// and the numbers.
func contentID(name string, f canonical.Form) []byte {
	digest := sm3.Sum(append([]byte(name+"\n"), f.Numbers...))
	return digest[:]
}

// attributes are the signed attributes of a signature of a version: what it is in words, what it is exactly, and why it
// is signed.
func attributes(name string, f canonical.Form, why asn1.ObjectIdentifier) (list []cms.Attribute, err error) {
	for _, one := range []struct {
		oid   asn1.ObjectIdentifier
		write func(*cryptobyte.Builder)
	}{
		{cms.ContentHint, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1(tag.UTF8String, func(b *cryptobyte.Builder) { b.AddBytes([]byte(name)) })
				b.AddASN1ObjectIdentifier(cms.Data)
			})
		}},
		{cms.ContentID, func(b *cryptobyte.Builder) { b.AddASN1OctetString(contentID(name, f)) }},
		{cms.Commitment, func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(why) })
		}},
	} {
		var b cryptobyte.Builder
		one.write(&b)
		value, err := b.Bytes()
		if err != nil {
			return nil, fault.Wrap(err, "writing the attributes of a signature")
		}
		list = append(list, cms.Attribute{Type: one.oid, Value: value})
	}
	return list, nil
}

// bound is what the signed attributes of a signature say: which version, what it is exactly, and why. What is not said
// is empty.
func bound(list []cms.Attribute) (name string, id []byte, why string) {
	var hint, text, exact, commitment cryptobyte.String
	var oid asn1.ObjectIdentifier
	in := cryptobyte.String(cms.Find(list, cms.ContentHint))
	if in.ReadASN1(&hint, tag.SEQUENCE) && hint.ReadASN1(&text, tag.UTF8String) {
		name = string(text)
	}
	in = cms.Find(list, cms.ContentID)
	if in.ReadASN1(&exact, tag.OCTET_STRING) {
		id = exact
	}
	in = cms.Find(list, cms.Commitment)
	if in.ReadASN1(&commitment, tag.SEQUENCE) && commitment.ReadASN1ObjectIdentifier(&oid) {
		why = oid.String()
	}
	return name, id, why
}
