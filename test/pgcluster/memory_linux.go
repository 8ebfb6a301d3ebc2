package pgcluster

import "syscall"

const (
	tmpfsMagic = 0x01021994
	memoryRoom = 2 << 30
)

// memoryFolder is Linux's memory file system where it has room for a test cluster, else "" for the temporary folder.
func memoryFolder() string {
	const folder = "/dev/shm"
	var fs syscall.Statfs_t
	if syscall.Statfs(folder, &fs) != nil || int64(fs.Type) != tmpfsMagic ||
		fs.Bavail*uint64(fs.Bsize) < memoryRoom || syscall.Access(folder, 7) != nil {
		return ""
	}
	return folder
}
