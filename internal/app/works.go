package app

import (
	"time"

	"yitong/internal/gate/trail"
	"yitong/internal/store"
	"yitong/internal/worker"
)

// bindPause is how long lines of the trail wait to be bound, so that a batch has many.
const bindPause = 500 * time.Millisecond

// Works are what one server at a time does beside requests.
func Works(db store.DB) []worker.Work {
	binder := trail.Binder{DB: db, Hasher: store.NewHasher(db.Secret())}
	return []worker.Work{{Name: "trail", Pause: bindPause, Do: binder.Step}}
}
