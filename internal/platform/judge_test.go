package platform

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC)

// well is a platform of which all parts are well.
func well() Measured {
	return Measured{
		At: now, Program: Program{Version: "1", Since: now.Add(-time.Hour), Goroutines: 50, Memory: 100 << 20, Limit: 2 << 30}, Disk: &Disk{Free: 50 << 30, Size: 100 << 30},
		Certificates: []Certificate{{Host: "record.example", Until: now.AddDate(0, 2, 0)}},
		Database:     Database{Kind: "SQLite", Answers: time.Millisecond, Size: 5 << 30}, Clock: time.Millisecond,
		Feed:    Feed{Head: "1-9", Followers: []Follower{{Name: "notice", At: "1-9"}}},
		Servers: []Peer{{Own: true, Until: now.Add(time.Second)}},
		Trail:   Trail{Sealed: true, Leaves: 4, To: now, Witnesses: []Witness{{Name: "w", At: now}}},
		Notices: &Notices{Channels: []Channel{{Code: "sms", Sends: true}, {Code: "email"}, {Code: "wechat", Sends: true}}}, Archive: Archive{Set: true, To: now},
	}
}

// TestJudge: what is beyond a limit is told of its part alone, with what to do, in both languages.
func TestJudge(t *testing.T) {
	t.Parallel()
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	for name, c := range map[string]struct {
		change func(*Measured)
		part   Name
		state  State
	}{
		"all is well":                  {func(*Measured) {}, "", OK},
		"a slow database":              {func(m *Measured) { m.Database.Answers = databaseSlow }, PartDatabase, Warn},
		"a database that stands still": {func(m *Measured) { m.Database.Answers = databaseStill }, PartDatabase, Down},
		"a database that is silent":    {func(m *Measured) { m.Silent = []Name{PartDatabase} }, PartDatabase, Down},
		"clocks apart":                 {func(m *Measured) { m.Clock = clockApart }, PartClock, Warn},
		"clocks far apart":             {func(m *Measured) { m.Clock = time.Hour }, PartClock, Down},
		"changes without a number":     {func(m *Measured) { m.Feed.Waiting, m.Feed.Oldest = 3, ago(feedWaits) }, PartFeed, Warn},
		"changes of just now":          {func(m *Measured) { m.Feed.Waiting, m.Feed.Oldest = 3, ago(time.Second) }, "", OK},
		"a lagging cursor":             {func(m *Measured) { m.Feed.Followers[0].Behind, m.Feed.Followers[0].Oldest = 7, ago(cursorLate) }, "cursor-notice", Warn},
		"a cursor that stands still":   {func(m *Measured) { m.Feed.Followers[0].Behind, m.Feed.Followers[0].Oldest = 7, ago(cursorStill) }, "cursor-notice", Down},
		"a cursor far behind, briefly": {func(m *Measured) { m.Feed.Followers[0].Behind, m.Feed.Followers[0].Oldest = 9000, ago(time.Second) }, "", OK},
		"a server that was lost":       {func(m *Measured) { m.Servers = append(m.Servers, Peer{Until: ago(time.Second)}) }, PartServers, Warn},
		"this server is not alive":     {func(m *Measured) { m.Servers[0].Until = ago(time.Second) }, PartServers, Warn},
		"a dead job":                   {func(m *Measured) { m.Queue.Piles = []Pile{{"k", JobDead, 1, ago(time.Hour)}} }, PartJobs, Warn},
		"a job that is late":           {func(m *Measured) { m.Queue.Piles = []Pile{{"k", JobWaiting, 1, ago(jobLate)}} }, PartJobs, Warn},
		"a job of tomorrow":            {func(m *Measured) { m.Queue.Piles = []Pile{{"k", JobWaiting, 1, now.AddDate(0, 0, 1)}} }, "", OK},
		"a job that is tried again":    {func(m *Measured) { m.Queue.Piles = []Pile{{"k", JobRetrying, 1, ago(time.Hour)}} }, "", OK},
		"jobs not handed over":         {func(m *Measured) { m.Queue.Outbox, m.Queue.Overdue = 1, ago(jobStill) }, PartJobs, Down},
		"a late job beats a dead one":  {func(m *Measured) { m.Queue.Piles = []Pile{{"k", JobDead, 1, now}, {"k", JobWaiting, 1, ago(jobStill)}} }, PartJobs, Down},
		"lines that are not bound":     {func(m *Measured) { m.Trail.Loose, m.Trail.LooseSince = 1, ago(trailStill) }, PartTrail, Down},
		"batches that are not sealed":  {func(m *Measured) { m.Trail.Unsealed, m.Trail.Since = 1, ago(trailLate) }, PartTrail, Warn},
		"a trail without a log":        {func(m *Measured) { m.Trail = Trail{} }, PartTrail, Warn},
		"a silent witness":             {func(m *Measured) { m.Trail.Witnesses[0] = Witness{"w", 2, ago(witnessLate)} }, "witness-w", Warn},
		"a witness in step":            {func(m *Measured) { m.Trail.Witnesses[0] = Witness{"w", 0, ago(time.Hour)} }, "", OK},
		"a witness that never signed":  {func(m *Measured) { m.Trail.Witnesses[0] = Witness{Name: "w", Leaves: 4} }, "witness-w", Warn},
		"late notices":                 {func(m *Measured) { m.Notices.Late = noticeLate }, PartNotices, Warn},
		"very late notices":            {func(m *Measured) { m.Notices.Late = noticeStill }, PartNotices, Down},
		"refused messages":             {func(m *Measured) { m.Notices.Channels[0].Failed = 1 }, PartNotices, Warn},
		"subscriptions in error":       {func(m *Measured) { m.Subscriptions.Failed = 1 }, PartSubscriptions, Warn},
		"subscriptions that fail":      {func(m *Measured) { m.Subscriptions.Failing, m.Subscriptions.Since = 1, ago(time.Second) }, PartSubscriptions, Warn},
		"events that wait":             {func(m *Measured) { m.Subscriptions.Behind = eventsBehind }, PartSubscriptions, Warn},
		"an archive behind":            {func(m *Measured) { m.Archive.To = ago(archiveLate) }, PartArchive, Warn},
		"an archive that never began":  {func(m *Measured) { m.Archive.To = time.Time{} }, PartArchive, Down},
		"no archive":                   {func(m *Measured) { m.Archive = Archive{} }, "", OK},
		"memory near its aim":          {func(m *Measured) { m.Program.Memory = 19 << 27 }, PartProgram, Warn},
		"memory without an aim":        {func(m *Measured) { m.Program.Memory, m.Program.Limit = 64<<30, 0 }, "", OK},
		"goroutines":                   {func(m *Measured) { m.Program.Goroutines = goroutinesMany }, PartProgram, Warn},
		"little room":                  {func(m *Measured) { m.Disk.Free = 9 << 30 }, PartDisk, Warn},
		"a full disk":                  {func(m *Measured) { m.Disk.Free = 1 << 30 }, PartDisk, Down},
		"a certificate that ends soon": {func(m *Measured) { m.Certificates[0].Until = now.Add(certificateSoon - 1) }, "certificate-record.example", Warn},
		"one that has ended":           {func(m *Measured) { m.Certificates[0].Until = now }, "certificate-record.example", Down},
		"one that was not got":         {func(m *Measured) { m.Certificates[0].Until = time.Time{} }, "certificate-record.example", Down},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := well()
			c.change(&m)
			h := new(Memory).Note(Judge(m), now)
			if h.State() != c.state {
				t.Errorf("the whole is %s", h.State())
			}
			for _, p := range h.Parts {
				want := OK
				if p.Name == c.part {
					want = c.state
				}
				if p.State != want {
					t.Errorf("%s is %s: %s", p.Name, p.State, p.Says.En)
				}
				if bad := p.State != OK; p.Says.Whole() != bad || p.Do.Whole() != bad {
					t.Errorf("%s is %s and says %q %q", p.Name, p.State, p.Says, p.Do)
				}
				if !p.Words.Whole() || p.State == OK && len(p.Facts) == 0 {
					t.Errorf("%s tells too little", p.Name)
				}
				for _, f := range p.Facts {
					if !f.Words.Whole() || f.Value.Whole() == !f.At.IsZero() {
						t.Errorf("a fact of %s is %+v", p.Name, f)
					}
				}
			}
			if c.part != "" && h.Parts[0].Name != c.part {
				t.Errorf("%s comes first", h.Parts[0].Name)
			}
		})
	}
}

// TestMemory: a part has been in its state since it first was, until that changes.
func TestMemory(t *testing.T) {
	t.Parallel()
	var known Memory
	since := func(at time.Time, state State) time.Time {
		return known.Note([]Part{{Name: "b", State: OK}, {Name: "a", State: state}}, at).Parts[0].Since // the worse one comes first
	}
	if got := since(now, Warn); !got.Equal(now) {
		t.Error(got)
	}
	if got := since(now.Add(time.Minute), Warn); !got.Equal(now) {
		t.Error("it is the same state:", got)
	}
	if got := since(now.Add(2*time.Minute), Down); !got.Equal(now.Add(2 * time.Minute)) {
		t.Error("it is another state:", got)
	}
}

// TestValues: sizes and spans are told in units in which they are few.
func TestValues(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KB", 5 << 30: "5.0 GB", 3 << 50: "3072.0 TB"} {
		if got := sized(bytes); got != want {
			t.Errorf("%d bytes are %s, want %s", bytes, got, want)
		}
	}
	for span, want := range map[time.Duration]string{0: "less than 1 ms", 3 * time.Millisecond: "3 ms", 90 * time.Second: "1 min", 49 * time.Hour: "2 d"} {
		if got := lasts(span); got.En != want || !got.Whole() {
			t.Errorf("%s is %q, want %s", span, got, want)
		}
	}
}

// TestDiscreet: of what went wrong nothing is told that may tell of a person.
func TestDiscreet(t *testing.T) {
	t.Parallel()
	const id = "0199a0ff-1111-7222-8333-444455556666"
	got := discreet("Communication/" + id + " for +8613900000003 (zhang@example.cn), 11010519491231002X: status 503")
	if want := "Communication/" + id + " for +… (…), …: status 503"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	got = discreet(`Post "https://gateway.example/send?key=hush&x=1": no such host; HTTPS://u:hush@gateway.example/?hush; why?`)
	if want := `Post "https://gateway.example/send?…": no such host; …/?… why?`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := []rune(discreet(strings.Repeat("错", 1000))); len(got) != errorMost+1 {
		t.Errorf("%d characters are told", len(got))
	}
}
