package scheduling_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"yitong/internal/app"
	"yitong/internal/fhir"
	"yitong/internal/form"
	"yitong/modules/scheduling"
	"yitong/test/services"
)

const (
	simDays    = 12 // for which places are given
	simPlaces  = 6  // a day
	simWant    = 5  // people who begin to want a visit each day
	simBots    = 3  // strangers in whose names a scalper books each day
	simTries   = 20 // of a client, each a few minutes behind the other
	simUnmet   = 14 // days that count for who got nothing
	simHorizon = 7
)

// TestSimulation: ordinary people and a scalper with programs want the places of a clinic, once where who is first has them and what is
// given back is open at once, and once where places are drawn, come back by chance, and are first for who waits. What a scalper sells is
// then worth nothing: who pays gets it no more often than a twin who knows nothing and wants it as often; and ordinary people wait no longer.
func TestSimulation(t *testing.T) {
	t.Parallel()
	before, fair := newMarket(t, false).run(), newMarket(t, true).run()
	for name, m := range map[string]*market{"first come, first served": before, "drawn, waitlist, rest": fair} {
		t.Logf("%s: clients of the scalper got %d of %d places that were given back for them, their twins %d; of %d ordinary people %d were served, behind %.1f days (unserved counted as %d); of %d names of the scalper %d got a place, of %d ordinary tries %d",
			name, m.sold, m.deals, m.twins, len(m.people), m.served(), m.waited(), simUnmet, m.botTries, m.botWins, m.tries, m.wins)
	}
	if before.sold < before.deals*8/10 {
		t.Errorf("without the waitlist the scalper sells %d of %d: the simulation shows too little", before.sold, before.deals)
	}
	if !gains(before.sold, before.twins) {
		t.Errorf("without the rest who pays the scalper got %d, the twins %d: the simulation shows too little", before.sold, before.twins)
	}
	if gains(fair.sold, fair.twins) {
		t.Errorf("who pays the scalper got %d places, twins who know nothing %d", fair.sold, fair.twins)
	}
	sells, gets := float64(fair.sold)/float64(max(fair.deals, 1)), float64(fair.served())/float64(len(fair.people))
	if sells > gets {
		t.Errorf("who pays the scalper gets a place in %.0f %% of cases, others in %.0f %%", 100*sells, 100*gets)
	}
	if fair.waited() > before.waited()+0.5 {
		t.Errorf("ordinary people wait %.1f days, %.1f before", fair.waited(), before.waited())
	}
	share := float64(fair.botWins+fair.wins) / float64(fair.botTries+fair.tries)
	sigma := math.Sqrt(share * (1 - share) * float64(fair.botTries))
	if more := float64(fair.botWins) - share*float64(fair.botTries); more > 3*sigma {
		t.Errorf("the scalper's names got %d of %d at draws, all got %.0f %%", fair.botWins, fair.botTries, 100*share)
	}
}

// wanting is an ordinary person who wants a visit.
type wanting struct {
	name    string
	since   int // day
	visit   string
	behind  int // days until the visit
	open    []string
	waiting bool
}

// market is a clinic in a world where some sell places.
type market struct {
	*world
	fair                           bool
	clinic                         string
	chance                         *rand.Rand
	people                         []*wanting
	bots                           map[string]string // visits or entries, by names
	deals, sold, twins             int
	botTries, botWins, tries, wins int
}

func newMarket(t *testing.T, fair bool) *market {
	t.Helper()
	db, err := app.Database{DB: "sqlite:" + filepath.Join(t.TempDir(), "record.db")}.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	m := &market{world: newWorld(t, db), fair: fair, chance: rand.New(rand.NewPCG(1, 2)), bots: map[string]string{}}
	m.open = true
	m.rule(scheduling.Departments.Table(), "5")
	if fair {
		m.clinic, err = m.drawn("member", "heart", simPlaces, 60)
	} else {
		m.rule(scheduling.ReturnedRest.Table(), "0")
		m.clinic, err = m.daily("member", "heart", simPlaces, 0, 60)
	}
	m.must(err)
	for ahead := range simHorizon + 1 { // what is open at the beginning is gone
		if slot := m.slot(m.clinic, ahead, "0800"); ahead > 0 {
			m.fill(slot, 0)
		}
	}
	return m
}

func (m *market) clockAt(day, hour, minute int) {
	m.at(services.Monday.AddDate(0, 0, day).Add(time.Duration(hour-9)*time.Hour + time.Duration(minute)*time.Minute))
}

// run lets days pass. On each some begin to want a visit, places are opened, and the scalper sells one.
func (m *market) run() *market {
	for day := range simDays {
		m.clockAt(day, 11, 0)
		m.publish()
		for i := range simWant {
			m.people = append(m.people, &wanting{name: m.resident(fmt.Sprintf("w%d-%d", day, i)), since: day})
		}
		names := make([]string, simBots)
		for i := range names {
			names[i] = m.resident(fmt.Sprintf("b%d-%d", day, i))
		}
		opening := form.Date(m.clock().AddDate(0, 0, simHorizon+1).Format(time.DateOnly))
		if m.fair {
			m.enter(names, opening)
		}
		m.clockAt(day+1, 7, 0)
		m.settle()
		if !m.fair {
			m.rush(names, m.slot(m.clinic, simHorizon, "0800"))
		}
		m.note(names)
		m.clockAt(day+1, 10, 0)
		m.deal(day + 1)
		m.clockAt(day+1, 20, 0)
		m.dump()
		m.clockAt(day+1, 20, 40)
		m.look()
		m.note(nil)
	}
	return m
}

// resident puts a resident.
func (m *market) resident(name string) string {
	m.put(`{"resourceType":"Patient","id":%q,%s}`, name, services.Custodian("member"))
	return name
}

// unserved are those who have no visit, in any order.
func (m *market) unserved() (all []*wanting) {
	for _, p := range m.people {
		if p.visit == "" {
			all = append(all, p)
		}
	}
	m.chance.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// enter has the scalper's names and all who want a visit enter the draw of a day; who wants one waits besides.
func (m *market) enter(names []string, day form.Date) {
	for _, who := range names { // programs are first, which gains them nothing
		entry, err := m.enters(who, m.clinic, string(day))
		m.must(err)
		m.bots[who] = entry
	}
	for _, p := range m.unserved() {
		entry, err := m.enters(p.name, m.clinic, string(day))
		m.must(err)
		p.open = append(p.open, entry)
		if !p.waiting {
			if wish, err := m.waits(p.name, "heart-member", simHorizon, "sure", true); err == nil {
				p.open, p.waiting = append(p.open, wish), true
			}
		}
	}
}

// rush has those book who are quick, and then others for as long as there are places.
func (m *market) rush(names []string, slot string) {
	for _, who := range names {
		m.botTries++
		if visit, err := m.make(who, "book-place", slot); err == nil {
			m.bots[who], m.botWins = visit, m.botWins+1
		}
	}
	for _, p := range m.unserved() {
		m.tries++
		if visit, err := m.make(p.name, "book-place", slot); err == nil {
			p.open, m.wins = append(p.open, visit), m.wins+1
		}
	}
}

// note looks who has got a visit, and withdraws what else they wait for.
func (m *market) note(names []string) {
	for _, p := range m.unserved() {
		for _, name := range p.open {
			r := m.visit(name)
			entry := p.waiting && name != p.open[0] || m.fair
			switch r.Root.Get("status").Str() {
			case "booked":
				p.visit, p.behind = name, m.until(r, p.since)
			case "cancelled":
				p.open = slices.DeleteFunc(slices.Clone(p.open), func(o string) bool { return o == name })
			}
			if names != nil && m.fair && entry && drawn(r) {
				m.tries++
				if r.Root.Get("status").Str() == "booked" {
					m.wins++
				}
			}
		}
		for _, name := range p.open {
			if p.visit != "" && name != p.visit {
				_, _ = m.make(p.name, "cancel-visit", name) // what has come to nothing by itself stays so
			}
		}
	}
	for _, who := range names {
		if m.fair {
			m.botTries++
			if m.status(m.bots[who]) == "booked" {
				m.botWins++
			} else {
				delete(m.bots, who)
			}
		}
	}
}

// drawn tells whether an Appointment was an entry to a draw that is over.
func drawn(r fhir.Resource) bool {
	for e := r.Root.Get("extension").First(); e.Exists(); e = e.Next() {
		if e.Get("url").Str() == "urn:yitong:draw" {
			return r.Root.Get("status").Str() != "proposed"
		}
	}
	return false
}

// until is how many days there are from a day to a visit.
func (m *market) until(r fhir.Resource, since int) int {
	start, err := time.Parse(time.RFC3339Nano, r.Root.Get("start").Str())
	m.must(err)
	return int(start.Sub(services.Monday.AddDate(0, 0, since)).Hours()/24 + 0.5)
}

// held are the names under which the scalper has places on days so far ahead, in their order.
func (m *market) held(from, to int) (names []string) {
	for who, visit := range m.bots {
		r := m.visit(visit)
		if days := m.until(r, 0) - m.passed(); r.Root.Get("status").Str() == "booked" && from <= days && days <= to {
			names = append(names, who)
		}
	}
	slices.Sort(names)
	return names
}

// passed is how many days have passed.
func (m *market) passed() int { return int(m.clock().Sub(services.Monday).Hours() / 24) }

// giveBack has the scalper give back a place: it says where that is.
func (m *market) giveBack(who string) (slot string) {
	slot = m.visit(m.bots[who]).Root.Get("slot").First().Get("reference").Str()
	_, err := m.make(who, "cancel-visit", m.bots[who])
	m.must(err)
	delete(m.bots, who)
	return slot
}

// deal has the scalper give back one place for a client, who tries to get it: at once, and again and again. So does a twin, who wants that
// place as often and does not know when it is given back.
func (m *market) deal(day int) {
	names := m.held(2, simHorizon)
	if len(names) == 0 {
		return
	}
	client, twin := m.resident(fmt.Sprintf("c%d", day)), m.resident(fmt.Sprintf("t%d", day))
	slot := m.giveBack(names[0])
	m.deals++
	if m.gets(client, slot) {
		m.sold++
		return
	}
	for range simTries {
		m.settle()
		of := map[string]*int{client: &m.sold, twin: &m.twins}
		first, second := client, twin
		if m.chance.IntN(2) == 0 {
			first, second = twin, client
		}
		for _, who := range []string{first, second} {
			if m.gets(who, slot) {
				*of[who]++
				return
			}
		}
		m.pass(2 * time.Minute)
	}
}

// gets tells whether somebody gets a place of a segment.
func (m *market) gets(who, slot string) bool {
	_, err := m.make(who, "book-place", slot)
	return err == nil
}

// dump has the scalper give back what nobody has bought, before it would be missed.
func (m *market) dump() {
	for _, who := range m.held(0, 2) {
		m.giveBack(who)
	}
	m.settle()
}

// look has all who want a visit look once whether there is a place on any day.
func (m *market) look() {
	m.settle()
	for _, p := range m.unserved() {
		for ahead := 1; ahead <= simHorizon; ahead++ {
			if visit, err := m.make(p.name, "book-place", m.slot(m.clinic, ahead, "0800")); err == nil {
				p.open = append(p.open, visit)
				break
			}
		}
	}
}

func (m *market) served() (n int) {
	for _, p := range m.people {
		if p.visit != "" {
			n++
		}
	}
	return n
}

// waited is the mean of the days until the visit.
func (m *market) waited() float64 {
	sum := 0
	for _, p := range m.people {
		if p.visit == "" {
			sum += simUnmet
		} else {
			sum += p.behind
		}
	}
	return float64(sum) / float64(len(m.people))
}
