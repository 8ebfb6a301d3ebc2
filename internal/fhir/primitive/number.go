package primitive

// Range of the integers: 32 bits with a sign (R4, 2.24.0.1).
const (
	minInteger = -1 << 31
	maxInteger = 1<<31 - 1
)

func integer(s []byte) *Problem { return whole(s, minInteger, integerForm) }

func unsignedInt(s []byte) *Problem { return unsigned(s, 0, unsignedIntForm) }

func positiveInt(s []byte) *Problem { return unsigned(s, 1, positiveIntForm) }

func unsigned(s []byte, least int64, form *Problem) *Problem {
	if len(s) > 0 && s[0] == '-' { // -0 is an integer only
		return form
	}
	return whole(s, least, form)
}

// whole wants digits without a zero in front, after a minus sign perhaps, that stand for a number in range.
func whole(s []byte, least int64, form *Problem) *Problem {
	const mostDigits = len("2147483648")
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > mostDigits || s[0] == '0' && len(s) > 1 {
		return form
	}
	var n int64
	for _, c := range s {
		if !digit(c) {
			return form
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	if n < least || n > maxInteger {
		return form
	}
	return nil
}
