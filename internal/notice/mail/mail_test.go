package mail_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/notice"
	"yitong/internal/notice/mail"
)

func sender(s *server, mode mail.Mode) *mail.Sender {
	return &mail.Sender{
		Host: "127.0.0.1", Port: s.port(), Mode: mode, User: "yitong", Password: "秘密", From: "医通 <notices@health.example.cn>", Roots: s.roots,
		Now: func() time.Time { return time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC) },
	}
}

var letter = notice.Message{
	ID: "0198", Channel: notice.Email, To: "li@example.cn", Subject: "医通：您有 3 条新的通知，请登录查看\r\nBcc: x@example.cn", Language: bilingual.Chinese,
	Text: "您有 3 条新的通知。\n.\n- " + strings.Repeat("您有新的通知，", 30) + "\nhttps://health.example.cn\n",
}

// TestSend: a message arrives whole, over TLS, under its own id, whichever way the connection is made safe.
func TestSend(t *testing.T) {
	t.Parallel()
	for _, mode := range []mail.Mode{mail.StartTLS, mail.TLS} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(s *server) { s.tls = mode == mail.TLS })
			post := sender(s, mode)
			if err := post.Check(); err != nil {
				t.Fatal(err)
			}
			receipt, err := post.Send(t.Context(), letter)
			if err != nil {
				t.Fatal(err)
			}
			all := s.all()
			if len(all) != 1 || !all[0].safe || all[0].user != "yitong" || all[0].password != "秘密" || all[0].from != "notices@health.example.cn" || all[0].to != "li@example.cn" {
				t.Fatalf("taken was %+v", all)
			}
			m, err := netmail.ReadMessage(strings.NewReader(all[0].text))
			if err != nil {
				t.Fatal(err)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
			if err != nil || subject != "医通：您有 3 条新的通知，请登录查看 Bcc: x@example.cn" || m.Header.Get("Bcc") != "" {
				t.Errorf("the subject is %q %v", subject, err)
			}
			if id := m.Header.Get("Message-ID"); id != "<0198@health.example.cn>" || id != receipt {
				t.Errorf("the id is %s, the receipt %s", id, receipt)
			}
			if at, err := m.Header.Date(); err != nil || !at.Equal(post.Now()) {
				t.Errorf("the date is %v %v", at, err)
			}
			text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
			if err != nil || string(text) != strings.ReplaceAll(letter.Text, "\n", "\r\n") {
				t.Errorf("the text is %q %v", text, err)
			}
			for line := range strings.Lines(all[0].text) {
				if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > '~' }) {
					t.Errorf("not every server takes the line %q", line)
				}
			}
		})
	}
}

// TestNeverInTheClear: without TLS, or with a certificate that is not known, nothing is sent, no password either.
func TestNeverInTheClear(t *testing.T) {
	t.Parallel()
	nothing := func(*server) {}
	for name, c := range map[string]struct {
		server func(*server)
		sender func(*mail.Sender)
	}{
		"no STARTTLS": {func(s *server) { s.plain = true }, func(*mail.Sender) {}},
		"STARTTLS fails": {func(s *server) {
			s.safe.GetConfigForClient = func(*tls.ClientHelloInfo) (*tls.Config, error) { return nil, errors.New("not now") }
		}, func(*mail.Sender) {}},
		"unknown certificate": {nothing, func(m *mail.Sender) { m.Roots = nil }},
		"TLS to a plain one":  {nothing, func(m *mail.Sender) { m.Mode = mail.TLS }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, c.server)
			post := sender(s, mail.StartTLS)
			c.sender(post)
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			if _, err := post.Send(ctx, letter); fault.CodeOf(err) == "" {
				t.Error("it was sent")
			}
			for _, m := range s.all() {
				t.Errorf("taken was %+v", m)
			}
		})
	}
}

// TestRefusals: what the server refuses for good is not tried again, everything else is.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		command string
		code    int
		want    fault.Code
	}{
		"no such mailbox": {"RCPT", 550, fault.Unprocessable},
		"full":            {"RCPT", 452, fault.Unavailable},
		"wrong password":  {"AUTH", 535, fault.Unavailable},
		"spam":            {"DATA", 554, fault.Unprocessable},
		"busy":            {"MAIL", 421, fault.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(s *server) {
				s.refuses[c.command] = &smtp.SMTPError{Code: c.code, EnhancedCode: smtp.NoEnhancedCode, Message: "in its own words"}
			})
			_, err := sender(s, mail.StartTLS).Send(t.Context(), letter)
			if fault.CodeOf(err) != c.want || strings.Contains(fault.From(err).Message, "in its own words") {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	s := newServer(t, func(*server) {})
	post := sender(s, mail.StartTLS)
	s.listener.Close()
	if _, err := post.Send(t.Context(), letter); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("without a server: got %v", err)
	}
	forged := letter
	forged.To = "li@example.cn>\r\nRCPT TO:<x@example.cn"
	if _, err := post.Send(t.Context(), forged); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("a forged address: got %v", err)
	}
}

// TestCheck: settings by which nothing could be sent are refused.
func TestCheck(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*mail.Sender){
		"no host": func(s *mail.Sender) { s.Host = "" },
		"no port": func(s *mail.Sender) { s.Port = 0 },
		"no from": func(s *mail.Sender) { s.From = "nobody" },
		"a mode":  func(s *mail.Sender) { s.Mode = "none" },
	} {
		s := &mail.Sender{Host: "h", Port: 25, Mode: mail.TLS, From: "a@b.cn"}
		change(s)
		if err := s.Check(); fault.CodeOf(err) != fault.Malformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
