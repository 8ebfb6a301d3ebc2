package label

import "time"

// Limits of the codes in rules.
const (
	maxCode   = 24 // characters of an exact code; a SNOMED CT id has at most 18
	maxPrefix = 8  // characters of a prefix or of an end of a range
)

// part takes the next code out of what stands in Coding.code, which may hold several: ICD-10's A54.8†M01.3*, a cluster
// of ICD-11, an expression of SNOMED CT. Codes are made of letters, digits and dashes; dots are left out and letters
// made capital, because ICD-10 is written B24.x01, B24X01 and b24. The code is put into at, as far as it has room; n is
// its whole length, 0 when none is left.
func part(text []byte, at *[maxCode]byte) (n int, rest []byte) {
	for i, c := range text {
		switch {
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		case 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-':
		case c == '.':
			continue
		case n > 0:
			return n, text[i:]
		default:
			continue
		}
		if n < maxCode {
			at[n] = c
		}
		n++
	}
	return n, nil
}

// pack writes the first maxPrefix characters of a code as a number; numbers are in the order of their codes. What the
// code is too short for is filled up.
func pack(code []byte, fill byte) (packed uint64) {
	for i := range maxPrefix {
		c := fill
		if i < len(code) {
			c = code[i]
		}
		packed = packed<<8 | uint64(c)
	}
	return packed
}

// of gives the classes of the codes that stand in a Coding.code.
func (s *system) of(text []byte, on time.Time) (found Set) {
	var at [maxCode]byte
	for {
		n, rest := part(text, &at)
		if n == 0 {
			return found
		}
		text = rest
		code := at[:min(n, maxCode)]
		if n <= maxCode {
			for _, t := range s.exact[string(code)] {
				found |= t.on(on)
			}
		}
		packed := pack(code, 0)
		for i := range s.runs {
			r := &s.runs[i]
			if packed < r.first {
				break
			}
			if packed <= r.last {
				found |= r.on(on)
			}
		}
	}
}
