package backup

import (
	"bytes"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"time"

	"yitong/internal/fault"
)

// Format is the number of the format that is written.
const Format = 1

const manifestFile = "manifest.json"

// The kinds of databases.
const (
	SQLite     = "sqlite"
	PostgreSQL = "postgres"
)

// Manifest says what a backup holds.
type Manifest struct {
	Format   int              `json:"format"`
	ID       string           `json:"id"`      // drawn by lot; part of what each file is bound to
	Program  string           `json:"program"` // version of yitong
	Database string           `json:"database"`
	Begun    time.Time        `json:"begun"`
	Ended    time.Time        `json:"ended"`
	Cipher   string           `json:"cipher"`
	Key      string           `json:"key"`            // id of the key that sealed it
	Feed     string           `json:"feed,omitempty"` // where the feed ends, epoch-number
	Batch    int64            `json:"batch"`          // the last of the trail
	Counts   map[string]int64 `json:"counts,omitempty"`
	Log      *Log             `json:"log,omitempty"`    // of the trail
	Anchor   *Anchor          `json:"anchor,omitempty"` // of a SQLite record
	Major    int              `json:"major,omitempty"`  // version of PostgreSQL
	Checked  bool             `json:"checked"`          // it was brought back in another place and looked at
	Without  []string         `json:"without,omitempty"`
	Files    []File           `json:"files"`
}

// File is one of the sealed files.
type File struct {
	Name   string `json:"name"`   // of the part; the file is called so with the ending .sealed
	Plain  int64  `json:"plain"`  // bytes that are sealed in it
	Sealed int64  `json:"sealed"` // bytes of the file
	SM3    string `json:"sm3"`    // digest of the file, so that it can be checked without the key
}

// Log is what the log of the trail was.
type Log struct {
	Epoch      int    `json:"epoch"`
	Size       int64  `json:"size"`
	Checkpoint string `json:"checkpoint"` // the signed note
}

// signed is the manifest as it stands in its file.
type signed struct {
	Manifest json.RawMessage `json:"manifest"`
	MAC      string          `json:"mac"` // HMAC-SM3 of the manifest's bytes
}

const useManifest = "yitong backup manifest"

// write puts the manifest into a folder, durably and at once.
func (m Manifest) write(dir string, key Key) error {
	text, err := json.MarshalIndent(m, "  ", "  ")
	if err != nil {
		return fault.Wrap(err, "writing the manifest")
	}
	var out bytes.Buffer
	out.WriteString("{\n  \"manifest\": ")
	out.Write(text)
	out.WriteString(",\n  \"mac\": \"" + hex.EncodeToString(key.mac(useManifest, text)) + "\"\n}\n")
	part := filepath.Join(dir, manifestFile+".part")
	if err := writeSynced(part, out.Bytes()); err != nil {
		return cannotWrite(dir, err)
	}
	if err := os.Rename(part, filepath.Join(dir, manifestFile)); err != nil {
		return cannotWrite(dir, err)
	}
	return syncDir(dir)
}

// readManifest reads the manifest of a folder. The error is NotFound without one, Forbidden with another key than it was made with,
// and Unprocessable if it was altered.
func readManifest(dir string, key Key) (m Manifest, err error) {
	text, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if err != nil {
		return m, fault.New(fault.NotFound, "%s holds no whole backup: its manifest cannot be read.", dir).Because(err)
	}
	altered := fault.New(fault.Unprocessable, "The manifest of %s was altered.", dir)
	var s signed
	if err := json.Unmarshal(text, &s); err != nil || json.Unmarshal(s.Manifest, &m) != nil {
		return m, altered.Because(err)
	}
	mac, err := hex.DecodeString(s.MAC)
	if err != nil || !hmac.Equal(mac, key.mac(useManifest, s.Manifest)) {
		if m.Key != key.ID() {
			return m, fault.New(fault.Forbidden, "The backup %s was sealed with the key %s, but the key that was given is %s.", dir, m.Key, key.ID())
		}
		return m, altered
	}
	if m.Format != Format {
		return m, fault.New(fault.NotSupported, "The backup %s has format %d; this program knows %d.", dir, m.Format, Format)
	}
	return m, nil
}

// file is the entry of a name.
func (m Manifest) file(name string) (File, bool) {
	for _, f := range m.Files {
		if f.Name == name {
			return f, true
		}
	}
	return File{}, false
}

// Has tells whether the backup has a part.
func (m Manifest) Has(name string) bool { _, ok := m.file(name); return ok }
