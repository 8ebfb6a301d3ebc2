package platform

import (
	"cmp"
	"slices"
	"time"

	"yitong/internal/bilingual"
)

// The names of parts; those of cursors, witnesses and channels end with a dash and theirs.
const (
	PartProgram       Name = "program"
	PartDisk          Name = "disk"
	PartCertificate   Name = "certificate"
	PartDatabase      Name = "database"
	PartClock         Name = "clock"
	PartFeed          Name = "feed"
	PartCursor        Name = "cursor"
	PartServers       Name = "servers"
	PartJobs          Name = "jobs"
	PartTrail         Name = "trail"
	PartWitness       Name = "witness"
	PartNotices       Name = "notices"
	PartSubscriptions Name = "subscriptions"
	PartArchive       Name = "archive"
)

// Judge decides how each part does, by what was measured and by the limits.
func Judge(m Measured) (all []Part) {
	for _, one := range []struct {
		name  Name
		judge func(Measured) []Part
	}{
		{PartDatabase, database}, {PartClock, clock}, {PartFeed, feed},
		{PartServers, servers}, {PartJobs, jobs}, {PartTrail, trail},
		{PartNotices, notices}, {PartSubscriptions, subscriptions}, {PartArchive, archive},
		{PartProgram, program}, {PartDisk, disk}, {PartCertificate, certificates},
	} {
		parts := one.judge(m)
		if slices.Contains(m.Silent, one.name) && len(parts) > 0 {
			silent := parts[0]
			silent.Facts, silent.State = nil, Down
			silent.Says = bilingual.Text{Zh: "没有测到。", En: "It could not be measured."}
			silent.Do = bilingual.Text{Zh: "查看服务器日志中同一时间的错误。", En: "Look for errors of this moment in the server's log."}
			parts = []Part{silent}
		}
		all = append(all, parts...)
	}
	return all
}

// part begins a part that is well.
func part(of Group, name Name, zh, en string, facts ...Fact) Part {
	return Part{Group: of, Name: name, Words: bilingual.Text{Zh: zh, En: en}, State: OK, Facts: facts}
}

// finding is something that may be wrong with a part.
type finding struct {
	state          State
	saysZh, saysEn string
	doZh, doEn     string
}

// finds takes up the worst of what was found, the first of equals.
func (p Part) finds(all ...finding) []Part {
	for _, f := range all {
		if f.state.badness() > p.State.badness() {
			p.State = f.state
			p.Says, p.Do = bilingual.Text{Zh: f.saysZh, En: f.saysEn}, bilingual.Text{Zh: f.doZh, En: f.doEn}
		}
	}
	return []Part{p}
}

// grade is the state of what should stay below two limits.
func grade[N cmp.Ordered](value, warn, down N) State {
	switch {
	case value >= down:
		return Down
	case value >= warn:
		return Warn
	}
	return OK
}

// warnIf is Warn if something is so.
func warnIf(is bool) State {
	if is {
		return Warn
	}
	return OK
}

// age is how long ago an instant was, 0 for the zero one.
func (m Measured) age(at time.Time) time.Duration {
	if at.IsZero() {
		return 0
	}
	return max(0, m.At.Sub(at))
}

var none = bilingual.Text{Zh: "无", En: "none"}

// never is what has not happened yet.
var never = bilingual.Text{Zh: "尚未", En: "not yet"}

func database(m Measured) []Part {
	d := m.Database
	return part(OfRecord, PartDatabase, "数据库", "Database", fact("类型", "Kind", d.Kind), lasting("应答用时", "Answers in", d.Answers), size("占用空间", "Size", d.Size)).finds(
		finding{grade(d.Answers, databaseSlow, databaseStill), "应答缓慢。", "It answers slowly.",
			"检查数据库所在机器的负载、磁盘与网络，以及是否有长事务。", "Look at the load, the disk and the network of the machine that has it, and for long transactions."})
}

func clock(m Measured) []Part {
	return part(OfRecord, PartClock, "时钟", "Clock", lasting("与数据库相差", "Apart from the database's", m.Clock)).finds(
		finding{grade(m.Clock, clockApart, clockWrong), "本机时钟与数据库时钟不一致。", "The clock of this machine is not in step with the database's.",
			"让两台机器使用同一组时间服务器（NTP）；相差达到一分钟时，服务器将无法再次启动。", "Set both by the same time servers (NTP). A minute apart, the server does not start again."})
}

func feed(m Measured) []Part {
	f := m.Feed
	all := part(OfRecord, PartFeed, "变更流", "Feed of changes", fact("最新位置", "Stands at", f.Head), number("尚未编号", "Without a number", f.Waiting),
		instant("最早未编号", "The first of these", f.Oldest, none)).finds(
		finding{grade(m.age(f.Oldest), feedWaits, feedStill), "变更没有及时编号，后续处理都在等待。", "Changes get no numbers, and all that follows them waits.",
			"查看日志中 sequencer 的错误；检查是否有长时间未结束的事务。", "Look for errors of the sequencer in the log, and for transactions that do not end."})
	for _, c := range f.Followers {
		all = append(all, part(OfRecord, PartCursor+"-"+Name(c.Name), "变更流读者 "+c.Name, "Cursor "+c.Name, fact("位置", "Stands at", c.At),
			number("落后变更数", "Changes behind", c.Behind), instant("最早未处理", "The first of these", c.Oldest, none)).finds(
			finding{grade(m.age(c.Oldest), cursorLate, cursorStill), "处理落后于变更流。", "It is behind the feed.",
				"查看日志中 cursor " + c.Name + " 的错误；它停在出错的变更上，修复后会自动继续。",
				"Look for errors of the cursor " + c.Name + " in the log: it stays at the change that it cannot take, and goes on by itself when that is mended."})...)
	}
	return all
}

func servers(m Measured) []Part {
	alive, lost, own := 0, 0, false
	for _, s := range m.Servers {
		switch {
		case s.Until.After(m.At):
			alive, own = alive+1, own || s.Own
		default:
			lost++
		}
	}
	return part(OfWork, PartServers, "在线服务器", "Servers alive", number("在线", "Alive", alive), number("失联", "Lost", lost)).finds(
		finding{warnIf(!own), "本服务器没有及时报告在线，它的后台工作可能已停下。", "This server does not show in time that it lives; its work beside requests may stand still.",
			"查看本服务器日志中 rescue 与数据库的错误。", "Look for errors of rescue and of the database in this server's log."},
		finding{warnIf(lost > 0), "有服务器没有正常退出，它手上的作业会由其他服务器重新执行。", "A server has ended without a word; others run its jobs again.",
			"如果不是有意关停，请检查那台机器；约一分钟后此项自动消失。", "Unless that was meant, look at that machine. In about a minute this goes away by itself."})
}

// held are how many jobs are in a state.
func (q Queue) held(state JobState) (n int) {
	for _, p := range q.Piles {
		if p.State == state {
			n += p.Count
		}
	}
	return n
}

func jobs(m Measured) []Part {
	q := m.Queue
	oldest := q.Overdue
	for _, p := range q.Piles {
		if p.State == JobWaiting && p.Due.Before(m.At) && (oldest.IsZero() || p.Due.Before(oldest)) {
			oldest = p.Due
		}
	}
	dead := q.held(JobDead)
	p := part(OfWork, PartJobs, "作业队列", "Queue of jobs", number("等待", "Waiting", q.held(JobWaiting)), number("执行中", "At work", q.held(JobRunning)),
		number("重试中", "Tried again", q.held(JobRetrying)), number("已放弃", "Given up", dead), number("尚未入队", "Not in the queue yet", q.Outbox),
		instant("最早到期", "The first that is due", oldest, none))
	for _, pile := range q.Piles {
		p.Facts = append(p.Facts, number(pile.Kind+"（"+pile.State.words().Zh+"）", pile.Kind+" ("+pile.State.words().En+")", pile.Count))
	}
	return p.finds(
		finding{grade(m.age(oldest), jobLate, jobStill), "到期的作业没有及时执行。", "Jobs that are due are not done.",
			"确认有服务器在线；查看日志中 queue 与 outbox 的错误。", "See that a server lives, and look for errors of queue and outbox in the log."},
		finding{warnIf(dead > 0), "有作业多次失败，已不再重试。", "Jobs have failed too often and are not tried any more.",
			"在“作业”中查看原因，解决后重新执行。", "See why under Jobs, mend it, and run them again."})
}

func trail(m Measured) []Part {
	t := m.Trail
	p := part(OfTrail, PartTrail, "留痕封存", "Sealing of the trail", number("未成批", "Lines that are not bound", t.Loose))
	unbound := finding{grade(m.age(t.LooseSince), trailLate, trailStill), "留痕没有及时成批。", "Lines of the trail are not bound in time.",
		"查看日志中 bind the trail 的错误。", "Look for errors of “bind the trail” in the log."}
	if !t.Sealed {
		return p.finds(unbound, finding{Warn, "留痕没有封存：事后被改动将无法发现。", "The trail is not sealed: nobody would see that it was changed.",
			"设置 --trail-log 与 --key-file。", "Set --trail-log and --key-file."})
	}
	p.Facts = append(p.Facts, number("未封存批次", "Batches that are not sealed", t.Unsealed), number("日志叶数", "Leaves of the log", t.Leaves), instant("已封存到", "Sealed up to", t.To, never))
	all := p.finds(finding{grade(m.age(t.Since), trailLate, trailStill), "留痕没有及时封存。", "The trail is not sealed in time.",
		"查看日志中 seal the trail 的错误，确认 --trail-log 的文件夹可以写入；必要时运行 yitong trail verify。",
		"Look for errors of “seal the trail” in the log and whether the folder of --trail-log can be written to; if need be, run yitong trail verify."}, unbound)
	for _, w := range t.Witnesses {
		late := time.Duration(0)
		if w.Leaves > 0 {
			if late = m.age(w.At); w.At.IsZero() {
				late = m.age(m.Program.Since)
			}
		}
		all = append(all, part(OfTrail, PartWitness+"-"+Name(w.Name), "见证方 "+w.Name, "Witness "+w.Name, number("未联署叶数", "Leaves not cosigned", w.Leaves),
			instant("最近联署", "Cosigned last", w.At, never)).finds(
			finding{grade(late, witnessLate, witnessStill), "见证方没有及时联署。", "The witness does not cosign.",
				"确认见证方在运行且网络可达；若它拒绝联署，先运行 yitong trail verify 再与对方核对。",
				"See that it runs and can be reached. If it refuses, run yitong trail verify first, then compare with them."})...)
	}
	return all
}
