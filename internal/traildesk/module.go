package traildesk

import (
	"context"
	"encoding/base64"
	"time"

	"yitong/internal/bilingual"
	"yitong/internal/gate/trail"
	"yitong/internal/module"
)

// Module offers what is asked about the trail. standing tells how far it is sealed.
func Module(standing func(context.Context) (trail.Standing, error)) module.Descriptor {
	mission := []string{"F3", "F7"}
	return module.Descriptor{
		Name: "trail", Words: bilingual.Text{Zh: "访问记录", En: "The trail"}, Mission: mission,
		Doc: "Who did what on whom is read as AuditEvents. What stands here tells how far it is sealed by its log (docs/trail.md).",
		Operations: []module.Operation{
			module.Op(module.Operation{
				Name: "trail-state", Levels: module.System, Reads: true, Mission: mission,
				Words: bilingual.Text{Zh: "访问记录的封存情况", En: "How far the trail is sealed"},
				Doc: "Tells the newest checkpoint of the log, and how much is bound and sealed. " +
					"Only the end of the log is held against the record: yitong trail verify looks at all of it.",
			}, desk{standing}.state),
		},
	}
}

// desk answers the operations.
type desk struct {
	standing func(context.Context) (trail.Standing, error)
}

type asked struct{}

type state struct {
	Batches  int        `name:"batches" zh:"批次数" en:"Batches"`
	Waiting  int        `name:"waiting" zh:"未成批" en:"Rows that wait to be bound"`
	Sealed   int        `name:"sealed" zh:"已封存批次" en:"Batches that are sealed"`
	Until    *time.Time `name:"until" zh:"封存至" en:"Latest instant that is sealed"`
	Fits     bool       `name:"fits" zh:"与日志一致" en:"The end of the log fits the record"`
	Log      *string    `name:"log" zh:"日志名称" en:"Name of the log" doc:"Left out where nothing is sealed."`
	Leaves   *int       `name:"leaves" zh:"日志条数" en:"Leaves of the newest checkpoint"`
	Root     *string    `name:"root" zh:"根摘要" en:"Root of the newest checkpoint" doc:"Of its Merkle tree (RFC 6962), in base64."`
	Cosigned *int       `name:"cosigned" zh:"见证条数" en:"Leaves that a witness has cosigned"`
}

func (d desk) state(ctx context.Context, _ *module.Call, _ asked) (out state, err error) {
	s, err := d.standing(ctx)
	if err != nil {
		return out, err
	}
	out = state{Batches: int(s.Batches), Waiting: s.Loose, Sealed: int(s.Sealed), Fits: s.Fits}
	if !s.Until.IsZero() {
		out.Until = &s.Until
	}
	if s.Log == "" {
		return out, nil
	}
	leaves, root := int(s.Leaves), base64.StdEncoding.EncodeToString(s.Root)
	out.Log, out.Leaves, out.Root = &s.Log, &leaves, &root
	if cosigned := int(s.Cosigned); cosigned > 0 {
		out.Cosigned = &cosigned
	}
	return out, nil
}
