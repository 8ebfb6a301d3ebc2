// Package sign lets practitioners sign resources, and tells what a signature is worth (mission F4; 电子签名法 Art. 13: a
// reliable signature is the signer's alone, under their control alone, and shows every later change to it and to what
// was signed).
//
// A signature is CMS with signed attributes and a timestamp (package cms; CAdES-T in the words of RFC 5126) over the
// canonical bytes of one version of a resource (package canonical). It stands in a Provenance, which the process
// [Process] alone writes.
//
// Each practitioner has a key pair of SM2 for each institution that they sign at, made when they first sign, and kept
// in the register under the platform's key (package vault). Keys never leave the server; only the session of the
// practitioner themself signs with one. Certificates are of an embedded authority, for trials, or of a licensed one
// (Art. 13, 16), whose certificate for a key is imported. What is kept of certificates and revocations does not run
// out: Art. 24 asks for five years behind their end.
//
// When something was signed is what the timestamp says. Whether the certificate was valid is judged for that instant:
// a certificate that ended or was revoked later takes nothing from what was signed before.
package sign
