package faults

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	attackers  = 30
	headerTime = 10 * time.Second // that the server waits for a request's head,
	bodyTime   = 2 * time.Minute  // and for all of it (internal/app)
)

// attack is what a bad client does with its connection, until the server has had enough of it or until is closed.
type attack func(c net.Conn, host string, until <-chan struct{}) error

var attacks = map[string]attack{
	"slow head":    slowHead,
	"slow body":    slowBody,
	"endless body": endlessBody,
	"gzip bomb":    gzipBomb,
	"deaf":         deaf,
}

// TestFaultClients lets bad clients come in numbers, all kinds at the same time. Others are served meanwhile, the server
// ends each of the bad ones within its bound, and they leave nothing behind.
func TestFaultClients(t *testing.T) {
	t.Parallel()
	s := start(t, "sqlite:"+filepath.Join(t.TempDir(), "record.db"), "--max-body", "1048576")
	s.works(t)
	idle := s.settled(t)
	var wg sync.WaitGroup
	leave := make(chan struct{})
	for name, bad := range attacks {
		for range attackers {
			c, err := net.Dial("tcp", strings.TrimPrefix(s.root, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = c.Close() })
			wg.Go(func() {
				defer c.Close()
				if err := bad(c, c.RemoteAddr().String(), leave); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
	}
	for range 10 {
		began := time.Now()
		s.get(t, "/Basic/works-1")
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("beside bad clients a read took %s", took)
		}
		s.works(t)
	}
	if !long() {
		close(leave) // the slow bodies are not waited for
	}
	wg.Wait()
	if long() {
		close(leave)
	}
	until(t, "their goroutines have gone", func() bool { return s.goroutines(t) <= idle+5 })
	if _, most := s.memory(t); most > 512<<20 {
		t.Errorf("the server held %d MB", most>>20)
	}
	s.works(t)
	s.stop(t)
}

// slowHead sends a line of a head that never ends from time to time.
func slowHead(c net.Conn, host string, _ <-chan struct{}) error {
	fmt.Fprintf(c, "GET /fhir/metadata HTTP/1.1\r\nHost: %s\r\n", host)
	return drip(c, "X-More: more\r\n", headerTime, nil)
}

// slowBody sends a byte of a body from time to time.
func slowBody(c net.Conn, host string, until <-chan struct{}) error {
	fmt.Fprintf(c, "POST /fhir/Patient HTTP/1.1\r\nHost: %s\r\nContent-Type: application/fhir+json\r\nContent-Length: 1000000\r\n\r\n{", host)
	if long() {
		until = nil // the server must end it
	}
	return drip(c, " ", bodyTime, until)
}

// drip sends a text again and again until the server ends the connection, which it must do in time.
func drip(c net.Conn, text string, most time.Duration, until <-chan struct{}) error {
	began := time.Now()
	for time.Since(began) < most+soon {
		select {
		case <-until:
			return nil
		case <-time.After(100 * time.Millisecond):
		}
		if _, err := io.WriteString(c, text); err != nil {
			return nil
		}
	}
	return fmt.Errorf("the server still listens after %s", time.Since(began))
}

// endlessBody sends without an end, as fast as it can.
func endlessBody(c net.Conn, host string, _ <-chan struct{}) error {
	fmt.Fprintf(c, "POST /fhir/Patient HTTP/1.1\r\nHost: %s\r\nContent-Type: application/fhir+json\r\nTransfer-Encoding: chunked\r\n\r\n", host)
	go func() {
		for chunk := fmt.Sprintf("%x\r\n%s\r\n", 1<<16, strings.Repeat(" ", 1<<16)); ; {
			if _, err := io.WriteString(c, chunk); err != nil {
				return
			}
		}
	}()
	return tooLarge(c)
}

// bomb is a body of 300 KB that becomes 300 MB.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one
	for block := bytes.Repeat([]byte(" "), 1<<20); b.Len() < 300<<10; {
		z.Write(block) //nolint:errcheck // into memory
	}
	z.Close() //nolint:errcheck // into memory
	return b.Bytes()
})

func gzipBomb(c net.Conn, host string, _ <-chan struct{}) error {
	fmt.Fprintf(c, "POST /fhir/Patient HTTP/1.1\r\nHost: %s\r\nContent-Type: application/fhir+json\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", host, len(bomb()))
	go c.Write(bomb()) //nolint:errcheck // the server need not take it all
	return tooLarge(c)
}

// tooLarge reads the server's refusal. When it has ended the connection while it was being written to, that may be lost.
func tooLarge(c net.Conn) error {
	_ = c.SetReadDeadline(time.Now().Add(soon))
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if e, is := err.(net.Error); is && e.Timeout() {
		return fmt.Errorf("the server goes on listening: %w", err)
	}
	if err == nil && r.StatusCode != http.StatusRequestEntityTooLarge && r.StatusCode != http.StatusServiceUnavailable {
		return fmt.Errorf("answered with %s", r.Status)
	}
	return nil
}

// deaf asks for much and reads nothing of it.
func deaf(c net.Conn, host string, until <-chan struct{}) error {
	for range 100 {
		if _, err := fmt.Fprintf(c, "GET /fhir/metadata HTTP/1.1\r\nHost: %s\r\n\r\n", host); err != nil {
			return nil
		}
	}
	select {
	case <-until:
	case <-time.After(headerTime): // it leaves by itself
	}
	return nil
}
