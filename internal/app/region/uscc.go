package region

import "strings"

// creditAlphabet has the characters of a unified social credit code in the order of their values, 0 to 30. I, O, S, V and
// Z are left out because they look like others (GB 32100).
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// creditCode makes a unified social credit code (统一社会信用代码, GB 32100): 2 characters of who registered what kind of
// organisation (12: a public institution; 52: a private non-enterprise unit), 6 digits of the region, 9 of the
// organisation, the check character. body has 8 characters; the ninth of the organisation is its own check.
func creditCode(kind, region, body string) string {
	code := kind + region + body + string(organisationCheck(body))
	return code + string(creditCheck(code))
}

// validCreditCode tells whether s has the form and the check character of GB 32100. Some early codes lack the latter and
// are legal nevertheless; they are not valid here.
func validCreditCode(s string) bool {
	if len(s) != 18 || !digits(s[2:8]) {
		return false
	}
	for i := range len(s) {
		if strings.IndexByte(creditAlphabet, s[i]) < 0 {
			return false
		}
	}
	return creditCheck(s[:17]) == s[17]
}

// creditCheck is the check character of the first 17: (31 − Σ value·3^i mod 31) mod 31.
func creditCheck(code string) byte {
	sum, weight := 0, 1
	for i := range len(code) {
		sum += strings.IndexByte(creditAlphabet, code[i]) * weight
		weight = weight * 3 % 31
	}
	return creditAlphabet[(31-sum%31)%31]
}

// organisationCheck is the check character of the 8 of an organisation code (GB 11714), in which letters count from 10.
func organisationCheck(body string) byte {
	sum := 0
	for i, weight := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		value := int(body[i] - '0')
		if body[i] >= 'A' {
			value = int(body[i]-'A') + 10
		}
		sum += value * weight
	}
	return "0123456789X"[(11-sum%11)%11]
}
