package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// Same tells whether a resource came back as it was sent: byte for byte, but for what belongs to the record (id,
// meta.versionId, meta.lastUpdated, and a meta that has nothing else) and the space beside it and around the whole. The
// error says where the two differ. It reads JSON with encoding/json, so that it does not repeat mistakes of our reader.
func Same(sent, got []byte) error {
	a, err := take(sent, "id")
	if err != nil {
		return fmt.Errorf("what was sent: %w", err)
	}
	b, err := take(got, "id")
	if err != nil {
		return fmt.Errorf("what came back: %w", err)
	}
	metaA, err := a.meta()
	if err != nil {
		return fmt.Errorf("what was sent: %w", err)
	}
	metaB, err := b.meta()
	if err != nil {
		return fmt.Errorf("what came back: %w", err)
	}
	if err := metaA.same(metaB); err != nil {
		return fmt.Errorf("meta: %w", err)
	}
	return a.same(b)
}

// object is a JSON object as written, less some of its members.
type object struct {
	members []member
	tail    []byte // between the last member and the closing brace
}

// member is a member with what stands before it: a brace or comma and space. before and the object's tail are nil
// where the neighbour was taken out.
type member struct {
	name   string
	before []byte
	text   []byte // name, colon and value, as written
	value  []byte
}

// take reads an object without the named members.
func take(text []byte, without ...string) (o object, err error) {
	text = bytes.TrimSpace(text)
	d := json.NewDecoder(bytes.NewReader(text))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return o, fmt.Errorf("no object: %w", err)
	}
	end, gap := d.InputOffset(), false
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return o, err
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return o, err
		}
		start := end + int64(bytes.IndexByte(text[end:], '"'))
		m := member{name.(string), text[end:start], text[start:d.InputOffset()], value}
		end = d.InputOffset()
		if slices.Contains(without, m.name) {
			gap = true
			continue
		}
		if gap {
			m.before, gap = nil, false
		}
		o.members = append(o.members, m)
	}
	if !gap {
		o.tail = text[end:]
	}
	if _, err := d.Token(); err != nil {
		return o, err
	}
	if d.InputOffset() != int64(len(text)) {
		return o, fmt.Errorf("there is more behind the object")
	}
	return o, nil
}

// meta takes what is the author's out of the object's meta, and meta itself out of the object where nothing is.
func (o *object) meta() (inner object, err error) {
	i := slices.IndexFunc(o.members, func(m member) bool { return m.name == "meta" })
	if i < 0 {
		return inner, nil
	}
	inner, err = take(o.members[i].value, "versionId", "lastUpdated", "_versionId", "_lastUpdated")
	if len(inner.members) > 0 {
		before := bytes.TrimSuffix(o.members[i].text, o.members[i].value)
		o.members[i].text = before // its own members are compared apart
		return inner, err
	}
	o.members = slices.Delete(o.members, i, i+1)
	if i < len(o.members) {
		o.members[i].before = nil
	} else {
		o.tail = nil
	}
	return object{}, err
}

func (o *object) same(other object) error {
	for i, m := range o.members {
		if i == len(other.members) {
			return fmt.Errorf("%s is gone", m.name)
		}
		n := other.members[i]
		if !bytes.Equal(m.text, n.text) {
			return fmt.Errorf("%s was sent as %s and came back as %s", m.name, near(m.text, n.text), near(n.text, m.text))
		}
		if m.before != nil && n.before != nil && !bytes.Equal(m.before, n.before) {
			return fmt.Errorf("%q stood before %s, now %q", m.before, m.name, n.before)
		}
	}
	if len(other.members) > len(o.members) {
		return fmt.Errorf("%s has come in", other.members[len(o.members)].name)
	}
	if o.tail != nil && other.tail != nil && !bytes.Equal(o.tail, other.tail) {
		return fmt.Errorf("%q stood at the end, now %q", o.tail, other.tail)
	}
	return nil
}

// near is the part of a text from a little before where it departs from another.
func near(text, other []byte) []byte {
	at := 0
	for at < len(text) && at < len(other) && text[at] == other[at] {
		at++
	}
	return text[max(0, at-20):min(len(text), at+60)]
}
