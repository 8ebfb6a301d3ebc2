// Package mail sends notices by SMTP (RFC 5321): over TLS from the first byte on, or after STARTTLS (RFC 3207), and
// never in the clear.
package mail
