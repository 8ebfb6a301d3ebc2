package region

import (
	"slices"

	"yitong/internal/fhir/profiles"
)

// Institutions by their ids, which are the same for all seeds.
const (
	Hospital   = "chenglan-hospital"   // a general tertiary hospital, lead of an alliance
	Second     = "jialian-hospital"    // the lead of the other one
	Centre     = "chenglan-centre"     // the community health centre that has the most residents
	Pharmacy   = "yanling-pharmacy"    // a retail pharmacy
	Commission = "chenglan-commission" // the health commission
	Insurer    = "chenglan-insurance"  // the healthcare security administration
	CDC        = "chenglan-cdc"        // the centre for disease control and prevention
	Platform   = "yuanheng-online"     // a third-party platform with an internet hospital
	Partner    = "yanmei-hospital"     // a tertiary hospital of another province, with which both alliances cooperate

	tcmHospital = "xiuping-tcm"
	maternity   = "yitang-maternal-child"
)

// kind is what an institution is: its name, HL7's type of organization, the class of WS 218, the first two characters of
// its credit code (GB 32100: 11 an authority, 12 a public institution, 91 an enterprise), and its level.
type kind struct {
	name   string
	of     coding
	class  string
	credit string
	level  coding
}

var (
	tertiary  = coding{profiles.HospitalLevels, "3A", "三级甲等"}
	secondary = coding{profiles.HospitalLevels, "2A", "二级甲等"}

	provider   = hl7("organization-type", "prov", "Healthcare Provider")
	government = hl7("organization-type", "govt", "Government")
	insurer    = hl7("organization-type", "ins", "Insurance Company")
	business   = hl7("organization-type", "bus", "Non-Healthcare Business or Corporation")

	generalTertiary  = &kind{"综合医院", provider, "A100", "12", tertiary}
	generalSecondary = &kind{"综合医院", provider, "A100", "12", secondary}
	tcmSecondary     = &kind{"中医医院", provider, "A210", "12", secondary}
	motherAndChild   = &kind{"妇幼保健院", provider, "G100", "12", secondary}
	community        = &kind{"社区卫生服务中心", provider, "B100", "12", coding{}}
	diseaseControl   = &kind{"疾病预防控制中心", government, "J100", "12", coding{}}
	authority        = &kind{"卫生健康行政部门", government, "", "11", coding{}}
	insurance        = &kind{"医疗保障经办机构", insurer, "", "11", coding{}}
	retail           = &kind{"零售药店", business, "", "91", coding{}}
	platform         = &kind{"第三方互联网医疗平台", business, "", "91", coding{}}
)

// institution is one that treats, protects or supplies people, or looks after those that do.
type institution struct {
	id, name            string
	kind                *kind
	street              *street
	address             string
	longitude, latitude string
	posts               []post
}

// institutions have names that no real one is known to have.
var institutions = []institution{
	{Commission, "澄岚卫生健康委员会", authority, streets[0], "弦歌路1号", "114.892000", "30.396000", []post{{governance, "政务人员", officer}}},
	{Insurer, "澄岚医疗保障局", insurance, streets[0], "弦歌路3号", "114.893000", "30.396500", []post{{governance, "经办人员", officer}}},
	{CDC, "澄岚疾病预防控制中心", diseaseControl, streets[0], "弦歌路9号", "114.895000", "30.398000", cdcPosts},
	{Hospital, "澄岚医院", generalTertiary, streets[0], "棹歌路18号", "114.884000", "30.391000", tertiaryPosts},
	{Second, "葭涟医院", generalTertiary, streets[7], "葭苇路6号", "114.741000", "30.532000", tertiaryPosts},
	{tcmHospital, "岫屏中医医院", tcmSecondary, streets[2], "岫云路8号", "114.902000", "30.387000", tcmPosts},
	{maternity, "漪棠妇幼保健院", motherAndChild, streets[1], "漪桥路15号", "114.876000", "30.402000", maternityPosts},
	{"lingwan-hospital", "泠湾医院", generalSecondary, streets[10], "泠月路2号", "114.683000", "30.101000", secondaryPosts},
	{Centre, "澄岚社区卫生服务中心", community, streets[0], "听蝉巷66号", "114.888000", "30.393000", centrePosts},
	{"yitang-centre", "漪棠社区卫生服务中心", community, streets[1], "棠阴街20号", "114.873000", "30.405000", centrePosts},
	{"xiuping-centre", "岫屏社区卫生服务中心", community, streets[2], "屏岭街9号", "114.906000", "30.384000", centrePosts},
	{"tingzhi-centre", "汀芷社区卫生服务中心", community, streets[3], "汀兰街5号", "114.861000", "30.399000", centrePosts},
	{"yuanheng-centre", "沅蘅社区卫生服务中心", community, streets[4], "沅浦街12号", "114.915000", "30.401000", centrePosts},
	{"yanling-centre", "砚泠社区卫生服务中心", community, streets[5], "砚池街7号", "114.922000", "30.379000", centrePosts},
	{"dixi-centre", "荻汐社区卫生服务中心", community, streets[6], "荻花街31号", "114.728000", "30.541000", centrePosts},
	{"jialian-centre", "葭涟社区卫生服务中心", community, streets[7], "涟漪街4号", "114.745000", "30.529000", centrePosts},
	{"wanxi-centre", "菀溪社区卫生服务中心", community, streets[8], "菀柳街16号", "114.762000", "30.518000", centrePosts},
	{"mingluan-centre", "茗峦社区卫生服务中心", community, streets[9], "茗坡街3号", "114.655000", "30.124000", centrePosts},
	{"lingwan-centre", "泠湾社区卫生服务中心", community, streets[10], "湾头街8号", "114.690000", "30.096000", centrePosts},
	{"weijin-centre", "苇津社区卫生服务中心", community, streets[11], "津渡街1号", "114.702000", "30.083000", centrePosts},
	{Pharmacy, "砚泠大药房", retail, streets[5], "砚池街21号", "114.921000", "30.380000", pharmacyPosts},
	{"tingzhi-pharmacy", "汀芷药房", retail, streets[3], "芷塘街2号", "114.862000", "30.397000", pharmacyPosts},
	{"dixi-pharmacy", "荻汐药房", retail, streets[6], "汐岸街10号", "114.730000", "30.539000", pharmacyPosts},
	{"mingluan-pharmacy", "茗峦药房", retail, streets[9], "峦前街6号", "114.657000", "30.122000", pharmacyPosts},
	{Platform, "沅蘅互联网医院", platform, streets[4], "蘅皋路88号", "114.917000", "30.404000", platformPosts},
	{Partner, "砚湄医院", generalTertiary, far, "湄洲路2号", "112.901000", "27.861000", partnerPosts},
}

// alliance is a medical alliance (医联体): an organization of institutions with a lead.
type alliance struct{ id, name, lead string }

var alliances = []alliance{
	{"chenglan-alliance", "澄岚医联体", Hospital},
	{"jialian-alliance", "葭涟医联体", Second},
}

// members are the other institutions of an alliance: the hospitals that are not lead and the centres, by where they are.
func (a *alliance) members() (list []*institution) {
	for i := range institutions {
		in := &institutions[i]
		if in.kind.of == provider && in.kind != generalTertiary && in.street.lead == a.lead {
			list = append(list, in)
		}
	}
	return list
}

// The agreements of the alliances hold for five years.
const (
	agreedFrom = "2024-01-01"
	agreedTo   = "2028-12-31"
)

// receives are the departments that take referrals: those in which physicians treat patients themselves.
func (in *institution) receives() (list []coding) {
	for _, p := range in.posts {
		if p.job.treats() && p.department != imaging && p.department != prevention && !slices.Contains(list, p.department) {
			list = append(list, p.department)
		}
	}
	return list
}

// capacity is how many referrals a day a department takes: more at a higher hospital, and 0 for one that takes none.
func (in *institution) capacity(d coding) int {
	at := slices.Index(in.receives(), d)
	switch {
	case at < 0 || in.kind.of != provider:
		return 0
	case in.kind.level == tertiary:
		return 8 + at%5
	case in.kind.level == secondary:
		return 5 + at%3
	}
	return 3 + at%2
}

// hurries tells whether the institution takes patients over by the green channel.
func (in *institution) hurries() bool {
	return in.kind.level == tertiary && slices.Contains(in.receives(), emergency)
}
