package rest_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"yitong/internal/fhir/structure"
	"yitong/internal/fhir/terminology"
	"yitong/internal/fhir/validate"
	"yitong/internal/gate"
)

// A script is a conversation with the server, as a file of testdata tells it:
//
//	@references off                  before the first exchange: options of the server (references, validate, maxbody)
//	>>> PUT /Patient/a               a request; the address is below the FHIR base
//	Content-Type: …                  its headers (application/fhir+json is understood where there is a body)
//	                                 an empty line, and its body to the byte, up to the last line feed
//	<<< 201 Created                  the status of the answer
//	ETag: W/"1"                      headers that it must have; - for one that it must not have
//	Issue: not-found                 of its OperationOutcome: the code,
//	Expression: Patient.name[0]      the places, and
//	Says: there is no                a part of the diagnostics
//	Finds: Patient/a b               what a search has found, all of it in this order, with or without types; or nothing
//	Includes: Organization/o         what it has included, in any order
//	                                 an empty line, and its whole body; or lines of the parts that it must have (~) and
//	                                 must not have (!); or (empty)
//
// Lines that begin with # are comments, but not in the body of a request. In requests ${name} is what an earlier
// answer had at ${name}; in answers a new name stands for any text without quotes and slashes, and ${*} for any text.
type script struct {
	options   options
	exchanges []exchange
}

type exchange struct {
	line    int
	request message
	answer  message
}

// message is a request or an answer.
type message struct {
	first   string // method and address, or status
	headers [][2]string
	body    []string // lines; nil for no word about it
}

func readScript(t testing.TB, path string) (s script) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var in *message
	inBody := false
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		answering := len(s.exchanges) > 0 && in == &s.exchanges[len(s.exchanges)-1].answer
		switch {
		case strings.HasPrefix(line, ">>> "):
			trimEnd(in)
			s.exchanges = append(s.exchanges, exchange{line: i + 1})
			in, inBody = &s.exchanges[len(s.exchanges)-1].request, false
			in.first = line[4:]
		case strings.HasPrefix(line, "<<< "):
			trimEnd(in)
			in, inBody = &s.exchanges[len(s.exchanges)-1].answer, false
			in.first = line[4:]
		case strings.HasPrefix(line, "#") && (in == nil || answering || !inBody), in == nil && line == "":
		case in == nil:
			s.options.read(t, line)
		case inBody:
			in.body = append(in.body, line)
		case line == "":
			inBody = true
		default:
			name, value, ok := strings.Cut(line, ": ")
			if !ok {
				t.Fatalf("%s:%d: %q is no header", path, i+1, line)
			}
			in.headers = append(in.headers, [2]string{name, value})
		}
	}
	trimEnd(in)
	return s
}

// trimEnd takes the empty lines off that part a message from the next.
func trimEnd(m *message) {
	for m != nil && len(m.body) > 0 && m.body[len(m.body)-1] == "" {
		m.body = m.body[:len(m.body)-1]
	}
}

var validator = sync.OnceValue(func() *validate.Validator { return validate.New(structure.R4(), terminology.R4()) })

func (o *options) read(t testing.TB, line string) {
	switch name, value, _ := strings.Cut(line, " "); name {
	case "@references":
		o.noReferences = value == "off"
	case "@validate":
		mode, ok := gate.ModeOf(value)
		if !ok {
			t.Fatalf("no mode %q", value)
		}
		o.validation = &gate.Validation{By: validator, Rules: gate.Rules{Mode: mode}}
	case "@maxbody":
		fmt.Sscan(value, &o.maxBody)
	default:
		t.Fatalf("no option %q", name)
	}
}

var placeholder = regexp.MustCompile(`\$\{(\*|[a-zA-Z0-9]+)\}`)

// known puts values for the placeholders of a request.
func (c *client) known(text string) string {
	return placeholder.ReplaceAllStringFunc(text, func(p string) string {
		v, ok := c.names[p[2:len(p)-1]]
		if !ok {
			c.t.Fatalf("nothing is known as %s", p)
		}
		return v
	})
}

// pattern turns an expected text into an expression; names that are not known yet become groups.
func (c *client) pattern(text string) (string, []string) {
	var b strings.Builder
	var fresh []string
	seen := maps.Clone(c.names)
	at := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(regexp.QuoteMeta(text[at:m[0]]))
		at = m[1]
		name := text[m[2]:m[3]]
		value, known := seen[name]
		switch {
		case name == "*":
			b.WriteString(`(?s:.*?)`)
		case known:
			b.WriteString(regexp.QuoteMeta(value))
		default: // a second time in one text is a second group, compared by match
			fresh = append(fresh, name)
			b.WriteString(`([^"/]+?)`)
		}
	}
	b.WriteString(regexp.QuoteMeta(text[at:]))
	return b.String(), fresh
}

// matches tells whether a text is as expected, and learns its names.
func (c *client) matches(text, want string, whole bool) bool {
	expression, fresh := c.pattern(want)
	if whole {
		expression = `^` + expression + `$`
	}
	m := regexp.MustCompile(expression).FindStringSubmatch(text)
	if m == nil {
		return false
	}
	for i, name := range fresh {
		if old, ok := c.names[name]; ok && old != m[i+1] {
			return false
		}
		c.names[name] = m[i+1]
	}
	return true
}

func scripts(t testing.TB) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.http")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no scripts", err)
	}
	return paths
}
