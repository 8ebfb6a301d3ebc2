package ucum

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"yitong/internal/fault"
)

const (
	maxCode  = 64 // bytes of a code, and so of its nesting
	maxPower = 3  // digits of an exponent
)

var (
	errLong    = fault.New(fault.Malformed, "The code of a unit has at most %d bytes.", maxCode).WithIssue("code-invalid")
	errMissing = errors.New("a unit is missing")
	errZero    = errors.New("zero is no unit")
	errPower   = fmt.Errorf("an exponent has one to %d digits", maxPower)
	errOpen    = errors.New("something is not closed")
)

// refuse makes the error for a code.
func refuse(code string, why error) error {
	return fault.New(fault.Malformed, "%q is no unit of UCUM that can be converted: %v.", code, why).WithIssue("code-invalid")
}

// parse reads a code.
func (t *table) parse(code string) (term, error) {
	p := parser{table: t, rest: code}
	result, err := p.product(true)
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q is out of place", p.rest)
	}
	if err != nil {
		return term{}, refuse(code, err)
	}
	return result, nil
}

// parser reads a code from left to right.
type parser struct {
	table *table
	rest  string // what is still to be read
}

// take reads a character, if it is the next one.
func (p *parser) take(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

// product reads units with . and / between them, which bind equally and to the left. A code as a whole may begin with /.
func (p *parser) product(whole bool) (term, error) {
	inverse := whole && p.take('/')
	result, err := p.component()
	if err == nil && inverse {
		result, err = term{factor: one}.times(result, -1)
	}
	for err == nil {
		sign := 1
		if !p.take('.') {
			if !p.take('/') {
				break
			}
			sign = -1
		}
		var next term
		if next, err = p.component(); err == nil {
			result, err = result.times(next, sign)
		}
	}
	return result, err
}

// component reads parentheses, a number, or a symbol with its exponent, and the annotation after it; or only that.
func (p *parser) component() (result term, err error) {
	switch {
	case p.rest == "":
		return term{}, errMissing
	case p.rest[0] == '{':
		result = term{factor: one}
	case p.take('('):
		if result, err = p.product(false); err == nil && !p.take(')') {
			err = errOpen
		}
	case digit(p.rest[0]) && !strings.HasPrefix(p.rest, "10*") && !strings.HasPrefix(p.rest, "10^"):
		result, err = p.number()
	default:
		result, err = p.symbol()
	}
	if err == nil && p.take('{') {
		err = p.annotation()
	}
	return result, err
}

// annotation reads to the end of an annotation.
func (p *parser) annotation() error {
	end := strings.IndexAny(p.rest, "{}")
	if end < 0 || p.rest[end] == '{' {
		return errOpen
	}
	p.rest = p.rest[end+1:]
	return nil
}

// number reads a number and its exponent, which is told apart by its sign: 2+10 is 1024.
func (p *parser) number() (term, error) {
	n, _ := new(big.Int).SetString(p.digits(), 10)
	if n.Sign() == 0 {
		return term{}, errZero
	}
	return p.raised(term{factor: new(big.Rat).SetInt(n)})
}

// symbol reads the symbol of a unit, with its prefix and exponent.
func (p *parser) symbol() (term, error) {
	symbol := p.rest[:p.symbolEnd()]
	p.rest = p.rest[len(symbol):]
	if symbol == "" {
		return term{}, errMissing
	}
	a, prefix := p.table.find(symbol)
	if a == nil {
		return term{}, fmt.Errorf("there is no unit %q", symbol)
	}
	p.table.resolve(a)
	if a.term.factor == nil {
		return term{}, fmt.Errorf("no factor converts %q", symbol)
	}
	result := a.term
	if prefix != one {
		result = result.scaled(prefix)
	}
	return p.raised(result)
}

// raised reads the exponent of a unit, if there is one, and gives the power.
func (p *parser) raised(t term) (term, error) {
	exponent, err := p.exponent()
	if err != nil || exponent == 1 {
		return t, err
	}
	return term{factor: one}.times(t, exponent)
}

// symbolEnd gives the length of the symbol that comes next. Symbols have no operators other than in brackets, and do not
// end in digits, save for 10* and 10^ before their exponents.
func (p *parser) symbolEnd() int {
	if digit(p.rest[0]) {
		return len("10*")
	}
	end := 0
	for end < len(p.rest) && !strings.ContainsRune("./+-=(){}\"", rune(p.rest[end])) {
		if p.rest[end] == '[' {
			end += max(strings.IndexByte(p.rest[end:], ']'), 0)
		}
		end++
	}
	for end > 0 && digit(p.rest[end-1]) {
		end--
	}
	return end
}

// exponent reads an exponent, which is 1 when there is none.
func (p *parser) exponent() (int, error) {
	sign := 1
	signed := p.take('+')
	if !signed && p.take('-') {
		signed, sign = true, -1
	}
	text := p.digits()
	if text == "" && !signed {
		return 1, nil
	}
	if text == "" || len(text) > maxPower {
		return 0, errPower
	}
	n, err := strconv.Atoi(text)
	return sign * n, err
}

// digits reads as many digits as there are.
func (p *parser) digits() string {
	end := 0
	for end < len(p.rest) && digit(p.rest[end]) {
		end++
	}
	text := p.rest[:end]
	p.rest = p.rest[end:]
	return text
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
