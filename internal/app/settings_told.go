package app

import (
	"cmp"
	"fmt"
	"net/url"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"yitong/internal/bilingual"
	"yitong/internal/fault"
	"yitong/internal/platform"
)

// Variables is what the variables of the environment begin with that hold settings.
const Variables = "YITONG"

// Settings are those in force, from their declaration: what each is, and where that came from. Files that hold secrets are named, secrets
// are not told.
func (c Serve) Settings() (all []platform.Setting, err error) {
	var usual Serve
	now, err := kong.New(&c, kong.DefaultEnvars(Variables))
	if err != nil {
		return nil, fault.Wrap(err, "reading the declaration of settings")
	}
	plain, err := kong.New(&usual)
	if err == nil {
		_, err = plain.Parse(nil)
	}
	if err != nil {
		return nil, fault.Wrap(err, "reading the declaration of settings")
	}
	defaults := map[string]string{}
	for _, f := range plain.Model.Flags {
		defaults[f.Name] = told(f.Target)
	}
	for _, f := range now.Model.Flags {
		if f.Name == "help" {
			continue
		}
		one := platform.Setting{
			Name: f.Name, Variable: strings.Join(f.Envs, " "), Value: told(f.Target), Default: defaults[f.Name],
			Help: bilingual.Text{Zh: settingWords[f.Name], En: f.Help},
		}
		one.Secret = secret(one.Value)
		if one.From = cmp.Or(c.Origins[f.Name], platform.ByDefault); one.From == platform.ByDefault && one.Value != one.Default {
			one.From = platform.ByCommand
		}
		all = append(all, one)
	}
	key := platform.Setting{Name: KeyVariable, Variable: KeyVariable, Secret: true, From: platform.ByDefault, Help: bilingual.Text{
		Zh: "平台密钥本身（base64），仅在未设置 --key-file 时使用。", En: "The platform's key itself, in base64; it counts where --key-file is not set.",
	}}
	if os.Getenv(KeyVariable) != "" {
		key.Value, key.From = "set", platform.ByEnvironment
	}
	return append(all, key), nil
}

// told is a value as people write it.
func told(v reflect.Value) string {
	switch one := v.Interface().(type) {
	case time.Duration:
		return brief(one)
	case fmt.Stringer:
		return one.String()
	}
	switch v.Kind() {
	case reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = told(v.Index(i))
		}
		return strings.Join(list, ", ")
	case reflect.Map:
		var list []string
		for _, key := range v.MapKeys() {
			list = append(list, told(key)+"="+told(v.MapIndex(key)))
		}
		slices.Sort(list)
		return strings.Join(list, ", ")
	}
	return fmt.Sprint(v.Interface())
}

// brief is a time span without the units of which there are none: 15m for 15m0s.
func brief(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// addresses is what may be an address in a value; its scheme may be written in capitals.
var addresses = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://\S+`)

// harmless are what the query of an address may have that is no secret.
var harmless = []string{
	"sslmode", "sslrootcert", "sslcert", "sslkey", "application_name", "search_path", "connect_timeout", "host", "port", "user", "dbname",
}

// secret tells whether a value has a password in it: an address that names one, or whose query may hold one. At a gateway, a user without
// a password is a token.
func secret(value string) bool {
	return slices.ContainsFunc(addresses.FindAllString(value, -1), func(text string) bool {
		u, err := url.Parse(strings.TrimRight(text, ","))
		if err != nil {
			return true
		}
		for name := range u.Query() {
			if !slices.Contains(harmless, name) {
				return true
			}
		}
		_, password := u.User.Password()
		return password || u.User != nil && strings.HasPrefix(u.Scheme, "http")
	})
}
