package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/rest"
)

// SMS says how codes are sent to phones.
type SMS struct {
	SMS      string `help:"Where codes for phones go: the https address of a gateway that takes {\"phone\",\"text\"} as JSON by POST, or file:PATH to add them to a file, for trials. Empty: none are sent, and residents cannot sign in." default:"" name:"sms" placeholder:"URL"`
	SMSToken string `help:"File with the token that the gateway asks for, as a Bearer." default:"" name:"sms-token" placeholder:"FILE"`
}

// sender is nil where no codes are sent.
func (s SMS) sender() (account.Sender, error) {
	if path, ok := strings.CutPrefix(s.SMS, "file:"); ok && path != "" {
		return &letterBox{path: path}, nil
	}
	if s.SMS == "" {
		return nil, nil
	}
	u, err := url.Parse(s.SMS)
	if err != nil || u.Scheme != "https" && !(u.Scheme == "http" && rest.Loopback(u.Host)) {
		return nil, fault.New(fault.Malformed, "--sms should be the https address of a gateway, or file:PATH.")
	}
	g := &smsGateway{address: s.SMS, client: &http.Client{Timeout: smsTime, CheckRedirect: stay}}
	if s.SMSToken != "" {
		if g.token, err = secretFile(s.SMSToken); err != nil {
			return nil, err
		}
	}
	return g, nil
}

const smsTime = 10 * time.Second

// stay takes no redirect: codes and phones go to the gateway that is set, and nowhere else.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// smsGateway sends codes by a gateway.
type smsGateway struct {
	address, token string
	client         *http.Client
}

// Send implements [account.Sender].
func (g *smsGateway) Send(ctx context.Context, phone, text string) error {
	body, err := json.Marshal(map[string]string{"phone": phone, "text": text})
	if err != nil {
		return fault.Wrap(err, "writing to the gateway")
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.address, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(err, "asking the gateway")
	}
	r.Header.Set("Content-Type", "application/json")
	if g.token != "" {
		r.Header.Set("Authorization", "Bearer "+g.token)
	}
	answer, err := g.client.Do(r)
	if err == nil {
		defer answer.Body.Close()
		if answer.StatusCode/100 == 2 {
			return nil
		}
		err = fmt.Errorf("the gateway answered %s", answer.Status)
	}
	if failed := (*url.Error)(nil); errors.As(err, &failed) {
		err = failed.Err // without the address, which may hold a key
	}
	return fault.New(fault.Unavailable, "The code could not be sent. Try again in a minute.").Because(err)
}

// letterBox adds codes to a file.
type letterBox struct {
	mu   sync.Mutex
	path string
}

// Send implements [account.Sender].
func (l *letterBox) Send(_ context.Context, phone, text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := os.MkdirAll(filepath.Dir(l.path), 0o700)
	var f *os.File
	if err == nil {
		f, err = os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	}
	if err == nil {
		defer f.Close()
		_, err = fmt.Fprintf(f, "%s %s\n", phone, text)
	}
	if err != nil {
		return fault.New(fault.Unavailable, "The code could not be sent. Try again in a minute.").Because(err)
	}
	return nil
}
