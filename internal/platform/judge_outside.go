package platform

import (
	"fmt"

	"yitong/internal/bilingual"
)

// channelWords are what the channels of notices are called.
var channelWords = map[string]bilingual.Text{
	"sms": {Zh: "短信", En: "Text messages"}, "email": {Zh: "邮件", En: "E-mail"}, "wechat": {Zh: "微信", En: "WeChat"},
}

func notices(m Measured) []Part {
	if m.Notices == nil {
		return nil
	}
	n := *m.Notices
	p := part(OfOutside, PartNotices, "通知发送", "Notices", worded("最早已到期", "The first has been due for", due(n)))
	failed := 0
	for _, c := range n.Channels {
		words := channelWords[c.Code]
		value := bilingual.Text{Zh: "未启用", En: "not in use"}
		if c.Sends {
			value = bilingual.Text{
				Zh: fmt.Sprintf("待合并 %d · 待发送 %d · 被拒 %d", c.Waiting, c.Unsent, c.Failed),
				En: fmt.Sprintf("%d wait · %d to send · %d refused", c.Waiting, c.Unsent, c.Failed),
			}
		}
		p.Facts = append(p.Facts, worded(words.Zh, words.En, value))
		failed += c.Failed
	}
	return p.finds(
		finding{grade(n.Late, noticeLate, noticeStill), "通知没有及时发出。", "Notices do not leave in time.",
			"在“发件箱”与“作业”中查看原因，检查短信网关和邮件服务器是否可用。", "See why under Outbox and Jobs, and whether the gateway and the mail server can be reached."},
		finding{warnIf(failed > 0), "有消息被服务商拒绝，不会再发。", "Messages were refused by a provider and are not sent again.",
			"在“发件箱”中查看，与服务商核对号码、签名与额度。", "See which under Outbox, and settle with the provider what it refuses."})
}

func due(n Notices) bilingual.Text {
	if n.Late <= 0 {
		return none
	}
	return lasts(n.Late)
}

func subscriptions(m Measured) []Part {
	s := m.Subscriptions
	return part(OfOutside, PartSubscriptions, "变更订阅", "Subscriptions", number("生效", "Active", s.Active), number("已停止", "Given up", s.Failed), number("推送失败中", "Failing now", s.Failing),
		number("最多待推送", "Events that wait for one endpoint", s.Behind), instant("最早开始失败", "The first fails since", s.Since, none)).finds(
		finding{warnIf(s.Failed > 0), "有订阅因长时间推送失败而停止。", "Subscriptions have the status error: their endpoints did not answer for too long.",
			"请订阅方恢复接收地址，然后由其重新启用订阅。", "Have the subscriber mend the endpoint and ask for the Subscription again."},
		finding{warnIf(s.Failing > 0), "有订阅的接收地址没有应答，正在重试。", "Endpoints of Subscriptions do not answer; they are tried again.",
			"请订阅方检查接收地址；超过 --subscription-give-up 的时间后订阅会停止。", "Have the subscriber look at it: behind the time of --subscription-give-up the Subscription ends."},
		finding{warnIf(s.Behind >= eventsBehind), "有订阅积压较多事件。", "Many events wait for an endpoint.",
			"请订阅方加快接收；只保留最近一万个事件。", "Have the subscriber take them faster: the last ten thousand are kept."})
}

func archive(m Measured) []Part {
	words := func(facts ...Fact) Part { return part(OfOutside, PartArchive, "连续归档", "Archive", facts...) }
	switch {
	case m.Archive.Elsewhere:
		return []Part{words(worded("归档", "Archive", bilingual.Text{Zh: "由 PostgreSQL 自行归档，请在数据库侧监测", En: "PostgreSQL archives by itself; watch it there"}))}
	case !m.Archive.Set:
		return []Part{words(worded("归档", "Archive", bilingual.Text{Zh: "未设置（只能恢复到上一次备份的时刻）", En: "not set (a restore goes to the moment of a backup only)"}))}
	}
	late := m.age(m.Archive.To)
	if m.Archive.To.IsZero() {
		late = m.age(m.Program.Since)
	}
	return words(instant("已归档到", "Archived up to", m.Archive.To, never)).finds(
		finding{grade(late, archiveLate, archiveStill), "写入的内容没有及时归档，此刻损坏的数据将无法找回。", "What is written is not archived: if the machine were lost now, it would be gone.",
			"检查 --archive 的文件夹是否可写、是否已满；服务器每秒自动重试。", "See whether the folder of --archive can be written to and has room; the server tries again every second."})
}

func program(m Measured) []Part {
	p := m.Program
	facts := []Fact{fact("版本", "Version", p.Version), lasting("已运行", "Up for", m.age(p.Since)), size("内存", "Memory", p.Memory)}
	full := OK
	if p.Limit > 0 {
		facts = append(facts, size("内存目标上限", "Aim for memory", p.Limit))
		full = warnIf(float64(p.Memory) >= memoryMost*float64(p.Limit))
	}
	return part(OfServer, PartProgram, "程序", "Program", append(facts, number("协程", "Goroutines", p.Goroutines))...).finds(
		finding{full, "内存接近目标上限，应答会变慢。", "Memory is near its aim, and answers become slow.",
			"增加内存并调高 GOMEMLIMIT，或减少 --max-requests。", "Give it more memory and a greater GOMEMLIMIT, or lower --max-requests."},
		finding{warnIf(p.Goroutines >= goroutinesMany), "协程过多，可能有请求没有结束。", "There are too many goroutines; requests may not come to an end.",
			"用 --pprof 查看它们在等什么。", "See by --pprof what they wait for."})
}

func disk(m Measured) []Part {
	if m.Disk == nil {
		return nil
	}
	d := *m.Disk
	free := float64(d.Free) / float64(max(1, d.Size))
	state := OK
	if free < diskLow {
		state = Warn
	}
	if free < diskFull {
		state = Down
	}
	return part(OfServer, PartDisk, "磁盘", "Disk", size("可用", "Free", d.Free), size("总容量", "Size", d.Size), fact("可用比例", "Share that is free", fmt.Sprintf("%.0f%%", 100*free))).finds(
		finding{state, "数据库所在磁盘空间不足；写满后将无法写入。", "The disk that has the record is nearly full; nothing can be written when it is.",
			"扩大磁盘，或把归档与备份移到别处。", "Enlarge it, or take archives and backups elsewhere."})
}

func certificates(m Measured) []Part {
	if len(m.Certificates) == 0 {
		return []Part{part(OfServer, PartCertificate, "TLS 证书", "Certificate of TLS", worded("证书", "Certificate", bilingual.Text{Zh: "本服务器没有证书（由前置代理提供或仅限本机）", En: "none of its own: that is the proxy's, or it is for this machine only"}))}
	}
	var all []Part
	for _, c := range m.Certificates {
		left := c.Until.Sub(m.At)
		one := part(OfServer, PartCertificate+"-"+Name(c.Host), "TLS 证书 "+c.Host, "Certificate of "+c.Host, instant("有效期至", "Until", c.Until, none))
		state := warnIf(left < certificateSoon)
		if left <= 0 {
			state = Down
		}
		all = append(all, one.finds(finding{state, "证书即将或已经到期，到期后无法访问。", "It ends soon or has ended: then nobody can reach the server.",
			"更换 --tls-cert 与 --tls-key 的文件；自动获取的证书请查看日志中 ACME 的错误。", "Renew the files of --tls-cert and --tls-key; for ACME look for its errors in the log."})...)
	}
	return all
}
