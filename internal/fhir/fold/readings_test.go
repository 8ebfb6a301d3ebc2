package fold

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"pgregory.net/rapid"
)

func TestReadings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, want string }{
		{"", ""},
		{" · ", ""},
		{"张伟", "zhangwei zw zhw"},
		{"张", "zhang z zh"},
		{"張偉", "zhangwei zw zhw"},
		{" 张 伟 ", "zhangwei zw zhw"},
		{"阿丽", "ali al eli el"},
		{"李娜", "lina ln linuo"},
		{"单丽", "shanli sl danli dl shl"},
		{"丽单", "lidan ld lishan ls lsh"},
		{"曾强", "zengqiang zq cengqiang cq zengjiang zj cengjiang cj"},
		{"任平", "renping rp"},
		{"沈朱", "shenzhu sz shzh"},
		{"乐乐", "yuele yl lele ll yueyue yy leyue ly"},
		{"尉迟明", "yuchiming ycm weichiming wcm ychm wchm"},
		{"尉遲明", "yuchiming ycm weichiming wcm ychm wchm"},
		{"尉\u302A迟明", "yuchiming ycm weichiming wcm ychm wchm"},
		{"尉明", "weiming wm yuming ym"},
		{"万俟平", "moqiping mqp wanqiping wqp mosiping msp wansiping wsp"},
		{"万平", "wanping wp"},
		{"长孙平", "zhangsunping zsp changsunping csp zhsp chsp"},
		{"单于平", "chanyuping cyp danyuping dyp shanyuping syp chyp shyp"},
		{"欧阳平", "ouyangping oyp"},
		{"诸葛平", "zhugeping zgp zhgp"},
		{"司马平", "simaping smp"},
		{"黑平", "heping hp heiping"},
		{"平黑", "pinghei ph pinghe"},
		{"吕伟", "lyuwei lw luwei"},
		{"女", "nyu n nu"},
		{"略", "lyue l lue"},
		{"阿卜杜拉·买买提", "abudulamaimaiti abdlmmt ebudulamaimaiti ebdlmmt abodulamaimaiti ebodulamaimaiti"},
		{"扎西多吉", "zhaxiduoji zxdj zaxiduoji zhxdj"},
		{"〇一", "lingyi ly"},
		{"Zhang Wei", "zhangwei"},
		{"ZHĀNG-Wěi", "zhangwei"},
		{"Lüders", "lyuders luders"},
		{"O’Brien", "obrien"},
		{"Straße", "strasse"},
		{"李Mary Ann", "limaryann lma"},
		{"李Shaw", "lishaw ls"},
		{"李\u00ADMa\u200Bry", "limary lm"},
		{"张三12", "zhangsan12 zs12 zhs12"},
		{"Dr. 单丽", "drshanli dsl drdanli ddl dshl"},
		{"さくら", "さくら"},
		{"山田さくら", "shantianさくら stさ shtさ"},
		{"김", "김"},
		{"สมชาย", "สมชาย"},
		{"葛\U000E0100城", "gecheng gc gch"},
		{"\uF900", "qi q"},
		{"李\U0002EBF0", "li\U0002EBF0 l\U0002EBF0"}, // newer than the dictionary
		{"李\uE000", "li\uE000 l\uE000"},             // private use
	} {
		if got := strings.Join(Readings(c.name), " "); got != c.want {
			t.Errorf("Readings(%s) = %s, want %s", c.name, got, c.want)
		}
	}
}

// TestSurnames: a surname is found by its own reading and by the everyday one of its character, the former first.
func TestSurnames(t *testing.T) {
	t.Parallel()
	for _, c := range []string{
		"单 shan dan", "曾 zeng ceng", "解 xie jie", "仇 qiu chou", "查 zha cha", "任 ren", "区 ou qu", "盖 ge gai", "朴 piao pu",
		"缪 miao mou", "繁 po fan", "员 yun yuan", "冼 xian", "乐 yue le", "覃 qin tan", "翟 zhai di", "华 hua", "黑 he hei", "秘 bi mi",
		"种 chong zhong", "召 shao zhao", "么 yao me", "晟 cheng sheng", "適 kuo shi", "洗 xian xi", "能 nai neng", "折 she zhe",
		"祭 zhai ji", "句 gou ju", "乜 nie mie", "阚 kan", "炅 gui jiong", "宿 su", "燕 yan", "那 na", "葉 ye", "區 ou qu", "華 hua",
		"兒 ni er", "柏 bai bo", "重 chong zhong", "沈 shen", "朱 zhu", "石 shi", "陈 chen", "王 wang", "肖 xiao", "卜 bu",
	} {
		surname, readings, _ := strings.Cut(c, " ")
		got := Readings(surname + "平")
		for _, want := range strings.Fields(readings) {
			if !slices.Contains(got, want+"ping") {
				t.Errorf("%s平 is not found by %sping: %v", surname, want, got)
			}
		}
		if best, _, _ := strings.Cut(readings, " "); got[0] != best+"ping" {
			t.Errorf("%s平 is first read %s, want %sping", surname, got[0], best)
		}
	}
	for _, c := range []string{"朱 shu", "沈 chen", "石 dan", "王 yu", "夏 jia", "叶 xie", "任 lin"} {
		surname, reading, _ := strings.Cut(c, " ")
		if got := Readings(surname); slices.Contains(got, reading) {
			t.Errorf("%s is found by %s, which no surname is: %v", surname, reading, got)
		}
	}
}

func TestSpelling(t *testing.T) {
	t.Parallel()
	for want, inputs := range map[string]string{
		"zhangwei":  "Zhang Wei|zhāng wěi|zhang'wei|ZHANG-WEI|zhang’wei|ｚｈａｎｇ ｗｅｉ|zhangwei|Zhang, Wei|张伟|章微|张 wei|zha\u0304ngwei|zhangʼwei",
		"lyu":       "lü|lyu|lv|LÜ|Lǚ|lǘ|lu\u0308|lu\u0308\u030C|l ü|ＬＶ|吕",
		"lu":        "lu|Lù|卢",
		"nyu":       "nü|nyu|nv|女",
		"lyue":      "lüe|lve|lyue|略",
		"chenyu":    "chenyu|Chén Yǔ|chen'yu|陈宇|chen v|chenv",
		"ju":        "jü|ju",
		"xian":      "xi'an|xian|Xī’ān",
		"muller":    "Müller|muller",
		"vera":      "Vera",
		"zw":        "z w|Z.W.|zw",
		"shan":      "单",
		"abudula":   "阿卜杜拉|a·bu·du·la",
		"":          " |·|-|¨",
		"さくら":       "さくら",
		"が":         "か\u3099|が",
		"か":         "か゛|か-\u3099",
		"lu\u0E38":  "lu\u0E38\u0308",
		"strasse12": "Straße 12",
	} {
		for in := range strings.SplitSeq(inputs, "|") {
			if got := Spelling(in); got != want {
				t.Errorf("Spelling(%+q) = %+q, want %+q", in, got, want)
			}
		}
	}
}

// TestFound: what finds a name, and what must not.
func TestFound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, by, notBy string }{
		{"张伟", "z|zh|zhang|zhang w|Zhang Wei|zw|zhw|张|张伟|章", "wei|zwei|zhangwen|cw|zg|chang"},
		{"吕伟", "l|lu|lü|lv|ly|lyu|lyuwei|luwei|lw|lü w|lvwei", "lüw1|lou|lyw"},
		{"卢伟", "lu|luwei|lw", "lü|lv|lyu"},
		{"陈宇", "c|ch|chen y|cheny|chenyu|cy|chy|chenv", "chenü2|cenyu"},
		{"单雄", "shan|dan|sx|dx|shx|shan xiong", "chan|cx"},
		{"尉迟恭平", "yuchi|weichi|ycgp|wcgp", "weichigongbing"},
		{"Müller", "muller|mul|MÜLLER", "mueller"},
	} {
		readings := Readings(c.name)
		found := func(by string) bool {
			return slices.ContainsFunc(readings, func(r string) bool { return strings.HasPrefix(r, Spelling(by)) })
		}
		for by := range strings.SplitSeq(c.by, "|") {
			if !found(by) {
				t.Errorf("%s is not found by %s (%s): %v", c.name, by, Spelling(by), readings)
			}
		}
		for by := range strings.SplitSeq(c.notBy, "|") {
			if found(by) {
				t.Errorf("%s is found by %s (%s): %v", c.name, by, Spelling(by), readings)
			}
		}
	}
}

func TestReadingsAreBounded(t *testing.T) {
	t.Parallel()
	got := Readings(strings.Repeat("乐", 30))
	if len(got) != mostReadings || got[0] != "yue"+strings.Repeat("le", mostCharacters-1) {
		t.Errorf("%d readings, %s first", len(got), got[0])
	}
	if !slices.Contains(got, "yueyue"+strings.Repeat("le", mostCharacters-2)) || !slices.Contains(got, strings.Repeat("le", mostCharacters)) {
		t.Errorf("not the ones that differ least: %v", got)
	}
	if got := Readings(strings.Repeat("平", mostCharacters) + "Ann"); got[0] != strings.Repeat("ping", mostCharacters)+"ann" {
		t.Errorf("letters behind the twelfth character: %s", got[0])
	}
	if got := Readings(strings.Repeat("平", mostCharacters+1) + "Ann"); got[0] != strings.Repeat("ping", mostCharacters) {
		t.Errorf("letters behind the thirteenth character: %s", got[0])
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	parts := []part{{han, []string{"a", "b"}}, {letter, []string{"c"}}, {han, []string{"d", "e", "f"}}}
	want := [][]int{{0, 0, 0}, {1, 0, 0}, {0, 0, 1}, {1, 0, 1}, {0, 0, 2}, {1, 0, 2}}
	for most := range len(want) + 2 {
		if got := choices(parts, most); !reflect.DeepEqual(got, want[:min(most, len(want))]) && most > 0 {
			t.Errorf("the first %d choices: %v", most, got)
		}
	}
	if got := choices(nil, 1); len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("choices of nothing: %v", got)
	}
}

// checkReadings says what holds for the readings of any name.
func checkReadings(t interface{ Errorf(string, ...any) }, name string) {
	got := Readings(name)
	if len(got) > mostReadings {
		t.Errorf("%+q has %d readings", name, len(got))
	}
	if s := Spelling(name); len(got) > 0 && got[0] != s || len(got) == 0 && s != "" {
		t.Errorf("%+q is spelt %+q, but read %+q", name, s, got)
	}
	if !slices.Equal(got, Readings(name)) {
		t.Errorf("%+q has not always the same readings", name)
	}
	for i, r := range got {
		if r == "" || slices.Contains(got[:i], r) || Spelling(r) != r {
			t.Errorf("%+q has the reading %+q, number %d of %+q, which is spelt %+q", name, r, i, got, Spelling(r))
		}
	}
}

// names are made of characters with one reading, with several and with none, and of other letters.
func names() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom([]rune("张伟李单曾乐尉迟万俟长孙吕女略重朝·  '-王朴召么"))),
		rapid.StringOf(rapid.SampledFrom([]rune("zhangweiluynvü LÜVǚ'’単吕女-\u0308\u0301"))),
		rapid.StringOf(rapid.RuneFrom(nil, unicode.Han)),
		texts(),
	)
}

func TestReadingsOfAnyName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) { checkReadings(t, names().Draw(t, "name")) })
}

func TestSpellingIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := names().Draw(t, "s")
		if once := Spelling(s); Spelling(once) != once {
			t.Fatalf("%+q is spelt %+q, which is spelt %+q", s, once, Spelling(once))
		}
	})
}

// TestSpellingOfAPrefix: while somebody types letters of pinyin, what they want stays found.
func TestSpellingOfAPrefix(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.SampledFrom([]rune("abceghilnouvyz ü'-LNVÜ"))).Draw(t, "s")
		n := rapid.IntRange(0, len(s)).Draw(t, "n")
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n++
		}
		if !strings.HasPrefix(Spelling(s), Spelling(s[:n])) {
			t.Fatalf("%q is spelt %q, but %q is spelt %q", s[:n], Spelling(s[:n]), s, Spelling(s))
		}
	})
}

// TestTableOfPolyphones guards the table: every line says something, once, in syllables that exist.
func TestTableOfPolyphones(t *testing.T) {
	t.Parallel()
	syllables := map[string]bool{}
	for _, all := range pinyin.PinyinDict {
		for s := range strings.SplitSeq(all, ",") {
			syllables[toneless(s)] = true
		}
	}
	for s := range syllables {
		if s == "" || strings.Trim(s, "abcdefghijklmnopqrstuwxyzü") != "" {
			t.Errorf("the dictionary has the syllable %+q", s)
		}
	}
	check := func(who string, readings []string) {
		for i, r := range readings {
			if !syllables[r] || slices.Contains(readings[:i], r) {
				t.Errorf("%s: %q among %v", who, r, readings)
			}
		}
	}
	for r, p := range polyphones {
		who := string(r)
		check(who, p.surname)
		first, _, _ := strings.Cut(pinyin.PinyinDict[int(r)], ",")
		if len(p.everyday) == 1 && p.everyday[0] == toneless(first) && who != "闞" {
			t.Errorf("%s: the dictionary says so too", who)
		}
		if len(p.everyday) != len(p.surname) || Text(who) != who {
			t.Errorf("%s: %v", who, p)
		}
	}
	for surname, readings := range compounds {
		n := len([]rune(surname))
		if n != len(readings) || n > longestCompound {
			t.Errorf("%s: %d characters, %d readings", surname, n, len(readings))
		}
		for _, each := range readings {
			check(surname, each)
		}
	}
}
