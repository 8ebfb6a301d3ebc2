package region

import (
	"fmt"
	"time"
)

// citizenID makes a citizen ID number of GB 11643: the 6 digits of the address, the birth date, 3 digits of sequence (odd
// for men, even for women) and the check character.
func citizenID(address string, birth time.Time, sequence int) string {
	body := fmt.Sprintf("%s%s%03d", address, birth.Format("20060102"), sequence)
	return body + string(citizenCheck(body))
}

// validCitizenID tells whether s is a citizen ID number by its form: check character, a birth date that exists. Whether
// the address is on today's list is not asked, because counties come and go (GB 11643).
func validCitizenID(s string) bool {
	if len(s) != 18 || !digits(s[:17]) || citizenCheck(s[:17]) != s[17] {
		return false
	}
	_, err := time.Parse("20060102", s[6:14])
	return err == nil
}

// citizenCheck is the check character of 17 digits: ISO 7064 MOD 11-2, which GB 11643 prescribes.
func citizenCheck(body string) byte {
	sum := 0
	for i := range len(body) {
		sum = (sum + int(body[i]-'0')) * 2 % 11 // the weight of the i-th of 18 places, from 1, is 2^(18-i) mod 11
	}
	return "10X98765432"[sum]
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// recordNumber makes the 17 digits under which a resident's health record is filed: what stands for the district (GB/T 2260), the
// street (GB/T 10114), village unit, serial by order of filing (国家基本公共卫生服务规范, third edition, 2017: health records).
func recordNumber(s *street, committee, serial int) string {
	return fmt.Sprintf("%s%s%s%05d", s.district.stand(), s.code, unit(committee), serial)
}

// validRecordNumber tells whether s is a record number by its form. The village unit is 001–099 for a residents'
// committee, 101–199 for a villagers' committee, 901–999 for others.
func validRecordNumber(s string) bool {
	if len(s) != 17 || !digits(s) {
		return false
	}
	unit := s[9:12]
	return unit[1:] != "00" && (unit[0] == '0' || unit[0] == '1' || unit[0] == '9') && s[12:] != "00000"
}
