package cms

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"math/big"
	"time"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"yitong/internal/fault"
)

// Limits of what is read.
const (
	BytesMost        = 256 << 10 // of a signature
	CertificatesMost = 10        // in it
	AttributesMost   = 30        // signed, and as many that are not
)

// Signature is SignedData with one signer, as it was read. Nothing of it is known to be true before [Signature.Check].
type Signature struct {
	Type         asn1.ObjectIdentifier // of the content
	Content      []byte                // nil for a detached signature
	Certificates []*smx509.Certificate
	Value        []byte // r and s in DER, for SM2
	Signed       []Attribute
	Unsigned     []Attribute

	issuer, serial, keyID []byte // of the signer's certificate, either
	digest, algorithm     asn1.ObjectIdentifier
	toSign                []byte // the signed attributes as a SET
}

// Parse reads a signature in DER. The error is Unprocessable.
func Parse(der []byte) (*Signature, error) {
	s := &Signature{}
	if len(der) > BytesMost || !s.read(der) {
		return nil, fault.New(fault.Unprocessable, "The signature is no CMS SignedData in DER with one signer, signed attributes and certificates.")
	}
	return s, nil
}

var (
	context0 = tag.Tag(0).ContextSpecific().Constructed()
	context1 = tag.Tag(1).ContextSpecific().Constructed()
)

func (s *Signature) read(der []byte) bool {
	in := cryptobyte.String(der)
	var info, outer, signed, digests, content, signers, certificates, skipped cryptobyte.String
	var typ asn1.ObjectIdentifier
	var version int64
	var has bool
	if !in.ReadASN1(&info, tag.SEQUENCE) || !in.Empty() || !info.ReadASN1ObjectIdentifier(&typ) ||
		!typ.Equal(signedData) && !typ.Equal(signedDataGB) ||
		!info.ReadASN1(&outer, context0) || !info.Empty() || !outer.ReadASN1(&signed, tag.SEQUENCE) || !outer.Empty() ||
		!signed.ReadASN1Integer(&version) || !signed.ReadASN1(&digests, tag.SET) || !signed.ReadASN1(&content, tag.SEQUENCE) {
		return false
	}
	if !s.readContent(content) || !signed.ReadOptionalASN1(&certificates, &has, context0) || !s.readCertificates(certificates) ||
		!signed.ReadOptionalASN1(&skipped, &has, context1) || !signed.ReadASN1(&signers, tag.SET) || !signed.Empty() {
		return false
	}
	return s.readSigner(&signers) && signers.Empty()
}

func (s *Signature) readContent(in cryptobyte.String) bool {
	var outer, text cryptobyte.String
	var has bool
	if !in.ReadASN1ObjectIdentifier(&s.Type) || !in.ReadOptionalASN1(&outer, &has, context0) || !in.Empty() {
		return false
	}
	if s.Type.Equal(dataGB) {
		s.Type = Data
	}
	if has && (!outer.ReadASN1(&text, tag.OCTET_STRING) || !outer.Empty()) {
		return false
	}
	if has {
		s.Content = text
	}
	return true
}

func (s *Signature) readCertificates(in cryptobyte.String) bool {
	for !in.Empty() {
		var one cryptobyte.String
		if !in.ReadASN1Element(&one, tag.SEQUENCE) || len(s.Certificates) == CertificatesMost {
			return false
		}
		c, err := smx509.ParseCertificate(one)
		if err != nil {
			return false
		}
		s.Certificates = append(s.Certificates, c)
	}
	return true
}

func (s *Signature) readSigner(in *cryptobyte.String) bool {
	var one, attributes, unsigned, value cryptobyte.String
	var version int64
	var has bool
	if !in.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1Integer(&version) || !s.readWho(&one) || !readAlgorithm(&one, &s.digest) ||
		!one.ReadASN1(&attributes, context0) || !readAlgorithm(&one, &s.algorithm) || !one.ReadASN1(&value, tag.OCTET_STRING) ||
		!one.ReadOptionalASN1(&unsigned, &has, context1) || !one.Empty() {
		return false
	}
	s.Value = value
	toSign, err := build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(attributes) })
	})
	s.toSign = toSign
	return err == nil && readAttributes(attributes, &s.Signed) && readAttributes(unsigned, &s.Unsigned)
}

// readWho reads which certificate is the signer's.
func (s *Signature) readWho(in *cryptobyte.String) bool {
	var keyID, pair, issuer cryptobyte.String
	if in.PeekASN1Tag(tag.Tag(0).ContextSpecific()) {
		ok := in.ReadASN1(&keyID, tag.Tag(0).ContextSpecific())
		s.keyID = keyID
		return ok
	}
	serial := new(big.Int)
	if !in.ReadASN1(&pair, tag.SEQUENCE) || !pair.ReadASN1Element(&issuer, tag.SEQUENCE) || !pair.ReadASN1Integer(serial) || !pair.Empty() {
		return false
	}
	s.issuer, s.serial = issuer, serial.Bytes()
	return serial.Sign() >= 0
}

func readAlgorithm(in *cryptobyte.String, oid *asn1.ObjectIdentifier) bool {
	var one cryptobyte.String
	return in.ReadASN1(&one, tag.SEQUENCE) && one.ReadASN1ObjectIdentifier(oid)
}

func readAttributes(in cryptobyte.String, list *[]Attribute) bool {
	for !in.Empty() {
		var one, values, value cryptobyte.String
		var a Attribute
		var under tag.Tag
		if !in.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&a.Type) || !one.ReadASN1(&values, tag.SET) || !one.Empty() ||
			!values.ReadAnyASN1Element(&value, &under) || !values.Empty() || len(*list) == AttributesMost {
			return false
		}
		a.Value = value
		*list = append(*list, a)
	}
	return true
}

// Find is the value of the attribute of a type, nil where there is none, or several.
func Find(list []Attribute, typ asn1.ObjectIdentifier) (value []byte) {
	for _, a := range list {
		if a.Type.Equal(typ) {
			if value != nil {
				return nil
			}
			value = a.Value
		}
	}
	return value
}

// Certificate is the signer's, nil if it is not among those that the signature carries.
func (s *Signature) Certificate() *smx509.Certificate {
	for _, c := range s.Certificates {
		if s.keyID != nil && bytes.Equal(c.SubjectKeyId, s.keyID) ||
			s.keyID == nil && bytes.Equal(c.RawIssuer, s.issuer) && bytes.Equal(c.SerialNumber.Bytes(), s.serial) {
			return c
		}
	}
	return nil
}

// At is when it was signed, by the signer's own word; the zero Time if that is not said.
func (s *Signature) At() (at time.Time) {
	in := cryptobyte.String(Find(s.Signed, signingTime))
	if in.PeekASN1Tag(tag.UTCTime) {
		_ = in.ReadASN1UTCTime(&at)
	} else {
		_ = in.ReadASN1GeneralizedTime(&at)
	}
	return at
}

// ToSign is what the key has signed: the signed attributes as a SET.
func (s *Signature) ToSign() []byte { return s.toSign }

// Covers tells whether the signature is over a content, by the digest in its signed attributes.
func (s *Signature) Covers(content []byte) bool {
	in := cryptobyte.String(Find(s.Signed, messageDigest))
	var digest cryptobyte.String
	is := sum(s.digest, content)
	return in.ReadASN1(&digest, tag.OCTET_STRING) && in.Empty() && is != nil && bytes.Equal(digest, is)
}

// Check tells whether the key of the certificate that the signature names has made it over its signed attributes. The
// error is Unprocessable, and says what does not fit. named asks that the attributes name the certificate by its digest
// (RFC 5035), so that another of the same key cannot stand in its place; where they name one, it has to be that one in
// any case.
func (s *Signature) Check(named bool) error {
	c := s.Certificate()
	if c == nil {
		return fault.New(fault.Unprocessable, "The signature does not carry the certificate of its signer.")
	}
	kind := algorithm(s.digest, s.algorithm)
	if kind == smx509.UnknownSignatureAlgorithm {
		return fault.New(fault.Unprocessable, "The algorithm of the signature (%s with %s) is not taken here.", s.algorithm, s.digest)
	}
	if err := c.CheckSignature(kind, s.toSign, s.Value); err != nil {
		return fault.New(fault.Unprocessable, "The signature does not fit its signed attributes and its key: it was altered.").Because(err)
	}
	in := cryptobyte.String(Find(s.Signed, contentType))
	var typ asn1.ObjectIdentifier
	if !in.ReadASN1ObjectIdentifier(&typ) || !typ.Equal(s.Type) && !(typ.Equal(dataGB) && s.Type.Equal(Data)) {
		return fault.New(fault.Unprocessable, "The signature was made for content of another type.")
	}
	if has, is := s.names(c.Raw); has && !is || named && !has {
		return fault.New(fault.Unprocessable, "The signed attributes do not name the certificate that the signature carries.")
	}
	return nil
}

// names tells whether the signed attributes name a certificate, and whether it is this one.
func (s *Signature) names(certificate []byte) (has, is bool) {
	v2, v1 := Find(s.Signed, signingCertV2), Find(s.Signed, signingCert)
	if v2 == nil && v1 == nil {
		return false, false
	}
	oid := sha256
	in := cryptobyte.String(v2)
	if v2 == nil {
		oid, in = sha1, v1
	}
	var whole, list, first, digest cryptobyte.String
	if !in.ReadASN1(&whole, tag.SEQUENCE) || !whole.ReadASN1(&list, tag.SEQUENCE) || !list.ReadASN1(&first, tag.SEQUENCE) {
		return true, false
	}
	if v2 != nil && first.PeekASN1Tag(tag.SEQUENCE) && !readAlgorithm(&first, &oid) {
		return true, false
	}
	if !first.ReadASN1(&digest, tag.OCTET_STRING) {
		return true, false
	}
	got := sum(oid, certificate)
	if v2 == nil {
		h := crypto.SHA1.New() // it names one certificate beside a signature that is checked
		h.Write(certificate)
		got = h.Sum(nil)
	}
	return true, got != nil && bytes.Equal(digest, got)
}
