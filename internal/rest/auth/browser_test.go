package auth_test

import (
	"testing"

	"yitong/internal/rest/auth"
)

func TestBrowserOf(t *testing.T) {
	t.Parallel()
	for agent, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0 Safari/537.36":                                "Chrome Windows",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0 Safari/537.36 Edg/148.0":                      "Edge Windows",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1":    "Safari iPhone",
		"Mozilla/5.0 (Linux; Android 15; V2309A) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36 XWEB/1300 MicroMessenger/8.0.56":               "微信 WeChat Android",
		"Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0 Safari/537.36 ArkWeb/6.0 Mobile HuaweiBrowser/5.1": "华为浏览器 HarmonyOS",
		"Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0":                                                                     "Firefox Linux",
		"curl/8.5.0": " ",
		"":           " ",
	} {
		product, system := auth.BrowserOf(agent)
		if got := product + " " + system; got != want {
			t.Errorf("%q: %q, want %q", agent, got, want)
		}
	}
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{
		"+8613900000001": "139 **** 0001", "+85291234567": "+852…4567", "+1234567": "+123…4567", "12": "…", "": "…",
	} {
		if got := auth.Masked(phone); got != want {
			t.Errorf("%q: %q, want %q", phone, got, want)
		}
	}
}
