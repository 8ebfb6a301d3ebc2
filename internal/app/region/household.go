package region

import (
	"fmt"
	"time"
)

// person is a resident.
type person struct {
	serial  int // in the region, from 1
	id      string
	name    name
	male    bool
	birth   time.Time
	death   time.Time // zero while alive
	people  people
	married string // code of v3-MaritalStatus, "" for children
	citizen string // "" while the newborn has none, and of people from Hong Kong and Macao
	papers  []paper
	visitor bool // from Hong Kong or Macao
	worker  bool // insured as one who is employed, or was
	record  string
	phone   string // "" for children and for some of the old
	home    *home
	parent  *person // who speaks for a child
	child   *person // who speaks for an old parent
	newborn bool    // has no name of its own yet and goes by the mother's
	copy    *source // the record that another hospital has of the person, if it has one of its own
}

// home is where a household lives.
type home struct {
	number    int // in the region, from 0
	street    *street
	committee int // of the street
	line      string
	people    people
	members   []*person
}

// centre is the community health centre that looks after a person.
func (p *person) centre() string { return p.home.street.centre }

// age is in whole years on a day.
func (p *person) age(on time.Time) int {
	years := on.Year() - p.birth.Year()
	if on.Month() < p.birth.Month() || on.Month() == p.birth.Month() && on.Day() < p.birth.Day() {
		years--
	}
	return years
}

// months is the age in whole months on a day.
func (p *person) months(on time.Time) int {
	n := (on.Year()-p.birth.Year())*12 + int(on.Month()) - int(p.birth.Month())
	if on.Day() < p.birth.Day() {
		n--
	}
	return n
}

// The places of the households that are there on purpose, in each so many.
const (
	newbornEvery, newbornAt   = 35, 4
	mournersEvery, mournersAt = 30, 12
	minorityEvery, minorityAt = 20, 7
	visitorEvery, visitorAt   = 50, 15
	namesakeFirst             = 2
	namesakeSecond            = 9
)

// settle draws a household: where it is, who lives there.
func (g *generator) settle(r random, number int) *home {
	weights := make([]int, len(streets))
	for i, s := range streets {
		weights[i] = s.weight
	}
	h := &home{number: number, street: streets[r.weighted(weights)], committee: r.IntN(2), people: han}
	h.line = fmt.Sprintf("%s%d栋%d号", h.street.committees[h.committee], r.between(1, 28), number+1)
	if number%minorityEvery == minorityAt {
		h.people = minorities[number/minorityEvery%len(minorities)]
	}
	switch {
	case number%newbornEvery == newbornAt:
		g.youngCouple(r, h)
	case number%mournersEvery == mournersAt:
		g.widowed(r, h)
	case number%visitorEvery == visitorAt:
		g.adult(r, h, r.chance(50), r.between(28, 70), "S").visitor = true
	case number == namesakeFirst || number == namesakeSecond:
		g.couple(r, h, r.between(45, 62))
	default:
		g.usual(r, h)
	}
	if number == namesakeFirst {
		g.shared = h.members[0].name
	}
	if number == namesakeSecond {
		h.members[0].name = g.shared
	}
	return h
}

// usual draws a household of a kind that needs no place of its own. An old city, many of whose young people work elsewhere.
func (g *generator) usual(r random, h *home) {
	switch r.weighted([]int{17, 34, 9, 5, 18, 17}) {
	case 0:
		g.couple(r, h, r.between(30, 48))
		g.children(r, h, r.between(1, 2))
		g.grandparents(r, h, r.between(1, 2))
	case 1:
		g.couple(r, h, r.between(29, 58))
		g.children(r, h, r.between(1, 2))
	case 2:
		g.couple(r, h, r.between(62, 88))
	case 3:
		g.adult(r, h, r.chance(35), r.between(66, 95), "W")
	case 4:
		g.couple(r, h, r.between(46, 64))
	default:
		g.adult(r, h, r.chance(60), r.between(20, 42), "S")
	}
}

// adult adds a person of so many years.
func (g *generator) adult(r random, h *home, male bool, age int, married string) *person {
	p := &person{male: male, people: h.people, married: married, home: h}
	p.birth = g.today.AddDate(-age, 0, -r.between(1, 364))
	p.name = g.nameOf(r, p, "")
	h.members = append(h.members, p)
	return p
}

// nameOf draws a name; father is the given name of the father where names are made of it.
func (g *generator) nameOf(r random, p *person, father string) name {
	switch {
	case p.people.code != han.code && p.people.surnames == nil:
		return uyghurName(r, p.male, father)
	case p.people.surnames != nil:
		return newName(pick(r, p.people.surnames), givenName(r, p.male, p.birth.Year()))
	}
	return newName(surname(r), givenName(r, p.male, p.birth.Year()))
}

// couple adds husband and wife, in this order.
func (g *generator) couple(r random, h *home, age int) {
	g.adult(r, h, true, age, "M")
	g.adult(r, h, false, max(21, age-r.between(-2, 5)), "M")
}

// children adds children of the couple that the home begins with, who came when the mother was 21 to 38. Those over 22
// have left.
func (g *generator) children(r random, h *home, most int) {
	father, mother := h.members[0], h.members[1]
	oldest := mother.age(g.today) - 21
	for range most {
		age := min(oldest, mother.age(g.today)-r.between(21, 38))
		if oldest -= r.between(2, 6); age < 0 || age > 22 {
			continue
		}
		oldest = min(oldest, age-2)
		g.child(r, h, father, mother, g.today.AddDate(-age, 0, -r.between(30, 364)))
	}
}

func (g *generator) child(r random, h *home, father, mother *person, birth time.Time) *person {
	c := &person{male: r.chance(53), people: h.people, home: h, birth: birth, parent: mother}
	c.name = g.nameOf(r, c, father.name.given)
	if father.name.family != "" {
		c.name = newName(father.name.family, c.name.given)
	}
	if c.age(g.today) >= 20 {
		c.married = "S"
	}
	h.members = append(h.members, c)
	return c
}

// grandparents adds the father's parents.
func (g *generator) grandparents(r random, h *home, count int) {
	father := h.members[0]
	age := father.age(g.today) + r.between(23, 29)
	old := g.adult(r, h, true, age, "M")
	if father.name.family != "" {
		old.name = newName(father.name.family, old.name.given)
	}
	if count == 1 {
		old.married, old.child = "W", father
		return
	}
	g.adult(r, h, false, age-r.between(0, 4), "M")
	for _, parent := range h.members[len(h.members)-2:] {
		parent.child = father
	}
}

// youngCouple adds a couple whose child is some days old and has no ID number yet.
func (g *generator) youngCouple(r random, h *home) {
	g.couple(r, h, r.between(24, 33))
	mother := h.members[1]
	c := g.child(r, h, h.members[0], mother, g.today.AddDate(0, 0, -r.between(5, 50)))
	c.newborn = true
	c.name = name{text: mother.name.text + "之" + map[bool]string{true: "子", false: "女"}[c.male]}
}

// widowed adds an old couple, one of whom died within the year.
func (g *generator) widowed(r random, h *home) {
	g.couple(r, h, r.between(70, 86))
	dead, left := h.members[0], h.members[1]
	if r.chance(35) {
		dead, left = left, dead
	}
	dead.death = g.today.AddDate(0, 0, -r.between(20, 330)).Add(time.Duration(r.between(1, 23*60)) * time.Minute)
	left.married = "W"
}

// register gives a person the numbers under which the region knows them.
func (g *generator) register(r random, p *person) {
	g.residents++
	p.serial = g.residents
	p.id = resourceID(g.seed, "Patient", p.serial, 0)
	age := p.age(g.today)
	p.worker = age >= 18 && r.chance(55)
	g.documents(r, p)
	key := p.home.street.district.code + p.home.street.code + unit(p.home.committee)
	g.filed[key]++
	p.record = recordNumber(p.home.street, p.home.committee, g.filed[key])
	if age >= 14 && (age < 75 || r.chance(70)) {
		g.phones++
		p.phone = fmt.Sprintf("190%08d", g.phones)
	}
}

// household writes the next household: its members, who speaks for its children, and what has been done for them.
func (g *generator) household(b *bundle) {
	r := newRandom(g.seed, uint64(g.homes)+1)
	h := g.settle(r, g.homes)
	g.homes++
	if room := g.wanted - g.residents; len(h.members) > room {
		h.members = h.members[:room]
	}
	for _, p := range h.members {
		g.register(r, p)
		b.put(g.patient(p).Resource)
		p.copy.write(b, p)
		g.insure(b, p)
	}
	for _, p := range h.members {
		g.represent(b, p)
	}
	for _, p := range h.members {
		g.live(r, b, p)
	}
}
