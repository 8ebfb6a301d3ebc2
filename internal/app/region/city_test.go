package region

import (
	"slices"
	"strings"
	"testing"

	"yitong/internal/fhir"
)

// TestTheDirectory holds what a city has: authorities, hospitals with their levels, centres in two alliances with a lead each,
// pharmacies, a platform; everywhere people with the roles that the platform knows.
func TestTheDirectory(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 1, Residents: 1, Years: 1, Today: someDay})
	found := map[string]int{}
	for _, o := range w.of("Organization") {
		for kind := o.Get("type").First(); kind.Exists(); kind = kind.Next() {
			found[kind.Get("text").Str()]++
			found[kind.Get("coding").Item(0).Get("display").Str()]++
		}
	}
	for _, a := range w.of("OrganizationAffiliation") {
		found[a.Get("network").Item(0).Get("display").Str()+code(a.Get("code").Item(0))]++
	}
	for _, p := range w.of("PractitionerRole") {
		found[code(p.Get("code").Item(0))]++
	}
	for what, want := range map[string]int{
		"卫生健康行政部门": 1, "医疗保障经办机构": 1, "疾病预防控制中心": 2, "三级甲等": 3, "二级甲等": 3, "社区卫生服务中心": 24, "零售药店": 4, "第三方互联网医疗平台": 1,
		"医疗联合体": 2, "澄岚医联体lead": 1, "葭涟医联体lead": 1, "澄岚医联体member": 8, "葭涟医联体member": 7,
		"澄岚医联体partner": 1, "葭涟医联体partner": 1,
	} {
		if found[what] != want {
			t.Errorf("%d of %s, want %d", found[what], what, want)
		}
	}
	for _, role := range []string{"doctor", "nurse", "pharmacist", "technician", "office"} {
		if found[role] < 15 {
			t.Errorf("%d people are %s", found[role], role)
		}
	}
	for _, id := range []string{Hospital, Second, Centre, Pharmacy, Commission, Insurer, CDC, Platform, Partner} {
		if _, there := w.byName["Organization/"+id]; !there {
			t.Errorf("there is no %s", id)
		}
	}
}

// TestAddressesHaveCodes: addresses of institutions and residents say in codes of GB/T 2260 in which province, city and district they
// are; the city has these districts, and the partner hospital is in another province.
func TestAddressesHaveCodes(t *testing.T) {
	t.Parallel()
	w := read(t, Options{Seed: 1, Residents: 60, Years: 1, Today: someDay})
	districts := map[string]string{"梁子湖区": "420702", "华容区": "420703", "鄂城区": "420704", "雨湖区": "430302"}
	seen := map[string]bool{}
	for _, r := range w.resources {
		list := r.Root.Get("address")
		if !slices.Contains([]string{"Organization", "Patient"}, r.Type.String()) || !list.Exists() {
			continue
		}
		a := list.Item(0)
		district, want, within := a.Get("district").Str(), []string{"420000", "420700"}, "湖北省鄂州市"
		if r.ID == Partner {
			want, within = []string{"430000", "430300"}, "湖南省湘潭市"
		}
		want = append(want, districts[district])
		if got := []string{codeOf(a, "state"), codeOf(a, "city"), codeOf(a, "district")}; !slices.Equal(got, want) {
			t.Errorf("%s has the codes %v, want %v", a.Raw(), got, want)
		}
		if !strings.HasPrefix(a.Get("text").Str(), within+district) {
			t.Errorf("%s reads otherwise", a.Raw())
		}
		seen[district] = true
	}
	if len(seen) != len(districts) {
		t.Errorf("there are addresses in %v", seen)
	}
}

// codeOf is the code of a part of an address.
func codeOf(a fhir.Node, part string) string {
	e := a.Get("_" + part).Get("extension").Item(0)
	if e.Get("url").Str() != divisionCode || e.Get("valueCoding").Get("system").Str() != divisionSystem {
		return ""
	}
	return e.Get("valueCoding").Get("code").Str()
}

// TestNumbersStandForNobody: what begins with the code of a division in numbers is of no division that there ever was.
func TestNumbersStandForNobody(t *testing.T) {
	t.Parallel()
	if got := far.district.stand(); got != "439902" {
		t.Errorf("%s stands for %s", got, far.district.code)
	}
	for _, s := range streets {
		if got := s.district.stand(); !strings.HasPrefix(got, "4299") || len(got) != 6 || got[4:] != s.district.code[4:] {
			t.Errorf("%s stands for %s", got, s.district.code)
		}
	}
}
