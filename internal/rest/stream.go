package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"yitong/internal/fault"
)

// parts is an answer that is made part by part while it is sent, so that it may be greater than memory.
type parts interface {
	// Next is the next part; the error is [io.EOF] behind the last.
	Next(context.Context) ([]byte, error)
	// End is told when all has been sent, or by what it broke off. Its error breaks the answer off too.
	End(context.Context, error) error
}

// partTime is how long a client may take for one part. The connection's own limit is for answers of one part.
const partTime = time.Minute

// errGone is that a client does not take what it has asked for. It is nobody's fault here.
var errGone = errors.New("the client has gone")

// stream sends the parts of an answer, behind its head. It tells whether it broke off.
func (s *Server) stream(w http.ResponseWriter, hr *http.Request, r *request, out *response) (cut bool) {
	if out.parts == nil {
		return false
	}
	err := s.sendAll(w, hr, r, out.parts)
	if end := out.parts.End(hr.Context(), err); err == nil {
		err = end
	}
	if err != nil && !errors.Is(err, errGone) {
		s.note(r, fault.From(err))
	}
	return err != nil
}

// sendAll sends part by part. Each is made in a turn of its own, and sent outside of it: a slow client holds up nobody.
func (s *Server) sendAll(w http.ResponseWriter, hr *http.Request, r *request, all parts) error {
	out := http.NewResponseController(w)
	for {
		part, err := s.part(hr.Context(), r, all)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_ = out.SetWriteDeadline(time.Now().Add(partTime)) // where there is none to set, none is needed
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("%w: %w", errGone, err)
		}
	}
}

// part makes a part, of which the trail knows then.
func (s *Server) part(ctx context.Context, r *request, all parts) (part []byte, err error) {
	ctx, done, err := s.turns.again(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	_, err = safely(func() (*response, error) {
		part, err = all.Next(ctx)
		return nil, err
	})
	if errors.Is(err, io.EOF) {
		return nil, err
	}
	if err == nil {
		err = r.leave(nil)
	}
	return part, s.turns.late(err)
}
