package vault

import (
	"encoding/binary"

	"yitong/internal/fault"
)

// Attest makes the mark of a text that is about something and stays readable: the tag of a sealed text of no length, with
// both as what is authenticated beside it (GMAC, NIST SP 800-38D). Who does not have the master key can make none. The
// error is that of the master.
func (v *Vault) Attest(about string, text []byte) ([]byte, error) {
	return v.Seal(attested(about, text), nil)
}

// Attested tells whether a mark was made by Attest of a text that is about something, under one of the vault's keys. The
// error is that of a master that could not say.
func (v *Vault) Attested(about string, text, mark []byte) (bool, error) {
	rest, err := v.Open(attested(about, text), mark)
	if fault.CodeOf(err) == fault.Internal {
		return false, nil
	}
	return err == nil && len(rest) == 0, err
}

// attested is what a mark is about. Its parts cannot run into each other, and nothing that is sealed is about the like.
func attested(about string, text []byte) string {
	b := binary.BigEndian.AppendUint32([]byte("\x00attest\x00"), uint32(len(about)))
	return string(append(append(b, about...), text...))
}
