//go:build !linux

package pgcluster

func memoryFolder() string { return "" }
