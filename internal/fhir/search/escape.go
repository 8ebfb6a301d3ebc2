package search

import "strings"

// split cuts text at a separator that no backslash stands before (R4, 3.1.1.4.0.1). Escapes stay as they are.
func split(text string, separator byte) []string {
	if strings.IndexByte(text, separator) < 0 {
		return []string{text}
	}
	var out []string
	start := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case separator:
			out = append(out, text[start:i])
			start = i + 1
		}
	}
	return append(out, text[start:])
}

var escaper = strings.NewReplacer(`\`, `\\`, ",", `\,`, "|", `\|`, "$", `\$`)

// Escape writes a text as it stands in the value of a search parameter (R4, 3.1.1.4.0.1).
func Escape(text string) string { return escaper.Replace(text) }

// plain takes away the backslashes in front of commas, bars, dollars and backslashes.
func plain(text string) string {
	if strings.IndexByte(text, '\\') < 0 {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) && strings.IndexByte(`,|$\`, text[i+1]) >= 0 {
			i++
		}
		out.WriteByte(text[i])
	}
	return out.String()
}
