package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// The committed table is what UCUM's tables give. Where these are not installed there is nothing to compare.
func TestTableIsUpToDate(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(tables); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the tables are not installed: npm ci")
	}
	want, err := generate(tables)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../units.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("units.txt differs from its source: run the generator")
	}
}

func TestAFolderWithoutTablesIsAnError(t *testing.T) {
	t.Parallel()
	if text, err := generate(t.TempDir()); err == nil {
		t.Errorf("wrote %d bytes", len(text))
	}
}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

const module = `// made up
export const units = {
    "m": {
        CODE: "M",
        isMetric: true,
        isBaseUnit: true,
        dimension: { L: 1 },
        name: "a name, with: a colon",
        value: {
            Unit: "1",
            UNIT: "1",
            value: "1"
        }
    },
    "[x]": {
        CODE: "[X]",
        isMetric: false,
        value: {
            Unit: "m",
            UNIT: "M",
            value: "1e3"
        }
    },
    "[y'U]": {
        isMetric: true,
        value: {
            Unit: "1",
            UNIT: "1",
            value: "1"
        }
    },
    "z": {
        isMetric: true,
        isSpecial: true,
        value: {
            Unit: "z(5 m/9)",
            UNIT: "Z(5 M/9)",
            value: "undefined",
            function: {
                name: "zF",
                value: "5",
                Unit: "m/9"
            }
        }
    }
};
export const others = [];
`

func TestLines(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write(t, folder, "units.js", module)
	write(t, folder, "prefixes.js", "export const prefixes = {\n    \"Y\": {\n        value: 1e+24\n    },\n    \"u\": {\n"+
		"        value: 0.000001\n    },\n    \"Ki\": {\n        value: 1024\n    }\n};\n")
	text, err := generate(folder)
	if err != nil {
		t.Fatal(err)
	}
	want := head + "prefix Y 1e24\nprefix u 1e-6\nprefix Ki 1024\nbase m M\nunit [x] - 1e3 m\narbitrary [y'U] M\n" +
		"special z M 5 m/9 zF\n"
	if string(text) != want {
		t.Errorf("got\n%swant\n%s", text, want)
	}
}

func TestTablesThatAreNotUnderstoodAreErrors(t *testing.T) {
	t.Parallel()
	for name, units := range map[string]string{
		"another name":     "export const things = {};\n",
		"not an object":    "export const units = {\n    m\n};\n",
		"not a unit":       "export const units = {\n    \"m\": 1\n};\n",
		"no function":      "export const units = {\n    \"m\": {\n        isSpecial: true\n    }\n};\n",
		"two words":        "export const units = {\n    \"m m\": {\n        isBaseUnit: true\n    }\n};\n",
		"no definition":    "export const units = {\n    \"m\": {\n        isMetric: true\n    }\n};\n",
		"without an end":   "export const units = {\n    \"m\": {\n        isBaseUnit: true\n",
		"nothing after it": "export const units = ",
	} {
		folder := t.TempDir()
		write(t, folder, "prefixes.js", "export const prefixes = {};\n")
		write(t, folder, "units.js", units)
		if text, err := generate(folder); err == nil {
			t.Errorf("%s: wrote %q", name, text)
		}
	}
}
