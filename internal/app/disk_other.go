//go:build !linux

package app

import "yitong/internal/platform"

// room is not told on this system.
func room(string) *platform.Disk { return nil }
