package auth

import (
	"slices"

	"yitong/internal/account"
	"yitong/internal/fault"
	"yitong/internal/fhir/profiles"
)

// document is a kind of document by whose number a resident is known in the record.
type document struct {
	Name   string // in forms, and of its words
	system string // of its numbers; "" where only the kind tells what they are
	kind   string // a code of [profiles.IdentityDocuments]
}

// documents are those by which residents are registered, the usual one first.
var documents = []document{
	{"citizen", profiles.CitizenID, "01"},
	{"passport", "", "032"},
	{"chinese-passport", "", "031"},
	{"hong-kong-macao", "", "06"},
	{"taiwan", "", "07"},
	{"officer", "", "04"},
	{"birth", profiles.BirthCertificate, "111"},
	{"record", profiles.HealthRecord, "110"},
}

// realName is the page on which residents say who they are.
type realName struct {
	Documents              []document
	Document, Name, Number string // as typed
}

func (v *visit) showRealName() error {
	a := &v.signed.Account
	if a.Verified(v.accounts.Now()) && v.problem == nil {
		v.see(v.orHome(v.next()))
		return nil
	}
	return v.draw("real-name", realName{documents, v.typed("document"), v.typed("called"), v.typed("number")})
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
	i := slices.IndexFunc(documents, func(d document) bool { return d.Name == f.Get("document") })
	if i < 0 {
		return fault.New(fault.Malformed, "There is no such kind of document.")
	}
	claim := account.Claim{Name: f.Get("called"), System: documents[i].system, Number: f.Get("number")}
	if claim.System == "" {
		claim.Kind = documents[i].kind
	}
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
