package primitive

// What a byte is in base64 (RFC 4648, 4).
const (
	digit64 = iota
	padding
	space
	foreign
)

var class64 = func() (class [256]byte) {
	for i := range class {
		class[i] = foreign
	}
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		class[c] = digit64
	}
	class['='] = padding
	for _, c := range " \t\r\n" {
		class[c] = space
	}
	return class
}()

// base64Binary checks a string in which JSON's escapes still stand: many writers escape each slash, and to unescape a
// long document would double the memory that it takes. White space may stand between groups of four, where R4 has it.
func base64Binary(s []byte) *Problem {
	var (
		group  int  // characters of a group that has been begun
		padded bool // the last group has been seen
		some   bool
	)
	for i := 0; i < len(s); {
		if group == 0 && !padded {
			if n := groups64(s[i:]); n > 0 {
				i += n
				some = true
				continue
			}
		}
		c, size := unescaped(s[i:])
		i += size
		switch class := class64[c]; {
		case class == space && group == 0:
		case class == digit64 && !padded:
			group++
		case class == padding && group >= 2:
			group++
			padded = true
		default:
			return base64Form
		}
		if group == 4 {
			group = 0
			some = true
		}
	}
	if group != 0 || !some {
		return base64Form
	}
	return nil
}

// groups64 is the length of the whole groups, without escapes and padding, at the start of s.
func groups64(s []byte) (n int) {
	for len(s)-n >= 4 {
		g := s[n : n+4]
		if class64[g[0]]|class64[g[1]]|class64[g[2]]|class64[g[3]] != digit64 {
			break
		}
		n += 4
	}
	return n
}

// unescaped reads a character of a JSON string, which is one of base64 only if it is ASCII; NUL stands for all others.
func unescaped(s []byte) (c byte, size int) {
	if s[0] != '\\' {
		return s[0], 1
	}
	switch s[1] {
	case '/':
		return '/', 2
	case 'n', 'r', 't':
		return '\n', 2
	case 'u':
		return ascii(s[2:6]), 6
	}
	return 0, 2
}

// ascii reads four hexadecimal digits that the reader has checked; 0 for a character outside ASCII.
func ascii(hex []byte) byte {
	n := 0
	for _, c := range hex {
		if digit(c) {
			c -= '0'
		} else {
			c = c | 0x20 - 'a' + 10
		}
		n = n<<4 | int(c)
	}
	if n > 0x7f {
		return 0
	}
	return byte(n)
}
