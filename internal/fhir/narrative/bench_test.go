package narrative

import (
	"strings"
	"testing"
)

// BenchmarkCheck checks a narrative of one KiB, as a table of a patient's data, and one of a megabyte.
func BenchmarkCheck(b *testing.B) {
	rows := `<tr style="background-color: #f7f7f7"><td class="name"><b>Name</b></td>` +
		`<td title="official">张伟 &amp; Zhang Wei</td>` +
		`<td><a href="http://example.org/Patient/1?a=b&amp;c=d">Patient/1</a></td></tr>`
	for name, times := range map[string]int{"1KiB": 5, "1MiB": 5000} {
		text := div("<table border=\"1\"><tbody>" + strings.Repeat(rows, times) + "</tbody></table>")
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if p := Check(text); p != nil {
					b.Fatal(p.English)
				}
			}
		})
	}
}

// BenchmarkHostile reads what is made to take long.
func BenchmarkHostile(b *testing.B) {
	for name, content := range map[string]string{
		"ampersands": strings.Repeat("&amp;", MaxBytes/6),
		"attributes": strings.Repeat(`<p title="&amp;&amp;&amp;"/>`, MaxBytes/30),
		"styles":     `<p style="` + strings.Repeat("rgb(", MaxBytes/5) + `">a</p>`,
		"positions":  `<p style="` + strings.Repeat("p", MaxBytes-100) + `">a</p>`,
		"functions":  `<p style="` + strings.Repeat(" ", MaxBytes-100) + `(">a</p>`,
		"comments":   strings.Repeat("<!---->", MaxBytes/8),
		"references": "a&" + strings.Repeat("x", MaxBytes/2) + strings.Repeat("&", MaxBytes/3),
	} {
		text := div(content)
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				Check(text)
			}
		})
	}
}
