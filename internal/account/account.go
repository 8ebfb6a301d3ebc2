package account

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"

	"yitong/internal/fault"
)

// Account is a person who signs in.
type Account struct {
	ID      string    `json:"-"`
	Name    string    `json:"name,omitempty"`   // by which staff sign in: see [CheckName]
	Called  string    `json:"called,omitempty"` // how the person is addressed
	Phone   string    `json:"phone,omitempty"`  // by which residents sign in: see [CheckPhone]
	Person  string    `json:"person,omitempty"` // who it is in the record: Practitioner/… or Patient/…
	Checked time.Time `json:"checked,omitzero"` // when a resident's real name was verified

	Home string `json:"home,omitempty"` // the institution whose administrator made it; "" for none

	Password []byte    `json:"password,omitempty"` // argon2id, see [Hasher]; sealed
	Seed     []byte    `json:"seed,omitempty"`     // of one-time passwords (TOTP), sealed
	Step     uint64    `json:"step,omitempty"`     // of the last one-time password that was taken; none is taken twice
	Passkeys []Passkey `json:"passkeys,omitempty"`
	Spare    [][]byte  `json:"spare,omitempty"` // digests of the recovery codes that are left
	Invite   *Invite   `json:"invite,omitempty"`

	Seen     time.Time `json:"seen,omitzero"`      // when somebody of staff last signed in by it
	Disabled string    `json:"disabled,omitempty"` // why nobody may sign in by it; "" if one may
	Expires  time.Time `json:"expires,omitzero"`   // when it ends by itself; zero for never
}

// Passkey is a WebAuthn credential.
type Passkey struct {
	Label      string              `json:"label"`
	Added      time.Time           `json:"added"`
	Credential webauthn.Credential `json:"credential"`
}

// Invite lets a person choose a password, once: a new account, or one that is lost.
type Invite struct {
	Digest []byte    `json:"digest,omitempty"` // of the code
	Until  time.Time `json:"until"`
	Reset  bool      `json:"reset,omitempty"` // it drops the second factors too
}

// Staff tells whether the account is of those who sign in by name.
func (a *Account) Staff() bool { return a.Name != "" }

// Strong tells whether it has a second factor.
func (a *Account) Strong() bool { return len(a.Seed) > 0 || len(a.Passkeys) > 0 }

// Open refuses an account that may not be used now.
func (a *Account) Open(now time.Time) error {
	switch {
	case a.Disabled != "":
		f := fault.New(fault.Forbidden, "The account is disabled: %s. Ask the administrator of your institution.", a.Disabled)
		f.Issues = []fault.Issue{{Severity: "error", Type: "suppressed", English: f.Message, Chinese: "账户已停用：" + a.Disabled + "。请联系本机构管理员。"}}
		return f
	case !a.Expires.IsZero() && !now.Before(a.Expires):
		return fault.New(fault.Forbidden, "The account has run out. Ask the administrator of your institution.")
	}
	return nil
}

// names are those by which it is found: staff by name only, so that the same person can be a resident by the same phone.
func (a *Account) names() (names []string) {
	phone := a.Phone
	if a.Staff() {
		phone = ""
	}
	for prefix, name := range map[string]string{"name:": a.Name, "phone:": phone, "person:": a.Person} {
		if name != "" {
			names = append(names, prefix+name)
		}
	}
	slices.Sort(names)
	return names
}

var (
	plainName = regexp.MustCompile(`^[a-z][a-z0-9._-]{2,63}$`)
	mobile    = regexp.MustCompile(`^\+861[3-9][0-9]{9}$`)
	foreign   = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
)

// CheckName refuses what is no sign-in name: 3 to 64 of a-z 0-9 . _ - beginning with a letter.
func CheckName(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if !plainName.MatchString(name) {
		return "", fault.New(fault.Malformed, "A sign-in name has 3 to 64 of the characters a-z 0-9 . _ - and begins with a letter. 用户名须为 3 至 64 个字符，可用 a-z 0-9 . _ -，以字母开头。").At("name")
	}
	return name, nil
}

// CheckPhone gives a phone number in the form of E.164. One without a country is of mainland China: 11 digits from 13 to 19.
func CheckPhone(phone string) (string, error) {
	phone = strings.NewReplacer(" ", "", "-", "", "(", "", ")", "").Replace(phone)
	if !strings.HasPrefix(phone, "+") {
		phone = "+86" + strings.TrimPrefix(phone, "0086")
	}
	if strings.HasPrefix(phone, "+86") && mobile.MatchString(phone) || !strings.HasPrefix(phone, "+86") && foreign.MatchString(phone) {
		return phone, nil
	}
	return "", fault.New(fault.Malformed, "This is no mobile number. Give its 11 digits, such as 139 0000 0000; from abroad with + and the country. 手机号码有误，请填写 11 位号码，境外号码以 + 和国家代码开头。").At("phone")
}
