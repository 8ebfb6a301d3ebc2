package app

import (
	"regexp"
	"strings"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/rest/auth"
)

// Helping says where people are helped by telephone.
type Helping struct {
	HelpPhone string `help:"Telephone at which people are helped who use the pages and the app. 12345 is the government's line for citizens, everywhere in China; an institution may name its own. Empty for none." default:"12345" name:"help-phone"`
	HelpHours string `help:"When --help-phone answers, as people read it: in Chinese and, behind a slash between blanks, in English." default:"每天 24 小时 / 24 hours a day" name:"help-hours"`
}

// dialled is a telephone number as people write it.
var dialled = regexp.MustCompile(`^\+?[0-9][0-9-]{1,18}[0-9]$`)

// hoursMost bounds when the telephone answers, in bytes.
const hoursMost = 300

func (h Helping) check() error {
	switch {
	case h.HelpPhone != "" && !dialled.MatchString(h.HelpPhone):
		return fault.New(fault.Malformed, "--help-phone is a number of digits and hyphens, such as 12345 or +86-711-1234567.")
	case len(h.HelpHours) > hoursMost:
		return fault.New(fault.Malformed, "--help-hours has at most %d bytes.", hoursMost)
	}
	return nil
}

// help is what the pages tell of it.
func (h Helping) help() auth.Help {
	chinese, english, _ := strings.Cut(h.HelpHours, " / ")
	return auth.Help{Phone: h.HelpPhone, Hours: bilingual.Text{Zh: chinese, En: english}}
}
