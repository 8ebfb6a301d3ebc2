package app

import (
	"syscall"

	"yitong/internal/platform"
)

// room is how much of the storage that has a file is free for this program; nil where it cannot be told.
func room(path string) *platform.Disk {
	var s syscall.Statfs_t
	if err := syscall.Statfs(path, &s); err != nil {
		return nil
	}
	return &platform.Disk{Free: int64(s.Bavail) * s.Bsize, Size: int64(s.Blocks) * s.Bsize}
}
