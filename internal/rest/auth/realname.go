package auth

import (
	"yitong/internal/account"
	"yitong/internal/fhir/profiles"
)

// document is a kind of document by whose number a resident is known in the record.
type document struct {
	Kind   string // of its words
	System string
}

// documents are those whose numbers have a system, the usual one first.
var documents = []document{
	{"citizen", profiles.CitizenID},
	{"birth", profiles.BirthCertificate},
	{"record", profiles.HealthRecord},
}

// realName is the page on which residents say who they are.
type realName struct {
	Documents            []document
	System, Name, Number string // as typed
}

func (v *visit) showRealName() error {
	a := &v.signed.Account
	if (a.Staff() || a.Person != "") && v.problem == nil {
		v.see(orMe(v.next()))
		return nil
	}
	return v.draw("real-name", realName{documents, v.typed("system"), v.typed("called"), v.typed("number")})
}

// takeRealName verifies the name. Who puts it off goes on without: nothing of the record is theirs to see then.
func (v *visit) takeRealName() error {
	f := v.r.PostForm
	if f.Get("do") == "later" {
		where, err := v.settle()
		if err == nil {
			v.see(where)
		}
		return err
	}
	claim := account.Claim{Name: f.Get("called"), System: f.Get("system"), Number: f.Get("number")}
	token, err := v.accounts.VerifyName(v.r.Context(), v.signed, claim, v.from())
	if err != nil {
		return err
	}
	where, err := v.arrive(token)
	if err == nil {
		v.see(where)
	}
	return err
}
