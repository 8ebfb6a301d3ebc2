package account

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math/big"
	"runtime"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"

	"yitong/internal/fault"
)

// Box seals what the register must not show to who reads the database: seeds of one-time passwords and signing keys. Its key
// comes from outside the database.
type Box struct {
	aead cipher.AEAD
	mac  []byte
}

// KeyBytes is the length of the platform's key.
const KeyBytes = 32

// NewBox makes a box of the platform's key. The error is Malformed for a key of another length.
func NewBox(key []byte) (*Box, error) {
	if len(key) != KeyBytes {
		return nil, fault.New(fault.Malformed, "The platform's key has %d bytes, not %d.", KeyBytes, len(key))
	}
	block, err := aes.NewCipher(derive(key, "box"))
	if err != nil {
		return nil, fault.Wrap(err, "making the box")
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	return &Box{aead, derive(key, "digest")}, err
}

func derive(key []byte, use string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("yitong account " + use))
	return mac.Sum(nil)
}

// Seal seals a text that is about something; nobody can take it for another's.
func (b *Box) Seal(about string, text []byte) []byte {
	return b.aead.Seal(nil, nil, text, []byte(about))
}

// Open gives a sealed text back.
func (b *Box) Open(about string, sealed []byte) ([]byte, error) {
	text, err := b.aead.Open(nil, nil, sealed, []byte(about))
	if err != nil {
		return nil, fault.Wrap(err, "opening what is sealed; is this the platform's key of this database?")
	}
	return text, nil
}

// Digest is a keyed digest: without the platform's key nobody can tell what it was made of, even of few possible texts.
func (b *Box) Digest(about, text string) []byte {
	mac := hmac.New(sha256.New, b.mac)
	fmt.Fprintf(mac, "%d.%s%s", len(about), about, text)
	return mac.Sum(nil)
}

// newToken is a random secret of 256 bits.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// same compares digests in constant time.
func same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// digits are n random decimal digits.
func digits(n int) string {
	most := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
	v, err := rand.Int(rand.Reader, most)
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%0*d", n, v)
}

// readable is a random code of 100 bits to be typed from paper: groups of letters and digits that nobody mistakes for others.
func readable() string {
	const alphabet = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ" // 32
	b := make([]byte, 20)
	rand.Read(b)
	var out strings.Builder
	for i, c := range b {
		if i > 0 && i%5 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(alphabet[c%32])
	}
	return out.String()
}

// plain is a typed code without what people put in.
func plain(code string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
}

// Work is what one password hash costs (argon2id, RFC 9106). OWASP's password storage cheat sheet asks for at least
// 19 MiB, 2 passes, 1 lane.
type Work struct {
	Memory uint32 // KiB
	Passes uint32
	Lanes  uint8
}

// UsualWork takes some 35 ms of one processor.
var UsualWork = Work{Memory: 32 << 10, Passes: 2, Lanes: 1}

// Hasher hashes passwords. Each hash takes much time and memory, so only as many are made at a time as there are processors;
// others wait for their turn, and beyond a bound are told to come back. It never runs inside the store's writer.
type Hasher struct {
	work  Work
	turns *semaphore.Weighted
	line  *semaphore.Weighted
	dummy string
}

const (
	hashWait = 5 * time.Second
	hashLine = 64 // that wait, per processor
	saltLen  = 16
	hashLen  = 32
)

// NewHasher makes a hasher; the zero Work means [UsualWork].
func NewHasher(work Work) *Hasher {
	if work == (Work{}) {
		work = UsualWork
	}
	n := int64(runtime.GOMAXPROCS(0))
	h := &Hasher{work: work, turns: semaphore.NewWeighted(n), line: semaphore.NewWeighted(n * hashLine)}
	h.dummy = encode(h.work, make([]byte, saltLen), make([]byte, hashLen))
	return h
}

// Hash makes the text that is kept of a password. The error is Unavailable when too many wait.
func (h *Hasher) Hash(ctx context.Context, password string) (text string, err error) {
	salt := make([]byte, saltLen)
	rand.Read(salt)
	err = h.turn(ctx, func() { text = encode(h.work, salt, h.work.key(password, salt, hashLen)) })
	return text, err
}

// Verify tells whether a password is the one of a text, and whether the text should be made anew with today's work. For ""
// it does as much work and tells false. The error is Unavailable when too many wait.
func (h *Hasher) Verify(ctx context.Context, text, password string) (is, old bool, err error) {
	known := text != ""
	if !known {
		text = h.dummy
	}
	work, salt, key, err := decode(text)
	if err != nil {
		return false, false, err
	}
	err = h.turn(ctx, func() { is = same(work.key(password, salt, uint32(len(key))), key) })
	return is && known, work != h.work, err
}

func (w Work) key(password string, salt []byte, n uint32) []byte {
	return argon2.IDKey([]byte(password), salt, w.Passes, w.Memory, w.Lanes, n)
}

func (h *Hasher) turn(ctx context.Context, do func()) error {
	busy := fault.New(fault.Unavailable, "Very many people sign in at the moment. Try again in a few seconds.")
	if !h.line.TryAcquire(1) {
		return busy
	}
	defer h.line.Release(1)
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if h.turns.Acquire(ctx, 1) != nil {
		return busy
	}
	defer h.turns.Release(1)
	do()
	return nil
}

// encode writes the usual form: $argon2id$v=19$m=32768,t=2,p=1$salt$key.
func encode(w Work, salt, key []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, w.Memory, w.Passes, w.Lanes, b.EncodeToString(salt), b.EncodeToString(key))
}

func decode(text string) (w Work, salt, key []byte, err error) {
	parts := strings.Split(text, "$")
	version := 0
	if len(parts) == 6 && parts[1] == "argon2id" {
		_, err = fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &w.Memory, &w.Passes, &w.Lanes)
		if err == nil {
			salt, err = base64.RawStdEncoding.DecodeString(parts[4])
		}
		if err == nil {
			key, err = base64.RawStdEncoding.DecodeString(parts[5])
		}
		if err == nil && w.Passes > 0 && w.Lanes > 0 && len(key) > 0 && encode(w, salt, key) == text {
			return w, salt, key, nil
		}
	}
	return w, nil, nil, fault.Wrap(fmt.Errorf("not a hash of argon2id: %w", err), "reading a password's hash")
}
