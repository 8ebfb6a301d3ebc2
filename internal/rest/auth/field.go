package auth

import "yitong/internal/account"

// kind is what a field is for: browsers fill it in, and phones show the right keys.
type kind struct{ Type, Fill, Keys string }

var kinds = map[string]kind{
	"username": {"text", "username", ""},
	"password": {"password", "current-password", ""},
	"new":      {"password", "new-password", ""},
	"digits":   {"text", "one-time-code", "numeric"},
	"spare":    {"text", "off", ""},
	"phone":    {"tel", "tel", "tel"},
	"person":   {"text", "name", ""},
	"text":     {"text", "off", ""},
}

// field is a field of a form with all that is said about it.
type field struct {
	kind
	ID, Label, Value string
	Hint, Wrong      string // "" for none
	Short            bool
}

// Field is a field of the page: its words are those of the page and the field. {0} in a hint is the length of passwords.
func (p *page) Field(id, of, value string) (field, error) {
	f := field{kind: kinds[of], ID: id, Value: value, Short: of == "digits"}
	key := p.Name + "." + id
	if own := key + "." + of; p.visit.words.has(own) { // of several kinds in the same place, each has its words
		key = own
	}
	label, err := p.T(key)
	if err != nil {
		return f, err
	}
	f.Label = label
	if p.visit.words.has(key + ".hint") {
		f.Hint, _ = p.T(key+".hint", account.PasswordLeast)
	}
	if p.Bad(id) {
		f.Wrong = p.Problem.Text
	}
	return f, nil
}
