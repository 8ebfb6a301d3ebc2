package label

import (
	"math/bits"
	"strings"

	"yitong/internal/fhir"
)

// System is the code system of the classes, HL7's ActCode; as labels they stand in meta.security (R4, security-labels.html).
const System = "http://terminology.hl7.org/CodeSystem/v3-ActCode"

// Class is a class of sensitive information: a code of [System] below InformationSensitivityPolicy.
type Class string

// The classes.
const (
	HIV          Class = "HIV"  // HIV infection and AIDS, tests for them included
	STD          Class = "STD"  // sexually transmitted diseases other than HIV
	Psychiatric  Class = "PSY"  // mental and behavioural disorders
	Reproductive Class = "SEX"  // sexuality, contraception, pregnancy and birth
	Genetic      Class = "GDIS" // inherited diseases and findings about genes
)

// classes in the order of their bits, which is that of Classes.
var classes = [...]struct {
	class            Class
	chinese, english string
}{
	{HIV, "艾滋病", "HIV and AIDS"},
	{STD, "性病", "sexually transmitted diseases"},
	{Psychiatric, "精神卫生", "mental health"},
	{Reproductive, "性与生殖健康", "sexual and reproductive health"},
	{Genetic, "遗传信息", "genetic information"},
}

// Classes gives all classes, always in the same order.
func Classes() []Class { return (Set(1)<<len(classes) - 1).Classes() }

// Title is the name of the class for a reader: Chinese where lang is a tag of Chinese (zh, zh-CN), else English. What is
// no class is called as it is written.
func (c Class) Title(lang string) string {
	for _, known := range classes {
		if known.class != c {
			continue
		}
		if primary, _, _ := strings.Cut(lang, "-"); strings.EqualFold(primary, "zh") {
			return known.chinese
		}
		return known.english
	}
	return string(c)
}

// Set is a set of classes; the zero Set is empty. Sets compare with ==, a|b is the union and a&^b what b lacks.
type Set uint8

// bit is the set of the one class of that code, empty if there is none. It takes bytes so as to be asked of a text.
func bit(code []byte) Set {
	for i := range classes {
		if string(code) == string(classes[i].class) {
			return 1 << i
		}
	}
	return 0
}

// Add puts a class into the set; what is no class is left out.
func (s *Set) Add(c Class) { *s |= bit([]byte(c)) }

// Has tells whether the class is in the set.
func (s Set) Has(c Class) bool { return s&bit([]byte(c)) != 0 }

// Empty tells whether no class is in the set.
func (s Set) Empty() bool { return s == 0 }

// Classes gives the classes of the set in the order of [Classes], nil for the empty set.
func (s Set) Classes() []Class {
	if s == 0 {
		return nil
	}
	list := make([]Class, 0, bits.OnesCount8(uint8(s)))
	for i := range classes {
		if s&(1<<i) != 0 {
			list = append(list, classes[i].class)
		}
	}
	return list
}

// Carried is the set of classes that the resource is labelled with: those in its own meta.security. Labels of resources
// inside it do not count. It allocates only where JSON's escapes are used.
func Carried(r fhir.Resource) Set {
	var carried Set
	for c := r.Root.Get("meta").Get("security").First(); c.Exists(); c = c.Next() {
		if system := c.Get("system"); system.Kind() == fhir.String && string(text(system)) == System {
			carried |= bit(text(c.Get("code")))
		}
	}
	return carried
}
