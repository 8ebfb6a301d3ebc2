// Package app puts the platform together: its settings, what it consists of, how it starts and stops (mission F7).
package app
