package app

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"yitong/internal/account"
	"yitong/internal/fault"
)

// Key says where the platform's key is.
type Key struct {
	KeyFile string `help:"File with the platform's key, by which one-time passwords, signing keys and tokens are kept safe; yitong key new makes one. All servers of a record have the same. It must be kept apart from the database, and never lost. A line above seals practitioners' keys from then on; the last line stays, for the rest is kept by it. Without the setting YITONG_PLATFORM_KEY may hold the key itself, in base64; else it is beside a SQLite file, where it is made when it is missing." default:"" name:"key-file" placeholder:"FILE"`
}

// KeyVariable is the variable of the environment that may hold the platform's key itself, in base64: for machines that
// hand secrets to programs so. It counts where --key-file is not set.
const KeyVariable = "YITONG_PLATFORM_KEY"

// All are the keys, the newest first. beside is the place of a SQLite file, "" for another database. The error is Malformed
// where there is none, or another thing.
func (k Key) All(beside string) ([][]byte, error) {
	if text := os.Getenv(KeyVariable); text != "" && k.KeyFile == "" {
		return parseKeys(KeyVariable, text)
	}
	path := k.KeyFile
	if path == "" {
		if beside == "" {
			return nil, fault.New(fault.Malformed, "With this database the platform's key must be named: make one by `yitong key new FILE`, give it to every server, and set --key-file.")
		}
		path = beside + ".key"
		if err := NewKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
	}
	text, err := secretFile(path)
	if err != nil {
		return nil, err
	}
	return parseKeys(path, text)
}

// Bytes are the oldest key, by which accounts and the log of the trail are kept: what they keep names no key, so that it
// does not change. beside and the error are as for [Key.All].
func (k Key) Bytes(beside string) ([]byte, error) {
	all, err := k.All(beside)
	if err != nil {
		return nil, err
	}
	return all[len(all)-1], nil
}

// keysMost is how many keys may follow each other in a file.
const keysMost = 16

// parseKeys reads keys, each on a line, the newest first.
func parseKeys(where, text string) (all [][]byte, err error) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) != account.KeyBytes {
			return nil, fault.New(fault.Malformed, "%s holds no key, or another thing beside: a line has %d bytes in base64.", where, account.KeyBytes)
		}
		if slices.ContainsFunc(all, func(other []byte) bool { return bytes.Equal(other, key) }) {
			return nil, fault.New(fault.Malformed, "%s holds a key twice. Leave one out.", where)
		}
		all = append(all, key)
	}
	if len(all) == 0 || len(all) > keysMost {
		return nil, fault.New(fault.Malformed, "%s holds %d keys; it should hold one, or up to %d, each on a line, the newest first.", where, len(all), keysMost)
	}
	return all, nil
}

// holdsKeys tells whether all keys of a file are in another one, which may have others besides.
func holdsKeys(in, of string) bool {
	lines := strings.Fields(in)
	return !slices.ContainsFunc(strings.Fields(of), func(key string) bool { return !slices.Contains(lines, key) })
}

// Box is made of the key. beside is as for [Key.Bytes].
func (k Key) Box(beside string) (*account.Box, error) {
	key, err := k.Bytes(beside)
	if err != nil {
		return nil, err
	}
	return account.NewBox(key)
}

// secretFile reads a file with a secret, which others on the machine must not be able to read.
func secretFile(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fault.New(fault.NotFound, "The file %s, which holds a secret, cannot be read.", path).Because(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		return "", fault.New(fault.Forbidden, "Others on this machine can read %s, which holds a secret. Take that right from them: chmod 600.", path)
	}
	return strings.TrimSpace(string(text)), nil
}

// NewKey makes a file with a new key. The error is [fs.ErrExist] if there is one.
func NewKey(path string) error {
	key := make([]byte, account.KeyBytes)
	rand.Read(key)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.New(fault.Conflict, "The key %s cannot be made. Is there one already?", path).Because(err)
	}
	_, err = fmt.Fprintln(f, base64.StdEncoding.EncodeToString(key))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fault.Wrap(err, "making the platform's key")
	}
	return nil
}
