package account_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/gate"
)

// app is a client that acts for people, and feed one that acts for itself.
func (w world) app(scopes string) account.Client {
	return account.Client{
		Name: "健康助手", Institution: "Organization/a", Redirects: []string{"https://app.example.cn/back"}, Scopes: scopes,
		Expires: w.clock.Now().AddDate(1, 0, 0),
	}
}

func (w world) feed(scopes string) account.Client {
	return account.Client{
		Name: "县医院数据", Institution: "Organization/a", Backend: true, KeysURL: "https://hospital.example.cn/jwks", Scopes: scopes,
		Expires: w.clock.Now().AddDate(1, 0, 0),
	}
}

// register registers one by the console.
func (w world) register(c account.Client) account.Client {
	w.Helper()
	c.ID = must(w.Register(w.Context(), account.Console, c))(w)
	return c
}

// TestRememberedPrincipals: what is changed on this server counts at once, what is changed on another within two seconds.
func TestRememberedPrincipals(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		var grant string
		other := w.on(w.server())
		for name, end := range map[string]func(w world){
			"Take":    func(w world) { good(w, w.Take(w.Context(), account.Console, grant)) },
			"Disable": func(w world) { good(w, w.Disable(w.Context(), account.Console, wang.ID, "left")) },
			"End":     func(w world) { good(w, w.End(w.Context(), wang.ID, w.signed(wang.Token).Session.ID)) },
			"SignOut": func(w world) { good(w, w.SignOut(w.Context(), wang.Token)) },
			"Act":     func(w world) { must(w.Act(w.Context(), w.signed(wang.Token), "grant/"+grant))(w) },
			"Accept": func(w world) {
				code := must(w.Invite(w.Context(), account.Console, wang.ID, false))(w)
				must(w.Accept(w.Context(), "wang", code, password, here))(w)
			},
		} {
			good(w, w.Disable(w.Context(), account.Console, wang.ID, ""))
			grant = w.give(wang.ID, "guide", "Organization/a")
			w.signIn(&wang)
			p := w.act(&wang, "grant/"+grant)
			if again := must(w.BySession(w.Context(), wang.Token))(w); again != p {
				w.Error("it is made anew")
			}
			must(other.BySession(w.Context(), wang.Token))(w)
			end(w)
			if _, err := w.BySession(w.Context(), wang.Token); err == nil {
				w.Errorf("after %s it is remembered here", name)
			}
			w.clock.forward(2 * time.Second)
			if _, err := other.BySession(w.Context(), wang.Token); err == nil {
				w.Errorf("two seconds after %s it is remembered elsewhere", name)
			}
		}
	})
}

// TestForgottenInTime: what is not believed any more is not kept either, or a rush of thousands would fill the memory.
func TestForgottenInTime(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		w.act(&wang, "grant/"+w.give(wang.ID, "guide", "Organization/a"))
		li := w.hire(account.Account{Name: "liming"})
		w.act(&li, "grant/"+w.give(li.ID, "guide", "Organization/a"))
		must(w.BySession(w.Context(), wang.Token))(w)
		w.clock.forward(2 * time.Second)
		must(w.BySession(w.Context(), li.Token))(w)
		if n := w.Remembered(); n != 1 {
			w.Errorf("%d are remembered", n)
		}
	})
}

// TestRememberedInTime: nothing is remembered beyond the end of the grant, the session or the token.
func TestRememberedInTime(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		now := w.clock.Now()
		grant := must(w.Give(w.Context(), account.Console, account.Grant{Account: wang.ID, Role: gate.Guide, Institution: "Organization/a", Until: now.Add(time.Second)}))(w)
		w.act(&wang, "grant/"+grant)
		w.clock.forward(time.Second - time.Microsecond)
		must(w.BySession(w.Context(), wang.Token))(w)
		w.clock.forward(time.Microsecond)
		_, err := w.BySession(w.Context(), wang.Token)
		refused(w, err, fault.Forbidden)

		steady := w.give(wang.ID, "guide", "Organization/a")
		w.act(&wang, "grant/"+steady)
		w.clock.forward(30*time.Minute - time.Second)
		must(w.BySession(w.Context(), wang.Token))(w) // which draws it out
		w.clock.forward(30*time.Minute - time.Microsecond)
		must(w.on(w.server()).BySession(w.Context(), wang.Token))(w)
		w.clock.forward(30 * time.Minute)
		_, err = w.BySession(w.Context(), wang.Token)
		refused(w, err, fault.Unknown)

		app := w.register(w.app("user/*.rs"))
		proofs := 0
		token := func() error {
			_, err := w.ByToken(w.Context(), "token", func(context.Context) (account.Authority, time.Time, error) {
				proofs++
				if !w.clock.Now().Before(now.Add(2 * time.Hour)) {
					return account.Authority{}, time.Time{}, fault.New(fault.Unknown, "The token has run out.")
				}
				return account.Authority{Client: app.ID, Account: wang.ID, Acting: "grant/" + steady, Scopes: "user/*.rs"}, now.Add(2 * time.Hour), nil
			})
			return err
		}
		w.clock.forward(now.Add(2*time.Hour - time.Second).Sub(w.clock.Now()))
		good(w, token())
		good(w, token())
		if proofs != 1 {
			w.Errorf("proved %d times", proofs)
		}
		w.Forget()
		good(w, token())
		if proofs != 2 {
			w.Errorf("proved %d times", proofs)
		}
		w.clock.forward(time.Second)
		refused(w, token(), fault.Unknown)
		refused(w, token(), fault.Unknown)
		if proofs != 4 {
			w.Errorf("proved %d times: a refusal is not remembered", proofs)
		}
		if n := w.Remembered(); n > 3 {
			w.Errorf("%d are remembered", n)
		}
	})
}

// TestChangedMeanwhile: a token that is withdrawn while somebody finds out about it is not remembered as it was.
func TestChangedMeanwhile(t *testing.T) {
	eachDatabase(t, func(w world) {
		feed := w.register(w.feed("system/*.rs"))
		proofs := 0
		ask := func() error {
			_, err := w.ByToken(w.Context(), "token", func(context.Context) (account.Authority, time.Time, error) {
				if proofs++; proofs > 1 {
					return account.Authority{}, time.Time{}, fault.New(fault.Unknown, "The token was withdrawn.")
				}
				w.Forget() // as whoever withdraws it does
				return account.Authority{Client: feed.ID, Scopes: "system/*.rs"}, w.clock.Now().Add(time.Hour), nil
			})
			return err
		}
		good(w, ask())
		refused(w, ask(), fault.Unknown)
	})
}

// TestSessionsAreNoTokens: what is remembered of one kind is not found as the other.
func TestSessionsAreNoTokens(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		w.act(&wang, "grant/"+w.give(wang.ID, "guide", "Organization/a"))
		no := fault.New(fault.Unknown, "There is no such token.")
		_, err := w.ByToken(w.Context(), wang.Token, func(context.Context) (account.Authority, time.Time, error) {
			return account.Authority{}, time.Time{}, no
		})
		refused(w, err, fault.Unknown)
		feed := w.register(w.feed("system/*.rs"))
		must(w.ByToken(w.Context(), "token", func(context.Context) (account.Authority, time.Time, error) {
			return account.Authority{Client: feed.ID, Scopes: "system/*.rs"}, w.clock.Now().Add(time.Hour), nil
		}))(w)
		_, err = w.BySession(w.Context(), "token")
		refused(w, err, fault.Unknown)
	})
}

// TestAuthority: whom a token is for, and when it is for nobody any more.
func TestAuthority(t *testing.T) {
	eachDatabase(t, func(w world) {
		w.put(post("p", "wang", "a", "doctor"))
		wang := w.hire(account.Account{Name: "wang", Person: "Practitioner/wang"})
		grant := w.give(wang.ID, "guide", "Organization/b")
		app, feed := w.register(w.app("openid launch/patient patient/*.rs user/Observation.rs")), w.register(w.feed("system/*.cruds"))
		person := account.Authority{Client: app.ID, Account: wang.ID, Acting: "grant/" + grant, Scopes: "user/Observation.rs"}
		system := account.Authority{Client: feed.ID, Scopes: "system/Patient.rs"}

		p := must(w.ByAuthority(w.Context(), person))(w)
		if p.Role != gate.Guide || p.Institution != "Organization/b" || p.Client != app.ID ||
			p.Person != "Practitioner/wang" || p.Session != "" || !p.Until.Equal(app.Expires) {
			w.Errorf("%+v", p)
		}
		s := must(w.ByAuthority(w.Context(), system))(w)
		if s.Role != gate.System || s.Institution != "Organization/a" || s.Account != "" ||
			s.Actor().Reference != "Device/"+feed.ID || s.Actor().Client != feed.ID || !s.Until.Equal(feed.Expires) {
			w.Errorf("%+v", s)
		}
		gone := func(why string, a account.Authority) {
			w.Helper()
			if _, err := w.ByAuthority(w.Context(), a); fault.CodeOf(err) != fault.Unknown {
				w.Errorf("%s: %v", why, err)
			}
		}
		but := func(a account.Authority, change func(*account.Authority)) account.Authority {
			change(&a)
			return a
		}
		gone("no client", but(person, func(a *account.Authority) { a.Client = "x" }))
		gone("no account", but(person, func(a *account.Authority) { a.Account = "x" }))
		gone("a capacity of nobody", but(person, func(a *account.Authority) { a.Acting = "grant/x" }))
		gone("an app by itself", but(person, func(a *account.Authority) { a.Account = "" }))
		gone("a feed for a person", but(person, func(a *account.Authority) { a.Client = feed.ID }))
		gone("no capacity", but(person, func(a *account.Authority) { a.Acting = "" }))
		_, err := w.ByAuthority(w.Context(), but(person, func(a *account.Authority) { a.Scopes = "user/Nothing.rs" }))
		refused(w, err, fault.Malformed)

		good(w, w.Disable(w.Context(), account.Console, wang.ID, "left"))
		gone("a disabled account", person)
		good(w, w.Disable(w.Context(), account.Console, wang.ID, ""))
		must(w.ByAuthority(w.Context(), person))(w)
		for _, c := range []account.Client{app, feed} {
			good(w, w.Close(w.Context(), account.Console, c.ID, "misuse"))
		}
		gone("a closed client", person)
		gone("a closed client", system)
		for _, c := range []account.Client{app, feed} {
			good(w, w.Close(w.Context(), account.Console, c.ID, ""))
		}
		gone("what was given before the client was closed", system)
		person.Began, system.Began = w.clock.Now(), w.clock.Now()
		must(w.ByAuthority(w.Context(), system))(w)
		good(w, w.Take(w.Context(), account.Console, grant))
		gone("a grant that was taken", person)
		person.Acting = "PractitionerRole/p#doctor"
		must(w.ByAuthority(w.Context(), person))(w)
		w.put(thing{"PractitionerRole", "p", replace(w, post("p", "wang", "a", "doctor").members, `"active":true`, `"active":false`)})
		gone("a post that has ended", person)
		w.put(post("p", "wang", "a", "doctor"))
		w.clock.forward(app.Expires.Sub(w.clock.Now()) - time.Microsecond)
		must(w.ByAuthority(w.Context(), person))(w)
		w.clock.forward(time.Microsecond)
		gone("a client that has run out", person)
		gone("a client that has run out", system)
	})
}

// TestExpiredAccountsHaveNoTokens, to the microsecond.
func TestExpiredAccountsHaveNoTokens(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang", Expires: w.clock.Now().Add(time.Hour)})
		a := account.Authority{Client: w.register(w.app("user/*.rs")).ID, Account: wang.ID, Acting: "grant/" + w.give(wang.ID, "guide", "Organization/b"), Scopes: "user/*.rs"}
		w.clock.forward(time.Hour - time.Microsecond)
		must(w.ByAuthority(w.Context(), a))(w)
		w.clock.forward(time.Microsecond)
		_, err := w.ByAuthority(w.Context(), a)
		refused(w, err, fault.Unknown)
	})
}

// TestScopesAreCut to what the client is registered with now, whatever the token was given for.
func TestScopesAreCut(t *testing.T) {
	eachDatabase(t, func(w world) {
		wang := w.hire(account.Account{Name: "wang"})
		app := w.register(w.app("openid user/Observation.rs user/Patient.r"))
		a := account.Authority{Client: app.ID, Account: wang.ID, Acting: "grant/" + w.give(wang.ID, "doctor", "Organization/a")}
		for asked, want := range map[string][]string{
			"user/Observation.rs":              {"user/Observation.rs"},
			"user/*.cruds":                     {"user/Observation.rs", "user/Patient.r"},
			"user/Observation.cruds":           {"user/Observation.rs"},
			"user/*.read openid fhirUser":      {"openid", "user/Observation.rs", "user/Patient.r"},
			"user/Condition.rs":                nil,
			"system/*.cruds":                   nil,
			"patient/*.rs":                     nil,
			"openid offline_access":            {"openid"},
			"":                                 nil,
			"user/Observation.rs?status=final": {"user/Observation.rs?status=final"},
		} {
			a.Scopes = asked
			if got := must(w.ByAuthority(w.Context(), a))(w).Scopes.List(); !slices.Equal(got, want) {
				w.Errorf("%q is cut to %q, want %q", asked, got, want)
			}
		}
		app.Scopes = "openid"
		w.register(app)
		a.Scopes = "user/Observation.rs"
		p := must(w.ByAuthority(w.Context(), a))(w)
		if err := w.see(w.gate.Session(p.Actor()), "Observation"); fault.CodeOf(err) != fault.Forbidden {
			w.Errorf("a client that was cut down sees Observations: %v", err)
		}
	})
}
