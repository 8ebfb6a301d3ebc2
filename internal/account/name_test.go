package account_test

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"yitong/internal/account"
	"yitong/internal/fault"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"zhang.wei":             "zhang.wei",
		" Zhang.Wei\t":          "zhang.wei",
		"abc":                   "abc",
		"a1_-.":                 "a1_-.",
		strings.Repeat("a", 64): strings.Repeat("a", 64),
		"ab":                    "",
		"":                      "",
		strings.Repeat("a", 65): "",
		"1abc":                  "",
		".abc":                  "",
		"张伟啊":                   "",
		"a b c":                 "",
		"abc\n\ndef":            "",
		"abc@example.cn":        "",
		"abc:def":               "",
		"аbc":                   "", // the first letter is Cyrillic
		"abc\x00":               "",
	} {
		got, err := account.CheckName(name)
		if got != want {
			t.Errorf("CheckName(%q) = %q, want %q", name, got, want)
		}
		if want == "" {
			refused(t, err, fault.Malformed)
		}
	}
}

func TestCheckPhone(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{
		"13900000001":         "+8613900000001",
		"139 0000 0001":       "+8613900000001",
		"139-0000-0001":       "+8613900000001",
		"+86 139 0000 0001":   "+8613900000001",
		"008613900000001":     "+8613900000001",
		"+852 5123 4567":      "+85251234567",
		"+1 (212) 555-0100":   "+12125550100",
		"12900000001":         "", // no mobile network
		"1390000000":          "",
		"139000000012":        "",
		"+8601012345678":      "", // a landline
		"+86139000000012":     "",
		"+0139000000":         "",
		"+1234567890123456":   "",
		"+123456":             "",
		"13900000001x":        "",
		"13900000001\n":       "",
		"１３９００００００００１":        "",
		"":                    "",
		"+":                   "",
		"+86":                 "",
		"++8613900000001":     "",
		"+8613900000001,+861": "",
	} {
		got, err := account.CheckPhone(phone)
		if got != want {
			t.Errorf("CheckPhone(%q) = %q, want %q", phone, got, want)
		}
		if want == "" {
			refused(t, err, fault.Malformed)
		}
	}
}

// FuzzCheckPhone: what is taken is E.164, and taken again as it is.
func FuzzCheckPhone(f *testing.F) {
	for _, s := range []string{"13900000001", "+86 139-0000-0001", "0086139", "+852 5123 4567", "+", "(", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		phone, err := account.CheckPhone(text)
		if err != nil {
			refused(t, err, fault.Malformed)
			return
		}
		if len(phone) < 8 || len(phone) > 16 || phone[0] != '+' || strings.Trim(phone[1:], "0123456789") != "" {
			t.Fatalf("%q became %q", text, phone)
		}
		if again, err := account.CheckPhone(phone); err != nil || again != phone {
			t.Fatalf("%q became %q, and that %q, %v", text, phone, again, err)
		}
	})
}

// FuzzCheckName: what is taken is plain, and taken again as it is; only case and outer space are changed.
func FuzzCheckName(f *testing.F) {
	for _, s := range []string{"zhang.wei", " A-b_c ", "\u2028abc", "K123", "abc\xff", "ſſſ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		name, err := account.CheckName(text)
		if err != nil {
			refused(t, err, fault.Malformed)
			return
		}
		if len(name) < 3 || len(name) > 64 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != "" {
			t.Fatalf("%q became %q", text, name)
		}
		if !strings.EqualFold(strings.TrimSpace(text), name) {
			t.Fatalf("%q became %q", text, name)
		}
		if again, err := account.CheckName(name); err != nil || again != name {
			t.Fatalf("%q became %q, and that %q, %v", text, name, again, err)
		}
	})
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, good := range map[string]bool{
		"青椒 火车 月亮 键盘 茶杯 山路":                        true,
		"correct horse battery staple":             true,
		"tr0ub4dor&3xyz":                           true,
		"wo jintian hen kaixin chi baozi":          true,
		strings.Repeat("k", 11):                    false,
		"短的很":                                      false,
		"password1234":                             false,
		"Passw0rd!2024":                            false,
		"p@ssw0rd1234":                             false,
		"qwertyuiop12":                             false,
		"1q2w3e4r5t6y":                             false,
		"123456789012":                             false,
		"19900101199001":                           false,
		"abcdefghijkl":                             false,
		"aaaaaaaaaaaa":                             false,
		"woaini1314520":                            false,
		"iloveyou1314":                             false,
		"letmein letmein":                          false,
		"zhang.wei.2024":                           false, // from the name
		"zhangweizhangwei":                         false,
		"weizhangweizhang":                         false,
		"yitongyitong":                             false,
		"医通医通医通医通医通医通":                             false,
		"哈哈哈哈哈哈哈哈哈哈哈哈":                             false,
		"密码密码密码密码密码密码":                             false,
		"我爱你我爱你我爱你我爱你":                             false,
		strings.Repeat("长", 42):                    false,
		strings.Repeat("a1", 40):                   false,
		strings.Repeat("correct horse battery", 7): false, // over 128 characters
		"correct horse \xff battery":               false, // no UTF-8
	} {
		err := account.CheckPassword(password, "zhang.wei")
		if (err == nil) != good {
			t.Errorf("CheckPassword(%q) = %v, want good: %t", password, err, good)
		}
		if err != nil {
			if m := refused(t, err, fault.Unprocessable); strings.Contains(m, password) {
				t.Errorf("the refusal repeats the password: %s", m)
			}
		}
	}
	if account.CheckPassword("zhang wei horse battery", "") != nil {
		t.Error("who has no name may use any")
	}
}

func FuzzCheckPassword(f *testing.F) {
	f.Add("correct horse battery staple", "zhang.wei")
	f.Add("\xff\xfe", "")
	f.Add(strings.Repeat("好", 30), "---")
	f.Fuzz(func(t *testing.T, password, name string) {
		err := account.CheckPassword(password, name)
		if err != nil {
			refused(t, err, fault.Unprocessable)
		} else if utf8.RuneCountInString(password) < 12 || utf8.RuneCountInString(password) > 128 || !utf8.ValidString(password) {
			t.Fatalf("%q is taken", password)
		}
	})
}

// TestNetwork: one household counts as one, however its address is written.
func TestNetwork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.2", false},
		{"192.0.2.1", "::ffff:192.0.2.1", true},
		{"2001:db8::1", "2001:db8::ffff:1:2:3", true},
		{"2001:db8::1", "2001:db8:0:1::1", false},
		{"fe80::1%eth0", "fe80::2%eth1", true},
	} {
		a, b := account.Network(netip.MustParseAddr(c.a)), account.Network(netip.MustParseAddr(c.b))
		if (a == b) != c.same {
			t.Errorf("%s counts as %s, %s as %s", c.a, a, c.b, b)
		}
	}
}
