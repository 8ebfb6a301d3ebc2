package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	formats "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"

	"yitong/internal/fault"
	"yitong/internal/tlog"
)

const (
	answerTime = 5 * time.Second // that a witness may take
	maxAnswer  = 1 << 20
	// fresh is by how much the clocks may differ. An answer that was signed earlier may be one from before, which
	// somebody shows in place of what the witness knows.
	fresh = 5 * time.Minute
)

// Client asks a witness.
type Client struct {
	verifier note.Verifier
	at       string
	http     *http.Client

	mu   sync.Mutex
	size map[string]int64 // of a log, as the witness knows it
}

// NewClient reads where a witness is and by what its cosignatures are checked: its verifier key, a plus sign, and its
// address, as NAME+8 digits+base64+https://witness.example.cn. The error is Malformed.
func NewClient(text string) (*Client, error) {
	// Neither a name nor base64 has a colon behind a plus sign.
	i := max(strings.Index(text, "+http://"), strings.Index(text, "+https://"))
	if i < 0 {
		return nil, fault.New(fault.Malformed,
			"%q does not name a witness: its key, a plus sign, and its address, such as NAME+8 "+
				"digits+base64+https://witness.example.cn.", text)
	}
	v, err := ReadPublic(text[:i])
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(text[i+1:])
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.New(fault.Malformed,
			"%q is not the address of a witness, such as https://witness.example.cn.", text[i+1:])
	}
	return &Client{
		verifier: v, at: strings.TrimSuffix(u.String(), "/"), http: &http.Client{Timeout: answerTime}, size: map[string]int64{},
	}, nil
}

// ReadPublic reads the verifier key of a witness. The error is Malformed.
func ReadPublic(text string) (note.Verifier, error) {
	v, err := formats.NewVerifierForCosignatureV1(text)
	if err != nil {
		return nil, fault.New(fault.Malformed, "%q is not the key of a witness, as yitong witness key prints it.",
			text).Because(err)
	}
	return v, nil
}

// Name is that of the witness's key.
func (c *Client) Name() string { return c.verifier.Name() }

// Signed tells whether the witness has cosigned a checkpoint.
func (c *Client) Signed(text []byte) bool {
	_, err := note.Open(text, note.VerifierList(c.verifier))
	return err == nil
}

// Ask has the checkpoint of a log cosigned and returns it with the signatures of both. The error is Unavailable if the
// witness does not answer as it should, and Conflict if it has seen another past of the log: more leaves, or others.
func (c *Client) Ask(ctx context.Context, l *tlog.Log) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for range 3 { // where the witness stands is not known at first, and may change once
		old := min(c.size[l.Origin], l.Size)
		status, answer, err := c.add(ctx, l, old)
		if err != nil {
			return nil, err
		}
		switch status {
		case http.StatusOK:
			cosigned := slices.Concat(l.Note, answer)
			if _, err := note.Open(cosigned, note.VerifierList(c.verifier)); err != nil {
				return nil, c.wrong("its cosignature does not fit its key", err)
			}
			c.size[l.Origin] = l.Size
			return cosigned, nil
		case http.StatusUnprocessableEntity:
			return nil, fault.New(fault.Conflict, "The witness %s has seen other leaves of the log %s: it was forked.",
				c.Name(), l.Origin)
		case http.StatusConflict:
			size, err := strconv.ParseInt(strings.TrimSuffix(string(answer), "\n"), 10, 64)
			switch {
			case err != nil || size < 0:
				return nil, c.wrong("it does not say where it stands", err)
			case size > l.Size:
				return nil, fault.New(fault.Conflict,
					"The witness %s has seen %d leaves of the log %s, which has only %d: it was "+
						"rolled back.", c.Name(), size, l.Origin, l.Size)
			case size == old && size == l.Size:
				return nil, fault.New(fault.Conflict,
					"The witness %s has seen other leaves of the log %s: it was forked.", c.Name(), l.Origin)
			}
			c.size[l.Origin] = size
		default:
			return nil, c.wrong(fmt.Sprintf("it answered %d: %s", status, bytes.TrimSpace(answer)), nil)
		}
	}
	return nil, c.wrong("where it stands keeps changing", nil)
}

// add sends a checkpoint.
func (c *Client) add(ctx context.Context, l *tlog.Log, old int64) (status int, answer []byte, err error) {
	steps, err := l.Proof(ctx, old)
	if err != nil {
		return 0, nil, err
	}
	var body bytes.Buffer
	fmt.Fprintf(&body, "old %d\n", old)
	for _, s := range steps {
		body.WriteString(base64.StdEncoding.EncodeToString(s) + "\n")
	}
	body.WriteByte('\n')
	body.Write(l.Note)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.at+addPath, &body)
	if err != nil {
		return 0, nil, c.wrong("it cannot be asked", err)
	}
	return c.do(r)
}

// Latest are the newest checkpoints that the witness has cosigned of a log, one for each epoch, each signed by the
// witness.
func (c *Client) Latest(ctx context.Context, name string) ([][]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.at+latestPath+url.PathEscape(name), nil)
	if err != nil {
		return nil, c.wrong("it cannot be asked", err)
	}
	status, answer, err := c.do(r)
	if err != nil {
		return nil, err
	}
	var texts []string
	if err := json.Unmarshal(answer, &texts); status != http.StatusOK || err != nil {
		return nil, c.wrong(fmt.Sprintf("it answered %d", status), err)
	}
	notes := make([][]byte, len(texts))
	for i, text := range texts {
		notes[i] = []byte(text)
		n, err := note.Open(notes[i], note.VerifierList(c.verifier))
		if err != nil {
			return nil, c.wrong("its cosignature does not fit its key", err)
		}
		if at, err := formats.CoSigV1Timestamp(n.Sigs[0]); err != nil || time.Since(at).Abs() > fresh {
			return nil, c.wrong("its answer was not signed now, but at "+at.Format(time.RFC3339), err)
		}
	}
	return notes, nil
}

func (c *Client) do(r *http.Request) (status int, answer []byte, err error) {
	res, err := c.http.Do(r)
	if err != nil {
		return 0, nil, c.wrong("it does not answer", err)
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(io.LimitReader(res.Body, maxAnswer)); err != nil {
		return 0, nil, c.wrong("its answer broke off", err)
	}
	return res.StatusCode, answer, nil
}

func (c *Client) wrong(what string, err error) *fault.Error {
	return fault.New(fault.Unavailable, "The witness %s at %s cannot be used: %s.", c.Name(), c.at, what).Because(err)
}
