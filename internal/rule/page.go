package rule

import (
	"fmt"
	"strings"
	"time"
)

// Page is the reference of tables in Markdown: what each one asks, and the rows that come with the program, with their
// sources.
func Page(tables []*Table) (string, error) {
	b, err := NewBook(time.UTC, tables)
	if err != nil {
		return "", err
	}
	var text strings.Builder
	text.WriteString("# Rules\n\nDrawn from their declarations by `yitong docs`; [rules.md](../rules.md) tells how they work. " +
		"Each has the rows that come with\n" +
		"the program; what a region has published stands before them there (`yitong rules show`).\n")
	for _, t := range b.Tables() {
		t.page(&text, b)
	}
	return text.String(), nil
}

// page writes one table.
func (t *Table) page(to *strings.Builder, b *Book) {
	fmt.Fprintf(to, "\n## %s\n\n%s, %s. Values: %s. Edition of the program's rows: %s.\n", t.Name, t.Title.Zh,
		t.Title.En, t.Describe(), t.Edition)
	for _, about := range []string{t.About.Zh, t.About.En} {
		if about != "" {
			fmt.Fprintf(to, "\n%s\n", about)
		}
	}
	for _, k := range t.Keys {
		fmt.Fprintf(to, "\n%s (%s):", k.Name, k.Title.Both())
		for i, c := range k.Codes {
			fmt.Fprintf(to, "%s `%s` %s", map[bool]string{true: ",", false: ""}[i > 0], c.Code, c.Words.Both())
		}
		to.WriteString("\n")
	}
	if t.Sparse {
		to.WriteString("\nDays for which there is no row are no gap.\n")
	}
	row := func(cells []string) {
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		to.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	to.WriteString("\n")
	row(append([]string{"row"}, t.Columns()...))
	to.WriteString(strings.Repeat("|---", len(t.Columns())+1) + "|\n")
	own := b.pages[t.Name].builtIn
	for i := range own.rows {
		row(append([]string{fmt.Sprint(own.rows[i].number)}, own.rows[i].line.Cells()...))
	}
}
