package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/fault"
)

// clientCommand looks after the programs that may ask for tokens.
type clientCommand struct {
	Register registerClient `cmd:"" help:"Register a client from a JSON file, or change it."`
	Show     showClient     `cmd:"" help:"Print a client as JSON."`
	List     listClients    `cmd:"" help:"List the clients."`
	Disable  disableClient  `cmd:"" help:"Close a client; its tokens end."`
	Enable   enableClient   `cmd:"" help:"Open a client again."`
}

type registerClient struct {
	app.Register `embed:""`
	File         string `arg:"" help:"JSON with name, institution, redirects, scopes, expires and so on: see the page Programs and tokens of the handbook." placeholder:"FILE"`
	ID           string `help:"Id of the client; the one that exists is changed. Without it a new one is made." placeholder:"ID"`
	Secret       bool   `help:"Make a secret for it and print it, once. Clients that can should rather have keys."`
}

func (c *registerClient) Run(ctx context.Context) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fault.New(fault.NotFound, "The file %s cannot be read.", c.File).Because(err)
	}
	defer f.Close()
	in := json.NewDecoder(f)
	in.DisallowUnknownFields()
	var made account.Client
	if err := in.Decode(&made); err != nil {
		return fault.New(fault.Malformed, "%s is no registration of a client.", c.File).Because(err)
	}
	if made.Secret != nil || made.Disabled != "" || !made.Since.IsZero() {
		return fault.New(fault.Malformed, "A registration holds no secret and is not disabled; see --secret and yitong client disable.")
	}
	return c.With(ctx, func(a *account.Accounts) error {
		made.ID = c.ID
		secret := ""
		if c.Secret {
			secret, made.Secret = account.NewSecret()
		}
		id, err := a.Register(ctx, console(), made)
		if err != nil {
			return err
		}
		fmt.Printf("The client %s is registered until %s.\n", id, day(made.Expires))
		if secret != "" {
			fmt.Printf("Its secret, which is shown only now:\n\n    %s\n\n", secret)
		}
		return nil
	})
}

// oneClient is a command about one client.
type oneClient struct {
	app.Register `embed:""`
	ID           string `arg:"" help:"Id of the client."`
}

// reclose changes why a client is closed.
func (c oneClient) reclose(ctx context.Context, reason string) error {
	return c.With(ctx, func(a *account.Accounts) error {
		client, err := a.Client(ctx, c.ID)
		if err != nil {
			return err
		}
		return a.Close(ctx, console(), client.ID, reason)
	})
}

type showClient struct {
	oneClient `embed:""`
}

func (c *showClient) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error {
		client, err := a.Client(ctx, c.ID)
		if err != nil {
			return err
		}
		client.Secret = nil
		text, err := json.MarshalIndent(client, "", "  ")
		if err == nil {
			_, err = fmt.Printf("%s\n", text)
		}
		return err
	})
}

type listClients struct {
	app.Register `embed:""`
	Behind       string `help:"Begin behind this id." placeholder:"ID"`
	Most         int    `help:"List at most so many." default:"100"`
}

func (c *listClients) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error {
		list, err := a.Clients(ctx, console(), c.Behind, c.Most)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tINSTITUTION\tEXPIRES\tSTATE")
		for _, client := range list {
			state := "open"
			if err := client.Open(time.Now()); err != nil {
				state = fault.From(err).Message
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", client.ID, client.Name, client.Institution, day(client.Expires), state)
		}
		return t.Flush()
	})
}

type disableClient struct {
	oneClient `embed:""`
	Reason    string `arg:"" help:"Why."`
}

func (c *disableClient) Run(ctx context.Context) error { return c.reclose(ctx, c.Reason) }

type enableClient struct {
	oneClient `embed:""`
}

func (c *enableClient) Run(ctx context.Context) error { return c.reclose(ctx, "") }

// keyCommand looks after the platform's keys.
type keyCommand struct {
	New    newKey    `cmd:"" help:"Make a file with a new key of the platform."`
	Rotate rotateKey `cmd:"" help:"Let a new key sign identity tokens at once, such as when the old one may have become known. Otherwise it changes by itself every 90 days."`
}

type newKey struct {
	File string `arg:"" help:"The file; it must not be there yet."`
}

func (c *newKey) Run() error {
	err := app.NewKey(c.File)
	if err == nil {
		fmt.Printf("%s holds a new key. Keep a copy apart from the database and its backups: what is kept safe by it is lost without it.\n", c.File)
	}
	return err
}

type rotateKey struct {
	app.Register `embed:""`
}

func (c *rotateKey) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error {
		return a.RotateKey(ctx)
	})
}
