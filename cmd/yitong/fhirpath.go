package main

import (
	"bufio"
	"fmt"
	"os"
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
	for _, name := range c.Files {
		err := eachResource(name, func(at source) error {
			r, err := fhir.ParseResource(at.text)
			if err != nil {
				return err
			}
			items, err := e.Evaluate(&fhirpath.Env{Now: time.Now(), Zone: zone}, fhirpath.Of(r.Root))
			if err != nil {
				return err
			}
			for _, item := range items {
				from := item.Path()
				if from == "" {
					_, from = item.Type()
				}
				fmt.Fprintf(out, "%s\t%s\n", from, item)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
