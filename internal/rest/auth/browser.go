package auth

import "strings"

// browser is what a browser calls itself, as people know it: names of products, which are the same in every language.
type browser struct {
	Product string // "" for one that is not known
	System  string
}

// The first one counts that is found: most browsers name others beside themselves.
var (
	products = [][2]string{
		{"MicroMessenger", "微信 WeChat"}, {"Alipay", "支付宝 Alipay"}, {"DingTalk", "钉钉 DingTalk"},
		{"QQBrowser", "QQ浏览器"}, {"HuaweiBrowser", "华为浏览器"}, {"MiuiBrowser", "小米浏览器"},
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"},
	}
	systems = [][2]string{
		{"HarmonyOS", "HarmonyOS"}, {"OpenHarmony", "HarmonyOS"}, {"Android", "Android"}, {"iPhone", "iPhone"},
		{"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"},
	}
)

func browserOf(agent string) browser {
	return browser{firstIn(agent, products), firstIn(agent, systems)}
}

func firstIn(agent string, names [][2]string) string {
	for _, n := range names {
		if strings.Contains(agent, n[0]) {
			return n[1]
		}
	}
	return ""
}
