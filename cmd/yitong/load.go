package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/term"

	"yitong/internal/app"
	"yitong/internal/app/load"
	"yitong/internal/fault"
	"yitong/internal/fhir"
	"yitong/internal/gate/policy"
)

type importCommand struct {
	Paths          []string `arg:"" help:"Files and folders: Bundles or resources as .json, resources as .ndjson, plain or as .gz or .bz2." placeholder:"PATH"`
	app.Database   `embed:""`
	To             string `help:"FHIR base of a running server to load into, instead of a database. It remembers for a day what it has stored: run an interrupted or mended load again within a day; into a database, within 30 days." placeholder:"URL"`
	Token          string `help:"With --to: file with a token of a client that may write there." placeholder:"FILE"`
	Custodian      string `help:"With --db: the institution that answers for resources about residents that name none, such as Organization/county-hospital; only its staff see them without a permit. With --to it is that of the token's client." placeholder:"Organization/ID"`
	References     string `help:"Whether references must lead somewhere at once: check, or off, because files come in any order." enum:"check,off" default:"off"`
	app.Validation `embed:""`
	Zone           string `help:"With --db: time zone of dates that name none, as the server has it." default:"Asia/Shanghai"`
	Connections    int    `help:"How many transactions to send at the same time." default:"4"`
}

// AfterApply settles where to load into: a flag counts more than what the environment or the file of settings says, and
// the flags exclude each other.
func (c *importCommand) AfterApply(k *kong.Context) error {
	given := map[string]bool{}
	for _, p := range k.Path {
		if p.Flag != nil && !p.Resolved {
			given[p.Flag.Name] = true
		}
	}
	if given["db"] && given["to"] {
		return errors.New("--db and --to exclude each other: a load goes into a database or to a server")
	}
	if given["db"] {
		c.To = ""
	}
	if c.Custodian == "" {
		return nil
	}
	if c.To != "" {
		return errors.New("--custodian and --to exclude each other: a server takes the institution of the token's client")
	}
	if r := fhir.ParseReference(c.Custodian); r.Ref.Type.String() != "Organization" || r.Ref.String() != c.Custodian {
		return fmt.Errorf("--custodian should name an institution, such as Organization/county-hospital, not %q", c.Custodian)
	}
	return nil
}

func (c *importCommand) Run(ctx context.Context) error {
	if c.Connections < 1 || c.Connections > 64 {
		return fault.New(fault.Malformed, "--connections should be from 1 to 64.")
	}
	to, done, err := c.sender(ctx)
	if err != nil {
		return err
	}
	defer done()
	bar := func(total int64) load.Progress {
		if !term.IsTerminal(int(os.Stderr.Fd())) {
			return load.Quiet{}
		}
		return load.NewBar(os.Stderr, total, time.Now)
	}
	report, err := load.Run(ctx, to, c.Paths, c.Connections, bar)
	if report != nil {
		report.Print(os.Stdout)
	}
	if err == nil && len(report.Failures) > 0 {
		err = fault.New(fault.Unprocessable, "Not everything could be loaded; the report above says what and why. After mending it, run the same load again.")
	}
	return err
}

func (c *importCommand) sender(ctx context.Context) (load.Sender, func(), error) {
	if c.To != "" {
		kept := http.DefaultTransport.(*http.Transport).Clone()
		kept.MaxIdleConnsPerHost = c.Connections
		to := app.Remote{Base: c.To, Client: &http.Client{Timeout: 10 * time.Minute, Transport: kept}}
		if c.Token != "" {
			text, err := os.ReadFile(c.Token)
			if err != nil {
				return nil, nil, fault.New(fault.NotFound, "The token %s cannot be read.", c.Token).Because(err)
			}
			to.Token = strings.TrimSpace(string(text))
		}
		return to, kept.CloseIdleConnections, nil
	}
	a, err := app.New(ctx, app.Serve{
		Record: app.Record{Database: c.Database, References: c.References, Validation: c.Validation},
		Client: "import", Addr: "127.0.0.1:0", Auth: "none", Zone: c.Zone, LogLevel: "warn",
	})
	if err != nil {
		return nil, nil, err
	}
	return app.Local{Rest: a.Rest, Custodian: c.Custodian}, func() { _ = a.Close() }, nil
}

type exportCommand struct {
	app.Database `embed:""`
	Dir          string `arg:"" help:"Folder for the files; it is made if it is not there." placeholder:"DIR"`
	Request      string `help:"Approved request by which the data leaves the record, such as Task/0198. A record with accounts needs one: POST $export-request makes it, somebody else decides about it. What its requester sees is written, marked and counted." default:"" placeholder:"TASK"`
	Policy       string `help:"With --request: file that says which role may see what, as the servers have it." default:"" placeholder:"FILE"`
	Zone         string `help:"Time zone of dates that name none." default:"Asia/Shanghai"`
	Replace      bool   `help:"Replace an earlier export in the folder, and remove its files of types of which there are none any more."`
}

func (c *exportCommand) Run(ctx context.Context) error {
	db, err := c.Open(ctx)
	if err != nil {
		return err
	}
	defer db.Close()
	var counts map[string]int
	if c.Request == "" {
		counts, err = load.Whole(ctx, db, c.Dir, c.Replace)
	} else {
		var roles *policy.Policy
		if roles, err = app.Policy(c.Policy); err != nil {
			return err
		}
		counts, err = load.Approved(ctx, db, roles, c.Request, c.Zone, c.Dir, c.Replace)
	}
	for _, t := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%10d %s\n", counts[t], t)
	}
	return err
}
