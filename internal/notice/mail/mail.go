package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/notice"
)

// Mode is how a connection is made safe.
type Mode string

// The modes.
const (
	TLS      Mode = "tls"      // from the first byte on (RFC 8314, usually port 465)
	StartTLS Mode = "starttls" // after a command, without which nothing is sent (usually port 587)
)

// Sender sends by one server. It implements [notice.Provider].
type Sender struct {
	Host     string
	Port     int
	Mode     Mode
	User     string // "" for no sign-in
	Password string
	From     string           // address, with or without a name
	Roots    *x509.CertPool   // by which the server's certificate is checked; nil for those of the system
	Now      func() time.Time // for the Date; nil for the machine's clock
}

const talkMost = 30 * time.Second // that one message may take, when the context says nothing

// Check refuses settings by which nothing could be sent. The error is Malformed.
func (s *Sender) Check() error {
	if _, err := mail.ParseAddress(s.From); err != nil {
		return fault.New(fault.Malformed, "E-mail comes from an address such as notices@health.example.cn; %q is none.", s.From)
	}
	switch {
	case s.Host == "" || s.Port < 1 || s.Port > 65535:
		return fault.New(fault.Malformed, "E-mail goes by a host and a port, such as mail.example.cn and 587.")
	case s.Mode != TLS && s.Mode != StartTLS:
		return fault.New(fault.Malformed, "The way to the mail server is made safe by %s or %s.", TLS, StartTLS)
	}
	return nil
}

// Send sends a message. The error is Unprocessable where the server refuses it for good (5yz), Unavailable for
// everything else.
func (s *Sender) Send(ctx context.Context, m notice.Message) (receipt string, err error) {
	id := m.ID + "@" + s.host()
	text, err := s.write(m, id)
	if err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, talkMost)
	defer cancel()
	if err := s.talk(limited, m.To, text); err != nil {
		f := fault.New(fault.Unavailable, "The e-mail could not be sent.")
		if said, is := errors.AsType[*textproto.Error](err); is && said.Code/100 == 5 && said.Code != authFailed {
			f = fault.New(fault.Unprocessable, "The mail server refuses the e-mail.")
		}
		return "", f.Because(err)
	}
	return "<" + id + ">", nil
}

// authFailed is what a server says to a wrong password (RFC 4954), which is ours to mend and no fault of the message.
const authFailed = 535

// host is that of the sender's address.
func (s *Sender) host() string {
	_, host, _ := strings.Cut(s.address(), "@")
	return host
}

func (s *Sender) address() string {
	a, err := mail.ParseAddress(s.From)
	if err != nil {
		return s.From
	}
	return a.Address
}

// talk brings a message to the server.
func (s *Sender) talk(ctx context.Context, to string, text []byte) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return err
	}
	defer conn.Close()
	end, _ := ctx.Deadline() // Send has set one
	if err := conn.SetDeadline(end); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	safe := &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
	if s.Mode == TLS {
		conn = tls.Client(conn, safe)
	}
	c, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return err
	}
	defer c.Close()
	if s.Mode != TLS {
		if err := c.StartTLS(safe); err != nil { // also where the server does not know the command
			return fmt.Errorf("STARTTLS: %w", err)
		}
	}
	if s.User != "" {
		if err := c.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host)); err != nil {
			return err
		}
	}
	if err := c.Mail(s.address()); err != nil {
		return err
	}
	if err := c.Rcpt(to); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil { // the server has taken it
		return err
	}
	_ = c.Quit() // it has it, whatever it says to this
	return nil
}

const lineMost = 76 // characters of a line of base64 (RFC 2045, 6.8)

// write is a message as it stands on the wire: plain text in UTF-8 (RFC 5322, RFC 2045, RFC 2047).
func (s *Sender) write(m notice.Message, id string) ([]byte, error) {
	from, err := mail.ParseAddress(s.From)
	if err != nil {
		return nil, fault.New(fault.Unprocessable, "There is no address that e-mail comes from.").Because(err)
	}
	to, err := notice.CheckEmail(m.To)
	if err != nil {
		return nil, fault.New(fault.Unprocessable, "This is no address for e-mail.").Because(err)
	}
	now := time.Now
	if s.Now != nil {
		now = s.Now
	}
	var b strings.Builder
	for _, h := range [][2]string{
		{"From", from.String()}, {"To", "<" + to + ">"}, {"Subject", mime.BEncoding.Encode("utf-8", flat(m.Subject))},
		{"Date", now().Format(time.RFC1123Z)}, {"Message-ID", "<" + id + ">"}, {"Content-Language", flat(m.Language)}, {"Auto-Submitted", "auto-generated"},
		{"MIME-Version", "1.0"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "base64"},
	} {
		b.WriteString(h[0] + ": " + h[1] + "\r\n")
	}
	b.WriteString("\r\n")
	text := base64.StdEncoding.EncodeToString([]byte(strings.ReplaceAll(m.Text, "\n", "\r\n")))
	for len(text) > lineMost {
		b.WriteString(text[:lineMost] + "\r\n")
		text = text[lineMost:]
	}
	b.WriteString(text + "\r\n")
	return []byte(b.String()), nil
}

// flat is a text on one line: in a header a second one would be another header.
func flat(text string) string { return strings.Join(strings.Fields(text), " ") }
