package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate/policy"
	"yitong/internal/rule"
)

type docsCommand struct {
	Out   string `help:"Folder for the reference." default:"docs/reference" placeholder:"DIR"`
	Types string `help:"File for the types of the browser app." default:"web/src/api/declared.ts" placeholder:"FILE"`
}

// Run writes the pages and the types that are drawn from declarations.
func (c *docsCommand) Run(_ context.Context, k *kong.Kong) error {
	all, err := pages(k)
	if err != nil {
		return err
	}
	for _, of := range []string{"modules", "processes"} {
		there, err := filepath.Glob(filepath.Join(c.Out, of, "*.md"))
		if err != nil {
			return fault.Wrap(err, "writing the reference")
		}
		for _, file := range there { // what is gone has no page
			if _, declared := all[of+"/"+filepath.Base(file)]; declared {
				continue
			}
			if err := os.Remove(file); err != nil {
				return fault.Wrap(err, "writing the reference")
			}
		}
	}
	for name, text := range all {
		if err := writeFile(filepath.Join(c.Out, name), text); err != nil {
			return err
		}
	}
	types, err := app.Types()
	if err != nil {
		return err
	}
	return writeFile(c.Types, types)
}

// writeFile writes a file for everybody, and the folders on the way to it.
func writeFile(file, text string) error {
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o644) //nolint:gosec // it is for everybody
	}
	if err != nil {
		return fault.Wrap(err, "writing "+file)
	}
	return nil
}

// pages are those of the reference, by their paths.
func pages(k *kong.Kong) (map[string]string, error) {
	all, err := app.Reference(policy.Standard())
	if err != nil {
		return nil, err
	}
	var settings bytes.Buffer
	writeSettings(&settings, k.Model)
	all["settings.md"], all["access.md"] = settings.String(), policy.Standard().Page()
	tables, err := ruleTables()
	if err != nil {
		return nil, err
	}
	all["rules.md"], err = rule.Page(tables)
	return all, err
}

// writeSettings tells every command and its settings, from their one declaration.
func writeSettings(w io.Writer, app *kong.Application) {
	fmt.Fprint(w, "# Commands and settings\n\nDrawn from their declarations by `yitong docs`. "+
		"A setting is given by its flag, by its environment variable, or in a JSON file named with `--config`; the flag counts most, the file least.\n")
	for _, command := range app.Children {
		writeCommand(w, command, nil)
	}
}

// writeCommand tells a command and its settings but those that were told above it, and behind it the commands below it.
func writeCommand(w io.Writer, command *kong.Node, told []string) {
	if command.Hidden {
		return
	}
	fmt.Fprintf(w, "\n%s %s\n\n%s\n", strings.Repeat("#", command.Depth()+2), path(command), command.Help)
	for _, p := range command.Positional {
		fmt.Fprintf(w, "\n`%s`: %s\n", strings.ToUpper(p.Name), p.Help)
	}
	rows := settingsOf(command)
	if len(command.Children) > 0 {
		if rows = shared(command); len(rows) > 0 {
			fmt.Fprint(w, "\nAll of these have:\n")
		}
	}
	rows = slices.DeleteFunc(rows, func(row string) bool { return slices.Contains(told, row) })
	if len(rows) > 0 {
		fmt.Fprint(w, "\n| setting | environment | default | what it does |\n|---|---|---|---|\n", strings.Join(rows, ""))
	}
	for _, below := range command.Children {
		writeCommand(w, below, slices.Concat(told, rows))
	}
}

// settingsOf are the rows of a command's settings.
func settingsOf(command *kong.Node) (rows []string) {
	for _, f := range command.Flags {
		rows = append(rows, fmt.Sprintf("| `--%s` | %s | %s | %s |\n", f.Name, code(strings.Join(f.Envs, " ")), code(f.Default), strings.ReplaceAll(f.Help, "|", `\|`)))
	}
	return rows
}

// shared are the rows of the settings that all commands below one have.
func shared(command *kong.Node) (rows []string) {
	for i, below := range command.Children {
		own := settingsOf(below)
		if i == 0 {
			rows = own
		}
		rows = slices.DeleteFunc(rows, func(row string) bool { return !slices.Contains(own, row) })
	}
	return rows
}

// path is how a command is called, such as yitong trail verify.
func path(command *kong.Node) string {
	if command.Parent == nil {
		return command.Name
	}
	return path(command.Parent) + " " + command.Name
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}
