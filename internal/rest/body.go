package rest

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/semaphore"

	"yitong/internal/fault"
)

// bodyStart bounds the memory that a body gets because its client says how long it will be.
const bodyStart = 1 << 20

// roomFor is how many bodies of the greatest size may be worked on at a time.
const roomFor = 4

// formMost bounds the form of a search.
const formMost = 1 << 20

// maxResource bounds one resource.
const maxResource = 16 << 20

// metered reads into the room that all bodies have together: a body takes several times its size while it is worked
// on. A slow client holds no more of it than it has sent.
type metered struct {
	io.Reader
	room *semaphore.Weighted
	held int64
}

var errNoRoom = fault.New(fault.Unavailable, "The server is at work on too many large requests. Try again in a moment.")

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.Reader.Read(p)
	if !m.room.TryAcquire(int64(n)) {
		return 0, errNoRoom
	}
	m.held += int64(n)
	return n, err
}

func (m *metered) done() { m.room.Release(m.held) }

// readBody reads a body of at most so many bytes, after decompression, to its end.
func readBody(w http.ResponseWriter, hr *http.Request, most int64, m *metered) ([]byte, error) {
	var in io.Reader = http.MaxBytesReader(w, hr.Body, most)
	switch encoding := hr.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, fault.New(fault.Malformed, "The body is not gzip, though its Content-Encoding says so.").Because(err)
		}
		in = io.LimitReader(z, most+1)
	default:
		return nil, fault.New(fault.UnsupportedMedia, "The Content-Encoding %q is not taken; gzip is.", clip(encoding))
	}
	m.Reader = in
	buf := bytes.NewBuffer(make([]byte, 0, max(512, min(hr.ContentLength+512, bodyStart))))
	_, err := buf.ReadFrom(m)
	var over *http.MaxBytesError
	switch {
	case errors.As(err, &over) || int64(buf.Len()) > most:
		return nil, fault.New(fault.TooLarge, "The body has more than %d bytes. Send it in parts.", most)
	case errors.Is(err, errNoRoom):
		return nil, errNoRoom
	case err != nil:
		return nil, fault.New(fault.Malformed, "The body broke off before its end.").Because(err)
	}
	return buf.Bytes(), nil
}
