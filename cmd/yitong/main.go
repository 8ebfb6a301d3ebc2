// Command yitong is the platform: its server and the tools around it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/alecthomas/kong"

	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/platform"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// cli declares every command and setting. Each flag can also be set by YITONG_… or in the file of --config.
type cli struct {
	Config kong.ConfigFlag `help:"JSON file of settings." placeholder:"FILE"`

	Serve    serveCommand       `cmd:"" help:"Run the server."`
	Import   importCommand      `cmd:"" help:"Load bundles, ndjson and resources from files and folders."`
	Export   exportCommand      `cmd:"" help:"Write resources as ndjson, one file a type: all of a trial's record, or what an approved request lets out."`
	Account  accountCommand     `cmd:"" help:"Look after the accounts of staff."`
	Client   clientCommand      `cmd:"" help:"Look after the programs that may ask for tokens."`
	Key      keyCommand         `cmd:"" help:"Look after the platform's keys."`
	Sign     signCommand        `cmd:"" help:"Look after the keys and certificates by which practitioners sign."`
	Rules    rulesCommand       `cmd:"" help:"Look after the rules that differ by region and year: rows, drafts, versions."`
	Policy   policyCommand      `cmd:"" help:"Print who may see and do what, by a policy."`
	Migrate  migrateCommand     `cmd:"" help:"Bring the database's tables up to date."`
	Check    checkCommand       `cmd:"" help:"Look whether a record is whole: versions, feed, index, reservations, permits. No server may be writing."`
	Seal     sealCommand        `cmd:"" help:"Seal the bodies of a record at rest, or take the seal off, as --seal-key and --seal-off say. Servers may be at work."`
	Trail    trailCommand       `cmd:"" help:"Look after the trail of who did what, and whether it is whole."`
	Witness  witnessCommand     `cmd:"" help:"Cosign the logs by which trails are sealed, as a second party with a key of its own."`
	Backup   backupCommand      `cmd:"" help:"Copy all of a record, encrypted, while its servers work; by default the copy is brought back in another place and looked at."`
	Restore  restoreCommand     `cmd:"" help:"Bring a record back from a backup, with an archive to any moment, into a place where there is none."`
	Archive  archiveCommand     `cmd:"" help:"Look after an archive of what a record writes."`
	WAL      walCommand         `cmd:"" name:"wal" help:"Archive the log of a PostgreSQL server, encrypted."`
	Feed     feedCommand        `cmd:"" help:"Look at the feed of changes."`
	Jobs     jobsCommand        `cmd:"" help:"Look at the queue of jobs."`
	Validate validateCommand    `cmd:"" help:"Say what is wrong with resources in files, and what to mend."`
	FHIRPath fhirpathCommand    `cmd:"" name:"fhirpath" help:"Evaluate a FHIRPath expression on resources in files."`
	Draw     drawCommand        `cmd:"" help:"Draw once more what was drawn at a clinic, and say whether it was as published."`
	Demo     demoCommand        `cmd:"" help:"Fill a record with a synthetic city and serve it, with a login for each role."`
	Docs     docsCommand        `cmd:"" help:"Write what is drawn from declarations: the reference, and the types of the browser app."`
	Bench    benchCommand       `cmd:"" help:"Measure what the platform costs on this machine."`
	Measured benchServerCommand `cmd:"" name:"bench-server" hidden:""`
	Version  versionCommand     `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	k, err := parser(ctx, &c)
	if err != nil {
		panic(err) // the declaration is wrong
	}
	command, err := k.Parse(os.Args[1:])
	k.FatalIfErrorf(err)
	if err := command.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "yitong: "+say(err))
		os.Exit(codeOf(err))
	}
}

// exit is an error with which the program ends otherwise than by 1.
type exit struct {
	error
	code int
}

// Unwrap gives the cause.
func (e exit) Unwrap() error { return e.error }

// codeOf is the code by which the program ends.
func codeOf(err error) int {
	if e, ok := errors.AsType[exit](err); ok {
		return e.code
	}
	return 1
}

// parser reads the command line, the environment and the file of settings.
func parser(ctx context.Context, c *cli) (*kong.Kong, error) {
	return kong.New(c, kong.Name("yitong"), kong.Description("The regional record of the Yitong platform, as a FHIR R4 server."),
		kong.DefaultEnvars(app.Variables), kong.Configuration(settingsFile), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
}

// settingsFile reads a JSON file of settings. What the environment sets counts more than the file.
func settingsFile(r io.Reader) (kong.Resolver, error) {
	file, err := kong.JSON(r)
	if err != nil {
		return nil, err
	}
	return kong.ResolverFunc(func(c *kong.Context, parent *kong.Path, flag *kong.Flag) (any, error) {
		for _, name := range flag.Envs {
			if _, set := os.LookupEnv(name); set {
				return nil, nil
			}
		}
		return file.Resolve(c, parent, flag)
	}), nil
}

// say tells an error to the person at the terminal, cause included: it is their own machine.
func say(err error) string {
	f := fault.From(err)
	if f.Err == nil {
		return f.Message
	}
	return f.Message + " (" + f.Err.Error() + ")"
}

type serveCommand struct {
	app.Serve `embed:""`
}

// collectAt lets the heap grow to five times what is in use before it is collected: little is in use, and collecting
// it for every few megabytes of requests would cost more than the memory. GOGC, if it is set, counts more.
const (
	collectAt = 400
	memoryAim = 2 << 30 // bytes beyond which it is collected as often as need be, unless GOMEMLIMIT says otherwise
)

func (c *serveCommand) Run(ctx context.Context, k *kong.Context) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryAim)
	}
	c.Origins = origins(k)
	a, err := app.New(ctx, c.Serve)
	if err != nil {
		return err
	}
	defer a.Close()
	if err := a.Publish(ctx); err != nil {
		return err
	}
	return a.Listen(ctx, func(addr string) { fmt.Printf("Yitong serves %s\n", a.Base(addr)) })
}

// origins tells of the settings of the command that was chosen where they came from, those that are as they are by default left out.
func origins(k *kong.Context) map[string]platform.Origin {
	from := map[string]platform.Origin{}
	for _, f := range k.Selected().Flags {
		for _, name := range f.Envs {
			if _, set := os.LookupEnv(name); set {
				from[f.Name] = platform.ByEnvironment
			}
		}
	}
	for _, p := range slices.Backward(k.Path) { // what the file resolves comes last, and counts less
		switch {
		case p.Flag == nil:
		case p.Resolved:
			from[p.Flag.Name] = platform.ByFile
		default:
			from[p.Flag.Name] = platform.ByFlag
		}
	}
	return from
}

type migrateCommand struct {
	app.Database `embed:""`
}

func (c *migrateCommand) Run(ctx context.Context) error {
	return withDB(ctx, c.Database, func(db store.DB) error {
		jobs, err := worker.OpenJobs(ctx, db) // which has tables of its own
		if err != nil {
			return err
		}
		fmt.Println("The tables are up to date.")
		return jobs.Close()
	})
}

type versionCommand struct{}

func (versionCommand) Run() error {
	fmt.Println("yitong " + app.Version())
	return nil
}
