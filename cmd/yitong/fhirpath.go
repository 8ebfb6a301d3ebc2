package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
)

type fhirpathCommand struct {
	Expression string   `arg:"" help:"FHIRPath expression."`
	Files      []string `arg:"" help:"Files with a resource, or with one on each line where they end in .ndjson; - for standard input." placeholder:"FILE"`
	Zone       string   `help:"Time zone of dates that name none." default:"Asia/Shanghai"`
}

// Run prints what an expression gives for resources: an item a line, with its place in the resource, or its type where it
// was computed.
func (c *fhirpathCommand) Run() error {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return fault.New(fault.Malformed, "There is no time zone %q.", c.Zone)
	}
	e, err := fhirpath.Parse(c.Expression)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	failed := false
	for _, name := range c.Files {
		err := eachResource(name, func(at source) {
			if text := evaluate(out, e, at, zone); text != "" {
				failed = true
				fmt.Fprintln(out, text)
			}
		})
		if err != nil {
			failed = true
			fmt.Fprintf(out, "%s: error: %s\n", name, say(err))
		}
	}
	if failed {
		return fault.New(fault.Unprocessable, "Not every resource could be looked at.")
	}
	return nil
}

// evaluate prints the items for one resource; it gives what went wrong, if anything.
func evaluate(out io.Writer, e *fhirpath.Expression, at source, zone *time.Location) string {
	r, err := fhir.ParseResource(at.text)
	if err != nil {
		return at.unreadable(err)
	}
	var items fhirpath.Collection
	if err = e.Check(r.Type.String()); err == nil {
		items, err = e.Evaluate(&fhirpath.Env{Now: time.Now(), Zone: zone}, fhirpath.Of(r.Root))
	}
	if err != nil {
		return fmt.Sprintf("%s:%d: error: %s", at.name, at.line, say(err))
	}
	for _, item := range items {
		from := item.Path()
		if from == "" {
			_, from = item.Type()
		}
		fmt.Fprintf(out, "%s\t%s\n", from, oneLine(item))
	}
	return ""
}

// oneLine is an item on one line: an object without the breaks of its file, a text with breaks in quotes.
func oneLine(item fhirpath.Value) string {
	if item.Node().Kind() == fhir.Object {
		var line bytes.Buffer
		if json.Compact(&line, item.Node().Raw()) == nil {
			return line.String()
		}
	}
	text := item.String()
	if strings.ContainsAny(text, "\r\n") {
		return strconv.Quote(text)
	}
	return text
}
