package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/rest"
)

type demoCommand struct {
	DB     string `help:"Database: sqlite:PATH, or a postgres:// URL. One with other people in it is refused." default:"sqlite:build/demo/yitong.db" name:"db" placeholder:"URL"`
	Addr   string `help:"Address to listen on, of this machine only." default:"127.0.0.1:8080"`
	People int    `help:"How many people live in the city." default:"600"`
	Seed   uint64 `help:"From which the city is drawn: the same seed, people and years give the same bytes. Another one needs another record." default:"0"`
	Years  int    `help:"How far their records go back." default:"10"`
	Auth   string `help:"required has accounts, and prints a login for each role; none lets everybody on this machine do everything." enum:"none,required" default:"required"`
	Codes  bool   `help:"Print the second factors of now for the logins of the demo, and end."`
}

func (c *demoCommand) Run(ctx context.Context) error {
	if c.Codes {
		return c.codes(time.Now())
	}
	settings := app.Serve{
		Record: app.Record{Database: app.Database{DB: c.DB}, References: "check"}, Client: "demo", Addr: c.Addr, Auth: c.Auth,
		MaxBody: 64 << 20, Zone: "Asia/Shanghai", LogLevel: "warn", Drain: 5 * time.Second,
		Helping: app.Helping{HelpPhone: "12345", HelpHours: "每天 24 小时 / 24 hours a day"},
	}
	settings.SMS.SMS = "file:" + c.letters()
	doors := &buttons{letters: c.letters(), last: map[string]int64{}}
	if c.Auth == "required" {
		settings.Demo = doors
	}
	a, err := app.New(ctx, settings)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := c.own(ctx, a); err != nil {
		return err
	}
	if err := a.Publish(ctx); err != nil {
		return err
	}
	who, err := c.fill(ctx, a)
	if err != nil {
		return err
	}
	if c.Auth == "none" {
		return a.Listen(ctx, func(addr string) { introduce(addr, who.resident.name) })
	}
	made, err := c.accounts(ctx, settings, who)
	if err != nil {
		return err
	}
	doors.logins, doors.who = made, who
	busy, err := worked(ctx, a)
	if err != nil {
		return err
	}
	if !busy {
		if err := past(ctx, a, who); err != nil {
			return err
		}
	}
	return a.Listen(ctx, func(addr string) {
		site := strings.TrimSuffix(a.Base(addr), rest.Base)
		if !busy {
			if err := work(ctx, site, who); err != nil {
				fmt.Fprintln(os.Stderr, "yitong: nobody has anything to do yet: "+say(err))
			}
		}
		c.receive(site, made, who)
	})
}

// folder is where the demo keeps what is not in its record: beside it, or at the usual place.
func (c *demoCommand) folder() string {
	if path, is := strings.CutPrefix(c.DB, "sqlite:"); is {
		return filepath.Dir(path)
	}
	return "build/demo"
}

// letters is where codes for phones go.
func (c *demoCommand) letters() string { return filepath.Join(c.folder(), "phone-codes.txt") }

// own refuses a record in which there are people, but not those of the demo: its logins would open it. A city of another seed would be
// mixed with this one.
func (c *demoCommand) own(ctx context.Context, a *app.App) error {
	asked := fmt.Appendf(nil, `{"resourceType":"Bundle","type":"batch","entry":[
		{"request":{"method":"GET","url":"Patient?_summary=count"}},{"request":{"method":"GET","url":"Organization?_id=%s&_summary=count"}},
		{"request":{"method":"GET","url":"Patient?_id=%s&_summary=count"}}]}`, region.Hospital, region.First(c.Seed))
	answer, _, err := app.Local{Rest: a.Rest}.Send(ctx, asked, "demo-"+rand.Text())
	if err != nil {
		return err
	}
	tree, err := fhir.Parse(answer)
	if err != nil {
		return err
	}
	entries := tree.Root().Get("entry")
	total := func(i int) int64 {
		n, _ := entries.Item(i).Get("resource").Get("total").Int()
		return n
	}
	switch {
	case total(0) > 0 && total(1) == 0:
		return fault.New(fault.Forbidden, "The record has people in it who are not the demo's. Name another one by --db.")
	case total(0) > 0 && total(2) == 0:
		return fault.New(fault.Forbidden, "The record has a city of another seed in it. Name that seed, or another record by --db.")
	}
	return nil
}

// gather is the size of a bundle, in bytes: many small transactions cost a third more, and very large ones keep others waiting.
const gather = 512 << 10

// fill loads the city, unless it is there already, and names some of its people. Households do not know each other, so several are
// sent at a time once the institutions are there.
func (c *demoCommand) fill(ctx context.Context, a *app.App) (who shown, err error) {
	began := time.Now()
	put := func(ctx context.Context, text []byte) error {
		sum := sha256.Sum256(text)
		_, _, err := app.Local{Rest: a.Rest}.Send(ctx, text, "demo-"+hex.EncodeToString(sum[:]))
		return err
	}
	send, sending := errgroup.WithContext(ctx)
	send.SetLimit(runtime.GOMAXPROCS(0))
	institutions := true // they come first, and by themselves
	for text, err := range region.Make(region.Options{Seed: c.Seed, Residents: c.People, Years: c.Years, Gather: gather, Today: region.Day}) {
		if err == nil {
			err = who.see(text)
		}
		if err == nil && institutions {
			err = put(ctx, text)
		}
		if err != nil {
			return who, cmp.Or(send.Wait(), err)
		}
		if sending.Err() != nil {
			break // what went wrong is known below
		}
		if !institutions {
			send.Go(func() error { return put(sending, text) })
		}
		institutions = false
	}
	if err := send.Wait(); err != nil {
		return who, err
	}
	fmt.Printf("A city of %d people is in the record (%d years, %s). All of them are made up.\n",
		c.People, c.Years, time.Since(began).Round(time.Millisecond))
	return who, nil
}

func introduce(addr, person string) {
	base := "http://" + addr + "/fhir"
	fmt.Printf(`Yitong serves %[1]s

Try, in another terminal:

  curl '%[1]s/%[2]s?_pretty=true'                  a resident, as the record keeps them
  curl '%[1]s/Patient?phonetic=zhang&_sort=birthdate&_count=3&_pretty=true'    people called Zhang, the eldest first
  curl '%[1]s/%[2]s/Observation?_count=3&_pretty=true'    the resident's newest measurements
  curl '%[1]s/%[2]s/$everything?_count=20&_pretty=true'   all that the record has about the resident
  curl '%[1]s/AuditEvent?patient=%[2]s&_count=3&_pretty=true'    who has looked at that by now, in plain words
  curl -X PATCH '%[1]s/%[2]s' \
       -H 'Content-Type: application/json-patch+json' \
       -d '[{"op":"add","path":"/language","value":"zh"}]'    change one field; every other byte stays
  curl -X POST '%[1]s/Observation/$validate?_pretty=true' -H 'Accept-Language: zh' -H 'Content-Type: application/fhir+json' \
       -d '{"resourceType":"Observation","status":"finished"}'    what is wrong with a resource, and what to mend
  curl '%[1]s/StructureDefinition?url=urn:yitong:profile:resident&_pretty=true'    what a resident's record has to hold

Any FHIR R4 client can read and write here. Stop with Ctrl-C.
`, base, person)
}
