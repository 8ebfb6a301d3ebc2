package region

import (
	"testing"
	"time"
	"yitong/internal/fhir"
	"sort"
)

func TestX(t *testing.T) {
	n := 0
	c := 0
	s := time.Now()
	types := map[string]int{}
	chronic, names := map[string]bool{}, map[string]int{}
	per := map[string]int{}
	ctl := map[int][2]int{}
	sz := 0
	ages := map[int]int{}
	for text, err := range Make(Options{Seed: 1, Today: time.Date(2026, 11, 21, 0, 0, 0, 0, china)}) {
		if err != nil {
			t.Fatal(err)
		}
		n += len(text)
		c++
		sz = max(sz, len(text))
		tree, err := fhir.Parse(text)
		if err != nil { t.Fatal(err) }
		es := tree.Root().Get("entry")
		for e := es.First(); e.Exists(); e = e.Next() {
			r := e.Get("resource")
			ty := r.Get("resourceType").Str()
			types[ty]++
			if ty=="Patient" { names[r.Get("name").Item(0).Get("text").Str()]++ ; b,_:=time.Parse("2006-01-02", r.Get("birthDate").Str()); ages[(2026-b.Year())/10*10]++}
			p := r.Get("subject").Get("reference").Str()
			if p == "" { p = r.Get("patient").Get("reference").Str() }
			per[p]++
			if ty == "Condition" {
				k := r.Get("code").Get("coding").Item(0).Get("code").Str()
				if k=="I10"||k=="E11.9" { chronic[p]=true }
				types["c "+k]++
			}
			if ty=="Encounter" { types["e "+r.Get("class").Get("code").Str()+ " "+r.Get("type").Item(0).Get("text").Str()]++ }
		}
	}
	t.Log(c, n, time.Since(s), sz, ctl)
	var ks []string
	for k := range types { ks = append(ks,k) }
	sort.Strings(ks)
	for _,k := range ks { t.Log(k, types[k]) }
	a,b,m := 0,0,0
	for p, k := range per { if p=="" {continue}; if chronic[p] { a+=k; m=max(m,k) } else { b+=k } }
	t.Log(len(chronic), float64(a)/float64(len(chronic)), m, float64(b)/float64(len(per)-1-len(chronic)))
	for k,v := range names { if v>2 { t.Log(k,v) } }
	t.Log(ages)
}
