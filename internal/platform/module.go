package platform

import (
	"context"

	"yitong/internal/bilingual"
	"yitong/internal/module"
	"yitong/internal/notice"
)

// Server is the server that the operations tell of.
type Server interface {
	// Health tells how all parts do, since when.
	Health(ctx context.Context) Health
	// Jobs are those in the queue that are sought, the newest first.
	Jobs(ctx context.Context, s Sought) ([]Job, error)
	// Piles are the jobs that are not done, by kind and state.
	Piles(ctx context.Context) ([]Pile, error)
	// Again runs a dead job again, and tells how it stood before; any other is left as it is. The error is NotFound where there is none,
	// Conflict where an equal job waits.
	Again(ctx context.Context, number int64) (JobState, error)
	// Settings are those in force, in the order of the reference.
	Settings() []Setting
	// Outbox are the newest messages that leave the platform, from behind one by its ID.
	Outbox(ctx context.Context, behind string) ([]notice.Sent, error)
}

// desk answers the operations.
type desk struct{ server Server }

type nothing struct{}

// Module offers what operators see and do about the platform itself.
func Module(s Server) module.Descriptor {
	d := desk{s}
	mission := []string{"F7"}
	operation := func(name string, words bilingual.Text, doc string) module.Operation {
		return module.Operation{Name: name, Levels: module.System, Reads: true, Mission: mission, Words: words, Doc: doc}
	}
	again := operation("platform-job-again", bilingual.Text{Zh: "重新执行作业", En: "Run a job again"},
		"Puts a job back into the queue that is not tried any more. Any other stays as it is, so that asking twice does no harm; 409 where an equal job waits.")
	again.Reads = false
	return module.Descriptor{
		Name: "platform", Words: bilingual.Text{Zh: "平台运行", En: "The platform itself"}, Mission: mission,
		Doc: "Operators see how the platform does and what to do where it does not do well. Nothing of it tells of residents.",
		Operations: []module.Operation{
			module.Op(operation("platform-health", bilingual.Text{Zh: "运行状况", En: "How the platform does"},
				"Tells of every part of the server and its record how it does, what was measured, since when it is so, and what to do where it is not well. The worst come first. It is measured when it is asked for, and told for some seconds: at says when."), d.health),
			module.Op(operation("platform-jobs", bilingual.Text{Zh: "作业队列", En: "The queue of jobs"},
				"Lists jobs of a state or a kind, the newest first, a page at a time, with how many there are. Of what went wrong it tells no long numbers and no addresses."), d.jobs),
			module.Op(again, d.again),
			module.Op(operation("platform-settings", bilingual.Text{Zh: "生效设置", En: "Settings in force"},
				"Lists the settings of the server that answers: what each is, by default and now, and where that came from. Of what is secret it tells only whether it is set."), d.settings),
			module.Op(operation("platform-outbox", bilingual.Text{Zh: "发件箱", En: "The outbox"},
				"Lists the messages that leave by text message, e-mail or WeChat, the newest first, a page at a time: masked where they went, and what became of them."), d.outbox),
		},
	}
}

// some is a text that need not be there.
func some(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// of is a text that need not be there.
func of(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
