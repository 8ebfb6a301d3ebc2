package region

// division is an administrative division with its code of GB/T 2260.
type division struct{ code, name string }

// The city and its districts are real; nobody and nothing in them is. See the package comment.
var (
	province  = division{"420000", "湖北省"}
	city      = division{"420700", "鄂州市"}
	liangzihu = division{"420702", "梁子湖区"}
	huarong   = division{"420703", "华容区"}
	echeng    = division{"420704", "鄂城区"}
	hunan     = division{"430000", "湖南省"}
	xiangtan  = division{"430300", "湘潭市"}
	yuhu      = division{"430302", "雨湖区"}
)

// provinceOf begins certificates that count by province.
const provinceOf = "42"

// unassigned begins the codes that stand for the districts in numbers of people and institutions: there is no prefecture 4299, and no 4399.
const unassigned = provinceOf + "99"

// stand is the code that stands for a district in the numbers that are given out here, so that none of them is anybody's.
func (d division) stand() string { return d.code[:2] + "99" + d.code[len(unassigned):] }

// street is a subdistrict (街道) with the community health centre that looks after it. Its code is one of GB/T 10114, of which
// 001–099 are subdistricts.
type street struct {
	district   *division
	code, name string
	centre     string // an institution's id
	lead       string // of the alliance of the centre: where the centre refers to
	weight     int    // how many live here, relative to the others
	committees [2]string
}

// far is where the partner hospital is, in another province. Nobody of the record lives there.
var far = &street{district: &yuhu, code: "001", name: "砚湄街道"}

// wholes are the cities and provinces, by what the codes of their districts begin with.
var wholes = map[string]*division{"42": &province, "4207": &city, "43": &hunan, "4303": &xiangtan}

// above are the city and the province of a district.
func (d *division) above() (of, in *division) { return wholes[d.code[:4]], wholes[d.code[:2]] }

// streets are invented, as are their residents' committees (社区).
var streets = []*street{
	{&echeng, "001", "澄岚街道", Centre, Hospital, 30, [2]string{"棹歌社区", "听蝉社区"}},
	{&echeng, "002", "漪棠街道", "yitang-centre", Hospital, 8, [2]string{"漪桥社区", "棠阴社区"}},
	{&echeng, "003", "岫屏街道", "xiuping-centre", Hospital, 8, [2]string{"岫云社区", "屏岭社区"}},
	{&echeng, "004", "汀芷街道", "tingzhi-centre", Hospital, 7, [2]string{"汀兰社区", "芷塘社区"}},
	{&echeng, "005", "沅蘅街道", "yuanheng-centre", Hospital, 7, [2]string{"沅浦社区", "蘅皋社区"}},
	{&echeng, "006", "砚泠街道", "yanling-centre", Hospital, 6, [2]string{"砚池社区", "泠泉社区"}},
	{&huarong, "001", "荻汐街道", "dixi-centre", Second, 7, [2]string{"荻花社区", "汐岸社区"}},
	{&huarong, "002", "葭涟街道", "jialian-centre", Second, 8, [2]string{"葭苇社区", "涟漪社区"}},
	{&huarong, "003", "菀溪街道", "wanxi-centre", Second, 5, [2]string{"菀柳社区", "溪堂社区"}},
	{&liangzihu, "001", "茗峦街道", "mingluan-centre", Second, 5, [2]string{"茗坡社区", "峦前社区"}},
	{&liangzihu, "002", "泠湾街道", "lingwan-centre", Second, 5, [2]string{"泠月社区", "湾头社区"}},
	{&liangzihu, "003", "苇津街道", "weijin-centre", Second, 4, [2]string{"苇荡社区", "津渡社区"}},
}

// unit is the code of a residents' committee of a street in record numbers; 001–099 are such.
func unit(committee int) string { return [2]string{"001", "002"}[committee] }
