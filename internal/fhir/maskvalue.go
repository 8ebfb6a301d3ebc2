package fhir

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// What masks keep of a value: enough to tell people apart who are known anyway, too little to find one.
const (
	nameStars  = "**"   // behind the first character of a name or text, however long it is
	phoneStars = "****" // in front of or between the digits of a number, however long it is
	mailStars  = "***"  // behind the first character of a mailbox, however long it is

	documentHead, documentTail = 6, 4 // characters of a resident ID number that stay
	otherTail                  = 4    // most characters of another number that stay
	otherShare                 = 3    // of which at most one in this many stays
	otherLeast                 = 5    // characters from which on any of them stay

	phoneHead, phoneTail = 3, 4 // digits of a whole number that stay
	phoneWhole           = 11   // digits of a mobile number, or of a landline with its area code
	phoneLocal           = 8    // digits from which on the last phoneTail stay
	phoneShort           = 5    // digits from which on the last phoneShortTail stay
	phoneShortTail       = 2
)

// MaskName is a name, or another short text, of which only the first character is shown: 张** for 张三 and for 张三丰.
// Marks that combine with the character stay with it. A text that is masked stays as it is; "" stays "".
func MaskName(name string) string {
	first := firstOf(name)
	switch first {
	case "":
		return ""
	case "*":
		return nameStars
	}
	return first + nameStars
}

// firstOf is the first character of a text without the white space in front of it, with the marks that combine with it.
func firstOf(text string) string {
	text = strings.TrimSpace(text)
	_, end := utf8.DecodeRuneInString(text)
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if !unicode.Is(unicode.M, r) {
			break
		}
		end += size
	}
	return text[:end]
}

// maskFamily is the first character of a Chinese surname, alone, so that it reads as 张** before the stars of a given
// name; every other is masked as [MaskName] does.
func maskFamily(family string) string {
	first := firstOf(family)
	if r, _ := utf8.DecodeRuneInString(first); unicode.Is(unicode.Han, r) {
		return first
	}
	return MaskName(family)
}

// MaskDocument is a document's number with stars in the place of what is not shown, one for each character. Of a
// resident ID number of 18 or 15 characters (GB 11643-1999) the first six, which tell the district, and the last four
// stay. Of any other number the last third stays, but never more than four characters, and of one with four or fewer
// none.
func MaskDocument(number string) string {
	number = strings.TrimSpace(number)
	size := utf8.RuneCountInString(number)
	if isResidentID(number) {
		return number[:documentHead] + strings.Repeat("*", size-documentHead-documentTail) + number[size-documentTail:]
	}
	tail := 0
	if size >= otherLeast {
		tail = min(size/otherShare, otherTail)
	}
	at := len(number)
	for range tail {
		_, last := utf8.DecodeLastRuneInString(number[:at])
		at -= last
	}
	return strings.Repeat("*", size-tail) + number[at:]
}

// isResidentID tells whether a text looks like a resident ID number, or like one that is masked.
func isResidentID(s string) bool {
	if len(s) != 18 && len(s) != 15 {
		return false
	}
	end := len(s) - 1
	if c := s[end] | 0x20; len(s) == 18 && c == 'x' {
		s = s[:end]
	}
	for i := range len(s) {
		hidden := i >= documentHead && i <= end-documentTail
		if (s[i] < '0' || s[i] > '9') && !(hidden && s[i] == '*') {
			return false
		}
	}
	return true
}

// MaskPhone is a phone number of which only the ends are shown: 138****8000. White space, signs and China's country
// code are left out. A number of fewer than 11 digits shows its last four, one of fewer than 8 its last two, and one
// of fewer than 5 nothing, because what is hidden could be tried out. A text without digits is all stars; "" stays
// "".
func MaskPhone(phone string) string {
	if strings.TrimSpace(phone) == "" {
		return ""
	}
	digits := dialled(phone)
	switch n := len(digits); {
	case n >= phoneWhole:
		return digits[:phoneHead] + phoneStars + digits[n-phoneTail:]
	case n >= phoneLocal:
		return phoneStars + digits[n-phoneTail:]
	case n >= phoneShort:
		return phoneStars + digits[n-phoneShortTail:]
	}
	return phoneStars
}

// dialled is a number as it is dialled within China: its digits, and the stars of one that is masked.
func dialled(phone string) string {
	digits := strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' || r == '*' {
			return r
		}
		return -1
	}, phone)
	bare := strings.TrimPrefix(digits, "00")
	if own, is := strings.CutPrefix(bare, "86"); is && len(own) == phoneWhole && own[0] == '1' {
		return own
	}
	return digits
}

// maskMail is an e-mail address of which the first character and the host are shown, "" for what is no address.
func maskMail(address string) string {
	at := strings.LastIndexByte(address, '@')
	mailbox, host := firstOf(address[:max(at, 0)]), strings.TrimSpace(address[at+1:])
	if mailbox == "" || !isHost(host) {
		return ""
	}
	return mailbox + mailStars + "@" + host
}

// isHost tells whether a text is the name of a host: two labels at least, the last of them no number.
func isHost(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '.' {
			return false
		}
	}
	dot := strings.LastIndexByte(s, '.')
	last, _ := utf8.DecodeRuneInString(s[dot+1:])
	return dot > 0 && unicode.IsLetter(last)
}

// maskDate is the year of a date, "" for what is no date. Bands of years for the oldest, which a release to researchers
// needs, depend on the day and are not made here.
func maskDate(date string) string {
	const year = 4
	if len(date) < year || len(date) > year && date[year] != '-' {
		return ""
	}
	for i := range year {
		if date[i] < '0' || date[i] > '9' {
			return ""
		}
	}
	return date[:year]
}

// maskURL is an address without its query, in which names and numbers are searched for.
func maskURL(url string) string {
	path, _, _ := strings.Cut(url, "?")
	return path
}
