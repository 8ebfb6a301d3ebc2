package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

// prefix is a prefix of the tables. Its value is a literal of JavaScript, which a JSON number holds as it is written.
type prefix struct {
	code  string
	Value json.Number `json:"value"`
}

// unit is a unit of the tables, as far as a conversion needs it.
type unit struct {
	code      string
	IsMetric  bool       `json:"isMetric"`
	IsBase    bool       `json:"isBaseUnit"`
	IsSpecial bool       `json:"isSpecial"`
	Value     definition `json:"value"`
}

// definition is so many of another unit or, of a special unit, a function of so many.
type definition struct {
	Value    string      `json:"value"`
	Unit     string      `json:"Unit"`
	Upper    string      `json:"UNIT"` // the case-insensitive form; named here lest it is taken for Unit
	Function *definition `json:"function"`
	Name     string      `json:"name"`
}

// read gives prefixes and units in the order of UCUM's own tables.
func read(folder string) (prefixes []prefix, units []unit, err error) {
	err = members(folder, "prefixes", func(code string, d *json.Decoder) error {
		p := prefix{code: code}
		prefixes = append(prefixes, p)
		return d.Decode(&prefixes[len(prefixes)-1])
	})
	if err != nil {
		return nil, nil, err
	}
	err = members(folder, "units", func(code string, d *json.Decoder) error {
		units = append(units, unit{code: code})
		return d.Decode(&units[len(units)-1])
	})
	return prefixes, units, err
}

var (
	member    = regexp.MustCompile(`(?m)^(\s*)(\w+): `)
	dimension = regexp.MustCompile(`(?m)^\s*dimension: .*$`) // base units have this object in one line; it is not needed
)

// members goes through the members of the object that the module called name exports under that name. The modules are
// themselves generated, one member a line, so an object becomes JSON by quoting the names of its members.
func members(folder, name string, each func(code string, d *json.Decoder) error) error {
	file := filepath.Join(folder, name+".js")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	_, object, ok := bytes.Cut(text, []byte("export const "+name+" = "))
	if !ok {
		return fmt.Errorf("%s exports no %s", file, name)
	}
	object = member.ReplaceAll(dimension.ReplaceAll(object, nil), []byte(`$1"$2": `))
	d := json.NewDecoder(bytes.NewReader(object))
	if _, err := d.Token(); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for d.More() {
		code, err := d.Token()
		if err == nil {
			err = each(code.(string), d)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}
