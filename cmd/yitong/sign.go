package main

import (
	"context"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate"
	"yitong/internal/sign"
)

// signCommand looks after the keys and certificates by which practitioners sign.
type signCommand struct {
	List    signList    `cmd:"" help:"List the certificates of a practitioner, or those of the platform's own authorities."`
	Revoke  signRevoke  `cmd:"" help:"End a certificate before its time, by its fingerprint: that of a practitioner, or of an authority that is no root. Nothing takes that back."`
	Rotate  signRotate  `cmd:"" help:"Let a new key sign for a practitioner at an institution; or, without either, let new authorities issue certificates and make timestamps."`
	Request signRequest `cmd:"" help:"Print a request (PKCS #10) for a certificate of a licensed authority for a practitioner's key."`
	Import  signImport  `cmd:"" help:"Let a practitioner's key sign under the certificate that a licensed authority has given for the request."`
	Know    signKnow    `cmd:"" help:"Keep the certificate of a key that a practitioner has elsewhere, so that its signatures are known to be theirs."`
}

type signList struct {
	app.Signers  `embed:""`
	Practitioner string `arg:"" optional:"" help:"Such as Practitioner/1; without, the platform's own authorities."`
}

func (c *signList) Run(ctx context.Context) error {
	return c.With(ctx, func(s *sign.Service, _ *gate.Session) error {
		list := s.AuthorityCertificates
		if c.Practitioner != "" {
			list = func(ctx context.Context) ([]sign.Certificate, error) { return s.Certificates(ctx, c.Practitioner) }
		}
		all, err := list(ctx)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		for _, one := range all {
			of, state := one.Institution, "good"
			if c.Practitioner == "" {
				of = one.Subject.CommonName
			}
			if now := time.Now(); now.After(one.NotAfter) {
				state = "ended"
			}
			if r := one.Revocation; r != nil {
				state = fmt.Sprintf("revoked since %s (%s)", r.Since.Local().Format(time.DateTime), r.Reason)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s to %s\t%s\n", sign.Fingerprint(one.Certificate), of, one.Issuer.CommonName,
				one.NotBefore.Local().Format(time.DateOnly), one.NotAfter.Local().Format(time.DateOnly), state)
		}
		return w.Flush()
	})
}

type signRevoke struct {
	app.Signers `embed:""`
	Fingerprint string    `arg:"" help:"As yitong sign list prints it."`
	Reason      string    `help:"Why: key-compromise, affiliation-changed, superseded, cessation-of-operation, privilege-withdrawn or unspecified." required:"" placeholder:"REASON"`
	Since       time.Time `help:"From when on the key is not to be trusted; now, if it is not said. What was signed before stays valid." placeholder:"INSTANT"`
}

func (c *signRevoke) Run(ctx context.Context) error {
	return c.With(ctx, func(s *sign.Service, _ *gate.Session) error {
		return s.Revoke(ctx, c.Fingerprint, sign.Reason(c.Reason), c.Since, console().By)
	})
}

// signer is a practitioner at an institution.
type signer struct {
	app.Signers  `embed:""`
	Practitioner string `arg:"" help:"Such as Practitioner/1."`
	Institution  string `arg:"" help:"Such as Organization/1."`
}

// as does something with the key of the signer.
func (c *signer) as(ctx context.Context, do func(*sign.Service, sign.Owner) error) error {
	return c.With(ctx, func(s *sign.Service, session *gate.Session) error {
		o, err := sign.OwnerOf(ctx, session, c.Practitioner, c.Institution)
		if err != nil {
			return err
		}
		return do(s, o)
	})
}

type signRotate struct {
	app.Signers  `embed:""`
	Practitioner string `arg:"" optional:"" help:"Such as Practitioner/1; without, the platform's own authorities."`
	Institution  string `arg:"" optional:"" help:"Such as Organization/1."`
}

func (c *signRotate) Run(ctx context.Context) error {
	switch {
	case c.Practitioner == "":
		return c.With(ctx, func(s *sign.Service, _ *gate.Session) error { return s.Renew(ctx, console().By) })
	case c.Institution == "":
		return fault.New(fault.Malformed, "Name the institution at which the practitioner signs, too, such as Organization/1.")
	}
	who := signer{c.Signers, c.Practitioner, c.Institution}
	return who.as(ctx, func(s *sign.Service, o sign.Owner) error { return s.Rotate(ctx, o) })
}

type signRequest struct {
	signer `embed:""`
}

func (c *signRequest) Run(ctx context.Context) error {
	return c.as(ctx, func(s *sign.Service, o sign.Owner) error {
		text, err := s.Request(ctx, o)
		if err == nil {
			_, err = os.Stdout.Write(text)
		}
		return err
	})
}

// certified is a signer with a file of certificates.
type certified struct {
	signer `embed:""`
	File   string `arg:"" help:"The certificate in PEM, behind it those above it but the root, which is in --sign-trust." placeholder:"FILE"`
}

func (c *certified) read() ([]byte, error) {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s cannot be read.", c.File).Because(err)
	}
	return text, nil
}

type signImport struct {
	certified `embed:""`
}

func (c *signImport) Run(ctx context.Context) error {
	text, err := c.read()
	if err != nil {
		return err
	}
	return c.as(ctx, func(s *sign.Service, o sign.Owner) error { return s.Import(ctx, o, text) })
}

type signKnow struct {
	certified `embed:""`
}

func (c *signKnow) Run(ctx context.Context) error {
	text, err := c.read()
	if err != nil {
		return err
	}
	return c.as(ctx, func(s *sign.Service, o sign.Owner) error { return s.Know(ctx, o, text) })
}
