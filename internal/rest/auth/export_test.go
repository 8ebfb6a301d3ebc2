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

// Masked is how a phone is shown, for its tests.
var Masked = masked

// BrowserOf tells what an agent is known as.
func BrowserOf(agent string) (product, system string) {
	b := browserOf(agent)
	return b.Product, b.System
}

// SquareOf is a QR code as a path, with its side in modules.
func SquareOf(text string) (path string, side int, err error) {
	q, err := squareOf(text)
	if err != nil {
		return "", 0, err
	}
	return q.Path, q.Side, nil
}
