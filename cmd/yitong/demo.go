package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"yitong/internal/app"
	"yitong/internal/app/region"
	"yitong/internal/fhir"
	"yitong/internal/gate"
	"yitong/internal/rest"
)

type demoCommand struct {
	DB        string `help:"Database: sqlite:PATH, or a postgres:// URL." default:"sqlite:build/demo/yitong.db" name:"db" placeholder:"URL"`
	Addr      string `help:"Address to listen on, of this machine only." default:"127.0.0.1:8080"`
	Residents int    `help:"How many people live in the region." default:"300"`
	Auth      string `help:"none lets everybody on this machine do everything; required has accounts, and prints how to sign in." enum:"none,required" default:"none"`
}

func (c *demoCommand) Run(ctx context.Context) error {
	settings := app.Serve{
		Record: app.Record{Database: app.Database{DB: c.DB}, References: "check"}, Client: "demo", Addr: c.Addr, Auth: c.Auth,
		MaxBody: 64 << 20, Zone: "Asia/Shanghai", LogLevel: "warn", Drain: 5 * time.Second,
	}
	settings.SMS.SMS = "file:" + demoLetters
	a, err := app.New(ctx, settings)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Publish(ctx); err != nil {
		return err
	}
	who, err := c.fill(ctx, a)
	if err != nil {
		return err
	}
	if c.Auth == "none" {
		return a.Listen(ctx, func(addr string) { introduce(addr, who.here) })
	}
	invited, err := c.invite(ctx, settings)
	if err != nil {
		return err
	}
	return a.Listen(ctx, func(addr string) { receive(strings.TrimSuffix(a.Base(addr), rest.Base), invited, who) })
}

// shown are people of the region to look at: a resident of the centre where the demo's staff work, and one of another.
type shown struct{ here, elsewhere string }

// see takes up the Patients of a bundle.
func (s *shown) see(bundle []byte) error {
	tree, err := fhir.Parse(bundle)
	if err != nil {
		return err
	}
	for e := tree.Root().Get("entry").First(); e.Exists(); e = e.Next() {
		r, err := fhir.ReadResource(e.Get("resource"))
		if err != nil {
			return err
		}
		keeper, _ := r.Extended(gate.Custodian)
		switch name := r.Type.String() + "/" + r.ID; {
		case r.Type.String() != "Patient":
		case keeper == workplace:
			s.here = cmp.Or(s.here, name)
		default:
			s.elsewhere = cmp.Or(s.elsewhere, name)
		}
	}
	return nil
}

// fill loads the region, unless it is there already, and names some of its people.
func (c *demoCommand) fill(ctx context.Context, a *app.App) (who shown, err error) {
	to := app.Local{Rest: a.Rest}
	began := time.Now()
	bundles := 0
	for text, err := range region.Make(region.Options{Residents: c.Residents, Today: region.Day}) {
		if err != nil {
			return who, err
		}
		sum := sha256.Sum256(text)
		if _, _, err := to.Send(ctx, text, "demo-"+hex.EncodeToString(sum[:])); err != nil {
			return who, err
		}
		if err := who.see(text); err != nil {
			return who, err
		}
		bundles++
	}
	fmt.Printf("A region of %d residents is in the record (%d households, %s). All of them are made up.\n", c.Residents, bundles-1, time.Since(began).Round(time.Millisecond))
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
