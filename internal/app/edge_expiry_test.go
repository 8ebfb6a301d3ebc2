package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestExpiry: it is told until when certificates are good, those in files and those that ACME has got; one that is not there has no end.
func TestExpiry(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dir, until := t.TempDir(), time.Now().Add(48*time.Hour).Truncate(time.Second)
	p := writePair(t, dir, key, time.Now().Add(-time.Hour), until)
	text, err := os.ReadFile(p.cert)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "record.example"), text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		edge Edge
		host string
		want time.Time
	}{
		"of files":       {Edge{TLSCert: p.cert}, "localhost", until},
		"by ACME":        {Edge{ACME: []string{"record.example"}, ACMECache: dir}, "record.example", until},
		"not got so far": {Edge{ACME: []string{"other.example"}, ACMECache: dir}, "other.example", time.Time{}},
	} {
		if all, err := c.edge.expiry(t.Context()); err != nil || len(all) != 1 || all[0].Host != c.host || !all[0].Until.Equal(c.want) {
			t.Errorf("%s: %+v %v", name, all, err)
		}
	}
	if all, err := (Edge{}).expiry(t.Context()); err != nil || all != nil {
		t.Errorf("without TLS: %+v %v", all, err)
	}
	if _, err := (Edge{TLSCert: filepath.Join(dir, "none")}).expiry(t.Context()); err == nil {
		t.Error("a file that is not there")
	}
}
