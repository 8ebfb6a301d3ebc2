package primitive

import "yitong/internal/fhir"

// Problem is what is wrong with a value, for the one who sent it.
type Problem struct {
	Code    string // FHIR issue type: structure (another JSON kind), value (another form), too-long, not-supported
	English string // what to write instead, with an example; one or two sentences
	Chinese string // the same in Chinese
}

type fact struct {
	name      string
	kind      fhir.Kind // True stands for both booleans
	wrongKind Problem   // the answer to another kind
}

// facts are the types by number.
var facts = [...]fact{
	{},
	quoted("base64Binary", `"5Yy76YCa"`),
	{"boolean", fhir.True, Problem{"structure",
		"A boolean is true or false, without quotes.",
		"布尔值（boolean）应写作 true 或 false，不加引号。"}},
	quoted("canonical", `"http://example.org/ValueSet/wards|1.0"`),
	quoted("code", `"final"`),
	quoted("date", `"2026-11-21"`),
	quoted("dateTime", `"2026-11-21T08:30:00+08:00"`),
	numeric("decimal", "36.50"),
	quoted("id", `"a-1"`),
	quoted("instant", `"2026-11-21T08:30:00.000+08:00"`),
	numeric("integer", "42"),
	quoted("markdown", `"**bold**"`),
	quoted("oid", `"urn:oid:1.2.156"`),
	numeric("positiveInt", "1"),
	quoted("string", `"text"`),
	quoted("time", `"08:30:00"`),
	numeric("unsignedInt", "0"),
	quoted("uri", `"urn:oid:1.2.156"`),
	quoted("url", `"https://example.org/file.pdf"`),
	quoted("uuid", `"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"`),
	quoted("xhtml", `"<div xmlns=\"http://www.w3.org/1999/xhtml\">text</div>"`),
}

func quoted(name, example string) fact {
	return fact{name, fhir.String, Problem{"structure",
		"A value of type " + name + " is a JSON string, such as " + example + ".",
		name + " 类型的值应为 JSON 字符串，例如 " + example + "。"}}
}

func numeric(name, example string) fact {
	return fact{name, fhir.Number, Problem{"structure",
		"A value of type " + name + " is a JSON number without quotes, such as " + example + ".",
		name + " 类型的值应为不加引号的 JSON 数字，例如 " + example + "。"}}
}

func value(english, chinese string) *Problem { return &Problem{"value", english, chinese} }

var (
	unknownType = &Problem{"not-supported",
		"The type is not a primitive type of FHIR R4.",
		"该类型不是 FHIR R4 的基本类型。"}

	dateForm = value(
		"A date is written as year, month and day, as year and month, or as a year: 2026-11-21, 2026-11, 2026.",
		"日期（date）应写作年月日、年月或年：2026-11-21、2026-11、2026。")
	dateTimeForm = value(
		"A dateTime is a date, or a day with time to the second and offset: 2026-11-21, 2026-11-21T08:30:00+08:00.",
		"日期时间（dateTime）应写作日期，或日期加精确到秒的时间和时区：2026-11-21、2026-11-21T08:30:00+08:00。")
	instantForm = value(
		"An instant is a day with a time at least to the second and an offset: 2026-11-21T08:30:00.000+08:00.",
		"时刻（instant）应写作日期加至少精确到秒的时间和时区：2026-11-21T08:30:00.000+08:00。")
	timeForm = value(
		"A time is written as hour, minute and second, without an offset: 08:30:00.",
		"时间（time）应写作时、分、秒，不带时区：08:30:00。")
	yearRange = value(
		"There is no year 0000; years run from 0001 to 9999.",
		"没有 0000 年；年份应在 0001 至 9999 之间。")
	monthRange = value(
		"There is no such month; months run from 01 to 12, as in 2026-11.",
		"没有这个月份；月份应在 01 至 12 之间，例如 2026-11。")
	dayRange = value(
		"The month has no such day; write one of the calendar, such as 2026-02-28.",
		"该月没有这一天；请填写历法中存在的日期，例如 2026-02-28。")
	clockRange = value(
		"There is no such time; hours run from 00 to 23, minutes from 00 to 59, seconds from 00 to 60: 08:30:00.",
		"没有这个时间；时为 00 至 23，分为 00 至 59，秒为 00 至 60，例如 08:30:00。")
	offsetMissing = value(
		"A time of day needs an offset from UTC, Z or one such as +08:00: 2026-11-21T08:30:00+08:00.",
		"带时间的值必须注明时区，即 Z 或 +08:00 之类：2026-11-21T08:30:00+08:00。")
	offsetRange = value(
		"There is no such offset; offsets run from -14:00 to +14:00, as in 2026-11-21T08:30:00+08:00.",
		"没有这个时区；时区应在 -14:00 至 +14:00 之间，例如 2026-11-21T08:30:00+08:00。")

	integerForm = value(
		"An integer is a whole number from -2147483648 to 2147483647 without point or exponent, such as 42.",
		"整数（integer）应在 -2147483648 至 2147483647 之间，不带小数点和指数，例如 42。")
	unsignedIntForm = value(
		"An unsignedInt is a whole number from 0 to 2147483647 without sign, point or exponent, such as 0.",
		"非负整数（unsignedInt）应在 0 至 2147483647 之间，不带符号、小数点和指数，例如 0。")
	positiveIntForm = value(
		"A positiveInt is a whole number from 1 to 2147483647 without sign, point or exponent, such as 1.",
		"正整数（positiveInt）应在 1 至 2147483647 之间，不带符号、小数点和指数，例如 1。")

	codeForm = value(
		"A code has no white space at its start and end, and only single blanks within, such as entered-in-error.",
		"代码（code）首尾不得有空白，中间只能有单个空格，例如 entered-in-error。")
	idForm = value(
		"An id has 1 to 64 characters out of A-Z, a-z, 0-9, hyphen and point, such as a-1.",
		"标识（id）由 1 至 64 个字符组成，只能使用 A-Z、a-z、0-9、连字符和点，例如 a-1。")
	oidForm = value(
		"An oid is urn:oid: and two or more numbers with points between, the first 0, 1 or 2: urn:oid:1.2.156.",
		"对象标识符（oid）应写作 urn:oid: 加以点分隔的两个以上数字，首个为 0、1 或 2，例如 urn:oid:1.2.156。")
	uuidForm = value(
		"A uuid is urn:uuid: and 8, 4, 4, 4 and 12 hexadecimal digits: urn:uuid:c757873d-ec9a-4326-a141-556f43239520.",
		"UUID（uuid）应写作 urn:uuid: 加 8、4、4、4、12 位十六进制数字：urn:uuid:c757873d-ec9a-4326-a141-556f43239520。")
	uriForm = value(
		"A URI is not empty and has no white space, such as http://example.org/a or urn:oid:1.2.156.",
		"URI 不得为空，也不得含有空白，例如 http://example.org/a 或 urn:oid:1.2.156。")
	canonicalForm = value(
		"A canonical is a URI, and behind one bar a version if one is meant: http://example.org/ValueSet/wards|1.0.",
		"规范地址（canonical）应为 URI，需要时在一个竖线后写版本：http://example.org/ValueSet/wards|1.0。")
	base64Form = value(
		"A base64Binary has groups of four characters A-Z, a-z, 0-9, + and /, the last filled up with =: 5Yy76YCa.",
		"base64Binary 应为每四个一组的字符 A-Z、a-z、0-9、+ 和 /，末组以 = 补足，例如 5Yy76YCa。")
	emptyText = value(
		"A text is not empty; leave the element out when there is nothing to say.",
		"文本不得为空；没有内容时请省略该元素。")
	longText = &Problem{"too-long",
		"A text has at most 1048576 characters; send a longer one as an attachment.",
		"文本不得超过 1048576 个字符；更长的内容请作为附件发送。"}
)
