package sqlite

import (
	"os"
	"syscall"
)

// syncData makes durable what was written to a file, and its length.
func syncData(f *os.File) error { return syscall.Fdatasync(int(f.Fd())) }
