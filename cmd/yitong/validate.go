package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
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

// Run prints what is wrong with the resources in files, with the place marked. It fails when there is an error.
func (c *validateCommand) Run() error {
	v := app.Validator()
	for _, p := range c.Profile {
		if err := v.Check(p); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	seen, errors := 0, 0
	for _, name := range c.Files {
		err := eachResource(name, func(at source) error {
			seen++
			n, err := c.one(out, v, at)
			errors += n
			return err
		})
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "%d resources, %d errors\n", seen, errors)
	if errors > 0 {
		return fault.New(fault.Unprocessable, "There are errors.")
	}
	return nil
}

// one validates one resource and counts its errors.
func (c *validateCommand) one(out io.Writer, v *validate.Validator, at source) (errors int, err error) {
	r, err := fhir.ParseResource(at.text)
	if err != nil {
		f := fault.From(err)
		fmt.Fprintf(out, "%s:%d: error: %s (%s)\n", at.name, at.line, f.Message, strings.Join(f.Expression, ", "))
		return 1, nil
	}
	for _, i := range v.Resource(r.Root, validate.Options{Profiles: c.Profile, Errors: c.Quiet}) {
		if i.Severity == validate.Error {
			errors++
		}
		at.mark(out, i, c.Language)
	}
	return errors, nil
}

// source is a text that holds a resource, and where it begins.
type source struct {
	name string
	line int // of the first line of text, from 1
	text []byte
}

// eachResource reads the resources of a file one after the other.
func eachResource(name string, do func(source) error) error {
	text, err := readAll(name)
	if err != nil {
		return err
	}
	if !strings.HasSuffix(name, ".ndjson") {
		return do(source{name, 1, text})
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if err := do(source{name, i + 1, line}); err != nil {
			return err
		}
	}
	return nil
}

func readAll(name string) ([]byte, error) {
	text, err := []byte(nil), error(nil)
	if name == "-" {
		text, err = io.ReadAll(os.Stdin)
	} else {
		text, err = os.ReadFile(name)
	}
	if err != nil {
		return nil, fault.New(fault.NotFound, "%s cannot be read: %s.", name, err)
	}
	return text, nil
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
