package stamp

import (
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	tag "golang.org/x/crypto/cryptobyte/asn1"

	"yitong/internal/fault"
)

// Info is what a token says (TSTInfo of RFC 3161, 2.4.2).
type Info struct {
	Policy   x509.OID
	Hash     asn1.ObjectIdentifier
	Digest   []byte
	Serial   *big.Int
	At       time.Time     // to the microsecond
	Accuracy time.Duration // how far At may be from the truth; 0 where that is not said
	Nonce    *big.Int      // of the request; nil for none
}

// bytes are the DER of an Info.
func (i Info) bytes() ([]byte, error) {
	policy, err := i.Policy.MarshalBinary()
	if err != nil {
		return nil, fault.Wrap(err, "writing a timestamp")
	}
	return build(func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1Int64(1)
			b.AddASN1(tag.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes(policy) })
			addImprint(b, i.Hash, i.Digest)
			b.AddASN1BigInt(i.Serial)
			b.AddASN1(tag.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(generalized(i.At))) })
			if i.Accuracy > 0 {
				addAccuracy(b, i.Accuracy)
			}
			if i.Nonce != nil {
				b.AddASN1BigInt(i.Nonce)
			}
		})
	})
}

func addImprint(b *cryptobyte.Builder, hash asn1.ObjectIdentifier, digest []byte) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(hash) })
		b.AddASN1OctetString(digest)
	})
}

func addAccuracy(b *cryptobyte.Builder, d time.Duration) {
	b.AddASN1(tag.SEQUENCE, func(b *cryptobyte.Builder) {
		if s := d / time.Second; s > 0 {
			b.AddASN1Int64(int64(s))
		}
		if ms := d % time.Second / time.Millisecond; ms > 0 {
			b.AddASN1Int64WithTag(int64(ms), tag.Tag(0).ContextSpecific())
		}
	})
}

// generalized writes an instant with its fraction, which in DER has no zeros at its end (RFC 3161, 2.4.2).
func generalized(t time.Time) string {
	text := t.UTC().Format("20060102150405.000000")
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".") + "Z"
}

// parseGeneralized reads what generalized writes.
func parseGeneralized(text string) (time.Time, bool) {
	t, err := time.Parse("20060102150405Z", text) // it takes a fraction behind the seconds
	return t, err == nil && len(text) >= len("20060102150405Z")
}

// readInfo reads a TSTInfo in DER. What is optional and means nothing here (ordering, tsa, extensions) is passed over,
// but an extension that is critical is not.
func readInfo(der []byte) (i Info, ok bool) {
	in := cryptobyte.String(der)
	var one, policy, at, accuracy, skipped cryptobyte.String
	var version int64
	var has bool
	i.Serial = new(big.Int)
	if !in.ReadASN1(&one, tag.SEQUENCE) || !in.Empty() || !one.ReadASN1Integer(&version) || version != 1 ||
		!one.ReadASN1(&policy, tag.OBJECT_IDENTIFIER) || !readImprint(&one, &i.Hash, &i.Digest) || !one.ReadASN1Integer(i.Serial) ||
		!one.ReadASN1(&at, tag.GeneralizedTime) || !one.ReadOptionalASN1(&accuracy, &has, tag.SEQUENCE) {
		return i, false
	}
	if i.Policy.UnmarshalBinary(policy) != nil || has && !readAccuracy(accuracy, &i.Accuracy) {
		return i, false
	}
	if i.At, ok = parseGeneralized(string(at)); !ok {
		return i, false
	}
	if one.PeekASN1Tag(tag.BOOLEAN) && !one.SkipASN1(tag.BOOLEAN) {
		return i, false
	}
	if one.PeekASN1Tag(tag.INTEGER) {
		if i.Nonce = new(big.Int); !one.ReadASN1Integer(i.Nonce) {
			return i, false
		}
	}
	var extensions cryptobyte.String
	if !one.ReadOptionalASN1(&skipped, &has, tag.Tag(0).ContextSpecific().Constructed()) ||
		!one.ReadOptionalASN1(&extensions, &has, tag.Tag(1).ContextSpecific().Constructed()) || !one.Empty() {
		return i, false
	}
	return i, !critical(extensions)
}

func readImprint(in *cryptobyte.String, hash *asn1.ObjectIdentifier, digest *[]byte) bool {
	var imprint, algorithm, value cryptobyte.String
	ok := in.ReadASN1(&imprint, tag.SEQUENCE) && imprint.ReadASN1(&algorithm, tag.SEQUENCE) && algorithm.ReadASN1ObjectIdentifier(hash) &&
		imprint.ReadASN1(&value, tag.OCTET_STRING) && imprint.Empty()
	*digest = value
	return ok
}

func readAccuracy(in cryptobyte.String, d *time.Duration) bool {
	var parts [3]int64 // seconds, milliseconds, microseconds
	for i, under := range []tag.Tag{tag.INTEGER, tag.Tag(0).ContextSpecific(), tag.Tag(1).ContextSpecific()} {
		if in.PeekASN1Tag(under) && (!in.ReadASN1Int64WithTag(&parts[i], under) || parts[i] < 0 || parts[i] > accuracyMost) {
			return false
		}
	}
	*d = time.Duration(parts[0])*time.Second + time.Duration(parts[1])*time.Millisecond + time.Duration(parts[2])*time.Microsecond
	return in.Empty()
}

// accuracyMost bounds each part of an accuracy; one of more seconds than a day has says nothing.
const accuracyMost = 86400

// critical tells whether one of some extensions must be understood.
func critical(in cryptobyte.String) bool {
	for !in.Empty() {
		var one cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !in.ReadASN1(&one, tag.SEQUENCE) || !one.ReadASN1ObjectIdentifier(&oid) || one.PeekASN1Tag(tag.BOOLEAN) {
			return true
		}
	}
	return false
}

func build(do func(*cryptobyte.Builder)) ([]byte, error) {
	var b cryptobyte.Builder
	do(&b)
	text, err := b.Bytes()
	if err != nil {
		return nil, fault.Wrap(err, "writing a timestamp")
	}
	return text, nil
}
