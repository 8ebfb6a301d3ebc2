package auth

// Local is the rule of where a page may lead, for its tests.
var Local = local

// FormsTo are the sources of a policy, for their tests.
var FormsTo = formsTo

// Words are the texts of the pages by language and key.
func Words() map[string]map[string]string {
	all := map[string]map[string]string{}
	for code, w := range allWords() {
		all[code] = w.texts
	}
	return all
}
