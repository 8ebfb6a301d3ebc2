package emergency

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"yitong/internal/fault"
)

// Bounds of what somebody writes down: of a reason, and of the note of a review.
const (
	textLeast    = 10  // characters
	textMost     = 500 // characters
	lettersLeast = 5   // different letters, digits or Chinese characters; with fewer nothing is said
)

// CheckText gives a text that somebody has written without the white space around it. The error is Unprocessable for one that
// is too short or too long, or says nothing, such as one character over and over; it does not repeat the text.
func CheckText(name, text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n < textLeast || n > textMost {
		return "", fault.New(fault.Unprocessable, "The %s has %d characters; write %d to %d.", name, n, textLeast, textMost).WithIssue("value")
	}
	letters := map[rune]bool{}
	for _, c := range text {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c):
			letters[unicode.ToLower(c)] = true
		case c == utf8.RuneError || unicode.IsControl(c) && !strings.ContainsRune("\n\r\t", c):
			return "", fault.New(fault.Unprocessable, "The %s has characters that nobody can read.", name).WithIssue("value")
		}
	}
	if len(letters) < lettersLeast {
		return "", fault.New(fault.Unprocessable, "The %s says nothing. Write in a sentence what makes it so.", name).WithIssue("value")
	}
	return text, nil
}
