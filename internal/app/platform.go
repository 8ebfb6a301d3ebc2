package app

import (
	"context"
	"time"

	"yitong/internal/fault"
	"yitong/internal/notice"
	"yitong/internal/platform"
	"yitong/internal/worker"
)

// station is a server as its operators see it. It implements [platform.Server].
type station struct {
	app      *App
	began    time.Time
	known    platform.Memory
	newest   *platform.Kept
	settings []platform.Setting
}

func (a *App) newStation() (*station, error) {
	settings, err := a.config.Settings()
	s := &station{app: a, began: time.Now(), settings: settings}
	s.newest = platform.Keep(s.judged, time.Now)
	return s, err
}

// Settings implements [platform.Server].
func (s *station) Settings() []platform.Setting { return s.settings }

// Jobs implements [platform.Server].
func (s *station) Jobs(ctx context.Context, asked platform.Sought) (list []platform.Job, err error) {
	sought := worker.Sought{States: worker.States(), Kind: asked.Kind, Below: asked.Below, Most: asked.Most}
	if asked.State != "" {
		sought.States = []worker.State{worker.State(asked.State)}
	}
	letters, err := s.app.beside.Jobs().Find(ctx, sought)
	for _, l := range letters {
		list = append(list, platform.Job{
			Number: l.Number, ID: l.ID, Kind: l.Kind, State: platform.JobState(l.Stands()), Attempt: l.Attempt, Attempts: l.Attempts, Due: l.Due, Error: l.Error,
		})
	}
	return list, err
}

// Piles implements [platform.Server].
func (s *station) Piles(ctx context.Context) (list []platform.Pile, err error) {
	piles, err := s.app.beside.Jobs().Piles(ctx)
	for _, p := range piles {
		list = append(list, platform.Pile{Kind: p.Kind, State: platform.JobState(p.State), Count: p.Count, Due: p.Due})
	}
	return list, err
}

// Again implements [platform.Server].
func (s *station) Again(ctx context.Context, number int64) (platform.JobState, error) {
	state, err := s.app.beside.Jobs().Again(ctx, number)
	return platform.JobState(state), err
}

// Outbox implements [platform.Server].
func (s *station) Outbox(ctx context.Context, behind string) ([]notice.Sent, error) {
	if s.app.notices == nil {
		return nil, fault.New(fault.NotSupported, "Without accounts no notices leave. 没有账户的服务器不发送通知。")
	}
	return s.app.notices.Outbox(ctx, behind)
}
