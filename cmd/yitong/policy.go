package main

import (
	"fmt"

	"yitong/internal/app"
)

// policyCommand reads a policy and shows it as the table that people approve of.
type policyCommand struct {
	File string `arg:"" optional:"" help:"Policy to read, in place of the program's own." placeholder:"FILE"`
}

func (c *policyCommand) Run() error {
	p, err := app.Policy(c.File)
	if err == nil {
		fmt.Print(p.Page())
	}
	return err
}
