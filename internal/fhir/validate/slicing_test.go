package validate

import (
	"strings"
	"testing"

	"yitong/internal/fault"
)

// sliced writes how an element is sliced, by discriminators "type path".
func sliced(path, rules string, discriminators ...string) string {
	var list []string
	for _, d := range discriminators {
		kind, at, _ := strings.Cut(d, " ")
		list = append(list, `{"type":"`+kind+`","path":"`+at+`"}`)
	}
	ordered := ""
	if rules, ordered, _ = strings.Cut(rules, " "); ordered != "" {
		ordered = `"ordered":true,`
	}
	return path + ` "slicing":{` + ordered + `"discriminator":[` + strings.Join(list, ",") + `],"rules":"` + rules + `"}`
}

func TestDiscriminatorsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ discriminator, tells string }{
		{"value nothing", "nothing"},
		{"value system.lower()", "extension(url), resolve() and ofType(type)"},
		{"value extension('http://x/none').value", "http://x/none"},
		{"value where(a = b", "bracket"},
		{"value period.resolve().id", "period"},
	} {
		v := define(t, profile("p", "Patient", sliced("Patient.identifier", "open", c.discriminator),
			`Patient.identifier "sliceName":"a"`))
		err := v.Check("http://x/p")
		if fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), c.tells) {
			t.Errorf("%s: %v", c.discriminator, err)
		}
	}
}
