package validate

import (
	"strings"

	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/fhir/fhirpath"
	"yitong/internal/fhir/schema"
)

// coreBase stands in front of the names of R4's own definitions.
const coreBase = "http://hl7.org/fhir/StructureDefinition/"

// typeBundle is the number of the type Bundle.
var typeBundle, _ = schema.TypeOf("Bundle")

// The breaches that are not invariants.
var (
	notAnObject = found{Error, "structure", "structure", message{
		"An object should stand here, but it is %s.",
		"此处应为对象，实际为 %s。"}}
	unknownType = found{Error, "structure", "structure", message{
		"%q is not a resource type of FHIR R4.",
		"%q 不是 FHIR R4 的资源类型。"}}
	unknownElement = found{Error, "structure", "structure", message{
		"%s has no element %q in FHIR R4. Remove it, correct its name, or say it with an extension.",
		"FHIR R4 的 %s 没有元素 %q，请删除、改正名称，或用扩展表达。"}}
	anArray = found{Error, "structure", "structure", message{
		"There is at most one %s here: write the value itself, without brackets.",
		"此处最多一个 %s：请直接写值，不要用数组。"}}
	noArray = found{Error, "structure", "structure", message{
		"There may be several %s: write an array, in square brackets, even around one.",
		"%s 可有多个：即使只有一个也要写成方括号数组。"}}
	emptyArray = found{Error, "structure", "structure", message{
		"The array %s is empty. Leave the member away.",
		"数组 %s 为空，请整个省略。"}}
	aNull = found{Error, "structure", "structure", message{
		"%s is null. Leave it away; null only fills gaps of an array beside which ids or extensions stand.",
		"%s 为 null，请省略；null 只用于数组中仅有 id 或扩展的空位。"}}
	unevenArrays = found{Error, "structure", "structure", message{
		"%s has %d values, but %d objects stand beside them. Both arrays have to be of one length, filled with null.",
		"%s 有 %d 个值，而旁列数组有 %d 项；两个数组长度须一致，空位填 null。"}}
	twoChoices = found{Error, "structure", "choice", message{
		"%s[x] is there twice, as %s and as %s. Keep one.",
		"%s[x] 同时以 %s 和 %s 出现，只能保留一个。"}}
	wrongType = found{Error, "structure", "type", message{
		"%s is not of a type that may stand here: %s.",
		"%s 的类型不符，此处允许：%s。"}}
	missingElement = found{Error, "required", "cardinality", message{
		"%s needs %s. Add it.",
		"%s 缺少必填元素 %s，请补充。"}}
	notAllowed = found{Error, "structure", "cardinality", message{
		"%s may not stand here. Remove it.",
		"此处不允许 %s，请删除。"}}
	tooMany = found{Error, "structure", "cardinality", message{
		"There are %[2]d %[1]s, at most %[3]d may be.",
		"%[1]s 有 %[2]d 个，最多 %[3]d 个。"}}
	tooFew = found{Error, "required", "cardinality", message{
		"There are %[2]d %[1]s, at least %[3]d have to be.",
		"%[1]s 只有 %[2]d 个，至少需要 %[3]d 个。"}}
	tooLong = found{Error, "too-long", "max-length", message{
		"The text is longer than %d characters. Shorten it.",
		"文本超过 %d 个字符，请缩短。"}}
	tooSmall = found{Error, "value", "min-value", message{
		"The value has to be at least %s.",
		"值不得小于 %s。"}}
	tooGreat = found{Error, "value", "max-value", message{
		"The value has to be at most %s.",
		"值不得大于 %s。"}}
	notFixed = found{Error, "value", "fixed", message{
		"The value has to be %s.",
		"值必须是 %s。"}}
	notPattern = found{Error, "value", "pattern", message{
		"The value has to contain %s.",
		"值必须包含 %s。"}}
	notInSet = found{Error, "code-invalid", "binding", message{
		"The code %s is not in the value set %s, which is required. Codes of it: %s.",
		"代码 %s 不在必须使用的值集 %s 中。可用代码：%s。"}}
	notInExtensible = found{Warning, "code-invalid", "binding", message{
		"The code %s is not in the value set %s. Take one of it if any says the same: %s.",
		"代码 %s 不在值集 %s 中；若有含义相同的代码请优先使用：%s。"}}
	notInRule = message{
		"The code %s is not in the value set %s: its system is another, or its form is not that of the system's codes.",
		"代码 %s 不在值集 %s 中：所用代码系统不对，或代码格式不符合该系统。"}
	noSuchCode = found{Error, "code-invalid", "code", message{
		"The code system %s has no code %q.",
		"代码系统 %s 中没有代码 %q。"}}
	notUnit = found{Warning, "code-invalid", "unit", message{
		"%q is no unit of UCUM. Write its code, such as mg/dL, mm[Hg] or 10*9/L; words belong into unit.",
		"%q 不是 UCUM 单位代码，请写代码，如 mg/dL、mm[Hg]、10*9/L；文字写法放在 unit 中。"}}
	otherDisplay = found{Warning, "code-invalid", "display", message{
		"In the code system %s, %q is called %q.",
		"代码系统 %s 中 %q 的名称是 %q。"}}
	inNoSlice = found{Error, "structure", "slicing", message{
		"This %s is none of those that the profile knows: %s.",
		"此 %s 不属于配置文件定义的任何一类：%s。"}}
	sliceOrder = found{Error, "structure", "slicing", message{
		"%s stands in the wrong place: the profile sets an order for %s.",
		"%s 的位置不对：配置文件规定了 %s 的顺序。"}}
	sliceAtEnd = found{Error, "structure", "slicing", message{
		"%s has to stand before every %s that the profile does not know.",
		"%s 必须位于配置文件未定义的 %s 之前。"}}
	tooFewOfSlice = found{Error, "required", "slicing", message{
		"Of %s among %s there are %d, at least %d have to be.",
		"%[2]s 中的 %[1]s 有 %[3]d 个，至少需要 %[4]d 个。"}}
	tooManyOfSlice = found{Error, "structure", "slicing", message{
		"Of %s among %s there are %d, at most %d may be.",
		"%[2]s 中的 %[1]s 有 %[3]d 个，最多 %[4]d 个。"}}
	noneOfProfiles = found{Error, "structure", "profile", message{
		"The value conforms to none of the profiles that may stand here: %s. Validate it against one of them to see why.",
		"该值不符合此处允许的任何配置文件：%s。可单独按其中之一校验以查看原因。"}}
	noSuchProfile = found{Error, "not-found", "profile", message{
		"The profile %s cannot be used: %s",
		"无法使用配置文件 %s：%s"}}
	unknownProfile = found{Warning, "not-found", "profile", message{
		"The profile %s is not known here, so the resource was not checked against it.",
		"本系统没有配置文件 %s，未按其校验。"}}
	brokenProfile = found{Warning, "processing", "profile", message{
		"The definition %s cannot be used: %s",
		"无法使用定义 %s：%s"}}
	profileOfOther = found{Error, "structure", "profile", message{
		"The profile %s is one of %s, but the resource is a %s.",
		"配置文件 %s 用于 %s，而此资源是 %s。"}}
	noReference = found{Error, "value", "target", message{
		"The reference is neither absolute nor of the form Type/id, with a resource type of FHIR R4 and an id, nor # and the id of a contained resource.",
		"引用既不是绝对地址，也不是“类型/id”（须为 FHIR R4 资源类型），也不是“#”加被包含资源的 id。"}}
	wrongTarget = found{Error, "structure", "target", message{
		"A reference to %s may not stand here; it may point at %s.",
		"此处不能引用 %s，允许的目标类型：%s。"}}
	otherTarget = found{Error, "structure", "target", message{
		"The type says %s, but the reference points at %s.",
		"type 写的是 %s，引用指向的却是 %s。"}}
	targetProfile = found{Error, "structure", "target", message{
		"What the reference points at conforms to none of the profiles asked for: %s.",
		"引用的目标不符合要求的配置文件：%s。"}}
	wrongAggregation = found{Error, "structure", "target", message{
		"The target has to be: %s.",
		"引用目标的存在方式必须是：%s。"}}
	wrongVersioning = found{Error, "structure", "target", message{
		"The reference has to be version-%s.",
		"引用的版本方式必须是 %s。"}}
	relativeExtension = found{Error, "extension", "extension", message{
		"The url %q is relative. Only the parts of an extension have relative urls; write the canonical of its definition.",
		"扩展的 url %q 是相对地址；只有扩展内部的子扩展可用相对地址，请写定义的规范地址。"}}
	noSuchPart = found{Error, "extension", "extension", message{
		"The extension %s has no part %q.",
		"扩展 %s 没有子扩展 %q。"}}
	notExtension = found{Error, "extension", "extension", message{
		"%s is the definition of something else than an extension.",
		"%s 不是扩展的定义。"}}
	unknownExtension = found{Information, "extension", "extension", message{
		"The extension %s is not known here, so it was not checked.",
		"本系统没有扩展 %s 的定义，未作校验。"}}
	unknownModifier = found{Warning, "extension", "extension", message{
		"The modifier extension %s is not known here. It may change what the element means, and nobody here would notice.",
		"本系统没有修饰扩展 %s 的定义；它可能改变元素含义而无人察觉。"}}
	wrongContext = found{Error, "extension", "context", message{
		"The extension %s may not stand here; it belongs to %s.",
		"扩展 %s 不能用在此处，只能用于 %s。"}}
	brokenContext = found{Error, "extension", "context", message{
		"The extension %s may stand only where this holds: %s",
		"扩展 %s 只能用于满足以下条件之处：%s"}}
	unevaluable = found{Warning, "processing", "invariant", message{
		"The invariant %s cannot be evaluated here: %s",
		"约束 %s 在此无法求值：%s"}}
	entryWithout = found{Error, "required", "bundle", message{
		"An entry with %s needs a resource.",
		"方法为 %s 的条目必须带资源。"}}
	entryWith = found{Error, "structure", "bundle", message{
		"An entry with %s has no resource. Remove it.",
		"方法为 %s 的条目不应带资源，请删除。"}}
	relativeFullURL = found{Error, "value", "bundle", message{
		"fullUrl has to be absolute: an http address, or urn:uuid: for what has no address yet.",
		"fullUrl 必须是绝对地址：http 地址；尚无地址的用 urn:uuid:。"}}
	malformedFullURL = found{Error, "value", "bundle", message{
		"What follows urn:uuid: or urn:oid: is none: write one such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520.",
		"urn:uuid: 或 urn:oid: 后面的内容不合格式，例如 urn:uuid:c757873d-ec9a-4326-a141-556f43239520。"}}
	versionedFullURL = found{Error, "value", "bundle", message{
		"fullUrl may not name a version. Leave /_history and what follows away.",
		"fullUrl 不能带版本，请去掉 /_history 及其后内容。"}}
	otherFullURL = found{Error, "value", "bundle", message{
		"fullUrl ends otherwise than in %s/%s, which the resource is.",
		"fullUrl 的结尾应为资源自身的 %s/%s。"}}
	notInBundle = found{Error, "not-found", "bundle", message{
		"The reference names no entry of the bundle, and nobody could find it elsewhere. Add what it points at.",
		"引用在本 Bundle 中找不到对应条目，外部也无从查找，请补充所引用的资源。"}}
	containedWithoutID = found{Error, "required", "contained", message{
		"A contained resource needs an id, by which the resource around refers to it.",
		"被包含的资源必须有 id，供外层资源引用。"}}
	blankID = found{Error, "value", "id", message{
		"The id of an element holds no white space.",
		"元素的 id 不能含空白字符。"}}
	noFullURL = found{Error, "required", "bundle", message{
		"Each entry of a %s needs a fullUrl, by which others refer to it.",
		"%s 的每个条目都必须有 fullUrl，供其他条目引用。"}}
	notInDocument = found{Error, "not-found", "bundle", message{
		"A document holds what its Composition refers to. Add the resource.",
		"文档必须包含其 Composition 直接引用的资源，请补充。"}}
	otherRequest = found{Error, "value", "bundle", message{
		"The request is about %s, but the resource is %s.",
		"请求针对 %s，而资源是 %s。"}}
	sameID = found{Error, "duplicate", "id", message{
		"The id %q stands twice in the resource. Choose another.",
		"id %q 在资源内重复，请改用其他值。"}}
	tooCostly = found{Error, "too-costly", "limit", message{
		"The resource takes too long to validate for its size. Divide it.",
		"相对其大小，校验该资源耗时过多，请拆分。"}}
)

// wrongModifier is the issue for an extension that stands among the modifiers and should not, or the other way round.
func wrongModifier(is bool) found {
	if is {
		return found{Error, "extension", "extension", message{
			"The extension %s changes no meanings: it belongs into extension, not into modifierExtension.",
			"扩展 %s 不改变含义，应放在 extension 而不是 modifierExtension 中。"}}
	}
	return found{Error, "extension", "extension", message{
		"The extension %s changes the meaning of its element: it belongs into modifierExtension, not into extension.",
		"扩展 %s 会改变元素含义，应放在 modifierExtension 而不是 extension 中。"}}
}

var percent = strings.NewReplacer("%", "%%")

// asIs is a message without arguments.
func asIs(en, zh string) message { return message{percent.Replace(en), percent.Replace(zh)} }

// nameOf is what an element is called in messages: by its type, or by its place in its resource.
func (w *walk) nameOf(x value) string {
	if x.of == nil {
		return x.n.Get("resourceType").Str()
	}
	return x.of.Type
}

func typesOf(r *rules) string {
	var names []string
	for _, t := range r.types {
		names = append(names, t.name)
	}
	return list(names)
}

func list(names []string) string { return clip(strings.Join(names, ", ")) }

// say is an error as a part of a message.
func say(err error) string { return fault.From(err).Message }

// clip shortens what a message quotes.
func clip(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// breaks tells whether a comparison with a limit is false; where it cannot be made, it is not.
func (w *walk) breaks(e *fhirpath.Expression, x value, limit fhir.Node) bool {
	w.env.Variables = map[string]fhirpath.Collection{"limit": {fhirpath.OfElement(limit, fhir.Node{}, x.of)}}
	defer func() { w.env.Variables = nil }()
	holds, known, err := w.truth(e, x)
	return err == nil && known && !holds
}
