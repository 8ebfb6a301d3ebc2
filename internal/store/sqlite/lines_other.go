//go:build !linux

package sqlite

import "os"

// syncData makes durable what was written to a file, and its length.
func syncData(f *os.File) error { return f.Sync() }
