package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"yitong/internal/fault"
	"yitong/internal/gate/policy"
)

type docsCommand struct {
	Out string `help:"Folder for the reference." default:"docs/reference" placeholder:"DIR"`
}

// Run writes the pages that are drawn from declarations.
func (c *docsCommand) Run(_ context.Context, k *kong.Kong) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fault.Wrap(err, "writing the reference")
	}
	var settings bytes.Buffer
	writeSettings(&settings, k.Model)
	for name, text := range map[string][]byte{"settings.md": settings.Bytes(), "access.md": []byte(policy.Standard().Page())} {
		if err := os.WriteFile(filepath.Join(c.Out, name), text, 0o644); err != nil { //nolint:gosec // it is for everybody
			return fault.Wrap(err, "writing the reference")
		}
	}
	return nil
}

// writeSettings tells every command and its settings, from their one declaration.
func writeSettings(w io.Writer, app *kong.Application) {
	fmt.Fprint(w, "# Commands and settings\n\nDrawn from their declarations by `yitong docs`. "+
		"A setting is given by its flag, by its environment variable, or in a JSON file named with `--config`; the flag counts most, the file least.\n")
	for _, command := range app.Children {
		if command.Hidden {
			continue
		}
		fmt.Fprintf(w, "\n## yitong %s\n\n%s\n", command.Name, command.Help)
		for _, p := range command.Positional {
			fmt.Fprintf(w, "\n`%s`: %s\n", strings.ToUpper(p.Name), p.Help)
		}
		if len(command.Flags) == 0 {
			continue
		}
		fmt.Fprint(w, "\n| setting | environment | default | what it does |\n|---|---|---|---|\n")
		for _, f := range command.Flags {
			fmt.Fprintf(w, "| `--%s` | %s | %s | %s |\n", f.Name, code(strings.Join(f.Envs, " ")), code(f.Default), strings.ReplaceAll(f.Help, "|", `\|`))
		}
	}
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}
