package region

// name is a person's name. text is the whole of it; there are names without a family name.
type name struct{ family, given, text string }

func newName(family, given string) name { return name{family, given, family + given} }

// surnames with how often they occur, in hundredths of a percent of the population, as is commonly known.
var surnames = []struct {
	name   string
	weight int
}{
	{"王", 710}, {"李", 700}, {"张", 670}, {"刘", 510}, {"陈", 460}, {"杨", 320}, {"黄", 220}, {"赵", 210}, {"吴", 200},
	{"周", 200}, {"徐", 150}, {"孙", 150}, {"马", 130}, {"朱", 125}, {"胡", 120}, {"郭", 120}, {"何", 115}, {"林", 110},
	{"高", 100}, {"罗", 100}, {"郑", 90}, {"梁", 85}, {"谢", 75}, {"宋", 70}, {"唐", 65}, {"许", 65}, {"韩", 60},
	{"冯", 60}, {"邓", 60}, {"曹", 55}, {"彭", 55}, {"曾", 55}, {"肖", 55}, {"田", 50}, {"董", 50}, {"潘", 45},
	{"袁", 45}, {"蔡", 40}, {"蒋", 40}, {"余", 40}, {"于", 40}, {"杜", 40}, {"叶", 40}, {"程", 40}, {"魏", 40},
	{"苏", 35}, {"吕", 35}, {"丁", 35}, {"任", 35}, {"卢", 35}, {"姚", 35}, {"沈", 30}, {"钟", 30}, {"姜", 30},
	{"崔", 30}, {"谭", 30}, {"陆", 30}, {"范", 25}, {"汪", 25}, {"廖", 25}, {"石", 25}, {"金", 25}, {"贾", 20},
	{"夏", 20}, {"付", 20}, {"方", 20}, {"邹", 20}, {"熊", 20}, {"白", 20}, {"孟", 20}, {"秦", 20}, {"邱", 20},
	{"侯", 20}, {"江", 20}, {"尹", 20}, {"薛", 20}, {"欧阳", 10}, {"上官", 3},
}

// era has the characters of which given names were made until a year: the first one, the second one, and those that stand
// alone.
type era struct {
	until        int
	male, female [3]string
}

var eras = []era{
	{1950,
		[3]string{"德福贵长永志玉金世广文正", "发财根兴全忠义清明山林才", "福贵根生旺"},
		[3]string{"桂秀玉凤金素淑翠春惠", "英兰珍芳莲花香云梅贞", "英兰秀珍"}},
	{1970,
		[3]string{"建国志卫永红保新春友庆胜", "国军民华平明林生文安成荣", "军勇刚建"},
		[3]string{"秀桂玉春建红丽素爱小翠凤", "英兰华珍芳梅霞荣琴香云萍", "芳红英梅"}},
	{1990,
		[3]string{"海志建伟晓文国俊少立永明", "军涛波峰勇辉斌东华林超平", "伟勇军磊波涛斌"},
		[3]string{"丽晓海春小艳红雪燕文玉秀", "娟丽霞燕敏萍华玲琴梅芳艳", "丽敏静燕艳娟"}},
	{2005,
		[3]string{"浩俊子志文宇嘉天明晨家昊", "宇杰轩豪然翔龙辉文凯阳伟", "浩杰凯宇鑫阳超"},
		[3]string{"雨思晓佳梦欣诗文雅静婷慧", "婷琪雪怡颖萱涵洁瑶倩雯敏", "婷颖雪倩悦丹"}},
	{9999,
		[3]string{"子梓浩宇一俊沐奕博铭皓泽", "轩涵宸泽辰睿然熙豪航霖阳", "宸睿轩"},
		[3]string{"梓子欣雨诗一若可语思紫沐", "涵萱怡彤妍琪瑶汐诺涵悦桐", "悦彤妍"}},
}

// givenName makes a given name as they were in fashion in the year.
func givenName(r random, male bool, year int) string {
	i := 0
	for year >= eras[i].until {
		i++
	}
	of := eras[i].female
	if male {
		of = eras[i].male
	}
	if r.chance(18) {
		return string(pick(r, []rune(of[2])))
	}
	first, second := pick(r, []rune(of[0])), pick(r, []rune(of[1]))
	return string(first) + string(second)
}

func surname(r random) string {
	weights := make([]int, len(surnames))
	for i, s := range surnames {
		weights[i] = s.weight
	}
	return surnames[r.weighted(weights)].name
}

// people is an ethnic group (GB/T 3304) with surnames that are common in it; none when names have no family name.
type people struct {
	code, name string
	surnames   []string
}

var han = people{code: "01", name: "汉族"}

var minorities = []people{
	{"15", "土家族", []string{"覃", "向", "田", "彭", "冉"}},
	{"06", "苗族", []string{"龙", "石", "吴", "麻"}},
	{"05", "维吾尔族", nil},
	{"03", "回族", []string{"马", "丁", "哈", "白"}},
	{"11", "满族", []string{"关", "佟", "那"}},
}

// Given names of Uyghur residents, whose second name is their father's given name.
var (
	uyghurMen   = []string{"艾力", "买买提", "阿不都拉", "吐尔逊", "玉素甫", "阿迪力"}
	uyghurWomen = []string{"阿依古丽", "古丽娜尔", "热依汗", "帕提古丽", "阿依夏木"}
)

func uyghurName(r random, male bool, father string) name {
	given := pick(r, uyghurWomen)
	if male {
		given = pick(r, uyghurMen)
	}
	if father == "" {
		father = pick(r, uyghurMen)
	}
	return name{given: given, text: given + "·" + father}
}
