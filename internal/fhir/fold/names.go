package fold

import "strings"

// polyphone is a character with several readings, likeliest first: in a surname, and elsewhere.
type polyphone struct{ surname, everyday []string }

// polyphones are the characters of names that Modern Standard Chinese reads in several ways. Every other character has
// the first reading of the dictionary (package pinyin) alone: its further ones are mostly those of ancient texts, and
// would have every 朱 found by "shu" and every 沈 by "chen". Differences of tone do not matter here (华 huà, huá).
//
// A line holds a character in its forms, simplified and traditional, and its readings. One with a star is the surname's
// (百家姓, and the surnames of today), which comes first where a name begins; the others are found as well, since not
// everybody knows it or bears it.
var polyphones = parsePolyphones(`
阿 a e
艾 ai yi
扒 ba pa
柏 bai bo
堡 bao pu
陂 bei po
贲賁 ben bi fei
便 bian pian
泊 bo po
薄 bo bao
卜 bu bo
偲 cai si
参參 can shen
藏 cang zang
差 cha chai
查 cha zha*
镡鐔 chan tan xin
颤顫 chan zhan
长長 chang zhang
朝 chao zhao
车車 che ju
谌諶 chen shen
澄 cheng deng
称稱 cheng chen
仇 chou qiu*
俶 chu ti
畜 chu xu
传傳 chuan zhuan
啜 chuo chuai*
绰綽 chuo chao
大 da dai
单單 dan shan*
弹彈 dan tan
澹 dan tan
的 di de
翟 di zhai*
侗 dong tong
度 du duo
都 du dou
佴 er nai*
兒 er ni*
番 fan pan
繁 fan po*
蕃 fan bo
费費 fei bi
佛 fo fu
否 fou pi
弗 fu fei*
芾 fu fei
盖蓋 gai ge*
给給 gei ji
谷 gu yu
莞 guan wan
龟龜 gui qiu jun
镐鎬 hao gao
和 he huo
黑 hei he*
珩 heng
鹄鵠 hu gu
还還 huan hai
会會 hui kuai
桧檜 hui gui
祭 ji zhai*
稽 ji qi
藉 ji jie
伽 jia qie ga
贾賈 jia gu
见見 jian xian
降 jiang xiang
峤嶠 jiao qiao
角 jiao jue* lu
芥 jie gai
解 jie xie*
颉頡 jie xie
劲勁 jin jing
靓靚 jing liang
炅 jiong gui*
句 ju gou*
隽雋 juan jun
觉覺 jue jiao
浚 jun xun
卡 ka qia
阚闞 kan
乐樂 le yue*
勒 le lei
栎櫟 li yue
六 liu lu
泷瀧 long shuang
纶綸 lun guan
脉脈 mai mo
蔓 man wan
么 me yao*
没 mei mo
宓 mi fu
泌 mi bi
秘祕 mi bi*
糜 mi mei
乜 mie nie*
模 mo mu
牟 mou mu*
缪繆 mou miao* miu
娜 na nuo
那 na nuo
能 neng nai*
粘 nian* zhan
弄 nong long
辟 pi bi
屏 ping bing
埔 pu bu
曝 pu bao
朴 pu piao*
奇 qi ji
栖棲 qi xi
乾 qian gan
茜 qian xi
强強 qiang jiang
茄 qie jia
郄 qie xi
区區 qu ou*
若 ruo re
塞 sai se
色 se shai
莎 sha suo
杉 shan sha
晟 sheng cheng*
盛 sheng cheng
省 sheng xing
什 shi shen
拾 shi she
适適 shi kuo*
属屬 shu zhu
术 shu zhu
率 shuai lü
宿 su xiu
沓 ta da
覃 tan qin*
媞 ti shi
瑱 tian zhen
调調 tiao diao
拓 tuo ta
菀 wan yu
尉 wei yu
尾 wei yi
崴 wei wai
蔚 wei yu*
隗 wei kui
玟 wen min
涡渦 wo guo*
洗 xi xian*
郗 xi chi
纤纖 xian qian
巷 xiang hang
校 xiao jiao
莘 xin shen*
荥滎 xing ying
行 xing hang
吁 xu yu
荨蕁 xun qian
郇 xun huan
轧軋 ya zha
玚瑒 yang chang
员員 yuan yun*
筠 yun jun
赟贇 yun bin
择擇 ze zhai
迮 ze zuo
曾 zeng* ceng
扎 zha za
召 zhao shao*
折 zhe she*
徵 zheng zhi
峙 zhi shi
种 zhong chong*
重 zhong chong*
著 zhu zhuo
琢 zhuo
着 zhuo zhe zhao
仔 zi zai
`)

// compounds are the compound surnames that are not read like their characters, or more surely than these.
var compounds = parseCompounds(`
万俟,萬俟 mo/wan qi/si
乐正,樂正 yue/le zheng
单于,單于 chan/dan/shan yu
吐谷浑,吐谷渾 tu yu/gu hun
尉迟,尉遲 yu/wei chi
澹台,澹臺 tan/dan tai
甪里,角里 lu/jiao li
长孙,長孫 zhang/chang sun
`)

// longestCompound is the number of characters that the longest of the compounds has.
const longestCompound = 3

func parsePolyphones(lines string) map[rune]polyphone {
	found := map[rune]polyphone{}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		characters, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		var marked, others, everyday []string
		for _, reading := range strings.Fields(rest) {
			plain, isSurname := strings.CutSuffix(reading, "*")
			if isSurname {
				marked = append(marked, plain)
			} else {
				others = append(others, plain)
			}
			everyday = append(everyday, plain)
		}
		for _, r := range characters {
			found[r] = polyphone{append(marked, others...), everyday}
		}
	}
	return found
}

func parseCompounds(lines string) map[string][][]string {
	found := map[string][][]string{}
	for line := range strings.Lines(strings.TrimSpace(lines)) {
		fields := strings.Fields(line)
		var readings [][]string
		for _, syllables := range fields[1:] {
			readings = append(readings, strings.Split(syllables, "/"))
		}
		for surname := range strings.SplitSeq(fields[0], ",") {
			found[surname] = readings
		}
	}
	return found
}
