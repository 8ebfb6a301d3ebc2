package bench

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/gate/policy"
	"yitong/internal/module"
	"yitong/internal/process"
	"yitong/internal/rule"
	"yitong/internal/sign"
	"yitong/internal/store"
	"yitong/internal/vault"
	"yitong/modules/alliance"
)

const (
	referralsOpen    = 100_000            // unless it is said how many
	referralPlaces   = 20                 // institutions
	referralWards    = 4                  // departments of each that take referrals
	referralEach     = 25                 // that are open for a resident
	referralClients  = 16                 // that move
	referralLookers  = 4                  // that look at boards
	referralDays     = 30                 // over which deadlines lie, and before which cases were begun; those of a fiftieth have passed
	referralLevelled = referralPlaces / 2 // of the third level
	referralWard     = 2                  // that the referrals ask which move
)

// runReferral measures how many moves referrals make in a second, each client taking whole referrals from the consultation to the answer,
// beside 100 000 that are open; and how soon an office sees its boards and its statistics, and a regulator theirs.
func runReferral(ctx context.Context, o Options, report Report) error {
	return onEach(ctx, o.Databases, func(name, url string, db store.DB) error {
		b, err := newReferralBench(ctx, db, cmp.Or(o.Cases, referralsOpen))
		if err != nil {
			return err
		}
		if err := b.fill(); err != nil {
			return fmt.Errorf("filling: %w", err)
		}
		if err := tidy(ctx, url); err != nil {
			return err
		}
		if err := b.moves(name, o.Each, report); err != nil {
			return fmt.Errorf("moves: %w", err)
		}
		return b.looks(name, o.Each, report)
	})
}

// referralBench is a record of an alliance with the engine of its referrals.
type referralBench struct {
	processBench
	module module.Descriptor
	signs  *sign.Service
	ahead  atomic.Int64 // how far the clock is ahead, in nanoseconds
}

// newReferralBench makes an alliance that the first institution leads. The first half are hospitals of the third level, the others of the first.
func newReferralBench(ctx context.Context, db store.DB, open int) (*referralBench, error) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		return nil, err
	}
	book, err := rule.NewBook(zone, append(alliance.Tables(), rule.WorkdayTable.Table()))
	if err != nil {
		return nil, err
	}
	all := []*process.Process{alliance.Up(), alliance.Down()}
	master, err := vault.NewSoftware(make([]byte, vault.MasterBytes))
	if err != nil {
		return nil, err
	}
	b := &referralBench{}
	config := gate.Config{Zone: zone, Now: func() time.Time { return time.Now().Add(time.Duration(b.ahead.Load())) }}
	b.signs = sign.New(db, sign.Config{Vault: vault.New("sign", master), Now: config.Now, Zone: zone, Name: "区域平台", URL: "https://record.example"})
	engine, err := process.New(process.Config{Processes: all, Zone: zone, Deadline: book.Deadline, Signature: b.signs.Of})
	if err != nil {
		return nil, err
	}
	b.module = alliance.Descriptor(engine)
	free := gate.New(db, config)
	config.References, config.Owned = true, append(process.Owns(all...), sign.Owned()...)
	b.processBench = processBench{ctx, gate.New(db, config), free, engine, open}
	return b, b.found()
}

const referralMeta = `"meta":{"extension":[{"url":"urn:yitong:custodian","valueReference":{"reference":"Organization/h%d"}}]}`

// people is how many residents each institution has.
func (b *referralBench) people() int { return max(1, b.open/referralEach/referralPlaces) }

// found writes the institutions, their departments, people and agreements.
func (b *referralBench) found() error {
	var texts []string
	for i := range referralPlaces {
		level, part, taking := "3", "lead", []string{}
		if i >= referralLevelled {
			level = "1"
		}
		if i > 0 {
			part = "member"
		}
		texts = append(texts, fmt.Sprintf(`{"resourceType":"Organization","id":"h%d","name":"第%[1]d医院"}`, i))
		for _, who := range []string{"doctor", "office"} {
			texts = append(texts, fmt.Sprintf(`{"resourceType":"Practitioner","id":"%s%d","name":[{"text":"医师%[2]d"}]}`, who, i))
		}
		texts = append(texts, fmt.Sprintf(`{"resourceType":"PractitionerRole","id":"post%d","practitioner":{"reference":"Practitioner/doctor%[1]d"},"organization":{"reference":"Organization/h%[1]d"}}`, i))
		for k := range referralWards {
			texts = append(texts, fmt.Sprintf(`{"resourceType":"HealthcareService","id":"ward%d-%d","active":true,"name":"第%[2]d科","providedBy":{"reference":"Organization/h%[1]d"},"extension":[{"url":"urn:yitong:referrals-a-day","valueInteger":8}]}`, i, k))
			taking = append(taking, fmt.Sprintf(`{"reference":"HealthcareService/ward%d-%d"}`, i, k))
		}
		texts = append(texts, fmt.Sprintf(`{"resourceType":"OrganizationAffiliation","id":"bound%d","active":true,"organization":{"reference":"Organization/h0"},"participatingOrganization":{"reference":"Organization/h%[1]d"},`+
			`"code":[{"coding":[{"system":"urn:yitong:codesystem:alliance-role","code":%q},{"system":"urn:yitong:codesystem:hospital-level","code":%q}]}],"healthcareService":[%s]}`, i, part, level, strings.Join(taking, ",")))
	}
	for i := range b.people() * referralPlaces {
		texts = append(texts, fmt.Sprintf(`{"resourceType":"Patient","id":"p%d",`+referralMeta+`,"name":[{"text":"居民%[1]d"}]}`, i, i%referralPlaces))
		if len(texts) >= loadBatch {
			if err := b.write(texts...); err != nil {
				return err
			}
			texts = nil
		}
	}
	return b.write(texts...)
}

// as is the session of somebody at an institution, by the platform's policy.
func (b *referralBench) as(role gate.Role, at int) *gate.Session {
	who := "office"
	if role == gate.Doctor {
		who = "doctor"
	}
	of := gate.Of{Actor: fmt.Sprintf("Practitioner/%s%d", who, at), Institution: fmt.Sprintf("Organization/h%d", at)}
	return b.gate.Session(gate.Actor{Reference: of.Actor, Role: role, Institution: of.Institution, Access: policy.Standard().Access(role, of)})
}

// trip is a referral on its way from an institution to another.
type trip struct {
	b        *referralBench
	code     string
	from, to int
	about    string // the Condition
	of       fhir.Ref
	done     int
}

// newTrip is one about a new Condition.
func (b *referralBench) newTrip(code string, from, to int) (*trip, error) {
	id := uuid.NewString()
	t := &trip{b: b, code: code, from: from, to: to, about: "Condition/" + id}
	return t, b.write(fmt.Sprintf(`{"resourceType":"Condition","id":%q,`+referralMeta+`,"code":{"text":"冠心病"},"subject":{"reference":"Patient/p%d"}}`, id, from, from))
}

var (
	upWay   = strings.Fields("consult refer record-consent send approve accept schedule arrive conclude")
	downWay = strings.Fields("assess refer record-consent send approve accept schedule arrive conclude")
)

// move makes the next move of the way; behind the last the referral begins anew.
func (t *trip) move() error {
	way := upWay
	if t.code == alliance.CodeDown {
		way = downWay
	}
	next := way[t.done%len(way)]
	if t.done++; next == "consult" || next == "assess" {
		needs, err := t.filled(next)
		if err != nil {
			return err
		}
		made, err := t.b.engine.Begin(t.b.ctx, t.b.as(gate.Doctor, t.from), t.code, next, needs, nil)
		t.of = made.Version.Ref
		return err
	}
	return t.make(next)
}

// make makes a move of the referral by whoever does.
func (t *trip) make(move string) error {
	who := t.b.as(gate.Doctor, t.from)
	switch move {
	case "approve":
		who = t.b.as(gate.Office, t.from)
	case "accept", "reject":
		who = t.b.as(gate.Office, t.to)
	case "schedule", "arrive", "conclude":
		who = t.b.as(gate.Doctor, t.to)
	}
	needs, err := t.filled(move)
	if err != nil {
		return err
	}
	_, err = t.b.engine.Move(t.b.ctx, who, process.Asked{Case: t.of, Move: move, Needs: needs})
	return err
}

// filled is what a move needs.
func (t *trip) filled(move string) (fhir.Node, error) {
	long := strings.Repeat("转诊资料", 40)
	var list []string
	add := func(name, kind, value string) {
		list = append(list, fmt.Sprintf(`{"name":%q,"value%s":%q}`, name, kind, value))
	}
	refer := func(name, to string) {
		list = append(list, fmt.Sprintf(`{"name":%q,"valueReference":{"reference":%q}}`, name, to))
	}
	switch move {
	case "consult":
		refer("problem", t.about)
		add("question", "String", long)
		add("urgency", "Code", "routine")
	case "assess":
		refer("problem", t.about)
		add("assessment", "String", long)
	case "refer":
		refer("department", fmt.Sprintf("HealthcareService/ward%d-%d", t.to, referralWard))
		add("history", "String", long)
		add("findings", "String", long)
		if t.code == alliance.CodeUp {
			add("conclusion", "String", long)
			add("referral-question", "String", long)
		} else {
			add("plan", "String", long)
		}
	case "record-consent":
		add("consent", "Code", "paper")
	case "send":
		if err := t.sign(); err != nil {
			return fhir.Node{}, err
		}
	case "accept":
		refer("post", fmt.Sprintf("PractitionerRole/post%d", t.to))
	case "reject":
		add("reason", "String", "资料不全")
	case "schedule":
		add("time", "Instant", t.b.as(gate.Doctor, t.to).Now().Add(48*time.Hour).Format(time.RFC3339))
	case "conclude":
		add("summary", "String", long)
		add("appropriate", "Code", "yes")
	}
	text := `{"resourceType":"Parameters"}`
	if list != nil {
		text = `{"resourceType":"Parameters","parameter":[` + strings.Join(list, ",") + `]}`
	}
	tree, err := fhir.Parse([]byte(text))
	return tree.Root(), err
}

// sign signs the letter that stands.
func (t *trip) sign() error {
	doctor := t.b.as(gate.Doctor, t.from)
	v, err := doctor.Behalf("").Read(t.b.ctx, t.of)
	if err != nil {
		return err
	}
	task, err := fhir.ParseResource(v.Body.Bytes)
	if err != nil {
		return err
	}
	letter := ""
	for in := task.Root.Get("input").First(); in.Exists(); in = in.Next() {
		if in.Get("type").Get("text").Str() == "letter" {
			letter = in.Get("valueReference").Get("reference").Str()
		}
	}
	_, err = t.b.signs.Sign(t.b.ctx, doctor, sign.Asked{Ref: fhir.ParseReference(letter).Ref})
	return err
}
