package cms

import (
	"bytes"
	"encoding/asn1"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"yitong/internal/fault"
)

// Attribute is an attribute of a signature with its one value in DER.
type Attribute struct {
	Type  asn1.ObjectIdentifier
	Value []byte
}

// Draft is a signature that is being made by SM2 with SM3. The key may be anywhere: it signs what [Draft.ToSign] gives.
type Draft struct {
	Type        asn1.ObjectIdentifier // of the content: Data or TSTInfo
	Digest      []byte                // SM3 of the content
	Content     []byte                // that the signature carries itself; nil for a detached one
	Certificate *smx509.Certificate   // of the key
	Others      []*smx509.Certificate // that are sent along, such as those of the authority
	At          time.Time             // when it is signed, by the signer's own clock
	Extra       []Attribute           // more signed attributes
}

// ToSign is what the key has to sign: the signed attributes as a SET (RFC 5652, 5.4). It is the same each time.
func (d Draft) ToSign() ([]byte, error) {
	id, err := build(func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(d.Type) })
	if err != nil {
		return nil, err
	}
	digest, err := build(func(b *cryptobyte.Builder) { b.AddASN1OctetString(d.Digest) })
	if err != nil {
		return nil, err
	}
	at, err := build(func(b *cryptobyte.Builder) {
		if d.At = d.At.UTC(); d.At.Year() < 1950 || d.At.Year() >= 2050 { // RFC 5652, 11.3
			b.AddASN1GeneralizedTime(d.At)
		} else {
			b.AddASN1UTCTime(d.At)
		}
	})
	if err != nil {
		return nil, err
	}
	cert, err := build(func(b *cryptobyte.Builder) { addCertID(b, d.Certificate.Raw) })
	if err != nil {
		return nil, err
	}
	all := append([]Attribute{{contentType, id}, {messageDigest, digest}, {signingTime, at}, {signingCertV2, cert}}, d.Extra...)
	return build(func(b *cryptobyte.Builder) { addSet(b, tag.SET, all) })
}

// addCertID writes which certificate belongs to the key (ESSCertIDv2 of RFC 5035), so that no other can be put in its
// place.
func addCertID(b *cryptobyte.Builder, certificate []byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // SigningCertificateV2
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // certs
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				addAlgorithm(b, SM3)
				b.AddASN1OctetString(sum(SM3, certificate))
			})
		})
	})
}

func addAlgorithm(b *cryptobyte.Builder, oid asn1.ObjectIdentifier) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
}

// addSet writes attributes as a SET OF, in the order of DER, under a tag.
func addSet(b *cryptobyte.Builder, under tag.Tag, list []Attribute) {
	var raw [][]byte
	for _, a := range list {
		one, err := build(func(b *cryptobyte.Builder) {
			b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
				b.AddASN1ObjectIdentifier(a.Type)
				b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { b.AddBytes(a.Value) })
			})
		})
		if err != nil {
			b.SetError(err)
			return
		}
		raw = append(raw, one)
	}
	slices.SortFunc(raw, bytes.Compare)
	b.AddASN1(under, func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(raw, nil)) })
}

// Finish puts everything together. toSign is what was signed, and signature what it gave, r and s in DER.
func (d Draft) Finish(toSign, signature []byte, unsigned ...Attribute) ([]byte, error) {
	version := int64(1)
	if !d.Type.Equal(Data) {
		version = 3 // RFC 5652, 5.1
	}
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // ContentInfo
			b.AddASN1ObjectIdentifier(signedData)
			b.AddASN1(tag.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) {
				b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // SignedData
					b.AddASN1Int64(version)
					b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { addAlgorithm(b, SM3) })
					d.addContent(b)
					d.addCertificates(b)
					b.AddASN1(tag.SET, func(b *cryptobyte.Builder) { d.addSigner(b, toSign, signature, unsigned) })
				})
			})
		})
	})
}

func (d Draft) addContent(b *cryptobyte.Builder) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // EncapsulatedContentInfo
		b.AddASN1ObjectIdentifier(d.Type)
		if d.Content != nil {
			b.AddASN1(tag.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddASN1OctetString(d.Content) })
		}
	})
}

func (d Draft) addCertificates(b *cryptobyte.Builder) {
	raw := [][]byte{d.Certificate.Raw}
	for _, c := range d.Others {
		raw = append(raw, c.Raw)
	}
	slices.SortFunc(raw, bytes.Compare)
	b.AddASN1(tag.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddBytes(bytes.Join(raw, nil)) })
}

func (d Draft) addSigner(b *cryptobyte.Builder, toSign, signature []byte, unsigned []Attribute) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // SignerInfo
		b.AddASN1Int64(1)
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { // IssuerAndSerialNumber
			b.AddBytes(d.Certificate.RawIssuer)
			b.AddASN1BigInt(d.Certificate.SerialNumber)
		})
		addAlgorithm(b, SM3)
		attributes := cryptobyte.String(toSign)
		var inner cryptobyte.String
		if !attributes.ReadASN1(&inner, tag.SET) {
			b.SetError(fault.Wrap(nil, "what was signed is no set of attributes"))
			return
		}
		b.AddASN1(tag.Tag(0).ContextSpecific().Constructed(), func(b *cryptobyte.Builder) { b.AddBytes(inner) })
		addAlgorithm(b, sm2WithSM3)
		b.AddASN1OctetString(signature)
		if len(unsigned) > 0 {
			addSet(b, tag.Tag(1).ContextSpecific().Constructed(), unsigned)
		}
	})
}

// build is what a function writes.
func build(do func(*cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	do(&b)
	text, err := b.Bytes()
	if err != nil {
		return nil, fault.Wrap(err, "writing a signature")
	}
	return text, nil
}
