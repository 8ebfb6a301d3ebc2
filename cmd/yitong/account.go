package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/user"
	"strings"
	"text/tabwriter"
	"time"

	"yitong/internal/account"
	"yitong/internal/app"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// accountCommand looks after the accounts of staff: the first administrator, and recovery when nobody can sign in.
type accountCommand struct {
	Create  createAccount  `cmd:"" help:"Make an account of staff, with a role, and print the code by which its person chooses a password."`
	Invite  inviteAccount  `cmd:"" help:"Print a new code for an account whose password is lost; --reset when the second factor is lost too."`
	Show    showAccount    `cmd:"" help:"Show an account and its roles."`
	List    listAccounts   `cmd:"" help:"List the accounts."`
	Disable disableAccount `cmd:"" help:"Close an account; its sessions and tokens end."`
	Enable  enableAccount  `cmd:"" help:"Open an account again."`
	Give    giveRole       `cmd:"" help:"Give a role to an account."`
	Take    takeRole       `cmd:"" help:"End a grant, by its id."`
	History historyOf      `cmd:"" help:"Show who changed an account, a grant or a client, and when."`
}

// console is the hand of who sits at the machine, by the name that the machine knows.
func console() account.Hand {
	hand := account.Console
	if u, err := user.Current(); err == nil {
		hand.By += "/" + u.Username
	}
	return hand
}

// role is a role at an institution, or for a resident.
type role struct {
	Role        string    `help:"The role: operator, administrator, doctor, nurse, pharmacist, technician, office, guide, proxy, insurer, regulator or cdc." placeholder:"ROLE"`
	Institution string    `help:"Where the role is held, such as Organization/county-hospital." placeholder:"REFERENCE"`
	Resident    string    `help:"For whom a proxy acts, such as Patient/…." placeholder:"REFERENCE"`
	Until       time.Time `help:"When the role ends; of a proxy within a year." format:"2006-01-02" placeholder:"DATE"`
	Reason      string    `help:"Why it is given." placeholder:"TEXT"`
}

func (r role) give(ctx context.Context, a *account.Accounts, id string) error {
	grant, err := a.Give(ctx, console(), account.Grant{
		Account: id, Role: gate.Role(r.Role), Institution: r.Institution, Resident: r.Resident, Until: r.Until, Reason: cmp.Or(r.Reason, "given at the console"),
	})
	if err == nil {
		fmt.Printf("It has the role %s (grant %s).\n", r.Role, grant)
	}
	return err
}

type createAccount struct {
	app.Register `embed:""`
	Name         string    `arg:"" help:"Name to sign in by: 3 to 64 of a-z 0-9 . _ -"`
	Called       string    `help:"How the person is addressed." placeholder:"TEXT"`
	Person       string    `help:"Who it is in the record, such as Practitioner/…; the person's PractitionerRoles are roles of the account." placeholder:"REFERENCE"`
	Phone        string    `help:"The person's phone." placeholder:"NUMBER"`
	Expires      time.Time `help:"When the account ends by itself." format:"2006-01-02" placeholder:"DATE"`
	role         `embed:""`
}

func (c *createAccount) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error {
		id, err := a.Create(ctx, console(), account.Account{Name: c.Name, Called: c.Called, Person: c.Person, Phone: c.Phone, Expires: c.Expires})
		if err != nil {
			return err
		}
		fmt.Printf("The account %s (%s) is made.\n", c.Name, id)
		if c.Role != "" {
			if err := c.role.give(ctx, a, id); err != nil {
				return err
			}
		}
		return invite(ctx, a, c.Name, id, false)
	})
}

// invite prints a code.
func invite(ctx context.Context, a *account.Accounts, name, id string, reset bool) error {
	code, err := a.Invite(ctx, console(), id, reset)
	if err == nil {
		fmt.Printf("%s chooses a password within three days at /auth/invite of the server, with this code:\n\n    %s\n\nIt holds once. Hand it over in person.\n", name, code)
	}
	return err
}

// oneAccount is a command about one account.
type oneAccount struct {
	app.Register `embed:""`
	Name         string `arg:"" help:"Sign-in name, phone or id of the account."`
}

func (c oneAccount) on(ctx context.Context, do func(a *account.Accounts, who account.Account, grants []account.Grant) error) error {
	return c.With(ctx, func(a *account.Accounts) error {
		who, grants, err := a.Find(ctx, console(), c.Name)
		if err != nil {
			return err
		}
		return do(a, who, grants)
	})
}

type inviteAccount struct {
	oneAccount `embed:""`
	Reset      bool `help:"Drop the second factors; they are set up anew."`
}

func (c *inviteAccount) Run(ctx context.Context) error {
	return c.on(ctx, func(a *account.Accounts, who account.Account, _ []account.Grant) error {
		return invite(ctx, a, c.Name, who.ID, c.Reset)
	})
}

type showAccount struct {
	oneAccount `embed:""`
}

func (c *showAccount) Run(ctx context.Context) error {
	return c.on(ctx, func(a *account.Accounts, who account.Account, grants []account.Grant) error {
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintf(t, "id\t%s\nname\t%s\ncalled\t%s\nstands for\t%s\nsecond factor\t%t\nstate\t%s\n", who.ID, who.Name, who.Called, who.Person, who.Strong(), state(&who))
		for _, g := range grants {
			fmt.Fprintf(t, "grant %s\t%s %s%s from %s %s\n", g.ID, g.Role, g.Institution, g.Resident, day(g.From), ending(g))
		}
		can, err := a.Capacities(ctx, &who)
		if err == nil {
			for _, x := range can {
				fmt.Fprintf(t, "acts as\t%s %s%s\t(%s)\n", x.Role, x.Institution, x.Resident, x.Source)
			}
		}
		return t.Flush()
	})
}

func day(at time.Time) string { return at.Format(time.DateOnly) }

func ending(g account.Grant) string {
	switch {
	case g.Ended:
		return "(ended)"
	case g.Until.IsZero():
		return ""
	}
	return "until " + day(g.Until)
}

func state(who *account.Account) string {
	if err := who.Open(time.Now()); err != nil {
		return fault.From(err).Message
	}
	if who.Password == nil && who.Staff() {
		return "invited"
	}
	return "open"
}

type listAccounts struct {
	app.Register `embed:""`
	Behind       string `help:"Begin behind this id." placeholder:"ID"`
	Most         int    `help:"List at most so many." default:"100"`
}

func (c *listAccounts) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error {
		list, err := a.Accounts(ctx, console(), c.Behind, c.Most)
		if err != nil {
			return err
		}
		t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tCALLED\tSTANDS FOR\tSTATE")
		for _, who := range list {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", who.ID, who.Name, who.Called, who.Person, state(&who))
		}
		return t.Flush()
	})
}

type disableAccount struct {
	oneAccount `embed:""`
	Reason     string `arg:"" help:"Why, as its person will read it."`
}

func (c *disableAccount) Run(ctx context.Context) error {
	if strings.TrimSpace(c.Reason) == "" {
		return fault.New(fault.Malformed, "Say why; the person will read it.")
	}
	return c.on(ctx, func(a *account.Accounts, who account.Account, _ []account.Grant) error {
		return a.Disable(ctx, console(), who.ID, c.Reason)
	})
}

type enableAccount struct {
	oneAccount `embed:""`
}

func (c *enableAccount) Run(ctx context.Context) error {
	return c.on(ctx, func(a *account.Accounts, who account.Account, _ []account.Grant) error {
		return a.Disable(ctx, console(), who.ID, "")
	})
}

type giveRole struct {
	oneAccount `embed:""`
	role       `embed:""`
}

func (c *giveRole) Run(ctx context.Context) error {
	return c.on(ctx, func(a *account.Accounts, who account.Account, _ []account.Grant) error {
		return c.role.give(ctx, a, who.ID)
	})
}

type takeRole struct {
	app.Register `embed:""`
	Grant        string `arg:"" help:"Id of the grant."`
}

func (c *takeRole) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error { return a.Take(ctx, console(), c.Grant) })
}

type historyOf struct {
	app.Register `embed:""`
	Kind         string `arg:"" help:"Of what." enum:"account,grant,client"`
	ID           string `arg:"" help:"Its id."`
}

func (c *historyOf) Run(ctx context.Context) error {
	return c.With(ctx, func(a *account.Accounts) error {
		list, err := a.History(ctx, console(), c.Kind, c.ID)
		if err != nil {
			return err
		}
		out := json.NewEncoder(os.Stdout)
		for _, change := range list {
			if err := out.Encode(change); err != nil {
				return fault.Wrap(err, "printing")
			}
		}
		return nil
	})
}
