package fold

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestContact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"digits", "13800138000", "13800138000"},
		{"groups", "138 0013-8000", "13800138000"},
		{"area code", "(010) 6552 9988", "01065529988"},
		{"full width", "（０１０）６５５２－９９８８", "01065529988"},
		{"other hyphens", "010‐6552–99—88−1\u2011", "01065529988" + "1"},
		{"other brackets", "【010】[6552]「99」〔88〕", "01065529988"},
		{"dots of a number", "+33.1.23.45", "+3312345"},
		{"country prefix stays", "+86 138", "+86138"},
		{"extension", "6552-9988 转 12.3", "65529988转12.3"},
		{"mail", " Li.Na@Example.CN ", "li.na@example.cn"},
		{"mail without letters", "1.2@3.4", "1.2@3.4"},
		{"mail with hyphen", "li-na@example.cn", "lina@example.cn"},
		{"site", "https://example.cn/a.b", "https://example.cn/a.b"},
		{"only hyphens", " - ", ""},
		{"a mark gets a neighbour", "か-\u3099", "が"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := Contact(c.in); got != c.want {
				t.Errorf("Contact(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
	for _, c := range [][2]string{{"a.b@x.cn", "ab@x.cn"}, {"138", "+138"}, {"a_b@x.cn", "ab@x.cn"}} {
		if Contact(c[0]) == Contact(c[1]) {
			t.Errorf("%s and %s are both %s", c[0], c[1], Contact(c[0]))
		}
	}
}

func TestContactIsIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := texts().Draw(t, "s")
		once := Contact(s)
		if twice := Contact(once); twice != once {
			t.Fatalf("Contact(%+q) = %+q, of which it makes %+q", s, once, twice)
		}
		if strings.ContainsAny(once, " -()[]{}（）") {
			t.Fatalf("Contact(%+q) = %+q", s, once)
		}
	})
}
