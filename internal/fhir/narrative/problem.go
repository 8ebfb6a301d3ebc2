package narrative

import (
	"strings"

	"yitong/internal/fhir/primitive"
)

// Problem is what is wrong with a narrative. Its Code is "structure" for text that is not well-formed, "invariant"
// for what R4 does not allow, "too-long" for a limit.
type Problem struct {
	primitive.Problem
	Offset int // where, in bytes from the start of the text
}

func malformed(english, chinese string) primitive.Problem {
	return primitive.Problem{Code: "structure", English: english, Chinese: chinese}
}

func forbidden(english, chinese string) primitive.Problem {
	return primitive.Problem{Code: "invariant", English: english, Chinese: chinese}
}

// In some texts % stands for the name of the element or attribute.
var (
	tooLong = primitive.Problem{Code: "too-long",
		English: "The narrative has more than 4194304 bytes; shorten it, or send it as an attachment.",
		Chinese: "叙述文本超过 4194304 字节；请缩短，或作为附件发送。"}
	tooDeep = malformed(
		"The elements of the narrative stand inside each other more than 64 deep; make it flatter.",
		"叙述文本的元素嵌套超过 64 层；请减少嵌套。")

	notCharacter = malformed(
		"The narrative holds a character that XML does not allow, or bytes that are not UTF-8; leave it out.",
		"叙述文本含有 XML 不允许的字符或非 UTF-8 字节；请删除。")
	notDiv = malformed(
		`A narrative is one element div, with nothing around it: <div xmlns="http://www.w3.org/1999/xhtml">…</div>.`,
		`叙述文本应为单个 div 元素，前后没有其他内容：<div xmlns="http://www.w3.org/1999/xhtml">…</div>。`)
	notXHTML = malformed(
		`The div needs the namespace of XHTML: <div xmlns="http://www.w3.org/1999/xhtml">.`,
		`div 必须声明 XHTML 命名空间：<div xmlns="http://www.w3.org/1999/xhtml">。`)
	notTag = malformed(
		"A tag cannot be read here; write <p> or </p>, and &lt; for the character <.",
		"此处的标签无法读取；标签应写作 <p> 或 </p>，字符 < 应写作 &lt;。")
	notAttribute = malformed(
		`An attribute cannot be read here; write name="value" with a blank before it, and &lt; for < in the value.`,
		`此处的属性无法读取；应写作 name="value"，前面有空格，值中的 < 应写作 &lt;。`)
	twice = malformed(
		"The attribute % stands twice in one tag; keep one of them.",
		"属性 % 在同一标签中出现两次；请只保留一个。")
	notClosed = malformed(
		"The element % is not closed; write </%>, or end an empty element with />.",
		"元素 % 没有结束；请写 </%>，空元素以 /> 结尾。")
	notOpen = malformed(
		"The end tag </%> does not belong to the element that was begun last; close elements by their nesting.",
		"结束标签 </%> 与最近开始的元素不符；请按嵌套顺序结束元素。")
	notReference = malformed(
		"XML has only &amp; &lt; &gt; &quot; &apos; and numbers: write &#160; for &nbsp;, &amp; for the character &.",
		"XML 只有 &amp; &lt; &gt; &quot; &apos; 和编号：&nbsp; 应写作 &#160;，字符 & 应写作 &amp;。")
	notText = malformed(
		"The characters ]]> may not stand in text; write ]]&gt;.",
		"文本中不得出现 ]]>；请写作 ]]&gt;。")
	notComment = malformed(
		"A comment holds no --, does not start with > or ->, and ends with -->; mend it or leave it out.",
		"注释中不得含有 --，不得以 > 或 -> 开头，并应以 --> 结尾；请改正或删除。")
	declaration = forbidden(
		"A narrative has no DOCTYPE, CDATA section or processing instruction (txt-1); write text with &lt; and &amp;.",
		"叙述文本不得含有 DOCTYPE、CDATA 段或处理指令（txt-1）；文本中请使用 &lt; 和 &amp;。")

	noSuchElement = forbidden(
		"The element % is not one that a narrative may have (txt-1); use formatting such as p, b, ul, table, a, img.",
		"叙述文本不允许元素 %（txt-1）；请使用 p、b、ul、table、a、img 等格式元素。")
	noSuchAttribute = forbidden(
		"The attribute % is not one that a narrative may have (txt-1); leave it out. No handlers of events.",
		"叙述文本不允许属性 %（txt-1）；请删除。事件处理属性一律不允许。")
	noSuchLink = forbidden(
		"The link in % is neither relative nor http:, https:, ftp:, mailto:, tel: or urn:, nor, in img, the base64 "+
			"data of a PNG, JPEG, GIF, BMP or WebP (txt-1); use one of these or leave it out.",
		"属性 % 中的链接既不是相对地址，也不是 http:、https:、ftp:、mailto:、tel:、urn: 地址，"+
			"也不是 img 中以 base64 写出的 PNG、JPEG、GIF、BMP 或 WebP 图片（txt-1）；请改用这些形式或删除。")
	noSuchStyle = forbidden(
		"The style holds a function, @, a backslash or position (txt-1); keep to plain properties such as "+
			"color: #333, rgb(…) and backgrounds that are base64 data of an image.",
		"style 中含有函数、@、反斜线或 position（txt-1）；请只用 color: #333 等普通属性、rgb(…) 以及以 base64 写出的背景图片。")
	empty = forbidden(
		"The narrative says nothing (txt-2); write some text or an image, or leave the narrative out.",
		"叙述文本没有内容（txt-2）；请填写文字或图片，或省略叙述文本。")
)

// longestName is how much of a name a message repeats.
const longestName = 64

// problem makes the Problem at a place, with a name where the text has %.
func problem(offset int, p primitive.Problem, name string) *Problem {
	if len(name) > longestName {
		name = strings.ToValidUTF8(name[:longestName], "") + "…"
	}
	p.English = strings.ReplaceAll(p.English, "%", name)
	p.Chinese = strings.ReplaceAll(p.Chinese, "%", name)
	return &Problem{p, offset}
}
