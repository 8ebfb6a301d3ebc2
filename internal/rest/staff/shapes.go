package staff

import "yitong/internal/account"

// Shapes are a value of each struct that is answered or taken as JSON, by the name that its type has in the browser app.
func Shapes() map[string]any {
	return map[string]any{
		"Account": person{}, "Accounts": people{}, "Grant": account.Grant{}, "Program": program{}, "Programs": programs{}, "Change": account.Change{},
	}
}
