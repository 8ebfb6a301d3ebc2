package backup

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"

	"github.com/klauspost/compress/zstd"

	"yitong/internal/fault"
)

// A sealed file is
//
//	magic ‖ id of the key ‖ salt ‖ chunk 0 ‖ chunk 1 …
//
// and a chunk is its length, 4 bytes big-endian, whose highest bit says that it is the last one, and the text of at most [chunkBytes],
// compressed by zstd and sealed with SM4-GCM. The nonce is the number of the chunk; authenticated with it are the name of the file,
// the number and whether it is the last one.
const (
	magic      = "yitong sealed 1\n"
	headBytes  = len(magic) + idBytes + saltBytes
	chunkBytes = 1 << 20
	lastChunk  = 1 << 31
	// sealedMost is how long a chunk can be: what zstd adds to what it cannot compress, and the tag of GCM.
	sealedMost = chunkBytes + chunkBytes/128 + 64
)

var (
	packer, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(2))
	unpacker, _ = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(2*chunkBytes), zstd.WithDecoderConcurrency(2))
)

// chunks is what sealing and opening have in common.
type chunks struct {
	aead  cipher.AEAD
	name  string
	next  uint64
	nonce [12]byte
	about []byte
}

// step gives the nonce of the next chunk, and what is authenticated with it.
func (c *chunks) step(last bool) (nonce, about []byte) {
	binary.BigEndian.PutUint64(c.nonce[4:], c.next)
	c.about = append(append(c.about[:0], c.name...), 0)
	c.about = binary.BigEndian.AppendUint64(c.about, c.next)
	if last {
		c.about = append(c.about, 1)
	}
	c.next++
	return c.nonce[:], c.about
}

// Writer seals a file. It must be closed: a file without its end is refused.
type Writer struct {
	chunks
	to     io.Writer
	text   []byte // of the chunk that is being filled
	packed []byte
	sealed []byte
	Plain  int64 // bytes that were written
	Sealed int64 // bytes that they have become
}

// NewWriter begins a sealed file. The name is bound to it.
func NewWriter(to io.Writer, key Key, name string) (*Writer, error) {
	salt := make([]byte, saltBytes)
	rand.Read(salt)
	a, err := key.aead(salt)
	if err != nil {
		return nil, err
	}
	id, err := hex.DecodeString(key.ID())
	if err != nil {
		return nil, fault.Wrap(err, "naming the key")
	}
	head := append(append([]byte(magic), id...), salt...)
	n, err := to.Write(head)
	return &Writer{chunks: chunks{aead: a, name: name}, to: to, Sealed: int64(n)}, err
}

// Write implements [io.Writer].
func (w *Writer) Write(p []byte) (n int, err error) {
	for n < len(p) {
		if len(w.text) == chunkBytes {
			if err := w.chunk(false); err != nil {
				return n, err
			}
		}
		take := min(chunkBytes-len(w.text), len(p)-n)
		w.text = append(w.text, p[n:n+take]...)
		n += take
	}
	w.Plain += int64(n)
	return n, nil
}

// Flush ends a chunk, so that all that was written can be read.
func (w *Writer) Flush() error {
	if len(w.text) == 0 {
		return nil
	}
	return w.chunk(false)
}

// Close writes the last chunk. It does not close what it writes to.
func (w *Writer) Close() error { return w.chunk(true) }

func (w *Writer) chunk(last bool) error {
	w.packed = packer.EncodeAll(w.text, w.packed[:0])
	w.text = w.text[:0]
	nonce, about := w.step(last)
	w.sealed = w.aead.Seal(append(w.sealed[:0], 0, 0, 0, 0), nonce, w.packed, about)
	length := uint32(len(w.sealed) - 4)
	if last {
		length |= lastChunk
	}
	binary.BigEndian.PutUint32(w.sealed, length)
	n, err := w.to.Write(w.sealed)
	w.Sealed += int64(n)
	return err
}

// errCut is the cause of the error of a file that ends too early.
var errCut = errors.New("the end is missing")

// Reader opens a sealed file.
type Reader struct {
	chunks
	from   io.Reader
	at     string // what the file is called in errors
	sealed []byte
	packed []byte
	text   []byte
	rest   []byte // of the text, that has not been read yet
	over   bool
}

// NewReader opens a sealed file of a name. The errors of it and of reading are Unprocessable, and say what is wrong with the file; it
// is Forbidden if the file was sealed with another key.
func NewReader(from io.Reader, key Key, name string) (*Reader, error) {
	r := &Reader{chunks: chunks{name: name}, from: from, at: name}
	head := make([]byte, headBytes)
	if _, err := io.ReadFull(from, head); err != nil {
		return nil, r.cut(err)
	}
	if !bytes.HasPrefix(head, []byte(magic)) {
		return nil, fault.New(fault.Unprocessable, "%s is no sealed file of a backup.", name)
	}
	head = head[len(magic):]
	if id := hex.EncodeToString(head[:idBytes]); id != key.ID() {
		return nil, fault.New(fault.Forbidden, "%s was sealed with the key %s, but the key that was given is %s.", name, id, key.ID())
	}
	var err error
	r.aead, err = key.aead(head[idBytes:])
	return r, err
}

func (r *Reader) cut(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.New(fault.Unprocessable, "%s is cut off.", r.at).Because(errCut)
	}
	return fault.New(fault.Unavailable, "%s cannot be read.", r.at).Because(err)
}

// Read implements [io.Reader]. It ends with [io.EOF] behind the last chunk only.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		if r.over {
			return 0, io.EOF
		}
		var err error
		if r.rest, err = r.Chunk(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// Chunk is the text of the next chunk, valid until the next call; [io.EOF] behind the last one.
func (r *Reader) Chunk() ([]byte, error) {
	if r.over {
		return nil, io.EOF
	}
	var head [4]byte
	if _, err := io.ReadFull(r.from, head[:]); err != nil {
		return nil, r.cut(err)
	}
	length := binary.BigEndian.Uint32(head[:])
	last := length&lastChunk != 0
	if length &^= lastChunk; length == 0 {
		return nil, r.cut(io.EOF) // room that was taken and not written to when the machine stopped
	} else if length > sealedMost {
		return nil, fault.New(fault.Unprocessable, "%s is altered: chunk %d has an impossible length.", r.at, r.next)
	}
	if cap(r.sealed) < int(length) {
		r.sealed = make([]byte, sealedMost)
	}
	r.sealed = r.sealed[:length]
	if _, err := io.ReadFull(r.from, r.sealed); err != nil {
		return nil, r.cut(err)
	}
	return r.open(last)
}

func (r *Reader) open(last bool) (text []byte, err error) {
	number := r.next
	nonce, about := r.step(last)
	if r.packed, err = r.aead.Open(r.packed[:0], nonce, r.sealed, about); err != nil {
		return nil, fault.New(fault.Unprocessable, "%s is altered at chunk %d, or is another file than it is called.", r.at, number)
	}
	if r.text, err = unpacker.DecodeAll(r.packed, r.text[:0]); err != nil {
		return nil, fault.New(fault.Unprocessable, "%s cannot be unpacked at chunk %d.", r.at, number).Because(err)
	}
	if last {
		r.over = true
		if n, _ := r.from.Read(make([]byte, 1)); n > 0 {
			return nil, fault.New(fault.Unprocessable, "%s goes on behind its end.", r.at)
		}
	}
	return r.text, nil
}
