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
	var whole bytes.Buffer
	f := excelize.NewFile()
	if _, err := f.WriteTo(&whole); err != nil {
		t.Fatal(err)
	}
	parts, err := zip.NewReader(bytes.NewReader(whole.Bytes()), int64(whole.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var bomb bytes.Buffer
	out := zip.NewWriter(&bomb)
	for _, part := range parts.File {
		to, err := out.Create(part.Name)
		if err != nil {
			t.Fatal(err)
		}
		if part.Name == "xl/worksheets/sheet1.xml" {
			for range 300 { // MB
				if _, err := to.Write(bytes.Repeat([]byte{' '}, 1<<20)); err != nil {
					t.Fatal(err)
				}
			}
			continue
		}
		from, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(to, from); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if bomb.Len() > 1<<20 {
		t.Fatalf("the file itself has %d bytes", bomb.Len())
	}
	if _, err := sheet.Read(&bomb, find); fault.CodeOf(err) != fault.Unprocessable {
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
