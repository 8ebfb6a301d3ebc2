package notices

import "yitong/internal/bilingual"

// texts are those of the pages, by their keys, beside those that all pages have.
var texts = map[string]bilingual.Text{
	"settings.title":      {Zh: "通知设置", En: "Notices"},
	"settings.why":        {Zh: "短信、邮件和微信只提醒您有新的通知，不含任何健康信息；内容请登录后查看。", En: "Text messages, e-mail and WeChat only say that there is a notice, and nothing about your health. Sign in to read it."},
	"settings.mandatory":  {Zh: "他人访问您的档案，总会在站内通知您，不受安静时段限制。", En: "You are always told in the inbox, also in quiet hours, when somebody has looked into your record."},
	"settings.quiet":      {Zh: "安静时段", En: "Quiet hours"},
	"settings.quiet.hint": {Zh: "此时段内只发送紧急和必须告知的通知，其余在结束时合并发送。两个时间相同表示不设。", En: "Only urgent and mandatory notices go out then; the others go together at the end. Two equal times mean none."},
	"settings.from":       {Zh: "开始", En: "From"},
	"settings.to":         {Zh: "结束", En: "To"},
	"settings.language":   {Zh: "通知语言", En: "Language of notices"},
	"settings.do":         {Zh: "保存", En: "Save"},
	"done.choose":         {Zh: "已保存。", En: "Saved."},
	"done.ask":            {Zh: "验证码已发送，请在 30 分钟内输入。", En: "A code was sent. Enter it within 30 minutes."},
	"done.use":            {Zh: "邮箱已确认。", En: "The address is confirmed."},
	"done.drop":           {Zh: "不再发送邮件。", En: "No more e-mail is sent."},

	"email.title":   {Zh: "电子邮箱", En: "E-mail"},
	"email.is":      {Zh: "通知发送到：", En: "Notices go to:"},
	"email.none":    {Zh: "尚未设置邮箱。", En: "There is no address yet."},
	"email.not":     {Zh: "本平台暂不发送邮件，因此不能设置邮箱。", En: "This server sends no e-mail, so there is no address to choose."},
	"email.drop":    {Zh: "不再使用这个邮箱", En: "Use it no more"},
	"email.code":    {Zh: "邮件中的验证码", En: "Code from the e-mail"},
	"email.confirm": {Zh: "确认邮箱", En: "Confirm the address"},
	"email.address": {Zh: "新的邮箱地址", En: "New address"},
	"email.ask":     {Zh: "发送验证码", En: "Send a code"},

	"group.access":   {Zh: "档案访问", En: "Access to your record"},
	"group.care":     {Zh: "就医", En: "Your care"},
	"group.work":     {Zh: "工作", En: "Work"},
	"group.platform": {Zh: "平台", En: "The platform"},
	"channel.inbox":  {Zh: "站内", En: "Inbox"},
	"channel.sms":    {Zh: "短信", En: "Text message"},
	"channel.email":  {Zh: "邮件", En: "E-mail"},
	"channel.wechat": {Zh: "微信", En: "WeChat"},

	"no.settings.malformed":     {Zh: "填写的内容无法识别：安静时段为时间，如 22:00；邮箱如 name@example.cn。请检查后再保存。", En: "This cannot be read. Quiet hours are times such as 22:00, an address is like name@example.cn. Look at it again."},
	"no.settings.unprocessable": {Zh: "验证码不正确或已过期。", En: "The code does not hold, or not any more."},
	"no.settings.not-supported": {Zh: "本平台暂不发送邮件。", En: "This server sends no e-mail."},
}
