package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/validate"
)

type validateCommand struct {
	Files    []string `arg:"" help:"Files with a resource, or with one on each line where they end in .ndjson; - for standard input." placeholder:"FILE"`
	Profile  []string `help:"Canonical of a profile to validate against, beside those that the resources name." placeholder:"CANONICAL"`
	Language string   `help:"Language of what is said: en or zh." enum:"en,zh" default:"en"`
	Quiet    bool     `help:"Print errors only, no warnings and information."`
}

// Run prints what is wrong with the resources in files, with the place marked. It fails when there is an error, but goes
// through all files before.
func (c *validateCommand) Run() error {
	v := app.Validator()
	for _, p := range c.Profile {
		if err := v.Check(p); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	seen, wrong := 0, 0
	for _, name := range c.Files {
		err := eachResource(name, func(at source) {
			seen++
			wrong += c.one(out, v, at)
		})
		if err != nil {
			wrong++
			fmt.Fprintf(out, "%s: error: %s\n", name, say(err))
		}
	}
	fmt.Fprintf(out, "Resources: %d, errors: %d\n", seen, wrong)
	if wrong > 0 {
		return fault.New(fault.Unprocessable, "There are errors.")
	}
	return nil
}

// one validates one resource and counts its errors.
func (c *validateCommand) one(out io.Writer, v *validate.Validator, at source) (wrong int) {
	r, err := fhir.ParseResource(at.text)
	if err != nil {
		fmt.Fprintln(out, at.unreadable(err))
		return 1
	}
	for _, i := range v.Resource(r.Root, validate.Options{Profiles: c.Profile, Errors: c.Quiet}) {
		if i.Severity == validate.Error {
			wrong++
		}
		at.mark(out, i, c.Language)
	}
	return wrong
}

// source is a text that holds a resource, and where it begins.
type source struct {
	name string
	line int // of the first line of text, from 1
	text []byte
}

// eachResource reads the resources of a file one after the other.
func eachResource(name string, do func(source)) error {
	text, err := readAll(name)
	if err != nil {
		return err
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !strings.HasSuffix(name, ".ndjson") {
		do(source{name, 1, text})
		return nil
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if len(bytes.TrimSpace(line)) > 0 {
			do(source{name, i + 1, line})
		}
	}
	return nil
}

func readAll(name string) (text []byte, err error) {
	if name == "-" {
		text, err = io.ReadAll(os.Stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if err != nil {
		return nil, fault.New(fault.NotFound, "It cannot be read: %s.", err)
	}
	return text, nil
}

// unreadable tells why a text is no resource, and where.
func (s source) unreadable(err error) string {
	var at *fhir.Unreadable
	if errors.As(err, &at) {
		return fmt.Sprintf("%s:%d:%d: error: The JSON cannot be read: %s.", s.name, s.line+at.Line-1, at.Column, at.What)
	}
	return fmt.Sprintf("%s:%d: error: %s", s.name, s.line, say(err))
}

// markedMost bounds how much of a line is shown around a place.
const markedMost = 100

// mark prints an issue in the way of a compiler: place, what is wrong, and the line with the value underlined.
func (s source) mark(out io.Writer, i validate.Issue, language string) {
	start, end := i.At.Span()
	line := s.line + bytes.Count(s.text[:start], []byte("\n"))
	from := bytes.LastIndexByte(s.text[:start], '\n') + 1
	column := utf8.RuneCount(s.text[from:start]) + 1
	fmt.Fprintf(out, "%s:%d:%d: %s: %s [%s] %s\n", s.name, line, column, i.Severity, i.Place(), i.Rule, i.Text(language))
	to := len(s.text)
	if n := bytes.IndexByte(s.text[start:], '\n'); n >= 0 {
		to = start + n
	}
	from = max(from, start-markedMost/2)
	to = min(to, start+markedMost)
	before := strings.ToValidUTF8(string(s.text[from:start]), "")
	shown := before + strings.ToValidUTF8(string(s.text[start:to]), "")
	under := max(1, columns(strings.ToValidUTF8(string(s.text[start:min(end, to)]), "")))
	fmt.Fprintf(out, "    %s\n    %s%s\n", strings.ReplaceAll(shown, "\t", " "), strings.Repeat(" ", columns(before)), "^"+strings.Repeat("~", under-1))
}

// columns is how many columns of a terminal a text takes: Chinese characters take two (UAX 11).
func columns(s string) (n int) {
	for _, r := range s {
		n++
		if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth {
			n++
		}
	}
	return n
}
