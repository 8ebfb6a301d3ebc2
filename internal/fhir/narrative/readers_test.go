package narrative

import (
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzCheck reads what is taken a second and a third time, as XML and as HTML, and looks for what must not be there.
func FuzzCheck(f *testing.F) {
	for _, content := range safe {
		f.Add(content)
	}
	for _, a := range attacks {
		f.Add(strings.Replace(a.content, "•", "", 1))
	}
	f.Fuzz(func(t *testing.T, content string) {
		for _, text := range []string{content, div(content + "a")} {
			if p := Check(text); p != nil {
				if p.Offset < 0 || p.Offset > len(text) || p.English == "" || p.Chinese == "" {
					t.Errorf("%q: %+v", text, p)
				}
				continue
			}
			harmless(t, text)
		}
	})
}

// Pieces of attacks and of safe text in any order are refused or harmless.
func TestMixed(t *testing.T) {
	t.Parallel()
	pieces := strings.Split("<p |<a |<img |<!--|-->|<|>|/>| />|</p>|</a>|<script>|</script>|<br/>|<b>|</b>|"+
		"]]>|<![CDATA[|<?|?>|=|\"|'| |\" |' |href=\"|src='|style=\"|title=\"|onclick=|xmlns=\"|xml:lang=\"|"+
		"javascript:|alert(1)|&#58;|&lt;|&gt;|&quot;|&|;|"+
		"url(|data:image/png;base64,|YQ==|)|rgb(|position|@|/*|*/|\\|`|\n|-|!|#|%|:|a|b|医|é|text", "|")
	rapid.Check(t, func(t *rapid.T) {
		text := div(strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 12).Draw(t, "pieces"), ""))
		if Check(text) == nil {
			harmless(t, text)
		}
	})
}

type failer interface {
	Helper()
	Fatalf(string, ...any)
}

func harmless(t failer, text string) {
	t.Helper()
	inXML, err := xmlTags(text)
	if err != nil {
		t.Fatalf("%q is not XML: %v", text, err)
	}
	if inHTML := htmlTags(text); !slices.Equal(inXML, inHTML) {
		t.Fatalf("%q has the tags %q in XML and %q in HTML", text, inXML, inHTML)
	}
	for _, tag := range inXML {
		if harmful(tag) {
			t.Fatalf("%q has the tag %q", text, tag)
		}
	}
}

// harm is looked for in a tag as xmlTags writes it.
var harm = regexp.MustCompile(`(?is)^(script|style|link|base|meta|i?frame|object|embed|form|input|svg|math)\b` +
	`|\x00\s*on\w*=` +
	`|\x00style=[^\x00]*(expression\s*\(|@import|\\|url\s*\(\s*['"]?\s*(http|/|javascript))`)

// addresses are the URLs in a tag, schemes what a browser takes for the scheme of one without its white space.
var (
	addresses = regexp.MustCompile(`\x00(?:href|src|cite|longdesc)=([^\x00]*)`)
	schemes   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`)
	pixels    = regexp.MustCompile(`^data:image/(png|jpe?g|gif|bmp|webp);base64,[A-Za-z0-9+/=]*$`)
)

func harmful(tag string) bool {
	for _, address := range addresses.FindAllStringSubmatch(tag, -1) {
		url := strings.ToLower(strings.Join(strings.FieldsFunc(address[1], func(r rune) bool { return r <= ' ' }), ""))
		switch scheme := schemes.FindString(url); scheme {
		case "", "http:", "https:", "mailto:", "ftp:", "tel:", "urn:":
		default:
			if !strings.HasPrefix(tag, "img\x00") || !pixels.MatchString(url) {
				return true
			}
		}
	}
	return harm.MatchString(tag)
}

// xmlTags are the start tags as Go's reader of XML sees them: the name and after
// it attribute=value, each after a NUL. It fails where that does.
func xmlTags(text string) (tags []string, err error) {
	whole := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := whole.Token(); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
	}
	raw := xml.NewDecoder(strings.NewReader(text))
	for {
		token, err := raw.RawToken()
		if err == io.EOF {
			return tags, nil
		}
		switch v := token.(type) {
		case xml.StartElement:
			tag := v.Name.Local
			for _, a := range v.Attr {
				name := a.Name.Local
				if a.Name.Space != "" {
					name = a.Name.Space + ":" + name
				}
				tag += "\x00" + name + "=" + a.Value
			}
			tags = append(tags, tag)
		case xml.ProcInst, xml.Directive:
			return nil, fmt.Errorf("%T in %q", v, text)
		}
	}
}

// htmlTags are the start tags as a browser sees them that takes the text for HTML (WHATWG, tokenization), with the
// references that [xmlTags] resolves. No element of raw text may come; a test of the names sees to that.
func htmlTags(text string) (tags []string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	for {
		i := strings.IndexByte(text, '<')
		if i < 0 || i+1 == len(text) {
			return tags
		}
		text = text[i+1:]
		switch {
		case letter(text[0]):
			var tag string
			tag, text = htmlTag(text)
			tags = append(tags, tag)
		case text[0] == '/' && len(text) > 1 && letter(text[1]):
			_, text = htmlTag(text[1:])
		case strings.HasPrefix(text, "!--"):
			text = afterComment(text[3:])
		case text[0] == '!' || text[0] == '?' || text[0] == '/':
			_, text, _ = strings.Cut(text, ">")
		}
	}
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func afterComment(text string) string {
	for _, abrupt := range []string{">", "->"} {
		if rest, ok := strings.CutPrefix(text, abrupt); ok {
			return rest
		}
	}
	if end := regexp.MustCompile(`--!?>`).FindStringIndex(text); end != nil {
		return text[end[1]:]
	}
	return ""
}

// htmlTag reads a tag from its name on.
func htmlTag(text string) (tag, rest string) {
	const space = " \t\n\f"
	n := strings.IndexAny(text+">", space+"/>")
	tag, text = strings.ToLower(text[:n]), text[n:]
	for {
		text = strings.TrimLeft(text, space+"/")
		if text == "" {
			return tag, ""
		}
		if text[0] == '>' {
			return tag, text[1:]
		}
		n := 1 + strings.IndexAny(text[1:]+">", space+"/>=")
		name, value := strings.ToLower(text[:n]), ""
		text = strings.TrimLeft(text[n:], space)
		if after, ok := strings.CutPrefix(text, "="); ok {
			after = strings.TrimLeft(after, space)
			if after != "" && (after[0] == '"' || after[0] == '\'') {
				value, text, _ = strings.Cut(after[1:], after[:1])
			} else {
				n := strings.IndexAny(after+">", space+">")
				value, text = after[:n], after[n:]
			}
		}
		tag += "\x00" + name + "=" + resolved(value)
	}
}
