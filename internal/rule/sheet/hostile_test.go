package sheet_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yitong/internal/fault"
	"yitong/internal/rule/sheet"
)

// TestHostileFiles: a file that unfolds to very much, is very long or has very many sheets is refused, and of what is unfolded no more is
// read than is allowed.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	bomb := folded(t, "xl/worksheets/sheet1.xml", strings.Repeat(" ", 300<<20))
	if bomb.Len() > 1<<20 {
		t.Fatalf("the file itself has %d bytes", bomb.Len())
	}
	if _, err := sheet.Read(bomb, find); fault.CodeOf(err) != fault.Unprocessable {
		t.Errorf("what unfolds to 300 MB: %v", err)
	}
	if _, err := sheet.ReadCSV(io.LimitReader(endless{}, 1<<40), "may.csv", find("may")); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("a CSV without an end: %v", err)
	}
	many := excelize.NewFile()
	for i := range 501 {
		if _, err := many.NewSheet(fmt.Sprint("s", i)); err != nil {
			t.Fatal(err)
		}
	}
	var wide bytes.Buffer
	if _, err := many.WriteTo(&wide); err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Read(&wide, find); fault.CodeOf(err) != fault.TooLarge {
		t.Errorf("a workbook of very many sheets: %v", err)
	}
}

// folded is a workbook in which one part has another text.
func folded(t *testing.T, name, text string) *bytes.Buffer {
	t.Helper()
	var whole, made bytes.Buffer
	good := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := excelize.NewFile().WriteTo(&whole)
	good(err)
	parts, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	good(err)
	out := zip.NewWriter(&made)
	for _, part := range parts.File {
		if part.Name == name {
			continue
		}
		from, err := part.Open()
		good(err)
		to, err := out.Create(part.Name)
		good(err)
		_, err = io.Copy(to, from)
		good(err)
	}
	to, err := out.Create(name)
	good(err)
	_, err = io.WriteString(to, text)
	good(err)
	good(out.Close())
	return &made
}

// TestFewCellsFarOut: a small file whose cells stand far out, whose texts are very many or whose password takes for ever is refused before
// it takes memory or time, and one that breaks off is not taken for a shorter one.
func TestFewCellsFarOut(t *testing.T) {
	t.Parallel()
	const head = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	const named = `<row r="1"><c r="A1" t="inlineStr"><is><t>may</t></is></c></row>`
	for name, c := range map[string]struct {
		part, text string
		want       fault.Code
	}{
		"far right":  {"xl/worksheets/sheet1.xml", head + strings.Repeat(`<row><c r="XFD1"><v>1</v></c></row>`, 100_000), fault.TooLarge},
		"far down":   {"xl/worksheets/sheet1.xml", head + `<row r="2000000000"><c><v>1</v></c></row>`, fault.TooLarge},
		"many texts": {"xl/sharedStrings.xml", "<sst>" + strings.Repeat("<si/>", 3<<20) + "</sst>", fault.Unprocessable},
		"breaks off": {"xl/worksheets/sheet1.xml", head + named + `<row r="2"><c r="1"><v>1</v></c></row>`, fault.Unprocessable},
	} {
		file := folded(t, c.part, c.text)
		if file.Len() > 1<<20 {
			t.Fatalf("%s: the file itself has %d bytes", name, file.Len())
		}
		got, err := sheet.Read(file, find)
		if fault.CodeOf(err) != c.want || name == "breaks off" && !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v %v, want %s", name, got, err, c.want)
		}
	}
	locked := excelize.NewFile()
	var file bytes.Buffer
	if _, err := locked.WriteTo(&file, excelize.Options{Password: "hush"}); err != nil {
		t.Fatal(err)
	}
	if _, err := sheet.Read(&file, find); fault.CodeOf(err) != fault.Unprocessable || !strings.Contains(err.Error(), "encrypted") {
		t.Errorf("an encrypted workbook: %v", err)
	}
}

// endless is a file of spaces.
type endless struct{}

// Read implements [io.Reader].
func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// TestFormulas: no formula of a file is worked out. A cell has what the file says that it shows, which is checked as if it were typed.
func TestFormulas(t *testing.T) {
	t.Parallel()
	for _, formula := range []string{"20+5", `WEBSERVICE("http://127.0.0.1/x")`} {
		got, err := edited(t, func(f *excelize.File) {
			if err := f.SetCellFormula("slot.length", "E4", formula); err != nil {
				t.Fatal(err)
			}
			if err := f.SetCellStr("slot.length", "F4", "=1+1"); err != nil {
				t.Fatal(err)
			}
		})
		switch {
		case err != nil && !strings.Contains(err.Error(), "column E (value)"):
			t.Errorf("%s: %v", formula, err)
		case err == nil && (got[0].Lines[0].Value == "25" || got[0].Lines[0].Source != "=1+1"):
			t.Errorf("%s was worked out: %+v", formula, got[0].Lines[0])
		}
	}
}
