package trail

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/emmansun/gmsm/sm3"
	"github.com/klauspost/compress/zstd"

	"yitong/internal/fault"
	"yitong/internal/store"
)

const (
	// TagBytes is the length of the tag of a line: so many bytes of its SM3, from the front.
	TagBytes = 8
	// MaxBatch is how many bytes the lines of one batch may have together.
	MaxBatch = 64 << 20

	// digestOf is the beginning of what the digest of a batch is made of. It is stored: never change it.
	digestOf = "yitong trail batch v1\n"
)

// Digest is what binds the lines of a batch, each with its line feed, to each other and to the number of the batch: the SM3 (GB/T
// 32905-2016) of "yitong trail batch v1\n", the number, how many lines there are, both in 8 bytes with the highest first, and the SM3
// of each line. The tags, TagBytes for each line, tell which line it is that does not fit.
func Digest(number int64, lines [][]byte) (digest, tags []byte) {
	all := sm3.New()
	head := append(make([]byte, 0, len(digestOf)+16), digestOf...)
	head = binary.BigEndian.AppendUint64(head, uint64(number))
	all.Write(binary.BigEndian.AppendUint64(head, uint64(len(lines))))
	tags = make([]byte, 0, TagBytes*len(lines))
	for _, line := range lines {
		sum := sm3.Sum(line)
		all.Write(sum[:])
		tags = append(tags, sum[:TagBytes]...)
	}
	return all.Sum(nil), tags
}

// Sum is what the trail knows of the content of a version that was written, so that it cannot be altered unseen either: the SM3 of the
// body as it is kept, in base64url without padding; "" for a deletion.
func Sum(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	sum := sm3.Sum(body)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ItemSum is what the trail knows of a version of an item of the register: of its body, and of whose it is.
func ItemSum(i store.Item) string { return Sum(slices.Concat(i.Body, []byte{0}, []byte(i.Owner))) }

var encoder = sync.OnceValue(func() *zstd.Encoder {
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(2), zstd.WithEncoderLevel(zstd.SpeedFastest))
	if err != nil {
		panic(err) // the options are right
	}
	return e
})

var decoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(MaxBatch), zstd.WithDecoderLowmem(true))
	if err != nil {
		panic(err) // the options are right
	}
	return d
})

// Pack makes the body of a batch of its lines: one after the other, in zstd. They must be MaxBatch bytes at most, and each must end
// with its only line feed.
func Pack(lines [][]byte) []byte {
	p := packing.Get().(*packed)
	defer packing.Put(p)
	p.lines = p.lines[:0]
	for _, line := range lines {
		p.lines = append(p.lines, line...)
	}
	p.body = encoder().EncodeAll(p.lines, p.body[:0])
	return bytes.Clone(p.body)
}

// packed are lines and their body: room that is used again.
type packed struct{ lines, body []byte }

var packing = sync.Pool{New: func() any { return new(packed) }}

// Unpack gives the lines of a body, each with its line feed. The error is Malformed if it is not what [Pack] makes, whatever it is;
// no more memory is used than MaxBatch bytes and the slices take.
func Unpack(body []byte) ([][]byte, error) {
	text, err := decoder().DecodeAll(body, nil)
	if err == nil && (len(text) == 0 || text[len(text)-1] != '\n') {
		err = errCut
	}
	if err != nil {
		return nil, fault.New(fault.Malformed, "The body of a batch of the trail cannot be read: it is not lines in zstd.").Because(err)
	}
	lines := make([][]byte, 0, bytes.Count(text, []byte{'\n'}))
	for len(text) > 0 {
		end := bytes.IndexByte(text, '\n') + 1
		lines = append(lines, text[:end:end])
		text = text[end:]
	}
	return lines, nil
}

var errCut = fault.New(fault.Malformed, "The last line does not end.")
